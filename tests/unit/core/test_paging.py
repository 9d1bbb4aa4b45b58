"""Addresses of places in lists: what comes in from outside is one of ours, or not found; never an error."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.errors import NotFound
from forum.core.paging import MAX_ID, MAX_PAGE, Cursor, decode_cursor, page_window, parse_id, parse_page

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
IDS = st.integers(1, MAX_ID)


@given(MOMENTS, IDS, st.booleans())
def test_a_cursor_comes_back_as_it_was(moment: datetime, id: int, backwards: bool) -> None:
    cursor = Cursor(moment, id, backwards)
    assert decode_cursor(cursor.encode()) == cursor


@given(MOMENTS, IDS)
def test_a_cursor_needs_no_escaping_in_an_address(moment: datetime, id: int) -> None:
    text = Cursor(moment, id).encode()
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("text", [None, ""])
def test_no_cursor_is_the_first_page(text: str | None) -> None:
    assert decode_cursor(text) is None


def coded(raw: str) -> str:
    return base64.urlsafe_b64encode(raw.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "%%%",
        "é",
        "A" * 5000,
        coded("f"),
        coded("f1"),
        coded("f1:2:3"),
        coded("f1:"),
        coded("f:1"),
        coded("fnan:1"),
        coded("finf:1"),
        coded("f1e300:1"),
        coded("f-1e20:1"),
        coded("f1:0"),
        coded("f1:-1"),
        coded("f1:9999999999999999999"),
        coded("x1:1"),
    ],
)
def test_a_cursor_that_is_not_ours_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        decode_cursor(text)


@given(st.text())
def test_no_text_breaks_the_cursor(text: str) -> None:
    with suppress(NotFound):
        decode_cursor(text)


@given(IDS)
def test_an_id_is_read(id: int) -> None:
    assert parse_id(str(id)) == id


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "+1", " 1", "1 ", "1.0", "1e9", "0x1", "١", "²", "1_000", "1\n", str(MAX_ID + 1), "9" * 5000],
)
def test_what_is_no_id_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        parse_id(text)


@pytest.mark.parametrize(("text", "page"), [(None, 1), ("", 1), ("1", 1), ("7", 7), (str(MAX_PAGE), MAX_PAGE)])
def test_a_page_is_read(text: str | None, page: int) -> None:
    assert parse_page(text) == page


@pytest.mark.parametrize("text", ["0", "-1", "x", "1e3", str(MAX_PAGE + 1), str(2**63)])
def test_what_is_no_page_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        parse_page(text)


@pytest.mark.parametrize(
    ("page", "pages", "links"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 3, None, 9]),
        (5, 9, [1, None, 3, 4, 5, 6, 7, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 7, 8, 9]),
    ],
)
def test_the_window_has_the_ends_and_the_neighbours(page: int, pages: int, links: list[int | None]) -> None:
    assert page_window(page, pages) == links


@given(st.integers(1, 500), st.data())
def test_the_window_never_hides_a_single_page_nor_grows(pages: int, data: st.DataObject) -> None:
    page = data.draw(st.integers(1, pages))
    window = page_window(page, pages)
    numbers = [number for number in window if number is not None]
    assert numbers == sorted(set(numbers))
    assert {1, page, pages} <= set(numbers)
    assert len(window) <= 9
