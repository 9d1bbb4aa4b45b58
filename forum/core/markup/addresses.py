"""Where a link may lead and where an image may come from."""

from __future__ import annotations

import html as html_entities
import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)

from markdown.util import AtomicString

from forum.core.markup.text import INVISIBLE

ID_PREFIX = "user-content-"
"""Before every id inside a post, so that none is mistaken for one of the page around it."""

_OWN_UPLOAD = re.compile(r"/lampiran/(?!\S*\.\.)[A-Za-z0-9._~%-]+(?:/[A-Za-z0-9._~%-]+)*(?:\?[\w=&.-]*)?")
_TOKEN = re.compile(r"/lampiran/([A-Za-z0-9_-]{22})(?![\w-])")
_DOMAIN = re.compile(r"(?:www\.[\w-]+\.|[\w-]+(?:\.[\w-]+)*\.(?:id|com|org|net|int|edu)(?=[/?#:]|$))", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\][^\s\\]*", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"mailto:[^\s@\\]+@[^\s\\]+", re.IGNORECASE)
_OWN_PATH = re.compile(r"/(?![/\\])[^\s\\]*")
_OWN_ANCHOR = re.compile(f"#{ID_PREFIX}[\\w-]+")


def address_of(url: str) -> str | None:
    """The address a link may lead to, or None. Domains typed without a scheme get https."""
    url = INVISIBLE.sub("", html_entities.unescape(url))
    if _DOMAIN.match(url):
        url = "https://" + url
    return url if is_allowed_link(url) else None


def is_allowed_link(url: str) -> bool:
    """The web, a mail address, a page of this forum or a place in a post."""
    return any(form.fullmatch(url) for form in (_WEB_ADDRESS, _MAIL_ADDRESS, _OWN_PATH, _OWN_ANCHOR))


def is_own_upload(url: str) -> bool:
    """Whether an image may be loaded from there."""
    return bool(_OWN_UPLOAD.fullmatch(url))


def upload_address(token: str, *, small: bool = False) -> str:
    """Where an uploaded file is; `small`: the picture that a text shows of it."""
    return f"/lampiran/{token}/kecil" if small else f"/lampiran/{token}"


def uploads_in(text: str) -> tuple[str, ...]:
    """The tokens of the uploaded files that a text speaks of, each once, in order."""
    return tuple(dict.fromkeys(_TOKEN.findall(text)))


def link_to(address: str, text: str, **attributes: str) -> etree.Element:
    """A link with a text that the inline pass leaves as it is."""
    element = etree.Element("a", {"href": address.replace("&", "&amp;"), **attributes})
    element.text = AtomicString(text)
    return element
