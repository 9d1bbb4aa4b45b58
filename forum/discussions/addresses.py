"""The addresses of boards, tags, threads and posts: made here, and nowhere else."""

from __future__ import annotations

import re
import unicodedata

MAX_SLUG = 80


def slugify(text: str, fallback: str = "diskusi", limit: int = MAX_SLUG) -> str:
    """`text` in lower-case ASCII words joined by hyphens, cut at a word; `fallback` when nothing is left."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(slug) > limit:
        slug = slug[: limit + 1].rpartition("-")[0] or slug[:limit]
    return slug or fallback


def thread_ref(thread_id: int, slug: str) -> str:
    return f"{thread_id}-{slug}"


def thread_url(thread_id: int, slug: str) -> str:
    return f"/diskusi/{thread_id}-{slug}"


def permalink(thread_path: str, post_id: int) -> str:
    """The address that opens a post in its context, on whatever page it stands."""
    return f"{thread_path}?balasan={post_id}#p-{post_id}"


def branch_url(thread_path: str, post_id: int) -> str:
    return f"{thread_path}/cabang/{post_id}"


def reply_url(thread_id: int, post_id: int) -> str:
    """Without the words of the title: this stands beside every post of a page."""
    return f"/diskusi/{thread_id}/balas?ke={post_id}"


def board_url(slug: str) -> str:
    return f"/papan/{slug}"


def tag_url(slug: str) -> str:
    return f"/tag/{slug}"


def person_url(username: str) -> str:
    return f"/profil/{username}"
