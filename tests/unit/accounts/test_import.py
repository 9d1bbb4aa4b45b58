"""Many accounts from one file, by the rules, the page and the command."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts import services
from forum.accounts.models import OneTimeLink, User
from forum.accounts.services import importing
from forum.accounts.services.importing import MAX_ROWS, Imported
from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.outbox import OutboxRow
from forum.core.viewer import SYSTEM
from tests.conftest import csrf_of
from tests.factories.accounts import NIP, a_member, a_unit, an_admin, sign_in

HEAD = "name;username;email;unit;position;status;nip;role"
ROW = "Sari Contoh;sari.contoh;Sari@Contoh.go.id;Dinas Tarukim;Staf;PPPK;;"


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def plan(text: str | bytes) -> services.Plan:
    return services.plan_import(SYSTEM, text.encode() if isinstance(text, str) else text)


def problems(*rows: str, head: str = HEAD) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in plan("\n".join((head, *rows))).problems]


def whole(text: str | bytes) -> str:
    """The one thing that is wrong with the file as a whole."""
    (problem,) = plan(text).problems
    assert problem.line == 0
    return problem.message


pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_files_of_all_spreadsheets_are_read(bom: str, end: str, delimiter: str) -> None:
    unit = a_unit("Dinas PUTR", aliases=["Dinas Tarukim"])
    text = bom + end.join(
        (HEAD, ROW, f'"Budi, S.Sos; M.Si";budi;budi@x.id;{unit.slug};;;"{NIP}";kurator', "", "")
    ).replace(";", "\x01").replace("S.Sos\x01", "S.Sos;").replace("\x01", delimiter)
    sari, budi = plan(text).people
    assert (sari.name, sari.username, sari.email, sari.unit_id, sari.status) == (
        "Sari Contoh",
        "sari.contoh",
        "sari@contoh.go.id",
        unit.id,
        "pppk",
    )
    assert (budi.name, budi.unit_id, budi.nip, budi.role, budi.status) == (
        "Budi, S.Sos; M.Si",
        unit.id,
        NIP,
        "moderator",
        "pns",
    )


def test_columns_may_be_called_in_indonesian_and_come_in_any_order() -> None:
    (person,) = plan("Surel,NAMA Pengguna,Nama Lengkap,Jabatan\nsari@x.id,sari,Sari Contoh,Lurah").people
    assert (person.username, person.position, person.unit_id) == ("sari", "Lurah", None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "kosong"),
        ("\n \n", "kosong"),
        (HEAD, "belum memuat seorang pun"),
        ("name;username\nSari;sari", "yang belum ada: email"),
        (HEAD + ";gaji\n" + ROW + ";1", "Kolom ini tidak dikenal: gaji"),
        ("name;name;username;email\na;b;c;d", "muncul dua kali"),
        (HEAD + '\n"Sari;sari', "tidak terbaca"),
        (b"name;username;email\nS\xe9ri;seri;s@x.id", "bukan CSV UTF-8"),
        ((HEAD + "\n" + ROW).encode("utf-16"), "bukan CSV UTF-8"),
        (b"PK\x03\x04\x00\x00", "bukan CSV UTF-8"),
        ("x" * 2_000_001, "terlalu besar"),
        (HEAD + "\n" + f"S;s;{'e' * 140_000}", "tidak terbaca"),
    ],
)
def test_a_file_that_is_none_says_how_to_mend_it(text: str | bytes, says: str) -> None:
    assert says in whole(text)


def test_every_line_says_what_is_wrong_with_it() -> None:
    a_unit("Dinas PUTR")
    a_member("ada", nip=NIP)
    assert problems(
        "Sari Contoh;sari;sari@x.id;Dinas PUTR;;;;",
        "S;x;bukan;Dinas Hantu;" + "j" * 121 + ";raja;123;root",
        "Budi Contoh;SARI;sari@x.id;;;;;",
        f"Budi Contoh;ada;ada@contoh.go.id;;;;{NIP};",
        "Ani Contoh;ani;ani@x.id;;;;;;;lebih",
        "Tono Contoh;tono",
    ) == [
        (3, "name"),
        (3, "position"),
        (3, "username"),
        (3, "email"),
        (3, "nip"),
        (3, "status"),
        (3, "role"),
        (3, "unit"),
        (4, "username"),
        (4, "email"),
        (5, "username"),
        (5, "email"),
        (5, "nip"),
        (6, ""),
        (7, "email"),
    ]


def test_no_message_repeats_a_nip() -> None:
    a_member("ada", nip=NIP)
    text = (
        f"{HEAD}\nA B;a.b;ab@x.id;;;;{NIP};\nC D;c.d;cd@x.id;;;;198503122010011999x;\nE F;e.f;ef@x.id;;;;1,98503E+17;"
    )
    messages = [problem.message for problem in plan(text).problems]
    assert len(messages) == 3
    assert not any(digits in "".join(messages) for digits in (NIP, "19850312", "98503"))
    assert "menyingkat NIP" in messages[2]


def test_a_number_that_was_kept_as_text_is_read() -> None:
    (person,) = plan(f"{HEAD}\nA B;a.b;ab@x.id;;;;'19850312 201001 1 007;").people
    assert person.nip == NIP


def test_as_many_as_fit_and_not_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ROWS == 5000
    monkeypatch.setattr(importing, "MAX_ROWS", 20)
    rows = [f"Orang Nomor {n};orang.{n};orang{n}@contoh.go.id;;;;;" for n in range(21)]
    assert "Paling banyak 20" in whole("\n".join((HEAD, *rows)))
    made = plan("\n".join((HEAD, *rows[:-1])))
    assert (len(made.people), made.problems) == (20, ())


def test_all_are_made_with_a_link_each_and_the_log_knows() -> None:
    with transaction():
        made = services.import_people(
            SYSTEM, plan(f"{HEAD}\nA B;a.b;ab@x.id;;;;{NIP};\nC D;c.d;cd@x.id;;;;;"), by_mail=False
        )
    assert [(person.username, bool(person.token)) for person in made] == [("a.b", True), ("c.d", True)]
    assert people() == db.session.scalar(select(func.count()).select_from(OneTimeLink)) == 2
    entries = db.session.scalars(select(AuditEntry)).all()
    assert [(entry.action, entry.reason) for entry in entries] == [("user.create", "import")] * 2
    assert NIP not in str([entry.after for entry in entries])


def test_by_mail_there_are_no_links_but_work_for_the_worker() -> None:
    with transaction():
        made = services.import_people(SYSTEM, plan(f"{HEAD}\nA B;a.b;ab@x.id;;;;;"), by_mail=True)
    assert made[0].token == ""
    assert db.session.scalar(select(OneTimeLink.id)) is None
    row = db.session.execute(select(OutboxRow.topic, OutboxRow.key)).one()
    assert row == ("mail.welcome", str(db.session.scalar(select(User.id))))


def test_with_problems_nothing_is_made() -> None:
    broken = plan(f"{HEAD}\nA B;a.b;ab@x.id;;;;;\nC;;;;;;;")
    with pytest.raises(Invalid), transaction():
        services.import_people(SYSTEM, broken, by_mail=False)
    assert people() == 0


def test_somebody_who_took_a_name_meanwhile_stops_it_all() -> None:
    made = plan(f"{HEAD}\nA B;a.b;ab@x.id;;;;;\nC D;c.d;cd@x.id;;;;;")
    a_member("c.d")
    with pytest.raises(Invalid, match="sudah dipakai"), transaction():
        services.import_people(SYSTEM, made, by_mail=False)
    assert people() == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_the_result_is_safe_for_spreadsheets(start: str) -> None:
    text = services.result_file(
        (Imported(f"{start}HYPERLINK(1)", "a.b", "ab@x.id", "tok"),), lambda token: f"https://x/{token}"
    )
    assert text.startswith("\ufeffname;username;email;link\r\n")
    (_head, row) = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    assert row == [f"'{start}HYPERLINK(1)", "a.b", "ab@x.id", "https://x/tok"]


# The page


def send(client: FlaskClient, text: str | bytes | None, act: str = "import", **more: str):
    token = csrf_of(client.get("/admin/pengguna/impor").get_data(as_text=True))
    data: dict[str, object] = {"csrf_token": token, "act": act, **more}
    if text is not None:
        data["file"] = (io.BytesIO(text.encode() if isinstance(text, str) else text), "../../orang.csv")
    return client.post("/admin/pengguna/impor", data=data, content_type="multipart/form-data")


def test_the_page_checks_without_making_anything(client: FlaskClient) -> None:
    sign_in(client, an_admin())
    answer = send(client, f"{HEAD}\nA B;a.b;ab@x.id;;;;;", act="check")
    assert answer.status_code == 200
    assert "1 akun akan dibuat" in answer.get_data(as_text=True)
    assert people() == 1


def test_the_page_makes_all_and_shows_the_links_once(client: FlaskClient) -> None:
    sign_in(client, an_admin())
    page = send(client, f"{HEAD}\nA B;a.b;ab@x.id;;;;{NIP};\nC D;c.d;cd@x.id;;;;;").get_data(as_text=True)
    assert "2 akun dibuat" in page
    assert page.count("/masuk/tautan/") == 2
    assert 'download="tautan-masuk.csv"' in page
    assert NIP not in page
    assert people() == 3


def test_the_page_lists_the_problems_and_makes_nothing(client: FlaskClient) -> None:
    sign_in(client, an_admin())
    answer = send(client, f"{HEAD}\nA B;a.b;ab@x.id;;;;;\n<b>C</b>;x;y;;;;{NIP}9;")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<td>3</td>" in page
    assert "Ada baris yang perlu diperbaiki" in page
    assert NIP not in page
    assert people() == 1


@pytest.mark.parametrize("text", [None, "", b"\xff\xfe", "tanpa judul"])
def test_the_page_says_what_is_wrong_with_the_file(client: FlaskClient, text: str | bytes | None) -> None:
    sign_in(client, an_admin())
    assert send(client, text).status_code == 422
    assert people() == 1


# The command


def run(app: Flask, *words: str):
    """The command outside of a request, as in a shell."""
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["users", *words])


def test_the_command_imports_a_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "orang.csv"
    file.write_text(f"{HEAD}\nA B;a.b;ab@x.id;;;;;\n")
    assert "1 akun akan dibuat" in run(app, "import", str(file), "--check").output
    assert people() == 0
    result = run(app, "import", str(file))
    assert result.exit_code == 0
    assert "http://127.0.0.1:8000/masuk/tautan/" in result.output
    again = run(app, "import", str(file))
    assert again.exit_code == 1
    assert "Baris 2, username: Nama pengguna ini sudah dipakai" in again.output
    assert people() == 1


def test_the_command_makes_an_account_with_a_password(app: Flask) -> None:
    words = ["create", "--username", "Budi", "--email", "b@x.id", "--name", "Budi Contoh", "--role", "admin"]
    result = run(app, *words, "--password", "hujan reda menjelang magrib")
    assert result.exit_code == 0, result.output
    account = services.find_account("budi")
    assert account is not None
    assert services.authenticate(account, "hujan reda menjelang magrib", samples=False)
    assert run(app, *words, "--password", "hujan reda menjelang magrib").exit_code == 1
    weak = run(app, *words[:2], "siti", "--email", "s@x.id", "--name", "Siti", "--password", "pendek")
    assert weak.exit_code == 1
    assert "terlalu pendek" in weak.output
    assert people() == 1


def test_the_command_gives_links_and_lists(app: Flask) -> None:
    a_unit("Dinas PUTR")
    result = run(
        app,
        "create",
        "--username",
        "sari",
        "--email",
        "s@x.id",
        "--name",
        "Sari Contoh",
        "--unit",
        "dinas putr",
        "--nip",
        NIP,
    )
    assert "/masuk/tautan/" in result.output
    assert "/masuk/tautan/" in run(app, "link", "SARI").output
    assert run(app, "link", "tidak-ada").exit_code == 1
    listed = run(app, "list").output
    assert listed == "sari\tmember\taktif\tSari Contoh\tDinas PUTR\n"
    assert (
        run(app, "create", "--username", "x1y", "--email", "x@x.id", "--name", "Xx", "--unit", "hantu").exit_code == 1
    )
