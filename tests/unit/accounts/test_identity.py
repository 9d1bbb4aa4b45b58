"""What names, usernames, addresses, passwords and NIP may look like."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from forum.accounts import breaches, identity, nip, passwords
from forum.accounts.models import Status
from forum.core import clock
from forum.core.errors import Invalid
from forum.core.text import fold, one_line, slugify
from forum.core.viewer import Role
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("budi", "budi"),
        (" Budi.S ", "budi.s"),
        ("a-1", "a-1"),
        ("x" * 32, "x" * 32),
        ("b_u\u200bdi", "b_udi"),
    ],
)
def test_a_username_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert identity.username(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ab",
        "x" * 33,
        "1budi",
        ".budi",
        "budi.",
        "budi_",
        "bu di",
        "büdi",
        "budi@x",
        "baru",
        "impor",
        "Rembuk",
        "бuди",
        "a\x00b",
        "198503122010011007",
    ],
)
def test_a_username_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        identity.username(typed)
    assert refusal.value.field == "username"


@pytest.mark.parametrize("typed", ["Budi@Contoh.go.id", "b.u+di@sub.contoh.id", " o'neil@x-y.example "])
def test_an_address_is_kept_in_lower_case(typed: str) -> None:
    assert identity.email(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "budi",
        "@x.id",
        "budi@",
        "budi@x",
        "bu di@x.id",
        "budi@x..id",
        ".budi@x.id",
        "budi.@x.id",
        "budi@-x.id",
        "büdi@x.id",
        "budi@x.id\r\nBcc: a@b.id",
        "a@b.id,c@d.id",
        "x" * 65 + "@x.id",
        "a@" + "x." * 130 + "id",
    ],
)
def test_an_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        identity.email(typed)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Siti   Aminah, S.Sos ", "Siti Aminah, S.Sos"),
        ("Siti\u200b\u202e Aminah\x00", "Siti Aminah"),
        ("D'Arcy Müller", "D'Arcy Müller"),
        ("Ni\u0301 Luh", "Ní Luh"),
        ("<b>Siti</b>", "<b>Siti</b>"),
    ],
)
def test_a_name_is_one_visible_line(typed: str, kept: str) -> None:
    assert identity.name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b\u200b", "\u3164\u3164\u3164", "\u2800", "A", "12", "--", "x" * 121, "x" * 10_000]
)
def test_a_name_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        identity.name(typed)


def test_words_for_status_and_role() -> None:
    assert identity.status("PPPK Paruh-Waktu") is Status.PPPK_PART_TIME
    assert identity.status("non_asn") is Status.NON_ASN
    assert (identity.role(""), identity.role("Kurator"), identity.role("admin")) == (
        Role.MEMBER,
        Role.MODERATOR,
        Role.ADMIN,
    )
    with pytest.raises(Invalid):
        identity.status("raja")
    with pytest.raises(Invalid):
        identity.role("root")


@pytest.mark.parametrize(
    "typed",
    [
        "198503122010011007",
        "19850312 201001 1 007",
        "19850312.201001.1.007",
        "19850312-201001-1-007",
        "199001012024212001",  # PPPK, contract code 21
        "199001012024242013",  # PPPK, code 24
        "200002292020122999",  # born on a leap day
        "195001011970011001",
    ],
)
def test_a_nip_is_eighteen_digits(typed: str) -> None:
    with clock.fixed(NOW):
        assert nip.parse(typed) == "".join(char for char in typed if char.isdigit())


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1985031220100110071",
        "198513122010011007",  # month 13
        "198502302010011007",  # 30 February
        "190002292010011007",  # 1900 was no leap year
        "198503121969121007",  # before 1970
        "198503122027011007",  # in the future
        "203003122024011007",  # not born yet
        "198503122010001007",  # month 00
        "198503122010131007",  # 13: neither a month nor a code
        "198503122010201007",
        "198503122010013007",  # sex 3
        "198503122010010007",
        "198503122010011000",  # serial 000
        "19850312201001100x",
        "１９８５０３１２２０１００１１００７",  # full-width figures
        "19850312/201001/1/007",
    ],
)
def test_a_nip_is_refused(typed: str) -> None:
    with clock.fixed(NOW):
        assert nip.parse(typed) is None
        if typed:
            with pytest.raises(Invalid) as refusal:
                identity.nip(typed)
            assert typed not in str(refusal.value)


def test_lines_and_folding() -> None:
    assert one_line(" a\tb\n\u200bc\u202e ") == "a b c"
    assert fold("Dinas  P.U.T.R. (Kota)") == "dinas p u t r kota"
    assert fold("Çédille") == "cedille"
    assert slugify("Dinas Pekerjaan Umum & Tata Ruang") == "dinas-pekerjaan-umum-tata-ruang"
    assert slugify("日本") == ""


def test_passwords_are_kept_at_owasps_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost())
    kept = passwords.make_hash("kopi tubruk sore hari")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify("kopi tubruk sore hari", kept)
    assert not passwords.verify("kopi tubruk sore har", kept)
    assert not passwords.is_outdated(kept)
    monkeypatch.setattr(passwords, "COST", passwords.Cost(3))
    assert passwords.is_outdated(kept)
    assert passwords.verify("kopi tubruk sore hari", kept)


def test_a_broken_hash_opens_nothing() -> None:
    assert not passwords.verify("x", "")
    assert not passwords.verify("x", "$argon2id$broken")


@pytest.mark.parametrize(
    "typed",
    ["kopi tubruk sore hari", "x7!kQ29zLm", "12kata-sandi-uji-1", "日本語のパスワードです", "a" * 9 + "bc" + "d" * 245],
)
def test_a_password_is_accepted(typed: str) -> None:
    assert passwords.verify(typed, passwords.accept(typed, about=("budi", "budi.s@x.id", "Budi Santoso")))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sembilan9",
        "a" * 257,
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "1234567890",
        "31415926535897",
        "PasswordPassword",
        "Password2024!",
        "indonesia1945",
        "qwertyuiop",
        "1q2w3e4r5t6y",
        "!!katasandi!!",
        "sayangsayang",
        "rembuk-contoh",
        "ayo ke Pematang Siantar",
        "PematangSiantar99x",
        "pasti budi.s sekali",
        "BUDI berangkat pagi",
        "si santoso pulang",
        "kota simalungun raya",
    ],
)
def test_a_password_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.accept(typed, about=("budi", "budi.s@x.id", "Budi Santoso", "Rembuk", "Kota Simalungun"))
    assert refusal.value.field == "password"
    assert not typed or typed not in str(refusal.value)


def test_short_names_forbid_only_themselves() -> None:
    assert passwords.accept("jadikan hari ini indah", about=("adi", "ani@x.id", "Adi Ani"))


def test_the_list_of_common_passwords_is_long_and_clean() -> None:
    known = passwords.common_passwords()
    assert len(known) >= 1000
    assert all(word == word.strip().casefold() for word in known)
    assert {"katasandi", "bismillah", "qwertyuiop", "liverpoolfc"} <= known


def test_a_citys_file_of_breached_passwords_is_searched(tmp_path: Path) -> None:
    leaked = [f"kalimat bocor nomor {n}" for n in range(3000)]
    hashes = sorted(hashlib.sha1(text.encode()).hexdigest().upper() for text in leaked)
    file = tmp_path / "pwned.txt"
    for ending in ("\r\n", "\n"):
        file.write_text(ending.join(f"{digest}:{n * 7919}" for n, digest in enumerate(hashes)), newline="")
        assert all(breaches.contains(file, text) for text in leaked)
        assert not any(breaches.contains(file, f"kalimat baik nomor {n}") for n in range(3000))
    assert passwords.accept(leaked[17])
    with pytest.raises(Invalid, match="terlalu umum"):
        passwords.accept(leaked[17], breached=file)
    file.write_text("")
    assert not breaches.contains(file, leaked[17])
