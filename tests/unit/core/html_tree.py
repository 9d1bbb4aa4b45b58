"""Reads HTML the way a browser would split it into tags, and tells what should not be there."""

import re
from html.parser import HTMLParser

ELEMENT_NAMES = """
    p br hr h1 h2 h3 h4 h5 h6 strong em b i u s del ins sub sup mark small blockquote ul ol li dl dt dd pre code kbd
    samp table thead tbody tfoot tr th td caption a img details summary abbr div span
"""
ELEMENTS = frozenset(ELEMENT_NAMES.split())
VOID = frozenset({"br", "hr", "img"})
ATTRIBUTES = {
    "a": {"href", "title", "rel", "class"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align"},
    "td": {"align"},
    "ol": {"start", "class"},
    "ul": {"class"},
    "li": {"id", "class"},
    "sup": {"id"},
    "div": {"class", "tabindex"},
    "p": {"class"},
    "span": {"class"},
}
HREF = re.compile(r"(?:https?://[^\s/\\]|mailto:[^\s@]+@|/(?![/\\])|#user-content-)[^\s\\]*", re.IGNORECASE)
SRC = re.compile(r"/lampiran/[\w.~%-][\w./~%?=&-]*")


class Tree(HTMLParser):
    """`faults` lists each element, attribute or address that no post may hold, and each tag out of balance."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            self.check_attribute(tag, name, value or "")

    def check_attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES.get(tag, set()):
            self.faults.append(f"<{tag} {name}>")
        if name == "href" and not HREF.fullmatch(value):
            self.faults.append(f"href={value!r}")
        if name == "src" and (not SRC.fullmatch(value) or ".." in value or "//" in value):
            self.faults.append(f"src={value!r}")
        if name == "id" and not value.startswith("user-content-"):
            self.faults.append(f"id={value!r}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("a processing instruction")

    def values(self, tag: str, attribute: str) -> list[str]:
        """That attribute of every such element, in order."""
        return [attrs[attribute] or "" for name, attrs in self.found if name == tag and attribute in attrs]
