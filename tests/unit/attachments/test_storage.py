"""The stores: the same promises, in a folder and in S3."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forum.attachments.storage import Storage
from forum.attachments.storage.directory import DirectoryStorage
from forum.attachments.storage.s3 import S3Storage
from forum.attachments.storage.signing import Keys, query_of, signed
from forum.config import ROOT
from tests.factories.s3 import ACCESS, BUCKET, REGION, SECRET, Bucket, s3_server


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with s3_server() as made:
        yield made


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "s3":
        made = request.getfixturevalue("bucket")
        return S3Storage(made.url, BUCKET, REGION, ACCESS, SECRET)
    return DirectoryStorage(tmp_path / "uploads")


def put(store: Storage, folder: Path, content: bytes) -> str:
    path = folder / "source"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    store.put(digest, path)
    return digest


def content_of(store: Storage, digest: str) -> bytes:
    with store.open(digest) as file:
        return file.read()


LATER = datetime.now(UTC) + timedelta(days=1)
EARLIER = datetime.now(UTC) - timedelta(days=1)


def test_what_is_put_is_there(store: Storage, tmp_path: Path) -> None:
    large = os.urandom(3 << 20)
    for content in (b"isi", b"", large):
        digest = put(store, tmp_path, content)
        assert store.exists(digest)
        assert content_of(store, digest) == content
        assert put(store, tmp_path, content) == digest  # again is no error
    assert not store.exists("ab" * 32)
    with pytest.raises(FileNotFoundError):
        store.open("ab" * 32)


def test_what_is_removed_is_gone_unless_it_is_new(store: Storage, tmp_path: Path) -> None:
    digest = put(store, tmp_path, b"isi")
    assert not store.delete(digest, EARLIER)
    assert store.exists(digest)
    assert store.delete(digest, LATER)
    assert not store.exists(digest)
    assert not store.delete(digest, LATER)


def test_everything_is_listed(store: Storage, tmp_path: Path) -> None:
    put_in = {put(store, tmp_path, f"isi {n}".encode()): len(f"isi {n}") for n in range(7)}
    found = {one.digest: one for one in store.iterate()}
    assert {digest: one.size for digest, one in found.items()} == put_in
    assert all(EARLIER < one.at < LATER for one in found.values())
    some = next(iter(put_in))
    assert {one.digest for one in store.iterate(some[:2])} == {key for key in put_in if key.startswith(some[:2])}


def test_a_name_that_is_no_hash_leads_nowhere(tmp_path: Path) -> None:
    store = DirectoryStorage(tmp_path)
    for name in ("../../etc/passwd", "ab", "zz" * 32):
        with pytest.raises(ValueError, match="not the name"):
            store.open(name)


def test_what_is_no_content_is_not_listed(tmp_path: Path) -> None:
    store = DirectoryStorage(tmp_path / "uploads")
    digest = put(store, tmp_path, b"isi")
    (tmp_path / "uploads" / digest[:2] / "catatan.txt").write_text("x")
    assert [one.digest for one in store.iterate()] == [digest]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """On a file system that is full: /dev/full cannot be a folder, so the limit of the process stands for it."""
    program = (
        "import resource, sys, signal; from pathlib import Path\n"
        "from forum.attachments.storage.directory import DirectoryStorage\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))\n"
        "try:\n    DirectoryStorage(Path(sys.argv[1])).put('ab' * 32, Path(sys.argv[2]))\n"
        "except OSError as error:\n    print(error.errno)\n"
    )
    source = tmp_path / "source"
    source.write_bytes(bytes(1 << 20))
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "uploads", source], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "27", done.stderr
    assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == []


def test_killed_halfway_it_leaves_nothing_under_its_name_and_is_tidied(tmp_path: Path) -> None:
    program = (
        "import os, sys, time; from pathlib import Path\n"
        "from forum.attachments.storage.directory import DirectoryStorage\n"
        "DirectoryStorage(Path(sys.argv[1])).put('ab' * 32, Path(sys.argv[2]))\n"
    )
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = subprocess.Popen([sys.executable, "-c", program, tmp_path / "uploads", pipe], cwd=ROOT)
    with pipe.open("wb") as writer:
        writer.write(bytes(1 << 16))
        writer.flush()
        until = time.monotonic() + 20
        while not list((tmp_path / "uploads" / "unfinished").glob("*")) and time.monotonic() < until:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
    store = DirectoryStorage(tmp_path / "uploads")
    assert not store.exists("ab" * 32)
    assert store.tidy(EARLIER) == 0
    assert store.tidy(LATER) == 1
    assert list((tmp_path / "uploads" / "unfinished").glob("*")) == []


def test_s3_refuses_what_is_signed_with_other_keys(bucket: Bucket, tmp_path: Path) -> None:
    for keys in ((ACCESS, "lain"), ("lain", SECRET)):
        with pytest.raises(OSError, match="403"):
            put(S3Storage(bucket.url, BUCKET, REGION, *keys), tmp_path, b"isi")
    assert len(bucket.refused) == 2
    assert bucket.objects == {}


def test_s3_that_does_not_answer_is_an_os_error(bucket: Bucket, tmp_path: Path) -> None:
    store = S3Storage(bucket.url, BUCKET, REGION, ACCESS, SECRET)
    digest = put(store, tmp_path, b"isi")
    bucket.broken = True
    for act in (lambda: store.open(digest), lambda: store.exists(digest), lambda: put(store, tmp_path, b"lain")):
        with pytest.raises(OSError, match="500"):
            act()
    with pytest.raises(OSError, match="does not answer"):
        S3Storage("http://127.0.0.1:9", BUCKET, REGION, ACCESS, SECRET).exists(digest)


def test_the_signature_is_that_of_amazons_own_example() -> None:
    """From "Examples: Signature Calculations" in the S3 documentation: GET Bucket (List Objects)."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    at = datetime(2013, 5, 24, tzinfo=UTC)
    query = query_of({"prefix": "J", "max-keys": "2"})
    headers = signed("GET", f"https://examplebucket.s3.amazonaws.com/?{query}", keys, at)
    assert headers["authorization"].endswith(
        "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    )
