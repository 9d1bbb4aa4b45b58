"""How a name, a username, an e-mail address and so on must look. Each function gives the form that is kept, or raises Invalid."""

from __future__ import annotations

import re

from forum.accounts import nip as nips
from forum.accounts.models import Status
from forum.core.errors import Invalid
from forum.core.i18n import lazy
from forum.core.text import one_line
from forum.core.viewer import Role

NAME_LENGTH = 120
POSITION_LENGTH = 120
EMAIL_LENGTH = 254
_USERNAME = re.compile(r"[a-z](?:[a-z0-9._-]{1,30})[a-z0-9]")
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
# Words that are part of an address here, that speak for the site, or that mean "everybody" in a mention.
RESERVED = frozenset(
    {
        "all",
        "api",
        "anonim",
        "anonymous",
        "baru",
        "everyone",
        "here",
        "impor",
        "import",
        "me",
        "nobody",
        "null",
        "postmaster",
        "rembuk",
        "root",
        "saya",
        "semua",
        "sistem",
        "static",
        "system",
        "undefined",
        "webmaster",
    }
)


def name(text: str) -> str:
    """A person's name: 2 to 120 visible characters with at least one letter."""
    value = one_line(text)
    if len(value) < 2 or not any(char.isalpha() for char in value):
        raise Invalid(lazy("Isi nama lengkap, sedikitnya dua huruf."), "name")
    if len(value) > NAME_LENGTH:
        raise Invalid(lazy("Nama terlalu panjang: paling banyak %(most)d karakter.", most=NAME_LENGTH), "name")
    return value


def username(text: str) -> str:
    """A username in lower case. It ends in a letter or figure, so that a full stop after a mention stays outside of it."""
    value = one_line(text).lower()
    if not _USERNAME.fullmatch(value):
        raise Invalid(
            lazy(
                "Nama pengguna terdiri atas 3-32 karakter: huruf kecil a-z, angka, titik, garis bawah, atau tanda hubung; "
                "diawali huruf dan diakhiri huruf atau angka."
            ),
            "username",
        )
    if value in RESERVED:
        raise Invalid(lazy("Nama pengguna ini dicadangkan untuk sistem. Pilih yang lain."), "username")
    return value


def email(text: str) -> str:
    """An e-mail address in lower case (the syntax that mail systems in use accept; ASCII only)."""
    value = one_line(text).lower()
    if len(value) > EMAIL_LENGTH or not _EMAIL.fullmatch(value) or len(value.split("@")[0]) > 64:
        raise Invalid(lazy("Tulis alamat surel yang lengkap, misalnya nama@pematangsiantarkota.go.id."), "email")
    return value


def position(text: str) -> str:
    """The position (jabatan), free text; may be empty."""
    value = one_line(text)
    if len(value) > POSITION_LENGTH:
        raise Invalid(
            lazy("Jabatan terlalu panjang: paling banyak %(most)d karakter.", most=POSITION_LENGTH), "position"
        )
    return value


_STATUS_WORDS = {
    "pns": Status.PNS,
    "cpns": Status.PNS,
    "pppk": Status.PPPK,
    "p3k": Status.PPPK,
    "pppk paruh waktu": Status.PPPK_PART_TIME,
    "p3k paruh waktu": Status.PPPK_PART_TIME,
    "non asn": Status.NON_ASN,
    "nonasn": Status.NON_ASN,
    "honorer": Status.NON_ASN,
}


def status(text: str) -> Status:
    """The employment status, as people write it."""
    found = _STATUS_WORDS.get(one_line(text).lower().replace("_", " ").replace("-", " "))
    if found is None:
        raise Invalid(lazy("Status harus salah satu dari: PNS, PPPK, PPPK paruh waktu, Non-ASN."), "status")
    return found


_ROLE_WORDS = {"anggota": Role.MEMBER, "": Role.MEMBER, "kurator": Role.MODERATOR}


def role(text: str) -> Role:
    """A role by its name, or by the Indonesian word for it."""
    word = one_line(text).lower()
    try:
        return _ROLE_WORDS.get(word) or Role(word)
    except ValueError:
        raise Invalid(lazy("Peran harus salah satu dari: member, moderator, admin."), "role") from None


def nip(text: str) -> str | None:
    """The NIP as 18 digits; None for an empty text. The message never repeats the number."""
    if not one_line(text):
        return None
    value = nips.parse(one_line(text))
    if value is None:
        raise Invalid(lazy("NIP tidak sah: periksa kembali ke-18 angkanya."), "nip")
    return value
