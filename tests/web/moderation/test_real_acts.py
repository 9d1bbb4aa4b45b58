"""The acts of the rooms, by way of cases, notices and appeals."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from forum.discussions.models import Post, Thread
from tests.factories.accounts import a_member, a_moderator, sign_in
from tests.factories.discussions import a_board, a_reply, a_thread, fresh
from tests.factories.forms import send, send_reply
from tests.factories.moderation import a_case, case_row, notices

TEXT = "Tulisan yang dilaporkan pembaca."


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


def decided(client: FlaskClient, case_id: int, act: str, **values: str) -> None:
    fields = {"version": str(case_row(case_id).version), "reason": "Menyebut nama warga.", **values}
    answer = send(client, f"/moderasi/kasus/{case_id}/putuskan?tindakan={act}", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)


def appealed(client: FlaskClient, ruling: str) -> None:
    answer = send(client, f"{ruling}/banding", body="Tidak ada nama warga di dalamnya.")
    assert answer.status_code == 303


def granted(client: FlaskClient) -> None:
    listed = page(client, "/moderasi/banding")
    appeal = re.search(r"/moderasi/banding/\d+", listed)
    assert appeal
    assert send(client, appeal[0], outcome="taken_back", answer="Anda benar.").status_code == 303


@pytest.mark.parametrize("act", ["post.hide", "post.rephrase"])
def test_a_reply_goes_out_of_sight_and_comes_back_by_an_appeal(client: FlaskClient, act: str) -> None:
    author, reader = a_member(), a_member()
    thread = a_thread(a_member(), a_board())
    reply = a_reply(author, thread, body=TEXT)
    case_id = a_case(reply.post_id)
    sign_in(client, a_moderator())
    decided(client, case_id, act)
    assert TEXT in page(client, f"/moderasi/kasus/{case_id}")
    sign_in(client, reader)
    assert TEXT not in page(client, thread.url)
    assert client.get(f"/laporkan/post/{reply.post_id}").status_code == 409
    sign_in(client, author)
    ruling = notices(author)[0].url
    assert "Menyebut nama warga." in page(client, ruling)
    appealed(client, ruling)
    sign_in(client, a_moderator())
    granted(client)
    sign_in(client, reader)
    assert TEXT in page(client, thread.url)
    assert fresh(Post, reply.post_id).deleted_at is None


def test_a_hidden_thread_is_told_to_its_author_alone(client: FlaskClient) -> None:
    author = a_member()
    thread = a_thread(author, a_board(), body=TEXT)
    case_id = a_case(thread.post_id)
    sign_in(client, a_moderator())
    shown = page(client, f"/moderasi/kasus/{case_id}")
    assert "tindakan=thread.hide" in shown
    assert "tindakan=post.hide" not in shown
    decided(client, case_id, "thread.hide")
    sign_in(client, author)
    assert "Menyebut nama warga." in page(client, notices(author)[0].url)
    sign_in(client, a_member())
    assert client.get(thread.url).status_code == 404
    assert client.get(notices(author)[0].url).status_code == 404


def test_who_is_suspended_can_still_appeal(client: FlaskClient) -> None:
    person = a_member()
    thread = a_thread(a_member(), a_board())
    sign_in(client, a_moderator())
    address = f"/moderasi/tindakan/user/{person.id}?tindakan=user.suspend"
    assert send(client, address, reason="Menyerang pegawai lain.", days="banyak").status_code == 422
    assert send(client, address, reason="Menyerang pegawai lain.", days="3").status_code == 303
    sign_in(client, person)
    assert send_reply(client, thread.url).status_code == 403
    ruling = notices(person)[0].url
    appealed(client, ruling)
    assert send(client, f"/notifikasi/{notices(person)[0].id}").status_code == 303
    sign_in(client, a_moderator())
    granted(client)
    sign_in(client, person)
    assert send_reply(client, thread.url).status_code == 303


def test_each_act_that_is_offered_has_its_page(client: FlaskClient) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    reply = a_reply(author, thread)
    a_board("lain")
    sign_in(client, a_moderator())
    for start in (f"thread/{thread.thread_id}", f"post/{reply.post_id}", f"user/{author.id}"):
        names = re.findall(r"\?tindakan=([\w.]+)", page(client, f"/moderasi/tindakan/{start}"))
        assert len(names) == len(set(names)) > 1
        for name in names:
            assert "Alasan" in page(client, f"/moderasi/tindakan/{start}?tindakan={name}")


def test_a_case_about_a_thread_that_was_merged_can_still_be_closed(client: FlaskClient) -> None:
    author, board = a_member(), a_board()
    kept, merged = a_thread(author, board), a_thread(author, board)
    case_id = a_case(merged.post_id)
    sign_in(client, a_moderator())
    address = f"/moderasi/tindakan/thread/{merged.thread_id}?tindakan=thread.merge"
    assert send(client, address, reason="Hal yang sama.", into=str(kept.thread_id)).status_code == 303
    page(client, f"/moderasi/kasus/{case_id}")
    page(client, "/moderasi/keputusan")
    decided(client, case_id, "none")


def test_moving_a_thread_is_undone_from_the_ruling(client: FlaskClient) -> None:
    here, there = a_board(), a_board("sana")
    thread = a_thread(a_member(), here)
    sign_in(client, a_moderator())
    address = f"/moderasi/tindakan/thread/{thread.thread_id}?tindakan=thread.move"
    done = send(client, address, reason="Salah papan.", board="sana")
    assert fresh(Thread, thread.thread_id).board_id == there.id
    assert send(client, f"{done.location}/cabut", reason="Saya keliru.").status_code == 303
    assert fresh(Thread, thread.thread_id).board_id == here.id
