"""Passwords: how they are kept (argon2id), and which are too weak to keep.

The cost is OWASP's (Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane). The rules follow NIST SP 800-63B and
OWASP ASVS 5.0 (6.1, 6.2): length and a list of known passwords, no rules of composition, no forced changes.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NewType

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from forum.accounts import breaches
from forum.core.errors import Invalid
from forum.core.i18n import lazy
from forum.core.text import fold

MIN_LENGTH = 10
MAX_LENGTH = 256
# Shorter words turn up inside honest passwords by chance, so only a password that *is* one of them is refused.
MIN_WORD = 4
DATA = Path(__file__).parent / "data"
LOCAL_WORDS = ("rembuk", "pematangsiantar", "siantar")
_TOO_GENERAL = frozenset({"kota", "kabupaten", "pemerintah", "daerah"})
_REPEATED = re.compile(r"(.+?)\1+", re.DOTALL)
_DECORATION = re.compile(r"^[\d\W_]+|[\d\W_]+$")

PasswordHash = NewType("PasswordHash", str)


@dataclass(frozen=True, slots=True)
class Cost:
    passes: int = 2
    memory_kib: int = 19456
    lanes: int = 1


# Read at every call, so that a test run may set a cheap one.
COST = Cost()


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes, type=Type.ID)


@lru_cache(maxsize=4)
def _nobodys_hash(cost: Cost) -> str:
    return _hasher(cost).hash(secrets.token_urlsafe(32))


def _exact(password: str) -> str:
    """The same characters typed on another keyboard are the same password; nothing else is changed."""
    return unicodedata.normalize("NFC", password)


def make_hash(password: str) -> PasswordHash:
    """The argon2id hash of `password`, whatever it is worth. For a person's choice use `accept`."""
    return PasswordHash(_hasher(COST).hash(_exact(password).encode("utf-8", "surrogatepass")))


def verify(password: str, stored: str | None) -> bool:
    """Is it the password behind `stored`? Without one the same work is done and the answer is no, so time tells nothing."""
    if stored is None or len(password) > MAX_LENGTH:
        _matches(password[:MAX_LENGTH], _nobodys_hash(COST))
        return False
    return _matches(password, stored)


def _matches(password: str, stored: str) -> bool:
    try:
        return _hasher(COST).verify(stored, _exact(password).encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str | None) -> bool:
    """The hash was made at another cost than today's."""
    return stored is not None and _hasher(COST).check_needs_rehash(stored)


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The words, keyboard walks and number rows that are tried first, and the most frequent of public breaches, in lower case."""
    lists = [(DATA / name).read_text(encoding="utf-8") for name in ("common_passwords.txt", "breached_passwords.txt")]
    return frozenset("".join(lists).split("\n")) - {""}


def accept(
    password: str, *, about: Iterable[str] = (), breached: Path | None = None, field: str = "password"
) -> PasswordHash:
    """The hash of a new password. Raises Invalid for `field` when it is too weak.

    `about`: texts that an attacker would try first (username, name, e-mail address, name of the city and of the site).
    `breached`: the city's own file of known passwords (see `breaches`).
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(lazy("Kata sandi terlalu pendek: pakai sedikitnya %(least)d karakter.", least=MIN_LENGTH), field)
    if len(password) > MAX_LENGTH:
        raise Invalid(lazy("Kata sandi terlalu panjang: paling banyak %(most)d karakter.", most=MAX_LENGTH), field)
    if _is_common(password) or (breached and breaches.contains(breached, _exact(password))):
        raise Invalid(lazy("Kata sandi ini terlalu umum dan mudah ditebak. Pilih yang lain."), field)
    if _tells_about(password, about):
        raise Invalid(
            lazy(
                "Jangan pakai nama, surel, nama kota, atau nama situs ini di dalam kata sandi: itu yang pertama dicoba orang."
            ),
            field,
        )
    return make_hash(password)


def _is_common(password: str) -> bool:
    """One of the known ones; or one with figures and signs around it; or a short thing said over and over."""
    folded = password.casefold().strip()
    repeated = _REPEATED.fullmatch(folded)
    said_once = repeated.group(1) if repeated else folded
    candidates = {folded, said_once, _DECORATION.sub("", folded), _DECORATION.sub("", said_once)}
    return (
        (repeated is not None and len(said_once) <= 4)
        or "" in candidates
        or not candidates.isdisjoint(common_passwords())
    )


def _tells_about(password: str, about: Iterable[str]) -> bool:
    squeezed = fold(password).replace(" ", "")
    words = _words((*about, *LOCAL_WORDS))
    return squeezed in words or any(word in squeezed for word in words if len(word) >= MIN_WORD)


def _words(texts: Iterable[str]) -> set[str]:
    """Each text as a whole and word by word, without spaces; of an e-mail address only what stands before the @."""
    words: set[str] = set()
    for text in texts:
        folded = fold(text.split("@")[0])
        words.update((folded.replace(" ", ""), *folded.split()))
    return words - _TOO_GENERAL - {""}
