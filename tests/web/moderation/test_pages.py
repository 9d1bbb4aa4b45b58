"""The pages of moderation as people meet them: reporting, the queue, deciding, and what must not leak."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import transaction
from forum.discussions.models import Thread
from forum.discussions.services import changing
from forum.discussions.services.writing import Written
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_text, a_thread, fresh
from tests.factories.forms import send
from tests.factories.moderation import a_case, a_flag, a_ruling, an_appeal, case_row, notices

pytestmark = pytest.mark.usefixtures("small_acts")

SECRET = "Rahasia rapat anggaran"


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


def a_flagged_thread(author: User | None = None) -> tuple[Written, int]:
    thread = a_thread(author or a_member(), a_board())
    return thread, a_flag(a_member(), thread.post_id, note="Menyebut nama orang.")


def test_reporting_a_post_from_its_page_and_taking_it_back(client: FlaskClient) -> None:
    thread = a_thread(a_member(), a_board())
    reply = a_reply(a_member(), thread)
    sign_in(client, a_member())
    address = f"/laporkan/post/{reply.post_id}"
    assert f'href="{address}"' in page(client, thread.url)
    answer = send(client, address, reason="", note="")
    assert answer.status_code == 422
    assert "Pilih apa yang menurut Anda" in answer.get_data(as_text=True)
    answer = send(client, address, reason="other", note="")
    assert 'value="other" checked' in answer.get_data(as_text=True)
    assert send(client, address, reason="rude", note="Kasar.").status_code == 303
    assert "Anda sudah melaporkan" in page(client, address)
    assert send(client, address, reason="rude").status_code == 409
    assert send(client, f"{address}/tarik").status_code == 303
    assert "Kirim laporan" in page(client, address)


def test_ones_own_post_offers_no_report(client: FlaskClient) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    sign_in(client, author)
    assert f"/laporkan/post/{thread.post_id}" not in page(client, thread.url)


def test_twenty_reports_an_hour(client: FlaskClient) -> None:
    thread = a_thread(a_member(), a_board())
    sign_in(client, a_member())
    address = f"/laporkan/post/{thread.post_id}"
    codes = [send(client, address, reason="").status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_a_case_shows_what_one_needs_to_decide_it(client: FlaskClient) -> None:
    author = a_member(name="Budi Sinaga")
    thread, case_id = a_flagged_thread(author)
    by = viewer_for(author)
    with transaction():
        changing.edit_post(by, thread.post_id, version=1, text=a_text("Teks yang sudah diperbaiki."))
    other = a_case(a_thread(author, a_board(), title="Kasus lain dari penulis ini").post_id)
    sign_in(client, a_moderator())
    shown = page(client, f"/moderasi/kasus/{case_id}")
    for words in (
        "Budi Sinaga", "Teks yang sudah diperbaiki.", "Bagaimana cara melakukannya dengan benar?", "Tidak sopan",
        "Menyebut nama orang.", f"/moderasi/kasus/{other}", "tindakan=uji.lock", "tindakan=post.rephrase",
    ):  # fmt: skip
        assert words in shown, words


def test_deciding_asks_for_a_reason_keeps_what_was_typed_and_shows_what_will_be_told(client: FlaskClient) -> None:
    author = a_member()
    thread, case_id = a_flagged_thread(author)
    sign_in(client, a_moderator())
    address = f"/moderasi/kasus/{case_id}/putuskan?tindakan=uji.move"
    shown = page(client, address)
    assert "Diskusi Anda dipindahkan: “" in shown
    answer = send(client, address, version="1", reason="", board="tidak-ada")
    assert answer.status_code == 422
    answer = send(client, address, version="1", reason="Salah papan.", board="tidak-ada")
    assert (answer.status_code, "Salah papan." in answer.get_data(as_text=True)) == (422, True)
    assert "Pilih papan tujuan." in answer.get_data(as_text=True)
    assert case_row(case_id).state == "open"
    target = a_board("tujuan")
    assert send(client, address, version="1", reason="Salah papan.", board="tujuan").status_code == 303
    assert fresh(Thread, thread.thread_id).board_id == target.id
    assert case_row(case_id).state == "closed"


def test_who_is_slower_gets_409_and_reads_why(client: FlaskClient) -> None:
    _, case_id = a_flagged_thread()
    address = f"/moderasi/kasus/{case_id}/putuskan?tindakan=none"
    sign_in(client, a_moderator(name="Sari Purba"))
    assert send(client, address, version="1", reason="Bukan pelanggaran.").status_code == 303
    sign_in(client, a_moderator())
    answer = send(client, address, version="1", reason="Ini kasar sekali.")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Sari Purba" in shown
    assert "Bukan pelanggaran." in shown
    assert "Ini kasar sekali." in shown
    assert send(client, f"/moderasi/kasus/{case_id}/pegang", version="1", aksi="ambil").status_code == 409


def test_taking_and_handing_over(client: FlaskClient) -> None:
    _, case_id = a_flagged_thread()
    taker, other = a_moderator(name="Sari Purba"), a_moderator(name="Tono Hutapea")
    sign_in(client, taker)
    assert send(client, f"/moderasi/kasus/{case_id}/pegang", version="1", aksi="ambil").status_code == 303
    assert "(1)" in page(client, "/moderasi/kasus?pegang=saya")
    assert "dipegang Sari Purba" in page(client, "/moderasi/kasus")
    answer = send(client, f"/moderasi/kasus/{case_id}/pegang", version="2", to="bukan.siapa")
    assert answer.status_code == 422
    assert send(client, f"/moderasi/kasus/{case_id}/pegang", version="2", to=other.username).status_code == 303
    assert "Ambil alih dahulu" in page(client, f"/moderasi/kasus/{case_id}")
    sign_in(client, other)
    assert "tindakan=none" in page(client, f"/moderasi/kasus/{case_id}")


def test_the_whole_way_from_an_act_to_an_appeal_that_is_granted(client: FlaskClient) -> None:
    author, actor, other = a_member(), a_moderator(), a_moderator()
    thread = a_thread(author, a_board())
    sign_in(client, actor)
    assert f"/moderasi/tindakan/post/{thread.post_id}" in page(client, thread.url)
    assert "tindakan=uji.lock" in page(client, f"/moderasi/tindakan/post/{thread.post_id}")
    done = send(client, f"/moderasi/tindakan/post/{thread.post_id}?tindakan=uji.lock", reason="Sudah tuntas.")
    assert done.status_code == 303
    sign_in(client, author)
    shown = page(client, done.location)
    assert "Sudah tuntas." in shown
    assert "Cabut keputusan" not in shown
    assert actor.name not in shown
    assert send(client, f"{done.location}/banding", body="Terlalu").status_code == 422
    assert (
        send(client, f"{done.location}/banding", body="Belum tuntas: masih ada warga yang bertanya.").status_code == 303
    )
    assert "menunggu moderator lain" in page(client, done.location)
    sign_in(client, actor)
    assert "Putuskan banding" not in page(client, "/moderasi/banding/1")
    assert send(client, "/moderasi/banding/1", outcome="upheld", answer="Tetap.").status_code == 403
    sign_in(client, other)
    assert "/moderasi/banding/1" in page(client, "/moderasi/banding")
    assert "<b>(1)</b>" in page(client, "/moderasi")
    assert send(client, "/moderasi/banding/1", outcome="taken_back", answer="Anda benar.").status_code == 303
    assert fresh(Thread, thread.thread_id).locked_at is None
    assert "/moderasi/banding/1" in page(client, "/moderasi/banding?status=selesai")
    sign_in(client, author)
    assert "Anda benar." in page(client, done.location)
    assert "diterima. Keputusan itu dicabut." in page(client, "/notifikasi")


def test_a_moderator_takes_an_act_back_from_its_page(client: FlaskClient) -> None:
    actor = a_moderator()
    thread = a_thread(a_member(), a_board())
    act_id = a_ruling(actor, thread.thread_id, "uji.lock")
    sign_in(client, actor)
    assert f"/keputusan/{act_id}" in page(client, "/moderasi/keputusan")
    assert send(client, f"/keputusan/{act_id}/cabut", reason="").status_code == 422
    assert send(client, f"/keputusan/{act_id}/cabut", reason="Saya keliru.").status_code == 303
    assert send(client, f"/keputusan/{act_id}/cabut", reason="Saya keliru.").status_code == 409
    assert "Saya keliru." in page(client, f"/keputusan/{act_id}")
    assert fresh(Thread, thread.thread_id).locked_at is None


@pytest.fixture
def restricted() -> dict[str, str]:
    """Addresses about a thread of a board that only one unit reads, each with what it must not tell."""
    unit = a_unit().id
    author = a_member(unit_id=unit)
    board = a_board(readers=[unit])
    thread = a_thread(author, board, title=SECRET)
    reply = a_reply(author, thread, body=SECRET)
    case_id = a_flag(a_member(unit_id=unit), reply.post_id)
    ruling = a_ruling(an_admin(), reply.post_id)
    appeal = an_appeal(author, ruling)
    return {
        "queue": "/moderasi/kasus",
        "queue of the board": f"/moderasi/kasus?papan={board.id}",
        "case": f"/moderasi/kasus/{case_id}",
        "deciding": f"/moderasi/kasus/{case_id}/putuskan?tindakan=none",
        "acts": f"/moderasi/tindakan/post/{reply.post_id}",
        "acts on the thread": f"/moderasi/tindakan/thread/{thread.thread_id}",
        "flag": f"/laporkan/post/{reply.post_id}",
        "flag of the thread": f"/laporkan/thread/{thread.thread_id}",
        "rulings": "/moderasi/keputusan",
        "ruling": f"/keputusan/{ruling}",
        "appeals": "/moderasi/banding",
        "appeal": f"/moderasi/banding/{appeal}",
    }


@pytest.mark.parametrize("role", ["member", "moderator elsewhere"])
def test_nothing_of_a_restricted_board_comes_through_moderation(
    client: FlaskClient, restricted: dict[str, str], role: str
) -> None:
    sign_in(client, a_member() if role == "member" else a_moderator(boards=[a_board().id]))
    lists = {"queue", "queue of the board", "rulings", "appeals"}
    room = lists | {"case", "deciding", "appeal"}
    for name, url in restricted.items():
        answer = client.get(url)
        expected = 403 if role == "member" and name in room else 200 if name in lists else 404
        assert answer.status_code == expected, name
        assert SECRET not in answer.get_data(as_text=True), name
    assert "anggaran" not in client.get("/moderasi").get_data(as_text=True)


def test_its_own_moderators_see_it_all(client: FlaskClient, restricted: dict[str, str]) -> None:
    sign_in(client, a_moderator())
    for name, url in restricted.items():
        answer = client.get(url)
        assert answer.status_code == 200, name
        assert SECRET in answer.get_data(as_text=True), name


def test_a_limited_moderator_cannot_act_on_people(client: FlaskClient) -> None:
    board = a_board()
    person = a_member()
    sign_in(client, a_moderator(boards=[board.id]))
    address = f"/moderasi/tindakan/user/{person.id}"
    assert client.get(address).status_code == 403
    assert address not in page(client, f"/profil/{person.username}")
    sign_in(client, a_moderator())
    assert client.get(address).status_code == 200
    assert address in page(client, f"/profil/{person.username}")


def test_what_people_write_is_text_on_every_page(client: FlaskClient) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    author, reader, moderator = a_member(), a_member(), a_moderator()
    thread = a_thread(author, a_board(), title=f"Judul {attack}")
    case_id = a_flag(reader, thread.post_id, reason="other", note=attack)
    act_id = a_ruling(moderator, thread.thread_id, "uji.lock", attack)
    appeal_id = an_appeal(author, act_id, f"Mohon dilihat {attack}")
    sign_in(client, a_moderator())
    send(client, f"/moderasi/kasus/{case_id}/catatan", body=f"Catatan {attack}")
    urls = [
        "/moderasi/kasus", f"/moderasi/kasus/{case_id}", f"/moderasi/kasus/{case_id}/putuskan?tindakan=uji.lock",
        "/moderasi/keputusan", f"/keputusan/{act_id}", f"/moderasi/banding/{appeal_id}", "/moderasi/banding",
        f"/moderasi/tindakan/post/{thread.post_id}", f"/laporkan/post/{thread.post_id}",
    ]  # fmt: skip
    for url in urls:
        shown = page(client, url)
        assert "<script>alert" not in shown, url
        assert "<img src=x" not in shown, url
    assert notices(author)[0].note == attack
    sign_in(client, author)
    assert "<img src=x" not in page(client, "/notifikasi")


@pytest.mark.parametrize(
    "url",
    [
        "/laporkan/siapa/1", "/laporkan/user/1", "/laporkan/post/0", "/moderasi/tindakan/siapa/1",
        "/moderasi/tindakan/post/999", "/moderasi/kasus/999", "/keputusan/999", "/moderasi/banding/999",
        "/moderasi/kasus?halaman=x", "/notifikasi?halaman=-1",
    ],
)  # fmt: skip
def test_addresses_of_nothing(client: FlaskClient, url: str) -> None:
    sign_in(client, an_admin())
    assert client.get(url).status_code == 404


def test_odd_filters_are_left_out(client: FlaskClient) -> None:
    sign_in(client, an_admin())
    page(client, "/moderasi/kasus?status=x&pegang=x&jenis=x&sebab=x&papan=999999999999999999999")


def test_the_pages_do_not_grow_with_what_waits(client: FlaskClient) -> None:
    author, board = a_member(), a_board()
    sign_in(client, a_moderator(boards=[board.id]))
    urls = ["/moderasi", "/moderasi/kasus", "/moderasi/keputusan", "/moderasi/banding", "/notifikasi"]

    def grow(times: int) -> list[str]:
        for _ in range(times):
            thread = a_thread(author, board)
            a_flag(a_member(), thread.post_id)
            an_appeal(author, a_ruling(a_moderator(), thread.thread_id, "uji.lock"))
        return [client.get(url).headers["Server-Timing"].split(";dur")[0] for url in urls]

    assert grow(1) == grow(12)


def test_the_word_list_is_edited_and_a_stale_edit_shows_both(client: FlaskClient) -> None:
    sign_in(client, an_admin())
    version = re.search(r'name="version"\s+value="(\w+)"', page(client, "/moderasi/kata"))
    assert version
    assert send(client, "/moderasi/kata", words="sabun\nodol", version=version[1]).status_code == 303
    answer = send(client, "/moderasi/kata", words="sikat", version=version[1])
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "sikat" in shown
    assert "odol\nsabun" in shown
