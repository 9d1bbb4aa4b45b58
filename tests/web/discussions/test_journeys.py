"""Asking, answering, accepting: through the pages, as a browser without scripts would."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.core.db import db
from forum.discussions.models import Draft, Post, Thread
from forum.discussions.services.writing import Written
from tests.conftest import post
from tests.factories.accounts import a_member, a_moderator, sign_in
from tests.factories.discussions import a_board, a_key, a_reply, a_thread, delete, fresh, lock, plant
from tests.factories.forms import csrf_token, send, send_reply
from tests.factories.recount import assert_counts_are_right, row_count


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def test_a_question_is_asked_answered_and_solved(app: Flask) -> None:
    asker, helper = app.test_client(), app.test_client()
    budi, siti = a_member("budi", name="Budi Hartono"), a_member("siti", name="Siti Aminah")
    sign_in(asker, budi)
    sign_in(helper, siti)
    a_board("jalan", name="Jalan dan Drainase")
    asked = post(
        asker, "/diskusi/baru", title="Bagaimana melaporkan lampu padam", board="jalan", kind="question",
        tags="Lampu Jalan", body="Lampu di depan kantor **padam**.", key=a_key(),
    )  # fmt: skip
    assert asked.status_code == 303
    url = asked.headers["Location"]
    page = text_of(asker, url)
    assert "Diskusi Anda sudah terbit." in page
    assert "<strong>padam</strong>" in page
    thread_id = db.session.scalar(select(Thread.id))
    form = text_of(helper, url)
    ke, key = (re.search(rf'name="{name}"[^>]*value="([^"]+)"', form)[1] for name in ("ke", "key"))
    answered = post(helper, f"{url}/balas", page=url, ke=ke, key=key, body="Laporkan lewat nomor @budi pegang.")
    assert answered.status_code == 303
    shown = text_of(helper, answered.headers["Location"])
    reply_id = int(answered.headers["Location"].rpartition("-")[2])
    assert f'id="p-{reply_id}"' in shown
    assert 'href="/profil/budi"' in shown
    assert "Tandai sebagai jawaban" not in shown
    assert "Tandai sebagai jawaban" in text_of(asker, url)
    assert send(asker, f"/kiriman/{reply_id}/solusi", on="1").status_code == 303
    assert "Jawaban diterima" in text_of(helper, url)
    assert send(asker, f"/kiriman/{reply_id}/bermanfaat", on="1").status_code == 303
    edited = post(
        helper,
        f"/kiriman/{reply_id}/sunting",
        body="Laporkan lewat nomor layanan kota.",
        version="1",
        reason="lebih jelas",
    )
    assert edited.headers["Location"] == answered.headers["Location"]
    assert "Diedit" in text_of(asker, url)
    history = text_of(helper, f"/kiriman/{reply_id}/riwayat")
    assert "layanan" in history
    assert "pegang" in history
    for path in ("/", "/diskusi?daftar=belum-selesai", "/papan/jalan", "/tag/lampu-jalan"):
        assert ("Bagaimana melaporkan lampu padam" in text_of(helper, path)) is ("belum" not in path)
    assert thread_id
    assert_counts_are_right()


@pytest.fixture
def budi(app: object) -> Any:
    return a_member("budi")


@pytest.fixture
def thread(budi: Any) -> Written:
    return a_thread(budi, a_board("jalan"), title="Bagaimana lampu jalan")


@pytest.fixture
def signed_in(client: FlaskClient, budi: Any) -> FlaskClient:
    sign_in(client, budi)
    return client


def test_sending_a_form_twice_leads_to_the_same_place(signed_in: FlaskClient, thread: Written) -> None:
    fields = {
        "title": "Judul yang cukup panjang",
        "board": "jalan",
        "kind": "question",
        "body": "Isi yang cukup.",
        "key": a_key(),
    }
    first, second = (send(signed_in, "/diskusi/baru", **fields).headers["Location"] for _ in range(2))
    assert first == second
    key = a_key()
    first, second = (send_reply(signed_in, thread.url, key=key).headers["Location"] for _ in range(2))
    assert first == second
    assert row_count(Post) == 3


def test_a_retry_is_led_to_what_was_posted_even_if_the_thread_was_locked_or_deleted_meanwhile(
    signed_in: FlaskClient, thread: Written
) -> None:
    key, moderator = a_key(), a_moderator()
    first = send_reply(signed_in, thread.url, key=key)
    lock(moderator, thread)
    assert send_reply(signed_in, thread.url, key=key).headers["Location"] == first.headers["Location"]
    delete(moderator, thread.post_id)
    assert send_reply(signed_in, thread.url, key=key).headers["Location"] == first.headers["Location"]
    assert row_count(Post) == 2


def test_a_permalink_shows_the_post_on_whatever_page_it_stands(
    signed_in: FlaskClient, thread: Written, budi: Any
) -> None:
    posts = plant(budi, thread, [None] * 50)
    for sort in ("terlama", "terbaru", "bermanfaat"):
        for post_id in (posts[0], posts[25], posts[-1]):
            page = text_of(signed_in, f"{thread.url}?balasan={post_id}&urut={sort}")
            assert f'id="p-{post_id}"' in page
            assert page.count("is-target") == 1


def test_scripts_get_json_for_votes_marks_and_drafts(signed_in: FlaskClient, thread: Written) -> None:
    reply = a_reply(a_member(), thread)
    for on, count in (("1", 1), ("1", 1), ("0", 0)):
        answer = send(signed_in, f"/kiriman/{reply.post_id}/bermanfaat", json=True, on=on)
        assert (answer.status_code, answer.json) == (200, {"count": count, "on": on == "1"})
    own = send(signed_in, f"/kiriman/{thread.post_id}/bermanfaat", json=True, on="1")
    assert (own.status_code, own.json["error"]["status"]) == (403, 403)
    assert send(signed_in, f"{thread.url}/dibaca", json=True, number="2").status_code in (200, 204)
    saved = send(signed_in, "/draf", json=True, place="new", body="Belum selesai").json
    assert (saved["version"], bool(saved["saved_at"])) == (1, True)
    assert send(signed_in, "/draf", json=True, place="new", body="").json["version"] == 0
    assert row_count(Draft) == 0


def test_a_draft_is_offered_where_it_was_begun_and_dropped_when_sent(
    signed_in: FlaskClient, thread: Written, budi: Any
) -> None:
    reply = a_reply(a_member(), thread)
    drafts = {
        "new": ("/diskusi/baru", "Rancangan pertanyaan saya"),
        f"reply:{thread.post_id}": (thread.url, "Rancangan balasan saya"),
        f"reply:{reply.post_id}": (f"{thread.url}/balas?ke={reply.post_id}", "Rancangan tanggapan saya"),
        f"edit:{thread.post_id}": (f"/kiriman/{thread.post_id}/sunting", "Rancangan suntingan saya"),
    }
    for place, (_url, body) in drafts.items():
        assert (
            send(signed_in, "/draf", json=True, place=place, body=body, title="Judul rancangan saya").status_code == 200
        )
    for url, body in drafts.values():
        assert body in text_of(signed_in, url)
    listed = text_of(signed_in, "/draf")
    assert listed.count("/hapus") >= len(drafts)
    other = signed_in.application.test_client()
    sign_in(other, a_moderator())
    for url, body in drafts.values():
        assert body not in text_of(other, url)
    send_reply(signed_in, thread.url, ke=str(reply.post_id))
    db.session.rollback()
    assert set(db.session.scalars(select(Draft.place))) == set(drafts) - {f"reply:{reply.post_id}"}


def test_an_edit_that_came_too_late_shows_the_newest_text_and_keeps_mine(
    signed_in: FlaskClient, thread: Written
) -> None:
    other = signed_in.application.test_client()
    sign_in(other, a_moderator())
    url = f"/kiriman/{thread.post_id}/sunting"
    assert send(other, url, body="Teks dari moderator di sini.", version="1", reason="rapi").status_code == 303
    answer = send(signed_in, url, body="Teks saya yang terlambat.", version="1")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Teks saya yang terlambat." in page
    assert "Teks dari moderator di sini." in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    assert version == "2"
    assert send(signed_in, url, body="Teks saya yang terlambat.", version=version).status_code == 303


def test_undo_after_deleting_ones_own_thread_brings_it_back(signed_in: FlaskClient, thread: Written) -> None:
    gone = send(signed_in, f"/kiriman/{thread.post_id}/hapus")
    assert gone.headers["Location"] == "/papan/jalan"
    page = text_of(signed_in, "/papan/jalan")
    assert f'action="/kiriman/{thread.post_id}/pulihkan"' in page
    assert signed_in.get(thread.url).status_code == 404
    assert send(signed_in, f"/kiriman/{thread.post_id}/pulihkan").headers["Location"] == thread.url
    assert signed_in.get(thread.url).status_code == 200


def test_unread_replies_are_announced_with_a_link_to_the_first(signed_in: FlaskClient, thread: Written) -> None:
    replies = plant(a_member(), thread, [None] * 30)
    page = text_of(signed_in, thread.url)
    assert f"?balasan={replies[0]}#p-{replies[0]}" in page
    assert "30 belum dibaca" in page
    assert send(signed_in, f"{thread.url}/dibaca", number="11").status_code == 303
    assert f"?balasan={replies[10]}#p-{replies[10]}" in text_of(signed_in, thread.url)
    assert send(signed_in, "/dibaca").status_code == 303
    assert "belum dibaca" not in text_of(signed_in, thread.url)


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        (None, "/"),
        ("http://localhost/diskusi?daftar=saya", "/diskusi?daftar=saya"),
        ("https://evil.example/diskusi", "/"),
        ("http://localhost//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://localhost@evil.example/", "/"),
    ],
)
def test_going_back_never_leads_to_another_site(signed_in: FlaskClient, referrer: str | None, expected: str) -> None:
    headers = {"Referer": referrer} if referrer else {}
    answer = signed_in.post("/dibaca", data={"csrf_token": csrf_token(signed_in)}, headers=headers)
    assert answer.headers["Location"] == expected


def test_a_deleted_reply_shows_who_took_it_away_and_why(signed_in: FlaskClient, thread: Written) -> None:
    reply = a_reply(a_member(), thread, body="Kalimat yang dihapus moderator.")
    a_reply(a_member(), thread, reply, body="Tanggapan yang tetap ada.")
    delete(a_moderator(), reply.post_id, "Memuat nomor telepon.")
    page = text_of(signed_in, thread.url)
    assert "Memuat nomor telepon." in page
    assert "Kalimat yang dihapus moderator." not in page
    assert "Tanggapan yang tetap ada." in page
    assert fresh(Thread, thread.thread_id).reply_count == 1


def test_moderators_lock_move_pin_and_summarise_through_the_pages(app: Flask, thread: Written) -> None:
    client = app.test_client()
    sign_in(client, a_moderator())
    a_board("taman", name="Papan Taman")
    ref = thread.url
    assert post(client, f"{ref}/kunci", on="1", reason="").status_code == 422
    assert post(client, f"{ref}/kunci", on="1", reason="Sudah tuntas dibahas.").status_code == 303
    assert post(client, f"{ref}/pindah", board="tidak-ada").status_code == 422
    assert post(client, f"{ref}/pindah", board="taman").status_code == 303
    assert post(client, f"{ref}/ringkasan", body="Intinya **begini** saja.").status_code == 303
    assert send(client, f"{ref}/sematkan", on="1").status_code == 303
    page = text_of(client, ref)
    for words in ("Sudah tuntas dibahas.", "Papan Taman", "Intinya <strong>begini</strong> saja."):
        assert words in page
    assert "Bagaimana lampu jalan" in text_of(client, "/papan/taman")
    assert send(client, f"{ref}/kunci", on="0").status_code == 303
    assert "Sudah tuntas dibahas." not in text_of(client, ref)
    assert post(client, f"{ref}/ringkasan", body=" ").status_code == 303
    assert "Intinya" not in text_of(client, ref)


def test_a_preview_shows_what_would_be_stored(signed_in: FlaskClient) -> None:
    answer = send(signed_in, "/pratinjau", body="Halo **semua**\n\n<script>alert(1)</script>")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<strong>semua</strong>" in page
    assert "<script>alert" not in page
    assert send(signed_in, "/pratinjau", body="x" * 20_001).status_code == 422
