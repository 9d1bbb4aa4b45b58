"""The indexer: what is asked for is done once it can be, what fails holds up itself alone, a rebuild misses nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core import clock, outbox
from forum.core.db import db, transaction
from forum.core.viewer import Viewer
from forum.discussions.models import Board, Post
from forum.discussions.services import changing
from forum.discussions.services.writing import Written
from forum.search import backends, indexer, sources
from forum.search.documents import Kind, SearchDocument, group_of
from forum.search.indexer import rebuilding, replays, verifying
from forum.search.models import SearchCounter, SearchReplay
from tests.factories.accounts import a_member, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_text, a_thread, delete, plant, restore


@pytest.fixture(autouse=True)
def author(app: Flask) -> User:
    """Every test begins with an empty index that serves."""
    indexer.rebuild()
    return a_member()


@pytest.fixture
def board(author: User) -> Board:
    return a_board()


def indexed() -> list[str]:
    return sorted(key for key, _print in backends.current().fingerprints())


def keys_of(*written: Written, thread: Written | None = None) -> list[str]:
    heads = [f"thread:{thread.thread_id}"] if thread else []
    return sorted([*heads, *(f"post:{post.post_id}" for post in written)])


def rows() -> list[outbox.OutboxRow]:
    """What waits for the indexer."""
    db.session.rollback()
    asked = db.select(outbox.OutboxRow).where(outbox.OutboxRow.topic.in_(("search", "search.affected")))
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


class Guides:
    """A feature with documents of its own: guide 13 cannot be loaded, guide 14 not be analysed."""

    kinds = frozenset({Kind.GUIDE})

    def documents(self, keys: Sequence[str]) -> tuple[SearchDocument, ...]:
        return tuple(self._document(key) for key in keys)

    def _document(self, key: str) -> SearchDocument:
        number = int(key.partition(":")[2])
        if number == 13:
            raise LookupError("cannot be loaded")
        title: Any = None if number == 14 else f"Panduan {number}"
        return SearchDocument(key, group_of(Kind.GUIDE, number), "Isi panduan.", clock.now(), title=title)

    def affected(self, key: str, after: int) -> tuple[Sequence[str], int | None]:
        if key == "all:broken:1":
            raise LookupError("cannot be expanded")
        return (), None

    def everything(self, batch: int) -> Iterator[tuple[SearchDocument, ...]]:
        yield from ()

    def count(self) -> int:
        return 0

    def cards(self, viewer: Viewer, keys: Collection[str]) -> Mapping[str, sources.Card]:
        return {}

    def texts(self, keys: Collection[str]) -> Mapping[str, str]:
        return {}

    def visible(self, viewer: Viewer, groups: Collection[int]) -> frozenset[int]:
        return frozenset()


@pytest.fixture
def guides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_sources", list(sources.all_sources()))
    sources.register(Guides())


def test_what_was_written_is_in_the_index_after_a_drain(author: User, board: Board) -> None:
    thread = a_thread(author, board)
    reply = a_reply(author, thread)
    assert indexed() == []
    assert indexer.drain() == 2
    assert indexed() == keys_of(reply, thread=thread)
    assert rows() == []
    assert indexer.drain() == 0


def test_applying_puts_what_is_there_and_takes_out_what_is_not(author: User, board: Board) -> None:
    thread = a_thread(author, board)
    reply = a_reply(author, thread)
    indexer.apply(["post:999", *keys_of(reply, thread=thread)])
    assert indexed() == keys_of(reply, thread=thread)
    delete(an_admin(), reply.post_id)
    indexer.apply(keys_of(reply))
    assert indexed() == keys_of(thread=thread)


def test_applying_twice_leaves_one_document(author: User, board: Board) -> None:
    thread = a_thread(author, board)
    for _ in range(2):
        indexer.apply([*keys_of(thread=thread), *keys_of(thread=thread)])
    assert indexed() == keys_of(thread=thread)
    assert backends.current().document_count() == 1


def test_a_deleted_thread_goes_with_all_its_replies_and_comes_back_with_them(author: User, board: Board) -> None:
    admin = an_admin()
    thread = a_thread(author, board)
    ids = plant(author, thread, [None] * 5)
    indexer.rebuild()
    assert len(indexed()) == 6
    delete(admin, thread.post_id)
    assert indexer.drain() > 0
    assert indexed() == []
    restore(admin, thread.post_id)
    indexer.drain()
    assert indexed() == sorted([f"thread:{thread.thread_id}", *(f"post:{number}" for number in ids)])


def test_a_drain_takes_more_than_one_batch(author: User, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = a_thread(author, board)
    ids = plant(author, thread, [None] * 7)
    with transaction():
        indexer.changed(*(f"post:{number}" for number in ids))
    jobs = indexer.claim(limit=3)
    assert len(jobs) == 3
    indexer.settle(jobs)
    assert len(indexed()) == 3
    indexer.drain()
    assert len(indexed()) == 8


def test_what_changes_while_it_is_indexed_is_indexed_again(author: User, board: Board) -> None:
    thread = a_thread(author, board, title="Judul yang pertama kali")
    jobs = indexer.claim()
    by = viewer_for(author)
    with transaction():
        changing.edit_post(by, thread.post_id, version=1, text=a_text(), title="Judul yang kedua kali")
    indexer.settle(jobs)
    assert [(row.key, row.claimed_by) for row in rows()] == [(f"thread:{thread.thread_id}", None)]
    indexer.drain()
    assert rows() == []
    assert indexer.verify().is_clean


@pytest.mark.parametrize("poison", ["guide:13", "guide:14"])
def test_a_document_that_fails_holds_up_itself_alone(author: User, board: Board, guides: None, poison: str) -> None:
    thread = a_thread(author, board)
    replies = [a_reply(author, thread) for _ in range(4)]
    with transaction():
        indexer.changed("guide:1", poison, "guide:99")
    indexer.drain()
    assert indexed() == sorted(["guide:1", "guide:99", *keys_of(*replies, thread=thread)])
    (row,) = rows()
    assert (row.key, row.claimed_by, row.attempts) == (poison, None, 1)
    assert row.last_error
    assert row.due_at > clock.now()
    with clock.fixed(row.due_at):
        indexer.drain()
    (row,) = rows()
    assert row.attempts == 2


def test_a_fan_out_that_fails_holds_up_nothing(author: User, board: Board, guides: None) -> None:
    thread = a_thread(author, board)
    with transaction():
        indexer.changed_all(["all:broken:1"])
    indexer.drain()
    assert indexed() == keys_of(thread=thread)
    assert [(row.key, row.last_error) for row in rows()] == [("all:broken:1", "LookupError: cannot be expanded")]


def test_a_row_of_a_kind_that_nobody_has_is_done(author: User) -> None:
    with transaction():
        indexer.changed("guide:1", "something:1", "nothing")
    indexer.drain()
    assert (indexed(), rows()) == ([], [])


def test_a_rebuild_has_everything_and_nothing_else(author: User, board: Board) -> None:
    thread = a_thread(author, board)
    reply, gone = a_reply(author, thread), a_reply(author, thread)
    delete(an_admin(), gone.post_id)
    done: list[int] = []
    assert indexer.rebuild(done.append) == 2
    assert sum(done) == 2
    assert indexed() == keys_of(reply, thread=thread)


def test_what_changes_during_a_rebuild_is_in_it(author: User, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "DOCUMENTS_AT_ONCE", 2)
    admin = an_admin()
    thread = a_thread(author, board, title="Judul yang pertama kali")
    replies = [a_reply(author, thread) for _ in range(6)]
    indexer.drain()
    late: list[Written] = []

    def meanwhile(done: int) -> None:
        """After the first batch: the thread, which is written already, changes; a reply goes, another comes."""
        if late:
            return
        late.append(a_reply(author, thread))
        by = viewer_for(author)
        with transaction():
            changing.edit_post(by, thread.post_id, version=1, text=a_text(), title="Judul yang kedua kali")
        delete(admin, replies[0].post_id)
        assert indexer.is_rebuilding()
        indexer.drain()
        assert indexed() == keys_of(*replies[1:], *late, thread=thread), "searches see the change at once"

    indexer.rebuild(meanwhile)
    assert not indexer.is_rebuilding()
    assert indexed() == keys_of(*replies[1:], *late, thread=thread)
    assert indexer.verify() == indexer.Report(documents=7)
    assert db.session.scalar(db.select(db.func.count()).select_from(SearchReplay)) == 0


def test_what_is_written_to_a_settled_generation_replaces_what_it_has(author: User) -> None:
    backend = backends.current()
    one, two, three = (SearchDocument(f"thread:{number}", number * 2, "isi", clock.now()) for number in (1, 2, 3))
    with backend.build() as build:
        build.put([one, two])
        build.settle()
        build.put([replace(one, body="isi yang lain"), three])
        build.remove([two.key])
        with backend.lock():
            build.publish()
    assert dict(backend.fingerprints()) == {
        one.key: replace(one, body="isi yang lain").fingerprint,
        three.key: three.fingerprint,
    }


def test_a_rebuild_that_breaks_off_leaves_everything_as_it_was(author: User, board: Board) -> None:
    thread = a_thread(author, board)
    indexer.drain()
    backend = backends.current()
    size = backend.size()

    def fail(done: int) -> None:
        raise LookupError("the disk is full")

    with pytest.raises(LookupError):
        indexer.rebuild(fail)
    assert not indexer.is_rebuilding()
    assert (indexed(), backend.size()) == (keys_of(thread=thread), size)
    assert indexer.rebuild() == 1


def test_who_begins_a_rebuild_later_takes_over(author: User, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "SIGN_OF_LIFE_SECONDS", 0.0)
    thread = a_thread(author, board)
    begun: list[replays.Rebuild] = []

    def another(done: int) -> None:
        begun.append(replays.Rebuild())
        begun[0].begin()

    with pytest.raises(indexer.Superseded):
        indexer.rebuild(another)
    assert indexer.is_rebuilding(), "the other one goes on"
    indexer.drain()
    assert replays.noted() == keys_of(thread=thread)
    begun[0].end()
    assert replays.noted() == []


def test_a_rebuild_that_stood_still_gives_up_since_nobody_noted_what_changed(author: User, board: Board) -> None:
    thread = a_thread(author, board)

    def sleep(done: int) -> None:
        with transaction() as session:
            session.execute(db.update(SearchCounter).where(SearchCounter.name == replays.AT).values(value=1))
        assert not indexer.is_rebuilding()

    with pytest.raises(indexer.Superseded):
        indexer.rebuild(sleep)
    assert indexed() == []
    indexer.drain()
    assert indexed() == keys_of(thread=thread)


def test_the_mark_of_a_rebuild_whose_process_is_gone_counts_for_nothing(author: User, board: Board) -> None:
    replays.Rebuild().begin()
    assert indexer.is_rebuilding()
    with transaction() as session:
        session.execute(db.update(SearchCounter).where(SearchCounter.name == replays.PID).values(value=2**22 + 1))
    assert not indexer.is_rebuilding()
    a_thread(author, board)
    indexer.drain()
    assert replays.noted() == []


def test_verify_finds_what_is_missing_surplus_and_different(author: User, board: Board) -> None:
    """Changes made past the services, as a restored backup would bring them."""
    thread, gone, changed = (a_thread(author, board) for _ in range(3))
    indexer.drain()
    missing = plant(author, thread, [None, None])
    with transaction() as session:
        session.execute(db.text("UPDATE threads SET deleted_at = created_at WHERE id = :id"), {"id": gone.thread_id})
        session.execute(db.update(Post).where(Post.id == changed.post_id).values(html="<p>lain</p>"))
    report = indexer.verify()
    assert not report.is_clean
    assert report.missing == tuple(f"post:{number}" for number in missing)
    assert report.surplus == (f"thread:{gone.thread_id}",)
    assert report.different == (f"thread:{changed.thread_id}",)
    indexer.rebuild()
    assert indexer.verify() == indexer.Report(documents=4)


def test_verify_names_a_bounded_number_and_counts_the_rest(
    author: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MOST", 3)
    plant(author, a_thread(author, board), [None] * 9)
    with transaction() as session:
        session.execute(db.delete(outbox.OutboxRow))
    report = indexer.verify()
    assert (len(report.missing), report.more) == (3, 7)


def test_what_waits_is_no_difference_but_what_failed_is(author: User, board: Board) -> None:
    admin = an_admin()
    thread = a_thread(author, board)
    plant(author, thread, [None] * 3)
    indexer.rebuild()
    delete(admin, thread.post_id)
    assert indexer.verify() == indexer.Report(documents=0, waiting=4)
    with transaction() as session:
        session.execute(db.update(outbox.OutboxRow).values(last_error="ValueError"))
    assert len(indexer.verify().surplus) == 4


def test_keys_keep_their_number_and_strange_ones_are_surplus() -> None:
    for key in ("thread:1", "post:1", "guide:1", f"post:{10**17 - 1}"):
        number = verifying._number(key)
        assert number is not None
        assert verifying._key(number) == key
    assert [verifying._number(key) for key in ("", "thread:", "x:1", "post:1x", "post:" + "9" * 30)] == [None] * 5


def test_nothing_is_needed_when_the_index_is_of_today(author: User) -> None:
    assert indexer.ensure() is False
    assert indexer.can_read()
    assert indexer.can_write()


def test_another_analysis_asks_for_a_rebuild_while_the_index_serves(
    author: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "ANALYSIS_VERSION", rebuilding.ANALYSIS_VERSION + 1)
    thread = a_thread(author, board)
    assert indexer.ensure() is True
    indexer.drain()
    assert indexed() == keys_of(thread=thread)


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["search", *arguments])
    return result.exit_code, result.output


def test_the_command_rebuild_says_what_it_did(app: Flask, author: User, board: Board) -> None:
    a_thread(author, board)
    status, output = run(app, "rebuild")
    assert (status, output.startswith("Indexed 1 documents in ")) == (0, True)
    status, output = run(app, "rebuild", "--json")
    assert (status, json.loads(output)["documents"]) == (0, 1)


def test_the_command_verify_ends_with_1_when_something_differs(app: Flask, author: User, board: Board) -> None:
    thread = a_thread(author, board)
    indexer.drain()
    assert run(app, "verify") == (0, "Index and database agree: 1 documents.\n")
    (number,) = plant(author, thread, [None])
    status, output = run(app, "verify")
    assert status == 1
    assert f"1 missing in the index: post:{number}\n" in output
    assert "flask search rebuild" in output
    status, output = run(app, "verify", "--json")
    assert (status, json.loads(output)["missing"]) == (1, [f"post:{number}"])
