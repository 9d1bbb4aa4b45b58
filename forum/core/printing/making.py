"""PDF from HTML, made by WeasyPrint in a child process that can be killed.

WeasyPrint needs Pango, which pip does not bring; where it is missing nothing is offered, and people print from their browser.
"""

from __future__ import annotations

import subprocess
import sys
from ctypes.util import find_library
from functools import lru_cache
from threading import BoundedSemaphore

import structlog

from forum.config import ROOT
from forum.core.errors import Unavailable
from forum.core.i18n import lazy
from forum.core.printing.child import SECONDS

AT_ONCE = 2
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig", "gobject-2.0")
_slots = BoundedSemaphore(AT_ONCE)
_CHILD = (sys.executable, "-m", "forum.core.printing.child")

log = structlog.get_logger()


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Whether this machine has the libraries that WeasyPrint loads. They are looked for, not loaded: that takes 60 MB."""
    return all(map(find_library, LIBRARIES))


def as_pdf(html: str) -> bytes:
    """`html`, a whole document, as PDF. It loads nothing but the font of the site.

    Raises Unavailable: no Pango here, too many at once, or it passed the limits of `child`.
    """
    if not _slots.acquire(timeout=SECONDS / 3):
        raise Unavailable(lazy("Terlalu banyak PDF sedang dibuat. Coba lagi sebentar lagi."))
    try:
        done = subprocess.run(  # noqa: S603 - our own
            _CHILD, input=html.encode(), cwd=ROOT, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _failed("timeout") from None
    finally:
        _slots.release()
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise _failed(done.stderr.decode(errors="replace")[-500:])
    return done.stdout


def _failed(why: str) -> Unavailable:
    log.error("pdf.failed", why=why)
    return Unavailable(
        lazy("PDF tidak dapat dibuat sekarang. Cetak halaman ini dari peramban, lalu simpan sebagai PDF.")
    )
