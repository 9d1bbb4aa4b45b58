"""The content standard: the sections of a guide, in their order."""

from __future__ import annotations

from enum import StrEnum

from forum.core.i18n import lazy


class Section(StrEnum):
    """The value names a section in the database, in forms and in the anchors of a page."""

    SITUATION = "situasi"
    CONTEXT = "konteks"
    STEPS = "langkah"
    CAUSES = "penyebab"
    REPLIES = "contoh-tanggapan"
    LIMITS = "yang-tidak-boleh-dijanjikan"
    LEGAL = "dasar-hukum"

    @property
    def label(self) -> object:
        return _LABELS[self]

    @property
    def hint(self) -> object:
        return _HINTS[self]


_LABELS = {
    Section.SITUATION: lazy("Situasi"),
    Section.CONTEXT: lazy("Konteks"),
    Section.STEPS: lazy("Langkah"),
    Section.CAUSES: lazy("Penyebab"),
    Section.REPLIES: lazy("Contoh tanggapan"),
    Section.LIMITS: lazy("Yang tidak boleh dijanjikan"),
    Section.LEGAL: lazy("Dasar hukum"),
}
_HINTS = {
    Section.SITUATION: lazy("Apa yang dikeluhkan warga, dengan kata-katanya sendiri."),
    Section.CONTEXT: lazy("Layanan, kanal, dan perangkat daerah yang berurusan."),
    Section.STEPS: lazy("Apa yang dikerjakan, berurutan, dan oleh siapa."),
    Section.CAUSES: lazy("Mengapa ini terjadi, dan bagaimana mengenalinya."),
    Section.REPLIES: lazy("Kalimat yang dapat langsung dipakai."),
    Section.LIMITS: lazy("Janji yang akan mengecewakan atau melanggar aturan."),
    Section.LEGAL: lazy("Peraturan dengan nomor dan pasalnya; tandai yang masih perlu diperiksa."),
}
REQUIRED = (Section.SITUATION, Section.STEPS)
