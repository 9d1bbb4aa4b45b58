"""What people fill in. Fields only bring input into shape; the rules are those of the services."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from forum.core.forms import Form, line
from forum.core.i18n import lazy
from forum.core.web import form_key
from forum.discussions.queries.shapes import ThreadKind
from forum.discussions.services.texts import MAX_TITLE
from forum.privacy.forms import GuardedForm

KIND_LABELS = {
    ThreadKind.QUESTION: lazy("Pertanyaan"),
    ThreadKind.PRACTICE: lazy("Praktik baik"),
    ThreadKind.ANNOUNCEMENT: lazy("Pengumuman"),
    ThreadKind.SCHEDULED: lazy("Rembuk rutin"),
}


class KeyedForm(GuardedForm):
    """A form that makes one post however often it is sent."""

    key = HiddenField(default=form_key)

    def renew_key(self) -> None:
        """A form that is shown again made no post under its key, or its key is taken or bad: it goes on with a new one."""
        if self.has_errors:
            self.key.data = form_key()


class ThreadForm(KeyedForm):
    title = StringField(lazy("Judul"), filters=[line], render_kw={"maxlength": MAX_TITLE})
    board = SelectField(lazy("Papan"), validate_choice=False)
    kind = RadioField(lazy("Jenis diskusi"), validate_choice=False, default=ThreadKind.QUESTION.value)
    body = TextAreaField(lazy("Isi"))
    tags = StringField(lazy("Tag"), filters=[line])
    # "1": the writer has been shown what is similar, and sends all the same
    similar_seen = HiddenField(default="")

    def offer(self, boards: list[tuple[str, str]], kinds: tuple[ThreadKind, ...]) -> None:
        """Set the boards (slug, name) and kinds to choose from."""
        self.board.choices = [("", lazy("Pilih papan…")), *boards]
        self.kind.choices = [(kind.value, KIND_LABELS[kind]) for kind in kinds]


class ReplyForm(KeyedForm):
    body = TextAreaField(lazy("Balasan Anda"))
    ke = HiddenField()


class EditForm(GuardedForm):
    title = StringField(lazy("Judul"), filters=[line], render_kw={"maxlength": MAX_TITLE})
    body = TextAreaField(lazy("Isi"))
    tags = StringField(lazy("Tag"), filters=[line])
    reason = StringField(lazy("Apa yang diubah, dan mengapa?"), filters=[line])
    version = HiddenField()


class ReasonForm(Form):
    reason = StringField(lazy("Alasan"), filters=[line])
    on = HiddenField(default="1")


class MoveForm(Form):
    board = SelectField(lazy("Papan tujuan"), validate_choice=False)


class SummaryForm(GuardedForm):
    body = TextAreaField(lazy("Ringkasan"))


class HideForm(Form):
    """Hide a post, or send it back to its author."""

    how = RadioField(lazy("Apa yang dilakukan?"), validate_choice=False, default="hide")
    reason = StringField(lazy("Alasan"), filters=[line])


class MergeForm(Form):
    into = StringField(lazy("Digabungkan ke diskusi"), filters=[line])
    reason = StringField(lazy("Alasan"), filters=[line])


class DuplicateForm(Form):
    of = StringField(lazy("Diskusi aslinya"), filters=[line])
    reason = StringField(lazy("Alasan"), filters=[line])


class SplitForm(Form):
    title = StringField(lazy("Judul diskusi baru"), filters=[line])
    board = SelectField(lazy("Papan"), validate_choice=False)
    kind = RadioField(lazy("Jenis diskusi"), validate_choice=False, default=ThreadKind.QUESTION.value)
    reason = StringField(lazy("Alasan"), filters=[line])
