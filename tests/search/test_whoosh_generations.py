"""Folders, the pointer and locks of the Whoosh index: what is left when something ends early."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forum.search.analysis import ANALYSIS_VERSION
from forum.search.backends import whoosh_generations, whoosh_writing
from forum.search.backends.whoosh import WhooshBackend
from forum.search.backends.whoosh_schema import key_of, number_of
from forum.search.backends.whoosh_writer import Writer
from forum.search.backends.whoosh_writing import Seen
from forum.search.documents import Unavailable
from tests.factories.search import a_thread_document, keys, plan, publish, write

MANY = [a_thread_document(number, f"Printer nomor{number}", "toner") for number in range(1, 121)]


def names(index: WhooshBackend) -> list[str]:
    return sorted(path.name.split("-")[0] for path in index._generations.folder.iterdir())


def about(index: WhooshBackend, **changes: Any) -> None:
    path = index._generations.published() / whoosh_generations.ABOUT
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


class TestFolders:
    def test_only_the_published_generation_stays(self, whoosh: WhooshBackend) -> None:
        for number in range(3):
            publish(whoosh, [a_thread_document(number + 1, "Printer")])
        assert names(whoosh) == ["current", "gen", "lock"]

    def test_what_a_dead_builder_left_is_removed_but_not_what_is_being_built(self, whoosh: WhooshBackend) -> None:
        left = whoosh._generations.folder / "building-abc"
        left.mkdir(parents=True)
        (left / "alive").touch()
        with whoosh.build(), whoosh.build():
            assert names(whoosh) == ["building", "building"]
            assert not left.exists()

    def test_a_generation_of_another_layout_cannot_be_read(self, whoosh: WhooshBackend) -> None:
        publish(whoosh, [a_thread_document(1, "Printer")])
        about(whoosh, layout=99)
        other = WhooshBackend(whoosh._generations.folder)
        with pytest.raises(Unavailable, match="layout 99"):
            other.search(plan("printer"))
        assert other.analysis_version() is None

    def test_one_of_another_analysis_serves_and_says_so(self, whoosh: WhooshBackend) -> None:
        publish(whoosh, [a_thread_document(1, "Printer")])
        about(whoosh, analysis=ANALYSIS_VERSION + 1)
        assert whoosh.search(plan("printer")).total == 1
        assert whoosh.analysis_version() == ANALYSIS_VERSION + 1

    def test_nobody_else_on_the_machine_may_read_it(self, whoosh: WhooshBackend) -> None:
        publish(whoosh, [a_thread_document(1, "Printer")])
        assert whoosh._generations.published().stat().st_mode & 0o077 == 0


class TestFailures:
    def test_a_commit_that_fails_leaves_the_index_and_the_lock_free(
        self, whoosh: WhooshBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(whoosh, [a_thread_document(1, "Printer")])

        def no_room(*_anything: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(Writer, "_finalize_segment", no_room)
            with pytest.raises(OSError, match="No space left"):
                write(whoosh, a_thread_document(2, "Printer"), without=["thread:1"])
        with whoosh.lock(wait=False) as is_free:
            assert is_free
        assert keys(whoosh.search(plan("printer"))) == ["thread:1"]
        write(whoosh, a_thread_document(3, "Printer"))
        assert whoosh.search(plan("printer")).total == 2
        segments = list(whoosh._generations.published().glob("*.seg"))
        leftovers = [
            path.name for path in whoosh._generations.published().iterdir() if path.suffix in (".trm", ".pst", ".tmp")
        ]
        assert (len(segments), leftovers) == (2, [])

    def test_who_writes_without_the_lock_is_found_out(self, whoosh: WhooshBackend) -> None:
        publish(whoosh, [])
        snapshot = whoosh._snapshot()
        write(whoosh, a_thread_document(1, "Printer"))
        late = whoosh_writing.Changes()
        late.put([a_thread_document(2, "Printer")])
        with pytest.raises(RuntimeError, match="lock"):
            late.commit(snapshot.folder, snapshot)
        assert whoosh.document_count() == 1

    def test_a_key_that_is_none_is_refused(self, whoosh: WhooshBackend) -> None:
        publish(whoosh, [])
        with pytest.raises(ValueError, match="no key"):
            write(whoosh, replace(a_thread_document(1, "Printer"), key="note:1"))


class TestKeys:
    @pytest.mark.parametrize("key", ["thread:1", "post:345", "guide:7", f"post:{10**17}"])
    def test_they_are_numbers_and_back(self, key: str) -> None:
        number = number_of(key)
        assert number is not None
        assert key_of(number) == key

    @pytest.mark.parametrize(
        "key", ["", "thread", "thread:", "thread:x", "thread:-1", "note:1", "post:1 ", f"post:{10**19}"]
    )
    def test_other_things_are_none(self, key: str) -> None:
        assert number_of(key) is None

    def test_numbers_are_seen_once(self) -> None:
        seen = Seen()
        assert [seen.add(number) for number in (5, 10**15, 5, 6, 10**15)] == [True, True, False, True, False]


class TestBuildingInHelpers:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As if these few documents were many."""
        monkeypatch.setattr(whoosh_writing, "IN_THIS_PROCESS", 20)
        monkeypatch.setattr(whoosh_writing, "AT_ONCE", 15)

    def test_everything_is_there_with_what_changed_meanwhile(self, whoosh: WhooshBackend) -> None:
        with whoosh.build() as build:
            for start in range(0, 120, 40):
                build.put(MANY[start : start + 40])
            build.put([a_thread_document(7, "Baru", "toner")])
            build.remove(["thread:8"])
            with whoosh.lock():
                build.publish()
        assert whoosh.document_count() == 119
        assert whoosh.search(plan("toner")).total == 119
        assert keys(whoosh.search(plan("baru"))) == ["thread:7"]
        assert whoosh.search(plan("nomor7")).total == 0
        write(whoosh, a_thread_document(9, "Lain"))
        assert whoosh.document_count() == 119

    def test_a_document_that_cannot_be_written_fails_the_build(self, whoosh: WhooshBackend) -> None:
        bad: Any = a_thread_document(500, "Printer", None)  # type: ignore[arg-type]
        with pytest.raises((TypeError, AttributeError)), whoosh.build() as build:  # noqa: PT012
            build.put([*MANY, bad])
            build.publish()
        assert whoosh.analysis_version() is None
        assert names(whoosh) == []

    def test_a_helper_that_dies_fails_the_build(self, whoosh: WhooshBackend, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(BrokenProcessPool), whoosh.build() as build:  # noqa: PT012
            build.put(MANY)
            helpers: Any = build._helpers  # type: ignore[attr-defined]
            for process in helpers._helpers[0]._pool._processes.values():
                process.kill()
            build.publish()
        assert names(whoosh) == []

    def test_helpers_do_not_outlive_a_killed_builder(self, tmp_path: Path) -> None:
        script = tmp_path / "build.py"
        script.write_text(BUILDER)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen(
            [sys.executable, str(script), str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
        ) as builder:
            assert builder.stdout
            helpers = [int(number) for number in builder.stdout.readline().split()]
            builder.kill()
        deadline = time.monotonic() + 20
        while any(map(_runs, helpers)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert helpers
        assert not any(map(_runs, helpers))


BUILDER = """
import sys, time
from pathlib import Path
from forum.search.backends.whoosh_parallel import Helpers
from forum.search.backends.whoosh_writer import create_index
if __name__ == "__main__":
    create_index(Path(sys.argv[1]))
    helpers = Helpers(Path(sys.argv[1]))
    helpers.put([])
    helpers.put([])
    print(*(number for one in helpers._helpers for number in one._pool._processes), flush=True)
    time.sleep(60)
"""


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
