"""What a viewer may not see is neither found, nor counted, nor suggested, whatever the index still has."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.core.viewer import Role
from forum.discussions.models import Board, BoardAccess
from forum.discussions.services import curating
from forum.search import indexer
from forum.search.services.results import Request, Results
from forum.search.services.searching import search
from forum.search.services.similar import similar
from forum.search.services.suggesting import suggest
from forum.search.thesaurus import Thesaurus
from tests.factories.accounts import a_member, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, delete

NO_THESAURUS = Thesaurus(())


@pytest.fixture(autouse=True)
def _database(app: Flask, fixed_now: datetime) -> None:
    """Every test here uses the database and the index, at a fixed time."""


@pytest.fixture
def member() -> User:
    return a_member()


@pytest.fixture
def admin() -> User:
    return an_admin()


@pytest.fixture
def secret(admin: User) -> Board:
    """A board that admins alone may read."""
    return a_board("rahasia", name="Ruang rahasia", readers=[Role.ADMIN])


def found(user: User, text: str, **more: object) -> Results:
    return search(viewer_for(user), Request(text, **more), thesaurus=NO_THESAURUS)  # type: ignore[arg-type]


def nothing_leaks(results: Results) -> None:
    assert (results.hits, results.total, results.correction, results.near_words) == ((), 0, None, ())
    assert all(value.count == 0 for view in results.facets for value in view.values)


def test_restricted_boards_are_masked_before_anything_is_counted(member: User, admin: User, secret: Board) -> None:
    thread = a_thread(admin, secret, title="Mutasi kepala dinas", body="Isi.", tags="mutasi")
    a_reply(admin, thread, body="Usulan pelantikan.")
    indexer.rebuild()
    assert found(admin, "mutasi pelantikan").total == 1
    for query in ("mutasi kepala dinas", "pelantikan", '"usulan pelantikan"', "mutasi sejak:2026"):
        nothing_leaks(found(member, query))


def test_typos_are_not_mended_to_words_of_restricted_boards(member: User, admin: User, secret: Board) -> None:
    for number in range(4):
        a_thread(admin, secret, title=f"Pelantikan tahap {number}", body="Isi.")
    open_thread = a_thread(member, a_board(), title="Tahap pendaftaran", body="Isi.")
    indexer.rebuild()
    corrected = found(admin, "pelantkan").correction
    assert corrected is not None
    assert corrected.words == "pelantikan"
    nothing_leaks(found(member, "pelantkan"))
    partly = found(member, "pelantkan tahap")
    assert partly.correction is None
    assert [hit.card.group for hit in partly.hits] == [open_thread.thread_id * 2]


def test_an_unknown_and_a_forbidden_board_are_the_same(member: User, admin: User, secret: Board) -> None:
    a_thread(admin, secret, title="Mutasi jabatan", body="Isi.")
    a_thread(member, a_board(), title="Rahasia dapur", body="Isi.")
    indexer.rebuild()
    forbidden, unknown = found(member, "papan:rahasia"), found(member, "papan:rahasiaa")
    assert [note.replace("rahasiaa", "rahasia") for note in unknown.notes] == list(forbidden.notes)
    assert [hit.card.title for hit in forbidden.hits] == ["Rahasia dapur"]
    assert found(member, "dapur", boards=["rahasia"]).total == found(member, "dapur", boards=["xyz"]).total == 1
    assert found(admin, "papan:rahasia").total == 1


def test_a_tag_of_hidden_threads_is_as_unknown_as_any(member: User, admin: User, secret: Board) -> None:
    a_thread(admin, secret, title="Mutasi jabatan", body="Isi.", tags="pelantikan")
    a_thread(member, a_board(), title="Pelantikan pramuka", body="Isi.")
    indexer.rebuild()
    hidden = found(member, "tag:pelantikan")
    assert [hit.card.title for hit in hidden.hits] == ["Pelantikan pramuka"]
    assert len(hidden.notes) == 1
    assert hidden.chips == ()
    assert [hit.card.title for hit in found(admin, "tag:pelantikan").hits] == ["Mutasi jabatan"]


def test_a_thread_that_was_deleted_is_gone_before_the_index_knows(member: User) -> None:
    board = a_board()
    thread = a_thread(member, board, title="Kuitansi tercecer", body="Isi.")
    a_thread(member, board, title="Kuitansi baru", body="Isi.")
    indexer.rebuild()
    delete(member, thread.post_id)
    results = found(member, "kuitansi")
    assert [hit.card.title for hit in results.hits] == ["Kuitansi baru"]
    assert results.total == 1
    assert {value.count for view in results.facets for value in view.values} == {1}
    nothing_leaks(found(member, "tercecer", as_typed=True))


def test_a_reply_that_was_deleted_is_gone_before_the_index_knows(member: User) -> None:
    thread = a_thread(member, a_board(), title="Kuitansi belanja", body="Isi.")
    reply = a_reply(member, thread, body="Rekening pribadi bendahara.")
    indexer.rebuild()
    assert found(member, "bendahara").total == 1
    delete(member, reply.post_id)
    nothing_leaks(found(member, "bendahara"))


def test_a_thread_moved_to_a_restricted_board_is_gone_before_the_index_knows(
    member: User, admin: User, secret: Board
) -> None:
    thread = a_thread(member, a_board(), title="Mutasi kepala dinas", body="Isi.")
    indexer.rebuild()
    assert found(member, "mutasi").total == 1
    with transaction():
        curating.move(viewer_for(admin), thread.thread_id, secret.slug)
    nothing_leaks(found(member, "mutasi"))
    assert found(admin, "mutasi").total == 1


def test_a_board_that_was_restricted_is_masked_at_once(member: User, admin: User) -> None:
    board = a_board()
    a_thread(member, board, title="Mutasi kepala dinas", body="Isi.")
    indexer.rebuild()
    with transaction() as session:
        session.merge(Board(id=board.id, restricts_reading=True))
        session.add(BoardAccess(board_id=board.id, verb="read", role=Role.ADMIN.value))
    db.session.rollback()
    nothing_leaks(found(member, "mutasi"))


def test_suggestions_and_similar_threads_are_those_of_the_viewer(member: User, admin: User, secret: Board) -> None:
    a_thread(admin, secret, title="Mutasi kepala dinas", body="Isi.", tags="mutasi-jabatan")
    indexer.rebuild()
    assert [one.kind for one in suggest(viewer_for(member), "muta")] == ["cari"]
    assert {one.kind for one in suggest(viewer_for(admin), "muta")} == {"cari", "tag", "diskusi"}
    assert similar(viewer_for(member), "Mutasi kepala dinas") == ()
    assert len(similar(viewer_for(admin), "Mutasi kepala dinas")) == 1
