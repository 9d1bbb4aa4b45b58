"""Every address, asked for by everybody: the answers are those of the permission table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts import services
from forum.accounts.models import User, UserSession
from forum.accounts.services import restraining
from forum.core import clock
from forum.core.db import transaction
from forum.core.viewer import Role
from forum.discussions.services import changing, reading
from forum.discussions.services.writing import Written
from forum.library.services import collecting, flagging
from forum.privacy.models import Held
from forum.privacy.services import breaches
from forum.search.services import thesaurus
from forum.search.services.thesaurus import Change
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, sign_in, viewer_for
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_key, a_reply, a_tag, a_text, a_thread, delete
from tests.factories.files import an_image
from tests.factories.forms import csrf_token
from tests.factories.guides import a_draft, a_guide, a_pending
from tests.factories.moderation import a_case, a_flag, a_ruling, an_appeal, newest_notice
from tests.factories.privacy import a_finding
from tests.optional import missing
from tests.policy.permissions import ROLES, ROWS, Row

__all__ = ["cheap_argon2"]

_numbers = count(1)


class Names(dict[str, str]):
    """What the addresses of the table speak of, made when first named."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(
            board=scene.board.slug,
            other_board=scene.other_board.slug,
            unit=scene.unit.slug,
            author=scene.author.username,
        )
        self.scene = scene
        self.thread_made: Written | None = None

    def __missing__(self, name: str) -> str:
        self[name] = getattr(self, f"_{name}")()
        return self[name]

    @property
    def opened(self) -> Written:
        self.thread_made = self.thread_made or a_thread(self.scene.author, self.scene.board)
        return self.thread_made

    def _thread(self) -> str:
        return self.opened.url.removeprefix("/diskusi/")

    def _other_thread(self) -> str:
        return str(a_thread(self.scene.author, self.scene.board).thread_id)

    def _warning(self) -> str:
        by = viewer_for(self.scene.people["admin"] or self.scene.author)
        with transaction():
            return str(restraining.warn(by, self.scene.author.id, "Mohon lebih sabar.").warning)

    def _reply(self) -> str:
        return str(a_reply(self.scene.author, self.opened).post_id)

    def _edited(self) -> str:
        by = viewer_for(self.scene.author)
        post_id = int(self._reply())
        with transaction():
            changing.edit_post(by, post_id, version=1, text=a_text("Teks yang sudah disunting."))
        return str(post_id)

    def _deleted(self) -> str:
        post_id = self._reply()
        delete(self.scene.author, int(post_id))
        return post_id

    def _draft(self) -> str:
        by = viewer_for(self.scene.author)
        place = f"reply:{self.opened.post_id}"
        with transaction():
            draft = reading.save_draft(by, place, {"body": "Belum selesai"})
            return str(draft.id if draft else 0)

    def _file(self) -> str:
        return an_image(self.scene.author, owner=("post", int(self._reply()))).token

    def _own_file(self) -> str:
        return an_image(self.scene.author).token

    def _tag(self) -> str:
        return a_tag(f"tag-{next(_numbers)}").slug

    def _entry(self) -> str:
        with transaction():
            name = self._name()
            change = Change("synonyms", "", f"{name}, padanan {name}", "0.8")
            return str(thesaurus.create(viewer_for(self.scene.people["admin"] or self.scene.author), change))

    def _thread_id(self) -> str:
        return str(self.opened.thread_id)

    def _guide(self) -> str:
        return str(a_guide(self.scene.author).id)

    def _guide_slug(self) -> str:
        return a_guide(self.scene.author).slug

    def _draft_guide(self) -> str:
        return str(a_draft(self.scene.author).id)

    def _pending(self) -> str:
        return str(a_pending(self.scene.author).id)

    def _flag(self) -> str:
        published, by = a_guide(self.scene.author), viewer_for(self.scene.author)
        with transaction():
            return str(flagging.flag(by, published.id, "wrong", "Ada yang salah."))

    def _path(self) -> str:
        curator, published = self.scene.people["admin"], a_guide()
        assert curator is not None
        by = viewer_for(curator)
        with transaction():
            return collecting.save_path(by, None, name="Jalur uji", description="", guides=[published.id])

    def _session(self) -> str:
        with transaction() as session:
            services.start_session(self.scene.author.id, 14)
            return str(session.scalar(select(func.max(UserSession.id))))

    def _finding(self) -> str:
        return str(a_finding("post", a_thread(self.scene.author, self.scene.board).post_id))

    def _breach(self) -> str:
        by, held = self.scene.people["admin"], Held("post", a_thread(self.scene.author, self.scene.board).post_id)
        assert by is not None
        with transaction():
            return str(breaches.open_breach(viewer_for(by), "Kebocoran uji", [held], clock.now()))

    def _flagged(self) -> str:
        """A reply that the member reported."""
        post_id, member = self._reply_elsewhere(), self.scene.people["member"]
        assert member is not None
        a_flag(member, post_id)
        return str(post_id)

    def _reply_elsewhere(self) -> int:
        """A reply in a thread of its own, which nothing else happens to."""
        return a_reply(self.scene.author, a_thread(self.scene.author, self.scene.board)).post_id

    def _case(self) -> str:
        return str(a_case(self._reply_elsewhere()))

    def _ruling(self) -> str:
        """What another moderator asked of the author."""
        return str(a_ruling(a_moderator(), self._reply_elsewhere()))

    def _appeal(self) -> str:
        return str(an_appeal(self.scene.author, int(self._ruling())))

    def _notice(self) -> str:
        self._ruling()
        return str(newest_notice(self.scene.author))

    def _bystander(self) -> str:
        return a_member().username

    def _name(self) -> str:
        return f"uji{next(_numbers)}"

    def _key(self) -> str:
        return a_key()


class Scene:
    """A board with the people of the table."""

    def __init__(self, readers: Sequence[Role | int] = (), **author: Any) -> None:
        self.board, self.other_board = a_board(readers=readers), a_board()
        self.author = a_member("penulis", **author)
        self.people: dict[str, User | None] = {
            "stranger": None,
            "member": a_member("anggota"),
            "author": self.author,
            "moderator": a_moderator("moderator", boards=[self.board.id]),
            "moderator elsewhere": a_moderator("kurator", boards=[self.other_board.id]),
            "admin": an_admin("pengelola"),
        }
        self.unit = a_unit()
        self.kept = Names(self)

    def client(self, app: Flask, role: str) -> FlaskClient:
        client = app.test_client()
        person = self.people[role]
        if person is not None:
            sign_in(client, person)
        return client

    def ask(self, app: Flask, role: str, row: Row, method: str = "") -> int:
        """The status that `role` gets for the row, by `method` instead of its own if given.

        What a POST changes is its own, so that none disturbs the next.
        """
        names = Names(self) if row.method == "POST" and not method else self.kept
        client = self.client(app, role)
        path = row.path.format_map(names)
        method = method or row.method
        if method == "GET":
            return client.get(path).status_code
        fields = {name: value.format_map(names) for name, value in row.fields.items()}
        return client.open(path, method=method, data={"csrf_token": csrf_token(client), **fields}).status_code


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_what_the_table_says(app: Flask, role: str, method: str) -> None:
    scene = Scene()
    wrong = {}
    lacking = missing()
    for row in ROWS:
        if row.needs in lacking:
            continue
        if row.method == method and (got := scene.ask(app, role, row)) != row.status(role):
            wrong[f"{method} {row.path}"] = f"{got} instead of {row.status(role)}"
    assert not wrong


@pytest.mark.parametrize("role", ["stranger", "admin"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_method_that_an_address_does_not_serve_is_refused(app: Flask, role: str, method: str) -> None:
    scene = Scene()
    served = {(row.path.partition("?")[0], row.method) for row in ROWS}
    expected = 405 if role == "admin" else 302 if method == "GET" else 401
    wrong = {}
    for row in ROWS:
        if (row.path.partition("?")[0], method) not in served and (
            got := scene.ask(app, role, row, method)
        ) != expected:
            wrong[f"{method} {row.path}"] = got
    assert not wrong


def about_the_board(rows: tuple[Row, ...]) -> Iterator[Row]:
    for row in rows:
        if any(name in row.path for name in ("{thread}", "{reply}", "{edited}", "{deleted}", "{board}", "{file}")):
            yield row


def test_nothing_of_a_board_that_one_may_not_read_is_there(app: Flask) -> None:
    unit = a_unit().id
    scene = Scene(readers=[unit], unit_id=unit)
    wrong = {}
    for row in about_the_board(ROWS):
        for role in ("member", "moderator elsewhere"):
            if (got := scene.ask(app, role, row)) != 404:
                wrong[f"{role}: {row.method} {row.path}"] = got
        if (got := scene.ask(app, "author", row)) != row.status("author"):
            wrong[f"author: {row.method} {row.path}"] = got
    assert not wrong


def test_nothing_of_a_deleted_thread_is_there_for_members(app: Flask) -> None:
    scene = Scene()
    admin = scene.people["admin"]
    assert admin is not None
    wrong = {}
    for row in about_the_board(ROWS):
        if "{board}" in row.path:
            continue
        names = Names(scene)
        path = row.path.format_map(names)
        fields = {name: value.format_map(names) for name, value in row.fields.items()}
        delete(admin, names.opened.post_id)
        for role in ("member", "author"):
            client = scene.client(app, role)
            fields["csrf_token"] = csrf_token(client)
            got = client.open(path, method=row.method, data=fields if row.method == "POST" else None)
            expected = 409 if (row.endpoint, row.method) == ("discussions.reply", "POST") else 404
            if got.status_code != expected:
                wrong[f"{role}: {row.method} {row.path}"] = got.status_code
    assert not wrong
