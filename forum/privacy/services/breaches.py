"""Breaches of personal data: opened, notified, closed. UU 27/2022 article 46 gives 3 x 24 hours for the written notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.privacy import policy
from forum.privacy.masking import masked
from forum.privacy.models import NOTICE_WITHIN, STEPS, Breach, Held, PrivacyFinding
from forum.privacy.services.personal import fingerprint, found_in
from forum.privacy.sources import all_sources, source_of

LEAST_TITLE, MOST_TITLE = 5, 150
LEAST_WORDS, MOST_WORDS = 4, 200
MOST_ITEMS, MOST_HITS = 200, 100
MOST_NOTE = 2000


def search(actor: Viewer, words: str) -> tuple[Held, ...]:
    """What holds `words`: as they are written, or as a number that was found before in any spelling. The audit log has it masked.

    Raises Denied, Invalid (field 'cari').
    """
    policy.require_admin(actor)
    words = words.strip()
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        raise Invalid(_("Tulis %(least)d sampai %(most)d huruf.", least=LEAST_WORDS, most=MOST_WORDS), "cari")
    prints = {one.print for one in found_in({"": words})} | {fingerprint(words)}
    known = select(PrivacyFinding.object_kind, PrivacyFinding.object_id).where(PrivacyFinding.fingerprint.in_(prints))
    found = {Held(*row) for row in db.session.execute(known)}
    for source in all_sources():
        found |= {Held(source.kind, object_id) for object_id in source.holding(words, MOST_HITS)}
    audit.record(actor, "breach.search", "breach", None, after={"words": _hidden(words), "found": len(found)})
    return tuple(sorted(found, key=lambda one: (one.kind, one.id))[:MOST_HITS])


def _hidden(words: str) -> str:
    """What the log may hold of a search: masked, and of anything else the beginning alone."""
    hidden = masked(words)
    return hidden if hidden != words else f"{words[:2]}…"


def at_addresses(text: str) -> tuple[Held, ...]:
    """What stands at addresses of the site, one a line. Raises Invalid (field 'alamat') for one that leads to nothing."""
    found: dict[str, Held] = {}
    for line in filter(None, map(str.strip, text.splitlines()[:MOST_ITEMS])):
        held = next((Held(s.kind, object_id) for s in all_sources() if (object_id := s.at(line)) is not None), None)
        if held is None or not _is_there(held):
            raise Invalid(_("Alamat ini tidak dikenal: %(address)s", address=masked(line[:100])), "alamat")
        found[held.key] = held
    return tuple(found.values())


def by_keys(keys: Iterable[str]) -> tuple[Held, ...]:
    """Chosen results ("post:12"). Raises Invalid (field 'pilih') for one that is not there."""
    found = []
    for key in list(keys)[:MOST_ITEMS]:
        kind, _colon, number = key.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 19) or not _is_there(Held(kind, int(number))):
            raise Invalid(_("Pilihan ini tidak tersedia (lagi)."), "pilih")
        found.append(Held(kind, int(number)))
    return tuple(found)


def _is_there(held: Held) -> bool:
    source = source_of(held.kind)
    return source is not None and held.id in source.places([held.id])


def open_breach(actor: Viewer, title: str, items: Sequence[Held], known_at: datetime) -> int:
    """A record of a breach; its id. `known_at`: when the office learned of it. Raises Denied, Invalid."""
    policy.require_admin(actor)
    title = masked(one_line(title))
    if not LEAST_TITLE <= len(title) <= MOST_TITLE:
        raise Invalid(
            _("Tulis judul dengan %(least)d sampai %(most)d huruf.", least=LEAST_TITLE, most=MOST_TITLE), "judul"
        )
    if not items:
        raise Invalid(_("Pilih sedikitnya satu tulisan, atau tulis alamatnya."), "alamat")
    now = clock.now()
    if known_at > now:
        raise Invalid(_("Waktu diketahui tidak mungkin di masa depan."), "diketahui")
    row = Breach(
        title=title,
        items=[{"kind": held.kind, "id": held.id} for held in dict.fromkeys(items)],
        steps=[],
        known_at=known_at,
        opened_at=now,
        opened_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "breach.open",
        "breach",
        row.id,
        after={"items": row.items, "known_at": known_at.isoformat()},
        reason=title,
    )
    return row.id


def keep_steps(actor: Viewer, breach_id: int, steps: Iterable[str], note: str) -> None:
    """Which steps of the checklist are done, and a note, masked. Raises Denied, NotFound, Conflict, Invalid."""
    row = _open(actor, breach_id)
    note = masked(note.strip())
    if len(note) > MOST_NOTE:
        raise Invalid(_("Catatan terlalu panjang: paling banyak %(most)d huruf.", most=MOST_NOTE), "catatan")
    wanted = [step for step in STEPS if step in set(steps)]
    before = {"steps": row.steps}
    row.steps, row.note = wanted, note
    db.session.flush()
    audit.record(actor, "breach.steps", "breach", row.id, before=before, after={"steps": wanted})


def notify(actor: Viewer, breach_id: int) -> None:
    """The written notices went out. Raises Denied, NotFound, Conflict."""
    row = _open(actor, breach_id)
    if row.state != "open":
        raise Conflict(_("Pemberitahuan sudah dicatat sebelumnya."))
    row.state, row.notified_at = "notified", clock.now()
    in_time = row.notified_at - row.known_at <= NOTICE_WITHIN
    db.session.flush()
    audit.record(actor, "breach.notify", "breach", row.id, after={"in_time": in_time})


def close(actor: Viewer, breach_id: int, reason: str) -> None:
    """Nothing is left to do. `reason`: the outcome, or why no notice was given. Raises Denied, NotFound, Conflict, Invalid."""
    row = _open(actor, breach_id)
    reason = masked(one_line(reason))
    if not 10 <= len(reason) <= 300:
        raise Invalid(_("Tulis hasilnya dengan 10 sampai 300 huruf."), "hasil")
    row.state, row.closed_at = "closed", clock.now()
    db.session.flush()
    audit.record(
        actor, "breach.close", "breach", row.id, after={"notified": row.notified_at is not None}, reason=reason
    )


def _open(actor: Viewer, breach_id: int) -> Breach:
    policy.require_admin(actor)
    row = db.session.get(Breach, breach_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.state == "closed":
        raise Conflict(_("Catatan ini sudah ditutup."))
    return row
