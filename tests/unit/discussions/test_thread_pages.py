"""Which posts a page of a thread shows, and where a permalink leads."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from forum.core.db import db, transaction
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.discussions.models import Post
from forum.discussions.queries import branches, post_rows, presenting, threads
from forum.discussions.queries.shapes import BranchPage, Sort, ThreadPage, View
from forum.discussions.services import curating, reading
from forum.discussions.services.writing import Written
from tests.factories.accounts import a_member, a_moderator, viewer_for
from tests.factories.discussions import a_board, a_chain, a_reply, a_thread, delete, plant, restore
from tests.factories.recount import assert_counts_are_right


@pytest.fixture
def reader(app: object) -> Viewer:
    return viewer_for(a_member("pembaca"))


def a_random_thread(seed: int, size: int) -> tuple[int, list[int]]:
    """(thread id, post ids with the opening post first) of a thread whose replies nest at random."""
    rng = random.Random(seed)
    author = a_member()
    thread = a_thread(author, a_board())
    parents = [None if n == 0 or rng.random() < 0.4 else rng.randrange(n) for n in range(size)]
    return thread.thread_id, [thread.post_id, *plant(author, thread, parents)]


def vote_at_random(post_ids: list[int], seed: int) -> None:
    rng = random.Random(seed)
    voters = [viewer_for(a_member()) for _ in range(3)]
    with transaction():
        for voter in voters:
            for post_id in rng.sample(post_ids, k=len(post_ids) // 2):
                reading.vote(voter, post_id, on=True)


def ids(page: ThreadPage | BranchPage) -> list[int]:
    return [post.id for post in page.posts]


def test_counts_are_right_after_random_replies_deletions_and_restorations(app: object) -> None:
    rng = random.Random(7)
    author, moderator = a_member(), a_moderator()
    board = a_board()
    made = [a_thread(author, board, tags="jalan, lampu") for _ in range(3)]
    posts = {thread.thread_id: [thread.post_id] for thread in made}
    gone: list[int] = []
    for _ in range(80):
        thread = rng.choice(made)
        alive = [post for post in posts[thread.thread_id] if post not in gone]
        if rng.random() < 0.65 and alive and thread.post_id not in gone:
            posts[thread.thread_id].append(a_reply(author, thread, rng.choice(alive)).post_id)
        elif rng.random() < 0.6 and alive:
            gone.append(rng.choice(alive))
            delete(moderator, gone[-1])
        elif gone:
            restore(moderator, gone.pop(rng.randrange(len(gone))))
    assert assert_counts_are_right() == sum(map(len, posts.values()))
    assert gone


def test_deleting_or_restoring_twice_counts_once(app: object) -> None:
    author, moderator = a_member(), a_moderator()
    thread = a_thread(author, a_board(), tags="jalan")
    reply = a_reply(author, thread)
    for post_id in (reply.post_id, thread.post_id):
        for act in (delete, delete, restore):
            act(moderator, post_id)
            assert_counts_are_right()
        restore(moderator, post_id)
        assert_counts_are_right()


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("seed", [1, 2])
def test_a_permalink_opens_the_page_that_holds_the_post(reader: Viewer, sort: Sort, seed: int) -> None:
    thread_id, posts = a_random_thread(seed, 120)
    vote_at_random(posts[1:], seed)
    db.session.rollback()
    depths = Counter()
    for post_id in posts:
        page = threads.thread_page(reader, thread_id, sort=sort, target_id=post_id)
        depths[isinstance(page, BranchPage)] += 1
        if isinstance(page, ThreadPage) and post_id != posts[0]:
            without = threads.thread_page(reader, thread_id, sort=sort, page=page.paging.page)
            assert [post.id for post in page.posts if post.level == 1] == [
                post.id for post in without.posts if post.level == 1
            ]
        shown = [post for post in (*page.posts, page.opening if isinstance(page, ThreadPage) else page.root)]
        assert [post.id for post in shown if post.is_target] == [post_id]
        assert len({post.id for post in page.posts}) == len(page.posts)
    assert depths[False] > 80


@pytest.mark.parametrize("sort", list(Sort))
def test_the_pages_show_every_branch_once_in_order(reader: Viewer, sort: Sort) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    made = plant(author, thread, [None] * 65)
    vote_at_random(made, 3)
    db.session.rollback()
    seen = []
    for number in range(1, 5):
        page = threads.thread_page(reader, thread.thread_id, sort=sort, page=number)
        assert page.paging.pages == 4
        assert len(page.posts) <= post_rows.BRANCHES
        seen += list(page.posts)
    assert sorted(post.id for post in seen) == made
    order = [post.id for post in seen]
    if sort is Sort.HELPFUL:
        assert order == sorted(made, key=lambda key: (-next(p for p in seen if p.id == key).helpful_count, key))
        assert len({post.helpful_count for post in seen}) > 2
    else:
        assert order == (made if sort is Sort.OLDEST else made[::-1])
    with pytest.raises(NotFound):
        threads.thread_page(reader, thread.thread_id, sort=sort, page=5)


def test_the_flat_view_shows_every_reply_by_time_and_permalinks_land_there(reader: Viewer) -> None:
    thread_id, posts = a_random_thread(5, 50)
    seen = []
    for number in (1, 2, 3):
        page = threads.thread_page(reader, thread_id, view=View.FLAT, page=number)
        seen += ids(page)
        assert all(post.level == 1 and not post.opens and not post.closes for post in page.posts)
    assert seen == posts[1:]
    for post_id in posts[1:]:
        page = threads.thread_page(reader, thread_id, view=View.FLAT, target_id=post_id)
        assert post_id in ids(page)


def test_a_page_of_a_wide_and_bushy_thread_stays_a_page(reader: Viewer) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    plant(author, thread, [*[None] * 45, *(n for n in range(45) for _ in range(5))])
    page = threads.thread_page(reader, thread.thread_id, page=2, sort=Sort.OLDEST)
    assert len(page.posts) <= post_rows.BRANCHES + post_rows.NESTED
    assert sum(post.level == 1 for post in page.posts) == post_rows.BRANCHES
    for post in page.posts:
        children = [other for other in page.posts if other.parent_number == post.number]
        assert post.more_children == post.child_count - len(children)
        assert len(children) <= post_rows.OPEN_CHILDREN
    assert_counts_are_right()


class TestDeepThread:
    """A chain of 300 replies."""

    @pytest.fixture
    def chain(self, reader: Viewer) -> tuple[int, list[int]]:
        author = a_member()
        thread = a_thread(author, a_board())
        return thread.thread_id, a_chain(author, thread, 300)

    def test_the_thread_page_shows_its_levels_and_leads_on(self, reader: Viewer, chain: tuple[int, list[int]]) -> None:
        thread_id, posts = chain
        page = threads.thread_page(reader, thread_id)
        assert ids(page) == posts[: post_rows.LEVELS]
        assert [post.level for post in page.posts] == list(range(1, post_rows.LEVELS + 1))
        assert page.posts[-1].more_descendants == 300 - post_rows.LEVELS
        assert page.posts[-1].branch_url.endswith(f"/cabang/{posts[post_rows.LEVELS - 1]}")

    @pytest.mark.parametrize("depth", [1, 7, 8, 9, 10, 11, 150, 299, 300])
    def test_a_permalink_opens_with_the_post_on_the_page(
        self, reader: Viewer, chain: tuple[int, list[int]], depth: int
    ) -> None:
        thread_id, posts = chain
        target = posts[depth - 1]
        page = threads.thread_page(reader, thread_id, target_id=target)
        assert isinstance(page, BranchPage) == (depth > post_rows.LEVELS)
        found = next(post for post in page.posts if post.id == target)
        assert found.is_target
        assert found.depth == depth
        assert found.level <= post_rows.LEVELS

    @pytest.mark.parametrize("depth", [1, 2, 9, 10, 300])
    def test_a_branch_page_names_what_stands_above(
        self, reader: Viewer, chain: tuple[int, list[int]], depth: int
    ) -> None:
        thread_id, posts = chain
        page = branches.branch_page(reader, thread_id, posts[depth - 1])
        assert page.root.id == posts[depth - 1]
        assert page.root.depth == depth
        assert len(page.ancestors) == min(depth, branches.MAX_ANCESTORS)
        assert page.ancestors_left_out == max(0, depth - branches.MAX_ANCESTORS)
        numbers = [ancestor.number for ancestor in page.ancestors]
        assert numbers == list(range(depth - len(numbers) + 1, depth + 1))
        assert all(ancestor.name and ancestor.excerpt for ancestor in page.ancestors)
        assert ids(page) == posts[depth : depth + post_rows.LEVELS]

    def test_replies_go_on_at_its_end(self, chain: tuple[int, list[int]]) -> None:
        thread_id, posts = chain
        author = a_member()
        thread = Written(posts[0] - 1, thread_id, "")
        for _ in range(3):
            posts.append(a_reply(author, thread, posts[-1]).post_id)
        assert assert_counts_are_right() == 304


def test_a_branch_with_many_children_has_pages(reader: Viewer) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    made = plant(author, thread, [None, *[0] * 45])
    seen = []
    for number in (1, 2, 3):
        page = branches.branch_page(reader, thread.thread_id, made[0], number)
        assert page.paging.pages == 3
        seen += ids(page)
    assert seen == made[1:]
    with pytest.raises(NotFound):
        branches.branch_page(reader, thread.thread_id, made[0], 4)


def test_a_permalink_to_a_late_child_of_a_deep_post_lands_on_its_page_of_the_branch(reader: Viewer) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    made = plant(author, thread, [None, *range(9), *[9] * 30])
    page = threads.thread_page(reader, thread.thread_id, target_id=made[-1])
    assert isinstance(page, BranchPage)
    assert made[-1] in ids(page)


def test_the_post_of_another_thread_is_not_found_here(reader: Viewer) -> None:
    author, board = a_member(), a_board()
    here, there = a_thread(author, board), a_thread(author, board)
    other = a_reply(author, there)
    for asked in (other.post_id, there.post_id, 10**9, 2**63 - 1):
        with pytest.raises(NotFound):
            threads.thread_page(reader, here.thread_id, target_id=asked)
        with pytest.raises(NotFound):
            threads.thread_page(reader, here.thread_id, target_id=asked, view=View.FLAT)
        with pytest.raises(NotFound):
            branches.branch_page(reader, here.thread_id, asked)
        with pytest.raises(NotFound):
            presenting.post_view(reader, here.thread_id, asked)


def test_a_deleted_post_leaves_a_placeholder_and_nothing_below_it_is_lost(reader: Viewer) -> None:
    author, moderator = a_member(name="Ratna"), a_moderator()
    thread = a_thread(author, a_board())
    made = a_chain(author, thread, 3)
    delete(moderator, made[0], "Memuat nomor pribadi.")
    page = threads.thread_page(reader, thread.thread_id)
    gone, child, _ = page.posts
    assert ids(page) == made
    assert (gone.is_deleted, gone.author, gone.html, gone.delete_reason) == (True, None, "", "Memuat nomor pribadi.")
    assert gone.deleted_by_moderator
    assert not any((gone.may.reply, gone.may.edit, gone.may.vote, gone.may.restore))
    assert child.parent_name is None
    assert page.thread.reply_count == 2
    line = branches.branch_page(reader, thread.thread_id, made[1]).ancestors[-1]
    assert (line.name, line.excerpt) == ("", "")
    seen = threads.thread_page(viewer_for(moderator), thread.thread_id).posts[0]
    assert seen.author is not None
    assert seen.may.restore


def test_the_solution_is_shown_on_top_wherever_it_stands(reader: Viewer) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    made = plant(author, thread, [None] * 30 + [29])
    asker = viewer_for(author)
    with transaction():
        curating.solve(asker, made[-1], on=True)
    for view in View:
        page = threads.thread_page(reader, thread.thread_id, view=view, sort=Sort.OLDEST)
        assert page.solution is not None
        assert page.solution.id == made[-1]
        assert made[-1] not in ids(page)
    page = threads.thread_page(reader, thread.thread_id, page=2, sort=Sort.OLDEST)
    assert [post.id for post in page.posts if post.is_solution] == [made[-1]]


def test_replies_get_their_place_in_the_tree(app: object) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    first = a_reply(author, thread)
    second = a_reply(author, thread)
    below = a_reply(author, thread, first)
    rows = {post.id: post for post in db.session.query(Post)}
    place = {key: (row.number, row.depth, row.child_no, row.branch_id) for key, row in rows.items()}
    assert place[thread.post_id] == (1, 0, 0, None)
    assert place[first.post_id] == (2, 1, 1, first.post_id)
    assert place[second.post_id] == (3, 1, 2, second.post_id)
    assert place[below.post_id] == (4, 2, 1, first.post_id)
