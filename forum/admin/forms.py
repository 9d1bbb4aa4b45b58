"""What the admin's pages accept. Here only the shape; the rules are in the services."""

from __future__ import annotations

from collections.abc import Collection

from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField, TextAreaField

from forum.core.errors import Invalid
from forum.core.forms import Form
from forum.core.i18n import lazy


def one_of(text: str | None, known: Collection[str], field: str) -> int | None:
    """The id that was chosen; None for the empty choice. Raises Invalid for one that was not offered."""
    if not text:
        return None
    return all_of([text], known, field)[0]


def all_of(texts: Collection[str] | None, known: Collection[str], field: str) -> list[int]:
    """The ids that were chosen. Raises Invalid when one of them was not offered."""
    if not set(texts or ()) <= set(known):
        raise Invalid(lazy("Pilihan ini tidak tersedia (lagi). Muat ulang halaman, lalu pilih kembali."), field)
    return [int(text) for text in texts or ()]


def lines_of(text: str | None) -> list[str]:
    """The filled lines of a text area."""
    return [line for line in (text or "").splitlines() if line.strip()]


class UserForm(Form):
    """An account. The NIP goes in and never comes out: a field left empty keeps what is stored."""

    username = StringField(lazy("Nama pengguna"))
    name = StringField(lazy("Nama"))
    email = StringField(lazy("Surel"))
    unit = StringField(lazy("Perangkat daerah"))
    position = StringField(lazy("Jabatan"))
    status = StringField(lazy("Status kepegawaian"), default="pns")
    role = StringField(lazy("Peran"), default="member")
    scope = StringField(lazy("Papan yang dimoderasi"), default="all")
    boards = SelectMultipleField(lazy("Papan"), choices=[], validate_choice=False)
    is_active = BooleanField(lazy("Akun aktif"), default=True)
    nip = PasswordField(lazy("NIP"))
    remove_nip = BooleanField(lazy("Hapus NIP yang tersimpan"))


class UnitForm(Form):
    """`aliases`: one name a line."""

    name = StringField(lazy("Nama"))
    short_name = StringField(lazy("Nama singkat"))
    aliases = TextAreaField(lazy("Nama lama dan sebutan lain"))
    is_active = BooleanField(lazy("Masih dipakai"), default=True)


class BoardForm(Form):
    """Empty lists of readers or posters mean everybody."""

    name = StringField(lazy("Nama"))
    slug = StringField(lazy("Alamat"))
    description = StringField(lazy("Keterangan"))
    position = StringField(lazy("Urutan"), default="0")
    icon = StringField(lazy("Ikon"), default="messages")
    colour = StringField(lazy("Warna"), default="navy")
    template = TextAreaField(lazy("Kerangka tulisan"))
    read_roles = SelectMultipleField(lazy("Peran yang boleh membaca"), choices=[], validate_choice=False)
    read_units = SelectMultipleField(lazy("Perangkat daerah yang boleh membaca"), choices=[], validate_choice=False)
    post_roles = SelectMultipleField(lazy("Peran yang boleh membuka diskusi"), choices=[], validate_choice=False)
    post_units = SelectMultipleField(
        lazy("Perangkat daerah yang boleh membuka diskusi"), choices=[], validate_choice=False
    )
    is_archived = BooleanField(lazy("Diarsipkan"))


class TagForm(Form):
    """`synonyms`: one word a line."""

    name = StringField(lazy("Nama tag"))
    synonyms = TextAreaField(lazy("Sinonim"))


class MergeForm(Form):
    target = StringField(lazy("Gabungkan ke tag"))


class ImportForm(Form):
    """`act`: "check" looks only, "import" makes the accounts when nothing is wrong."""

    file = FileField(lazy("Berkas CSV"))
    act = StringField(default="check")
    by_mail = BooleanField(lazy("Kirim tautan lewat surel"))
