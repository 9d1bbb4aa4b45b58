"""Units, boards and tags through the admin's pages and their rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts import queries, services
from forum.accounts.models import Unit, UnitAlias, User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, NotFound
from forum.core.viewer import SYSTEM
from forum.discussions.models import Board, BoardAccess, Tag, TagSynonym, Thread, ThreadTag
from forum.discussions.queries import admin as reads
from forum.discussions.services import boards, tags
from tests.conftest import post
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, sign_in, viewer_for
from tests.factories.boards import a_board, a_tag

ROOT = Path(__file__).parents[3]


@pytest.fixture
def admin(client: FlaskClient) -> User:
    admin = an_admin("bos")
    sign_in(client, admin)
    return admin


def last(action: str) -> AuditEntry:
    return db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    ).first()


# Units


def test_a_unit_is_found_by_every_name_it_has_and_had(client: FlaskClient, admin: User) -> None:
    answer = post(
        client,
        "/admin/perangkat-daerah/baru",
        name="Dinas PUTR",
        short_name="PUTR",
        aliases="Dinas PUPR\r\n\r\nDinas Tarukim\n",
    )
    assert answer.headers["Location"] == "/admin/perangkat-daerah"
    unit = db.session.scalars(select(Unit)).one()
    assert unit.slug == "putr"
    for name in ("putr", "Dinas PUTR", "dinas  pupr", "DINAS TARUKIM", "Putr"):
        assert queries.unit_id_of(name) == unit.id
    post(
        client,
        "/admin/perangkat-daerah/putr",
        name="Dinas Pekerjaan Umum",
        short_name="PU",
        aliases="Dinas PUPR",
        is_active="1",
    )
    for name in ("Dinas Pekerjaan Umum", "PU", "Dinas PUTR", "PUTR", "Dinas PUPR"):
        assert queries.unit_id_of(name) == unit.id, name
    with pytest.raises(Invalid):
        queries.unit_id_of("Dinas Tarukim")
    assert last("unit.update").before["name"] == "Dinas PUTR"
    page = client.get("/admin/perangkat-daerah").get_data(as_text=True)
    assert "Dinas PUTR" in page


def test_units_that_share_an_old_name_are_told_apart_by_todays(client: FlaskClient, admin: User) -> None:
    one = a_unit("Dinas Jalan", aliases=["Dinas PU"])
    two = a_unit("Dinas Air", aliases=["Dinas PU", "Dinas Jalan Lama"])
    with pytest.raises(Invalid, match="pernah bernama"):
        queries.unit_id_of("Dinas PU")
    assert queries.unit_id_of("Dinas Jalan") == one.id
    assert queries.unit_id_of("dinas jalan lama") == two.id


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "Isi nama perangkat daerah"),
        ({"name": "\u200b\u200b\u200b"}, "Isi nama perangkat daerah"),
        ({"name": "x" * 161}, "Nama terlalu panjang"),
        ({"name": "Dinas Lain " + "x" * 60}, "Isi nama singkat"),
        ({"name": "dinas  SATU"}, "sudah dipakai oleh Dinas Satu"),
        ({"name": "Dinas Lain", "aliases": "y" * 161}, "Nama lama terlalu panjang"),
        ({"name": "Dinas Lain", "aliases": "\n".join(f"nama {n}" for n in range(31))}, "Paling banyak"),
    ],
)
def test_a_unit_is_refused(client: FlaskClient, admin: User, fields: dict[str, str], says: str) -> None:
    a_unit("Dinas Satu")
    answer = post(client, "/admin/perangkat-daerah/baru", **fields)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert len(db.session.scalars(select(Unit)).all()) == 1


def test_a_unit_out_of_use_is_offered_to_those_who_are_in_it_only(client: FlaskClient, admin: User) -> None:
    unit = a_unit("Dinas Bubar", is_active=False)
    assert str(unit.id) not in dict(queries.unit_choices())
    assert str(unit.id) in dict(queries.unit_choices(unit.id))


def test_slugs_do_not_collide(client: FlaskClient, admin: User) -> None:
    with transaction():
        for name in ("Dinas Sosial", "Dinas Sosial!", "Baru", "日本語"):
            if name == "日本語" or name == "Dinas Sosial!":
                with pytest.raises(Invalid):
                    services.create_unit(SYSTEM, name=name)
            else:
                services.create_unit(SYSTEM, name=name)
        services.create_unit(SYSTEM, name="Dinas Sosial Kota", slug="dinas-sosial")
    assert set(db.session.scalars(select(Unit.slug))) == {"dinas-sosial", "dinas-sosial-2", "baru-2"}
    assert db.session.scalar(select(UnitAlias.id)) is not None


# Boards


def board_form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Jalan dan drainase",
        "slug": "jalan",
        "description": "Lubang dan genangan.",
        "position": "3",
        "icon": "road",
        "colour": "amber",
        "template": "### Situasi\r\n\r\n### Kebutuhan\r\n",
        **changes,
    }


def test_a_board_is_made_and_changed(client: FlaskClient, admin: User) -> None:
    unit = a_unit("Dinas PUTR")
    answer = post(client, "/admin/papan/baru", **board_form(slug="", position="0"))
    assert 'name="position" value="0"' in " ".join(
        client.get("/admin/papan/jalan-dan-drainase").get_data(as_text=True).split()
    )
    assert answer.headers["Location"] == "/admin/papan"
    board = db.session.scalars(select(Board)).one()
    assert (board.slug, board.icon, board.colour, board.position) == ("jalan-dan-drainase", "road", "amber", 0)
    assert board.template == "### Situasi\n\n### Kebutuhan"
    assert not board.restricts_reading
    post(
        client,
        "/admin/papan/jalan-dan-drainase",
        **board_form(read_units=[str(unit.id)], post_roles=["moderator", "admin"], is_archived="1"),
    )
    db.session.rollback()
    board = db.session.scalars(select(Board)).one()
    assert (board.slug, board.restricts_reading, board.restricts_posting, board.is_archived) == (
        "jalan",
        True,
        True,
        True,
    )
    entry = reads.board_entry("jalan")
    assert (entry.read_units, entry.post_roles) == ((unit.id,), ("moderator", "admin"))
    noted = last("board.update")
    assert noted.before == {
        "slug": "jalan-dan-drainase",
        "position": 0,
        "is_archived": False,
        "readers": [],
        "posters": [],
    }
    assert noted.after["readers"] == [unit.id]
    post(client, "/admin/papan/jalan", **board_form())
    db.session.rollback()
    assert db.session.scalar(select(BoardAccess.id)) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "x"}, "Isi nama papan"),
        ({"name": "x" * 81}, "Terlalu panjang"),
        ({"name": "PAPAN ada"}, "Nama ini sudah dipakai"),
        ({"slug": "ada"}, "Alamat ini sudah dipakai"),
        ({"slug": "baru"}, "dicadangkan"),
        ({"slug": "a/b"}, "Alamat papan terdiri"),
        ({"slug": "../x"}, "Alamat papan terdiri"),
        ({"description": "x" * 301}, "Terlalu panjang"),
        ({"position": "-1"}, "Urutan adalah"),
        ({"position": "1e9"}, "Urutan adalah"),
        ({"position": "9" * 30}, "Urutan adalah"),
        ({"icon": "javascript"}, "ikon"),
        ({"colour": "pink"}, "warna"),
        ({"template": "x" * 4001}, "Terlalu panjang"),
        ({"read_roles": "root"}, "Peran harus"),
        ({"read_units": "12345"}, "tidak tersedia"),
        ({"post_units": "abc"}, "tidak tersedia"),
    ],
)
def test_a_board_is_refused(client: FlaskClient, admin: User, changes: dict[str, str], says: str) -> None:
    a_board("ada")
    answer = post(client, "/admin/papan/baru", **board_form(**changes))
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert db.session.scalars(select(Board.slug)).all() == ["ada"]


def test_only_admins_touch_boards_and_tags(client: FlaskClient, admin: User) -> None:
    board, tag, other = a_board("satu"), a_tag("pasar"), a_tag("pajak")
    ids = board.id, tag.id, other.id
    for actor in (viewer_for(a_member()), viewer_for(a_moderator())):
        with pytest.raises(Denied), transaction():
            boards.create_board(actor, slug="x1", name="Papan X")
        with pytest.raises(Denied), transaction():
            boards.update_board(
                actor, ids[0], slug="x", name="Xx", description="", position=1, icon="road", colour="red", template=""
            )
        with pytest.raises(Denied), transaction():
            tags.update_tag(actor, ids[1], name="lain", synonyms=[])
        with pytest.raises(Denied), transaction():
            tags.merge_tag(actor, ids[1], ids[2])


def test_board_names_keep_secret_boards_secret(client: FlaskClient, admin: User) -> None:
    open_one, closed = a_board("terbuka"), a_board("tertutup", read_roles=["admin"])
    ids = frozenset({open_one.id, closed.id})
    assert reads.board_names(viewer_for(a_member()), ids) == ("Papan terbuka",)
    assert reads.board_names(viewer_for(admin), ids) == ("Papan terbuka", "Papan tertutup")


def test_the_icons_offered_are_those_that_are_built() -> None:
    assert sorted(boards.ICONS) == sorted(json.loads((ROOT / "frontend/icons/boards.json").read_text()))


# Tags


def a_thread(board: Board, author: User, *tag_ids: int, deleted: bool = False) -> int:
    now = clock.now()
    with transaction() as session:
        thread = Thread(
            board_id=board.id,
            author_id=author.id,
            title="Judul diskusi",
            slug="judul",
            created_at=now,
            last_activity_at=now,
            last_author_id=author.id,
            deleted_at=now if deleted else None,
        )
        session.add(thread)
        session.flush()
        session.add_all(ThreadTag(thread_id=thread.id, tag_id=tag_id, last_activity_at=now) for tag_id in tag_ids)
        return thread.id


def words_of(tag_id: int) -> set[str]:
    return set(db.session.scalars(select(TagSynonym.name).where(TagSynonym.tag_id == tag_id)))


def test_a_renamed_tag_keeps_its_old_name_as_a_synonym(client: FlaskClient, admin: User) -> None:
    tag = a_tag("ektp")
    tag_id = tag.id
    answer = post(client, "/admin/tag/ektp", name="KTP-el", synonyms="e-ktp\nktp elektronik\n")
    assert answer.headers["Location"] == "/admin/tag"
    db.session.rollback()
    tag = db.session.get(Tag, tag_id)
    assert (tag.slug, tag.name) == ("ktp-el", "ktp-el")
    assert words_of(tag_id) == {"ektp", "e-ktp", "ktp elektronik"}
    assert client.get("/tag/ektp").status_code in (200, 301, 302)
    post(client, "/admin/tag/ktp-el", name="ektp", synonyms="")
    db.session.rollback()
    assert words_of(tag_id) == {"ktp-el"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "Tulis satu nama tag"),
        ({"name": "a,b"}, "Tag"),
        ({"name": "satu, dua"}, "Tulis satu nama tag"),
        ({"name": "x" * 41}, "tidak dapat dipakai"),
        ({"name": "pajak"}, "sudah menjadi tag"),
        ({"name": "pbb"}, "sudah menjadi tag"),
        ({"name": "pasar", "synonyms": "pajak"}, "sudah menjadi tag"),
        ({"name": "pasar", "synonyms": "pbb"}, "sudah menjadi tag"),
        ({"name": "pasar", "synonyms": "\n".join(f"kata {n}" for n in range(31))}, "Paling banyak"),
    ],
)
def test_a_tag_is_refused(client: FlaskClient, admin: User, fields: dict[str, str], says: str) -> None:
    tag = a_tag("pasar", "pekan")
    a_tag("pajak", "pbb")
    answer = post(client, "/admin/tag/pasar", **fields)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    db.session.rollback()
    assert words_of(tag.id) == {"pekan"}


def test_merging_moves_threads_words_and_counts(client: FlaskClient, admin: User) -> None:
    board, author = a_board("satu"), a_member()
    source, target = a_tag("lampu jalan", "lampu"), a_tag("pju")
    source_id, target_id = source.id, target.id
    both = a_thread(board, author, source_id, target_id)
    only = a_thread(board, author, source_id)
    a_thread(board, author, source_id, deleted=True)
    answer = post(client, "/admin/tag/lampu-jalan/gabung", page="/admin/tag/lampu-jalan", target=" PJU ")
    assert answer.headers["Location"] == "/admin/tag"
    db.session.rollback()
    assert db.session.get(Tag, source_id) is None
    assert db.session.get(Tag, target_id).thread_count == 2
    assert words_of(target_id) == {"lampu jalan", "lampu"}
    tagged = db.session.execute(select(ThreadTag.thread_id, ThreadTag.tag_id)).all()
    assert {(both, target_id), (only, target_id)} <= set(map(tuple, tagged))
    assert {row.tag_id for row in tagged} == {target_id}
    assert last("tag.merge").before["source"]["synonyms"] == ["lampu"]


@pytest.mark.parametrize("target", ["", "tidak ada", "pasar", "\x00"])
def test_a_merge_into_nothing_or_itself_is_refused(client: FlaskClient, admin: User, target: str) -> None:
    a_tag("pasar")
    answer = post(client, "/admin/tag/pasar/gabung", page="/admin/tag/pasar", target=target)
    assert answer.status_code == 422
    assert db.session.scalars(select(Tag.slug)).all() == ["pasar"]


def test_tags_are_searched_and_paged(client: FlaskClient, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "TAGS_PAGE", 5)
    for n in range(7):
        a_tag(f"kata{n:03}")
    a_tag("zebra", "kuda belang")
    page = reads.tags_page("", None)
    assert len(page.rows) == reads.TAGS_PAGE
    assert [row.slug for row in reads.tags_page("", page.rows[-1].slug).rows][-1] == "zebra"
    assert [row.slug for row in reads.tags_page("BELANG", None).rows] == ["zebra"]
    with pytest.raises(NotFound):
        reads.tag_entry("tidak-ada")
