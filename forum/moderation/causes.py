"""Why something comes before moderators: what readers may say, and what the machine notices."""

from __future__ import annotations

from enum import StrEnum

from forum.core.i18n import lazy


class Cause(StrEnum):
    """Why a case is there."""

    FLAG = "flag"
    PRIVACY = "privacy"
    WORD = "word"
    LINKS = "links"
    REPEATED = "repeated"


CAUSES = {
    Cause.FLAG: lazy("Dilaporkan pembaca"),
    Cause.PRIVACY: lazy("Data pribadi"),
    Cause.WORD: lazy("Kata yang diawasi"),
    Cause.LINKS: lazy("Akun baru, banyak tautan"),
    Cause.REPEATED: lazy("Tulisan berulang"),
}
FLAG_REASONS = {
    "personal_data": lazy("Memuat data pribadi"),
    "misleading": lazy("Salah atau menyesatkan"),
    "rude": lazy("Tidak sopan"),
    "promotion": lazy("Promosi atau spam"),
    "off_topic": lazy("Di luar topik"),
    "other": lazy("Lainnya"),
}
