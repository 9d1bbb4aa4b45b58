"""A page costs the same number of statements however much there is, and none while it renders (core.web sees to that)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from forum.core.db import transaction
from forum.discussions.services import curating, reading
from forum.discussions.services.writing import Written
from tests.factories.accounts import a_member, a_moderator, a_unit, sign_in, viewer_for
from tests.factories.discussions import a_board, a_chain, a_reply, a_tag, a_thread, plant

MOST = 8


def statements(client: FlaskClient, url: str) -> int:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return int(re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])[1])


def a_busy_thread(size: int) -> tuple[Written, list[int]]:
    """Nested, voted on, solved, with a draft waiting."""
    author, voter = a_member(), viewer_for(a_member())
    thread = a_thread(author, a_board(), tags="jalan, lampu")
    posts = plant(author, thread, [None if n % 2 == 0 else n - 1 for n in range(size)])
    by = viewer_for(author)
    with transaction():
        for post in posts[::3]:
            reading.vote(voter, post, on=True)
        curating.solve(by, posts[-1], on=True)
    return thread, posts


@pytest.mark.parametrize("role", ["member", "moderator", "limited moderator", "asker"])
def test_a_thread_page_costs_at_most_eight_statements_with_5_and_with_200_replies(
    client: FlaskClient, role: str
) -> None:
    found: dict[int, list[int]] = {}
    for size in (5, 200):
        thread, posts = a_busy_thread(size)
        reader = {
            "member": lambda: a_member(),
            "moderator": lambda: a_moderator(),
            "limited moderator": lambda: a_moderator(boards=[1]),
            "asker": lambda: a_member(unit_id=a_unit().id),
        }[role]()
        sign_in(client, reader)
        looks = viewer_for(reader)
        with transaction():
            reading.mark_read(looks, thread.thread_id, 3)
            reading.save_draft(looks, f"reply:{thread.post_id}", {"body": "Belum selesai"})
        urls = [
            thread.url,
            *(f"{thread.url}?urut={sort}" for sort in ("terlama", "terbaru", "bermanfaat")),
            f"{thread.url}?tampilan=datar",
            f"{thread.url}/cabang/{posts[0]}",
            *(f"{thread.url}?balasan={posts[-2]}&urut={sort}" for sort in ("terlama", "terbaru", "bermanfaat")),
            f"{thread.url}?balasan={posts[-2]}&tampilan=datar",
        ]
        found[size] = [statements(client, url) for url in urls]
    assert found[5] == found[200]
    assert max(found[200]) <= MOST


def test_a_deep_permalink_costs_no_more(client: FlaskClient) -> None:
    author = a_member()
    sign_in(client, author)
    costs = []
    for depth in (12, 200):
        thread = a_thread(author, a_board())
        posts = a_chain(author, thread, depth)
        costs.append(
            [
                statements(client, f"{thread.url}?balasan={posts[-1]}"),
                statements(client, f"{thread.url}/cabang/{posts[-1]}"),
            ]
        )
    assert costs[0] == costs[1]
    assert max(costs[0]) <= MOST


def test_the_pages_around_a_post_do_not_grow_with_the_thread(client: FlaskClient) -> None:
    author = a_moderator()
    sign_in(client, author)
    costs = []
    for size in (2, 100):
        thread = a_thread(author, a_board())
        posts = plant(author, thread, [None] * size)
        costs.append(
            [
                statements(client, url)
                for url in (
                    f"{thread.url}/balas?ke={posts[-1]}",
                    f"/kiriman/{posts[-1]}/sunting",
                    f"/kiriman/{posts[-1]}/hapus",
                    f"/diskusi/{thread.thread_id}-x/kunci",
                    f"/diskusi/{thread.thread_id}-x/pindah",
                    f"/diskusi/{thread.thread_id}-x/ringkasan",
                )
            ]
        )
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 9


def test_lists_and_the_home_page_do_not_grow(client: FlaskClient) -> None:
    unit = a_unit().id
    author, reader, board = a_member(unit_id=unit), a_member(unit_id=unit), a_board("jalan")
    a_tag("lampu")
    sign_in(client, reader)
    urls = [f"{path}?daftar={name}" for path in ("/", "/diskusi", "/papan/jalan", "/tag/lampu") for name in
            ("terbaru", "belum-terjawab", "belum-selesai", "saya", "unit")]  # fmt: skip
    urls += ["/papan", "/draf"]

    def grow(times: int) -> list[int]:
        for _ in range(times):
            a_board()
            thread = a_thread(author, board, tags="lampu, jalan rusak")
            a_reply(reader, a_thread(reader, board, tags="lampu", kind="announcement"))
            looks = viewer_for(reader)
            with transaction():
                reading.save_draft(looks, f"reply:{thread.post_id}", {"body": "Belum selesai"})
                reading.mark_read(looks, thread.thread_id, 1)
        return [statements(client, url) for url in urls]

    few: Any = grow(1)
    assert grow(30) == few
    assert max(few) <= 12
