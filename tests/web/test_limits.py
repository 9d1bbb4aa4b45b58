"""Every address that takes something has a limit, and whoever meets it loses nothing."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core import clock, ratelimit
from forum.core.ratelimit import Limit
from tests.conftest import NOW
from tests.factories.accounts import a_member, sign_in
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_key, a_thread
from tests.factories.forms import csrf_token, send, send_reply
from tests.factories.guides import a_draft, a_guide
from tests.policy.permissions import ROWS
from tests.web.test_access_walk import Names, Scene
from tests.web.test_csrf import hidden_fields, kept

__all__ = ["cheap_argon2"]


def tighten(monkeypatch: pytest.MonkeyPatch, *names: str, times: int = 2) -> None:
    for name in names:
        limit = getattr(ratelimit, name)
        monkeypatch.setattr(ratelimit, name, Limit(limit.name, times, limit.seconds))


@pytest.mark.parametrize("role", ["stranger", "admin"])
def test_nobody_can_send_without_end_wherever_they_send_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, fixed_now: Any, role: str
) -> None:
    scene = Scene()
    names = Names(scene)
    tighten(monkeypatch, "SEND", "SEND_ADDRESS")
    client = scene.client(app, role)
    token = csrf_token(client)
    rows = [row for row in ROWS if row.method == "POST" and row.endpoint != "accounts.sign_out"]
    statuses = {}
    for row in rows:
        path = row.path.format_map(names)
        if role == "stranger" and row.status(role) == 401:
            continue
        ratelimit._here.clear()
        for _ in range(2):
            client.post(path, data={"csrf_token": token})
        answer = client.post(path, data={"csrf_token": token})
        statuses[row.path] = (answer.status_code, 0 < int(answer.headers.get("Retry-After", 0)) <= 60)
    assert len(statuses) >= (3 if role == "stranger" else 50)
    assert set(statuses.values()) == {(429, True)}, statuses


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("SEARCH", "/cari?q=lampu"), ("SUGGEST", "/cari/saran?q=la"), ("SUGGEST", "/sebut?q=a"), ("SUGGEST", "/panduan/pilih?q=a"),
        ("SIMILAR", "/cari/serupa?judul=lampu+jalan+padam"),
    ],
)  # fmt: skip
def test_looking_things_up_has_a_limit_that_passes(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    tighten(monkeypatch, name)
    sign_in(client, a_member())
    with clock.fixed(NOW):
        assert 429 not in [client.get(path).status_code for _ in range(2)]
        answer = client.get(path)
        assert answer.status_code == 429
        wait = int(answer.headers["Retry-After"])
        assert str(wait) in answer.get_data(as_text=True)
    with clock.fixed(NOW + timedelta(seconds=wait)):
        assert client.get(path).status_code != 429


GUIDE = {
    "title": "Panduan yang tidak boleh hilang", "summary": "Ringkasan yang saya tulis.", "situasi": "Warga bertanya begini.\nSungguh.",
    "langkah": "1. Satu\n2. <b>Dua</b>", "contoh-tanggapan": "Bapak/Ibu yang kami hormati", "dasar-hukum": "Perwali 1/2024",
    "kind": "practice", "review_months": "6", "tags": "lampu", "key": "",
}  # fmt: skip


class TestTheTextIsKept:
    def test_a_guide_comes_back_whole_and_is_sent_by_one_press(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tighten(monkeypatch, "WRITE", times=0)
        sign_in(client, a_member())
        with clock.fixed(NOW):
            answer = send(client, "/panduan/baru", **GUIDE)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 429
        again = {**hidden_fields(page), **{name: kept(page, name) for name in GUIDE if f'id="kept-{name}"' in page}}
        assert {name: value for name, value in GUIDE.items() if name != "key"}.items() <= again.items()
        monkeypatch.undo()
        sent = client.post("/panduan/baru", data=again)
        assert sent.status_code == 303
        draft = html.unescape(client.get(sent.headers["Location"]).get_data(as_text=True))
        for text in ("Warga bertanya begini.", "<b>Dua</b>", "Bapak/Ibu yang kami hormati", "Perwali 1/2024"):
            assert text in draft

    def test_a_change_of_a_draft_keeps_its_version_and_the_button_that_was_pressed(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        author = a_member()
        draft = a_draft(author)
        sign_in(client, author)
        tighten(monkeypatch, "WRITE", times=0)
        fields = {**GUIDE, "version": "1", "aksi": "kirim", "change_summary": "Diperjelas.", "significance": "major"}
        page = send(client, f"/naskah/{draft.id}", **fields).get_data(as_text=True)
        assert {"version": "1", "aksi": "kirim", "significance": "major"}.items() <= hidden_fields(page).items()
        assert kept(page, "change_summary") == "Diperjelas."

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/panduan/{guide}/laporkan", "note"),
            ("/tinjau/{guide}/catatan", "isi"),
            ("/panduan/{guide}/membantu", "alasan"),
        ],
    )
    def test_so_do_remarks(self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, name: str) -> None:
        tighten(monkeypatch, "ACT", times=0)
        sign_in(client, a_member())
        answer = send(client, path.format(guide=a_guide().id), **{name: "Catatan yang tidak boleh hilang."})
        assert answer.status_code == 429
        assert kept(answer.get_data(as_text=True), name) == "Catatan yang tidak boleh hilang."

    def test_a_reply_waits_as_long_as_it_is_told_and_is_taken_then(self, client: FlaskClient) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        sign_in(client, author)
        with clock.fixed(NOW):
            for n in range(ratelimit.WRITE.times):
                send_reply(client, thread.url, f"Balasan nomor {n} dari saya.")
            answer = send_reply(client, thread.url, "Balasan yang kelebihan.")
        page, wait = answer.get_data(as_text=True), int(answer.headers["Retry-After"])
        assert answer.status_code == 429
        assert f"dalam {wait} detik" in page
        again = {**hidden_fields(page), "body": kept(page, "body")}
        with clock.fixed(NOW + timedelta(seconds=wait - 1)):
            assert client.post(f"{thread.url}/balas", data=again).status_code == 429
        with clock.fixed(NOW + timedelta(seconds=wait)):
            assert client.post(f"{thread.url}/balas", data=again).status_code == 303

    def test_secrets_never_come_back(self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        tighten(monkeypatch, "SEND", times=0)
        sign_in(client, a_member())
        secrets = {
            name: f"rahasia-{name}" for name in ("password", "current", "confirm", "kode", "otp", "nip", "identifier")
        }
        answer = send(client, "/akun/sandi", body="Tulisan di kotak yang salah", **secrets)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 429
        assert "rahasia-" not in page
        assert "Kirim lagi" not in page
        assert "Tulisan di kotak yang salah" in page

    def test_a_form_of_another_site_is_not_offered_to_be_sent_again(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tighten(monkeypatch, "WRITE", times=0)
        sign_in(client, a_member())
        fields = {
            "csrf_token": csrf_token(client),
            "title": "Judul yang panjang",
            "body": "Teks orang lain",
            "key": a_key(),
        }
        answer = client.post("/diskusi/baru", data=fields, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 429
        assert "Kirim lagi" not in answer.get_data(as_text=True)

    def test_a_form_with_more_fields_than_any_of_ours_is_not_copied(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tighten(monkeypatch, "WRITE", times=0)
        sign_in(client, a_member())
        page = send(client, "/diskusi/baru", body="Teks", **{f"x{n}": "y" for n in range(80)}).get_data(as_text=True)
        assert not re.search(r'name="x\d', page)


def test_signing_in_is_counted_by_account_and_by_address(client: FlaskClient, fixed_now: Any) -> None:
    for n in range(ratelimit.SIGN_IN_ACCOUNT.times):
        assert send(client, "/masuk", identifier="seseorang", password=f"salah-{n}").status_code == 422
    answer = send(client, "/masuk", identifier="seseorang", password="salah-lagi")
    assert (answer.status_code, 0 < int(answer.headers["Retry-After"]) <= 300) == (429, True)
    assert send(client, "/masuk", identifier="orang-lain", password="salah").status_code == 422
    rest = ratelimit.SIGN_IN_ADDRESS.times - ratelimit.SIGN_IN_ACCOUNT.times - 2
    for n in range(rest):
        send(client, "/masuk", identifier=f"orang-{n}", password="salah")
    assert send(client, "/masuk", identifier="orang-baru", password="salah").status_code == 429


def test_every_limit_has_a_name_of_its_own() -> None:
    limits = [value for value in vars(ratelimit).values() if isinstance(value, Limit)]
    assert len({limit.name for limit in limits}) == len(limits)
    assert all(limit.times > 0 and limit.seconds > 0 for limit in limits)
