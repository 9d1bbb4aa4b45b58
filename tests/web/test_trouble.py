"""When the database is locked or something breaks: a page that says so, nothing lost, and no secret in the log."""

from __future__ import annotations

import json
import logging
import sqlite3

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from forum.accounts import services
from forum.core import logs
from forum.core.db import db
from tests.conftest import csrf_of, post
from tests.factories.accounts import PASSWORD, a_member, sign_in
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_key, a_thread

__all__ = ["cheap_argon2"]


def test_a_locked_database_is_said_to_be_busy_and_the_text_is_kept(app: Flask, client: FlaskClient) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("about SQLite: PostgreSQL has no lock on the whole database")
    member = a_member()
    thread = a_thread(member, a_board())
    sign_in(client, member)
    token = csrf_of(client.get(thread.url).get_data(as_text=True))
    db.session.rollback()
    holder = sqlite3.connect(db.engine.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with db.engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout=50"))
    try:
        fields = {
            "csrf_token": token,
            "ke": str(thread.post_id),
            "body": "Tulisan yang tidak boleh hilang",
            "key": a_key(),
        }
        answer = client.post(f"{thread.url}/balas", data=fields)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
        db.engine.dispose()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Tulisan yang tidak boleh hilang" in answer.get_data(as_text=True)


@pytest.mark.parametrize("production", [False, True])
def test_a_crash_at_signing_in_tells_the_log_no_password(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    production: bool,
) -> None:
    member = a_member(nip="198503302003121002")

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("something broke")

    monkeypatch.setattr(services, "authenticate", broken)
    monkeypatch.setattr(app, "testing", False)
    logs.configure(production=production)
    try:
        answer = post(client, "/masuk", identifier=member.nip, password=PASSWORD)
    finally:
        logs.configure(production=False)
    printed = capsys.readouterr()
    log = printed.out + printed.err
    assert answer.status_code == 500
    assert "something broke" in log
    assert "test_trouble" in log, "the traceback is there"
    for secret in (PASSWORD, str(member.nip), str(member.password_hash), app.config["SECRET_KEY"]):
        assert secret not in log


def test_the_log_of_production_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(production=True)
    try:
        structlog.get_logger().info("started", port=8000)
    finally:
        logs.configure(production=False)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["port"], line["level"]) == ("started", 8000, logging.getLevelName(logging.INFO).lower())
