"""Codes of the app and recovery codes."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from forum.accounts import totp

# RFC 6238, appendix B (SHA-1), the last six digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.mark.parametrize(("seconds", "code"), RFC.items())
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("off", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(off: int, accepted: bool) -> None:
    code = RFC[1234567890]
    now = datetime.fromtimestamp(1234567890, UTC) + timedelta(seconds=off)
    assert (totp.matching_step(RFC_SECRET, code, now) is not None) is accepted


@pytest.mark.parametrize("code", ["", "0", "28708", "2870820", "abcdef", "２８７０８２", "😀", "\x00" * 6, "-87082"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, datetime.fromtimestamp(59, UTC)) is None
    assert not totp.typed(code).is_app_code or code == "28708"


def test_codes_are_read_as_people_type_them() -> None:
    assert totp.typed(" 287 082 ").is_app_code
    assert totp.typed("287-082").text == "287082"
    assert totp.typed("K7M2P x4q9r").is_recovery_code
    assert totp.typed("k7m2p–x4q9r").is_recovery_code
    assert not totp.typed("k7m2p-x4q9").is_recovery_code
    assert not totp.typed("k7m2p-x4q9o").is_recovery_code
    assert not totp.typed("9" * 100_000).is_app_code


def test_recovery_codes_differ_and_their_hashes_tell_nothing() -> None:
    codes, salt = totp.make_recovery_codes(), totp.make_salt()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[2-9a-hjkmnp-z]{5}-[2-9a-hjkmnp-z]{5}", code) for code in codes)
    code = totp.typed(codes[0])
    assert totp.recovery_hash(code, salt) == totp.recovery_hash(totp.typed(codes[0].upper()), salt)
    assert totp.recovery_hash(code, salt) != totp.recovery_hash(code, totp.make_salt())
    assert codes[0].replace("-", "") not in totp.recovery_hash(code, salt)


def test_keys_are_new_and_of_160_bits() -> None:
    secrets = {totp.make_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_the_picture_is_plain_svg_and_the_address_is_what_apps_take() -> None:
    address = totp.setup_address(RFC_SECRET, "budi.s", 'Rembuk "Kota" & <b>')
    assert address.startswith("otpauth://totp/Rembuk%20%22Kota%22%20%26%20%3Cb%3E:budi.s?secret=")
    svg = totp.qr_svg(address)
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}
    assert tags == {"svg", "g", "path"}
    assert b"style" not in svg
    assert b"script" not in svg
