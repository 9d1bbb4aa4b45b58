"""Reads a document in HTML, writes PDF. A process of its own: what it takes, and whatever goes wrong in it, ends with it."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DIST = HERE.parents[2] / "static" / "dist"
FONT = "rembuk:font"
SECONDS = 30
MEMORY_MIB = 1024


def font_file() -> Path:
    """The built font of the site."""
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return DIST / names["plus-jakarta-sans.woff2"]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MIB << 20, MEMORY_MIB << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
        """Nothing is fetched but the font: no address in a text makes this server ask another one."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url != FONT:
                raise ValueError(f"not loaded: {url[:80]}")
            return URLFetcherResponse(url, font_file().read_bytes(), {"Content-Type": "font/woff2"})

    fetcher, fonts = OwnFilesOnly(), FontConfiguration()
    styles = CSS(string=(HERE / "document.css").read_text(), font_config=fonts, url_fetcher=fetcher, base_url="rembuk:")
    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher, base_url="rembuk:")
    document.write_pdf(sys.stdout.buffer, stylesheets=[styles], font_config=fonts, pdf_tags=True)


if __name__ == "__main__":
    main()
