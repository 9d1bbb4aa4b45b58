"""The addresses of the library: made here, and nowhere else."""

from __future__ import annotations

LIBRARY = "/panduan"


def guide_url(slug: str) -> str:
    return f"/panduan/{slug}"


def history_url(slug: str) -> str:
    return f"/panduan/{slug}/riwayat"


def markdown_url(slug: str) -> str:
    return f"/panduan/{slug}/markdown"


def pdf_url(slug: str) -> str:
    return f"/panduan/{slug}/pdf"


def collection_url(slug: str) -> str:
    return f"/jalur/{slug}"
