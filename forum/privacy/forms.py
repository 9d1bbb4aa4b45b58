"""Forms whose texts are looked through for personal data before they are stored."""

from __future__ import annotations

from flask import request
from wtforms import HiddenField, StringField

from forum.core.errors import Invalid
from forum.core.forms import Form, line, text_of
from forum.core.i18n import lazy
from forum.privacy.masking import masked
from forum.privacy.services.personal import MOST_REASON, NO_OVERRIDE, SHOWN, Found, Override, PersonalData

# The buttons beside the findings.
ANSWERS = ("samarkan", "bukan_data_pribadi")


class GuardedForm(Form):
    """A form that comes back with what was found in it. `samarkan`: the button that masks all of it and sends."""

    alasan_data_pribadi = StringField(
        lazy("Mengapa ini bukan data pribadi?"), filters=[line], render_kw={"maxlength": MOST_REASON}
    )
    data_dilihat = HiddenField(default="")

    found: tuple[Found, ...] = ()

    def refuse(self, error: Invalid) -> None:
        """As ever; of personal data also keep what was found, for the page to show."""
        if not isinstance(error, PersonalData):
            super().refuse(error)
            return
        self.found = error.found
        self.data_dilihat.data = " ".join(dict.fromkeys(one.print for one in error.found))
        if error.fault:
            super().refuse(Invalid(error.fault, "alasan_data_pribadi"))
            return
        for field in dict.fromkeys(one.field for one in error.found):
            super().refuse(PersonalData(tuple(one for one in error.found if one.field == field)))

    @property
    def shown(self) -> tuple[Found, ...]:
        return self.found[:SHOWN]

    def mask_if_asked(self) -> None:
        """Mask every text that was typed, when the button for it was pressed; an explanation is not needed then."""
        if "samarkan" not in request.form:
            return
        self.alasan_data_pribadi.data = ""
        for field in self:
            if field.type in ("StringField", "TextAreaField") and isinstance(field.data, str):
                field.data = masked(field.data)

    def pressed(self, otherwise: str) -> str:
        """The act of the button that was pressed, also when it was one of those beside the findings."""
        return next((request.form[name] for name in ("aksi", *ANSWERS) if name in request.form), otherwise)

    @property
    def override(self) -> Override:
        """What the author says against findings; only when that button was pressed."""
        if "bukan_data_pribadi" not in request.form:
            return NO_OVERRIDE
        return Override(text_of(self.alasan_data_pribadi.data) or "-", text_of(self.data_dilihat.data))
