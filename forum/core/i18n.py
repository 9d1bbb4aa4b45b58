"""Language, times and numbers as people read them. Message ids are Indonesian; the English catalogue translates them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import Babel, get_locale, get_translations, gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from forum.core import clock

LOCALES = ("id", "en")
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
DEFAULT_ZONE = "Asia/Jakarta"

babel = Babel()
lazy: Callable[..., Any] = lazy_gettext

__all__ = [
    "LOCALES",
    "_",
    "babel",
    "date_tag",
    "day_tag",
    "exact_time",
    "lazy",
    "local_date",
    "message_id",
    "ngettext",
    "number",
    "relative_time",
    "short_time",
    "time_tag",
    "translated",
]


def _(message: str, **variables: object) -> str:
    """`message` in the language of the request, with `variables` put in."""
    return str(gettext(message, **variables))


def page_gettext(message: str, **variables: Any) -> Markup:
    """`gettext` for templates: variables are escaped. Indonesian is the language of the ids, so nothing is looked up for it."""
    text = Markup(message if language() == "id" else get_translations().ugettext(message))  # noqa: S704 - our own words
    return text % variables if variables else text


def page_ngettext(singular: str, plural: str, num: int, **variables: Any) -> Markup:
    """`ngettext` for templates, with `num` among the variables. Indonesian has no plural forms."""
    text = singular if language() == "id" else get_translations().ungettext(singular, plural, num)
    return Markup(text) % {"num": num, **variables}  # noqa: S704 - our own words


def message_id(text: object) -> str:
    """The id of a sentence that was marked with `lazy`, to be kept and translated later; a plain text is its own."""
    return str(text._args[0]) if isinstance(text, LazyString) else str(text)


def translated(message: str, params: Mapping[str, Any]) -> str:
    """A sentence by its id in the language of the request; as it is where `params` do not fill it."""
    text = str(gettext(message))
    try:
        return text % params if params else text
    except (KeyError, ValueError, TypeError):
        return text


def language() -> str:
    """The language of this request: 'id' or 'en'; 'id' outside a request."""
    locale = get_locale()
    return str(locale.language) if locale else "id"


@lru_cache(maxsize=4096)
def _exact(minute: datetime, locale: str, zone: str) -> str:
    local = minute.astimezone(ZoneInfo(zone))
    joiner = "pukul" if locale == "id" else "at"
    clock_pattern = "HH.mm" if locale == "id" else "HH:mm"
    day_and_time = format_datetime(local, f"d MMMM y '{joiner}' {clock_pattern}", locale=locale)
    return f"{day_and_time} {ZONES[zone]}"


def exact_time(moment: datetime) -> str:
    """`24 November 2026 pukul 10.05 WIB`. Babel's own full format does not know WIB, WITA and WIT."""
    return _exact(moment.replace(second=0, microsecond=0), language(), DEFAULT_ZONE)


def short_time(moment: datetime) -> str:
    """Hour and minute: `10.05` (id) or `10:05` (en), in the city's zone."""
    return moment.astimezone(ZoneInfo(DEFAULT_ZONE)).strftime("%H.%M" if language() == "id" else "%H:%M")


@lru_cache(maxsize=4096)
def _relative(seconds: int, locale: str) -> str:
    text = str(format_timedelta(timedelta(seconds=-seconds), add_direction=True, locale=locale, threshold=1))
    return text.replace(" yang lalu", " lalu")  # as short as people say it


def _coarse(seconds: int) -> int:
    """Seconds rounded to what a reader sees anyway, so that few different texts have to be made and cached."""
    for unit in (86400, 3600, 60):
        if seconds >= unit:
            return seconds // unit * unit
    return seconds


def relative_time(moment: datetime) -> str:
    """`5 menit lalu`; under a minute `baru saja`."""
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < 60:
        return _("baru saja")
    return _relative(_coarse(seconds), language())


def time_tag(moment: datetime) -> Markup:
    """`<time>` with the relative time as text, and the exact one for machines and on hover."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), exact_time(moment), relative_time(moment)
    )


def local_date(moment: datetime) -> date:
    """The day of `moment` in the city's zone."""
    return moment.astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def date_tag(day: date) -> Markup:
    """A `<time>` element for a day: `3 November 2026`."""
    words = format_date(day, "d MMMM y", locale=language())
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), words)


@lru_cache(maxsize=4096)
def _day(minute: datetime, locale: str) -> str:
    return str(format_datetime(minute.astimezone(ZoneInfo(DEFAULT_ZONE)), "d MMM y", locale=locale))


def day_tag(moment: datetime) -> Markup:
    """`<time>` with the day in the city's zone as text (`24 Nov 2026`), and the exact time for machines and on hover."""
    minute = moment.replace(second=0, microsecond=0)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), exact_time(moment), _day(minute, language())
    )


def number(value: Any) -> str:
    """A number with the separators of the language: `1.234` (id), `1,234` (en)."""
    return str(format_decimal(value, locale=language()))


def init_app(app: Flask, directory: str, choose: Callable[[], str]) -> None:
    """Connect Flask-Babel to the catalogues in `directory`; `choose` tells the language of the current request."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = directory
    babel.init_app(app, default_locale="id", locale_selector=choose)
    app.jinja_env.globals.update(_=page_gettext, gettext=page_gettext, ngettext=page_ngettext)
