"""Guides that somebody may want to cite, for what they have typed so far."""

from __future__ import annotations

from dataclasses import dataclass

from forum.core.db import db
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import guide_url
from forum.library.models import Guide
from forum.library.queries.lists import card_of, cards_statement
from forum.library.queries.shapes import Badge
from forum.search.documents import Unavailable
from forum.search.services.searching import Request, search
from forum.search.services.suggesting import suggest

SHORTEST = 2
MOST = 6


@dataclass(frozen=True, slots=True)
class Pick:
    title: str
    url: str
    badge_label: str
    area: str


def pick(viewer: Viewer, text: str) -> tuple[Pick, ...]:
    """Up to six guides: those whose title goes on as typed, then those that the search finds. Nothing without an index."""
    if len(text) < SHORTEST:
        return ()
    try:
        urls = [one.url for one in suggest(viewer, text) if one.kind == "panduan"]
        urls += [hit.card.head_url for hit in search(viewer, Request(text=text, kinds=("panduan",))).hits]
    except Unavailable:
        return ()
    chosen = list(dict.fromkeys(urls))[:MOST]
    prefix = guide_url("")
    slugs = [url.removeprefix(prefix) for url in chosen]
    rows = db.session.execute(
        cards_statement().where(
            Guide.slug.in_(slugs), Guide.published_number.is_not(None), policy.guides_visible_to(viewer)
        )
    )
    cards = {card.url: card for card in map(card_of, rows)}
    return tuple(
        Pick(cards[url].title, url, _label(cards[url].badge), cards[url].area) for url in chosen if url in cards
    )


def _label(badge: Badge) -> str:
    return {
        Badge.VALIDATED: _("Tervalidasi"),
        Badge.UNVALIDATED: _("Belum divalidasi"),
        Badge.REVIEW_DUE: _("Perlu ditinjau"),
        Badge.ARCHIVED: _("Diarsipkan"),
        Badge.UNPUBLISHED: _("Belum terbit"),
    }[badge]
