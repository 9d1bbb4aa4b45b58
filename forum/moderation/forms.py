"""What people fill in about cases. Here only the shape; the rules are in the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField

from forum.core.forms import Form, line
from forum.core.i18n import lazy
from forum.moderation.acts import Act


class FlagForm(Form):
    reason = RadioField(lazy("Apa yang tidak pada tempatnya?"), validate_choice=False)
    note = TextAreaField(lazy("Keterangan"))


class NoteForm(Form):
    body = TextAreaField(lazy("Catatan"))


class HandOverForm(Form):
    to = StringField(lazy("Moderator"))
    version = HiddenField()


class ReasonForm(Form):
    """`version`: of the case that was read."""

    reason = StringField(lazy("Alasan"), filters=[line])
    version = HiddenField()


class AppealForm(Form):
    body = TextAreaField(lazy("Keberatan Anda"))


class AnswerForm(Form):
    outcome = RadioField(lazy("Putusan"), validate_choice=False)
    answer = StringField(lazy("Jawaban"), filters=[line])


class WordsForm(Form):
    words = TextAreaField(lazy("Kata dan frasa"))
    version = HiddenField()


def act_form(act: Act | None) -> ReasonForm:
    """A form with the reason and what the act asks for besides."""
    wanted: Mapping[str, Any] = {field.name: StringField(field.label) for field in act.fields} if act else {}
    made: ReasonForm = type("ActForm", (ReasonForm,), dict(wanted))()
    for field in act.fields if act else ():
        if not made.is_submitted():
            made[field.name].data = field.default
    return made


def values_of(act: Act, form: ReasonForm) -> dict[str, str]:
    """What was typed into the fields of an act."""
    return {field.name: str(form[field.name].data or "") for field in act.fields}
