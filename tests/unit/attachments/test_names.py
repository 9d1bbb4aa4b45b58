"""Names of files, as browsers and others send them."""

from __future__ import annotations

import pytest

from forum.attachments.limits import NAME
from forum.attachments.names import clean_name, ending_of


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("surat edaran.pdf", "surat edaran.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\surat.txt", "surat.txt"),
        ("C:surat.txt", "surat.txt"),
        ("..%2f..%5csurat.txt", "surat.txt"),
        ("%2e%2e%2fsurat%00.txt", "surat.txt"),
        ("sur\x00at.txt", "surat.txt"),
        ("surat\r\nX-Evil: 1.txt", "surat X-Evil_ 1.txt"),
        ("surat\u202etxt.exe", "surattxt.exe"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("   .txt", "lampiran.txt"),
        (".htaccess", "lampiran.htaccess"),
        ("..", "lampiran"),
        ("", "lampiran"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("surat.txt. . ", "surat.txt"),
        ('a"b<c>.TXT', "a_b_c_.TXT"),
        ("<img src=x onerror=alert(1)>.png", "_img src=x onerror=alert(1)_.png"),
        ("nama|*?.csv", "nama___.csv"),
        ("资料 №7.pdf", "资料 №7.pdf"),
    ],
)
def test_a_name_is_made_harmless(raw: str, kept: str) -> None:
    assert clean_name(raw) == kept


@pytest.mark.parametrize(
    "raw", ["x" * 10_000 + ".pdf", "a/" * 5_000 + "b.pdf", "." * 10_000 + "pdf", "\u202e" * 9_000 + ".pdf"]
)
def test_a_long_name_is_shortened_and_keeps_its_ending(raw: str) -> None:
    name = clean_name(raw)
    assert len(name) <= NAME
    assert ending_of(name) == "pdf"
    assert clean_name(name) == name


def test_what_has_no_ending_has_none() -> None:
    assert [ending_of(name) for name in ("surat", "surat.", ".pdf", "a.PDF")] == ["", "", "", "pdf"]
