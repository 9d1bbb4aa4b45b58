"""What moderators do, through the pages, and what readers meet afterwards."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.discussions.models import Post, Thread
from forum.discussions.services import curating
from forum.moderation import acts
from forum.moderation.models import ModerationAct
from forum.search import indexer
from tests.conftest import post
from tests.factories.accounts import a_member, a_moderator, a_unit, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, fresh, plant
from tests.factories.forms import send, send_reply
from tests.factories.recount import assert_counts_are_right


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


@pytest.fixture
def curator(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, a_moderator("kurator"))
    return client


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, a_member("pembaca"))
    return client


def signed_in(app: Flask, person: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person)
    return client


def test_hiding_shows_the_place_with_its_reason_to_others_and_the_text_to_its_author(
    app: Flask, curator: FlaskClient, reader: FlaskClient
) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    reply = a_reply(author, thread, body="Rahasia orang lain di sini.")
    path = f"/kiriman/{reply.post_id}/sembunyikan"
    assert path in text_of(curator, thread.url)
    assert path not in text_of(reader, thread.url)
    assert post(curator, path, how="hide", reason="").status_code == 422
    assert post(curator, path, how="entah", reason="Begitu.").status_code == 422
    done = post(curator, path, how="hide", reason="Memuat data pribadi.")
    assert done.status_code == 303
    assert "Urungkan" in text_of(curator, done.headers["Location"])
    assert post(curator, path, page="/", how="hide", reason="Memuat data pribadi.").status_code == 409
    for client, sees in ((reader, False), (signed_in(app, author), True), (curator, True)):
        page = text_of(client, thread.url)
        assert "Kiriman ini disembunyikan moderator: Memuat data pribadi." in page
        assert ("Rahasia orang lain" in page) == sees
    assert send(curator, f"/kiriman/{reply.post_id}/pulihkan").status_code == 303
    assert "Rahasia orang lain" in text_of(reader, thread.url)


def test_a_post_that_was_sent_back_is_mended_in_its_authors_editor(
    app: Flask, curator: FlaskClient, reader: FlaskClient
) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    reply = a_reply(author, thread, body="Kata yang kurang sopan.")
    post(curator, f"/kiriman/{reply.post_id}/sembunyikan", how="rephrase", reason="Mohon tanpa makian.")
    assert "sedang ditulis ulang oleh penulisnya" in text_of(reader, thread.url)
    assert "Mohon tanpa makian" not in text_of(reader, thread.url)
    own = signed_in(app, author)
    edit = f"/kiriman/{reply.post_id}/sunting"
    assert f'href="{edit}"' in text_of(own, thread.url)
    page = text_of(own, edit)
    assert "Mohon tanpa makian." in page
    assert "Kata yang kurang sopan." in page
    version = re.search(r'name="version"\s+value="(\d+)"', page)[1]
    assert post(own, edit, version=version, body="Kata yang kurang sopan.").status_code == 422
    assert post(own, edit, version=version, body="Kata yang sangat sopan.").status_code == 303
    assert "Kata yang sangat sopan." in text_of(reader, thread.url)


def test_an_edit_by_a_moderator_is_marked(curator: FlaskClient, reader: FlaskClient) -> None:
    thread = a_thread(a_member(), a_board())
    reply = a_reply(a_member(), thread)
    assert "disunting moderator" not in text_of(reader, thread.url)
    post(curator, f"/kiriman/{reply.post_id}/sunting", version="1", body="Teks dari moderator.", reason="Data pribadi.")
    assert "disunting moderator" in text_of(reader, thread.url)


def test_the_addresses_of_a_merged_thread_lead_to_where_its_posts_are(
    app: Flask, curator: FlaskClient, reader: FlaskClient
) -> None:
    board = a_board()
    one, other = a_thread(a_member(), board), a_thread(a_member(), board)
    reply = a_reply(a_member(), one)
    done = post(curator, f"{one.url}/gabungkan", into=other.url, reason="Hal yang sama.")
    assert done.status_code == 303
    for old, at in (
        (one.url, one.post_id),
        (f"/diskusi/{one.thread_id}", one.post_id),
        (f"{one.url}?balasan={reply.post_id}", reply.post_id),
        (f"{one.url}/cabang/{reply.post_id}", reply.post_id),
    ):
        answer = reader.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{other.url}?balasan={at}#p-{at}")
        assert answer.headers["Cache-Control"] == "no-store", "a merge can be taken back"
    assert f'id="p-{reply.post_id}"' in text_of(reader, f"{other.url}?balasan={reply.post_id}")
    for path in ("/serupa", "/kunci", "/pindah", "/gabungkan", "/duplikat", "/ringkasan"):
        assert curator.get(f"{one.url}{path}").status_code == 404
    assert send(curator, f"{one.url}/gabungkan", into=str(other.thread_id), reason="Lagi.").status_code == 409


def test_a_reply_that_was_being_written_in_a_merged_thread_arrives(curator: FlaskClient, reader: FlaskClient) -> None:
    board = a_board()
    one, other = a_thread(a_member(), board), a_thread(a_member(), board)
    post(curator, f"{one.url}/gabungkan", into=other.url, reason="Hal yang sama.")
    answer = send_reply(reader, one.url, ke=str(one.post_id))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(other.url)
    assert text_of(reader, f"/diskusi/{one.thread_id}/balas?ke={one.post_id}")
    assert_counts_are_right()


def test_where_a_branch_was_split_off_a_link_leads_to_its_thread(curator: FlaskClient, reader: FlaskClient) -> None:
    here, there = a_board(), a_board()
    thread = a_thread(a_member(), here)
    reply = a_reply(a_member(), thread, body="Ini sebenarnya hal yang lain.")
    below = a_reply(a_member(), thread, reply)
    path = f"/kiriman/{reply.post_id}/pisahkan"
    assert path in text_of(curator, thread.url)
    refused = post(curator, path, title="pendek", board=there.slug, reason="")
    assert refused.status_code == 422
    assert 'value="pendek"' in refused.get_data(as_text=True)
    done = post(curator, path, title="Hal yang lain sama sekali", board=there.slug, reason="Hal lain.")
    new = done.headers["Location"]
    assert "Hal yang lain sama sekali" in text_of(reader, new)
    number = int(re.match(r"/diskusi/(\d+)", new)[1])
    assert f'href="/diskusi/{number}"' in text_of(reader, thread.url)
    for post_id in (reply.post_id, below.post_id):
        answer = reader.get(f"{thread.url}?balasan={post_id}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{new}?balasan={post_id}#p-{post_id}")
    assert send_reply(reader, thread.url, ke=str(below.post_id)).headers["Location"].startswith(new)


def test_where_posts_moved_into_a_closed_board_nobody_else_learns_its_title(app: Flask, reader: FlaskClient) -> None:
    unit = a_unit()
    here, closed = a_board(), a_board(readers=[unit.id])
    thread = a_thread(a_member(), here)
    reply = a_reply(a_member(), thread)
    curator = signed_in(app, a_moderator(boards=[here.id, closed.id]))
    done = post(
        curator,
        f"/kiriman/{reply.post_id}/pisahkan",
        title="Rahasia dapur dinas kami",
        board=closed.slug,
        reason="Tertutup.",
    )
    new = done.headers["Location"]
    insider = signed_in(app, a_member(unit_id=unit.id))
    old = f"{thread.url}?balasan={reply.post_id}"
    assert insider.get(old).status_code == 301
    for address in (old, f"{thread.url}/cabang/{reply.post_id}", new.partition("-")[0], new):
        answer = reader.get(address)
        assert answer.status_code == 404, address
        if address != new:  # which a page for what is not found repeats
            assert "rahasia" not in (answer.get_data(as_text=True) + str(answer.headers)).lower()
    assert "rahasia" not in text_of(reader, thread.url).lower()


def test_readers_of_a_duplicate_are_led_to_the_original_and_can_still_read_it(
    curator: FlaskClient, reader: FlaskClient
) -> None:
    board = a_board()
    original, twin = a_thread(a_member(), board, title="Lampu jalan padam di gang"), a_thread(a_member(), board)
    reply = a_reply(a_member(), twin)
    done = post(curator, f"{twin.url}/duplikat", of=original.url, reason="Sudah dibahas.")
    assert done.headers["Location"] == f"{twin.url}?asli=1"
    answer = reader.get(twin.url)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{original.url}?dari={twin.thread_id}")
    page = text_of(reader, answer.headers["Location"])
    assert f'href="/diskusi/{twin.thread_id}?asli=1"' in page
    page = text_of(reader, f"{twin.url}?asli=1")
    assert "Hal ini sudah dibahas dalam diskusi lain" in page
    assert f'href="{original.url}"' in page
    assert reader.get(f"{twin.url}?balasan={reply.post_id}").status_code == 200
    assert "duplikat" in text_of(reader, "/diskusi")
    assert send_reply(reader, twin.url).status_code == 403
    off = send(curator, f"{twin.url}/duplikat", on="0", reason="Ternyata lain.")
    assert off.status_code == 303
    assert reader.get(twin.url).status_code == 200


def test_search_finds_what_stands_after_merging_splitting_and_marking(app: Flask, curator: FlaskClient) -> None:
    board = a_board()
    thread, other = a_thread(a_member(), board), a_thread(a_member(), board)
    replies = plant(a_member(), thread, [None, 0, 0])
    twin = a_thread(a_member(), board, title="Lampu jalan padam sebulan lamanya")
    indexer.rebuild()
    post(
        curator, f"/kiriman/{replies[0]}/pisahkan", title="Hal yang lain sama sekali", board=board.slug, reason="Lain."
    )
    post(curator, f"{thread.url}/gabungkan", into=other.url, reason="Sama.")
    post(curator, f"{twin.url}/duplikat", of=other.url, reason="Sama.")
    indexer.drain()
    report = indexer.verify()
    assert report.is_clean, report
    page = text_of(curator, "/cari?q=lampu+jalan+padam")
    assert other.url in page
    assert twin.url not in page


def test_an_undone_merge_gives_the_thread_its_address_back(reader: FlaskClient) -> None:
    board = a_board()
    one, other = a_thread(a_member(), board), a_thread(a_member(), board)
    by = viewer_for(a_moderator())
    act = acts.act_of("thread.merge")
    with transaction():
        done = act.perform(by, one.thread_id, {"into": str(other.thread_id), "reason": "Sama."})
    assert reader.get(one.url).status_code == 301
    with transaction():
        act.undo(by, done.undo)
    assert reader.get(one.url).status_code == 200
    assert fresh(Thread, one.thread_id).merged_as_id is None
    assert db.session.scalar(select(Post.thread_id).where(Post.id == one.post_id)) == one.thread_id


def test_a_thread_page_with_marks_and_a_duplicate_costs_no_more_than_eight_statements(
    app: Flask, curator: FlaskClient, reader: FlaskClient
) -> None:
    board = a_board()
    thread, original = a_thread(a_member(), board, tags="jalan"), a_thread(a_member(), board)
    for n in range(4):
        reply = a_reply(a_member(), thread)
        post(
            curator,
            f"/kiriman/{reply.post_id}/pisahkan",
            title=f"Hal lain yang ke-{n}",
            board=board.slug,
            reason="Lain.",
        )
    post(curator, f"{thread.url}/duplikat", of=original.url, reason="Sama.")
    answer = reader.get(f"{thread.url}?asli=1")
    assert int(re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])[1]) <= 8


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("thread.merge", {"into": "other"}),
        ("thread.duplicate", {"of": "other"}),
        ("thread.hide", {}),
        ("thread.move", {"board": "sana"}),
        ("post.split", {"title": "Hal yang lain sama sekali", "board": "sana"}),
        ("post.hide", {}),
        ("post.rephrase", {}),
    ],
)
def test_the_index_follows_every_act_and_its_undoing(app: Flask, name: str, values: dict[str, str]) -> None:
    board = a_board()
    a_board("sana")
    thread, other, third = (a_thread(a_member(), board) for _ in range(3))
    replies = plant(a_member(), thread, [None, 0, 1, None])
    by = viewer_for(a_moderator())
    with transaction():
        acts.act_of("thread.duplicate").perform(by, third.thread_id, {"of": str(thread.thread_id), "reason": "Sama."})
        curating.solve(by, replies[1], on=True)
    indexer.rebuild()
    act = acts.act_of(name)
    target = thread.thread_id if act.kind == "thread" else replies[0]
    named = {"reason": "Sebab tertentu.", **values}
    with transaction():
        done = act.perform(by, target, {k: str(other.thread_id) if v == "other" else v for k, v in named.items()})
    indexer.drain()
    assert indexer.verify().is_clean
    with transaction():
        act.undo(by, done.undo)
    indexer.drain()
    assert indexer.verify().is_clean


def test_a_merge_from_its_page_is_told_and_can_be_taken_back(
    app: Flask, curator: FlaskClient, reader: FlaskClient
) -> None:
    board, author = a_board(), a_member()
    one, other = a_thread(author, board), a_thread(a_member(), board)
    send(curator, f"{one.url}/gabungkan", into=other.url, reason="Hal yang sama.")
    own = signed_in(app, author)
    notices = text_of(own, "/notifikasi")
    assert "digabungkan dengan diskusi lain" in notices
    ruling = db.session.scalar(select(ModerationAct.id))
    assert "Hal yang sama." in text_of(own, f"/keputusan/{ruling}")
    assert reader.get(one.url).status_code == 301
    assert send(curator, f"/keputusan/{ruling}/cabut", reason="Ternyata bukan hal yang sama.").status_code == 303
    assert reader.get(one.url).status_code == 200
    assert_counts_are_right()


def test_people_are_warned_and_suspended_from_the_page_of_acts(app: Flask, curator: FlaskClient) -> None:
    person = a_member()
    choices = text_of(curator, f"/moderasi/tindakan/user/{person.id}")
    for name, fields in (("user.warn", {}), ("user.suspend", {"days": "3"})):
        assert f"?tindakan={name}" in choices
        url = f"/moderasi/tindakan/user/{person.id}?tindakan={name}"
        assert send(curator, url, reason="Tidak sopan.", **fields).status_code == 303
    own = signed_in(app, person)
    assert own.get("/").headers["Location"].startswith("/akun/peringatan")
    assert "Tidak sopan." in text_of(own, "/akun/peringatan")
    assert send_reply(own, a_thread(person, a_board()).url).status_code == 403
    ruling = db.session.scalar(select(ModerationAct.id).where(ModerationAct.act == "user.suspend"))
    assert (
        send(own, f"/keputusan/{ruling}/banding", body="Mohon dilihat lagi, saya tidak bermaksud begitu.").status_code
        == 303
    )
