"""Where one is signed in: the list, ending one or all others, and when a session ends by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User, UserSession
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from tests.conftest import NOW, post
from tests.factories.accounts import PASSWORD, a_member, sign_in

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)
PAGE = "/akun/sesi"


@pytest.fixture
def budi(client: FlaskClient) -> User:
    return a_member("budi")


def come_in(client: FlaskClient, *, agent: str = PHONE, address: str = "103.28.12.77") -> None:
    """Through the sign-in page, as a browser of that kind from there."""
    client.environ_base["REMOTE_ADDR"] = address
    client.environ_base["HTTP_USER_AGENT"] = agent
    assert post(client, "/masuk", identifier="budi", password=PASSWORD).status_code == 302


def ids() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(UserSession.id).order_by(UserSession.id)))


def shown(client: FlaskClient) -> str:
    return re.sub(r"\s+", " ", client.get(PAGE).get_data(as_text=True))


def end(client: FlaskClient, session_id: Any) -> Any:
    return post(client, f"{PAGE}/{session_id}/akhiri", page=PAGE)


def test_the_list_names_browser_system_and_network(client: FlaskClient, budi: User) -> None:
    come_in(client)
    kept = db.session.execute(select(UserSession.browser, UserSession.system, UserSession.place)).one()
    assert tuple(kept) == ("Chrome", "Android", "103.28.12.x")
    page = shown(client)
    assert "Chrome di Android" in page
    assert "103.28.12.x" in page
    assert "perangkat ini" in page
    assert "103.28.12.77" not in page
    assert "Keluarkan semua perangkat lain" not in page


@pytest.mark.parametrize("agent", ["x" * 10_000, "<script>alert(1)</script>", "😀", ""])
def test_an_odd_user_agent_signs_in_and_leaves_nothing(client: FlaskClient, budi: User, agent: str) -> None:
    come_in(client, agent=agent)
    assert db.session.scalar(select(UserSession.browser)) == ""
    assert "Perangkat yang tidak dikenal" in shown(client)


def test_one_session_is_ended_at_once_and_only_that(client: FlaskClient, budi: User) -> None:
    phone, desk = client.application.test_client(), client.application.test_client()
    come_in(phone)
    come_in(desk, agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", address="2001:db8:7::1")
    sign_in(client, budi)
    assert "Firefox di Windows" in shown(client)
    assert "2001:db8:7::/48" in shown(client)
    answer = end(client, ids()[0])
    assert answer.headers["Location"] == PAGE
    assert phone.get("/akun").status_code == 302
    assert desk.get("/akun").status_code == 200
    assert client.get("/akun").status_code == 200
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id) == ("user.end_session", budi.id)


def test_another_persons_session_is_not_there(client: FlaskClient, budi: User) -> None:
    theirs = client.application.test_client()
    sign_in(theirs, a_member("siti"))
    (others,) = ids()
    sign_in(client, budi)
    for session_id in (others, 0, 999_999, 9223372036854775807, "9223372036854775808", "-1", "x", "%00", "1%0d%0a"):
        assert end(client, session_id).status_code == 404, session_id
    assert theirs.get("/akun").status_code == 200
    assert str(others) not in re.findall(r"/akun/sesi/(\d+)/akhiri", shown(client))


def test_ending_the_session_that_one_is_in_signs_out(client: FlaskClient, budi: User) -> None:
    sign_in(client, budi)
    end(client, ids()[0])
    assert client.get("/akun").status_code == 302


def test_the_list_leaves_out_what_has_ended(client: FlaskClient, budi: User) -> None:
    with clock.fixed(NOW - timedelta(days=4)):
        come_in(client.application.test_client())
    with clock.fixed(NOW):
        sign_in(client, budi)
        assert "Chrome di Android" not in shown(client)


def test_a_session_ends_after_three_days_without_use_and_after_fourteen_in_any_case(
    client: FlaskClient, budi: User
) -> None:
    with clock.fixed(NOW):
        sign_in(client, budi)
    with clock.fixed(NOW + timedelta(hours=71)):
        assert client.get("/akun").status_code == 200
    day = NOW + timedelta(hours=71)
    while day + timedelta(hours=71) < NOW + timedelta(days=14):
        day += timedelta(hours=71)
        with clock.fixed(day):
            assert client.get("/akun").status_code == 200
    with clock.fixed(NOW + timedelta(days=14)):
        assert client.get("/akun").status_code == 302
    other = client.application.test_client()
    with clock.fixed(NOW):
        sign_in(other, budi)
    with clock.fixed(NOW + timedelta(hours=72)):
        assert other.get("/akun").status_code == 302


def test_a_stolen_cookie_is_worth_nothing_after_sign_out_or_being_ended(client: FlaskClient, budi: User) -> None:
    for ending in ("/keluar", "/akun/sesi/akhiri"):
        come_in(client)
        thief = client.application.test_client()
        if ending == "/keluar":
            thief.set_cookie("sesi", client.get_cookie("sesi").value)
            assert thief.get("/akun").status_code == 200
            post(client, ending)
        else:
            sign_in(thief, budi)
            post(client, ending, page=PAGE)
            post(client, "/keluar")
        assert thief.get("/akun").status_code == 302, ending


@pytest.mark.parametrize("planted", ["x", "1", "' OR 1=1 --", "\x00", "a" * 5000])
def test_a_made_up_token_is_nobodys(client: FlaskClient, budi: User, planted: str) -> None:
    sign_in(client, budi)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = planted
    assert client.get("/akun").status_code == 302
