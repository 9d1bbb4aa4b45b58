"""What is typed before there is a draft, the ways to read a review, going back to an old text, the curators' desk."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core import content
from forum.core.db import transaction
from forum.core.errors import Invalid, NotFound
from forum.discussions.models import Post, Thread
from forum.discussions.services import curating
from forum.library.queries.sketches import NEW, from_thread, sketch_at, sketches
from forum.library.services import citing, sketching
from forum.library.services.sketching import MAX_SKETCHES
from forum.search.services import log
from tests.factories.accounts import a_member, a_moderator, a_unit, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, fresh
from tests.factories.forms import send
from tests.factories.guides import a_change, a_guide, a_guide_text, a_pending, approved, guide, submitted


def searched_in_vain(words: str) -> None:
    searcher = viewer_for(a_member())
    with transaction():
        log.record(searcher, words, 0, 0, "")


class TestSketches:
    """Lost connections, closed tabs, another machine: what was typed is there again."""

    def test_what_is_typed_is_in_the_form_again_until_it_is_saved(self, client: FlaskClient) -> None:
        author = a_member()
        sign_in(client, author)
        kept = {"place": NEW, "title": "Setengah judul", "langkah": "Langkah pertama", "tags": "loket"}
        answer = send(client, "/naskah/sementara", **kept)
        assert re.fullmatch(r"\d\d\.\d\d", answer.get_json()["saved_at"])
        page = client.get("/panduan/baru").get_data(as_text=True)
        assert 'value="Setengah judul"' in page
        assert "Langkah pertama" in page
        assert 'value="loket"' in page
        assert "yang belum disimpan" in page
        text = {"title": "Judul yang cukup panjang", "situasi": "Warga.", "langkah": "Kerjakan.", "review_months": "6"}
        assert send(client, "/panduan/baru", **{**text, "kind": "procedure"}).status_code == 303
        assert sketch_at(viewer_for(author), NEW) is None

    def test_it_can_be_thrown_away(self, client: FlaskClient) -> None:
        author = a_member()
        sign_in(client, author)
        send(client, "/naskah/sementara", place=NEW, title="Setengah")
        assert send(client, "/naskah/sementara/buang", place=NEW).status_code == 303
        assert "Setengah" not in client.get("/panduan/baru").get_data(as_text=True)

    def test_nobody_else_sees_it(self, client: FlaskClient) -> None:
        author, other = a_member(), a_moderator()
        with transaction():
            sketching.keep(viewer_for(author), NEW, {"title": "Rahasia saya"})
        sign_in(client, other)
        for path in ("/panduan/baru", "/moderasi/panduan"):
            assert "Rahasia saya" not in client.get(path).get_data(as_text=True)

    def test_a_guide_from_a_thread_goes_on_where_it_was_left(self, client: FlaskClient) -> None:
        curator = a_moderator()
        thread = a_thread(a_member(), a_board())
        with transaction():
            sketching.keep(viewer_for(curator), from_thread(thread.thread_id), {"title": "Setengah dari diskusi"})
        sign_in(client, curator)
        page = client.get(f"/panduan/dari-diskusi/{thread.thread_id}").get_data(as_text=True)
        assert "Setengah dari diskusi" in page
        desk = client.get("/moderasi/panduan").get_data(as_text=True)
        assert f'href="/panduan/dari-diskusi/{thread.thread_id}"' in desk

    def test_there_is_no_place_for_what_is_not_there_or_too_long(self, app: Flask) -> None:
        by = viewer_for(a_moderator())
        for place in ("", "guide:from:x", "guide:from:", "lain", "guide:new:1"):
            with pytest.raises(Invalid), transaction():
                sketching.keep(by, place, {"title": "Setengah"})
        with pytest.raises(NotFound), transaction():
            sketching.keep(by, from_thread(987654), {"title": "Setengah"})
        with pytest.raises(Invalid), transaction():
            sketching.keep(by, NEW, {"langkah": "x" * 200_000})
        assert sketches(by) == ()

    def test_an_empty_one_is_none_and_only_so_many_are_kept(self, app: Flask) -> None:
        by, board = viewer_for(a_moderator()), a_board()
        with transaction():
            sketching.keep(by, NEW, {"title": "Setengah"})
        with transaction():
            assert sketching.keep(by, NEW, {"title": "  "}) is None
        assert sketches(by) == ()
        asker = a_member()
        for _n in range(MAX_SKETCHES + 2):
            thread = a_thread(asker, board)
            with transaction():
                sketching.keep(by, from_thread(thread.thread_id), {"title": "Setengah"})
        assert len(sketches(by)) == MAX_SKETCHES


class TestReview:
    def test_a_change_is_read_in_one_column_side_by_side_or_finished(self, client: FlaskClient) -> None:
        author, curator = a_member(), a_moderator()
        published = a_guide(author, a_guide_text("Mengurus lampu jalan padam", langkah="Catat lokasi lampu."))
        text = a_guide_text("Mengurus lampu jalan padam", langkah="Catat nomor tiang lampu.")
        pending = submitted(a_change(published, author, text), author)
        sign_in(client, curator)
        one = client.get(f"/tinjau/{pending.id}").get_data(as_text=True)
        assert "[ditambahkan" in one
        twin = client.get(f"/tinjau/{pending.id}?tampilan=berdampingan").get_data(as_text=True)
        left, right = re.findall(r'<div class="diff">(.*?)</div>', twin, re.DOTALL)
        assert "<del>lokasi</del>" in left
        assert "<ins>" not in left
        assert "<ins>" in right
        assert "<del>" not in right
        finished = client.get(f"/tinjau/{pending.id}?tampilan=jadi").get_data(as_text=True)
        assert "<p>Catat nomor tiang lampu.</p>" in finished
        assert client.get(f"/tinjau/{pending.id}?tampilan=lain").status_code == 200

    def test_an_old_text_is_proposed_again_from_the_history(self, client: FlaskClient) -> None:
        author = a_member()
        published = a_guide(author, a_guide_text("Mengurus lampu jalan padam", langkah="Cara lama."))
        approved(submitted(a_change(published, author, a_guide_text("Mengurus lampu jalan padam")), author))
        reader = a_member()
        sign_in(client, reader)
        history = client.get(f"/panduan/{published.slug}/riwayat").get_data(as_text=True)
        assert 'name="versi" value="1"' in history
        assert 'name="versi" value="2"' not in history, "that one holds"
        answer = send(client, f"/panduan/{published.id}/usul", versi="1")
        draft = client.get(answer.location).get_data(as_text=True)
        assert "Cara lama." in draft
        assert guide(published.id).published_number == 2

    def test_who_has_an_open_draft_is_told_that_it_stays(self, client: FlaskClient) -> None:
        author = a_member()
        published = a_guide(author, a_guide_text("Mengurus lampu jalan padam", langkah="Cara lama."))
        approved(submitted(a_change(published, author, a_guide_text("Mengurus lampu jalan padam")), author))
        a_change(guide(published.id), author, a_guide_text("Mengurus lampu jalan padam", langkah="Sedang saya tulis."))
        sign_in(client, author)
        answer = send(client, f"/panduan/{published.id}/usul", versi="1")
        page = client.get(answer.location).get_data(as_text=True)
        assert "Sedang saya tulis." in page
        assert "masih punya naskah yang terbuka" in page


class TestDesk:
    def test_it_shows_what_is_searched_in_vain_with_what_can_be_done(self, client: FlaskClient) -> None:
        searched_in_vain("kartu nelayan hilang")
        sign_in(client, a_moderator())
        page = client.get("/moderasi/panduan").get_data(as_text=True)
        assert "kartu nelayan hilang" in page
        assert 'href="/panduan/baru?judul=kartu+nelayan+hilang"' in page
        assert 'href="/moderasi/tesaurus/baru?kata=kartu+nelayan+hilang"' in page
        form = client.get("/panduan/baru?judul=kartu+nelayan+hilang").get_data(as_text=True)
        assert 'value="kartu nelayan hilang"' in form

    def test_members_do_not_see_what_others_search(self, client: FlaskClient) -> None:
        searched_in_vain("kartu nelayan hilang")
        sign_in(client, a_member())
        assert "kartu nelayan" not in client.get("/moderasi/panduan").get_data(as_text=True)

    def test_what_was_asked_again_is_worth_a_guide_before_what_was_talked_about_more(self, app: Flask) -> None:
        asker, helper, board, curator = a_member(), a_member(), a_board(), a_moderator()
        asked_again, talked_about = a_thread(asker, board), a_thread(asker, board)
        for thread, replies in ((asked_again, 1), (talked_about, 3)):
            answers = [a_reply(helper, thread) for _n in range(replies)]
            with transaction():
                curating.solve(viewer_for(asker), answers[0].post_id, on=True)
        again = a_thread(helper, board)
        assert [one.id for one in content.solved_threads(viewer_for(curator), frozenset(), 5)] == [
            talked_about.thread_id,
            asked_again.thread_id,
        ]
        with transaction():
            fresh(Thread, again.thread_id).duplicate_of_id = asked_again.thread_id
        found = content.solved_threads(viewer_for(curator), frozenset(), 5)
        assert [one.id for one in found] == [asked_again.thread_id, talked_about.thread_id]

    def test_the_share_of_solved_threads_that_cite_a_guide(self, client: FlaskClient) -> None:
        asker, helper, board = a_member(), a_member(), a_board()
        published = a_guide()
        for cites in (True, False, False):
            thread = a_thread(asker, board)
            answer = a_reply(helper, thread)
            with transaction():
                if cites:
                    fresh(Post, answer.post_id).html = f'<a href="/panduan/{published.slug}">ini</a>'
                curating.solve(viewer_for(asker), answer.post_id, on=True)
            with transaction():
                citing.count_uses(answer.post_id)
        a_thread(asker, board)
        sign_in(client, a_moderator())
        assert "1 dari 3 diskusi selesai merujuk panduan (33%)" in client.get("/moderasi/panduan").get_data(
            as_text=True
        )


def test_an_address_of_another_page_is_refused(client: FlaskClient) -> None:
    published = a_guide()
    sign_in(client, a_moderator())
    fields = {"aksi": "alamat", "slug": "baru", "version": str(published.version)}
    answer = send(client, f"/panduan/{published.id}/atur", **fields)
    assert answer.status_code == 422
    assert "Alamat ini dipakai halaman lain." in answer.get_data(as_text=True)
    assert guide(published.id).slug == published.slug


def test_the_words_of_a_decision_that_came_too_late_are_given_back(client: FlaskClient) -> None:
    pending = a_pending()
    version = str(pending.version)
    approved(pending)
    sign_in(client, a_moderator())
    late = {"aksi": "tolak", "version": version, "reason": "Nomor suratnya perlu diperiksa lagi."}
    answer = send(client, f"/tinjau/{pending.id}", **late)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "sudah disetujui" in page
    assert "Nomor suratnya perlu diperiksa lagi." in page


def test_the_index_is_narrowed_by_unit_tag_and_state_together(client: FlaskClient) -> None:
    unit = a_unit("Dinas Lingkungan Hidup", slug="dlh")
    one = a_guide(unit_id=unit.id, tags=["sampah"])
    other = a_guide(tags=["sampah"])
    third = a_guide(unit_id=unit.id, tags=["air"], validates=False)
    sign_in(client, a_member())

    def shown(query: str) -> set[str]:
        page = client.get(f"/panduan{query}").get_data(as_text=True)
        return {made.slug for made in (one, other, third) if f'<h3><a href="/panduan/{made.slug}"' in page}

    assert shown("") == {one.slug, other.slug, third.slug}
    assert shown("?opd=dlh") == {one.slug, third.slug}
    assert shown("?opd=dlh&tag=sampah") == {one.slug}
    assert shown("?opd=dlh&keadaan=belum") == {third.slug}
    page = client.get("/panduan?opd=dlh").get_data(as_text=True)
    assert 'href="/panduan?opd=dlh&amp;tag=sampah"' in page
    assert 'href="/panduan" aria-current="true"' in page, "the way back from the unit"
