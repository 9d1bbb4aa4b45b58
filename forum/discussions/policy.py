"""Who may do what in discussions. Every predicate about seeing has its SQL twin beside it; tests hold the two together.

Refusals are sentences for the user: a predicate answers '' where the act is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from forum.core.i18n import _
from forum.core.viewer import Role, Viewer
from forum.discussions.models import Board, BoardAccess, Post, Thread


@dataclass(frozen=True, slots=True)
class BoardRules:
    """What decides about a board: is it restricted, and whom does it name."""

    id: int
    is_archived: bool
    restricts_reading: bool
    restricts_posting: bool
    readers: frozenset[str | int]
    posters: frozenset[str | int]


class ThreadState(Protocol):
    """What decides about a thread."""

    @property
    def board_id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def is_deleted(self) -> bool: ...
    @property
    def is_locked(self) -> bool: ...
    @property
    def reply_count(self) -> int: ...


class PostState(Protocol):
    """What decides about a post."""

    @property
    def author_id(self) -> int: ...
    @property
    def is_deleted(self) -> bool: ...
    @property
    def is_opening(self) -> bool: ...
    @property
    def deleted_by_id(self) -> int | None: ...


def _named(viewer: Viewer, names: frozenset[str | int]) -> bool:
    return (viewer.role is not None and viewer.role.value in names) or (
        viewer.unit_id is not None and viewer.unit_id in names
    )


def may_read_board(viewer: Viewer, board: BoardRules) -> bool:
    """Members read open boards; a restricted one admits who it names, its moderators and admins."""
    if not viewer.is_authenticated:
        return False
    return not board.restricts_reading or viewer.moderates(board.id) or _named(viewer, board.readers)


def _is_named(viewer: Viewer, verb: str) -> ColumnElement[bool]:
    """SQL: `board_access` names the viewer for `verb` on the board of the enclosing statement."""
    who = [BoardAccess.role == viewer.role]
    if viewer.unit_id is not None:
        who.append(BoardAccess.unit_id == viewer.unit_id)
    return (
        select(BoardAccess.id)
        .where(BoardAccess.board_id == Board.id, BoardAccess.verb == verb, or_(*who))
        .correlate(Board)
        .exists()
    )


def _moderates_board(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.role is not Role.MODERATOR:
        return false()
    return true() if viewer.moderated_boards is None else Board.id.in_(sorted(viewer.moderated_boards))


def boards_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """SQL twin of `may_read_board`, for a statement over `Board`."""
    if not viewer.is_authenticated:
        return false()
    if viewer.is_admin:
        return true()
    return or_(~Board.restricts_reading, _moderates_board(viewer), _is_named(viewer, "read"))


def may_see_thread(viewer: Viewer, board: BoardRules, thread: ThreadState) -> bool:
    """A deleted thread is there for those who may restore it only."""
    return may_read_board(viewer, board) and (not thread.is_deleted or viewer.moderates(board.id))


def threads_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """SQL twin of `may_see_thread`, for a statement over `Thread`.

    Correlated on purpose: whoever lists threads walks along an index of `threads`, and this is one look-up by key a row.
    """
    if not viewer.is_authenticated:
        return false()
    if viewer.is_admin:
        return true()
    if viewer.role is Role.MODERATOR and viewer.moderated_boards is None:
        return true()
    readable = select(Board.id).where(Board.id == Thread.board_id, boards_visible_to(viewer)).correlate(Thread).exists()
    if viewer.moderated_boards:
        return and_(readable, or_(Thread.deleted_at.is_(None), Thread.board_id.in_(sorted(viewer.moderated_boards))))
    return and_(readable, Thread.deleted_at.is_(None))


def may_see_post(viewer: Viewer, board: BoardRules, thread: ThreadState, post: PostState) -> bool:
    """What a deleted post held, moderators of the board alone."""
    return may_see_thread(viewer, board, thread) and (not post.is_deleted or viewer.moderates(board.id))


def posts_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """SQL twin of `may_see_post`, for a statement over `Post` and `Thread`."""
    if viewer.is_admin or (viewer.role is Role.MODERATOR and viewer.moderated_boards is None):
        return threads_visible_to(viewer)
    shown: ColumnElement[bool] = Post.deleted_at.is_(None)
    if viewer.moderated_boards and viewer.role is Role.MODERATOR:
        shown = or_(shown, Thread.board_id.in_(sorted(viewer.moderated_boards)))
    return and_(threads_visible_to(viewer), shown)


def refuse_posting(viewer: Viewer, board: BoardRules) -> str:
    """Why the viewer may not open a thread here; '' if they may."""
    if board.is_archived:
        return _("Papan ini sudah diarsipkan. Pilih papan lain.")
    if board.restricts_posting and not (viewer.moderates(board.id) or _named(viewer, board.posters)):
        return _("Hanya orang yang ditunjuk yang dapat membuka diskusi di papan ini. Anda tetap dapat membalas.")
    return ""


def refuse_reply(viewer: Viewer, board: BoardRules, thread: ThreadState) -> str:
    """Why the viewer may not reply in this thread; '' if they may."""
    if thread.is_deleted:
        return _("Diskusi ini sudah dihapus, jadi tidak dapat dibalas.")
    if board.is_archived:
        return _("Papan ini sudah diarsipkan, jadi diskusinya tidak dapat dibalas.")
    if thread.is_locked and not viewer.moderates(board.id):
        return _("Diskusi ini dikunci, jadi tidak dapat dibalas.")
    return ""


def may_edit(viewer: Viewer, thread: ThreadState, post: PostState) -> bool:
    """The author while the thread is open, and moderators of the board."""
    if post.is_deleted:
        return False
    if viewer.moderates(thread.board_id):
        return True
    return post.author_id == viewer.id and not thread.is_locked and not thread.is_deleted


def may_delete(viewer: Viewer, thread: ThreadState, post: PostState) -> bool:
    """As editing; but a question that has been answered belongs to those who answered too: moderators only."""
    if post.is_opening and thread.reply_count and not viewer.moderates(thread.board_id):
        return False
    return may_edit(viewer, thread, post)


def may_restore(viewer: Viewer, thread: ThreadState, post: PostState) -> bool:
    """Moderators, and authors who deleted it themselves."""
    if not post.is_deleted:
        return False
    if viewer.moderates(thread.board_id):
        return True
    return post.author_id == viewer.id and post.deleted_by_id == viewer.id and not thread.is_locked


def may_vote(viewer: Viewer, thread: ThreadState, post: PostState) -> bool:
    """Everyone who reads, but not on their own posts."""
    return viewer.is_authenticated and not post.is_deleted and not thread.is_deleted and post.author_id != viewer.id


def may_report(viewer: Viewer, thread: ThreadState, post: PostState) -> bool:
    """Everyone who reads, but not their own posts."""
    return may_vote(viewer, thread, post)


def may_solve(viewer: Viewer, thread: ThreadState) -> bool:
    """The asker and moderators say which reply solved it."""
    return not thread.is_deleted and (thread.author_id == viewer.id or viewer.moderates(thread.board_id))


def may_see_history(viewer: Viewer, thread: ThreadState, post: PostState) -> bool:
    """Earlier texts may hold what was edited away for a reason: the author and moderators only."""
    return viewer.moderates(thread.board_id) or (post.author_id == viewer.id and not post.is_deleted)


def may_moderate(viewer: Viewer, board_id: int) -> bool:
    """Pin, lock, move, summarise."""
    return viewer.moderates(board_id)
