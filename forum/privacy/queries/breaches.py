"""Breaches as admins see them, and the report that goes out: never with the data itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _, exact_time, lazy
from forum.privacy.masking import masked
from forum.privacy.models import NOTICE_WITHIN, STEPS, Breach, Held
from forum.privacy.sources import Exposure, source_of

STEP_LABELS = {
    "mask": lazy("Samarkan atau hapus tulisannya, juga lampiran dan riwayatnya"),
    "evidence": lazy("Simpan bukti: laporan ini dan catatan audit, tanpa menyalin datanya"),
    "assess": lazy("Nilai data apa, milik berapa orang, dan apa akibatnya bagi mereka"),
    "subjects": lazy(
        "Beri tahu pemilik data secara tertulis: data apa, kapan dan bagaimana terungkap, apa yang dilakukan"
    ),
    "authority": lazy("Beri tahu lembaga pelindungan data pribadi secara tertulis, dengan isi yang sama"),
    "officer": lazy("Beri tahu pejabat pelindung data, atasan, dan tim tanggap insiden (CSIRT) kota"),
    "public": lazy("Umumkan kepada masyarakat bila mengganggu pelayanan publik atau berdampak serius"),
    "prevent": lazy("Cegah terulang: ingatkan penulisnya, perbaiki cara kerja"),
}
NOT_RECORDED = (
    lazy("Siapa yang membuka halaman tanpa membacanya sampai kiriman itu: tidak dicatat."),
    lazy("Siapa yang melihatnya dalam hasil pencarian atau pratinjau: pencarian dicatat tanpa nama."),
    lazy("Siapa yang menyalin, memotret, mencetak, atau mengunduhnya: tidak dapat diketahui sistem."),
    lazy("Waktu baca adalah waktu terakhir orang itu membaca sejauh ini; bacaan pertama bisa lebih awal."),
    lazy("Cadangan (backup) dari masa itu mungkin masih memuatnya."),
)


@dataclass(frozen=True, slots=True)
class BreachLine:
    id: int
    title: str
    state: str
    known_at: datetime
    due_at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class BreachItem:
    """One thing of a breach; `exposure` is None when it is gone, or nothing is known."""

    kind: str
    key: str
    title: str
    url: str
    exposure: Exposure | None


@dataclass(frozen=True, slots=True)
class BreachPage:
    id: int
    title: str
    state: str
    note: str
    steps: frozenset[str]
    known_at: datetime
    due_at: datetime
    opened_at: datetime
    opened_by: str
    notified_at: datetime | None
    closed_at: datetime | None
    items: tuple[BreachItem, ...]
    now: datetime

    @property
    def left(self) -> timedelta:
        """What is left of the 3 x 24 hours; negative when they are over."""
        return self.due_at - self.now

    @property
    def hours(self) -> int:
        """Whole hours left, or since the end."""
        return int(abs(self.left).total_seconds() // 3600)

    @property
    def minutes(self) -> int:
        return int(abs(self.left).total_seconds() // 60) % 60

    @property
    def is_late(self) -> bool:
        return self.left < timedelta(0)

    @property
    def was_in_time(self) -> bool:
        return self.notified_at is not None and self.notified_at <= self.due_at

    @property
    def people(self) -> int:
        """How many different people are known to have had it before them."""
        known = {reader.user_id for item in self.items if item.exposure for reader in item.exposure.readers}
        return len(known)


def breach_lines() -> tuple[BreachLine, ...]:
    """All breaches, the newest first. One statement."""
    rows = db.session.scalars(select(Breach).order_by(Breach.id.desc()).limit(100))
    return tuple(
        BreachLine(row.id, row.title, row.state, row.known_at, row.known_at + NOTICE_WITHIN, len(row.items))
        for row in rows
    )


def items_of(held: Sequence[Held], *, exposed: bool = False) -> tuple[BreachItem, ...]:
    """Titles and addresses, and with `exposed` who could see them."""
    lines = []
    for one in held:
        source = source_of(one.kind)
        place = source.places([one.id]).get(one.id) if source else None
        exposure = source.exposure(one.id) if source and exposed else None
        label = str(source.label) if source else one.kind
        title = masked(place.title) if place else _("sudah tidak ada")
        lines.append(BreachItem(label, one.key, title, place.url if place else "", exposure))
    return tuple(lines)


def breach_page(breach_id: int) -> BreachPage:
    """A breach with everything that is known of it at this moment. Raises NotFound."""
    found = db.session.execute(
        select(Breach, User.name).outerjoin(User, User.id == Breach.opened_by_id).where(Breach.id == breach_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    row, name = found
    held = [Held(item["kind"], item["id"]) for item in row.items]
    return BreachPage(
        id=row.id,
        title=row.title,
        state=row.state,
        note=row.note,
        steps=frozenset(row.steps),
        known_at=row.known_at,
        due_at=row.known_at + NOTICE_WITHIN,
        opened_at=row.opened_at,
        opened_by=name or "",
        notified_at=row.notified_at,
        closed_at=row.closed_at,
        items=items_of(held, exposed=True),
        now=clock.now(),
    )


def report(page: BreachPage) -> str:
    """The breach as Markdown, without the data itself."""
    not_yet = _("belum")
    lines = [
        "# " + _("Laporan kebocoran data pribadi: %(title)s", title=page.title),
        "",
        _fact(_("Diketahui"), exact_time(page.known_at)),
        _fact(_("Batas pemberitahuan (3 x 24 jam, UU 27/2022 Pasal 46)"), exact_time(page.due_at)),
        _fact(_("Catatan dibuka"), exact_time(page.opened_at), page.opened_by),
        _fact(_("Pemberitahuan"), exact_time(page.notified_at) if page.notified_at else not_yet),
        _fact(_("Catatan ditutup"), exact_time(page.closed_at) if page.closed_at else not_yet),
        _fact(_("Orang yang diketahui melihat"), str(page.people)),
        "",
        "## " + _("Tulisan"),
    ]
    for item in page.items:
        lines += ["", *_item_lines(item)]
    lines += ["", "## " + _("Langkah"), ""]
    lines += [f"- [{'x' if step in page.steps else ' '}] {STEP_LABELS[step]}" for step in STEPS]
    lines += ["", "## " + _("Yang tidak dicatat sistem"), "", *(f"- {one}" for one in NOT_RECORDED)]
    if page.note:
        lines += ["", "## " + _("Catatan"), "", page.note]
    return "\n".join(lines) + "\n"


def _fact(label: str, *values: str) -> str:
    return f"- {label}: {', '.join(value for value in values if value)}"


def _item_lines(item: BreachItem) -> list[str]:
    head = f"### {item.kind}: {item.title} ({item.key})"
    if item.exposure is None:
        return [head, "", _("Tidak ada lagi, atau tidak diketahui siapa yang melihatnya.")]
    told = item.exposure
    lines = [head, "", _fact(_("Dapat dilihat sejak"), exact_time(told.since))]
    if told.kept_away_at:
        lines.append(_fact(_("Dihapus dari pandangan"), exact_time(told.kept_away_at)))
    lines.append(_fact(_("Yang dapat membaca"), told.audience))
    lines += [_fact(one.name, one.how, exact_time(one.at)) for one in told.readers]
    if told.more_readers:
        lines.append("- " + _("dan %(num)d orang lagi", num=told.more_readers))
    return lines
