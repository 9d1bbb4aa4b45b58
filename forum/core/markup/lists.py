"""Lists: numbered, marked and to be ticked off, and terms with their meanings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)

from markdown.util import AtomicString

from forum.core.markup.container import Container
from forum.core.markup.lines import HORIZONTAL_RULE, ITEM

_TASK = re.compile(r"\[([ xX])\][ ]+(?=\S)")
_DEFINITION = re.compile(r"[ ]*:[ ]+(?=\S)")


def list_(container: Container, i: int) -> int:
    """Items of one kind, until text stands right below the last or the numbers do not go on."""
    first = ITEM.fullmatch(container.lines[i])
    if not first or not _starts_list(container, first):
        return 0
    ordered = first[3] is not None
    start = int(first[3] or 1)
    element = container.add("ol" if ordered else "ul", {"start": str(start)} if start != 1 else {})
    items: list[tuple[etree.Element, list[str]]] = []
    loose, blank_before, number = False, False, start
    while first and (first[3] is not None) == ordered:
        if ordered and items and int(first[3]) not in (number, start):
            break
        content, i = _item(container, i, first)
        items.append((etree.SubElement(element, "li"), content))
        loose |= blank_before
        number += 1
        following = container.next_text(i)
        blank_before = following > i
        first = None
        if following < len(container.lines) and not HORIZONTAL_RULE.fullmatch(container.lines[following]):
            first = ITEM.fullmatch(container.lines[following])
            i = following if first else i
    for li, content in items:
        _fill_item(container, element, li, content, loose)
    return i


def _starts_list(container: Container, item: re.Match[str]) -> bool:
    """Whether an item may stand right below a line of text: "Langkah:" and then "1. ..." is a list, but a year
    that happens to begin a line ("... tahun" / "2024. ...") is not."""
    if not container.paragraph:
        return bool(item[5]) or item[3] is None
    return bool(item[5]) and (item[3] in (None, "0", "1") or container.paragraph[-1].endswith(":"))


def _item(container: Container, i: int, first: re.Match[str]) -> tuple[list[str], int]:
    """The lines of the item that begins at line `i`, and the first line after it."""
    indent = len(first[1])
    spaces = len(first[4] or " ")
    offset = indent + len(first[2]) + (spaces if spaces <= 4 else 1)
    head = (first[5] or "") if spaces <= 4 else " " * (spaces - 1) + first[5]
    # Two spaces nest, whatever the width of the mark: that is what people type below "1. ".
    return container.gather(i, head, min(offset, indent + 2), offset, lambda k: _belongs_above(container, k))


def _belongs_above(container: Container, i: int) -> bool:
    """Text between two items belongs to the upper one; text right below the last item is outside the list."""
    if not container.is_plain(i):
        return False
    if i >= container.plain_until:
        container.plain_until = i
        while container.plain_until < len(container.lines) and container.is_plain(container.plain_until):
            container.plain_until += 1
    return container.plain_until < len(container.lines) and _is_item(container, container.plain_until)


def _is_item(container: Container, i: int) -> bool:
    return bool(ITEM.fullmatch(container.lines[i])) and not HORIZONTAL_RULE.fullmatch(container.lines[i])


def _fill_item(
    container: Container, list_element: etree.Element, li: etree.Element, content: list[str], loose: bool
) -> None:
    task = _TASK.match(content[0])
    if task:
        content[0] = content[0][task.end() :]
    container.inside(li, content)
    if not loose:
        _unwrap(li)
    if task:
        list_element.set("class", "task-list")
        li.set("class", "task")
        _mark_task(li[0] if len(li) and li[0].tag == "p" else li, done=task[1] != " ")


def definition(container: Container, i: int) -> int:
    """`: meaning` below a term. Lines above the term stay a paragraph."""
    mark = _DEFINITION.match(container.lines[i])
    if not mark or not _has_term(container):
        return 0
    term = container.paragraph.pop() if container.paragraph else ""
    container.flush()
    siblings = list(container.parent)
    element = siblings[-1] if siblings and siblings[-1].tag == "dl" else container.add("dl")
    if term:
        container.document.text(etree.SubElement(element, "dt"), term)
    content, end = container.gather(i, container.lines[i][mark.end() :], 2, mark.end(), lambda _: False)
    meaning = etree.SubElement(element, "dd")
    container.inside(meaning, content)
    _unwrap(meaning)
    return end


def _has_term(container: Container) -> bool:
    return bool(container.paragraph) or (len(container.parent) > 0 and container.parent[-1].tag == "dl")


def _unwrap(element: etree.Element) -> None:
    """Take the first paragraph's text into the element itself: items without blank lines between are one line."""
    if len(element) and element[0].tag == "p":
        element.text = element[0].text
        element.remove(element[0])


def _mark_task(element: etree.Element, *, done: bool) -> None:
    """Put a ballot box before the text.

    Checkbox inputs are not in the allow-list (a form control that does nothing misleads). Screen readers skip or
    spell out the sign, so a word that only they get stands beside it.
    """
    sign = etree.Element("span", {"class": "task-mark"})
    sign.text = AtomicString("☑" if done else "☐")
    word = etree.Element("span", {"class": "visually-hidden"})
    word.text = AtomicString("selesai:" if done else "belum:")
    sign.tail, word.tail = " ", " " + (element.text or "")
    element.text = None
    element.insert(0, sign)
    element.insert(1, word)
