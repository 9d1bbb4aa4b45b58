"""Mail: a template of three files becomes one message, and SMTP takes it away."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from flask import render_template
from flask_babel import force_locale

from forum.core import clock
from forum.core.i18n import _
from forum.core.text import one_line

TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    sender: str


@dataclass(frozen=True, slots=True)
class Recipient:
    name: str
    email: str
    locale: str = "id"


def compose(name: str, to: Recipient, server: Server, **values: object) -> EmailMessage:
    """The message of `templates/mail/<name>/` (subject.txt, body.txt, body.html), in the language of `to`.

    Names are written as encoded words, and the subject is one line, so nobody's name can add a header (RFC 5322, 2047).
    """
    message = EmailMessage()
    with force_locale(to.locale):
        # The pages' own `_` escapes for HTML; text has nothing to escape.
        message["Subject"] = one_line(render_template(f"mail/{name}/subject.txt", to=to, _=_, **values))
        text = render_template(f"mail/{name}/body.txt", to=to, _=_, **values)
        html = render_template(f"mail/{name}/body.html", to=to, **values)
    message["From"] = Address(one_line(str(values.get("site", ""))), addr_spec=server.sender)
    message["To"] = Address(one_line(to.name), addr_spec=to.email)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=server.sender.split("@")[-1])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def send(message: EmailMessage, server: Server, connect: Callable[..., smtplib.SMTP] = smtplib.SMTP) -> None:
    """Hand `message` to the mail server, encrypted where it offers that. Raises OSError or SMTPException when it does not take it."""
    with connect(server.host, server.port, timeout=TIMEOUT) as smtp:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        smtp.send_message(message)
