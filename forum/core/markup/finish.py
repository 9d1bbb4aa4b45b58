"""After the inline pass: links, images and footnotes as we allow them."""

from __future__ import annotations

import html as html_entities
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)
from collections.abc import Iterator

import markdown
from markdown.treeprocessors import Treeprocessor

from forum.core.markup.addresses import address_of, is_own_upload, link_to, upload_address, uploads_in
from forum.core.markup.document import Run
from forum.core.markup.limits import bound
from forum.core.markup.text import BLOCK_ELEMENTS


class Finish(Treeprocessor):  # type: ignore[misc]
    """Links and images as we allow them, and the way back from each footnote."""

    def __init__(self, md: markdown.Markdown, run: Run) -> None:
        super().__init__(md)
        self.state = run

    def run(self, root: etree.Element) -> None:
        self.number_footnotes(root)
        links = sum(self.finish(element, inside) for element, inside in _with_link_state(root))
        bound("too_many_links", links, self.state.document.limits.links)

    def finish(self, element: etree.Element, inside_link: bool) -> int:
        """Put one element right; 1 if it is a link or an image that the author wrote."""
        if element.tag in BLOCK_ELEMENTS:
            element.tail = "\n" + (element.tail or "")
        if element.tag == "img":
            self.finish_image(element, inside_link)
            return 1
        if element.tag == "a":
            self.finish_link(element, inside_link)
            return "class" not in element.attrib
        return 0

    def finish_image(self, image: etree.Element, inside_link: bool) -> None:
        """Images load from our own uploads only; others would tell a stranger who reads what. They become links."""
        source = html_entities.unescape(image.get("src", ""))
        if self.state.images is None and is_own_upload(source):
            image.set("src", source.replace("&", "&amp;"))
            return
        if self.state.images and (found := uploads_in(source)) and found[0] in self.state.images:
            self.show_upload(image, found[0], inside_link)
            return
        address, text = address_of(source), image.get("alt") or source
        tail = image.tail
        image.clear()
        image.tag, image.text, image.tail = "span", text, tail
        if address and not inside_link:
            image.tag = "a"
            image.set("href", address.replace("&", "&amp;"))

    def show_upload(self, image: etree.Element, token: str, inside_link: bool) -> None:
        """A picture of known size, so that nothing moves when it comes; it leads to the whole image."""
        width, height = (self.state.images or {})[token]
        shown = {
            "src": upload_address(token, small=True),
            "width": str(width),
            "height": str(height),
            "loading": "lazy",
        }
        shown |= {name: value for name in ("alt", "title") if (value := image.get(name))}
        tail = image.tail
        image.clear()
        image.tail = tail
        if inside_link:
            image.attrib.update(shown)
            return
        image.tag = "a"
        image.set("href", upload_address(token))
        etree.SubElement(image, "img", shown)

    def finish_link(self, link: etree.Element, inside_link: bool) -> None:
        address = address_of(link.get("href", ""))
        if address and not inside_link:
            link.set("href", address.replace("&", "&amp;"))
            return
        link.tag = "span"
        link.attrib.clear()

    def number_footnotes(self, root: etree.Element) -> None:
        if not self.state.document.footnotes:
            return
        for number, item in enumerate(root[-1][1], start=1):
            item.set("id", f"{self.state.prefix}fn-{number}")
            if number in self.state.footnote_uses:
                back = link_to(f"#{self.state.prefix}fnref-{number}", "↩", **{"class": "footnote-backref"})
                back.set("title", "Kembali ke teks")
                _append_inline(item, back)


def _append_inline(item: etree.Element, element: etree.Element) -> None:
    """Put `element` behind the last words of an item."""
    target = item[-1] if len(item) and item[-1].tag == "p" else etree.SubElement(item, "p")
    if len(target):
        target[-1].tail = (target[-1].tail or "") + " "
    else:
        target.text = (target.text or "") + " "
    target.append(element)


def _with_link_state(root: etree.Element) -> Iterator[tuple[etree.Element, bool]]:
    """Every element, with whether it stands inside a link. A link's children come before its tag can change."""
    stack = [(root, False)]
    while stack:
        element, inside = stack.pop()
        stack.extend((child, inside or element.tag == "a") for child in reversed(element))
        yield element, inside
