"""Sending forms in tests."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from forum.core.web import form_key


def csrf_token(client: FlaskClient) -> str:
    """A token of this client's session, without fetching a page for it."""
    with client.session_transaction() as cookie:
        raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
    return URLSafeTimedSerializer(current_app.secret_key, salt="wtf-csrf-token").dumps(raw)


def send(client: FlaskClient, url: str, *, json: bool = False, **fields: Any) -> Any:
    """POST a form with a good token; `json`: as our scripts do, who want JSON back."""
    headers = {"Accept": "application/json"} if json else {}
    return client.post(url, data={"csrf_token": csrf_token(client), **fields}, headers=headers)


def send_reply(client: FlaskClient, url: str, body: str = "Balasan dari formulir.", **fields: Any) -> Any:
    return send(client, f"{url}/balas", **{"body": body, "key": form_key(), **fields})
