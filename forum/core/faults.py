"""What the fault pages say. Nothing that the user typed is lost: it is shown again, and can be sent again where that is safe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import request

from forum.core.hosts import parts_of
from forum.core.i18n import _, lazy

# The fields whose text a person would miss, with their labels. Features add their own: `keep`.
_kept_labels: dict[str, object] = {
    "title": lazy("Judul"),
    "body": lazy("Isi"),
    "tags": lazy("Tag"),
    "reason": lazy("Alasan"),
}
# What may never come back in a page, whatever form it was typed into.
SECRET = re.compile(r"passw|sandi|secret|^(current|confirm|identifier|kode|code|otp|token|nip|nik)$", re.IGNORECASE)
MOST_FIELDS = 60


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    label: str
    text: str

    @property
    def is_long(self) -> bool:
        """It was typed into a box of several lines."""
        return self.name == "body" or "\n" in self.text or len(self.text) > 150


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`kept`: what the user typed. `resend`: address and hidden fields for "Kirim lagi", or None."""

    status: int
    title: str
    message: str
    hint: str = ""
    kept: tuple[Kept, ...] = ()
    resend_to: str | None = None
    resend_fields: tuple[tuple[str, str], ...] = ()
    retry_after: int = 0
    reference: str = ""
    sign_in_url: str | None = None


def _texts(status: int) -> tuple[str, str, str]:
    """Title, message, and what to do next."""
    table = {
        400: (
            _("Permintaan tidak terbaca"),
            _("Peramban mengirim sesuatu yang tidak dapat kami baca."),
            _("Kembali ke halaman sebelumnya, lalu coba lagi."),
        ),
        401: (_("Sesi Anda berakhir"), _("Masuk kembali di tab baru, lalu tekan Kirim lagi."), ""),
        403: (
            _("Anda tidak punya akses ke halaman ini"),
            _("Halaman atau tindakan ini tidak terbuka untuk akun Anda."),
            _("Bila Anda memerlukannya, hubungi moderator papan atau admin Rembuk di perangkat daerah Anda."),
        ),
        404: (
            _("Halaman tidak ditemukan"),
            _("Alamatnya mungkin salah ketik, atau isinya sudah dihapus atau tidak terbuka untuk Anda."),
            _("Periksa alamatnya, atau cari dari daftar diskusi."),
        ),
        405: (
            _("Cara ini tidak dilayani"),
            _("Alamat ini tidak menerima permintaan dengan cara itu."),
            _("Buka halamannya dahulu, lalu tekan tombol di sana."),
        ),
        409: (
            _("Ada yang berubah sementara Anda menulis"),
            _("Tindakan ini tidak lagi cocok dengan keadaan terbaru."),
            _("Muat ulang halamannya, lihat perubahannya, lalu coba lagi."),
        ),
        410: (
            _("Berkas ini sudah tidak ada"),
            _("Catatannya masih ada, tetapi isinya sudah hilang dari penyimpanan."),
            _("Sampaikan kepada admin Rembuk; bila Anda punya salinannya, lampirkan lagi."),
        ),
        413: (
            _("Kiriman terlalu besar"),
            _("Satu kiriman paling banyak %(size)d MB.", size=(request.max_content_length or 0) >> 20),
            _(
                "Kembali ke halaman sebelumnya (tulisan Anda masih di sana), lalu pendekkan atau bagi menjadi beberapa kiriman."
            ),
        ),
        422: (
            _("Ada yang perlu diperbaiki"),
            _("Isian belum dapat diterima."),
            _("Perbaiki isian yang ditandai, lalu kirim lagi."),
        ),
        429: (
            _("Terlalu banyak permintaan"),
            _("Beri jeda sebentar."),
            _("Tunggu, lalu kirim lagi. Tulisan Anda ada di bawah ini."),
        ),
        503: (
            _("Rembuk sedang tidak dapat melayani"),
            _("Basis data belum menjawab. Biasanya ini berlangsung sebentar."),
            _("Coba lagi beberapa saat. Tulisan Anda ada di bawah ini bila Anda baru mengirimnya."),
        ),
    }
    fault = (
        _("Ada gangguan di pihak kami"),
        _("Kesalahan ini sudah tercatat."),
        _("Coba lagi. Bila berulang, sampaikan kode rujukan ini kepada admin Rembuk."),
    )
    return table.get(status, table[400] if status < 500 else fault)


def keep(labels: Mapping[str, object]) -> None:
    """Name further fields, with their labels, that hold what people write. Lost nowhere, they come back in each fault page."""
    _kept_labels.update(labels)


def kept_texts() -> tuple[Kept, ...]:
    """What the user typed into the form of this request, field by field."""
    if request.method != "POST" or request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return ()
    return tuple(
        Kept(name, str(label), request.form[name])
        for name, label in _kept_labels.items()
        if request.form.get(name, "").strip()
    )


def _resend_fields(kept: tuple[Kept, ...]) -> tuple[tuple[str, str], ...] | None:
    """The rest of the form; None where it holds something that may not come back, or more than a form of ours."""
    shown = {item.name for item in kept}
    rest = [
        (name, value) for name, value in request.form.items(multi=True) if name not in shown and name != "csrf_token"
    ]
    has_files = any(file.filename for file in request.files.values())
    if len(rest) > MOST_FIELDS or has_files or any(SECRET.search(name) for name, _value in rest):
        return None
    return tuple(rest)


def _from_our_pages() -> bool:
    """A form of another site must not be handed a fresh token here. Browsers tell; what tells nothing is not a browser."""
    origin = request.headers.get("Origin")
    if origin is not None and parts_of(origin).netloc != request.host:
        return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def page_for(
    status: int, message: str, *, retry_after: int = 0, reference: str = "", resend: bool | None = None
) -> ErrorPage:
    """The page of a fault. `message` replaces the usual sentence; `resend` offers to send the form again (default: 429 and 503)."""
    title, usual, hint = _texts(status)
    kept = kept_texts() if status != 413 else ()
    offer = bool(kept) and _from_our_pages() and (status in (429, 503) if resend is None else resend)
    fields = _resend_fields(kept) if offer else None
    return ErrorPage(
        status=status,
        title=title,
        message=message or usual,
        hint=hint if kept or status != 429 else "",
        kept=kept,
        resend_to=request.full_path.rstrip("?") if fields is not None else None,
        resend_fields=fields or (),
        retry_after=retry_after,
        reference=reference,
    )


def stale_form() -> ErrorPage:
    """The form's token is missing or of an earlier session: nothing was done; the user may send it again from here."""
    return page_for(
        400,
        _("Formulir ini sudah kedaluwarsa, jadi belum ada yang disimpan. Periksa tulisan Anda, lalu kirim lagi."),
        resend=True,
    )


def signed_out_while_writing(sign_in_url: str) -> ErrorPage:
    """The session ended before this form arrived: nothing was done, and nothing is lost."""
    return replace(page_for(401, "", resend=True), sign_in_url=sign_in_url)
