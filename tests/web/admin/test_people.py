"""Accounts through the admin's pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts import services
from forum.accounts.models import OneTimeLink, User, UserSession
from forum.accounts.queries import directory
from forum.accounts.services import Entry
from forum.audit.models import AuditEntry
from forum.core import timing
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, NotFound
from forum.core.viewer import SYSTEM
from tests.conftest import csrf_of, post
from tests.factories.accounts import (
    NIP,
    a_disabled_user,
    a_member,
    a_moderator,
    a_newcomer,
    a_unit,
    an_admin,
    sign_in,
    viewer_for,
)
from tests.factories.boards import a_board

LINK = re.compile(r"/masuk/tautan/([A-Za-z0-9_-]+)")
OTHER_NIP = "199001012024212001"


@pytest.fixture
def admin(client: FlaskClient) -> User:
    admin = an_admin("bos")
    sign_in(client, admin)
    return admin


def stored(username: str) -> User:
    db.session.rollback()
    return db.session.scalars(select(User).where(User.username == username)).one()


def log(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def form(user: User, **changes: Any) -> dict[str, Any]:
    """What the edit form sends for `user` as it stands, with `changes`."""
    values = {
        "name": user.name,
        "email": user.email,
        "unit": str(user.unit_id or ""),
        "position": user.position,
        "status": user.status,
        "role": user.role,
        "scope": "all" if user.moderated_boards is None else "some",
        "is_active": "1" if user.is_active else None,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def edit(client: FlaskClient, user: User, **changes: Any) -> Any:
    return post(client, f"/admin/pengguna/{user.username}", **form(user, **changes))


def test_a_new_account_gets_a_link_that_works_and_is_shown_once(client: FlaskClient, admin: User) -> None:
    unit = a_unit("Dinas Uji")
    answer = post(
        client,
        "/admin/pengguna/baru",
        username=" Sari.Contoh ",
        name="Sari Contoh",
        email="Sari@Contoh.go.id",
        unit=str(unit.id),
        position="Staf",
        status="pppk",
        role="member",
        scope="all",
        nip=NIP,
    )
    page = answer.get_data(as_text=True)
    token = LINK.search(page).group(1)
    sari = stored("sari.contoh")
    assert (sari.email, sari.unit_id, sari.status, sari.nip) == ("sari@contoh.go.id", unit.id, "pppk", NIP)
    assert sari.password_hash is None
    assert NIP not in page
    assert token not in client.get("/admin/pengguna/sari.contoh").get_data(as_text=True)
    stranger = client.application.test_client()
    assert stranger.get(f"/masuk/tautan/{token}").status_code == 200
    assert NIP not in str([(entry.before, entry.after) for entry in db.session.scalars(select(AuditEntry))])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"username": "ab"}, "Nama pengguna terdiri atas"),
        ({"username": "ada"}, "Nama pengguna ini sudah dipakai"),
        ({"username": "impor"}, "dicadangkan"),
        ({"email": "ADA@contoh.go.id"}, "Alamat surel ini sudah dipakai"),
        ({"email": "bukan-surel"}, "alamat surel yang lengkap"),
        ({"name": "\u200b\u200b"}, "Isi nama lengkap"),
        ({"name": "n" * 10_000}, "Nama terlalu panjang"),
        ({"nip": "123"}, "NIP tidak sah"),
        ({"nip": OTHER_NIP}, "NIP ini sudah dipakai"),
        ({"unit": "999999"}, "tidak tersedia"),
        ({"unit": "1 OR 1=1"}, "tidak tersedia"),
        ({"status": "raja"}, "Status harus"),
        ({"role": "root"}, "Peran harus"),
        ({"role": "moderator", "scope": "some"}, "sedikitnya satu papan"),
        ({"role": "moderator", "scope": "some", "boards": "77"}, "tidak tersedia"),
        ({"position": "p" * 121}, "Jabatan terlalu panjang"),
    ],
)
def test_a_new_account_is_refused(client: FlaskClient, admin: User, changes: dict[str, str], says: str) -> None:
    a_member("ada", nip=OTHER_NIP)
    fields = {
        "username": "baru1",
        "name": "Orang Baru",
        "email": "baru@contoh.go.id",
        "status": "pns",
        "role": "member",
    }
    answer = post(client, "/admin/pengguna/baru", **fields) if not changes else None
    answer = post(client, "/admin/pengguna/baru", **{**fields, **changes})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert changes.get("nip", "nothing typed") not in page
    assert db.session.scalar(select(func.count()).select_from(User)) == 2


def test_an_entry_is_changed_and_the_log_has_before_and_after(client: FlaskClient, admin: User) -> None:
    budi, unit = a_member("budi", nip=NIP), a_unit()
    answer = edit(client, budi, name="Budi Baru", unit=str(unit.id), nip=OTHER_NIP)
    assert answer.headers["Location"] == "/admin/pengguna/budi"
    changed = stored("budi")
    assert (changed.name, changed.unit_id, changed.nip) == ("Budi Baru", unit.id, OTHER_NIP)
    (entry,) = log("user.update")
    assert entry.actor_id == admin.id
    assert entry.before["unit_id"] is None
    assert {**entry.after, "name": ""} == {"name": "", "unit_id": unit.id, "nip_changed": True}
    # A mark tells that the name has changed; the name itself could never be erased from the log.
    assert entry.before["name"] != entry.after["name"]
    assert "Budi" not in str((entry.before, entry.after))
    assert NIP not in str(entry.before) + str(entry.after)
    assert OTHER_NIP not in str(entry.before) + str(entry.after)


def test_saving_without_a_change_leaves_no_trace_and_keeps_the_nip(client: FlaskClient, admin: User) -> None:
    budi = a_member("budi", nip=NIP)
    edit(client, budi)
    assert stored("budi").nip == NIP
    assert log("user.update") == []
    edit(client, budi, remove_nip="1")
    assert stored("budi").nip is None


def test_disabling_somebody_signs_them_out_and_kills_their_links(client: FlaskClient, admin: User) -> None:
    budi = a_newcomer("budi")
    with transaction():
        services.make_link(SYSTEM, budi.id)
    theirs = client.application.test_client()
    sign_in(theirs, budi)
    edit(client, budi, is_active=None)
    assert theirs.get("/akun").status_code == 302
    assert db.session.scalar(select(OneTimeLink.id)) is None
    assert db.session.scalars(select(UserSession.user_id)).all() == [admin.id]
    edit(client, stored("budi"), is_active="1")
    assert stored("budi").is_active


def test_a_moderator_can_be_limited_to_boards(client: FlaskClient, admin: User) -> None:
    one, two = a_board("satu"), a_board("dua")
    budi = a_member("budi")
    edit(client, budi, role="moderator", scope="some", boards=[str(one.id), str(two.id)])
    assert stored("budi").moderated_boards == [one.id, two.id]
    assert "Papan satu" in client.get("/profil/budi").get_data(as_text=True)
    edit(client, stored("budi"), scope="all")
    assert stored("budi").moderated_boards is None
    edit(client, stored("budi"), role="member", scope="some", boards=[str(one.id)])
    assert (stored("budi").role, stored("budi").moderated_boards) == ("member", None)


@pytest.mark.parametrize("changes", [{"role": "member"}, {"is_active": None}])
def test_admins_cannot_shut_themselves_out(client: FlaskClient, admin: User, changes: dict[str, Any]) -> None:
    an_admin("lain")
    answer = edit(client, admin, **changes)
    assert answer.status_code == 422
    assert "hanya dapat diubah oleh admin lain" in answer.get_data(as_text=True)
    assert (stored("bos").role, stored("bos").is_active) == ("admin", True)


@pytest.mark.parametrize("changes", [{"role": "member"}, {"is_active": False}])
@pytest.mark.usefixtures("app")
def test_the_last_active_admin_stays(changes: dict[str, Any]) -> None:
    last = an_admin("akhir")
    entry = {
        "name": last.name,
        "email": last.email,
        "unit_id": None,
        "position": "",
        "status": "pns",
        "role": "admin",
        "moderated_boards": None,
        "is_active": True,
    }
    a_disabled_user(role="admin")
    last_id = last.id
    with pytest.raises(Invalid), transaction():
        services.update_user(SYSTEM, last_id, Entry(**{**entry, **changes}))
    an_admin("lain")
    with transaction():
        assert services.update_user(SYSTEM, last_id, Entry(**{**entry, **changes}))


@pytest.mark.usefixtures("app")
def test_the_rules_ask_who_acts_even_without_a_page() -> None:
    budi = a_member("budi")
    entry = Entry("Budi", "b@x.id", None, "", "pns", "admin", None, True)
    budi_id, member, moderator = budi.id, viewer_for(budi), viewer_for(a_moderator())
    for actor in (member, moderator):
        with pytest.raises(Denied), transaction():
            services.update_user(actor, budi_id, entry)
        with pytest.raises(Denied), transaction():
            services.create_user(actor, username="baru1", email="b1@x.id", name="Baru Satu")
        with pytest.raises(Denied), transaction():
            services.end_sessions_of(actor, budi_id)
        with pytest.raises(Denied), transaction():
            services.create_unit(actor, name="Dinas Gelap")
        with pytest.raises(Denied):
            services.plan_import(actor, b"name;username;email\n")
    for unknown in (0, 999_999):
        with pytest.raises(NotFound), transaction():
            services.update_user(SYSTEM, unknown, entry)
        with pytest.raises(NotFound), transaction():
            services.make_link(SYSTEM, unknown)


def test_a_new_link_replaces_the_old_one(client: FlaskClient, admin: User) -> None:
    a_newcomer("budi")
    first = LINK.search(
        post(client, "/admin/pengguna/budi/tautan", page="/admin/pengguna/budi").get_data(as_text=True)
    ).group(1)
    second = LINK.search(
        post(client, "/admin/pengguna/budi/tautan", page="/admin/pengguna/budi").get_data(as_text=True)
    ).group(1)
    stranger = client.application.test_client()
    assert stranger.get(f"/masuk/tautan/{first}").status_code == 410
    assert stranger.get(f"/masuk/tautan/{second}").status_code == 200
    assert len(log("user.link")) == 2


def test_a_disabled_person_gets_no_link(client: FlaskClient, admin: User) -> None:
    a_disabled_user("budi")
    answer = post(client, "/admin/pengguna/budi/tautan", page="/admin/pengguna/budi")
    assert answer.status_code == 403
    assert "tidak aktif" in answer.get_data(as_text=True)


def test_an_admin_ends_the_sessions_of_a_person(client: FlaskClient, admin: User) -> None:
    budi = a_member("budi")
    theirs = client.application.test_client()
    sign_in(theirs, budi)
    post(client, "/admin/pengguna/budi/keluarkan", page="/admin/pengguna/budi")
    assert theirs.get("/akun").status_code == 302
    assert log("user.end_sessions")[0].after == {"ended": 1}


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(client: FlaskClient, admin: User) -> None:
    second = an_admin("kedua")
    theirs = client.application.test_client()
    sign_in(theirs, second)
    assert theirs.get("/admin").status_code == 200
    edit(client, second, role="member")
    assert theirs.get("/admin").status_code == 403


def test_the_list_is_searched_by_name_username_and_unit_and_paged(
    client: FlaskClient, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = a_unit("Dinas Penataan Ruang", aliases=["Dinas Tarukim"])
    a_member("aa1", name="Zainal Abidin", unit_id=unit.id)
    monkeypatch.setattr(directory, "PAGE", 6)
    for n in range(9):
        a_member(f"massa{n:02}", name=f"Massa {n:02}")
    first = client.get("/admin/pengguna").get_data(as_text=True)
    assert "Massa 00" in first
    older = re.search(r'href="(/admin/pengguna\?setelah=[^"]+)"', first).group(1)
    second = client.get(older).get_data(as_text=True)
    assert "Zainal Abidin" in second
    shown = re.findall(r'<li>\s*<a href="/admin/pengguna/([a-z0-9]+)"', first + second)
    assert len(shown) == len(set(shown)) == 11
    for query in ("zainal", "AA1", "tarukim", "penataan ruang"):
        assert "Zainal Abidin" in client.get("/admin/pengguna", query_string={"q": query}).get_data(as_text=True), query
    for query in ("%", "_", "\\", "'", "zzz"):
        assert "Massa" not in client.get("/admin/pengguna", query_string={"q": query}).get_data(as_text=True), query


def statements(client: FlaskClient, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200
    return int(re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"]).group(1))


def test_the_lists_take_no_more_statements_when_there_is_more(client: FlaskClient, admin: User) -> None:
    paths = ["/admin/pengguna", "/admin/perangkat-daerah", "/admin/papan", "/admin/tag", "/admin/pengguna/bos"]
    a_unit(), a_board("awal")
    few = [statements(client, path) for path in paths]
    for n in range(5):
        a_member(unit_id=a_unit(aliases=[f"Nama lama {n}", f"Sebutan {n}"]).id)
        a_board(f"papan-{n}")
    assert [statements(client, path) for path in paths] == few
    assert max(few) <= 5
    timing.stop()


def test_markup_in_names_stays_text(client: FlaskClient, admin: User) -> None:
    a_member("jahil", name="<script>alert(1)</script>{{ 7*7 }}", position='"><img src=x>')
    for path in ("/admin/pengguna", "/admin/pengguna/jahil", "/profil/jahil"):
        page = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in re.sub(
            r"\s+", "", re.sub(r"(nonce|content|value|src|href|datetime|title)=\"[^\"]*\"", "", page)
        )


def test_another_field_in_the_form_changes_nothing(client: FlaskClient, admin: User) -> None:
    budi = a_member("budi")
    before = budi.password_hash
    edit(client, budi, username="lain", password_hash="x", is_sample="1", id="1", locale="en")
    after = stored("budi")
    assert (after.password_hash, after.is_sample, after.locale) == (before, False, "id")


def test_the_edit_form_has_a_token_of_its_own(client: FlaskClient, admin: User) -> None:
    a_member("budi")
    token = csrf_of(client.get("/admin/pengguna/budi").get_data(as_text=True))
    other = client.application.test_client()
    sign_in(other, admin)
    assert other.post("/admin/pengguna/budi/tautan", data={"csrf_token": token}).status_code == 400
