"""What people write, checked and rendered before a transaction opens: rendering may take its time, a database lock may not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.content import image_sizes
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.markup import POST, Limits, Refused, normalise, scope_of, uploads_in
from forum.core.sandbox import default_renderer
from forum.core.text import one_line

MAX_REASON = 200
_MENTION = re.compile(r"@([A-Za-z][A-Za-z0-9._-]{1,31})")


@dataclass(frozen=True, slots=True)
class Text:
    """A body that may be stored: its Markdown, and the HTML that the renderer of `version` made of it."""

    body: str
    html: str
    version: int

    @property
    def markup(self) -> Markup:
        return Markup(self.html)  # noqa: S704 - the renderer sanitised it


def refusal(error: Refused) -> str:
    """Why the renderer refuses a text, as a sentence for its author."""
    values = error.params
    sentences = {
        "too_long": _("Tulisan terlalu panjang: paling banyak %(allowed)s huruf, sekarang %(actual)s.", **values),
        "line_too_long": _(
            "Ada baris yang terlalu panjang: paling banyak %(allowed)s huruf. Bagi menjadi beberapa baris.", **values
        ),
        "nesting_too_deep": _("Daftar atau kutipan terlalu bertingkat: paling banyak %(allowed)s tingkat.", **values),
        "table_too_wide": _("Tabel terlalu lebar: paling banyak %(allowed)s kolom.", **values),
        "table_too_long": _("Tabel terlalu panjang: paling banyak %(allowed)s baris.", **values),
        "too_many_links": _("Terlalu banyak tautan dan gambar: paling banyak %(allowed)s.", **values),
        "too_many_footnotes": _("Terlalu banyak catatan kaki: paling banyak %(allowed)s.", **values),
        "too_many_mentions": _("Terlalu banyak orang yang disebut: paling banyak %(allowed)s.", **values),
        "busy": _(
            "Server sedang sibuk menyiapkan banyak tulisan. Tulisan Anda tidak hilang: kirim lagi sebentar lagi."
        ),
        "output_too_large": _("Tulisan ini menghasilkan halaman yang terlalu besar. Sederhanakan bentuknya."),
    }
    return sentences.get(error.code) or _(
        "Bentuk tulisan ini terlalu rumit untuk ditampilkan. Sederhanakan tabel, daftar, atau tautannya."
    )


def mentioned(body: str) -> set[str]:
    """The names behind an "@" in `body`, in lower case, whether or not they are somebody's. The full stop behind one is not part of it."""
    return {name.lower().rstrip("._-") for name in _MENTION.findall(body)}


def render(body: str, limits: Limits = POST, people: frozenset[str] | None = None, field: str = "body") -> Text:
    """Clean and render `body`, in a child process that may be killed. Raises Invalid (field `field`).

    Mentions of usernames in `people` become links; None looks up who there is. Uploaded images are shown.
    """
    body = normalise(body)
    names = mentioned(body[: limits.characters])
    known = known_usernames(names) if people is None else people & names
    images = image_sizes(uploads_in(body[: limits.characters]))
    try:
        rendered = default_renderer().render(body, limits, known=known, images=images, scope=scope_of(body))
    except Refused as error:
        raise Invalid(refusal(error), field) from error
    return Text(body, rendered.html, rendered.version)


def known_usernames(usernames: set[str]) -> frozenset[str]:
    """Those of `usernames` that belong to somebody."""
    if not usernames:
        return frozenset()
    return frozenset(db.session.scalars(select(User.username).where(User.username.in_(sorted(usernames)))))


def reason_text(reason: str, *, required: bool = False) -> str:
    """A reason as one line of at most MAX_REASON characters. Raises Invalid (field 'reason')."""
    reason = one_line(reason)
    if required and not reason:
        raise Invalid(_("Tulis alasannya: penulis dan pembaca akan melihatnya."), "reason")
    if len(reason) > MAX_REASON:
        raise Invalid(_("Alasan terlalu panjang: paling banyak %(most)d huruf.", most=MAX_REASON), "reason")
    return reason
