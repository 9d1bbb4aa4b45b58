"""Warnings that are read before all else, and a time of reading without writing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import GivenWarning, User
from forum.accounts.services import restraining
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.viewer import Viewer
from forum.moderation import acts
from forum.moderation.acts import Done
from tests.factories.accounts import a_member, a_moderator, an_admin, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, fresh
from tests.factories.forms import send, send_reply

WHY = "Berulang kali tidak sopan."


def do(actor: Viewer, name: str, user_id: int, **values: Any) -> Done:
    with transaction():
        return acts.act_of(name).perform(actor, user_id, {"reason": WHY, **values})


def undo(actor: Viewer, name: str, done: Done) -> None:
    with transaction():
        acts.act_of(name).undo(actor, json.loads(json.dumps(done.undo)))  # as it is kept


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_warning_is_the_next_page_until_it_was_read(client: FlaskClient) -> None:
    person = a_member()
    sign_in(client, person)
    thread = a_thread(a_member(), a_board())
    do(viewer_for(a_moderator()), "user.warn", person.id)
    sent = send_reply(client, thread.url)
    assert sent.status_code == 303, "what was being written is not lost"
    answer = client.get(f"{thread.url}?urut=terbaru")
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert WHY in page.get_data(as_text=True)
    for path in ("/", "/diskusi", "/akun", "/papan"):
        assert client.get(path).status_code == 302
    assert client.get("/keluar").status_code == 200
    assert client.get("/sebut?q=a", headers={"Accept": "application/json"}).status_code == 200
    assert client.get(thread.url, headers={"Sec-Fetch-Dest": "empty"}).status_code == 200
    warning = fresh(GivenWarning, 1)
    read = send(client, "/akun/peringatan", warning=str(warning.id), next=f"{thread.url}?urut=terbaru")
    assert read.headers["Location"] == f"{thread.url}?urut=terbaru"
    assert client.get("/").status_code == 200
    assert fresh(GivenWarning, 1).acknowledged_at is not None


def test_nobody_reads_anothers_warning_away_and_none_leads_off_the_site(client: FlaskClient) -> None:
    person = a_member()
    do(viewer_for(an_admin()), "user.warn", person.id)
    sign_in(client, a_member())
    for warning in ("1", "99", "", "x"):
        assert send(client, "/akun/peringatan", warning=warning).status_code == 404
    sign_in(client, person)
    away = send(client, "/akun/peringatan", warning="1", next="//jahat.example/")
    assert away.headers["Location"] == "/"


def test_a_warning_that_was_taken_back_is_not_shown(client: FlaskClient) -> None:
    person, by = a_member(), viewer_for(a_moderator())
    done = do(by, "user.warn", person.id)
    undo(by, "user.warn", done)
    sign_in(client, person)
    assert client.get("/").status_code == 200
    with pytest.raises(Conflict):
        undo(by, "user.warn", done)


def test_who_is_suspended_reads_but_does_not_write(client: FlaskClient, fixed_now: datetime) -> None:
    person = a_member()
    thread = a_thread(a_member(), a_board())
    reply = a_reply(a_member(), thread)
    do(viewer_for(a_moderator()), "user.suspend", person.id, days="7")
    sign_in(client, person)
    page = client.get(thread.url)
    assert page.status_code == 200
    assert "ditangguhkan sampai 1 Desember 2026 pukul 10.05 WIB" in page.get_data(as_text=True)
    refused = send_reply(client, thread.url, body="Tulisan yang tidak boleh hilang.")
    assert refused.status_code == 403
    told = refused.get_data(as_text=True)
    for words in ("1 Desember 2026 pukul 10.05 WIB", WHY, "banding", "Tulisan yang tidak boleh hilang."):
        assert words in told
    for path in (
        "/diskusi/baru",
        "/draf",
        "/pratinjau",
        f"/kiriman/{reply.post_id}/bermanfaat",
        f"/kiriman/{reply.post_id}/sunting",
    ):
        assert send(client, path).status_code == 403, path
    assert send(client, f"{thread.url}/dibaca", number="1").status_code == 303
    assert send(client, "/akun/sesi/akhiri").status_code == 302
    shown = client.get("/akun/peringatan").get_data(as_text=True)
    assert WHY in shown
    with clock.fixed(fixed_now + timedelta(days=7, seconds=1)):
        sign_in(client, person)
        assert send_reply(client, thread.url).status_code == 303, "it ends by itself"
        assert "ditangguhkan" not in client.get(thread.url).get_data(as_text=True)


def test_a_suspended_moderator_does_not_moderate(client: FlaskClient) -> None:
    moderator = a_moderator()
    thread = a_thread(a_member(), a_board())
    do(viewer_for(an_admin()), "user.suspend", moderator.id, days="1")
    sign_in(client, moderator)
    assert send(client, f"{thread.url}/kunci", on="1", reason="Cukup.").status_code == 403


@pytest.mark.parametrize("name", ["user.warn", "user.suspend"])
def test_moderators_restrain_members_admins_all_but_themselves(app: Flask, name: str) -> None:
    member, moderator, admin = a_member(), a_moderator(), an_admin()
    people = {"member": member, "moderator": moderator, "admin": admin, "other": a_moderator(), "chief": an_admin()}
    allowed = {("moderator", "member"), *(("admin", who) for who in ("member", "moderator", "other", "chief"))}
    for by in ("member", "moderator", "admin"):
        for whom in people:
            actor, target = viewer_for(people[by]), people[whom].id
            if (by, whom) in allowed:
                assert do(actor, name, target, days="3").concerned == (target,)
            else:
                with pytest.raises(Denied):
                    do(actor, name, target, days="3")
    with pytest.raises(NotFound):
        do(viewer_for(admin), name, 9999, days="3")


@pytest.mark.parametrize("days", ["", "0", "-1", "366", "1.5", "x", "9" * 40, "\u0663"])
def test_days_are_a_whole_number_within_a_year(app: Flask, days: str) -> None:
    person = a_member()
    with pytest.raises(Invalid) as refused:
        do(viewer_for(an_admin()), "user.suspend", person.id, days=days)
    assert refused.value.field == "days"
    for reason in ("", " \u200b", "x" * 301):
        with pytest.raises(Invalid) as refused:
            do(viewer_for(an_admin()), "user.suspend", person.id, days="1", reason=reason)
        assert refused.value.field == "reason"


def test_taking_a_suspension_back_leaves_what_was_before_it(app: Flask) -> None:
    person, by = a_member(), viewer_for(a_moderator())
    first = do(by, "user.suspend", person.id, days="30")
    until = fresh(User, person.id).suspended_until
    second = do(by, "user.suspend", person.id, days="1")
    with pytest.raises(Conflict):
        undo(by, "user.suspend", first)
    undo(by, "user.suspend", second)
    assert fresh(User, person.id).suspended_until == until
    ended = do(by, "user.unsuspend", person.id)
    assert fresh(User, person.id).suspended_until is None
    with pytest.raises(Conflict):
        do(by, "user.unsuspend", person.id)
    undo(by, "user.unsuspend", ended)
    undo(by, "user.suspend", first)
    row = fresh(User, person.id)
    assert (row.suspended_until, row.suspension_reason) == (None, "")


def test_reading_a_warning_twice_is_once(app: Flask) -> None:
    person = a_member()
    done = do(viewer_for(an_admin()), "user.warn", person.id)
    for _ in range(2):
        with transaction():
            restraining.acknowledge(viewer_for(person), done.undo["warning"])
