"""Which account the provider's word opens, what it changes there, and what remains where it is the only way in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts import services
from forum.accounts.models import OneTimeLink, User, UserSession
from forum.accounts.oidc import services as oidc
from forum.accounts.oidc import views
from forum.accounts.oidc.claims import Rules, read
from forum.accounts.oidc.models import SpentToken, UserIdentity
from forum.accounts.services.notices import TOPIC
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Denied
from forum.core.outbox import OutboxRow
from forum.core.viewer import SYSTEM
from forum.worker import jobs
from tests.conftest import NOW, csrf_of, post
from tests.factories.accounts import (
    PASSWORD,
    a_disabled_user,
    a_member,
    a_moderator,
    a_unit,
    an_admin,
    sign_in,
    viewer_for,
)
from tests.factories.forms import csrf_token, send
from tests.oidc.conftest import Configure
from tests.oidc.hostile import PERSON, Hostile, begin, come_back, sign_in_at

NIP = "198503122010011007"
NewClient = Callable[[], FlaskClient]


@pytest.fixture
def new_client(app: Flask) -> NewClient:
    return app.test_client


def people() -> list[User]:
    db.session.rollback()
    return list(db.session.scalars(select(User).order_by(User.id)))


def only() -> User:
    found = people()
    assert len(found) == 1
    return found[0]


def actions() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("claims", "username"),
    [
        ({"preferred_username": "Budi.Siregar"}, "budi.siregar"),
        ({"preferred_username": "budi@contoh.go.id"}, "budi"),
        ({"preferred_username": NIP, "email": "b.siregar@contoh.go.id"}, "b.siregar"),
        ({"preferred_username": f"asn{NIP}", "email": f"{NIP}@asn.go.id"}, "budi.siregar"),
        ({"preferred_username": "19850312 201001 1 007", "email": "b@contoh.go.id"}, "budi.siregar"),
        ({"preferred_username": "admin/../root", "email": "x@y.id", "name": "Ännë Ö"}, "admin.root"),
        ({"preferred_username": "semua", "email": "semua@contoh.go.id"}, "budi.siregar"),
        ({"preferred_username": None, "email": "4ngka@contoh.go.id"}, "ngka"),
    ],
)
def test_a_username_is_made_of_what_there_is_and_never_of_a_nip(
    client: FlaskClient, hostile: Hostile, claims: dict[str, Any], username: str
) -> None:
    assert sign_in_at(client, hostile, **claims).status_code == 302
    assert only().username == username


def test_where_nothing_fits_a_name_is_invented(client: FlaskClient, hostile: Hostile) -> None:
    claims = {"preferred_username": NIP, "email": f"{NIP}@asn.go.id", "name": f"Pegawai {NIP}"}
    assert sign_in_at(client, hostile, **claims).status_code == 302
    assert re.fullmatch(r"pegawai-[0-9a-f]{12}", only().username)


def test_a_name_that_is_taken_gets_a_number(client: FlaskClient, hostile: Hostile) -> None:
    a_member("budi", email="lain@contoh.go.id")
    a_member("budi2", email="lain2@contoh.go.id")
    assert sign_in_at(client, hostile, name="Budi").status_code == 302
    assert people()[-1].username == "budi3"


def test_a_newcomer_is_a_member_with_nothing_that_was_not_mapped(client: FlaskClient, hostile: Hostile) -> None:
    claims = {"role": "admin", "is_admin": True, "nip": NIP, "unit": "Dinas Kesehatan", "roles": ["admin"]}
    assert sign_in_at(client, hostile, **claims).status_code == 302
    budi = only()
    assert (budi.role, budi.nip, budi.unit_id, budi.moderated_boards) == ("member", None, None, None)
    assert (budi.name, budi.email, budi.is_active) == ("Budi Siregar", "budi@contoh.go.id", True)


def test_who_somebody_is_hangs_on_the_subject_and_not_on_the_address(client: FlaskClient, hostile: Hostile) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    assert sign_in_at(client, hostile, email="baru@contoh.go.id", preferred_username="lain").status_code == 302
    assert only().email == "budi@contoh.go.id"
    # Somebody new who was given Budi's old address is not Budi.
    answer = sign_in_at(client, hostile, sub="subjek-2")
    assert answer.status_code == 403
    assert "sudah dipakai" in answer.get_data(as_text=True)
    assert only()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_known_to_be_theirs_opens_and_makes_nothing(
    client: FlaskClient, hostile: Hostile, configure: Configure, verified: object
) -> None:
    configure(oidc_link_by_email=True)
    a_member("budi")
    answer = sign_in_at(client, hostile, email_verified=verified)
    assert answer.status_code == 403
    assert "terverifikasi" in answer.get_data(as_text=True)
    assert len(people()) == 1
    assert sign_in_at(client, hostile, email_verified=verified, email="lain@contoh.go.id").status_code == 403
    assert db.session.scalar(select(UserIdentity.id)) is None


def test_a_city_may_vouch_for_its_addresses(client: FlaskClient, hostile: Hostile, configure: Configure) -> None:
    configure(oidc_trust_email=True)
    assert sign_in_at(client, hostile, email_verified=None).status_code == 302
    assert only().email == "budi@contoh.go.id"


def test_an_account_is_linked_by_its_address_only_where_that_is_allowed(
    client: FlaskClient, hostile: Hostile, configure: Configure
) -> None:
    budi = a_member("lama", email="budi@contoh.go.id").id
    answer = sign_in_at(client, hostile)
    assert answer.status_code == 403
    assert "hubungkan sendiri di Pengaturan" in answer.get_data(as_text=True)
    configure(oidc_link_by_email=True)
    assert sign_in_at(client, hostile, email="Budi@Contoh.go.id").status_code == 302
    assert only().id == budi
    assert actions() == ["user.sso_link_by_email"]
    # From now on by the subject; and nobody else is linked to the same account.
    assert sign_in_at(client, hostile, email="baru@contoh.go.id").status_code == 302
    assert sign_in_at(client, hostile, sub="subjek-2").status_code == 403
    assert only().id == budi


def test_no_account_is_made_where_that_is_switched_off(
    client: FlaskClient, hostile: Hostile, configure: Configure
) -> None:
    configure(oidc_create_accounts=False)
    answer = sign_in_at(client, hostile)
    assert answer.status_code == 403
    assert "belum punya akun" in answer.get_data(as_text=True)
    assert people() == []


def test_a_disabled_account_stays_closed(client: FlaskClient, hostile: Hostile, configure: Configure) -> None:
    configure(oidc_link_by_email=True, oidc_role_claim="roles", oidc_admin_roles="a")
    a_disabled_user("budi")
    answer = sign_in_at(client, hostile, roles=["a"])
    assert answer.status_code == 403
    assert "dinonaktifkan" in answer.get_data(as_text=True)
    assert only().role == "member"
    assert db.session.scalar(select(UserSession.id)) is None
    assert db.session.scalar(select(UserIdentity.id)) is None


ROLES = {
    "oidc_role_claim": "realm_access.roles",
    "oidc_moderator_roles": "kurator, /opd/penata",
    "oidc_admin_roles": "tik",
}


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["kurator"], "moderator"),
        (["opd/penata"], "moderator"),
        (["kurator", "tik"], "admin"),
        ("tik", "admin"),
        ([], "member"),
        (["TIK", "kurator2", 7, None, {"a": "tik"}], "member"),
        (None, "member"),
        ({"tik": True}, "member"),
    ],
)
def test_roles(client: FlaskClient, hostile: Hostile, configure: Configure, roles: object, role: str) -> None:
    configure(**ROLES)
    assert sign_in_at(client, hostile, realm_access={"roles": roles}).status_code == 302
    assert only().role == role


def test_roles_follow_the_provider_at_each_sign_in_and_are_noted(
    client: FlaskClient, hostile: Hostile, configure: Configure
) -> None:
    configure(**ROLES)
    for roles, role in ((["tik"], "admin"), (["kurator"], "moderator"), (["kurator"], "moderator"), ([], "member")):
        assert sign_in_at(client, hostile, realm_access={"roles": roles}).status_code == 302
        assert only().role == role
    assert actions() == ["user.sso_create"] + ["user.sso_update"] * 3
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.actor_id, last.before, last.after) == (None, {"role": "moderator"}, {"role": "member"})


def test_a_moderator_of_some_boards_stays_one(client: FlaskClient, hostile: Hostile, configure: Configure) -> None:
    configure(oidc_link_by_email=True, **ROLES)
    a_moderator("budi", boards=[3])
    assert sign_in_at(client, hostile, realm_access={"roles": ["kurator"]}).status_code == 302
    assert only().moderated_boards == [3]
    assert sign_in_at(client, hostile, realm_access={"roles": []}).status_code == 302
    assert (only().role, only().moderated_boards) == ("member", None)


def test_roles_are_our_own_where_none_are_mapped(client: FlaskClient, hostile: Hostile, configure: Configure) -> None:
    configure(oidc_link_by_email=True)
    an_admin("budi")
    assert sign_in_at(client, hostile, realm_access={"roles": []}).status_code == 302
    assert only().role == "admin"


@pytest.mark.parametrize(
    "unit",
    ["dinkes", "Dinas Kesehatan", "DINAS  KESEHATAN", "Dinkes Lama", "/opd/dinkes", ["staf", "/opd/Dinas Kesehatan"]],
)
def test_units(client: FlaskClient, hostile: Hostile, configure: Configure, unit: object) -> None:
    configure(oidc_unit_claim="unit")
    health = a_unit("Dinas Kesehatan", slug="dinkes", aliases=["Dinkes Lama"]).id
    assert sign_in_at(client, hostile, unit=unit).status_code == 302
    assert only().unit_id == health


@pytest.mark.parametrize("unit", [None, "", "Dinas Antariksa", "Bersama", "Tutup", 7, {"a": "b"}, "x" * 5000])
def test_a_unit_that_is_none_changes_nothing(
    client: FlaskClient, hostile: Hostile, configure: Configure, unit: object
) -> None:
    configure(oidc_unit_claim="unit", oidc_link_by_email=True)
    a_unit("Dinas Satu", aliases=["Bersama"])
    a_unit("Dinas Dua", aliases=["Bersama"])
    a_unit("Tutup", is_active=False)
    own = a_unit("Dinas Sendiri").id
    a_member("budi", unit_id=own)
    assert sign_in_at(client, hostile, unit=unit).status_code == 302
    assert only().unit_id == own


def test_a_claim_may_have_an_address_for_a_name(client: FlaskClient, hostile: Hostile, configure: Configure) -> None:
    name = "https://sso.example.go.id/roles"
    configure(oidc_role_claim=name, oidc_admin_roles="tik")
    assert sign_in_at(client, hostile, **{name: ["tik"]}).status_code == 302
    assert only().role == "admin"


@pytest.mark.parametrize("attempt", range(3))
def test_two_windows_that_come_first_at_one_moment_make_one_account(app: Flask, hostile: Hostile, attempt: int) -> None:
    person = read(hostile.issuer, PERSON, Rules.of(app.config["SETTINGS"]))
    together = Barrier(4)

    def enter(number: int) -> tuple[int, bool]:
        with app.test_request_context():
            together.wait()
            user_id = views._entered(person)
            with transaction():
                return user_id, oidc.spend("once", timedelta(minutes=1))

    with ThreadPoolExecutor(4) as pool:
        entered = list(pool.map(enter, range(4)))
    assert len({user_id for user_id, _ in entered}) == 1
    assert [first for _, first in entered].count(True) == 1
    assert only().username == "budi"


# --- linking ---------------------------------------------------------------------------------------------------------


def begin_link(client: FlaskClient) -> dict[str, str]:
    answer = send(client, "/akun/sso")
    assert answer.status_code == 200
    url = answer.headers["Refresh"].removeprefix("0; url=")
    return dict(part.split("=", 1) for part in url.partition("?")[2].split("&"))


def test_linking_needs_the_token_of_a_form(client: FlaskClient, hostile: Hostile) -> None:
    sign_in(client, a_member("budi"))
    assert client.post("/akun/sso").status_code == 400
    assert client.get("/akun/sso").status_code == 405


def test_one_links_oneself_and_lets_go_again(client: FlaskClient, hostile: Hostile, new_client: NewClient) -> None:
    budi = a_member("lama")
    budi_id = budi.id
    sign_in(client, budi)
    asked = begin_link(client)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"], email_verified=None))
    answer = come_back(client, hostile, asked["state"])
    assert (answer.status_code, answer.headers["Location"]) == (302, "/akun")
    page = client.get("/akun").get_data(as_text=True)
    assert "terhubung dengan SSO Kota" in page
    other = new_client()
    assert sign_in_at(other, hostile).status_code == 302
    assert only().id == budi_id
    assert send(client, "/akun/sso/lepas").status_code == 303
    assert other.get("/akun").status_code == 302  # what the provider opened is closed
    assert client.get("/akun").status_code == 200
    assert actions() == ["user.sso_link", "user.sso_unlink"]
    told = select(OutboxRow.key).where(OutboxRow.topic == TOPIC)
    assert set(db.session.scalars(told)) == {f"sso_linked:{budi_id}", f"sso_unlinked:{budi_id}"}
    assert "Akun dilepas dari SSO" in client.get("/akun/sesi").get_data(as_text=True)


def test_somebody_who_has_no_password_cannot_let_go(client: FlaskClient, hostile: Hostile) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    answer = send(client, "/akun/sso/lepas")
    assert answer.status_code == 422
    assert "Buat kata sandi dahulu" in answer.get_data(as_text=True)
    assert db.session.scalar(select(UserIdentity.id)) is not None


def test_an_answer_links_only_the_account_that_asked(client: FlaskClient, hostile: Hostile) -> None:
    sign_in(client, a_member("budi.lama"))
    asked = begin_link(client)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    with client.session_transaction() as cookie:
        begun = cookie["sso"]
    sign_in(client, a_member("sari"))
    with client.session_transaction() as cookie:
        cookie["sso"] = begun
    answer = come_back(client, hostile, asked["state"])
    assert answer.status_code == 403
    assert "Sesi Anda berganti" in answer.get_data(as_text=True)
    assert db.session.scalar(select(UserIdentity.id)) is None


def test_somebody_elses_identity_is_not_taken_over(
    client: FlaskClient, hostile: Hostile, new_client: NewClient
) -> None:
    assert sign_in_at(new_client(), hostile).status_code == 302
    sign_in(client, a_member("sari"))
    asked = begin_link(client)
    hostile.used.clear()
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    answer = come_back(client, hostile, asked["state"])
    assert answer.status_code == 403
    assert "terhubung dengan akun Rembuk lain" in answer.get_data(as_text=True)


def test_a_second_identity_of_the_same_provider_is_refused(client: FlaskClient, hostile: Hostile) -> None:
    sign_in(client, a_member("budi.lama"))
    for subject, status in (("subjek-1", 302), ("subjek-1", 302), ("subjek-2", 409)):
        asked = begin_link(client)
        hostile.used.clear()
        hostile.id_token = hostile.sign(hostile.claims(asked["nonce"], sub=subject))
        assert come_back(client, hostile, asked["state"]).status_code == status
    assert db.session.scalars(select(UserIdentity.subject)).all() == ["subjek-1"]


# --- the door ---------------------------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_both_ways_and_leads_back(client: FlaskClient, hostile: Hostile) -> None:
    page = client.get("/masuk?next=/akun").get_data(as_text=True)
    assert 'href="/masuk/sso?next=/akun"' in page
    assert "Masuk lewat SSO Kota" in page
    assert 'type="password"' in page


def test_without_a_provider_there_is_no_button(client: FlaskClient) -> None:
    assert "/masuk/sso" not in client.get("/masuk").get_data(as_text=True)


def test_another_site_may_lead_to_the_page_but_not_begin(client: FlaskClient, hostile: Hostile) -> None:
    answer = client.get("/masuk/sso?next=/akun", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/masuk?next=/akun")
    assert hostile.asked == []


@pytest.mark.parametrize("target", ["https://jahat.example", "//jahat.example", "/\\jahat.example", "/%0d%0aX: y"])
def test_it_leads_nowhere_else_afterwards(client: FlaskClient, hostile: Hostile, target: str) -> None:
    asked = begin(client, f"/masuk/sso?next={target}")
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    assert come_back(client, hostile, asked["state"]).headers["Location"] == "/"


def test_several_tabs_at_once(client: FlaskClient, hostile: Hostile) -> None:
    first, second = begin(client, "/masuk/sso?next=/akun"), begin(client, "/masuk/sso?next=/draf")
    hostile.id_token = hostile.sign(hostile.claims(first["nonce"]))
    assert come_back(client, hostile, first["state"]).headers["Location"] == "/akun"
    assert second["state"] != first["state"]


def test_the_cookie_does_not_give_the_secrets_of_a_sign_in_away(client: FlaskClient, hostile: Hostile) -> None:
    asked = begin(client)
    with client.session_transaction() as cookie:
        kept = repr(dict(cookie))
    assert asked["state"] in kept
    assert asked["nonce"] not in kept
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    assert come_back(client, hostile, asked["state"]).status_code == 302
    assert hostile.posted[0]["code_verifier"] not in kept + asked["state"]


def test_a_session_of_before_is_not_carried_over(client: FlaskClient, hostile: Hostile) -> None:
    asked = begin(client)
    before = sign_in(client, a_member("sari"))
    with client.session_transaction() as cookie:
        cookie["sso"] = [[asked["state"], int(clock.now().timestamp()), "/", "masuk", None]]
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    assert come_back(client, hostile, asked["state"]).status_code == 302
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert len(db.session.scalars(select(UserSession)).all()) == 1


def test_what_was_used_up_is_forgotten_when_it_no_longer_matters(client: FlaskClient, hostile: Hostile) -> None:
    with clock.fixed(NOW):
        assert sign_in_at(client, hostile).status_code == 302
        jobs.forget_ended_sessions("")
        assert len(db.session.scalars(select(SpentToken)).all()) == 1
    with clock.fixed(NOW.replace(hour=NOW.hour + 1)):
        jobs.forget_ended_sessions("")
        assert db.session.scalars(select(SpentToken)).all() == []


# --- single sign-on as the only way in ----------------------------------------------------------------------------------


@pytest.fixture
def sso_only(hostile: Hostile, configure: Configure) -> None:
    configure(oidc_only=True)


def test_there_is_no_form_for_a_password(client: FlaskClient, sso_only: None) -> None:
    page = client.get("/masuk").get_data(as_text=True)
    assert "Masuk lewat SSO Kota" in page
    assert 'type="password"' not in page
    assert 'name="identifier"' not in page


def test_a_good_password_does_not_open(client: FlaskClient, sso_only: None) -> None:
    a_member("budi")
    answer = client.post("/masuk", data={"csrf_token": csrf_token(client), "identifier": "budi", "password": PASSWORD})
    assert answer.status_code == 403
    assert "masuklah lewat SSO Kota" in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalar(select(UserSession.id)) is None


def test_nobody_makes_a_password(client: FlaskClient, sso_only: None) -> None:
    sign_in(client, a_member("budi"))
    assert client.get("/akun/sandi").status_code == 403
    assert send(client, "/akun/sandi", current=PASSWORD, password="x" * 20, confirm="x" * 20).status_code == 403
    page = client.get("/akun").get_data(as_text=True)
    assert "/akun/sandi" not in page
    assert send(client, "/akun/sso/lepas").status_code == 404


def test_an_admins_link_opens_nothing_and_is_not_offered(
    client: FlaskClient, sso_only: None, new_client: NewClient
) -> None:
    budi, admin = a_member("budi"), an_admin("pengelola")
    with transaction():
        token = services.make_link(viewer_for(admin), budi.id)
    answer = client.get(f"/masuk/tautan/{token}")
    assert answer.status_code == 403
    assert send(client, f"/masuk/tautan/{token}", password="x" * 20, confirm="x" * 20).status_code == 403
    room = new_client()
    sign_in(room, admin)
    assert send(room, "/admin/pengguna/budi/tautan").status_code == 403
    person = {"username": "sari", "name": "Sari", "email": "sari@contoh.go.id", "status": "pns", "role": "member"}
    made = send(room, "/admin/pengguna/baru", **person, is_active="y")
    assert (made.status_code, made.headers["Location"]) == (302, "/admin/pengguna/sari")


def test_people_are_imported_without_links(client: FlaskClient, sso_only: None) -> None:
    sign_in(client, an_admin("pengelola"))
    a_unit("Dinas Kesehatan")
    file = "username,email,name,unit\nsari,sari@contoh.go.id,Sari,Dinas Kesehatan\n"
    page = client.get("/admin/pengguna/impor").get_data(as_text=True)
    answer = client.post(
        "/admin/pengguna/impor",
        data={"csrf_token": csrf_of(page), "act": "import", "file": (io.BytesIO(file.encode()), "orang.csv")},
    )
    shown = answer.get_data(as_text=True)
    assert "Mereka masuk lewat SSO, tanpa tautan." in shown
    assert "/masuk/tautan/" not in shown
    db.session.rollback()
    assert db.session.scalar(select(OneTimeLink.id)) is None
    assert "Buat tautan masuk baru" not in client.get("/admin/pengguna/sari").get_data(as_text=True)


def test_only_the_installation_makes_an_emergency_link(sso_only: None, app: Flask) -> None:
    budi, admin = a_member("budi"), an_admin("pengelola")
    with pytest.raises(Denied), transaction():
        services.make_link(viewer_for(admin), budi.id, emergency=True)


def test_an_operators_link_signs_in_once_without_a_password(
    app: Flask, client: FlaskClient, sso_only: None, new_client: NewClient
) -> None:
    an_admin("pengelola", password_hash=None)
    printed = app.test_cli_runner().invoke(args=["users", "link", "pengelola"])
    address = printed.output.strip()
    path = address.removeprefix("http://localhost")
    page = client.get(path).get_data(as_text=True)
    assert "Masuk darurat" in page
    assert client.get("/akun").status_code == 302  # looking uses nothing up
    assert post(client, path).status_code == 302
    assert client.get("/admin").status_code == 200
    assert new_client().get(path).status_code == 410
    assert actions() == ["user.emergency_link", "user.emergency_sign_in"]
    assert only().password_hash is None


def test_an_emergency_link_of_a_disabled_person_opens_nothing(client: FlaskClient, sso_only: None) -> None:
    budi = a_member("budi")
    with transaction():
        token = services.make_link(SYSTEM, budi.id, emergency=True)
    budi = db.session.get_one(User, budi.id)
    budi.is_active = False
    db.session.commit()
    assert client.get(f"/masuk/tautan/{token}").status_code == 410
    assert send(client, f"/masuk/tautan/{token}").status_code == 410
