"""Loads the sample content through the services, as if its people had written it over the past months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import func, select

from forum.accounts import passwords
from forum.accounts.models import User
from forum.accounts.services import people as accounts
from forum.accounts.services import units
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict
from forum.core.viewer import Role, Viewer
from forum.demo import content, guides
from forum.demo.content import SampleThread
from forum.discussions.queries.records import opening_post_id
from forum.discussions.services import boards, curating, reading, tags, texts, writing
from forum.search import indexer
from forum.search.documents import Unavailable

SAMPLE_PASSWORD = "rembuk-contoh"  # noqa: S105 - published on purpose; a production start refuses these accounts
SYSTEM = Viewer(role=Role.ADMIN, name="Rembuk")
# The asker reads the answers, tries them, and then says what helped.
SOLVED_AFTER = timedelta(hours=3)
VOTED_AFTER = timedelta(hours=1)

Progress = Callable[[str], None]

log = structlog.get_logger()


@dataclass(slots=True)
class Loader:
    """What is known while loading: people by username, rendered texts, and the posts made so far."""

    now: datetime
    people: dict[str, Viewer] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    texts: dict[tuple[str, str], texts.Text] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    posts: dict[tuple[str, str], int] = field(default_factory=dict)


def load_sample(progress: Progress = lambda step: None) -> int:
    """Load everything in one transaction: all of it or nothing. Then search finds it. Returns the number of threads.

    `progress` is called with the name of each step done (see `steps`). Raises Conflict when the database has sample
    content already, or people of its own.
    """
    threads = content.threads()
    loader = Loader(now=clock.now())
    password = passwords.make_hash(SAMPLE_PASSWORD)
    _render(loader, threads, progress)
    guide_texts = guides.render(_usernames(), progress)
    with transaction():
        if db.session.scalar(select(func.count()).select_from(User)):
            raise Conflict("There are accounts already: sample content goes into an empty database only.")
        _load_people(loader, password)
        _load_boards()
        for at, _order, act in sorted(_events(loader, threads), key=lambda event: event[:2]):
            with clock.fixed(at):
                act()
            progress("act")
        guides.load(guides.Guides(loader.now, loader.people, loader.units, loader.threads, guide_texts), progress)
    _index()
    return len(threads)


def _index() -> None:
    """Begin the index anew: an older one may have been left here by another database. The worker does it if this cannot."""
    try:
        indexer.rebuild()
        indexer.drain()
    except Unavailable as error:
        log.warning("sample_content_not_indexed", reason=str(error))


def steps() -> int:
    """How often `progress` will be called."""
    threads = content.threads()
    loader = Loader(now=clock.now())
    rendered = sum(1 + len(thread.posts) + bool(thread.summary) for thread in threads)
    return rendered + sum(1 for _ in _events(loader, threads)) + 2 * len(content.guides())


def _render(loader: Loader, threads: list[SampleThread], progress: Progress) -> None:
    for thread in threads:
        bodies = [("", thread.body), *((post.key, post.body) for post in thread.posts)]
        if thread.summary:
            bodies.append(("summary", thread.summary))
        for key, body in bodies:
            loader.texts[thread.id, key] = texts.render(body, people=_usernames())
            progress("render")


def _usernames() -> frozenset[str]:
    return frozenset(person["username"] for person in content.people())


def _load_people(loader: Loader, password: passwords.PasswordHash) -> None:
    loader.units = unit_ids = {
        unit["slug"]: units.create_unit(
            SYSTEM, slug=unit["slug"], name=unit["name"], short_name=unit["short"], aliases=unit["aliases"]
        )
        for unit in content.units()
    }
    for person in content.people():
        with clock.fixed(loader.now - timedelta(days=200)):
            user_id = accounts.create_user(
                SYSTEM,
                username=person["username"],
                email=f"{person['username']}@contoh.invalid",
                name=person["name"],
                role=person["role"],
                unit_id=unit_ids[person["unit"]],
                position=person["position"],
                status=person["status"],
                password_hash=password,
                is_sample=True,
            )
        loader.people[person["username"]] = Viewer(
            id=user_id,
            username=person["username"],
            name=person["name"],
            role=Role(person["role"]),
            unit_id=unit_ids[person["unit"]],
        )


def _load_boards() -> None:
    for position, board in enumerate(content.boards()):
        boards.create_board(SYSTEM, position=position, **board)
    for name, synonyms in content.tag_synonyms().items():
        tags.create_tag(SYSTEM, name, synonyms)


Event = tuple[datetime, int, Callable[[], object]]


def _events(loader: Loader, threads: list[SampleThread]) -> Iterator[Event]:
    """Everything that happens, with its time; events of one moment keep their order."""
    order = 0
    for thread in threads:
        opened = loader.now - timedelta(days=thread.days_ago)
        for at, act in _thread_events(loader, thread, opened):
            order += 1
            yield min(at, loader.now), order, act


def _thread_events(
    loader: Loader, thread: SampleThread, opened: datetime
) -> Iterator[tuple[datetime, Callable[[], object]]]:
    yield opened, lambda: _open(loader, thread)
    last = opened
    for post in thread.posts:
        last = opened + timedelta(hours=post.after_hours)
        yield last, partial(_reply, loader, thread, post.key, post.parent, post.author)
        for voter in post.helpful:
            yield last + VOTED_AFTER, partial(_vote, loader, thread, post.key, voter)
    if thread.solution:
        yield last + SOLVED_AFTER, lambda: _solve(loader, thread)
    if thread.summary:
        yield last + SOLVED_AFTER, lambda: _summarise(loader, thread)


def _open(loader: Loader, thread: SampleThread) -> None:
    written = writing.open_thread(
        loader.people[thread.author],
        board=thread.board,
        kind=thread.kind,
        title=thread.title,
        tags=", ".join(thread.tags),
        text=loader.texts[thread.id, ""],
        key=f"contoh-{thread.id}",
        is_sample=True,
    )
    loader.threads[thread.id] = written.thread_id
    loader.posts[thread.id, ""] = opening_post_id(written.thread_id)


def _reply(loader: Loader, thread: SampleThread, key: str, parent: str, author: str) -> None:
    written = writing.post_reply(
        loader.people[author],
        loader.threads[thread.id],
        loader.posts[thread.id, parent],
        loader.texts[thread.id, key],
        f"contoh-{thread.id}-{key}",
    )
    loader.posts[thread.id, key] = written.post_id


def _vote(loader: Loader, thread: SampleThread, key: str, voter: str) -> None:
    reading.vote(loader.people[voter], loader.posts[thread.id, key], on=True)


def _solve(loader: Loader, thread: SampleThread) -> None:
    curating.solve(loader.people[thread.author], loader.posts[thread.id, thread.solution], on=True)


def _summarise(loader: Loader, thread: SampleThread) -> None:
    curating.summarise(loader.people["kurator"], loader.threads[thread.id], loader.texts[thread.id, "summary"])
