"""One-time links: the way to a first, or a forgotten, password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from forum.accounts import passwords, services
from forum.accounts.models import OneTimeLink, User, UserSession
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Denied, NotFound
from forum.core.viewer import SYSTEM
from tests.conftest import NOW, post
from tests.factories.accounts import PASSWORD, a_disabled_user, a_member, a_newcomer, an_admin, sign_in, viewer_for

GOOD = "hujan reda menjelang magrib"


def a_link(user: User) -> str:
    with transaction():
        return services.make_link(SYSTEM, user.id)


def set_password(client: FlaskClient, token: str, password: str = GOOD, confirm: str | None = None):
    return post(client, f"/masuk/tautan/{token}", password=password, confirm=password if confirm is None else confirm)


def test_the_link_sets_a_password_and_signs_in(client: FlaskClient) -> None:
    newcomer = a_newcomer("sari", name="Sari Lestari")
    token = a_link(newcomer)
    page = client.get(f"/masuk/tautan/{token}").get_data(as_text=True)
    assert "Sari Lestari" in page
    answer = set_password(client, token)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/akun").status_code == 200
    other = client.application.test_client()
    assert post(other, "/masuk", identifier="sari", password=GOOD).status_code == 302


def test_looking_does_not_use_it_up_but_using_does(client: FlaskClient) -> None:
    token = a_link(a_newcomer())
    for _ in range(3):
        assert client.get(f"/masuk/tautan/{token}").status_code == 200
    assert set_password(client, token).status_code == 302
    other = client.application.test_client()
    answer = other.get(f"/masuk/tautan/{token}")
    assert answer.status_code == 410
    assert "mintalah tautan baru" in answer.get_data(as_text=True)


@pytest.mark.parametrize("token", ["tidak-ada", "%00", "x" * 2000, "%E2%82%AC"])
def test_an_unknown_link_says_what_to_do(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/masuk/tautan/{token}")
    assert answer.status_code in (404, 410)
    assert client.post(f"/masuk/tautan/{token}", data={"password": GOOD}).status_code in (400, 404)


def test_it_expires_after_72_hours(client: FlaskClient) -> None:
    with clock.fixed(NOW):
        token = a_link(a_newcomer())
    with clock.fixed(NOW + timedelta(hours=71, minutes=59)):
        assert client.get(f"/masuk/tautan/{token}").status_code == 200
    with clock.fixed(NOW + timedelta(hours=72)):
        assert client.get(f"/masuk/tautan/{token}").status_code == 410


def test_a_new_link_kills_the_older_one(client: FlaskClient) -> None:
    newcomer = a_newcomer()
    first, second = a_link(newcomer), a_link(newcomer)
    assert client.get(f"/masuk/tautan/{first}").status_code == 410
    assert client.get(f"/masuk/tautan/{second}").status_code == 200


def test_two_at_the_same_moment_set_one_password(client: FlaskClient) -> None:
    token = a_link(a_newcomer())
    with transaction():
        services.use_link(token, passwords.make_hash(GOOD))
    with pytest.raises(NotFound), transaction():
        services.use_link(token, passwords.make_hash(GOOD))


def test_its_token_is_not_in_the_database(client: FlaskClient) -> None:
    token = a_link(a_newcomer())
    assert token not in str(db.session.execute(select(OneTimeLink)).scalar_one().token_hash)


def test_a_link_of_a_disabled_person_opens_nothing(client: FlaskClient) -> None:
    person = a_member()
    token = a_link(person)
    db.session.get(User, person.id).is_active = False
    db.session.commit()
    assert client.get(f"/masuk/tautan/{token}").status_code == 410
    disabled = a_disabled_user()
    with pytest.raises(Denied), transaction():
        services.make_link(SYSTEM, disabled.id)


def test_it_ends_the_sessions_of_its_person(client: FlaskClient) -> None:
    person = a_member()
    old = client.application.test_client()
    sign_in(old, person)
    set_password(client, a_link(person))
    assert old.get("/akun").status_code == 302
    assert len(db.session.scalars(select(UserSession)).all()) == 1


def test_it_signs_in_its_person_even_where_somebody_else_is_signed_in(client: FlaskClient) -> None:
    sign_in(client, a_member("budi"))
    sari = a_newcomer("sari")
    set_password(client, a_link(sari))
    assert client.get("/profil").headers["Location"] == "/profil/sari"
    assert db.session.scalars(select(UserSession.user_id)).all() == [sari.id]


@pytest.mark.parametrize(
    ("password", "confirm", "says"),
    [
        ("", "", "Isi kata sandi baru."),
        ("pendek", "pendek", "terlalu pendek"),
        ("x1" * 129, "x1" * 129, "terlalu panjang"),
        ("password2024", "password2024", "terlalu umum"),
        ("naik sepeda sari", "naik sepeda sari", "Jangan pakai nama"),
        (GOOD, GOOD + " ", "tidak sama"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_still_works(
    client: FlaskClient, password: str, confirm: str, says: str
) -> None:
    token = a_link(a_newcomer("sari"))
    answer = set_password(client, token, password, confirm)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert not password or f'"{password}"' not in page
    assert set_password(client, token).status_code == 302


def test_a_new_password_or_address_kills_a_link_that_is_on_its_way(client: FlaskClient) -> None:
    budi, boss = a_member("budi"), an_admin("bos")
    sign_in(client, budi)
    stranger = client.application.test_client()
    for path, fields in (
        ("/akun/sandi", {"current": PASSWORD, "password": GOOD, "confirm": GOOD}),
        (
            "/admin/pengguna/budi",
            {"name": "Budi", "email": "pindah@contoh.go.id", "status": "pns", "role": "member", "is_active": "1"},
        ),
    ):
        token = a_link(budi)
        assert stranger.get(f"/masuk/tautan/{token}").status_code == 200
        if path.startswith("/admin"):
            sign_in(client, boss)
        assert post(client, path, **fields).status_code == 302
        assert stranger.get(f"/masuk/tautan/{token}").status_code == 410, path


def test_a_replaced_password_is_told_by_mail_and_a_first_one_is_not(client: FlaskClient) -> None:
    set_password(client, a_link(a_newcomer()))
    person = a_member()
    set_password(client, a_link(person))
    told = db.session.scalars(text("SELECT key FROM outbox WHERE topic = 'mail.account_changed'")).all()
    assert told == [f"password:{person.id}"]


@pytest.mark.usefixtures("app")
def test_only_admins_make_links() -> None:
    member = a_member()
    with pytest.raises(Denied), transaction():
        services.make_link(viewer_for(member), member.id)


def test_the_form_needs_its_token(client: FlaskClient) -> None:
    token = a_link(a_newcomer())
    assert client.post(f"/masuk/tautan/{token}", data={"password": GOOD, "confirm": GOOD}).status_code == 400


def test_spaces_and_letters_of_all_scripts_count_as_typed(client: FlaskClient) -> None:
    token = a_link(a_newcomer("sari"))
    secret = "  Ünï çødé  日本 🌧 "
    set_password(client, token, secret)
    other = client.application.test_client()
    assert post(other, "/masuk", identifier="sari", password=secret.strip()).status_code == 422
    assert post(other, "/masuk", identifier="sari", password=secret).status_code == 302
    assert secret != PASSWORD
