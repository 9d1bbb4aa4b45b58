"""Texts and titles of threads and posts."""

from __future__ import annotations

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.markup import is_blank
from forum.core.text import one_line
from forum.writing.texts import Text, mentioned, reason_text, render

__all__ = ["MAX_TITLE", "Text", "mentioned", "post_text", "reason_text", "render", "title_text"]

MIN_BODY = 10
MIN_TITLE, MAX_TITLE = 10, 150


def post_text(body: str) -> Text:
    """The text of a post: something visible, of at least MIN_BODY characters. Raises Invalid (field 'body')."""
    if is_blank(body):
        raise Invalid(_("Tulisan masih kosong. Tulis dahulu, lalu kirim."), "body")
    if len(one_line(body)) < MIN_BODY:
        raise Invalid(_("Balasan terlalu pendek: tulis sedikitnya %(least)d huruf.", least=MIN_BODY), "body")
    return render(body)


def title_text(title: str) -> str:
    """A title as one line of MIN_TITLE to MAX_TITLE characters. Raises Invalid (field 'title')."""
    title = one_line(title)
    if not title:
        raise Invalid(_("Judul masih kosong. Tulis pertanyaan Anda dalam satu kalimat."), "title")
    if len(title) < MIN_TITLE:
        raise Invalid(
            _("Judul terlalu pendek: tulis sedikitnya %(least)d huruf agar mudah dikenali.", least=MIN_TITLE), "title"
        )
    if len(title) > MAX_TITLE:
        raise Invalid(
            _(
                "Judul terlalu panjang: paling banyak %(most)d huruf, sekarang %(length)d.",
                most=MAX_TITLE,
                length=len(title),
            ),
            "title",
        )
    return title
