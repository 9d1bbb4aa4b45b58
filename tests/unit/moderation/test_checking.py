"""What the machine looks for in what was written, through the outbox, and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete as delete_row
from sqlalchemy import select, update

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.outbox import OutboxRow
from forum.discussions.models import Post
from forum.discussions.services import changing
from forum.discussions.services.texts import Text
from forum.discussions.services.writing import Written
from forum.moderation.models import Case, CaseCause
from forum.moderation.services import checking, words
from forum.worker import jobs
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_text, a_thread, delete
from tests.factories.moderation import case_row, decided

pytestmark = pytest.mark.usefixtures("app")


def watch(*listed: str) -> None:
    by = viewer_for(an_admin())
    with transaction():
        words.save_words(by, "\n".join(listed), words.version_of(words.watched_words()))


def look() -> None:
    """Do what the outbox asks for, as the worker does."""
    for key in list(db.session.scalars(select(OutboxRow.key).where(OutboxRow.topic == checking.CHECK))):
        jobs.HANDLERS[checking.CHECK](key)
        with transaction() as session:
            session.execute(delete_row(OutboxRow).where(OutboxRow.key == key))


def causes() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.execute(select(CaseCause.cause, CaseCause.note).order_by(CaseCause.case_id, CaseCause.cause))
    return [(row.cause, row.note) for row in rows]


def written(body: str, author: User | None = None) -> Written:
    return a_reply(author or a_member(), a_thread(a_member(), a_board()), body=body)


@pytest.mark.parametrize(
    ("listed", "body", "is_found"),
    [
        ("tipu", "Warga merasa ditipu petugas di loket.", True),
        ("tipu", "Jangan sampai ada penipuan lagi ya.", True),
        ("tipu", "Lampu jalannya mati sejak kemarin.", False),
        ("apel", "Silakan apelnya dimakan bersama.", True),
        ("apel", "Anggota kapel itu menunggu di luar.", False),
        ("uang pelicin", "Katanya harus ada uang pelicinnya dahulu.", True),
        ("uang pelicin", "Pelicin lantai dibeli dengan uang kas.", False),
        ("SABUN", "Sabun habis di toilet lantai dua.", True),
    ],
)
def test_watched_words_are_found_whole_and_in_every_form(listed: str, body: str, is_found: bool) -> None:
    watch(listed)
    written(body)
    look()
    assert causes() == ([("word", listed.lower())] if is_found else [])


def test_a_title_counts_too_and_the_case_is_about_the_thread() -> None:
    watch("pungli")
    a_thread(a_member(), a_board(), title="Ada pungli di loket kelurahan")
    look()
    assert causes() == [("word", "pungli")]
    assert db.session.scalars(select(Case.kind)).all() == ["thread"]


def test_looking_again_changes_nothing_and_an_edit_is_looked_at() -> None:
    watch("sabun", "odol")
    author = a_member()
    post_id = written("Sabun habis di toilet lantai dua.", author).post_id
    look()
    jobs.check_post(str(post_id))
    assert causes() == [("word", "sabun")]
    case_id = db.session.scalars(select(Case.id)).one()
    decided(a_moderator(), case_id)
    jobs.check_post(str(post_id))
    assert len(db.session.scalars(select(Case.id)).all()) == 1
    by = viewer_for(author)
    with transaction():
        changing.edit_post(by, post_id, version=1, text=a_text("Sabun dan odol habis di lantai dua."))
    look()
    assert causes() == [("word", "sabun"), ("word", "odol, sabun")]


def links(count: int) -> Text:
    anchors = "".join(f'<a rel="nofollow" href="https://contoh{n}.id/">lihat</a> ' for n in range(count))
    return Text("Lihat tautan ini semuanya.", f"<p>{anchors}</p>", 1)


@pytest.mark.parametrize(("age_in_days", "count", "is_found"), [(1, 3, True), (1, 2, False), (30, 5, False)])
def test_a_new_account_with_many_links(age_in_days: int, count: int, is_found: bool) -> None:
    with clock.fixed(NOW):
        author = a_member()
    with clock.fixed(NOW + timedelta(days=age_in_days)):
        post_id = written("Lihat tautan ini semuanya.", author).post_id
        with transaction() as session:
            session.execute(update(Post).where(Post.id == post_id).values(html=links(count).html))
        look()
    assert causes() == ([("links", str(count))] if is_found else [])


LONG = "Jual beli kendaraan dinas bekas, hubungi saya segera untuk harga terbaik."


@pytest.mark.parametrize(
    ("body", "times", "hours", "is_found"),
    [(LONG, 3, 1, True), (LONG, 2, 1, False), (LONG, 3, 13, False), ("Terima kasih, Bu.", 5, 1, False)],
)
def test_the_same_text_three_times_in_a_day(body: str, times: int, hours: int, is_found: bool) -> None:
    author = a_member()
    for n in range(times):
        with clock.fixed(NOW + timedelta(hours=hours * n)):
            written(body, author)
            look()
    assert [cause for cause, _ in causes()] == (["repeated"] if is_found else [])


def test_the_same_text_of_different_people_is_no_case() -> None:
    for _ in range(3):
        written(LONG)
    look()
    assert causes() == []


def test_what_is_deleted_before_it_is_looked_at_is_left_alone() -> None:
    watch("sabun")
    author = a_member()
    post_id = written("Sabun habis di toilet lantai dua.", author).post_id
    delete(author, post_id)
    look()
    jobs.check_post(str(10**6))
    assert causes() == []


def test_a_post_is_there_whatever_the_machine_finds() -> None:
    watch("sabun")
    post_id = written("Sabun habis di toilet lantai dua.").post_id
    look()
    assert db.session.get_one(Post, post_id).deleted_at is None
    assert case_row(1).state == "open"


def test_the_list_is_kept_by_admins_in_order_and_logged() -> None:
    moderator = viewer_for(a_moderator())
    with pytest.raises(Denied), transaction():
        words.save_words(moderator, "sabun", words.version_of(()))
    watch("  Odol ", "sabun", "", "SABUN")
    assert words.watched_words() == ("odol", "sabun")
    watch("sabun")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.before, entry.after) == ("words.save", {"removed": ["odol"]}, {"added": []})


@pytest.mark.parametrize("listed", ["a" * 81, "!!!", "\n".join(f"kata{n}" for n in range(301))])
def test_lists_that_make_no_sense_are_refused(listed: str) -> None:
    with pytest.raises(Invalid):
        watch(listed)
    assert words.watched_words() == ()


def test_two_admins_at_once_do_not_undo_one_another() -> None:
    by, old = viewer_for(an_admin()), words.version_of(())
    watch("sabun")
    with pytest.raises(Conflict), transaction():
        words.save_words(by, "odol", old)
    assert words.watched_words() == ("sabun",)
