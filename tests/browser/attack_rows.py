"""Every attack in every column that holds what people write, straight into the tables: what validation would refuse counts here too.

The n-th person, unit, board, tag, thread and guide is called like the n-th attack. Besides there is one of each ("semua") that
holds many attacks at once, and all of them in its long texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from forum.accounts.models import Unit, User
from forum.core import clock
from forum.core.db import transaction
from forum.core.markup import RENDERER_VERSION
from forum.discussions.models import Board, Draft, Post, PostRevision, Tag, Thread, ThreadTag
from forum.library.models import (
    Collection,
    CollectionItem,
    Guide,
    GuideArea,
    GuideComment,
    GuideFlag,
    GuideRevision,
    GuideSource,
    GuideTag,
    GuideVote,
)  # fmt: skip
from forum.library.sections import Section
from forum.search.models import SearchCounter, SearchLog, ThesaurusEntry
from tests.browser.attack_pack import stored

ATTACKS = stored()
N = len(ATTACKS)
LINES = "\n".join(ATTACKS)
LINE = " ".join(" ".join(ATTACKS[::16]).split())  # of every sort some, since it is on many pages many times
ALL = N + 1  # the id of the one that holds all
ADMIN = ALL + 1
IDS = range(1, ALL + 1)


@dataclass(frozen=True)
class Place:
    """Where to look for what."""

    opening: int
    edited: int
    deleted: int
    pending: int
    draft: int
    flag: int


def _text(n: int) -> str:
    return ATTACKS[n - 1] if n <= N else LINE


def people(password_hash: str) -> None:
    now = clock.now()
    units = [{"id": n, "slug": f"unit-{n}", "name": _text(n), "short_name": _text(n)} for n in IDS]
    users: list[dict[str, Any]] = [
        {
            "id": n, "username": f"orang{n}", "email": f"orang{n}@contoh.go.id", "name": _text(n), "position": _text(n), "unit_id": n,
            "role": "moderator" if n == ALL else "member", "created_at": now, "password_hash": password_hash,
        }
        for n in IDS
    ]  # fmt: skip
    users.append({
        **users[-1], "id": ADMIN, "username": "pengelola", "email": "pengelola@contoh.go.id", "name": "Pengelola", "role": "admin",
    })  # fmt: skip
    with transaction() as session:
        session.execute(insert(Unit), units)
        session.execute(insert(User), users)


def discussions(html: list[str]) -> Place:
    """Threads with titles, and one with every attack as a reply of its own. `html`: the attacks as they were rendered."""
    now = clock.now()

    def at(n: int) -> Any:
        return now - timedelta(minutes=ALL - n)

    boards = [
        {"id": n, "slug": f"papan-{n}", "name": _text(n), "description": _text(n), "template": _text(n), "position": n} for n in IDS
    ]  # fmt: skip
    tags = [{"id": n, "slug": f"tag-{n}", "name": _text(n), "thread_count": 1} for n in IDS]
    threads: list[dict[str, Any]] = [
        {
            "id": n, "board_id": n, "author_id": n, "unit_id": n, "title": _text(n), "slug": f"judul-{n}", "created_at": at(n),
            "last_activity_at": at(n), "last_author_id": n, "last_number": 1, "reply_count": 0, "summary": "", "summary_html": "",
            "summary_by_id": None, "summary_at": None, "lock_reason": "", "locked_at": None, "solution_id": None, "solved_by_id": None,
            "solved_at": None,
        }
        for n in IDS
    ]  # fmt: skip
    threads[-1] |= {
        "last_number": N + 2, "reply_count": N, "summary": LINES, "summary_html": "".join(html), "summary_by_id": ALL, "summary_at": now,
        "lock_reason": LINE, "locked_at": now,
    }  # fmt: skip
    openings = [_post(n, n, n, 1, at(n), html) for n in IDS]
    openings[-1] |= {"body": LINES, "child_count": N, "descendant_count": N, "version": 2, "edited_at": now}
    first = ALL + 1
    replies = [
        _post(first + n, ALL, n + 1, n + 2, now, html)
        | {"parent_id": ALL, "branch_id": first + n, "depth": 1, "child_no": n}
        for n in range(N)
    ]
    replies[-1] |= {"deleted_at": now, "deleted_by_id": ALL, "delete_reason": LINE}
    revisions = [
        {
            "post_id": ALL, "number": 1, "editor_id": ALL, "title": LINE, "body": "\n".join(reversed(ATTACKS)), "reason": LINE,
            "created_at": now,
        },
        {"post_id": ALL, "number": 2, "editor_id": ALL, "title": LINE[::2], "body": LINES, "reason": LINE, "created_at": now},
    ]  # fmt: skip
    drafts = [
        {
            "user_id": ADMIN,
            "place": f"reply:{n}",
            "title": _text(n),
            "body": _text(n),
            "tags": _text(n),
            "updated_at": now,
        }
        for n in (*range(1, 60), ALL)
    ]
    drafts.append({"user_id": ADMIN, "place": "new", "title": LINE, "body": LINES, "tags": LINE, "updated_at": now})
    with transaction() as session:
        session.execute(insert(Board), boards)
        session.execute(insert(Tag), tags)
        session.execute(insert(Thread), threads)
        session.execute(insert(ThreadTag), [{"thread_id": n, "tag_id": n, "last_activity_at": at(n)} for n in IDS])
        session.execute(
            insert(ThreadTag), [{"thread_id": ALL, "tag_id": n, "last_activity_at": now} for n in range(1, 60)]
        )
        session.execute(insert(Post), openings)
        session.execute(insert(Post), replies)
        session.execute(insert(PostRevision), revisions)
        session.execute(insert(Draft), drafts)
    return Place(opening=ALL, edited=ALL, deleted=first + N - 1, pending=0, draft=0, flag=0)


def _post(post: int, thread: int, author: int, number: int, at: Any, html: list[str]) -> dict[str, Any]:
    return {
        "id": post, "thread_id": thread, "author_id": author, "number": number, "body": ATTACKS[min(author, N) - 1],
        "html": html[min(author, N) - 1], "renderer_version": RENDERER_VERSION, "created_at": at, "idempotency_key": f"kunci-{post}",
        "parent_id": None, "branch_id": None, "depth": 0, "child_no": 0, "child_count": 0, "descendant_count": 0, "version": 1,
        "edited_at": None, "deleted_at": None, "deleted_by_id": None, "delete_reason": "",
    }  # fmt: skip


def library(place: Place, html: list[str]) -> Place:
    now = clock.now()
    due = now.date()
    guides = [
        {
            "id": n, "slug": f"panduan-{n}", "title": _text(n), "summary": _text(n), "area_id": n, "owner_id": n, "unit_id": n,
            "confidence": "validated", "review_due": due, "validated_at": now, "validated_by_id": n, "published_number": 1,
            "published_at": now, "created_at": now, "archive_reason": _text(n),
        }
        for n in IDS
    ]  # fmt: skip
    share = -(-N // len(Section))
    parts = {name: slice(i * share, (i + 1) * share) for i, name in enumerate(map(str, Section))}
    sections = {name: "\n\n".join(ATTACKS[part]) for name, part in parts.items()}
    pages = {name: "".join(html[part]) for name, part in parts.items()}
    turned = {name: "\n\n".join(reversed(ATTACKS[part])) for name, part in parts.items()}

    def revision(id_: int, guide: int, number: int, state: str, **more: Any) -> dict[str, Any]:
        whole = guide == ALL
        return {
            "id": id_, "guide_id": guide, "number": number, "state": state, "title": _text(guide), "summary": _text(guide),
            "sections": (sections if number % 2 else turned) if whole else {"situasi": _text(guide), "langkah": _text(guide)},
            "html": pages if whole else {"situasi": html[guide - 1], "langkah": html[guide - 1]}, "renderer_version": RENDERER_VERSION,
            "significance": "major", "change_summary": _text(guide), "author_id": guide, "editors": [], "created_at": now,
            "updated_at": now, "submitted_at": now, "decision_reason": _text(guide), "based_on": 1, "reviewer_id": guide,
            "decided_at": now, "autosaved": None, **more,
        }  # fmt: skip

    revisions = [revision(n, n, 1, "published") for n in IDS]
    pending, draft = ALL + 1, ALL + 2
    revisions.append(revision(pending, ALL, 2, "pending", reviewer_id=None, decided_at=None))
    kept = {"title": LINE, "summary": LINE, **sections}
    revisions.append(
        revision(draft, ALL, 3, "draft", author_id=ADMIN, submitted_at=None, reviewer_id=None, autosaved=kept)
    )
    with transaction() as session:
        session.execute(insert(GuideArea), [{"id": n, "slug": f"bidang-{n}", "name": _text(n)} for n in IDS])
        session.execute(insert(Guide), guides)
        session.execute(insert(GuideRevision), revisions)
        session.execute(insert(GuideTag), [{"guide_id": n, "slug": f"tag-{n}", "name": _text(n)} for n in IDS])
        session.execute(
            insert(GuideSource), [{"guide_id": ALL, "thread_id": n, "post_id": None} for n in (*range(1, 60), ALL)]
        )
        comments = [
            {"revision_id": pending, "section": name, "user_id": n, "body": _text(n), "at": now}
            for n in IDS for name in list(parts)[:1]
        ]  # fmt: skip
        session.execute(insert(GuideComment), comments)
        flags = [
            {"guide_id": n, "revision_number": 1, "user_id": n, "reason": "wrong", "note": _text(n), "at": now} for n in IDS
        ]  # fmt: skip
        session.execute(insert(GuideFlag), flags)
        votes = [
            {"revision_id": ALL, "user_id": n, "helped": False, "reason": _text(n), "at": now} for n in IDS
        ]  # fmt: skip
        session.execute(insert(GuideVote), votes)
        session.execute(
            insert(Collection),
            [{"id": n, "slug": f"jalur-{n}", "name": _text(n), "description": _text(n)} for n in IDS],
        )
        session.execute(insert(CollectionItem), [{"collection_id": ALL, "guide_id": n, "position": n} for n in IDS])
    return Place(place.opening, place.edited, place.deleted, pending, draft, flag=ALL)


def searches() -> None:
    now = clock.now()
    log = [
        {"at": now, "searcher": f"{now:%Y%m%d}{who}{n}", "words": _text(n), "normal": _text(n), "total": 0, "good": 0}
        for n in IDS for who in "ab"
    ]  # fmt: skip
    entries = [
        {"id": n, "relation": "broader", "head": _text(n), "terms": _text(n), "weight": 0.5, "note": _text(n), "updated_at": now,
         "updated_by_id": n}
        for n in IDS
    ]  # fmt: skip
    with transaction() as session:
        session.execute(insert(SearchLog), log)
        session.execute(insert(ThesaurusEntry), entries)
        session.execute(insert(SearchCounter), [{"name": "thesaurus", "value": 10**6}])
