"""The inline pass: Python-Markdown's emphasis, code and links, and processors of our own."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)

import markdown
from markdown.inlinepatterns import InlineProcessor, SimpleTextInlineProcessor, SubstituteTagInlineProcessor

from forum.core.markup.addresses import address_of, link_to
from forum.core.markup.document import Run
from forum.core.markup.finish import Finish
from forum.core.markup.limits import bound

_BARE_URL = r"(?<![\w@/.])(?:https?://|www\.)(?:[^\s<>\"\x02\x03]|\x02[0-9]+\x03)+"
_MENTION = r"(?<![\w@/+=-])@([A-Za-z][A-Za-z0-9._-]*+)(?![\w@])"
_REFERENCE = r"(?<![\w&#/-])#([1-9][0-9]{0,8})(?![\w-]|/\w)"
_FOOTNOTE_MARK = r"\[\^([^\]\s]{1,64})\]"
_MAIL = r"<(?:mailto:)?([^<>\s@:]{1,64}@[A-Za-z0-9.-]{1,190})>"
_TAGS = r"<(?P<tag>(?i:u|sub|sup|kbd|mark|small|b|i|s|del|ins|strong|em|samp))>(.{1,1000}?)</(?P=tag)>"


class _Inline(InlineProcessor):  # type: ignore[misc]
    """An inline processor that stays out of links and code. Subclasses give `element`; None leaves the text alone."""

    ANCESTOR_EXCLUDES: tuple[str, ...] = ("a", "code")

    def __init__(self, pattern: str, md: markdown.Markdown, run: Run) -> None:
        super().__init__(pattern, md)
        self.run = run

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # noqa: N802
        element, end = self.element(m)
        return (None, None, None) if element is None else (element, m.start(), end)

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        """The element for a match and where the text that it replaces ends."""
        raise NotImplementedError


class _BareUrl(_Inline):
    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        url = _without_trailing_punctuation(m.group())
        address = address_of(url)
        return (link_to(address, url) if address else None), m.start() + len(url)


def _without_trailing_punctuation(url: str) -> str:
    while url:
        last = url[-1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        if last not in ".,;:!?'*_~|" and (opening is None or url.count(opening) >= url.count(last)):
            break
        url = url[:-1]
    return url


class _Mail(_Inline):
    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        return link_to(f"mailto:{m[1]}", m[1]), m.end()


class _Mention(_Inline):
    """`@name`: 3-32 characters of [a-z0-9._-], beginning with a letter, not ending in punctuation."""

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        name = m[1].rstrip("._-")
        key = name.lower()
        if not 3 <= len(name) <= 32 or (self.run.known is not None and key not in self.run.known):
            return None, 0
        self.run.mentions[key] = None
        bound("too_many_mentions", len(self.run.mentions), self.run.document.limits.mentions)
        return link_to(f"/profil/{key}", f"@{name}", **{"class": "mention"}), m.start(1) + len(name)


class _Reference(_Inline):
    """`#12`: a thread of this forum."""

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        self.run.references[int(m[1])] = None
        return link_to(f"/diskusi/{m[1]}", m.group(), **{"class": "reference"}), m.end()


class _FootnoteMark(_Inline):
    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        if m[1] not in self.run.document.footnotes:
            return None, 0
        number = list(self.run.document.footnotes).index(m[1]) + 1
        use = self.run.footnote_uses[number] = self.run.footnote_uses.get(number, 0) + 1
        bound("too_many_footnotes", sum(self.run.footnote_uses.values()), 2 * self.run.document.limits.footnotes)
        mark = etree.Element("sup", {"id": f"{self.run.prefix}fnref-{number}" + (f"-{use}" if use > 1 else "")})
        mark.append(link_to(f"#{self.run.prefix}fn-{number}", str(number), **{"class": "footnote-ref"}))
        return mark, m.end()


class _Tag(_Inline):
    ANCESTOR_EXCLUDES = ()

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        element = etree.Element(m["tag"].lower())
        element.text = m[2]
        return element, m.end()


class _Prepared:
    """Stands where Python-Markdown expects its block parser: the blocks are parsed already."""

    def __init__(self, root: etree.Element) -> None:
        self.root = root

    def parseDocument(self, lines: list[str]) -> etree.ElementTree:  # noqa: N802
        return etree.ElementTree(self.root)


def inline_html(run: Run) -> str:
    """The HTML of a document whose blocks are parsed. It is not safe yet. Fills `run` with what is pointed at."""
    md = markdown.Markdown(output_format="html")
    md.preprocessors = markdown.util.Registry()
    md.postprocessors = markdown.util.Registry()
    md.parser = _Prepared(run.document.root)
    md.references = run.document.links
    # Two backslashes stay as typed: here they begin a network path more often than they are an escape.
    md.ESCAPED_CHARS = [char for char in md.ESCAPED_CHARS if char != "\\"] + ["~", "@", "<", "|", '"']
    _set_inline_patterns(md, run)
    md.treeprocessors.deregister("prettify")
    md.treeprocessors.register(Finish(md, run), "finish", 5)
    return str(md.convert(run.document.source))


def _set_inline_patterns(md: markdown.Markdown, run: Run) -> None:
    for name in ("html", "entity", "automail"):
        md.inlinePatterns.deregister(name)
    md.delimiters.add("~", "del", double=True)
    for name, processor, priority in (
        ("footnote", _FootnoteMark(_FOOTNOTE_MARK, md, run), 175),
        ("bare_url", _BareUrl(_BARE_URL, md, run), 115),
        ("automail", _Mail(_MAIL, md, run), 110),
        ("br", SubstituteTagInlineProcessor(r"<[bB][rR] ?/?>\n?", "br"), 96),
        ("tag", _Tag(_TAGS, md, run), 95),
        ("mention", _Mention(_MENTION, md, run), 65),
        ("thread", _Reference(_REFERENCE, md, run), 64),
        # 5*3*2 is arithmetic, not emphasis.
        ("times", SimpleTextInlineProcessor(r"(?<=[0-9])(\*)(?=[0-9])"), 62),
        # People who write in chats expect the line to end where they ended it.
        ("newline", SubstituteTagInlineProcessor(r"\n", "br"), 4),
    ):
        md.inlinePatterns.register(processor, name, priority)
