"""The virus scanner, by way of a daemon that speaks ClamAV's INSTREAM."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forum.attachments import clamav
from forum.attachments.services import uploading
from forum.attachments.storage.directory import DirectoryStorage
from forum.core.errors import Invalid

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@contextmanager
def daemon(answer: bytes | None = None, path: Path | None = None) -> Iterator[str]:
    """Finds EICAR in what it is sent, unless it is told what to `answer`. At a port, or at the socket `path`."""
    server = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    server.bind(str(path) if path else ("127.0.0.1", 0))
    server.listen()

    def serve() -> None:
        channel, _address = server.accept()
        with channel, channel.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!I", stream.read(4))[0]:
                content += stream.read(size)
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
            channel.sendall(found if answer is None else answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield str(path) if path else f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        thread.join(5)
        server.close()


def test_a_harmless_file_and_a_harmful_one(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    for content, found in ((b"teks" * 50_000, ""), (b"x" * 100_000 + EICAR, "Eicar-Test-Signature")):
        path.write_bytes(content)
        with daemon() as address:
            assert clamav.scan(address, path) == found
        with daemon(path=tmp_path / f"clamd{len(found)}") as address:
            assert clamav.scan(address, path) == found


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"apa ini\0", b"x" * 10_000])
def test_what_is_no_answer_is_no_leave(tmp_path: Path, answer: bytes) -> None:
    path = tmp_path / "sent"
    path.write_bytes(b"teks")
    with daemon(answer) as address, pytest.raises(clamav.Unreachable):
        clamav.scan(address, path)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("address", ["127.0.0.1:9", "/tidak/ada"])
def test_nothing_is_stored_while_the_scanner_is_away(tmp_path: Path, address: str) -> None:
    path = tmp_path / "sent"
    path.write_bytes(b"teks")
    store = DirectoryStorage(tmp_path / "uploads")
    with pytest.raises(uploading.NotStored, match="pemeriksa virus tidak menjawab"):
        uploading.check(path, "a.txt", tmp_path, store, address)
    assert list(store.iterate()) == []


@pytest.mark.usefixtures("app")
def test_a_file_with_malware_is_refused_and_what_is_clean_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    store = DirectoryStorage(tmp_path / "uploads")
    path.write_bytes(EICAR)
    with daemon() as address, pytest.raises(Invalid, match="Eicar-Test-Signature"):
        uploading.check(path, "a.txt", tmp_path, store, address)
    assert list(store.iterate()) == []
    path.write_bytes(b"teks")
    with daemon() as address:
        assert uploading.check(path, "a.txt", tmp_path, store, address).name == "a.txt"
    assert len(list(store.iterate())) == 1
