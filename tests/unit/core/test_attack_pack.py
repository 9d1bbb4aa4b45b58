"""The pack of attacks, one by one: rendered or refused, never an exception; cleaned once is clean."""

from __future__ import annotations

from forum.core.markup import GUIDE, POST, Refused, clean, excerpt, plain_text, render
from tests.browser.attack_pack import stored

NEVER = (
    "<script",
    "<iframe",
    "<svg",
    "<style",
    "<object",
    "<form",
    "<input",
    "<img",
    "javascript:",
    "srcdoc",
    "<meta",
    "<base",
    "<link",
)


def test_every_attack_is_rendered_or_refused_and_cleaning_again_changes_nothing() -> None:
    refused = 0
    for attack in stored():
        try:
            html = render(attack, POST).html
        except Refused:
            refused += 1
            continue
        assert clean(html) == html, attack
        text = html.lower().replace("&lt;", " ")
        assert not [one for one in NEVER if one.startswith("<") and one in text], attack
    assert refused < len(stored()) / 100


def test_the_sanitiser_alone_is_stable_on_raw_attacks() -> None:
    for attack in stored():
        once = clean(attack)
        assert clean(once) == once, attack
        for shell in (f"<p>{attack}</p>", f'<a href="https://x.id" title="{attack}">x</a>', f"<table><tr><td>{attack}"):
            once = clean(shell)
            assert clean(once) == once, shell


def test_text_made_of_attacks_has_no_markup_of_its_own() -> None:
    """Excerpts and search documents are text, which pages escape; nothing about making them fails."""
    for attack in stored():
        assert isinstance(plain_text(clean(attack)), str)
        assert "\n" not in excerpt(attack, 90)


def test_many_in_one_guide_are_no_way_around() -> None:
    """One may leave open what the next one closes."""
    attacks = [attack for attack in stored() if "```" not in attack and "~~~" not in attack]
    for start in range(0, len(attacks), 60):
        html = render("\n\n".join(attacks[start : start + 60]), GUIDE).html
        assert clean(html) == html
        assert "<script" not in html.lower()
