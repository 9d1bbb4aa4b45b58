"""The second step: setting it up, coming in by it, losing the phone, and what a thief with the password gets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from forum.accounts import services
from forum.accounts.models import RecoveryCode, SecondFactor, User, UserSession
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import Base, db, transaction
from forum.core.viewer import SYSTEM
from tests.conftest import NOW, post
from tests.factories.accounts import PASSWORD, App, a_member, a_moderator, a_second_factor, an_admin, sign_in
from tests.policy.permissions import ROWS

STEP = "/masuk/langkah-kedua"
HOME = "/akun/langkah-kedua"
GOOD = "hujan reda menjelang magrib"
CODE = re.compile(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>")


def first_step(client: FlaskClient, username: str = "budi", **more: str) -> Any:
    return post(client, "/masuk", identifier=username, password=PASSWORD, **more)


def second_step(client: FlaskClient, code: str) -> Any:
    return post(client, STEP, code=code)


def is_in(client: FlaskClient) -> bool:
    return client.get("/akun").status_code == 200


def log() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def other(client: FlaskClient) -> FlaskClient:
    return client.application.test_client()


@pytest.fixture
def budi(client: FlaskClient) -> User:
    return a_member("budi")


@pytest.fixture
def phone(budi: User, fixed_now: object) -> App:
    return a_second_factor(budi)


def test_setting_it_up_shows_key_picture_and_codes_once(client: FlaskClient, budi: User, fixed_now: object) -> None:
    elsewhere = other(client)
    sign_in(elsewhere, budi)
    sign_in(client, budi)
    assert post(client, f"{HOME}/mulai", page=HOME).headers["Location"] == f"{HOME}/pasang"
    page = client.get(f"{HOME}/pasang").get_data(as_text=True)
    secret = re.search(r'<code id="kunci">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    assert f"secret={secret}" in page
    picture = client.get(f"{HOME}/qr.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert picture.headers["Cache-Control"] == "no-store"
    wrong = post(client, f"{HOME}/pasang", code="000000")
    assert wrong.status_code == 422
    assert "jam ponsel" in wrong.get_data(as_text=True)
    assert not db.session.scalar(select(SecondFactor.confirmed_at))
    done = post(client, f"{HOME}/pasang", code=pyotp.TOTP(secret).at(clock.now()))
    codes = CODE.findall(done.get_data(as_text=True))
    assert len(set(codes)) == 10
    assert is_in(client)
    assert not is_in(elsewhere)
    for path in (HOME, f"{HOME}/pasang", f"{HOME}/qr.svg"):
        body = client.get(path).get_data(as_text=True)
        assert secret not in body
        assert codes[0] not in body
    assert log() == ["user.second_factor_on"]


def test_a_key_that_is_shown_changes_nothing_before_it_is_confirmed(client: FlaskClient, budi: User) -> None:
    with clock.fixed(NOW):
        sign_in(client, budi)
        post(client, f"{HOME}/mulai", page=HOME)
        assert first_step(other(client)).headers["Location"] == "/"
    with clock.fixed(NOW + timedelta(minutes=31)):
        sign_in(client, budi)
        assert client.get(f"{HOME}/pasang").headers["Location"] == HOME


def test_the_database_holds_neither_key_nor_codes(phone: App) -> None:
    rows = "".join(
        str(tuple(row))
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(text(f"SELECT * FROM {table.name}"))
    )
    assert phone.secret not in rows
    for code in phone.recovery_codes:
        assert code not in rows
        assert code.replace("-", "") not in rows


def test_a_key_copied_to_another_account_opens_nothing(client: FlaskClient, phone: App) -> None:
    siti = a_member("siti")
    a_second_factor(siti)
    stolen = db.session.scalar(select(SecondFactor.secret).where(SecondFactor.user_id != siti.id))
    db.session.get(SecondFactor, siti.id).secret = stolen
    db.session.commit()
    first_step(client, "siti")
    assert second_step(client, phone.code()).status_code == 422


def test_password_and_code_open_the_door_and_lead_to_where_one_wanted_to_go(client: FlaskClient, phone: App) -> None:
    answer = first_step(client, next="/diskusi?daftar=saya")
    assert answer.headers["Location"] == STEP
    assert client.get_cookie("perangkat") is None
    answer = second_step(client, phone.code())
    assert answer.headers["Location"] == "/diskusi?daftar=saya"
    assert client.get_cookie("perangkat")
    assert is_in(client)
    assert client.get(STEP).headers["Location"] == "/masuk"


def test_the_first_step_alone_opens_nothing(client: FlaskClient, phone: App) -> None:
    first_step(client)
    assert db.session.scalar(select(UserSession.id)) is None
    stranger = other(client)
    opened = {}
    for row in ROWS:
        if row.method == "GET" and "{" not in row.path and row.path != STEP:
            got, expected = client.get(row.path).status_code, stranger.get(row.path).status_code
            if got != expected:
                opened[row.path] = got
    assert not opened
    assert client.post("/akun/sandi").status_code == 401


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_that_is_half_a_minute_off_does(client: FlaskClient, phone: App, steps: int) -> None:
    first_step(client)
    assert second_step(client, phone.code(steps)).status_code == 302


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_clock_that_is_a_minute_off_does_not(client: FlaskClient, phone: App, steps: int) -> None:
    first_step(client)
    assert second_step(client, phone.code(steps)).status_code == 422
    assert not is_in(client)


def test_a_code_opens_once(client: FlaskClient, phone: App) -> None:
    first_step(client)
    code, earlier = phone.code(), phone.code(-1)
    assert second_step(client, code).status_code == 302
    thief = other(client)
    first_step(thief)
    for replayed in (code, earlier):
        answer = second_step(thief, replayed)
        assert answer.status_code == 422
        assert "sudah dipakai" in answer.get_data(as_text=True)
    assert second_step(thief, phone.code(1)).status_code == 302


def test_two_requests_with_one_code_make_one_session(phone: App, budi: User) -> None:
    for code in (phone.code(), phone.recovery_codes[0]):
        proof = services.examine_code(budi.id, code)
        with transaction():
            assert services.use_code(budi.id, proof)
        with transaction():
            assert not services.use_code(budi.id, proof)


def test_a_recovery_code_opens_once_and_says_how_many_are_left(client: FlaskClient, phone: App) -> None:
    first_step(client)
    page = client.get(f"{STEP}?cara=cadangan").get_data(as_text=True)
    assert "Kode cadangan" in page
    assert second_step(client, phone.recovery_codes[3].upper().replace("-", " ")).headers["Location"] == "/"
    assert "Sisa kode cadangan Anda: 9" in client.get("/akun").get_data(as_text=True)
    thief = other(client)
    first_step(thief)
    assert second_step(thief, phone.recovery_codes[3]).status_code == 422
    assert second_step(thief, phone.recovery_codes[4]).status_code == 302
    assert log().count("user.recovery_code_used") == 2


def test_new_recovery_codes_replace_the_old_ones(client: FlaskClient, budi: User, phone: App) -> None:
    sign_in(client, budi)
    fresh = CODE.findall(post(client, f"{HOME}/kode-cadangan", page=HOME).get_data(as_text=True))
    assert len(set(fresh) - set(phone.recovery_codes)) == 10
    visitor = other(client)
    first_step(visitor)
    assert second_step(visitor, phone.recovery_codes[0]).status_code == 422
    assert second_step(visitor, fresh[0]).status_code == 302
    assert "user.recovery_codes" in log()


@pytest.mark.parametrize(
    "code", ["", "0", "000000", "abcdefghjk", "x" * 10_000, "\x00", "😀", "１２３４５６", "' OR 1=1--", "<script>"]
)
def test_odd_codes_are_a_plain_failure(client: FlaskClient, phone: App, code: str) -> None:
    first_step(client)
    answer = second_step(client, code)
    assert answer.status_code == 422
    assert "<script>" not in answer.get_data(as_text=True).replace('<script type="module"', "")
    assert not is_in(client)


def test_five_wrong_codes_make_one_wait_and_the_owner_is_not_kept_out(client: FlaskClient, budi: User) -> None:
    with clock.fixed(NOW):
        phone = a_second_factor(budi)
        first_step(client)
        second_step(client, phone.code())
        post(client, "/keluar")
        thief = other(client)
        first_step(thief)
        answers = [second_step(thief, "000000").status_code for _ in range(6)]
        assert answers == [422] * 5 + [429]
        assert log().count("user.second_factor_guessed") == 1
        told = db.session.scalars(text("SELECT key FROM outbox WHERE topic = 'mail.account_changed'")).all()
        assert f"second_factor_guessed:{budi.id}" in told
        refused = second_step(thief, phone.code(1))
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 300
        first_step(client)
        assert second_step(client, phone.code(1)).status_code == 302
        assert "mencoba menebak" in client.get("/akun/sesi").get_data(as_text=True)
        assert log().count("user.second_factor_guessed") == 1
    with clock.fixed(NOW + timedelta(minutes=5)):
        newcomer = other(client)
        first_step(newcomer)
        assert second_step(newcomer, phone.code()).status_code == 302


def test_fifty_wrong_codes_a_day_are_the_most(client: FlaskClient, budi: User) -> None:
    statuses = []
    for minutes in range(0, 60, 5):
        with clock.fixed(NOW + timedelta(minutes=minutes)):
            if not minutes:
                a_second_factor(budi)
            thief = other(client)
            first_step(thief)
            statuses += [second_step(thief, "000000").status_code for _ in range(5)]
    assert statuses == [422] * 50 + [429] * 10


def test_the_first_step_is_good_for_ten_minutes_and_for_its_password(client: FlaskClient, budi: User) -> None:
    with clock.fixed(NOW):
        phone = a_second_factor(budi)
        first_step(client)
    with clock.fixed(NOW + timedelta(minutes=11)):
        assert client.get(STEP).headers["Location"] == "/masuk"
    with clock.fixed(NOW - timedelta(minutes=11)):
        assert client.get(STEP).headers["Location"] == "/masuk"
    with clock.fixed(NOW):
        first_step(client)
        with transaction():
            link = services.make_link(SYSTEM, budi.id)
        post(other(client), f"/masuk/tautan/{link}", password=GOOD, confirm=GOOD)
        assert client.get(STEP).headers["Location"] == "/masuk"
        assert phone


def test_a_new_password_by_link_does_not_bypass_it(client: FlaskClient, budi: User, phone: App) -> None:
    with transaction():
        link = services.make_link(SYSTEM, budi.id)
    answer = post(client, f"/masuk/tautan/{link}", password=GOOD, confirm=GOOD)
    assert answer.headers["Location"] == STEP
    assert not is_in(client)
    assert second_step(client, phone.code()).headers["Location"] == "/"
    assert is_in(client)


def test_somebody_signed_in_as_another_is_signed_out_by_a_link_with_second_step(
    client: FlaskClient, budi: User, phone: App
) -> None:
    sign_in(client, a_member("siti"))
    with transaction():
        link = services.make_link(SYSTEM, budi.id)
    post(client, f"/masuk/tautan/{link}", password=GOOD, confirm=GOOD)
    assert not is_in(client)
    assert client.get(STEP).status_code == 200


@pytest.mark.parametrize(
    ("password", "right_code", "says"),
    [("salah", True, "Kata sandi salah"), (PASSWORD, False, "Kode salah"), ("", False, "Kata sandi salah")],
)
def test_switching_off_needs_password_and_code(
    client: FlaskClient, budi: User, phone: App, password: str, right_code: bool, says: str
) -> None:
    sign_in(client, budi)
    code = phone.code() if right_code else "000000"
    answer = post(client, f"{HOME}/matikan", password=password, code=code)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert db.session.scalar(select(SecondFactor.confirmed_at))
    assert post(client, f"{HOME}/matikan", password=PASSWORD, code=phone.code()).headers["Location"] == HOME
    assert db.session.scalar(select(SecondFactor.user_id)) is None
    assert db.session.scalar(select(RecoveryCode.id)) is None
    assert first_step(other(client)).headers["Location"] == "/"
    assert log()[-1] == "user.second_factor_off"


def test_a_second_set_up_needs_the_first_switched_off(client: FlaskClient, budi: User, phone: App) -> None:
    sign_in(client, budi)
    assert post(client, f"{HOME}/mulai", page=HOME).status_code == 409
    first_step(visitor := other(client))
    assert second_step(visitor, phone.code()).status_code == 302


def test_an_admin_takes_it_away_with_a_reason_and_the_person_is_told(
    client: FlaskClient, budi: User, phone: App
) -> None:
    theirs = other(client)
    sign_in(theirs, budi)
    sign_in(client, an_admin("bos"))
    path = "/admin/pengguna/budi/langkah-kedua"
    assert "langkah-kedua" in client.get("/admin/pengguna/budi").get_data(as_text=True)
    assert post(client, path, reason="  \u200b ").status_code == 422
    assert db.session.scalar(select(SecondFactor.confirmed_at))
    answer = post(client, path, reason="Ponsel hilang, datang sendiri.")
    assert answer.headers["Location"] == "/admin/pengguna/budi"
    assert not is_in(theirs)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user.second_factor_removed")).one()
    assert (entry.reason, entry.object_id) == ("Ponsel hilang, datang sendiri.", budi.id)
    told = db.session.scalars(text("SELECT key FROM outbox WHERE topic = 'mail.account_changed'")).all()
    assert f"second_factor_removed:{budi.id}" in told
    assert first_step(theirs).headers["Location"] == "/"
    page = theirs.get("/akun/sesi").get_data(as_text=True)
    assert "Langkah kedua dihapus" in page
    assert "oleh admin" in page
    assert post(client, path, reason="Sekali lagi saja.").status_code == 404


def test_an_admin_does_not_take_away_their_own_without_a_code(client: FlaskClient, fixed_now: object) -> None:
    boss = an_admin("bos")
    a_second_factor(boss)
    sign_in(client, boss)
    answer = post(client, "/admin/pengguna/bos/langkah-kedua", page="/admin", reason="Malas mengetik kode.")
    assert answer.status_code == 403
    assert db.session.scalar(select(SecondFactor.confirmed_at))


@pytest.fixture
def strict(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"staff_second_factor": True})
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.mark.usefixtures("strict", "fixed_now")
@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_staff_can_do_nothing_before_they_have_set_it_up(client: FlaskClient, role: str) -> None:
    person = an_admin("budi") if role == "admin" else a_moderator("budi")
    assert first_step(client).headers["Location"] == "/"
    opened = {}
    for row in ROWS:
        if row.method == "GET" and "{" not in row.path and not row.path.startswith((HOME, "/masuk", "/keluar")):
            answer = client.get(row.path)
            if answer.headers.get("Location") != HOME and row.path not in ("/sehat", "/akun/konfirmasi"):
                opened[row.path] = answer.status_code
    assert not opened
    assert "wajib" in client.get(HOME).get_data(as_text=True)
    script = client.get("/diskusi", headers={"Accept": "application/json"})
    assert script.status_code == 403
    assert post(client, "/draf", page=HOME, place="new", body="x").status_code == 403
    post(client, f"{HOME}/mulai", page=HOME)
    secret = services.pending_secret(person.id)
    assert post(client, f"{HOME}/pasang", code=pyotp.TOTP(secret).at(clock.now())).status_code == 200
    assert client.get("/diskusi").status_code == 200
    assert client.get("/admin").status_code == (200 if role == "admin" else 403)


@pytest.mark.usefixtures("strict")
def test_members_are_not_asked_and_staff_can_leave(client: FlaskClient) -> None:
    sign_in(client, a_member())
    assert client.get("/diskusi").status_code == 200
    sign_in(client, an_admin())
    assert post(client, "/keluar", page=HOME).headers["Location"] == "/masuk"


def test_a_promoted_member_is_asked_at_the_next_request(client: FlaskClient, budi: User, strict: None) -> None:
    sign_in(client, budi)
    assert client.get("/diskusi").status_code == 200
    db.session.get(User, budi.id).role = "moderator"
    db.session.commit()
    assert client.get("/diskusi").headers["Location"] == HOME


@pytest.mark.parametrize(
    ("env", "setting", "needed"),
    [
        ("production", None, True),
        ("development", None, False),
        ("production", False, False),
        ("development", True, True),
    ],
)
def test_the_setting(app: Flask, env: str, setting: bool | None, needed: bool) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"env": env, "staff_second_factor": setting})
    assert settings.staff_needs_second_factor is needed


def test_no_code_and_no_key_is_logged(
    client: FlaskClient, budi: User, phone: App, capsys: pytest.CaptureFixture[str]
) -> None:
    first_step(client)
    second_step(client, "918273")
    code = phone.code()
    second_step(client, code)
    written = "".join(capsys.readouterr())
    assert "second_step_failed" in written
    for secret in ("918273", code, phone.secret, PASSWORD):
        assert secret not in written


def test_the_last_admin_without_a_phone_is_helped_from_the_command_line(app: Flask, budi: User, phone: App) -> None:
    def run(*words: str) -> Any:
        return app.test_cli_runner().invoke(args=["users", "remove-second-factor", *words])

    assert run("budi").exit_code == 2
    assert run("budi", "--reason", " ").exit_code == 1
    assert db.session.scalar(select(SecondFactor.user_id))
    assert run("BUDI", "--reason", "Ponsel hilang, datang sendiri.").exit_code == 0
    db.session.rollback()
    assert db.session.scalar(select(SecondFactor.user_id)) is None
    assert log()[-1] == "user.second_factor_removed"
    assert run("budi", "--reason", "Sekali lagi saja.").exit_code == 1
    assert run("tidak-ada", "--reason", "Sekali lagi saja.").exit_code == 1


def test_after_the_secret_of_the_installation_was_lost_recovery_codes_still_open(
    app: Flask, budi: User, phone: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret " * 4)
    assert services.examine_code(budi.id, phone.code()) is None
    proof = services.examine_code(budi.id, phone.recovery_codes[0])
    with transaction():
        assert services.use_code(budi.id, proof)
