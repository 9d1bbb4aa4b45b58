"""The mail that lets somebody in, and the one that tells of a changed account."""

from __future__ import annotations

import email
import smtplib
from email.message import EmailMessage
from email.policy import default
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import queries
from forum.accounts.models import OneTimeLink
from forum.accounts.services import notices
from forum.core import mail
from forum.core.db import db
from forum.core.mail import Recipient, Server
from forum.worker import jobs
from tests.factories.accounts import a_disabled_user, a_member, a_newcomer

SERVER = Server("surel.contoh.go.id", 25, "rembuk@contoh.go.id")
BODY = {
    "site": "Rembuk",
    "city": "Kota Contoh",
    "username": "sari",
    "address": "https://rembuk.contoh/masuk/tautan/abc",
}

pytestmark = pytest.mark.usefixtures("app")


class FakeSMTP:
    """Takes messages as a server would: as bytes."""

    sent: ClassVar[list[EmailMessage]] = []
    starttls_offered = False

    def __init__(self, host: str, port: int, timeout: int) -> None:
        self.secure = False

    def __enter__(self) -> FakeSMTP:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def ehlo(self) -> None:
        pass

    def has_extn(self, name: str) -> bool:
        return name == "starttls" and self.starttls_offered

    def starttls(self, context: Any) -> None:
        assert context.check_hostname
        self.secure = True

    def send_message(self, message: EmailMessage) -> None:
        assert self.secure or not self.starttls_offered
        self.sent.append(email.message_from_bytes(message.as_bytes(), policy=default))


@pytest.fixture
def outgoing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    settings = app.config["SETTINGS"].model_copy(
        update={"mail_server": SERVER.host, "mail_from": SERVER.sender, "base_url": "https://rembuk.contoh/"}
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.setattr(mail, "send", lambda message, server: FakeSMTPSend(message, server))
    monkeypatch.setattr(FakeSMTP, "sent", [])
    return FakeSMTP.sent


_real_send = mail.send


def FakeSMTPSend(message: EmailMessage, server: Server) -> None:  # noqa: N802
    _real_send(message, server, FakeSMTP)


def test_a_newcomer_gets_a_link_that_opens(outgoing: list[EmailMessage]) -> None:
    sari = a_newcomer("sari", name="Sari Lestari")
    jobs.HANDLERS["mail.welcome"](str(sari.id))
    (message,) = outgoing
    assert message["Subject"] == "Akun Anda di Rembuk"
    assert message["To"] == "Sari Lestari <sari@contoh.go.id>"
    text = message.get_body(("plain",)).get_content()
    token = text.split("https://rembuk.contoh/masuk/tautan/")[1].split()[0]
    owner = queries.owner_of_link(token)
    assert owner is not None
    assert owner.username == "sari"
    assert token in message.get_body(("html",)).get_content()
    assert message["Auto-Submitted"] == "auto-generated"


def test_sent_again_only_the_last_link_opens(outgoing: list[EmailMessage]) -> None:
    sari = a_newcomer()
    for _ in range(2):
        jobs.send_welcome(str(sari.id))
    tokens = [message.get_body(("plain",)).get_content().split("/masuk/tautan/")[1].split()[0] for message in outgoing]
    assert [queries.owner_of_link(token) is not None for token in tokens] == [False, True]


def test_there_is_nothing_to_send(outgoing: list[EmailMessage]) -> None:
    for user_id in (a_member().id, a_disabled_user(password_hash=None).id, 999_999):
        jobs.send_welcome(str(user_id))
    assert outgoing == []
    assert db.session.scalar(select(OneTimeLink.id)) is None


@pytest.mark.parametrize("what", notices.WHAT)
def test_a_change_is_told_to_its_person_without_a_link(outgoing: list[EmailMessage], what: str) -> None:
    budi = a_member("budi", name="Budi <b>")
    jobs.HANDLERS[notices.TOPIC](f"{what}:{budi.id}")
    (message,) = outgoing
    assert message["Subject"] == "Keamanan akun Anda di Rembuk"
    assert message["To"].addresses[0].addr_spec == "budi@contoh.go.id"
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert "http" not in body
        assert ("Budi <b>" in body) is (kind == "plain")
        words = {
            "password": "Kata sandi akun Anda",
            "recovery_code_used": "kode cadangan",
            "second_factor_guessed": "kode yang salah",
            "sso_linked": "dihubungkan dengan SSO",
            "sso_unlinked": "dilepas dari SSO",
            "emergency": "tautan darurat",
        }.get(what, "angkah kedua")
        assert words in body


@pytest.mark.parametrize("key", ["password:999999", "rubbish:1"])
def test_a_change_of_nobody_or_of_another_kind_is_not_told(outgoing: list[EmailMessage], key: str) -> None:
    a_member()
    jobs.tell_of_account(key)
    jobs.tell_of_account(f"password:{a_disabled_user().id}")
    assert outgoing == []


def test_without_a_mail_server_nothing_happens() -> None:
    jobs.send_welcome(str(a_newcomer().id))
    jobs.tell_of_account(f"password:{a_member().id}")
    assert db.session.scalar(select(OneTimeLink.id)) is None


def test_the_mail_speaks_the_language_of_its_reader(outgoing: list[EmailMessage]) -> None:
    message = mail.compose("welcome", Recipient("Sari", "s@x.id", "en"), SERVER, **BODY)
    assert message["Subject"]


@pytest.mark.parametrize("name", ["Sari\r\nBcc: jahat@x.id", "Sari\nSubject: lain", '"Sari" <x@y.z>', "Sári 日本"])
def test_a_name_adds_no_header(name: str) -> None:
    message = mail.compose("welcome", Recipient(name, "s@x.id"), SERVER, **{**BODY, "site": "Rem\r\nbuk"})
    received = email.message_from_bytes(message.as_bytes(), policy=default)
    assert received["Bcc"] is None
    assert received["To"].addresses[0].addr_spec == "s@x.id"
    assert len(received["To"].addresses) == 1
    assert "\n" not in received["Subject"]
    assert received.get_all("Subject") == [received["Subject"]]


def test_html_in_a_name_is_text() -> None:
    message = mail.compose("welcome", Recipient("<script>x</script>", "s@x.id"), SERVER, **BODY)
    assert "<script>" not in message.get_body(("html",)).get_content()
    assert "<script>x</script>" in message.get_body(("plain",)).get_content()


def test_encryption_is_used_where_it_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSMTP, "starttls_offered", True)
    monkeypatch.setattr(FakeSMTP, "sent", [])
    mail.send(mail.compose("welcome", Recipient("Sari", "s@x.id"), SERVER, **BODY), SERVER, FakeSMTP)
    assert len(FakeSMTP.sent) == 1


def test_a_server_that_does_not_answer_raises() -> None:
    message = mail.compose("welcome", Recipient("Sari", "s@x.id"), SERVER, **BODY)
    with pytest.raises((OSError, smtplib.SMTPException)):
        mail.send(message, Server("127.0.0.1", 9, "rembuk@contoh.go.id"))
