"""Times and numbers as people read them, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from forum.core import i18n
from tests.conftest import NOW


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest, app: Flask, fixed_now: datetime) -> Iterator[str]:
    with app.test_request_context("/"), force_locale(request.param):
        yield request.param


def test_the_exact_time_is_that_of_the_city_with_its_zone(language: str) -> None:
    wanted = {"id": "24 November 2026 pukul 10.05 WIB", "en": "24 November 2026 at 10:05 WIB"}
    assert i18n.exact_time(NOW) == wanted[language]


def test_the_city_may_be_a_day_ahead_of_utc(language: str) -> None:
    wanted = {"id": "1 Januari 2027 pukul 00.30 WIB", "en": "1 January 2027 at 00:30 WIB"}
    assert i18n.exact_time(datetime(2026, 12, 31, 17, 30, tzinfo=UTC)) == wanted[language]


def test_the_short_time(language: str) -> None:
    assert i18n.short_time(NOW) == {"id": "10.05", "en": "10:05"}[language]


@pytest.mark.parametrize(
    ("ago", "indonesian", "english"),
    [
        (60, "1 menit lalu", "1 minute ago"),
        (59 * 60, "59 menit lalu", "59 minutes ago"),
        (3600, "1 jam lalu", "1 hour ago"),
        (5 * 3600, "5 jam lalu", "5 hours ago"),
        (3 * 86400, "3 hari lalu", "3 days ago"),
        (400 * 86400, "1 tahun lalu", "1 year ago"),
        (800 * 86400, "2 tahun lalu", "2 years ago"),
    ],
)
def test_relative_times(language: str, ago: int, indonesian: str, english: str) -> None:
    assert i18n.relative_time(NOW - timedelta(seconds=ago)) == {"id": indonesian, "en": english}[language]


@pytest.mark.parametrize("ago", [0, 59, -5])
def test_what_was_just_now_needs_no_number(app: Flask, fixed_now: datetime, ago: int) -> None:
    with app.test_request_context("/"):
        assert i18n.relative_time(NOW - timedelta(seconds=ago)) == "baru saja"


@given(st.integers(0, 10**8))
def test_relative_times_go_by_few_different_texts(seconds: int) -> None:
    """So that they can be cached: at most 60 minutes, 24 hours, and days."""
    coarse = i18n._coarse(seconds)
    assert 0 <= seconds - coarse < max(60, 86400 if coarse >= 86400 else 3600)
    assert coarse <= seconds


def test_the_time_tag_is_one_element_for_machines_and_people(language: str) -> None:
    tag = i18n.time_tag(NOW - timedelta(hours=5))
    assert isinstance(tag, Markup)
    element = ElementTree.fromstring(tag)
    assert element.attrib["datetime"] == "2026-11-23T22:05:00Z"
    assert element.attrib["title"] == i18n.exact_time(NOW - timedelta(hours=5))
    assert element.text == i18n.relative_time(NOW - timedelta(hours=5))


def test_the_day_is_that_of_the_city(language: str) -> None:
    element = ElementTree.fromstring(i18n.day_tag(datetime(2026, 10, 31, 18, 30, tzinfo=UTC)))
    assert element.text == {"id": "1 Nov 2026", "en": "1 Nov 2026"}[language]
    assert element.attrib["title"] == i18n.exact_time(datetime(2026, 10, 31, 18, 30, tzinfo=UTC))


@pytest.mark.parametrize(("value", "indonesian", "english"), [(0, "0", "0"), (1234567, "1.234.567", "1,234,567")])
def test_numbers(language: str, value: int, indonesian: str, english: str) -> None:
    assert i18n.number(value) == {"id": indonesian, "en": english}[language]


def test_outside_a_request_it_is_indonesian(app: Flask) -> None:
    assert i18n.language() == "id"


def test_variables_in_a_page_are_escaped(language: str) -> None:
    assert i18n.page_gettext("%(name)s", name="<b>") == "&lt;b&gt;"
    assert i18n.page_gettext("%(name)s", name=Markup("<b>")) == "<b>"
    assert i18n.page_ngettext("%(num)d %(x)s", "%(num)d %(x)s", 2, x="<i>") == "2 &lt;i&gt;"


def test_every_zone_of_the_country_has_its_letters(app: Flask) -> None:
    moment = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
    times = [i18n._exact(moment, "id", zone)[-10:].split()[-2:] for zone in i18n.ZONES]
    assert times == [["07.00", "WIB"], ["08.00", "WITA"], ["09.00", "WIT"]]
