"""Sentences about files, for whoever uploads them."""

from __future__ import annotations

from forum.attachments.limits import FILE_BYTES, IMAGE_BYTES, MB
from forum.core.i18n import _


def kinds_text(found: str) -> str:
    """The kinds of personal data in `found` (as an Attachment keeps them), in words."""
    words = {
        "nik": _("NIK"),
        "kk": _("nomor KK"),
        "nip": _("NIP"),
        "npwp": _("NPWP"),
        "jkn": _("nomor JKN"),
        "phone": _("nomor telepon"),
        "email": _("alamat surel"),
        "account": _("nomor rekening"),
        "plate": _("nomor polisi kendaraan"),
    }
    return ", ".join(words.get(kind, kind) for kind in found.split(","))


def refusal(code: str) -> str:
    """Why a file is not taken, and what to do."""
    sentences = {
        "type": _(
            "Jenis berkas ini tidak diterima. Pakai JPEG, PNG, WebP, GIF, PDF, Word, Excel, PowerPoint, ODF, TXT, atau CSV."
        ),
        "empty": _("Berkasnya kosong. Pilih berkas yang berisi."),
        "content": _("Isinya tidak sesuai dengan akhiran namanya. Simpan ulang dari programnya, lalu unggah lagi."),
        "broken": _("Berkasnya rusak atau tidak lengkap. Simpan ulang dari programnya, lalu unggah lagi."),
        "unreadable": _("Berkas ini tidak dapat kami baca. Simpan ulang dari programnya, lalu unggah lagi."),
        "pixels": _("Gambarnya terlalu besar: paling banyak 64 juta piksel. Perkecil, lalu unggah lagi."),
        "locked": _(
            "Dokumen ini dikunci kata sandi, jadi tidak dapat diperiksa. Simpan tanpa kata sandi, lalu unggah lagi."
        ),
        "macros": _("Dokumen ini memuat makro atau program. Simpan tanpa makro, lalu unggah lagi."),
        "bomb": _("Isi dokumen ini mengembang terlalu besar. Bagi menjadi beberapa dokumen."),
        "too_complex": _(
            "Berkas ini terlalu rumit untuk diperiksa. Simpan dalam bentuk yang lebih sederhana, lalu unggah lagi."
        ),
        "busy": _("Server sedang memeriksa banyak berkas. Tunggu sebentar, lalu unggah lagi."),
        "image_size": _("Gambar paling besar %(size)d MB. Perkecil, lalu unggah lagi.", size=IMAGE_BYTES // MB),
        "file_size": _("Berkas paling besar %(size)d MB. Bagi atau perkecil, lalu unggah lagi.", size=FILE_BYTES // MB),
    }
    return sentences[code]
