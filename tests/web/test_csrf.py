"""A form without the token of one's own session does nothing, and loses nothing."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import csrf_of, post
from tests.factories.accounts import PASSWORD, a_member, sign_in
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_key, a_thread
from tests.factories.forms import csrf_token
from tests.factories.snapshot import snapshot
from tests.policy.permissions import EVERYBODY, ROWS, WITHOUT_TOKEN
from tests.web.test_access_walk import Names, Scene

__all__ = ["cheap_argon2"]

TEXT = 'Tulisan <b>panjang</b> & "berharga"\nyang tidak boleh hilang.'


@pytest.mark.parametrize("token", ["none", "empty", "nonsense", "another session's", "unsigned"])
def test_no_form_is_accepted_without_the_token_of_its_session(app: Flask, token: str) -> None:
    scene = Scene()
    names = Names(scene)
    posts = [
        (row, row.path.format_map(names), {name: value.format_map(names) for name, value in row.fields.items()})
        for row in ROWS
        if row.method == "POST" and row.endpoint not in WITHOUT_TOKEN
    ]
    other = app.test_client()
    foreign = csrf_token(other)
    client = scene.client(app, "admin")
    own = csrf_token(client)
    tokens = {
        "none": {},
        "empty": {"csrf_token": ""},
        "nonsense": {"csrf_token": "x" * 91},
        "another session's": {"csrf_token": foreign},
        "unsigned": {"csrf_token": own.rpartition(".")[0]},
    }
    before = snapshot()
    for row, path, fields in posts:
        answer = client.post(path, data={**fields, **tokens[token]})
        assert answer.status_code == 400, path
        assert "kedaluwarsa" in answer.get_data(as_text=True), path
        script = client.post(path, data={**fields, **tokens[token]}, headers={"Accept": "application/json"})
        assert (script.status_code, script.json["error"]["status"]) == (400, 400), row.path
    assert snapshot() == before


def test_strangers_need_a_token_too_where_they_may_send_something(app: Flask) -> None:
    public = [
        row
        for row in ROWS
        if row.method == "POST"
        and ("stranger" in row.who or "stranger" in row.but)
        and row.endpoint not in WITHOUT_TOKEN
    ]
    assert len(public) >= 4
    assert any(row.who == EVERYBODY for row in public)
    for row in public:
        assert app.test_client().post(row.path, data=row.fields).status_code == 400, row.path


def kept(page: str, name: str) -> str:
    """The text of the field `name` in the form of an error page."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.S)
    if found:
        return html.unescape(found[1]).removeprefix("\n")
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"the page keeps no {name}"
    return html.unescape(found[1])


def hidden_fields(page: str) -> dict[str, str]:
    form = page[page.index('<form class="section"') :]
    form = form[: form.index("</form>")]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in pairs}


def test_the_page_keeps_the_text_and_sends_it_again(client: FlaskClient) -> None:
    author = a_member()
    board = a_board("jalan")
    sign_in(client, author)
    fields = {
        "title": "Judul yang <tajam> & jelas",
        "board": board.slug,
        "kind": "question",
        "tags": "a b",
        "body": TEXT,
        "key": a_key(),
    }
    answer = client.post("/diskusi/baru", data=fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert kept(page, "body") == TEXT
    assert kept(page, "title") == fields["title"]
    assert 'action="/diskusi/baru"' in page
    again = {
        **hidden_fields(page),
        "title": kept(page, "title"),
        "body": kept(page, "body"),
        "tags": kept(page, "tags"),
    }
    assert again["key"] == fields["key"]
    sent = client.post("/diskusi/baru", data=again)
    assert sent.status_code == 303
    assert TEXT.splitlines()[1] in client.get(sent.headers["Location"]).get_data(as_text=True)


def test_a_form_of_another_site_is_given_no_token_to_go_on_with(client: FlaskClient) -> None:
    sign_in(client, a_member())
    answer = client.post("/diskusi/baru", data={"body": TEXT}, headers={"Sec-Fetch-Site": "cross-site"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Kirim lagi" not in page
    assert "berharga" in page


@pytest.mark.parametrize("where", ["/diskusi/baru", "{thread}/balas", "/kiriman/{post}/sunting"])
def test_a_session_that_ended_while_writing_keeps_the_text_and_sends_it_after_signing_in(
    app: Flask, client: FlaskClient, where: str
) -> None:
    author, board = a_member(), a_board("jalan")
    thread = a_thread(author, board)
    url = where.format(thread=thread.url, post=thread.post_id)
    fields = {
        "title": "Bagaimana mengurus izin ini", "board": board.slug, "kind": "question", "tags": "", "body": TEXT,
        "key": a_key(), "ke": str(thread.post_id), "version": "1",
    }  # fmt: skip
    answer = client.post(url, data={"csrf_token": "dari sesi lama", **fields})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "Masuk kembali di tab baru" in page
    assert kept(page, "body") == TEXT
    # In another tab; then one press of the button on this page is enough.
    assert post(client, "/masuk", identifier=author.username, password=PASSWORD).status_code == 302
    again = {**hidden_fields(page), "body": kept(page, "body"), "title": kept(page, "title")}
    sent = client.post(url, data=again)
    assert sent.status_code == 303
    assert "yang tidak boleh hilang." in client.get(sent.headers["Location"]).get_data(as_text=True)


def test_a_token_from_a_page_works_as_field_and_as_header(client: FlaskClient) -> None:
    sign_in(client, a_member())
    token = csrf_of(client.get("/diskusi/baru").get_data(as_text=True))
    assert client.post("/dibaca", data={"csrf_token": token}).status_code == 303
    assert client.post("/dibaca", headers={"X-CSRFToken": token}).status_code == 303
    assert client.post(f"/dibaca?csrf_token={token}").status_code == 400
