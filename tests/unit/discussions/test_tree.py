"""Laying out the posts of a page."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from forum.discussions.queries import tree


@dataclass(frozen=True)
class Node:
    id: int
    parent_id: int | None
    child_no: int
    child_count: int
    descendant_count: int


def a_tree(seed: int, size: int) -> dict[int, Node]:
    """A random tree below a root with id 0; ids in order of writing. The shape goes from a chain to a star with the seed."""
    rng = random.Random(seed)
    reach = rng.choice([1, 2, 5, size])
    parents = {
        n: 0 if n == 1 or rng.random() < 0.2 else rng.randint(max(1, n - reach), n - 1) for n in range(1, size + 1)
    }
    child_no: dict[int, int] = {}
    count: dict[int, int] = dict.fromkeys(range(size + 1), 0)
    below: dict[int, int] = dict.fromkeys(range(size + 1), 0)
    for n, parent in parents.items():
        count[parent] += 1
        child_no[n] = count[parent]
    for n in range(size, 0, -1):
        below[parents[n]] += 1 + below[n]
    return {n: Node(n, parents[n], child_no[n], count[n], below[n]) for n in parents}


def a_page(nodes: dict[int, Node], seed: int) -> tuple[list[Node], list[Node]]:
    """Some of the branches, in any order, and some of the posts below them (a post only if its parent is there)."""
    rng = random.Random(seed)
    branches = [node for node in nodes.values() if node.parent_id == 0 and rng.random() < 0.8]
    shown = {node.id for node in branches}
    nested = []
    for node in nodes.values():
        if node.parent_id in shown and rng.random() < 0.7:
            shown.add(node.id)
            nested.append(node)
    rng.shuffle(branches)
    rng.shuffle(nested)
    return branches, nested


PAGES = [(seed, size) for size in (0, 1, 3, 30, 200) for seed in range(12)]


@pytest.mark.parametrize(("seed", "size"), PAGES)
def test_every_post_of_the_page_is_shown_once_and_below_its_parent(seed: int, size: int) -> None:
    branches, nested = a_page(a_tree(seed, size), seed)
    placed = tree.place(branches, nested)
    order = [item.node.id for item in placed]
    assert sorted(order) == sorted(node.id for node in (*branches, *nested))
    assert [item.node.id for item in placed if item.level == 1] == [node.id for node in branches]
    level = {item.node.id: item.level for item in placed}
    at = {key: index for index, key in enumerate(order)}
    for item in placed:
        if item.level > 1:
            assert at[item.node.parent_id] < at[item.node.id]
            assert item.level == level[item.node.parent_id] + 1


@pytest.mark.parametrize(("seed", "size"), PAGES)
def test_siblings_stand_in_the_order_of_writing(seed: int, size: int) -> None:
    branches, nested = a_page(a_tree(seed, size), seed)
    by_parent: dict[int, list[int]] = {}
    for item in tree.place(branches, nested):
        if item.level > 1:
            by_parent.setdefault(item.node.parent_id, []).append(item.node.child_no)
    for numbers in by_parent.values():
        assert numbers == sorted(numbers)


@pytest.mark.parametrize(("seed", "size"), PAGES)
def test_a_template_that_follows_opens_and_closes_ends_every_list_it_began(seed: int, size: int) -> None:
    branches, nested = a_page(a_tree(seed, size), seed)
    stack: list[int] = []
    for item in tree.place(branches, nested):
        assert item.level == len(stack) + 1
        assert (item.node.parent_id == stack[-1]) if stack else (item.node.parent_id == 0)
        if item.opens:
            assert item.closes == 0
            stack.append(item.node.id)
        for _ in range(item.closes):
            stack.pop()
    assert not stack


@pytest.mark.parametrize(("seed", "size"), PAGES)
def test_what_is_left_out_is_counted(seed: int, size: int) -> None:
    nodes = a_tree(seed, size)
    branches, nested = a_page(nodes, seed)
    placed = tree.place(branches, nested)
    shown = {item.node.id for item in placed}
    for item in placed:
        children = [node.id for node in nodes.values() if node.parent_id == item.node.id]
        assert item.more_children == sum(child not in shown for child in children)
        below, stack = 0, list(children)
        while stack:
            key = stack.pop()
            below += key not in shown
            stack.extend(node.id for node in nodes.values() if node.parent_id == key)
        assert item.more_descendants == below


def test_a_chain_deeper_than_the_stack_of_python_is_laid_out() -> None:
    length = 5_000
    chain = [Node(n, n - 1, 1, int(n < length), length - n) for n in range(1, length + 1)]
    placed = tree.place(chain[:1], chain[1:])
    assert [item.level for item in placed] == list(range(1, length + 1))
    assert placed[-1].closes == length - 1


def test_a_post_whose_parent_is_not_on_the_page_is_left_out() -> None:
    branch, orphan = Node(1, 0, 1, 0, 0), Node(5, 4, 1, 0, 0)
    assert [item.node.id for item in tree.place([branch], [orphan])] == [1]
