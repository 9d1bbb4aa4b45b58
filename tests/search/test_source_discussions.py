"""What discussions give to search: documents as the database has them, cards for those who may see them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from forum.core import clock, timing
from forum.core.db import db, transaction
from forum.core.viewer import NOBODY, SYSTEM, Role
from forum.discussions import policy
from forum.discussions.indexing import BoardsAndTags, Discussions
from forum.discussions.models import Board, Post, Thread
from forum.discussions.queries import searching
from forum.discussions.services import changing, curating, reading, texts
from forum.discussions.services.writing import Written
from forum.search.documents import Kind, SearchDocument, Status, group_of
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_tag, a_text, a_thread, delete, plant, restore

SOURCE = Discussions()
PLACES = BoardsAndTags()


@pytest.fixture(autouse=True)
def _database(app: Flask, fixed_now: datetime) -> None:
    """Every test here uses the database, at a fixed time."""


def document(key: str) -> SearchDocument | None:
    found = SOURCE.documents([key])
    assert len(found) <= 1
    return found[0] if found else None


def thread_key(thread: Written) -> str:
    return f"thread:{thread.thread_id}"


def post_key(post: Written) -> str:
    return f"post:{post.post_id}"


def test_a_thread_is_a_head_with_all_that_is_said_of_it() -> None:
    unit = a_unit()
    author = a_member(unit_id=unit.id)
    board = a_board()
    a_tag("ktp elektronik", "e-ktp", "ktp-el")
    thread = a_thread(
        author, board, title="KTP pemohon belum tercetak", body="Blangko habis.", tags="ktp elektronik, antrean"
    )
    assert document(thread_key(thread)) == SearchDocument(
        key=thread_key(thread),
        group=group_of(Kind.THREAD, thread.thread_id),
        title="KTP pemohon belum tercetak",
        body="Blangko habis.",
        tags=("antrean", "ktp elektronik", "e-ktp", "ktp-el"),
        tag_slugs=("antrean", "ktp-elektronik"),
        created_at=NOW,
        author_id=author.id,
        board_id=board.id,
        unit_id=unit.id,
        status=Status.OPEN,
    )


def test_a_reply_says_nothing_of_its_head() -> None:
    author = a_member()
    thread = a_thread(author, a_board(), tags="pajak")
    reply = a_reply(author, thread, body="Minta blangko ke pusat.")
    assert document(post_key(reply)) == SearchDocument(
        key=post_key(reply),
        group=group_of(Kind.THREAD, thread.thread_id),
        body="Minta blangko ke pusat.",
        created_at=NOW,
        author_id=author.id,
    )


def test_status_tells_open_solved_and_neither() -> None:
    author = a_member()
    board = a_board()
    question, practice = a_thread(author, board), a_thread(author, board, kind="practice")
    reply = a_reply(author, question)
    assert document(thread_key(question)).status is Status.OPEN
    assert document(thread_key(practice)).status is Status.PLAIN
    by = viewer_for(author)
    with transaction():
        curating.solve(by, reply.post_id, on=True)
    assert document(thread_key(question)).status is Status.SOLVED
    assert document(post_key(reply)).is_solution


def test_votes_count_for_the_document_that_they_are_about() -> None:
    author, reader = a_member(), viewer_for(a_member())
    thread = a_thread(author, a_board())
    reply = a_reply(author, thread)
    with transaction():
        reading.vote(reader, reply.post_id, on=True)
    assert (document(thread_key(thread)).helpful, document(post_key(reply)).helpful) == (0, 1)
    with transaction():
        reading.vote(reader, thread.post_id, on=True)
    assert (document(thread_key(thread)).helpful, document(post_key(reply)).helpful) == (1, 1)


def test_a_summary_is_part_of_its_thread() -> None:
    thread = a_thread(a_member(), a_board(), body="Isi pertanyaan.")
    by = viewer_for(an_admin())
    with transaction():
        curating.summarise(by, thread.thread_id, a_text("Sudah diatur perwali."))
    assert document(thread_key(thread)).body == "Isi pertanyaan.\nSudah diatur perwali."
    assert SOURCE.cards(by, [thread_key(thread)])[thread_key(thread)].text == "Isi pertanyaan.\nSudah diatur perwali."


def test_nothing_deleted_has_a_document_until_it_is_restored() -> None:
    author, admin = a_member(), an_admin()
    thread = a_thread(author, a_board())
    reply, other = a_reply(author, thread), a_reply(author, thread)
    keys = [thread_key(thread), post_key(reply), post_key(other)]
    delete(admin, reply.post_id)
    assert [found.key for found in SOURCE.documents(keys)] == [keys[0], keys[2]]
    delete(admin, thread.post_id)
    assert SOURCE.documents(keys) == ()
    assert list(SOURCE.everything(10)) == []
    assert SOURCE.count() == 0
    restore(admin, thread.post_id)
    assert [found.key for found in SOURCE.documents(keys)] == [keys[0], keys[2]]


def test_documents_are_those_of_the_committed_state_even_within_a_transaction() -> None:
    author = a_member()
    thread = a_thread(author, a_board(), title="Judul yang lama sekali")
    by = viewer_for(author)
    with transaction():
        changing.edit_post(by, thread.post_id, version=1, text=a_text(), title="Judul yang baru sekali")
        assert document(thread_key(thread)).title == "Judul yang lama sekali"
    assert document(thread_key(thread)).title == "Judul yang baru sekali"


@pytest.mark.parametrize(
    "key", ["", "thread", "thread:", "thread:x", "thread:-1", "post:1.5", "guide:1", "post:" + "9" * 40, "thread:²"]
)
def test_a_key_that_is_none_of_ours_has_no_document(key: str) -> None:
    assert SOURCE.documents([key]) == ()
    assert SOURCE.cards(SYSTEM, [key]) == {}
    assert SOURCE.texts([key]) == {}


def test_the_key_of_an_opening_post_is_that_of_its_thread_alone() -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    key = f"post:{thread.post_id}"
    assert SOURCE.documents([key]) == ()
    assert SOURCE.cards(viewer_for(author), [key]) == {}
    assert SOURCE.texts([key]) == {}


def test_everything_is_all_there_is_heads_first_in_batches() -> None:
    author = a_member()
    board = a_board()
    threads = [a_thread(author, board, tags="satu, dua") for _ in range(5)]
    replies = [a_reply(author, thread) for thread in threads for _ in range(2)]
    batches = list(SOURCE.everything(4))
    found = [doc for batch in batches for doc in batch]
    assert max(map(len, batches)) == 4
    assert [doc.key for doc in found] == [*map(thread_key, threads), *map(post_key, replies)]
    assert SOURCE.count() == len(found)
    assert sorted(SOURCE.documents([doc.key for doc in found]), key=lambda doc: doc.key) == sorted(
        found, key=lambda doc: doc.key
    )


def test_a_change_of_a_whole_thread_affects_it_and_every_post_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "AFFECTED_BATCH", 3)
    author = a_member()
    thread = a_thread(author, a_board())
    ids = plant(author, thread, [None] * 7)
    delete(an_admin(), ids[2])
    a_reply(author, a_thread(author, a_board()))
    found, after = [], 0
    while after is not None:
        keys, after = SOURCE.affected(f"all:thread:{thread.thread_id}", after)
        assert len(keys) <= 4
        found += keys
    assert found == [thread_key(thread), *(f"post:{number}" for number in ids)]


def test_a_change_of_a_tag_affects_the_threads_that_have_it() -> None:
    author, board = a_member(), a_board()
    threads = [a_thread(author, board, tags="pajak") for _ in range(3)]
    a_thread(author, board, tags="lain")
    tag = db.session.scalar(db.text("SELECT id FROM tags WHERE slug = 'pajak'"))
    assert SOURCE.affected(f"all:tag:{tag}", 0) == ([*map(thread_key, threads)], None)


@pytest.mark.parametrize("key", ["", "all", "all:tag:", "all:tag:x", "all:board:1", "all:thread:" + "9" * 30])
def test_what_nobody_knows_affects_nothing(key: str) -> None:
    assert SOURCE.affected(key, 0) == ((), None)


def test_cards_say_what_a_result_shows() -> None:
    unit, other = a_unit("Dinas Pendaftaran"), a_unit("Dinas Pajak")
    asker, helper = a_member(unit_id=unit.id), a_member(unit_id=other.id)
    board = a_board("pajak")
    thread = a_thread(asker, board, title="Cara mengurus keringanan", tags="pbb, pajak", body="Pertanyaan awal.")
    reply = a_reply(helper, thread, body="Ajukan lewat loket.")
    by = viewer_for(asker)
    with transaction():
        curating.solve(by, reply.post_id, on=True)
    cards = SOURCE.cards(by, [thread_key(thread), post_key(reply)])
    head, answer = cards[thread_key(thread)], cards[post_key(reply)]
    url = f"/diskusi/{thread.thread_id}-cara-mengurus-keringanan"
    assert (head.title, head.url, head.head_url, head.text) == (
        "Cara mengurus keringanan",
        url,
        url,
        "Pertanyaan awal.",
    )
    assert (head.kind, head.group) == (Kind.THREAD, group_of(Kind.THREAD, thread.thread_id))
    assert (head.status, head.is_solution, head.reply_count) == (Status.SOLVED, False, 1)
    assert (head.author_name, head.author_url) == (asker.name, f"/profil/{asker.username}")
    assert (head.unit_name, head.path) == ("Dinas Pendaftaran", ((board.name, "/papan/pajak"),))
    assert head.tags == (("pajak", "/tag/pajak"), ("pbb", "/tag/pbb"))
    assert (answer.url, answer.head_url) == (f"{url}?balasan={reply.post_id}#p-{reply.post_id}", url)
    assert (answer.kind, answer.group, answer.title) == (Kind.REPLY, head.group, head.title)
    assert (answer.text, answer.unit_name, answer.is_solution) == ("Ajukan lewat loket.", "Dinas Pajak", True)
    assert (answer.author_name, answer.at) == (helper.name, NOW)


def test_a_thread_keeps_the_unit_that_asked() -> None:
    then, now = a_unit("Dinas Lama"), a_unit("Dinas Baru")
    author = a_member(unit_id=then.id)
    thread = a_thread(author, a_board())
    with transaction() as session:
        session.execute(db.text("UPDATE users SET unit_id = :unit"), {"unit": now.id})
    card = SOURCE.cards(viewer_for(author), [thread_key(thread)])[thread_key(thread)]
    assert card.unit_name == "Dinas Lama"


def test_nobody_gets_a_card_of_what_was_deleted() -> None:
    author, admin = a_member(), an_admin()
    thread, gone = a_thread(author, a_board()), a_thread(author, a_board())
    reply, deleted, below_gone = a_reply(author, thread), a_reply(author, thread), a_reply(author, gone)
    delete(admin, deleted.post_id), delete(admin, gone.post_id)
    keys = [thread_key(thread), thread_key(gone), *map(post_key, (reply, deleted, below_gone))]
    for viewer in (viewer_for(author), viewer_for(admin)):
        assert set(SOURCE.cards(viewer, keys)) == {thread_key(thread), post_key(reply)}
        assert SOURCE.visible(viewer, [2 * thread.thread_id, 2 * gone.thread_id]) == {2 * thread.thread_id}


def test_cards_visible_and_readable_boards_are_what_the_policy_says() -> None:
    unit = a_unit()
    writer = an_admin()
    boards = [
        a_board("terbuka"),
        a_board("arsip", is_archived=True),
        a_board("moderator", readers=[Role.MODERATOR]),
        a_board("unit", readers=[unit.id]),
        a_board("tertutup", restricts_reading=True),
    ]
    threads = [_stored(writer.id, board) for board in boards]
    viewers = [
        NOBODY,
        *map(
            viewer_for,
            [
                a_member(),
                a_member(unit_id=unit.id),
                a_moderator(),
                a_moderator(boards=[boards[4].id]),
                an_admin(),
            ],
        ),
    ]
    seen = []
    for viewer in viewers:
        allowed = set(db.session.scalars(db.select(Thread.id).where(policy.threads_visible_to(viewer))))
        cards = SOURCE.cards(viewer, [f"thread:{number}" for number in threads])
        assert {card.group // 2 for card in cards.values()} == allowed
        assert SOURCE.visible(viewer, [number * 2 for number in threads]) == {number * 2 for number in allowed}
        readable = PLACES.readable_boards(viewer)
        every = {board.id for board in boards}
        of_policy = set(db.session.scalars(db.select(Board.id).where(policy.boards_visible_to(viewer))))
        assert (every if readable is None else readable) == of_policy
        assert {choice.id for choice in PLACES.boards(viewer)} == of_policy
        seen.append(len(allowed))
    assert seen == [0, 2, 3, 5, 4, 5]
    assert PLACES.readable_boards(viewers[-1]) is None


def _stored(author_id: int, board: Board) -> int:
    """A thread with its opening post, put past the rules of who may open one where."""
    now = clock.now()
    with transaction() as session:
        values = {"created_at": now, "author_id": author_id}
        thread = Thread(
            board_id=board.id, title="Judul di papan ini", slug="judul", last_activity_at=now,
            last_author_id=author_id, **values,
        )  # fmt: skip
        session.add(thread)
        session.flush()
        session.add(
            Post(
                thread_id=thread.id,
                number=1,
                body="isi",
                html="<p>isi</p>",
                renderer_version=1,
                idempotency_key=f"kunci-{thread.id}",
                **values,
            )
        )
        return thread.id


def test_a_page_of_cards_takes_two_statements_however_many(meter: timing.Meter) -> None:
    author, board = a_member(), a_board()
    threads = [a_thread(author, board, tags="satu") for _ in range(6)]
    keys = [*map(thread_key, threads), *(post_key(a_reply(author, thread)) for thread in threads)]
    viewer = viewer_for(author)
    counts = []
    for some in (keys[:1], keys):
        before = meter.statements
        assert len(SOURCE.cards(viewer, some)) == len(some)
        counts.append(meter.statements - before)
    assert counts == [2, 2]


def test_texts_are_there_for_phrases_whoever_may_see_them() -> None:
    author = a_member()
    thread = a_thread(author, a_board(restricts_reading=False), title="Judul tanya jawab", body="Isi awal.")
    reply = a_reply(author, thread, body="Isi balasan.")
    assert SOURCE.texts([thread_key(thread), post_key(reply)]) == {
        thread_key(thread): "Judul tanya jawab\nIsi awal.",
        post_key(reply): "Isi balasan.",
    }


def test_the_text_of_a_document_is_what_a_reader_reads() -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    text = texts.render("**Tebal** dan [tautan](https://contoh.go.id)\n\n1. satu\n2. dua & tiga")
    by = viewer_for(author)
    with transaction():
        changing.edit_post(by, thread.post_id, version=1, text=text)
    assert document(thread_key(thread)).body == "Tebal dan tautan\n1. satu\n2. dua & tiga"


def test_a_tag_is_found_by_name_slug_and_synonym() -> None:
    a_tag("ktp elektronik", "e-ktp")
    assert [PLACES.tag(name) for name in ("KTP Elektronik", "ktp-elektronik", "#e-ktp", "E-KTP")] == [
        "ktp-elektronik"
    ] * 4
    assert [PLACES.tag(name) for name in ("ktp", "", "///", "x" * 500, "\x00")] == [None] * 5


def test_a_fingerprint_moves_with_every_field_and_is_the_same_for_the_same() -> None:
    one = SearchDocument(key="thread:1", group=2, body="isi", created_at=datetime(2026, 1, 2, tzinfo=UTC))
    changes = {
        "key": "thread:2", "group": 4, "body": "lain", "created_at": one.created_at + timedelta(seconds=1), "author_id": 3,
        "helpful": 1, "is_solution": True, "title": "j", "tags": ("a",), "tag_slugs": ("a",), "board_id": 1, "unit_id": 1,
        "status": Status.OPEN,
    }  # fmt: skip
    assert set(changes) == {field.name for field in fields(SearchDocument)}
    prints = {replace(one, **{name: value}).fingerprint for name, value in changes.items()} | {one.fingerprint}
    assert len(prints) == len(changes) + 1
    assert replace(one).fingerprint == one.fingerprint
