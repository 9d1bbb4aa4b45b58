"""Addresses, page numbers and cursors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core.errors import NotFound
from forum.core.paging import MAX_ID, Cursor, decode_cursor, page_window, parse_id, parse_page, with_query
from forum.discussions.addresses import MAX_SLUG, slugify

QUICK = settings(max_examples=200, deadline=None, database=None)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@QUICK
@given(st.text())
def test_a_slug_is_short_ascii_and_never_empty(text: str) -> None:
    slug = slugify(text)
    assert 0 < len(slug) <= MAX_SLUG
    assert slug.isascii()
    assert slug == slug.lower().strip("-")
    assert slugify(slug) == slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Bagaimana mengurus izin?", "bagaimana-mengurus-izin"),
        ("Café & Résumé", "cafe-resume"),
        ("？？？", "diskusi"),
        ("😀", "diskusi"),
        ("a" * 200, "a" * 80),
        (f"{'kata ' * 30}", "-".join(["kata"] * 16)),
    ],
)
def test_slugs_are_words_of_the_title(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_parameters_that_are_none_are_left_out() -> None:
    assert with_query("/a", b=None) == "/a"
    assert with_query("/a", b=None, c=1, d="x y&z") == "/a?c=1&d=x+y%26z"


@QUICK
@given(MOMENTS, st.integers(1, MAX_ID), st.booleans())
def test_a_cursor_comes_back_to_the_microsecond(moment: datetime, key: int, backwards: bool) -> None:
    cursor = Cursor(moment, key, backwards)
    assert decode_cursor(cursor.encode()) == cursor


@QUICK
@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_a_forged_cursor_is_not_found_or_a_place_in_the_list(text: str) -> None:
    try:
        found = decode_cursor(text)
    except NotFound:
        return
    assert found is None or (0 < found.id <= MAX_ID and found.moment.utcoffset() == timedelta(0))


@QUICK
@given(st.text() | st.integers().map(str))
def test_an_id_is_a_plain_number_that_the_database_can_hold(text: str) -> None:
    try:
        found = parse_id(text)
    except NotFound:
        return
    assert 0 < found <= MAX_ID
    assert text.isascii()
    assert int(text) == found


def test_no_page_number_means_the_first() -> None:
    assert parse_page(None) == parse_page("") == parse_page("1") == 1


@QUICK
@given(st.integers(1, 500), st.integers(0, 499))
def test_the_links_of_a_page_hold_first_last_and_neighbours_with_gaps_marked(pages: int, offset: int) -> None:
    page = min(pages, offset + 1)
    links = page_window(page, pages)
    numbers = [number for number in links if number is not None]
    assert numbers == sorted(set(numbers))
    assert {1, page, pages} <= set(numbers)
    assert len(links) <= 9
    for before, after in pairwise(links):
        assert (before is None or after is None) or after == before + 1
        assert not (before is None and after is None)
