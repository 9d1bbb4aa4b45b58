"""Lists of threads: who is on them, in what order, and that paging misses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.viewer import Role, Viewer
from forum.discussions.queries import boards, lists
from forum.discussions.queries.shapes import ListName, ThreadList
from forum.discussions.services import curating
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_tag, a_thread, delete, plant

pytestmark = pytest.mark.usefixtures("app")
Pages = Callable[[str | None], ThreadList]


def cursor_of(url: str | None) -> str | None:
    return parse_qs(urlsplit(url or "").query).get("setelah", [None])[0]


def walk(page: Pages) -> list[list[int]]:
    """The ids on every page, from the first to the last."""
    pages, cursor = [], None
    while True:
        found = page(cursor)
        pages.append([row.id for row in found.rows])
        if found.older is None:
            return pages
        cursor = cursor_of(found.older)
        assert len(pages) < 20


def walk_back(page: Pages, pages: list[list[int]]) -> list[int]:
    """The ids on the pages from the last to the first, as `newer` leads, in the order of the list."""
    cursor: str | None = None
    for _ in pages[1:]:
        cursor = cursor_of(page(cursor).older)
    found = page(cursor)
    seen = [row.id for row in found.rows]
    while found.newer is not None:
        before = found.newer
        found = page(cursor_of(before))
        seen = [row.id for row in found.rows] + seen
        assert found.newer != before
        assert found.older is not None
    return seen


def threads_of(viewer: Viewer) -> Pages:
    return lambda cursor: lists.threads_page(viewer, ListName.LATEST, cursor).threads


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(microseconds=1), timedelta(hours=7)])
@pytest.mark.parametrize("size", [0, 1, 24, 25, 26, 50, 77])
def test_paging_visits_every_thread_once_forwards_and_backwards(apart: timedelta, size: int) -> None:
    author, board = a_member(), a_board()
    made = []
    for n in range(size):
        with clock.fixed(NOW + n * apart):
            made.append(a_thread(author, board, tags="jalan").thread_id)
    viewer = viewer_for(a_member())
    expected = made[::-1]
    kinds: list[Pages] = [threads_of(viewer)]
    if size:
        kinds += [
            lambda cursor: lists.board_page(viewer, board.slug, ListName.LATEST, cursor).threads,
            lambda cursor: lists.tag_page(viewer, "jalan", ListName.LATEST, cursor).threads,
            lambda cursor: lists.home_page(viewer, ListName.UNANSWERED, cursor).threads,
        ]
    for page in kinds:
        pages = walk(page)
        assert list(chain.from_iterable(pages)) == expected
        assert all(len(ids) == lists.PAGE for ids in pages[:-1])
        assert walk_back(page, pages) == expected


def test_a_cursor_of_a_thread_that_moved_up_meanwhile_still_works() -> None:
    author, board = a_member(), a_board()
    made = []
    for n in range(30):
        with clock.fixed(NOW + timedelta(hours=n)):
            made.append(a_thread(author, board))
    page = threads_of(viewer_for(author))
    older = cursor_of(page(None).older)
    with clock.fixed(NOW + timedelta(days=9)):
        a_reply(author, made[5])
    assert [row.id for row in page(older).rows] == [thread.thread_id for thread in made[4::-1]]


class TestMembership:
    def listed(self, viewer: Viewer, name: ListName) -> list[str]:
        return [row.title for row in lists.threads_page(viewer, name, None).threads.rows]

    def test_each_list_holds_what_its_name_says(self) -> None:
        unit, board = a_unit().id, a_board()
        author, colleague, admin = a_member(unit_id=unit), a_member(unit_id=unit), an_admin()
        stranger = a_member(unit_id=a_unit().id)
        made = {}
        for n, (name, who, kind) in enumerate(
            [
                ("tanpa jawaban", stranger, "question"),
                ("belum selesai", author, "question"),
                ("sudah selesai", author, "question"),
                ("praktik baik", colleague, "practice"),
                ("jawaban dihapus", stranger, "question"),
                ("sudah dihapus", author, "question"),
            ]
        ):
            with clock.fixed(NOW + timedelta(hours=n)):
                made[name] = a_thread(who, board, title=f"Diskusi {name}", kind=kind)
        delete(admin, made["sudah dihapus"].post_id)
        asker = viewer_for(author)
        with clock.fixed(NOW - timedelta(hours=1)):
            a_reply(colleague, made["belum selesai"])
            solution = a_reply(colleague, made["sudah selesai"])
            delete(admin, a_reply(colleague, made["jawaban dihapus"]).post_id)
        with transaction():
            curating.solve(asker, solution.post_id, on=True)

        def names(name: ListName, viewer: Viewer = asker) -> set[str]:
            return {title.removeprefix("Diskusi ") for title in self.listed(viewer, name)}

        assert names(ListName.UNANSWERED) == {"tanpa jawaban", "jawaban dihapus"}
        assert names(ListName.UNSOLVED) == {"tanpa jawaban", "belum selesai", "jawaban dihapus"}
        assert names(ListName.MINE) == {"belum selesai", "sudah selesai"}
        assert names(ListName.UNIT) == {"belum selesai", "sudah selesai", "praktik baik"}
        assert names(ListName.LATEST) == set(made) - {"sudah dihapus"}
        assert names(ListName.LATEST, viewer_for(admin)) == set(made) - {"sudah dihapus"}
        assert names(ListName.UNIT, viewer_for(admin)) == set()

    def test_no_list_shows_a_thread_of_a_board_that_one_may_not_read(self) -> None:
        hidden = a_board(readers=[Role.ADMIN])
        admin, member = an_admin(), viewer_for(a_member())
        thread = a_thread(admin, hidden, tags="jalan", kind="announcement")
        by = viewer_for(admin)
        with transaction():
            curating.pin(by, thread.thread_id, on=True)
        for name in ListName:
            assert not lists.threads_page(member, name, None).threads.rows
            with pytest.raises(NotFound):
                lists.tag_page(member, "jalan", name, None)
        assert "jalan" not in boards.popular_tags(member)
        assert "jalan" in boards.popular_tags(by)
        home = lists.home_page(member, ListName.LATEST, None)
        assert (home.threads.rows, home.announcements, home.needs_help, home.boards) == ((), (), (), ())
        with pytest.raises(NotFound):
            lists.board_page(member, hidden.slug, ListName.LATEST, None)
        assert lists.home_page(by, ListName.LATEST, None).announcements


class TestPinned:
    def test_pinned_threads_stand_on_top_of_their_board_and_are_listed_once(self) -> None:
        author, moderator, board = a_member(), viewer_for(a_moderator()), a_board()
        made = [a_thread(author, board) for _ in range(30)]
        for n, thread in enumerate(made[:7]):
            with clock.fixed(NOW + timedelta(minutes=n)), transaction():
                curating.pin(moderator, thread.thread_id, on=True)
        viewer = viewer_for(author)

        def page(cursor: str | None) -> ThreadList:
            return lists.board_page(viewer, board.slug, ListName.LATEST, cursor).threads

        first = page(None)
        pinned = [row.id for row in first.pinned]
        assert pinned == [thread.thread_id for thread in made[6:1:-1]]
        assert all(row.is_pinned for row in first.pinned)
        rest = list(chain.from_iterable(walk(page)))
        assert sorted(pinned + rest) == sorted(thread.thread_id for thread in made)
        assert not page(cursor_of(first.older)).pinned if first.older else True

    def test_a_deleted_thread_is_not_pinned(self) -> None:
        admin, board = an_admin(), a_board()
        thread = a_thread(admin, board)
        by = viewer_for(admin)
        with transaction():
            curating.pin(by, thread.thread_id, on=True)
        delete(admin, thread.post_id)
        assert lists.board_page(by, board.slug, ListName.LATEST, None).threads.is_empty


@pytest.mark.parametrize(
    "cursor", ["x", "Zg", "====", "é", "\x00", "ZjE6MQ" * 50, "Zm5hbjox", "ZmluZjox", "ZjE6LTE", "ZjE6MWU5", "Zi0xZTE4OjE"]
)  # fmt: skip
def test_a_forged_cursor_is_not_found(cursor: str) -> None:
    viewer = viewer_for(a_member())
    with pytest.raises(NotFound):
        lists.threads_page(viewer, ListName.LATEST, cursor)


def test_the_tag_of_a_synonym_is_found_and_an_unknown_one_is_not() -> None:
    a_tag("kepegawaian", "sdm")
    viewer = viewer_for(a_member())
    page = lists.tag_page(viewer, "sdm", ListName.LATEST, None)
    assert page.tag is not None
    assert (page.tag.slug, page.tag_synonyms) == ("kepegawaian", ("sdm",))
    for slug in ("tidak-ada", "", "\x00", "SDM"):
        with pytest.raises(NotFound):
            lists.tag_page(viewer, slug, ListName.LATEST, None)


def test_help_is_wanted_first_in_ones_own_unit_and_never_from_the_asker() -> None:
    unit, board = a_unit().id, a_board()
    viewer = viewer_for(a_member(unit_id=unit))
    own = a_member(unit_id=unit)
    with clock.fixed(NOW):
        near = a_thread(own, board)
    with clock.fixed(NOW + timedelta(hours=1)):
        far = a_thread(a_member(), board)
        answered = a_thread(a_member(), board)
        plant(own, answered, [None])
    home = lists.home_page(viewer, ListName.LATEST, None)
    assert [row.id for row in home.needs_help] == [near.thread_id, far.thread_id]
    assert [row.id for row in lists.home_page(viewer_for(own), ListName.LATEST, None).needs_help] == [far.thread_id]
