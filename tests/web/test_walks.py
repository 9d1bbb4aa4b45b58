"""Walks over all addresses with what no page of ours sends: injections, foreign fields, the same field twice."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from forum.accounts.models import User
from forum.core import ratelimit
from forum.core.db import Base, db
from forum.core.ratelimit import Limit
from tests.factories.argon2 import cheap_argon2
from tests.factories.forms import csrf_token
from tests.factories.snapshot import snapshot
from tests.policy.permissions import ROWS, WITHOUT_TOKEN, Row
from tests.web.test_access_walk import Names, Scene

__all__ = ["cheap_argon2"]

INJECTIONS = (
    "' OR '1'='1' --", "1); DROP TABLE users; --", '" UNION SELECT password_hash FROM users --', "'||(SELECT pg_sleep(9))||'",
    "%' ESCAPE '!", "\\", "{{7*7}}", "${7*7}", "../../../../etc/passwd", "$(sleep 9)", "`sleep 9`", ";sleep 9", "*)(uid=*",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "(a+)+$" + "a" * 40 + "!", "\r\nX-Evil: 1", "\x00", "%00", "\ud7ff\uffff", "[$ne]=1",
)  # fmt: skip
NEUTRAL = "xyzzy"


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk is faster than anybody; what limits do is tested elsewhere."""
    for name, limit in vars(ratelimit).copy().items():
        if isinstance(limit, Limit):
            monkeypatch.setattr(ratelimit, name, Limit(limit.name, 10**6, limit.seconds))


class Asked(ImmutableMultiDict[str, str]):
    """Arguments of a request that remember by which names they were asked for."""

    names: set[str]

    def get(self, key: str, *more: Any, **options: Any) -> Any:
        self.names.add(key)
        return super().get(key, *more, **options)

    def getlist(self, key: str, *more: Any, **options: Any) -> Any:
        self.names.add(key)
        return super().getlist(key, *more, **options)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def arguments(app: Flask) -> Iterator[set[str]]:
    """The names of arguments that the requests of this test asked for."""
    names: set[str] = set()

    def replace() -> None:
        asked = Asked(request.args.items(multi=True))
        asked.names = names
        request.__dict__["args"] = asked

    app.before_request_funcs.setdefault(None, []).append(replace)
    yield names
    app.before_request_funcs[None].remove(replace)


def test_no_argument_of_an_address_is_taken_for_code(app: Flask, arguments: set[str]) -> None:
    """Whatever an argument says, the answer has the status that nonsense has, comes in time, and nothing changes."""
    scene = Scene()
    names, client = Names(scene), scene.client(app, "admin")
    tried, wrong = set(), []
    paths = [urlsplit(row.path.format_map(names)).path for row in ROWS if row.method == "GET"]
    left_out = frozenset({"user_sessions", "search_log", "rate_counts"})
    for path in paths:
        client.get(path)
    before = snapshot(left_out)
    for path in paths:
        arguments.clear()
        plain = client.get(path).status_code  # which it also is when nothing is left of the text
        for name in sorted(arguments - {"next"}):
            tried.add(name)
            expected = client.get(f"{path}?{urlencode({name: NEUTRAL})}").status_code
            for text in INJECTIONS:
                started = time.process_time()
                answer = client.get(f"{path}?{urlencode({name: text})}")
                took = time.process_time() - started
                page = answer.get_data().decode("utf-8", "replace")
                same = {expected, plain, 200} if name in ("q", "judul") else {expected, plain}
                if answer.status_code not in same or took > 1 or "root:x:0" in page or "X-Evil" in answer.headers:
                    wrong.append((path, name, text, answer.status_code, expected, round(took, 2)))
    assert wrong == []
    assert snapshot(left_out) == before
    assert {"q", "judul", "halaman", "daftar", "setelah", "urut", "tab"} <= tried
    assert len(tried) >= 15


def test_no_argument_becomes_an_expression_of_a_template(app: Flask) -> None:
    scene = Scene()
    client = scene.client(app, "admin")
    for path in ("/cari?q=", "/cari/serupa?judul=", "/panduan/pilih?q=", "/sebut?q=", "/cari/saran?q=", "/tidak-ada/"):
        page = client.get(path + "{{191*7}}${191*7}%23{191*7}").get_data(as_text=True)
        assert "1337" not in page, path


# Columns that no form fills in: who owns something, when it happened, what was counted, what a service decided.
OURS = re.compile(
    r"_id$|_at$|_hash$|_count$|_version$|html$|^(id|is_sample|state|confidence|published_number|depth|child_no|editors)$"
)
SENTINEL, NUMBER, MOMENT = "nilai-selundupan", "9876543", "2001-02-03T04:05:06+00:00"


def smuggled(row: Row) -> dict[str, str]:
    """Values for every such column, by its name and as nested names that some frameworks take apart."""
    fields = {"role": "admin", "moderated_boards": "[]", "user[role]": "admin", "role[]": "admin", "user.role": "admin"}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if OURS.search(column.name):
                kind = column.type.python_type
                value = (
                    NUMBER
                    if kind is int
                    else MOMENT
                    if column.name.endswith("_at")
                    else "1"
                    if kind is bool
                    else SENTINEL
                )
                fields |= {
                    column.name: value,
                    f"{table.name}[{column.name}]": value,
                    f"{table.name}-0-{column.name}": value,
                }
    return {name: value for name, value in fields.items() if name not in row.fields}


def powers() -> dict[str, tuple[Any, ...]]:
    db.session.rollback()
    rows = db.session.execute(select(User.username, User.role, User.is_active, User.is_sample, User.moderated_boards))
    return {row.username: (row.role, row.is_active, row.is_sample, str(row.moderated_boards)) for row in rows}


# Signing in and out, a file, and a download that streams.
NO_FORMS = {"accounts.sign_out", "accounts.sign_in", "admin.users_import", "admin.audit_export"}


def posts_for(app: Flask) -> Iterator[tuple[Row, FlaskClient, str, dict[str, str], Scene]]:
    """Each address that takes something, with a client that may send it and the fields of its form."""
    scene = Scene()
    for row in ROWS:
        if row.method != "POST" or row.endpoint in NO_FORMS | WITHOUT_TOKEN:
            continue
        role = (
            "author"
            if "author" in row.who and "admin" not in row.path
            else sorted(row.who & set(scene.people))[0]
            if row.who
            else ""
        )
        if not role or role == "stranger":
            role = "admin" if "admin" in row.who else "author"
        names = Names(scene)
        fields = {name: value.format_map(names) for name, value in row.fields.items()}
        yield row, scene.client(app, role), row.path.format_map(names), fields, scene


def joined(path: str) -> str:
    return "&" if "?" in path else "?"


def test_no_form_takes_more_than_its_fields(app: Flask) -> None:
    checked = 0
    for row, client, path, fields, _scene in posts_for(app):
        before, extra = powers(), smuggled(row)
        assert len(extra) > 60
        if row.endpoint.startswith("admin."):
            extra = {name: value for name, value in extra.items() if "role" not in name}
        # In rounds, since a form of more than a hundred parts is refused as it is.
        items = list(extra.items())
        for start in range(0, len(items), 80):
            answer = client.post(
                path,
                data={**dict(items[start : start + 80]), **fields, "csrf_token": csrf_token(client)},
                buffered=True,  # what is streamed is read to its end
            )
            assert answer.status_code < 500, path
        stored = str(snapshot(frozenset({"rate_counts", "user_sessions"})))
        for value in (SENTINEL, NUMBER, "2001, 2, 3"):
            assert value not in stored, (path, value)
        after = powers()
        if not row.endpoint.startswith("admin."):
            assert after == before, path
        checked += 1
    assert checked >= 50


def test_of_a_field_that_comes_twice_one_is_taken_and_always_the_same(app: Flask) -> None:
    """The first, whoever looks: the check and what is stored see one value."""
    for row, client, path, fields, _scene in posts_for(app):
        if not fields:
            continue
        twice = MultiDict([("csrf_token", csrf_token(client))])
        for name, value in fields.items():
            twice.add(name, value)
            twice.add(name, SENTINEL)
        answer = client.post(f"{path}{joined(path)}{urlencode(dict.fromkeys(fields, SENTINEL))}", data=twice)
        assert answer.status_code in {row.done, *row.but.values(), 200, 302, 303, 204, 422}, (path, answer.status_code)
        assert SENTINEL not in str(snapshot(frozenset({"rate_counts", "user_sessions"}))), path


def test_a_token_in_the_address_is_none(app: Flask) -> None:
    for _row, client, path, fields, _scene in posts_for(app):
        before = snapshot()
        assert client.post(f"{path}{joined(path)}csrf_token={csrf_token(client)}", data=fields).status_code == 400, path
        assert snapshot() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_method_does_anything(app: Flask, method: str) -> None:
    for _row, client, path, fields, _scene in posts_for(app):
        before = snapshot()
        token = csrf_token(client)
        headers = {"X-CSRFToken": token, "X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"}
        answer = client.open(
            path, method=method, data={**fields, "_method": "POST", "csrf_token": token}, headers=headers
        )
        assert answer.status_code == 405, path
        assert snapshot() == before
