"""Who gets into the admin's room: admins, nobody else; and every form needs its token."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import csrf_of
from tests.factories.accounts import a_cast, a_unit, sign_in
from tests.factories.boards import a_board, a_tag

PAGES = [
    "/admin",
    "/admin/pengguna",
    "/admin/pengguna?q=ang",
    "/admin/pengguna/baru",
    "/admin/pengguna/anggota",
    "/admin/pengguna/impor",
    "/admin/perangkat-daerah",
    "/admin/perangkat-daerah/baru",
    "/admin/perangkat-daerah/dinas-uji",
    "/admin/papan",
    "/admin/papan/baru",
    "/admin/papan/uji",
    "/admin/tag",
    "/admin/tag?q=pa",
    "/admin/tag/pasar",
]
FORMS = [
    "/admin/pengguna/baru",
    "/admin/pengguna/anggota",
    "/admin/pengguna/anggota/tautan",
    "/admin/pengguna/anggota/keluarkan",
    "/admin/pengguna/impor",
    "/admin/perangkat-daerah/baru",
    "/admin/perangkat-daerah/dinas-uji",
    "/admin/papan/baru",
    "/admin/papan/uji",
    "/admin/tag/pasar",
    "/admin/tag/pasar/gabung",
]
ACTS = ["/admin/pengguna/anggota/tautan", "/admin/pengguna/anggota/keluarkan", "/admin/tag/pasar/gabung"]
ABSENT = [
    "/admin/pengguna/tidak-ada",
    "/admin/pengguna/%00",
    "/admin/perangkat-daerah/tidak-ada",
    "/admin/perangkat-daerah/%00",
    "/admin/papan/tidak-ada",
    "/admin/papan/%00",
    "/admin/tag/tidak-ada",
    "/admin/tag/%00",
    "/admin/rahasia",
]


@pytest.fixture
def room(client: FlaskClient):
    a_unit("Dinas Uji", slug="dinas-uji")
    a_board("uji")
    a_tag("pasar")
    return a_cast()


@pytest.mark.parametrize("path", PAGES)
def test_admins_see_the_page_and_nobody_else(client: FlaskClient, room, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/masuk?next=")
    for person, status in ((room.member, 403), (room.moderator, 403), (room.admin, 200)):
        sign_in(client, person)
        assert client.get(path).status_code == status, person.role


@pytest.mark.parametrize("path", FORMS)
def test_nobody_else_may_send_the_form(client: FlaskClient, room, path: str) -> None:
    assert client.post(path).status_code == 401
    for person in (room.member, room.moderator):
        sign_in(client, person)
        token = _token(client)
        assert client.post(path, data={"csrf_token": token}).status_code == 403, person.role


def _token(client: FlaskClient) -> str:
    return csrf_of(client.get("/akun").get_data(as_text=True))


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_token_is_refused(client: FlaskClient, room, path: str) -> None:
    sign_in(client, room.admin)
    assert client.post(path).status_code == 400


@pytest.mark.parametrize("path", ACTS)
def test_an_act_is_no_page(client: FlaskClient, room, path: str) -> None:
    sign_in(client, room.admin)
    assert client.get(path).status_code == 405


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there_is_not_found(client: FlaskClient, room, path: str) -> None:
    sign_in(client, room.admin)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/admin/pengguna?q=%00", "/admin/pengguna?setelah=%00", "/admin/tag?setelah=%00&q=%00", "/admin/pengguna?q=%FF"],
)
def test_odd_searches_find_nothing_bad(client: FlaskClient, room, path: str) -> None:
    sign_in(client, room.admin)
    assert client.get(path).status_code == 200
