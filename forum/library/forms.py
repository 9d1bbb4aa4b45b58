"""What authors and curators fill in. Fields only bring input into shape; the rules are those of the services."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, TextAreaField

from forum.core.forms import Form, line, text_of
from forum.core.i18n import lazy
from forum.library.sections import Section
from forum.privacy.forms import GuardedForm

KIND_CHOICES = (
    ("procedure", lazy("Prosedur")),
    ("policy", lazy("Kebijakan")),
    ("practice", lazy("Praktik baik")),
    ("template", lazy("Templat")),
)
SIGNIFICANCE_CHOICES = (
    ("typo", lazy("Salah ketik"), lazy("Isinya tetap; tanda sudah dibaca tidak berubah.")),
    ("minor", lazy("Kecil"), lazy("Melengkapi atau memperjelas; tanda sudah dibaca tidak berubah.")),
    ("major", lazy("Besar"), lazy("Cara kerja berubah; pembaca diminta membaca lagi.")),
)


class TextForm(GuardedForm):
    """The text of a revision: title, summary, and a field for each section, named after it."""

    title = StringField(lazy("Judul"), filters=[line])
    summary = TextAreaField(lazy("Ringkasan"), filters=[line])

    def bodies(self) -> dict[str, str]:
        return {section.value: text_of(self[section.value].data) for section in Section}

    def take_up(self, kept: dict[str, str]) -> None:
        """Fill in what was typed before, field by field."""
        for name, value in kept.items():
            if name in self:
                self[name].data = value

    def fill(self, title: str, summary: str, bodies: dict[str, str]) -> None:
        self.title.data, self.summary.data = title, summary
        for section in Section:
            self[section.value].data = bodies.get(section.value, "")


for _section in Section:
    setattr(TextForm, _section.value, TextAreaField(_section.label))


class DraftForm(TextForm):
    """A revision in the making. `version` and `base`: the state of draft and guide that the form was filled from."""

    change_summary = StringField(lazy("Apa yang berubah, dan mengapa?"), filters=[line])
    significance = RadioField(lazy("Seberapa besar perubahannya?"), validate_choice=False, default="minor")
    version = HiddenField()
    base = HiddenField()


class NewGuideForm(TextForm):
    kind = StringField(lazy("Jenis panduan"), default="procedure")
    area = StringField(lazy("Bidang layanan"))
    unit = StringField(lazy("Perangkat daerah"))
    owner = StringField(lazy("Pemilik"), filters=[line])
    review_months = StringField(lazy("Ditinjau ulang tiap … bulan"), filters=[line], default="6")
    tags = StringField(lazy("Tag"), filters=[line])


class DecisionForm(Form):
    reason = TextAreaField(lazy("Alasan"))
    validates = HiddenField()
    version = HiddenField()


class ReasonForm(Form):
    reason = StringField(lazy("Alasan"), filters=[line])
    successor = StringField(lazy("Panduan pengganti"), filters=[line])
    slug = StringField(lazy("Alamat"), filters=[line])
    version = HiddenField()


class FlagForm(Form):
    reason = RadioField(lazy("Apa yang salah?"), validate_choice=False, default="outdated")
    note = TextAreaField(lazy("Keterangan"), filters=[line])


class PathForm(Form):
    name = StringField(lazy("Nama jalur"), filters=[line])
    description = TextAreaField(lazy("Keterangan"), filters=[line])
    guides = HiddenField()


class RedactForm(Form):
    words = StringField(lazy("Teks yang harus hilang"))
    reason = StringField(lazy("Alasan"), filters=[line])
