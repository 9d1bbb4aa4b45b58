"""The audit log through the admin's pages."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.audit import queries, words
from forum.audit.models import AuditEntry
from forum.audit.services import record
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.viewer import SYSTEM, Viewer
from tests.conftest import csrf_of
from tests.factories.accounts import a_member, an_admin, sign_in, viewer_for
from tests.factories.audit import entries

PAGE = "/admin/catatan"


@pytest.fixture
def admin(client: FlaskClient) -> User:
    admin = an_admin("bos", name="Bos Besar")
    sign_in(client, admin)
    return admin


def write(actor: Viewer, action: str, kind: str = "thread", key: int | None = 1, at: str = "", **more: Any) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC) if at else clock.now()
    with clock.fixed(moment), transaction():
        record(actor, action, kind, key, **more)


def numbers(client: FlaskClient, **fields: str) -> list[int]:
    """The entries that a search shows, in their order."""
    page = client.get(PAGE, query_string=fields)
    assert page.status_code == 200
    return [int(number) for number in re.findall(r'id="catatan-(\d+)"', page.get_data(as_text=True))]


class TestSearching:
    @pytest.fixture(autouse=True)
    def five(self, admin: User) -> None:
        sari, budi = viewer_for(a_member("sari", name="Sari Dewi")), viewer_for(a_member("budi", name="Budi"))
        write(sari, "thread.lock", key=7, at="2026-11-01T10:00", reason="Sudah tuntas")
        write(budi, "thread.lock", key=8, at="2026-11-02T16:59", reason="Melenceng dari pokok")
        write(budi, "post.delete", "post", 7, at="2026-11-02T17:00", reason="Berisi “kata” kasar")
        write(
            SYSTEM,
            "user.create",
            "user",
            sari.id,
            at="2026-11-03T10:00",
            after={"name": 'Café "Sari"', "role": "member"},
        )
        write(
            sari,
            "unit.update",
            "unit",
            3,
            at="2026-11-04T10:00",
            before={"name": "Dinas 100%"},
            after={"name": "Dinas_B"},
        )

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, [5, 4, 3, 2, 1]),
            ({"pelaku": "sari"}, [5, 1]),
            ({"pelaku": "DEWI"}, [5, 1]),
            ({"pelaku": "siapa"}, []),
            ({"pelaku": "%"}, []),
            ({"tindakan": "thread.lock"}, [2, 1]),
            ({"tindakan": "tidak.ada"}, []),
            ({"jenis": "thread"}, [2, 1]),
            ({"nomor": "7"}, [3, 1]),
            ({"jenis": "post", "nomor": "7"}, [3]),
            ({"kata": "tuntas"}, [1]),
            ({"kata": "POKOK melenceng"}, [2]),
            ({"kata": "“kata”"}, [3]),
            ({"kata": "café"}, [4]),
            ({"kata": '"Sari"'}, [4]),
            ({"kata": "100%"}, [5]),
            ({"kata": "s_B"}, [5]),
            ({"kata": "tuntas pokok"}, []),
            # Days are those of the city: 17.00 UTC is midnight in WIB.
            ({"dari": "2026-11-03"}, [5, 4, 3]),
            ({"sampai": "2026-11-02"}, [2, 1]),
            ({"dari": "2026-11-03", "sampai": "2026-11-03"}, [4, 3]),
            ({"pelaku": "budi", "tindakan": "thread.lock", "sampai": "2026-11-02"}, [2]),
        ],
    )
    def test_what_is_found(self, client: FlaskClient, fields: dict[str, str], expected: list[int]) -> None:
        assert numbers(client, **fields) == expected

    @pytest.mark.parametrize(
        "fields",
        [
            {"dari": "kemarin"},
            {"sampai": "2026-13-01"},
            {"dari": "0001-01-01"},
            {"sampai": "9999-12-31"},
            {"nomor": "tujuh"},
            {"nomor": "٣"},
            {"nomor": "9" * 30},
        ],
    )
    def test_what_cannot_be_used_is_said_beside_the_field_and_stays(
        self, client: FlaskClient, fields: dict[str, str]
    ) -> None:
        page = client.get(PAGE, query_string=fields)
        text = page.get_data(as_text=True)
        [(name, typed)] = fields.items()
        assert page.status_code == 422
        assert f'id="{name}-error"' in text
        assert f'value="{typed}"' in text
        assert not re.search(r'id="catatan-', text)

    def test_people_read_words_not_codes(self, client: FlaskClient) -> None:
        text = html.unescape(client.get(PAGE).get_data(as_text=True))
        for shown in ("Diskusi dikunci", "Sari Dewi", "Alasan: Sudah tuntas", "1 November 2026 pukul 17.00 WIB"):
            assert shown in text
        assert re.search(r'<th scope="row">nama</th>\s*<td>Dinas 100%</td>\s*<td>Dinas_B</td>', text)
        assert "sistem" in text
        listed = text[text.index('<ol class="brief') : text.index("</ol>")]
        assert "thread.lock" not in listed

    def test_a_bad_cursor_is_not_found(self, client: FlaskClient) -> None:
        assert client.get(PAGE, query_string={"setelah": "xyz"}).status_code == 404

    def test_the_export_holds_what_was_searched_for_and_is_in_the_log(self, client: FlaskClient, admin: User) -> None:
        token = csrf_of(client.get(PAGE).get_data(as_text=True))
        answer = client.post(f"{PAGE}/ekspor", data={"csrf_token": token, "tindakan": "thread.lock", "pelaku": "sari"})
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="catatan-')
        assert answer.headers["Cache-Control"] == "no-store"
        [line] = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
        kept = db.session.get(AuditEntry, 1)
        assert (line["id"], line["action"], line["hash"]) == (1, "thread.lock", kept.hash)
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.action, last.actor_id) == ("audit.export", admin.id)
        assert last.after == {"search": {"tindakan": "thread.lock", "pelaku": "sari"}}

    def test_a_bad_search_is_not_exported(self, client: FlaskClient) -> None:
        token = csrf_of(client.get(PAGE).get_data(as_text=True))
        assert client.post(f"{PAGE}/ekspor", data={"csrf_token": token, "dari": "kemarin"}).status_code == 422


def test_pages_follow_one_another_and_cost_the_same(client: FlaskClient, admin: User) -> None:
    entries(2 * queries.PAGE + 3)
    url, seen = f"{PAGE}?jenis=thread", []
    costs = set()
    while url:
        page = client.get(url)
        text = page.get_data(as_text=True)
        seen += [int(number) for number in re.findall(r'id="catatan-(\d+)"', text)]
        costs.add(page.headers["Server-Timing"].split('"')[1])
        older = re.search(r'rel="next"\s+href="([^"]+)"', text)
        url = html.unescape(older.group(1)) if older else ""
        assert "jenis=thread" in url or not url
    assert seen == list(range(2 * queries.PAGE + 3, 0, -1))
    assert len(costs) == 1


def test_a_long_export_is_sent_piece_by_piece(
    client: FlaskClient, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.audit.queries.BATCH", 10)
    entries(35)
    token = csrf_of(client.get(PAGE).get_data(as_text=True))
    answer = client.post(f"{PAGE}/ekspor", data={"csrf_token": token}, buffered=False)
    assert answer.is_streamed
    pieces = [piece for piece in answer.response if piece]
    assert len(pieces) == 4
    lines = b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces).splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1, 37))


def test_what_people_wrote_is_shown_as_text(client: FlaskClient, admin: User) -> None:
    evil = "<script>alert(1)</script>"
    write(SYSTEM, evil[:60], evil[:30], 1, before={evil: evil}, after={evil: [evil]}, reason=evil)
    text = client.get(PAGE).get_data(as_text=True)
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 4


def test_every_action_of_the_services_has_words() -> None:
    """Whoever adds an action adds its words (forum/audit/words.py), in the manner of those that are there."""
    from tests.arch.test_code import CODE

    literal = re.compile(r'(?:record|_change|_kept)\(\s*[\w.()=]+,\s*(?:[\w.]+,\s*)?"([a-z_]+\.[a-z_]+)"')
    used = {name for path in CODE for name in literal.findall(path.read_text())}
    assert len(used) > 20
    assert used - set(words.ACTIONS) == set()
