"""A page of a thread: the same number of statements, and the same work, whatever its size."""

from __future__ import annotations

from urllib.parse import urlencode

from forum.attachments.queries.shapes import FilesPage
from forum.core.viewer import Viewer
from forum.discussions.addresses import permalink
from forum.discussions.queries.branches import branch_of, paging
from forum.discussions.queries.drafts import draft_at
from forum.discussions.queries.heads import load
from forum.discussions.queries.post_rows import BRANCHES, LEVELS, flat_page, nested_page
from forum.discussions.queries.presenting import Facts, files_of, flat_views, nested_views, present
from forum.discussions.queries.shapes import BranchPage, Sort, ThreadKind, ThreadPage, View
from forum.discussions.queries.targets import find_target, page_of


def default_sort(kind: str) -> Sort:
    """Answers to a question stand by use, everything else as it was said."""
    return Sort.HELPFUL if kind == ThreadKind.QUESTION else Sort.OLDEST


def _address(url: str, kind: str, sort: Sort, view: View, page: int = 1) -> str:
    parameters = {}
    if view is View.FLAT:
        parameters["tampilan"] = view.value
    elif sort is not default_sort(kind):
        parameters["urut"] = sort.value
    if page > 1:
        parameters["halaman"] = str(page)
    return f"{url}?{urlencode(parameters)}" if parameters else url


def thread_page(
    viewer: Viewer,
    thread_id: int,
    *,
    page: int = 1,
    sort: Sort | None = None,
    view: View = View.NESTED,
    target_id: int | None = None,
) -> ThreadPage | BranchPage:
    """A page of a thread. With `target_id` the page on which that post stands, unfolded around it.

    A target too deep for the thread page comes as a BranchPage. Raises NotFound.
    """
    loaded = load(viewer, thread_id)
    sort = sort or default_sort(loaded.record.kind)
    unfolded: tuple[int, ...] = ()
    if target_id is not None and target_id != loaded.opening_id:
        target = find_target(loaded.record, target_id)
        if view is View.FLAT:
            page = (target.number - 2) // BRANCHES + 1
        elif target.depth > LEVELS:
            return branch_of(viewer, loaded, target.ancestors[-3], 1, target)
        else:
            page = page_of(loaded, target, sort)
            unfolded = (*target.ancestors, target.id)
    flat = view is View.FLAT
    count = loaded.record.last_number - 1 if flat else loaded.branch_count
    url, kind = loaded.record.url, loaded.record.kind
    numbered = paging(page, count, lambda n: _address(url, kind, sort, view, n))
    rows = (
        flat_page(viewer, loaded, page)
        if flat
        else nested_page(viewer, loaded, loaded.opening_id, loaded.branch_count, page, sort, unfolded)
    )
    draft = draft_at(viewer, f"reply:{loaded.opening_id}")
    files = files_of(viewer, rows, draft)
    facts = Facts(viewer, loaded, files.of, target_id)
    by_id = {row.id: row for row in rows}
    posts = flat_views(facts, rows) if flat else nested_views(facts, rows, loaded.opening_id, sort)
    solution = by_id.get(loaded.record.solution_id or 0)
    return ThreadPage(
        thread=loaded.head,
        opening=present(facts, by_id[loaded.opening_id]),
        solution=present(facts, solution) if solution else None,
        posts=posts,
        paging=numbered,
        sort=sort,
        view=view,
        sort_urls={item.value: _address(url, kind, item, View.NESTED) for item in Sort},
        view_urls={item.value: _address(url, kind, sort, item) for item in View},
        unread_count=loaded.record.last_number - loaded.read_to if loaded.read_to else 0,
        first_unread_url=permalink(url, loaded.first_unread_id) if loaded.first_unread_id else None,
        last_number=loaded.record.last_number,
        reply_draft=draft,
        reply_files=FilesPage(files.waiting),
        target_id=target_id,
    )
