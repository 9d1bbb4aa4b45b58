"""The last step: nh3 with an allow-list. Nothing after it may build HTML."""

from __future__ import annotations

import nh3

from forum.core.markup.addresses import ID_PREFIX, is_allowed_link, is_own_upload
from forum.core.markup.admonitions import ADMONITIONS

_ELEMENT_NAMES = (
    "p br hr h1 h2 h3 h4 h5 h6 strong em b i u s del ins sub sup mark small blockquote ul ol li dl dt dd pre code kbd"
    " samp table thead tbody tfoot tr th td caption a img details summary abbr div span"
)
_NAMES_DROPPED_WITH_CONTENT = (
    "script style template noscript iframe noembed noframes xmp plaintext title textarea svg math object embed select"
)
_IDS = {name: {"id"} for name in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "sup")}
_ATTRIBUTES = _IDS | {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start"},
    "abbr": {"title"},
    "details": {"open"},
}
_CLASSES = {
    "a": {"mention", "reference", "footnote-ref", "footnote-backref"},
    "div": {"table-scroll", "footnote", "admonition"} | {name for name, _ in ADMONITIONS.values()},
    "p": {"admonition-title"},
    "span": {"task-mark", "visually-hidden"},
    "ul": {"task-list"},
    "ol": {"task-list"},
    "li": {"task"},
}


def _filter_attribute(element: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if is_allowed_link(value) else None
    if attribute == "src":
        return value if is_own_upload(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_ELEMENT_NAMES.split()),
    clean_content_tags=set(_NAMES_DROPPED_WITH_CONTENT.split()),
    attributes=_ATTRIBUTES,
    attribute_filter=_filter_attribute,
    link_rel="noopener noreferrer nofollow ugc",
    tag_attribute_values={"div": {"tabindex": {"0"}}, "img": {"loading": {"lazy"}}},
    url_schemes={"http", "https", "mailto"},
    allowed_classes=_CLASSES,
    id_prefix=ID_PREFIX,
)


def clean(html: str) -> str:
    """HTML with only what the allow-list names. Doing it twice changes nothing."""
    # Dropping an attribute moves the others about; the second pass settles their order.
    return _CLEANER.clean(_CLEANER.clean(html))
