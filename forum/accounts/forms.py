"""What account pages accept. Here only the shape; the rules are in `services`."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField

from forum.core.forms import Form
from forum.core.i18n import lazy


class SignInForm(Form):
    """`identifier` is a username, an e-mail address or a NIP."""

    identifier = StringField(lazy("Nama pengguna, surel, atau NIP"))
    password = PasswordField(lazy("Kata sandi"))
    next = HiddenField()
