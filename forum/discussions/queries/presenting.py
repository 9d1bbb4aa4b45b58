"""Posts as one viewer sees them: what they may do with each, what is hidden, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from forum.attachments.queries.files import OnPage, on_page
from forum.attachments.queries.shapes import FileView
from forum.core.errors import NotFound
from forum.core.markup import uploads_in
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import branch_url, permalink, reply_url
from forum.discussions.queries import tree
from forum.discussions.queries.heads import Loaded, load
from forum.discussions.queries.post_rows import PostRow, post_row
from forum.discussions.queries.shapes import FILES, DraftView, PostRights, PostView, Sort, ThreadHead


@dataclass(frozen=True, slots=True)
class Facts:
    """What the views of a page have in common. `files`: what is attached to its posts, by their ids."""

    viewer: Viewer
    loaded: Loaded
    files: Mapping[int, tuple[FileView, ...]]
    target_id: int | None


def _rights(facts: Facts, row: PostRow) -> PostRights:
    viewer, thread = facts.viewer, facts.loaded.record
    is_solution = row.id == thread.solution_id
    moderates = policy.may_moderate(viewer, thread.board_id)
    solvable = thread.kind == "question" and not row.is_opening and policy.may_solve(viewer, thread)
    return PostRights(
        reply=facts.loaded.head.may.reply and not row.is_deleted,
        vote=policy.may_vote(viewer, thread, row),
        edit=policy.may_edit(viewer, thread, row),
        delete=policy.may_delete(viewer, thread, row),
        restore=policy.may_restore(viewer, thread, row),
        solve=solvable and not is_solution and not row.is_deleted,
        unsolve=solvable and is_solution,
        history=row.edited_at is not None and policy.may_see_history(viewer, thread, row),
        report=policy.may_report(viewer, thread, row),
        moderate=moderates and not row.is_deleted,
    )


def present(facts: Facts, row: PostRow, placed: tree.Placed[PostRow] | None = None) -> PostView:
    """One post; `placed` tells its place in a nested page. A deleted one shows neither text nor, to most, its author."""
    thread = facts.loaded.record
    url = thread.url
    rights = _rights(facts, row)
    hidden = row.is_deleted and not rights.restore
    return PostView(
        id=row.id,
        number=row.number,
        url=f"{url}#p-{row.id}" if row.is_opening else permalink(url, row.id),
        permalink=permalink(url, row.id),
        depth=row.depth,
        level=placed.level if placed else 1,
        parent_number=row.parent_number,
        parent_name=row.parent_name if row.depth > 1 else None,
        parent_url=permalink(url, row.parent_id) if row.parent_id and row.depth > 1 else None,
        author=None if hidden else row.author,
        html=Markup("" if row.is_deleted else row.html),  # noqa: S704 - sanitised when it was stored
        created_at=row.created_at,
        edited_at=row.edited_at,
        is_opening=row.is_opening,
        is_solution=row.id == thread.solution_id,
        is_deleted=row.is_deleted,
        deleted_by_moderator=row.is_deleted and row.deleted_by_id != row.author_id,
        delete_reason=row.delete_reason,
        is_unread=row.number > facts.loaded.read_to and row.author_id != facts.viewer.id,
        is_target=row.id == facts.target_id,
        is_asker=row.author_id == thread.author_id,
        helpful_count=row.helpful_count,
        viewer_voted=row.viewer_voted,
        child_count=row.child_count,
        more_children=placed.more_children if placed else 0,
        more_descendants=placed.more_descendants if placed else 0,
        branch_url=branch_url(url, row.id),
        reply_url=reply_url(thread.id, row.id),
        may=rights,
        opens=placed.opens if placed else False,
        closes=placed.closes if placed else 0,
        files=() if row.is_deleted else _below(facts.files.get(row.id, ()), row.html),
    )


def _below(files: tuple[FileView, ...], html: str) -> tuple[FileView, ...]:
    """The files that stand below a post: all but the images that its text shows."""
    return tuple(file for file in files if not (file.is_image and f'src="{file.thumb_url}"' in html))


def files_of(viewer: Viewer, rows: list[PostRow], draft: DraftView | None = None) -> OnPage:
    """What is attached to the posts of a page, and the files that an unsent text speaks of. One statement."""
    shown = [row.id for row in rows if not row.is_deleted]
    return on_page(viewer, FILES, shown, uploads_in(draft.body) if draft else ())


def flat_views(facts: Facts, rows: list[PostRow]) -> tuple[PostView, ...]:
    """The posts of a page by time."""
    return tuple(present(facts, row) for row in sorted(rows, key=lambda row: row.number) if row.on_page)


def nested_views(facts: Facts, rows: list[PostRow], root_id: int, sort: Sort) -> tuple[PostView, ...]:
    """The posts of a page below `root_id`, in display order."""
    shown = [row for row in rows if row.on_page and row.id != root_id]
    branches = [row for row in shown if row.parent_id == root_id]
    if sort is Sort.HELPFUL:
        branches.sort(key=lambda row: (-row.helpful_count, row.child_no))
    else:
        branches.sort(key=lambda row: row.child_no, reverse=sort is Sort.NEWEST)
    nested = [row for row in shown if row.parent_id != root_id]
    return tuple(present(facts, placed.node, placed) for placed in tree.place(branches, nested))


def post_view(viewer: Viewer, thread_id: int, post_id: int) -> tuple[ThreadHead, PostView]:
    """One post by itself, for the pages that reply to it, edit it or ask before an act. Raises NotFound."""
    loaded = load(viewer, thread_id)
    row = post_row(viewer, post_id)
    if row is None or row.thread_id != thread_id:
        raise NotFound
    return loaded.head, present(Facts(viewer, loaded, files_of(viewer, [row]).of, None), row)
