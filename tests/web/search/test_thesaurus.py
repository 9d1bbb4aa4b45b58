"""The pages of the thesaurus, by forms alone: list, new, edit with a preview, delete and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import transaction
from forum.search import backends
from forum.search.documents import Unavailable
from forum.search.queries import thesaurus as queries
from forum.search.services import thesaurus
from forum.search.thesaurus import shipped
from tests.factories.accounts import a_member, a_moderator, sign_in, viewer_for
from tests.factories.discussions import a_board, a_thread
from tests.factories.forms import send

PAGE = "/moderasi/tesaurus"
ENTRY = {"relation": "synonyms", "terms": "gerobak\nlapak keliling", "weight": "0.8", "version": "1"}


@pytest.fixture
def curator(app: Flask) -> User:
    return a_moderator("kurator", name="Ibu Kurator")


@pytest.fixture
def moderator(client: FlaskClient, curator: User) -> FlaskClient:
    sign_in(client, curator)
    return client


@pytest.fixture
def threads(index: Callable[[], Any], moderator: FlaskClient) -> None:
    """Two threads, each with one of the two words."""
    board, author = a_board(), a_member()
    a_thread(author, board, title="Gerobak dilarang di trotoar pasar")
    a_thread(author, board, title="Lapak keliling boleh di depan sekolah")
    index()


def shown(answer: Any, expected: int = 200) -> str:
    assert answer.status_code == expected
    return unescape(answer.get_data(as_text=True))


def sides(html: str) -> tuple[list[str], list[str]]:
    """The titles of the preview, before and after."""
    before, after = html.split('id="sesudah"')
    after = after.partition("</section>")[0]
    found = (
        re.findall(r'<a href="/diskusi/[^>]*>([^<]*)', before),
        re.findall(r'<a href="/diskusi/[^>]*>([^<]*)', after),
    )
    return found[0], found[1]


def test_the_list_shows_what_comes_with_the_program(moderator: FlaskClient) -> None:
    html = shown(moderator.get(PAGE))
    assert html.count(f'href="{PAGE}/bawaan-') == queries.PER_PAGE
    assert queries.listing().total == len(shipped())


def test_the_list_is_looked_through_by_word_and_state(moderator: FlaskClient) -> None:
    send(moderator, f"{PAGE}/baru", **ENTRY)
    assert "gerobak, lapak keliling" in shown(moderator.get(f"{PAGE}?q=Gerobak"))
    assert "gerobak, lapak keliling" in shown(moderator.get(f"{PAGE}?status=sendiri"))
    assert "gerobak, lapak keliling" not in shown(moderator.get(f"{PAGE}?status=bawaan&q=gerobak"))
    assert "Tidak ada entri yang cocok." in shown(moderator.get(f"{PAGE}?q=tidakadasamasekali"))


@pytest.mark.parametrize(("query", "status"), [("hal=9999", 404), ("hal=x", 404), ("status=apa", 200), ("q=%00", 200)])
def test_any_address_of_the_list_has_an_answer(moderator: FlaskClient, query: str, status: int) -> None:
    assert moderator.get(f"{PAGE}?{query}").status_code == status


def test_a_word_that_was_searched_for_in_vain_is_filled_in(moderator: FlaskClient) -> None:
    html = shown(moderator.get(f"{PAGE}/baru?kata=gerobak"))
    assert re.search(r"<textarea[^>]*>\s*gerobak", html)
    assert re.search(r'name="sample"\s+value="gerobak"', html)


def test_the_preview_shows_both_sides_and_stores_nothing(moderator: FlaskClient, threads: None) -> None:
    html = shown(send(moderator, f"{PAGE}/baru", act="preview", sample="gerobak", **ENTRY))
    before, after = sides(html)
    assert before == ["Gerobak dilarang di trotoar pasar"]
    assert set(after) == {"Gerobak dilarang di trotoar pasar", "Lapak keliling boleh di depan sekolah"}
    assert "baru</span>" in html
    assert queries.version_number() is None
    assert re.search(r"<textarea[^>]*>\s*gerobak\s+lapak keliling", html)


def test_the_preview_of_an_edit_leaves_the_entry_itself_out(moderator: FlaskClient, threads: None) -> None:
    send(moderator, f"{PAGE}/baru", **ENTRY)
    [row] = queries.listing("gerobak").rows
    html = shown(
        send(moderator, row.url, act="preview", sample="gerobak", **{**ENTRY, "terms": "gerobak, kereta sorong"})
    )
    before, after = sides(html)
    assert len(before) == 2
    assert after == ["Gerobak dilarang di trotoar pasar"]
    assert "hilang</span>" in html


def test_a_preview_of_no_difference_says_so(moderator: FlaskClient, threads: None) -> None:
    html = shown(send(moderator, f"{PAGE}/baru", act="preview", sample="trotoar", **ENTRY))
    assert "Perubahan ini tidak mengubah hasilnya." in html


def test_the_preview_needs_something_to_search_for(moderator: FlaskClient, threads: None) -> None:
    html = shown(send(moderator, f"{PAGE}/baru", act="preview", sample=" ", **ENTRY), 422)
    assert "Tulis pencarian contoh" in html


def test_without_an_index_the_preview_says_why_there_is_none(
    moderator: FlaskClient, threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(plan: object) -> None:
        raise Unavailable("broken")

    monkeypatch.setattr(backends.current(), "search", broken)
    html = shown(send(moderator, f"{PAGE}/baru", act="preview", sample="gerobak", **ENTRY))
    assert "pratinjau belum bisa dibuat" in html


def test_an_entry_changes_what_the_next_search_finds(moderator: FlaskClient, threads: None) -> None:
    found = [shown(moderator.get("/cari?q=gerobak")).count('<li class="hit')]
    assert send(moderator, f"{PAGE}/baru", **ENTRY).status_code == 303
    found.append(shown(moderator.get("/cari?q=gerobak")).count('<li class="hit'))
    assert found == [1, 2]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(moderator: FlaskClient) -> None:
    html = shown(send(moderator, f"{PAGE}/baru", **{**ENTRY, "terms": "gerobak saja", "note": "Catatan saya"}), 422)
    assert 'id="terms-error"' in html
    assert "gerobak saja" in html
    assert "Catatan saya" in html


def test_an_entry_that_came_with_the_program_is_edited_and_put_back(moderator: FlaskClient) -> None:
    row = queries.listing("pengaduan").rows[0]
    assert send(moderator, row.url, **ENTRY).status_code == 303
    html = shown(moderator.get(row.url))
    assert "lapak keliling" in html
    assert "Ibu Kurator" in html
    assert f'action="{row.url}/asal"' in html
    assert send(moderator, f"{row.url}/asal").status_code == 303
    assert queries.entry_row(row.ref).entry == row.entry


def test_a_deleted_entry_is_brought_back_by_undo(moderator: FlaskClient) -> None:
    send(moderator, f"{PAGE}/baru", **ENTRY)
    [row] = queries.listing("gerobak").rows
    answer = send(moderator, f"{row.url}/hapus", version="1")
    assert answer.status_code == 303
    [undo] = re.findall(r'formaction="([^"]*/pulihkan)"', shown(moderator.get(PAGE)))
    assert queries.listing("gerobak").rows == ()
    assert "Entri ini dihapus" in shown(moderator.get(row.url))
    assert send(moderator, undo).status_code == 303
    assert [kept.ref for kept in queries.listing("gerobak").rows] == [row.ref]


def test_whoever_is_slower_sees_both_and_may_save_again(moderator: FlaskClient, curator: User) -> None:
    send(moderator, f"{PAGE}/baru", **ENTRY)
    [row] = queries.listing("gerobak").rows
    with transaction():
        thesaurus.update(viewer_for(curator), row.ref, thesaurus.Change("synonyms", "", "gerobak, kedai", "0.8"), 1)
    mine = {**ENTRY, "terms": "gerobak, warung"}
    html = shown(send(moderator, row.url, **mine), 409)
    assert "Ibu Kurator mengubah" in html
    assert "gerobak, kedai" in html
    assert "gerobak, warung" in html
    [version] = set(re.findall(r'name="version"\s+value="(\d+)"', html))
    assert send(moderator, row.url, **{**mine, "version": version}).status_code == 303
    assert queries.entry_row(row.ref).entry.terms == ("gerobak", "warung")


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "١"])
def test_a_mangled_version_destroys_nothing(moderator: FlaskClient, version: str) -> None:
    send(moderator, f"{PAGE}/baru", **ENTRY)
    [row] = queries.listing("gerobak").rows
    assert send(moderator, row.url, **{**ENTRY, "terms": "gerobak, warung", "version": version}).status_code == 409
    assert send(moderator, f"{row.url}/hapus", version=version).status_code == 409
    assert queries.entry_row(row.ref).entry.terms == ("gerobak", "lapak keliling")


def test_what_was_typed_is_text_on_the_page(moderator: FlaskClient) -> None:
    nasty = "<script>alert(1)</script>"
    send(moderator, f"{PAGE}/baru", **{**ENTRY, "terms": f"{nasty}, gerobak", "note": nasty})
    [row] = queries.listing("gerobak").rows
    for path in (PAGE + "?status=sendiri", row.url, f"{PAGE}/baru?kata={nasty}"):
        assert "<script>alert" not in moderator.get(path).get_data(as_text=True)


@pytest.mark.parametrize("ref", ["0", "999", "bawaan-x", "bawaan-0000000000000000", "%00", "9" * 40])
def test_an_entry_that_is_not_there_is_not_found(moderator: FlaskClient, ref: str) -> None:
    assert moderator.get(f"{PAGE}/{ref}").status_code == 404
    assert send(moderator, f"{PAGE}/{ref}/hapus", version="1").status_code == 404
