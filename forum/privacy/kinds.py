"""What each kind of personal data is called."""

from __future__ import annotations

from forum.core.i18n import _, lazy
from forum.core.privacy import Kind

# A name is not found by its structure: it is listed after its owner was erased.
NAME = "name"
LABELS = {
    Kind.NIK: lazy("NIK"),
    Kind.KK: lazy("Nomor Kartu Keluarga"),
    Kind.NIP: lazy("NIP pegawai"),
    Kind.NPWP: lazy("NPWP"),
    Kind.JKN: lazy("Nomor kartu JKN/BPJS"),
    Kind.PHONE: lazy("Nomor telepon"),
    Kind.EMAIL: lazy("Alamat surel"),
    Kind.ACCOUNT: lazy("Nomor rekening bank"),
    Kind.PASSPORT: lazy("Nomor paspor"),
    Kind.PLATE: lazy("Pelat nomor kendaraan"),
}


def label(kind: str) -> str:
    """The name of a kind for people; the kind itself where it has none."""
    if kind == NAME:
        return _("Nama akun yang dihapus")
    return str(LABELS[Kind(kind)]) if kind in set(Kind) else kind
