"""What an admin sets while the site runs, kept in the database; the environment has the rest (`forum.config`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from forum.core import clock
from forum.core.db import Base, UtcDateTime, db
from forum.core.errors import Invalid
from forum.core.i18n import _


class SiteOption(Base):
    __tablename__ = "site_options"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


@dataclass(frozen=True, slots=True)
class NumberOption:
    """A whole number between `least` and `most`."""

    name: str
    default: int
    least: int
    most: int

    def get(self) -> int:
        """What is set, or the default. One statement."""
        value = db.session.scalar(select(SiteOption.value).where(SiteOption.name == self.name))
        return int(value) if value is not None else self.default

    def set(self, text: str, by: int | None) -> tuple[int, int]:
        """Set it to the number in `text`; returns what it was and is. Raises Invalid (field: the option's name)."""
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and self.least <= int(digits[:12]) <= self.most):
            raise Invalid(
                _("Isi bilangan bulat dari %(least)d sampai %(most)d.", least=self.least, most=self.most), self.name
            )
        row = db.session.get(SiteOption, self.name)
        before = int(row.value) if row else self.default
        if row is None:
            row = SiteOption(name=self.name)
            db.session.add(row)
        row.value, row.updated_at, row.updated_by_id = digits, clock.now(), by
        return before, int(digits)


# For how many days the log of searches is kept.
SEARCH_LOG_DAYS = NumberOption("search_log_days", default=180, least=7, most=730)
