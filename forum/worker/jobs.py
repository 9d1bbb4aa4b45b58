"""What the worker can do: for each topic of the outbox, the function that does it. (Search has a thread of its own: `indexing`.)

To add one: write a function that takes the row's key and put it into HANDLERS under its topic; whoever wants it done calls
`outbox.put(topic, key)` in the transaction that makes it necessary. A handler

- loads the state of this moment (the key says what to look at, nothing else),
- may be called again for work that was done already, and then changes nothing,
- opens `transaction()` itself where it writes, and keeps slow things (mail, files) outside of it,
- takes well under `outbox.LEASE`, and raises when it failed: it is called again later, with growing pauses.

PERIODIC names what the worker does of itself, again and again; its key is always "".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, or_

from forum.accounts import services as accounts
from forum.accounts.models import OneTimeLink, SecondFactor, UserSession
from forum.accounts.oidc import services as oidc
from forum.attachments import storage
from forum.attachments.services import keeping as attachments
from forum.config import Settings
from forum.core import clock, mail, outbox, ratelimit
from forum.core.content import CITATIONS
from forum.core.db import db, transaction
from forum.discussions.models import Draft
from forum.discussions.services import upkeep
from forum.library.services import citing, due
from forum.moderation.services import acting, checking
from forum.privacy.services import scanning
from forum.search.services import log

Handler = Callable[[str], None]

# Kept for this long after their end, so that what happened with a link or a session can still be looked up.
KEEP_ENDED = timedelta(days=7)
KEEP_DRAFTS = timedelta(days=180)
# Short, so that a worker that is told to stop does not keep anybody waiting.
RENDER_FOR = timedelta(seconds=5)
SCAN_FOR = timedelta(seconds=5)
COLLECT_FOR = timedelta(seconds=20)


def heartbeat(key: str) -> None:
    """Nothing: a row that is always served shows, by its lag, whether a worker is there."""


def forget_ended_sessions(key: str) -> None:
    """Remove sessions that ended, one-time links that were used or expired, and second factors that were never confirmed."""
    before = clock.now() - KEEP_ENDED
    with transaction():
        db.session.execute(delete(UserSession).where(UserSession.expires_at < before))
        db.session.execute(
            delete(OneTimeLink).where(or_(OneTimeLink.expires_at < before, OneTimeLink.used_at < before))
        )
        db.session.execute(
            delete(SecondFactor).where(SecondFactor.confirmed_at.is_(None), SecondFactor.created_at < before)
        )
        oidc.forget_spent()


def forget_rate_counts(key: str) -> None:
    """Remove counts of windows that are over."""
    with transaction():
        ratelimit.forget_old()


def forget_old_drafts(key: str) -> None:
    """Remove drafts that nobody has touched for KEEP_DRAFTS."""
    with transaction():
        db.session.execute(delete(Draft).where(Draft.updated_at < clock.now() - KEEP_DRAFTS))


def render_again(key: str) -> None:
    """Bring the HTML of posts up to the renderer of today, for as long as RENDER_FOR; then ask for the rest."""
    until = clock.now() + RENDER_FOR
    while upkeep.render_again():
        if clock.now() >= until:
            with transaction():
                outbox.put("posts.render_again", key)
            return


def send_welcome(key: str) -> None:
    """Mail a person the link to their first password. Done again it sends another link, and only that one opens."""
    settings: Settings = current_app.config["SETTINGS"]
    person = accounts.newcomer(int(key))
    if person is None or not settings.mail_server or settings.oidc_only:
        return
    with transaction():
        token = accounts.issue_link(person.id)
    server = mail.Server(settings.mail_server, settings.mail_port, settings.mail_from)
    place = accounts.Place(settings.site_name, settings.city_name, settings.own_address)
    mail.send(accounts.welcome_mail(person, token, place, server), server)


def tell_of_account(key: str) -> None:
    """Mail a person that the safety of their account has changed."""
    settings: Settings = current_app.config["SETTINGS"]
    about = accounts.told(key)
    if about is None or not settings.mail_server:
        return
    server = mail.Server(settings.mail_server, settings.mail_port, settings.mail_from)
    place = accounts.Place(settings.site_name, settings.city_name, settings.own_address)
    mail.send(accounts.account_mail(about, place, server), server)


def count_citations(key: str) -> None:
    """Bring the uses of guides in a post up to what it says now."""
    with transaction():
        citing.count_uses(int(key))


def review_dates(key: str) -> None:
    """Guides whose review date passed since yesterday stand lower in search from today on."""
    with transaction():
        due.touch_due()


def forget_old_searches(key: str) -> None:
    """Remove searches from the log that are older than the retention; when there are many, ask for the rest."""
    with transaction():
        if log.forget_old() >= log.FORGET_AT_ONCE:
            outbox.put("housekeeping.searches", key)


def look_for_personal_data(key: str) -> None:
    """Look through what this version of the detector has not seen, for as long as SCAN_FOR; then ask for the rest."""
    until = clock.now() + SCAN_FOR
    while batch := scanning.next_batch():
        db.session.rollback()
        with transaction():
            scanning.keep(batch)
            if clock.now() >= until:
                outbox.put("privacy.scan", key)
                return


def check_post(key: str) -> None:
    """Look whether a post is something for moderators."""
    if found := checking.look(int(key)):
        with transaction():
            checking.open_cases(int(key), found)


def forget_undo(key: str) -> None:
    """Let go of what taking back old acts of moderators would have needed."""
    with transaction():
        acting.forget_undo()


def collect_files(key: str) -> None:
    """Drop files that nobody posted, and what the store keeps of them: prefix by prefix from `key` on, for as long as COLLECT_FOR."""
    with transaction():
        attachments.forget_rows()
    store, until = storage.current(), clock.now() + COLLECT_FOR
    attachments.tidy(store)
    for prefix in storage.PREFIXES[storage.PREFIXES.index(key or storage.PREFIXES[0]) :]:
        if clock.now() >= until:
            with transaction():
                outbox.put("attachments.collect_rest", prefix)
            return
        attachments.collect(store, prefix)


HANDLERS: dict[str, Handler] = {
    "worker.heartbeat": heartbeat,
    "mail.welcome": send_welcome,
    "mail.account_changed": tell_of_account,
    "housekeeping.sessions": forget_ended_sessions,
    "housekeeping.rate_counts": forget_rate_counts,
    "housekeeping.drafts": forget_old_drafts,
    "housekeeping.searches": forget_old_searches,
    "housekeeping.undo": forget_undo,
    "posts.render_again": render_again,
    CITATIONS: count_citations,
    checking.CHECK: check_post,
    "library.review_dates": review_dates,
    "privacy.scan": look_for_personal_data,
    "attachments.collect": collect_files,
    "attachments.collect_rest": collect_files,
}

PERIODIC: dict[str, timedelta] = {
    "worker.heartbeat": timedelta(seconds=30),
    "housekeeping.sessions": timedelta(hours=6),
    "housekeeping.rate_counts": timedelta(hours=6),
    "housekeeping.drafts": timedelta(hours=24),
    "housekeeping.searches": timedelta(hours=24),
    "housekeeping.undo": timedelta(hours=24),
    "posts.render_again": timedelta(minutes=2),
    "library.review_dates": timedelta(hours=1),
    "privacy.scan": timedelta(minutes=15),
    "attachments.collect": timedelta(hours=6),
}
