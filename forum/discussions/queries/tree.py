"""Pure: turns the posts of a page into display order, with the nested lists that a template opens and closes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Node(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def child_no(self) -> int: ...
    @property
    def child_count(self) -> int: ...
    @property
    def descendant_count(self) -> int: ...


N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Placed(Generic[N]):
    """A post in its place. `level` 1 is a branch; the other fields are those of PostView."""

    node: N
    level: int
    opens: bool
    closes: int
    more_children: int
    more_descendants: int


def place(branches: Iterable[N], nested: Iterable[N]) -> list[Placed[N]]:
    """Lay out `branches` (in the order given) with the `nested` posts under them (children in `child_no` order).

    Iterative, since a thread may be deeper than Python's stack. A nested post whose parent is not on the page is left out.
    """
    children: dict[int, list[N]] = defaultdict(list)
    for node in nested:
        if node.parent_id is not None:
            children[node.parent_id].append(node)
    for siblings in children.values():
        siblings.sort(key=lambda node: node.child_no)
    order: list[tuple[N, int]] = []
    stack = [(node, 1) for node in branches][::-1]
    while stack:
        node, level = stack.pop()
        order.append((node, level))
        stack.extend((child, level + 1) for child in reversed(children.get(node.id, ())))
    shown = _shown_descendants(order)
    placed = []
    for index, (node, level) in enumerate(order):
        following = order[index + 1][1] if index + 1 < len(order) else 1
        placed.append(
            Placed(
                node=node,
                level=level,
                opens=following > level,
                closes=max(0, level - following),
                more_children=node.child_count - len(children.get(node.id, ())),
                more_descendants=node.descendant_count - shown[node.id],
            )
        )
    return placed


def _shown_descendants(order: list[tuple[N, int]]) -> dict[int, int]:
    """How many posts of the page stand below each, from display order and levels alone."""
    counts: dict[int, int] = {}
    open_nodes: list[tuple[int, int, int]] = []
    for index, (node, level) in enumerate(order):
        while open_nodes and open_nodes[-1][1] >= level:
            key, _, start = open_nodes.pop()
            counts[key] = index - start - 1
        open_nodes.append((node.id, level, index))
    for key, _, start in open_nodes:
        counts[key] = len(order) - start - 1
    return counts
