"""Before something is stored: its author sees what looks like personal data in it, and masks it, mends it, or says why it is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from forum.audit import services as audit
from forum.core import clock, keyed
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.privacy import Finding, find
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.privacy.kinds import label
from forum.privacy.masking import masked
from forum.privacy.models import PrivacyFinding, State

LEAST_REASON, MOST_REASON = 10, 300
# So many findings are shown one by one; masking is about all of them.
SHOWN = 20
# So many in one text are noted; beyond that the text as a whole is the matter.
NOTED = 100
AROUND = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in its place. `before` and `after`: what stands around it; `excerpt`: all three, masked. `print` tells it from others."""

    field: str
    kind: str
    label: str
    before: str
    text: str
    after: str
    excerpt: str
    print: str


class PersonalData(Invalid):
    """There is personal data in what should be stored. `found`: all of it; `fault`: what is wrong with the reason that was given."""

    def __init__(self, found: tuple[Found, ...], fault: str = "") -> None:
        super().__init__(_("Ada yang tampak seperti data pribadi: %(what)s.", what=summary(found)), found[0].field)
        self.found = found
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Override:
    """What an author says against findings: why they are none, and the prints of those that were shown with the question."""

    reason: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """Findings that the author has explained: to be noted with `state` once the text has an id."""

    found: tuple[Found, ...]
    reason: str


NO_OVERRIDE = Override()


def summary(found: Collection[Found]) -> str:
    """ "2 NIK, 1 Nomor telepon"."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.label] = counts.get(one.label, 0) + 1
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def fingerprint(written: str) -> str:
    """The same for the same number, however it is written; tells nobody what number it is."""
    plain = "".join(char for char in written.casefold() if char.isalnum())
    return keyed.digest("privacy finding", plain)[:32]


def found_in(fields: Mapping[str, str]) -> tuple[Found, ...]:
    """What looks like personal data in texts, by the name of their field."""
    return tuple(one for field, text in fields.items() if text for one in _found(field, text))


def _found(field: str, text: str) -> list[Found]:
    findings = find(text)
    hidden = masked(text) if findings else text
    return [_one(field, text, hidden, finding) for finding in findings]


def _one(field: str, text: str, hidden: str, finding: Finding) -> Found:
    start, end = finding.start, finding.end
    begin, stop = max(0, start - AROUND), end + AROUND
    written = text[start:end]
    return Found(
        field=field,
        kind=finding.kind.value,
        label=label(finding.kind.value),
        before=("…" if begin else "") + _flat(text[begin:start]),
        text=written,
        after=_flat(text[end:stop]) + ("…" if stop < len(text) else ""),
        excerpt=one_line(hidden[begin:stop])[:300],
        print=fingerprint(written),
    )


def _flat(text: str) -> str:
    """On one line, with the blanks at its ends."""
    return re.sub(r"\s+", " ", text)


def accepted(object_kind: str, object_id: int) -> frozenset[str]:
    """The prints in an object that somebody has explained or a moderator has dismissed: nobody is asked about them again."""
    known = select(PrivacyFinding.fingerprint).where(
        PrivacyFinding.object_kind == object_kind,
        PrivacyFinding.object_id == object_id,
        PrivacyFinding.state.in_((State.STATED, State.DISMISSED)),
    )
    return frozenset(db.session.scalars(known))


def check(
    fields: Mapping[str, str], override: Override = NO_OVERRIDE, known: Collection[str] = frozenset()
) -> Stated | None:
    """Raises PersonalData for findings in `fields` that neither are `known` nor explained by `override`.

    An explanation holds for what was shown when it was asked for; anything else in the text is asked about again.
    """
    found = tuple(one for one in found_in(fields) if one.print not in known)
    if not found:
        return None
    reason = one_line(override.reason)
    if not reason:
        raise PersonalData(found)
    if not {one.print for one in found} <= set(override.seen.split()):
        raise PersonalData(found, _("Ada temuan yang belum Anda lihat. Periksa lagi semuanya, lalu kirim."))
    if len(reason) < LEAST_REASON:
        raise PersonalData(found, _("Tulis alasannya sedikitnya %(least)d huruf.", least=LEAST_REASON))
    if len(reason) > MOST_REASON:
        raise PersonalData(found, _("Alasan terlalu panjang: paling banyak %(most)d huruf.", most=MOST_REASON))
    return Stated(found, masked(reason))


def state(actor: Viewer, stated: Stated | None, object_kind: str, object_id: int) -> None:
    """Note what the author has said about findings, in the audit log and for moderators; masked, never the data itself.

    The list of findings does not say who: that stands with the text, if anybody is told.
    """
    if stated is None:
        return
    note(object_kind, object_id, stated.found, State.STATED, None, stated.reason)
    audit.record(
        actor,
        "privacy.override",
        object_kind,
        object_id,
        after={
            "kinds": sorted({one.kind for one in stated.found}),
            "masked": [one.excerpt for one in stated.found[:SHOWN]],
        },
        reason=stated.reason,
    )


def note(
    object_kind: str,
    object_id: int,
    found: Collection[Found],
    as_state: State,
    by: int | None = None,
    reason: str = "",
) -> int:
    """Keep findings of an object, those that are kept already but for; how many are new."""
    prints = {one.print: one for one in reversed(list(found)[:NOTED])}
    have = {
        row.fingerprint: row
        for row in db.session.scalars(
            select(PrivacyFinding).where(
                PrivacyFinding.object_kind == object_kind,
                PrivacyFinding.object_id == object_id,
                PrivacyFinding.fingerprint.in_(sorted(prints)),
            )
        )
    }
    now = clock.now()
    new = 0
    for key, one in sorted(prints.items()):
        row = have.get(key)
        if row is not None and (as_state is State.OPEN and row.state != State.MASKED):
            continue
        new += row is None
        row = row or PrivacyFinding(object_kind=object_kind, object_id=object_id, fingerprint=key, found_at=now)
        row.field, row.kind, row.excerpt, row.state, row.reason = one.field, one.kind, one.excerpt, as_state, reason
        row.decided_by_id, row.decided_at = by, now if as_state is not State.OPEN else None
        db.session.add(row)
    db.session.flush()
    return new
