"""Whatever is sent: a clear page, nothing lost, never a 500 (the test client raises what would be one)."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.markup import Refused
from forum.discussions.models import Post, Thread
from forum.discussions.services import curating
from forum.discussions.services.writing import Written
from tests.factories.accounts import a_member, a_moderator, sign_in, viewer_for
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_key, a_reply, a_tag, a_thread, delete, fresh, lock
from tests.factories.forms import csrf_token, send, send_reply
from tests.factories.recount import assert_counts_are_right, row_count
from tests.factories.snapshot import snapshot
from tests.policy.permissions import ROWS
from tests.unit.core.hostile_shapes import SHAPES
from tests.web.test_access_walk import Names, Scene

__all__ = ["cheap_argon2"]

IDS = [
    "1e9", "0", "-1", "+1", "1.0", "0x1", str(2**31), str(2**63 - 1), str(2**63), str(2**64), "9" * 400, "١٢", "１２", "²", "abc",
    "%00", "%FF%FE", "1%00", "1%0A", "%20", "null", "' OR 1=1 --", "..%2F..%2Fetc%2Fpasswd", "1;2", "*",
]  # fmt: skip
TEXTS = [
    "", " \n\t ", "\u200b\u2060\ufeff", "\u3164" * 12, "\x00" * 20, "pendek", "x" * 20_001, "kata " * 4_001, "# \n> \n- ",
    " ".join(f"@orang{n}" for n in range(10_000)),
]  # fmt: skip
ODD = [
    "\x00\x01\x1b",
    "\ud7ff\ufffe\uffff",
    "é" * 3000,
    "e\u0301" * 3000,
    "\u202eterbalik",
    "</textarea><script>",
    "{{7*7}}",
    "%s%n",
    "'\"<>&",
]


@pytest.fixture
def author(app: object) -> Any:
    return a_member("penulis")


@pytest.fixture
def thread(author: Any) -> Written:
    return a_thread(author, a_board("jalan"), title="Bagaimana lampu jalan")


@pytest.fixture
def signed_in(client: FlaskClient, author: Any) -> FlaskClient:
    sign_in(client, author)
    return client


class TestAddresses:
    @pytest.mark.parametrize("odd", IDS)
    def test_what_is_no_id_is_not_found(self, signed_in: FlaskClient, thread: Written, odd: str) -> None:
        before = snapshot()
        for path in (
            "/diskusi/{}-x",
            "/kiriman/{}/riwayat",
            "/kiriman/{}/sunting",
            "/kiriman/{}/hapus",
            "/diskusi/{}/balas",
        ):
            answer = signed_in.get(path.format(odd))
            assert answer.status_code == 404, path
        for path in (
            "/kiriman/{}/bermanfaat",
            "/kiriman/{}/hapus",
            "/kiriman/{}/sunting",
            "/draf/{}/hapus",
            "/diskusi/{}-x/balas",
        ):
            answer = send(signed_in, path.format(odd), body="Tulisan yang harus selamat.", key=a_key())
            assert answer.status_code in (404, 405), path
            if odd.isalnum() and odd.isascii():
                assert "Tulisan yang harus selamat." in answer.get_data(as_text=True)
        assert signed_in.get(f"{thread.url}/cabang/{odd}").status_code == 404
        for parameter in ("balasan", "halaman"):
            if odd not in ("%20",):
                assert signed_in.get(f"{thread.url}?{parameter}={odd}").status_code == 404, parameter
        assert signed_in.get(f"{thread.url}/balas?ke={odd}").status_code == 404
        assert snapshot() == before

    @pytest.mark.parametrize(
        "page", ["0", "-1", "2", str(10**7), str(10**7 + 1), str(2**63), "abc", "1.5", "١", "9" * 5000]
    )
    def test_what_is_no_page_is_not_found(self, signed_in: FlaskClient, thread: Written, page: str) -> None:
        reply = a_reply(a_member(), thread)
        for path in (thread.url, f"{thread.url}/cabang/{reply.post_id}"):
            assert signed_in.get(f"{path}?halaman={page}").status_code == 404
        assert signed_in.get(f"{thread.url}?halaman={page}&tampilan=datar").status_code == 404

    @pytest.mark.parametrize(
        "query",
        ["urut=xyz", "urut=TERBARU", "urut=%00", "tampilan=xyz", "tampilan=%FF", "urut=terbaru%0A", "balasan=abc"],
    )
    def test_unknown_values_of_parameters_are_not_found(
        self, signed_in: FlaskClient, thread: Written, query: str
    ) -> None:
        assert signed_in.get(f"{thread.url}?{query}").status_code == 404

    @pytest.mark.parametrize(
        "query", ["daftar=xyz", "daftar=%00", "setelah=xyz", "setelah=%00", "setelah=%FF", "setelah=" + "A" * 9000]
    )
    def test_unknown_lists_and_forged_cursors_are_not_found(
        self, signed_in: FlaskClient, thread: Written, query: str
    ) -> None:
        a_tag("lampu")
        for path in ("/", "/diskusi", "/papan/jalan", "/tag/lampu"):
            assert signed_in.get(f"{path}?{query}").status_code == 404

    def test_the_first_of_two_values_counts_and_unknown_parameters_are_ignored(
        self, signed_in: FlaskClient, thread: Written
    ) -> None:
        assert signed_in.get(f"{thread.url}?urut=terbaru&urut=xyz").status_code == 200
        assert signed_in.get(f"{thread.url}?urut=xyz&urut=terbaru").status_code == 404
        assert signed_in.get(f"{thread.url}?halaman=1&halaman=99&entah=apa&%00=%FF&[]=1").status_code == 200
        assert signed_in.get(f"{thread.url}?urut=&tampilan=&halaman=&balasan=").status_code == 200

    @pytest.mark.parametrize("wrong", ["salah", "", "salah-%FF", "a" * 500, "%00"])
    def test_a_wrong_slug_leads_to_the_right_one_and_keeps_the_query(
        self, signed_in: FlaskClient, thread: Written, wrong: str
    ) -> None:
        answer = signed_in.get(f"/diskusi/{thread.thread_id}-{wrong}?urut=terbaru&x=%FF&y=a%20b")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"{thread.url}?urut=terbaru&x=%FF&y=a%20b"
        answer = signed_in.get(f"/diskusi/{thread.thread_id}")
        assert (answer.status_code, answer.headers["Location"]) == (301, thread.url)
        answer = signed_in.get(f"/diskusi/000{thread.thread_id}-x")
        assert (answer.status_code, answer.headers["Location"]) == (301, thread.url)
        reply = a_reply(a_member(), thread)
        answer = signed_in.get(f"/diskusi/{thread.thread_id}-x/cabang/{reply.post_id}?halaman=1")
        assert answer.headers["Location"] == f"{thread.url}/cabang/{reply.post_id}?halaman=1"

    def test_a_redirect_of_a_slug_cannot_lead_to_another_site(self, signed_in: FlaskClient, thread: Written) -> None:
        for path in (f"/diskusi/{thread.thread_id}-//evil.example", f"/diskusi/{thread.thread_id}-x%0d%0aX: y"):
            answer = signed_in.get(path)
            assert answer.status_code in (301, 404, 308)
            assert "evil" not in answer.headers.get("Location", "")

    def test_a_moved_or_renamed_thread_is_found_at_its_old_address(
        self, signed_in: FlaskClient, thread: Written, author: Any
    ) -> None:
        other, by = a_board("taman"), viewer_for(a_moderator())
        with transaction():
            curating.move(by, thread.thread_id, other.slug)
        assert signed_in.get(thread.url).status_code == 200
        send(
            signed_in,
            f"/kiriman/{thread.post_id}/sunting",
            title="Judul yang lain sekali",
            body="Isi yang baru sama sekali.",
            version="1",
        )
        answer = signed_in.get(f"{thread.url}?balasan={thread.post_id}")
        assert answer.status_code == 301
        assert answer.headers["Location"].startswith(f"/diskusi/{thread.thread_id}-judul-yang-lain-sekali?balasan=")

    @pytest.mark.parametrize(
        "slug", ["tidak-ada", "%00", "%FF", "JALAN", "jalan%20", "' OR 1=1 --", "a" * 5000, "..", "%E2%80%8B"]
    )
    def test_boards_tags_and_people_that_there_are_not_are_not_found(
        self, signed_in: FlaskClient, thread: Written, slug: str
    ) -> None:
        for path in ("/papan/", "/tag/", "/profil/"):
            answer = signed_in.get(path + slug)
            if (path, slug) == ("/papan/", "jalan%20"):
                continue
            assert answer.status_code in (404, 308), path

    def test_the_page_of_a_synonym_leads_to_that_of_its_tag(self, signed_in: FlaskClient) -> None:
        a_tag("kepegawaian", "sdm")
        answer = signed_in.get("/tag/sdm?daftar=saya")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/tag/kepegawaian?daftar=saya")

    @pytest.mark.parametrize("q", ["", "%", "_", "\\", "\x00", "%FF", "x" * 5000, "bu%' --", "\u200b"])
    def test_completing_a_mention_takes_anything(self, signed_in: FlaskClient, q: str) -> None:
        answer = signed_in.get("/sebut", query_string={"q": q})
        assert (answer.status_code, answer.json) == (200, [])
        assert signed_in.get("/sebut?q=%FF&q=a").status_code == 200

    def test_completing_a_mention_shows_no_address_and_no_nip(self, signed_in: FlaskClient) -> None:
        a_member("budi", name="Budi Santoso", nip="198503122010011007")
        assert signed_in.get("/sebut?q=san").json == [{"username": "budi", "name": "Budi Santoso", "unit": ""}]


class TestTexts:
    @pytest.mark.parametrize("text", TEXTS)
    def test_a_text_that_cannot_be_posted_comes_back_with_the_reason(
        self, signed_in: FlaskClient, thread: Written, text: str
    ) -> None:
        before = snapshot()
        title = "Judul yang cukup panjang"
        sends = (
            ("/diskusi/baru", {"title": title, "board": "jalan", "kind": "question", "key": a_key()}),
            (f"{thread.url}/balas", {"ke": str(thread.post_id), "key": a_key()}),
            (f"/kiriman/{thread.post_id}/sunting", {"title": title, "version": "1"}),
        )
        for url, fields in sends:
            answer = send(signed_in, url, body=text, **fields)
            page = answer.get_data(as_text=True)
            assert answer.status_code == 422, url
            assert 'role="alert"' in page
            if text.strip("\x00 \n\t"):
                assert text.strip()[:60].replace(">", "&gt;") in page
        answer = send(signed_in, "/pratinjau", body=text)
        assert answer.status_code in (200, 422)
        assert snapshot() == before

    @pytest.mark.parametrize("odd", ODD)
    def test_odd_text_is_stored_as_it_can_be_and_shown_as_text(
        self, signed_in: FlaskClient, thread: Written, odd: str
    ) -> None:
        answer = send_reply(signed_in, thread.url, f"Awal yang cukup panjang {odd} akhir")
        if len(odd) < 1000:
            assert answer.status_code == 303
            page = signed_in.get(answer.headers["Location"]).get_data(as_text=True)
            assert "<script>" not in page.replace("<script nonce", "")
            assert "49" not in page.partition("Awal yang cukup panjang")[2][:40]
        else:
            assert answer.status_code in (303, 422)
        assert_counts_are_right()

    @pytest.mark.parametrize("title", ["", " \u200b", "\x00" * 20, "pendek", "x" * 151, "Judul " * 20_000])
    def test_a_title_that_cannot_be_used_comes_back_with_the_reason(
        self, signed_in: FlaskClient, thread: Written, title: str
    ) -> None:
        fields = {
            "title": title,
            "board": "jalan",
            "kind": "question",
            "body": "Isi yang harus selamat.",
            "key": a_key(),
        }
        answer = send(signed_in, "/diskusi/baru", **fields)
        assert answer.status_code == 422
        assert "Isi yang harus selamat." in answer.get_data(as_text=True)
        assert row_count(Thread) == 1

    @pytest.mark.parametrize("field", ["title", "board", "kind", "body", "key", "tags"])
    def test_a_form_without_a_field_is_refused_or_does_without(
        self, signed_in: FlaskClient, thread: Written, field: str
    ) -> None:
        fields = {
            "title": "Judul yang cukup panjang",
            "board": "jalan",
            "kind": "question",
            "body": "Isi yang harus selamat.",
            "key": a_key(),
            "tags": "a b",
        }
        del fields[field]
        answer = send(signed_in, "/diskusi/baru", **fields)
        if field in ("key", "tags", "kind"):
            assert answer.status_code == 303
        else:
            assert answer.status_code == 422
            for name in {"title", "body"} - {field}:
                assert fields[name] in answer.get_data(as_text=True)

    @pytest.mark.parametrize("key", ["", "x", "x" * 65, "x" * 100_000, "kunci\x00kunci", "ключ-ключ-ключ"])
    def test_a_form_with_a_bad_key_comes_back_with_a_good_one(
        self, signed_in: FlaskClient, thread: Written, key: str
    ) -> None:
        answer = send_reply(signed_in, thread.url, "Isi yang harus selamat.", key=key)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Isi yang harus selamat." in page
        fresh_key = page.partition('name="key"')[2].partition('value="')[2].partition('"')[0]
        assert send_reply(signed_in, thread.url, "Isi yang harus selamat.", key=fresh_key).status_code == 303

    @pytest.mark.parametrize("version", ["abc", "", "-1", "1e3", "9" * 500, "١", "1.0", "\x00", "0"])
    def test_an_edit_of_no_version_is_a_conflict_that_shows_both_texts(
        self, signed_in: FlaskClient, thread: Written, version: str
    ) -> None:
        answer = send(
            signed_in, f"/kiriman/{thread.post_id}/sunting", body="Suntingan saya yang panjang.", version=version
        )
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "Suntingan saya yang panjang." in page
        assert "Bagaimana cara melakukannya dengan benar?" in page
        assert row_count(Post) == 1

    @pytest.mark.parametrize("ke", ["abc", "0", "-1", str(2**63), "١", "\x00", "999999"])
    def test_a_reply_to_nothing_is_not_found_and_keeps_the_text(
        self, signed_in: FlaskClient, thread: Written, ke: str
    ) -> None:
        answer = send_reply(signed_in, thread.url, "Balasan yang harus selamat.", ke=ke)
        assert answer.status_code == 404
        assert "Balasan yang harus selamat." in answer.get_data(as_text=True)
        assert row_count(Post) == 1

    def test_a_reply_to_a_post_of_another_thread_is_not_found(
        self, signed_in: FlaskClient, thread: Written, author: Any
    ) -> None:
        other = a_thread(author, a_board())
        answer = send_reply(signed_in, thread.url, "Balasan yang harus selamat.", ke=str(other.post_id))
        assert answer.status_code == 404
        assert "Balasan yang harus selamat." in answer.get_data(as_text=True)

    def test_a_hostile_shape_is_refused_in_time_and_comes_back(self, signed_in: FlaskClient, thread: Written) -> None:
        for name in ("lines of '[a'", "emphasis in emphasis", "tables"):
            body = SHAPES[name](19_900)
            started = time.perf_counter()
            answer = send_reply(signed_in, thread.url, body)
            assert time.perf_counter() - started < 4, name  # 2 s for the child at most, and a busy machine
            assert answer.status_code in (303, 422), name
            if answer.status_code == 422:
                assert escape(body[:200]) in answer.get_data(as_text=True)

    @pytest.mark.parametrize("code", ["too_complex", "busy", "output_too_large"])
    def test_a_text_that_the_renderer_gives_up_on_comes_back(
        self, signed_in: FlaskClient, thread: Written, monkeypatch: pytest.MonkeyPatch, code: str
    ) -> None:
        class GivesUp:
            def render(self, *arguments: object, **more: object) -> None:
                raise Refused(code, **({"actual": 2, "allowed": 1} if code == "output_too_large" else {}))

        monkeypatch.setattr("forum.writing.texts.default_renderer", GivesUp)
        fields = {
            "title": "Judul yang cukup panjang",
            "board": "jalan",
            "kind": "question",
            "version": "1",
            "key": a_key(),
        }
        for url in ("/diskusi/baru", f"{thread.url}/balas", f"/kiriman/{thread.post_id}/sunting"):
            answer = send(signed_in, url, body="Isi yang harus selamat.", **fields)
            assert answer.status_code == 422
            assert "Isi yang harus selamat." in answer.get_data(as_text=True)
        assert send(signed_in, "/pratinjau", body="Isi").status_code == 422
        assert row_count(Post) == 1


class TestKeptText:
    TEXT = "Tulisan <yang> harus & selamat."
    SHOWN = "Tulisan &lt;yang&gt; harus &amp; selamat."

    def test_a_locked_thread_gives_the_text_back(self, signed_in: FlaskClient, thread: Written) -> None:
        lock(a_moderator(), thread)
        answer = send_reply(signed_in, thread.url, self.TEXT)
        assert answer.status_code == 403
        assert self.SHOWN in answer.get_data(as_text=True)

    def test_a_deleted_thread_gives_the_text_back(self, signed_in: FlaskClient, thread: Written) -> None:
        delete(a_moderator(), thread.post_id)
        answer = send_reply(signed_in, thread.url, self.TEXT, ke=str(thread.post_id))
        assert answer.status_code == 409
        assert self.SHOWN in answer.get_data(as_text=True)
        assert signed_in.get(thread.url).status_code == 404

    def test_a_deleted_post_gives_the_text_back(self, signed_in: FlaskClient, thread: Written) -> None:
        reply = a_reply(a_member(), thread)
        delete(a_moderator(), reply.post_id)
        answer = send_reply(signed_in, thread.url, self.TEXT, ke=str(reply.post_id))
        assert answer.status_code == 409
        assert self.SHOWN in answer.get_data(as_text=True)
        assert signed_in.get(f"{thread.url}/balas?ke={reply.post_id}").status_code == 409

    def test_a_board_that_was_closed_meanwhile_gives_the_text_back(self, signed_in: FlaskClient) -> None:
        a_board("arsip", is_archived=True)
        fields = {
            "title": "Judul yang cukup panjang",
            "board": "arsip",
            "kind": "question",
            "body": self.TEXT,
            "key": a_key(),
        }
        answer = send(signed_in, "/diskusi/baru", **fields)
        assert answer.status_code == 403
        assert self.SHOWN in answer.get_data(as_text=True)

    def test_an_edit_of_what_was_deleted_meanwhile_gives_the_text_back(
        self, signed_in: FlaskClient, thread: Written, author: Any
    ) -> None:
        reply = a_reply(author, thread)
        delete(a_moderator(), reply.post_id)
        answer = send(signed_in, f"/kiriman/{reply.post_id}/sunting", body=self.TEXT, version="1")
        assert answer.status_code == 403
        assert self.SHOWN in answer.get_data(as_text=True)

    def test_a_draft_that_is_too_long_is_refused_in_json(self, signed_in: FlaskClient) -> None:
        answer = send(signed_in, "/draf", json=True, place="new", body="x" * 40_001)
        assert answer.status_code == 413
        assert answer.json["error"]["status"] == 413

    def test_what_is_larger_than_a_request_may_be_is_refused(self, signed_in: FlaskClient, thread: Written) -> None:
        answer = send_reply(signed_in, thread.url, "x" * (signed_in.application.config["MAX_CONTENT_LENGTH"] + 10))
        assert answer.status_code == 413
        assert "Kembali ke halaman sebelumnya" in answer.get_data(as_text=True)


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b'{"body": "Tulisan"}', "application/json"),
            (b"{", "application/json"),
            (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
            (b"body=%FF%FE%00&title=%ED%A0%80&key=" + b"k" * 20, "application/x-www-form-urlencoded"),
            (b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\nteks', "multipart/form-data; boundary=x"),
            (b"", "multipart/form-data"),
            (b"<a/>", "text/xml"),
            (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded"),
        ],
    )
    def test_a_body_that_is_no_form_of_ours_changes_nothing(
        self, signed_in: FlaskClient, thread: Written, body: bytes, kind: str
    ) -> None:
        before = snapshot()
        headers = {"X-CSRFToken": csrf_token(signed_in)}
        for url in ("/diskusi/baru", f"{thread.url}/balas", f"/kiriman/{thread.post_id}/sunting", "/draf"):
            for accept in ("text/html", "application/json"):
                answer = signed_in.post(url, data=body, content_type=kind, headers={**headers, "Accept": accept})
                assert answer.status_code in (400, 404, 409, 413, 422), url
        assert snapshot() == before

    def test_bad_utf_8_is_kept_as_it_was_sent(self, signed_in: FlaskClient, thread: Written) -> None:
        token = quote(csrf_token(signed_in))
        body = f"csrf_token={token}&key={'k' * 20}&body=Isi+yang+cukup+panjang+%FF%FE+ini".encode()
        answer = signed_in.post(f"{thread.url}/balas", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 303
        db.session.rollback()
        stored = db.session.scalars(select(Post.body).order_by(Post.id.desc())).first()
        assert stored == "Isi yang cukup panjang %FF%FE ini"

    def test_fields_that_a_form_does_not_have_change_nothing(
        self, signed_in: FlaskClient, thread: Written, author: Any
    ) -> None:
        more = {
            "role": "admin",
            "author_id": "1",
            "is_sample": "1",
            "thread_id": "99",
            "created_at": "2000-01-01",
            "depth": "7",
        }
        assert send_reply(signed_in, thread.url, **more).status_code == 303
        assert fresh(type(author), author.id).role == "member"
        assert_counts_are_right()


def test_no_address_breaks_on_odd_fields(client: FlaskClient) -> None:
    """Each field of each form gets each odd value: an answer below 500, whatever it is."""
    scene = Scene()
    admin = scene.people["admin"]
    assert admin is not None
    odd = ["", "\x00", "\ud7ff\uffff", "-1", str(2**64), "١٢", "x" * 3000, "<script>", "\u202e\u200b"]
    posts = [row for row in ROWS if row.method == "POST" and row.endpoint != "accounts.sign_out" and row.fields]
    names = Names(scene)
    for index, row in enumerate(posts):
        path = row.path.format_map(names)
        fields = {name: value.format_map(names) for name, value in row.fields.items()}
        for shift, name in enumerate(fields):
            sign_in(client, admin if (index + shift) % 2 else scene.author)
            for value in odd[(index + shift) % 3 :: 3]:
                answer = send(client, path, **{**fields, name: value})
                assert answer.status_code < 500, (path, name, value)
