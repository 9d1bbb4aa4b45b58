"""Asks a ClamAV daemon whether a file is harmless. Where one is configured, nothing is stored without its word."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

SECONDS = 60.0
_CHUNK = 1 << 16
_LENGTH = struct.Struct("!I")


class Unreachable(Exception):
    """The daemon could not be asked, or did not answer what it should."""


def scan(address: str, path: Path) -> str:
    """The name of the malware in the file, '' for none. `address`: host:port, or the path of a socket. Raises Unreachable."""
    try:
        with _connected(address) as channel, path.open("rb") as file:
            channel.sendall(b"zINSTREAM\0")
            while piece := file.read(_CHUNK):
                channel.sendall(_LENGTH.pack(len(piece)) + piece)
            channel.sendall(_LENGTH.pack(0))
            answer = _answer(channel)
    except OSError as error:
        raise Unreachable(str(error)) from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:200]
    raise Unreachable(answer[:200] or "no answer")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        channel.settimeout(SECONDS)
        try:
            channel.connect(address)
        except OSError:
            channel.close()
            raise
        return channel
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _answer(channel: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (piece := channel.recv(1024)):
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
