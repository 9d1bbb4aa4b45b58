"""Who may see what: the predicate and its SQL twin agree over every board, thread and viewer there may be."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.viewer import NOBODY, Role, Viewer
from forum.discussions import policy
from forum.discussions.models import Board, BoardAccess, Thread
from forum.discussions.policy import BoardRules
from forum.discussions.queries.boards import board_rules
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, viewer_for
from tests.factories.discussions import a_board, a_thread


@dataclass(frozen=True)
class Corpus:
    """Boards of every kind, each with a thread that stands and one that was deleted."""

    rules: dict[int, BoardRules]
    viewers: dict[str, Viewer]


@dataclass(frozen=True)
class State:
    board_id: int
    author_id: int
    is_deleted: bool
    is_locked: bool = False
    reply_count: int = 0
    withheld: str = ""


@pytest.fixture
def corpus(app: object) -> Corpus:
    ours, theirs = a_unit().id, a_unit().id
    author = a_member("penulis")
    boards = {
        "open": a_board("terbuka"),
        "posting restricted": a_board("pengumuman", posters=[Role.ADMIN]),
        "archived": a_board("arsip", is_archived=True),
        "for moderators": a_board("moderator", readers=[Role.MODERATOR]),
        "for members": a_board("anggota", readers=[Role.MEMBER]),
        "for our unit": a_board("unit-kami", readers=[ours]),
        "for both units": a_board("dua-unit", readers=[ours, theirs]),
        "for our unit and moderators": a_board("campur", readers=[ours, Role.MODERATOR]),
        "restricted to nobody": a_board("tertutup", restricts_reading=True),
        "restricted and archived": a_board("arsip-unit", readers=[theirs], is_archived=True),
        "names readers but is not restricted": a_board("longgar", readers=[theirs], restricts_reading=False),
        "named for posting only": a_board("menulis-saja", posters=[ours], restricts_reading=True),
    }
    with transaction() as session:
        for board in db.session.scalars(select(Board)):
            for deleted, withheld in ((False, ""), (True, ""), (True, "hidden")):
                session.add(
                    Thread(
                        board_id=board.id, author_id=author.id, last_author_id=author.id, title="Judul", slug="judul",
                        created_at=clock.now(), last_activity_at=clock.now(), deleted_at=clock.now() if deleted else None,
                        withheld=withheld,
                    )
                )  # fmt: skip
    restricted = [boards["for our unit"].id, boards["restricted to nobody"].id]
    viewers = {
        "nobody": NOBODY,
        "author": viewer_for(author),
        "member": viewer_for(a_member()),
        "member of our unit": viewer_for(a_member(unit_id=ours)),
        "member of their unit": viewer_for(a_member(unit_id=theirs)),
        "moderator of all": viewer_for(a_moderator()),
        "moderator of one board": viewer_for(a_moderator(boards=[boards["open"].id])),
        "moderator of restricted boards": viewer_for(a_moderator(boards=restricted)),
        "moderator of none": viewer_for(a_moderator(boards=[])),
        "moderator of none in our unit": viewer_for(a_moderator(boards=[], unit_id=ours)),
        "admin": viewer_for(an_admin()),
    }
    access: dict[int, list[tuple[str, str | None, int | None]]] = {}
    for row in db.session.scalars(select(BoardAccess)):
        access.setdefault(row.board_id, []).append((row.verb, row.role, row.unit_id))
    rules = {board.id: board_rules(board, access.get(board.id, [])) for board in db.session.scalars(select(Board))}
    return Corpus(rules, viewers)


def test_boards_visible_in_sql_are_those_that_the_predicate_lets_read(corpus: Corpus) -> None:
    answers = set()
    for name, viewer in corpus.viewers.items():
        by_predicate = {key for key, rules in corpus.rules.items() if policy.may_read_board(viewer, rules)}
        by_sql = set(db.session.scalars(select(Board.id).where(policy.boards_visible_to(viewer))))
        assert by_sql == by_predicate, name
        answers.add(frozenset(by_sql))
    assert len(answers) >= 7, "the viewers differ too little for this to prove anything"
    assert frozenset() in answers
    assert frozenset(corpus.rules) in answers


def test_threads_visible_in_sql_are_those_that_the_predicate_lets_see(corpus: Corpus) -> None:
    threads = db.session.execute(
        select(Thread.id, Thread.board_id, Thread.author_id, Thread.deleted_at, Thread.withheld)
    ).all()
    answers = set()
    for name, viewer in corpus.viewers.items():
        by_predicate = {
            row.id
            for row in threads
            if policy.may_see_thread(
                viewer,
                corpus.rules[row.board_id],
                State(row.board_id, row.author_id, row.deleted_at is not None, withheld=row.withheld),
            )
        }
        by_sql = set(db.session.scalars(select(Thread.id).where(policy.threads_visible_to(viewer))))
        assert by_sql == by_predicate, name
        answers.add(frozenset(by_sql))
    deleted = {row.id for row in threads if row.deleted_at}
    assert len(answers) >= 8
    assert any(answer & deleted and answer - deleted for answer in answers)
    assert any(answer and not answer & deleted for answer in answers)


def test_one_thread_asked_for_by_id_and_a_list_of_threads_agree(corpus: Corpus) -> None:
    from forum.core.errors import NotFound
    from forum.discussions.queries.records import thread_for

    ids = db.session.scalars(select(Thread.id)).all()
    for viewer in corpus.viewers.values():
        listed = set(db.session.scalars(select(Thread.id).where(policy.threads_visible_to(viewer))))
        found = set()
        for key in ids:
            try:
                found.add(thread_for(viewer, key).id)
            except NotFound:
                continue
        assert found == listed


def test_a_member_sees_open_and_archived_boards_and_those_that_name_them(corpus: Corpus) -> None:
    def slugs(name: str) -> set[str]:
        return set(db.session.scalars(select(Board.slug).where(policy.boards_visible_to(corpus.viewers[name]))))

    everyone = {"terbuka", "pengumuman", "arsip", "longgar"}
    assert slugs("member") == everyone | {"anggota"}
    assert slugs("member of our unit") == everyone | {"anggota", "unit-kami", "dua-unit", "campur"}
    assert slugs("moderator of none") == everyone | {"moderator", "campur"}
    assert slugs("moderator of restricted boards") == everyone | {"moderator", "campur", "unit-kami", "tertutup"}


class TestActs:
    """The predicates about acts, over every combination of what they look at."""

    def test_nobody_may_do_anything(self) -> None:
        thread, post = State(1, 1, False), Post()
        assert not policy.may_edit(NOBODY, thread, post)
        assert not policy.may_delete(NOBODY, thread, post)
        assert not policy.may_vote(NOBODY, thread, post)
        assert not policy.may_solve(NOBODY, thread)
        assert not policy.may_moderate(NOBODY, 1)
        assert not policy.may_see_history(NOBODY, thread, post)
        assert not policy.may_restore(NOBODY, thread, Post(is_deleted=True))

    @pytest.mark.parametrize("locked", [False, True])
    @pytest.mark.parametrize("deleted", [False, True])
    def test_authors_edit_while_the_thread_is_open_and_moderators_always(self, locked: bool, deleted: bool) -> None:
        thread = State(1, 9, deleted, locked)
        author, other, moderator = Viewer(7, role=Role.MEMBER), Viewer(8, role=Role.MEMBER), Viewer(5, role=Role.ADMIN)
        assert policy.may_edit(author, thread, Post()) is not (locked or deleted)
        assert not policy.may_edit(other, thread, Post())
        assert policy.may_edit(moderator, thread, Post())
        assert not policy.may_edit(moderator, thread, Post(is_deleted=True))

    def test_an_answered_question_is_deleted_by_moderators_only(self) -> None:
        author, moderator = Viewer(7, role=Role.MEMBER), Viewer(5, role=Role.MODERATOR)
        opening = Post(is_opening=True)
        assert policy.may_delete(author, State(1, 7, False), opening)
        assert not policy.may_delete(author, State(1, 7, False, reply_count=1), opening)
        assert policy.may_delete(moderator, State(1, 7, False, reply_count=1), opening)

    def test_what_a_moderator_deleted_its_author_cannot_restore(self) -> None:
        author = Viewer(7, role=Role.MEMBER)
        assert policy.may_restore(author, State(1, 9, False), Post(is_deleted=True, deleted_by_id=7))
        assert not policy.may_restore(author, State(1, 9, False), Post(is_deleted=True, deleted_by_id=5))
        assert not policy.may_restore(author, State(1, 9, False), Post())

    def test_a_moderator_of_another_board_is_a_member_here(self) -> None:
        moderator = Viewer(5, role=Role.MODERATOR, moderated_boards=frozenset({2}))
        thread = State(1, 9, False)
        assert not policy.may_edit(moderator, thread, Post())
        assert not policy.may_solve(moderator, thread)
        assert not policy.may_moderate(moderator, 1)
        assert policy.may_moderate(moderator, 2)
        locked = BoardRules(1, False, False, False, frozenset(), frozenset())
        assert policy.refuse_reply(moderator, locked, State(1, 9, False, is_locked=True))


@dataclass(frozen=True)
class Post:
    author_id: int = 7
    is_deleted: bool = False
    is_opening: bool = False
    deleted_by_id: int | None = None
    withheld: str = ""


def test_threads_made_through_the_services_are_seen_as_the_policy_says(app: object) -> None:
    unit = a_unit().id
    board = a_board(readers=[unit])
    insider, outsider = a_member(unit_id=unit), a_member()
    thread = a_thread(insider, board)
    visible = select(Thread.id).where(policy.threads_visible_to(viewer_for(insider)))
    assert db.session.scalars(visible).all() == [thread.thread_id]
    assert not db.session.scalars(select(Thread.id).where(policy.threads_visible_to(viewer_for(outsider)))).all()
