"""What account pages accept. Here only the shape; the rules are in `services`."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, StringField, ValidationError

from forum.core.forms import Form
from forum.core.i18n import _, lazy


class SignInForm(Form):
    """`identifier` is a username, an e-mail address or a NIP."""

    identifier = StringField(lazy("Nama pengguna, surel, atau NIP"))
    password = PasswordField(lazy("Kata sandi"))
    next = HiddenField()


class NewPasswordForm(Form):
    """A new password, typed twice. Nothing is stripped from it."""

    password = PasswordField(lazy("Kata sandi baru"))
    confirm = PasswordField(lazy("Ulangi kata sandi baru"))

    def validate_password(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Isi kata sandi baru."))

    def validate_confirm(self, field: Any) -> None:
        if (field.data or "") != (self.password.data or ""):
            raise ValidationError(_("Kedua kata sandi tidak sama. Ketik ulang keduanya."))


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(lazy("Kata sandi saat ini"))


class SettingsForm(Form):
    locale = StringField(lazy("Bahasa"))
    theme = StringField(lazy("Tampilan"))
    shortcuts = BooleanField(lazy("Pintasan papan ketik"))


class ConfirmForm(Form):
    """Password or code, whichever is filled in. `kept`: the sealed form that waits."""

    password = PasswordField(lazy("Kata sandi"))
    code = StringField(lazy("Kode"))
    kept = HiddenField()


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField(lazy("Kode"))


class SwitchOffForm(CodeForm):
    password = PasswordField(lazy("Kata sandi"))


class ReasonForm(Form):
    reason = StringField(lazy("Alasan"))
