"""What changed between two texts."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core import diff

WORDS = st.lists(
    st.sampled_from(["lampu", "jalan", " ", "\n", "\r\n", ",", "rusak", "\u2028", "é", "e\u0301"]), max_size=30
)


def joined(pieces: tuple, *kinds: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


@settings(max_examples=150, deadline=None, database=None)
@given(older=WORDS.map("".join) | st.text(), newer=WORDS.map("".join) | st.text())
def test_both_texts_can_be_put_together_again(older: str, newer: str) -> None:
    pieces = diff.words(older, newer)
    assert joined(pieces, "same", "removed") == older
    assert joined(pieces, "same", "added") == newer
    assert all(piece.text for piece in pieces)
    assert all(one.kind != next_.kind for one, next_ in pairwise(pieces))


def test_a_change_in_the_middle_of_repetitive_lines_is_still_shown_alone() -> None:
    older = "x\ny\n" * 4000
    newer = "x\ny\n" * 2000 + "baru\n" + "x\ny\n" * 2000
    assert [(piece.kind, len(piece.text)) for piece in diff.words(older, newer)] == [
        ("same", 8000),
        ("added", 5),
        ("same", 8000),
    ]


def test_equal_texts_have_no_change() -> None:
    assert {piece.kind for piece in diff.words("sama saja\ndua baris", "sama saja\ndua baris")} == {"same"}
    assert diff.words("", "") == ()


def test_a_changed_word_is_shown_alone() -> None:
    pieces = diff.words("Lampu jalan padam sejak Senin.", "Lampu jalan mati sejak Senin.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Lampu jalan "),
        ("removed", "padam"),
        ("added", "mati"),
        ("same", " sejak Senin."),
    ]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("a b " * 5000, "b a " * 5000),
        ("x\n" * 10_000, "y\n" * 10_000),
        ("x\ny\n" * 5_000, "y\nx\n" * 5_000),
        ("x\ny\n" * 450, "y\nx\n" * 450),
        ("lampu jalan " * 1660, "jalan lampu " * 1660),
        (
            "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 390,
            "z y x w v u t s r q p o n m l k j i h g f e d c b a " * 390,
        ),
        ("\n".join(str(n) for n in range(4000)), "\n".join(str(n) for n in range(4000, 0, -1))),
    ],
)
def test_the_longest_posts_are_compared_within_two_seconds(older: str, newer: str) -> None:
    started = time.process_time()
    diff.words(older[:20_000], newer[:20_000])
    assert time.process_time() - started < 2
