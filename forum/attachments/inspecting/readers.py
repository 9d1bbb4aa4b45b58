"""PDF and office documents: whether they are what they say, within bounds, without programs inside; and their text."""

from __future__ import annotations

import re
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from forum.attachments.filetypes import FileType
from forum.attachments.inspecting.verdict import No

# Of a document's text so much is looked at.
CHARACTERS = 1_000_000
PAGES = 300
PDF_SECONDS = 8.0
ENTRIES = 5_000
INFLATED = 200 << 20
ONE_INFLATED = 100 << 20
RATIO = 200
_CHUNK = 1 << 20
_ACTIVE = re.compile(
    r"vbaproject|vbadata|macrosheets/|activex/|\.(?:exe|dll|js|vbs|bat|cmd|ps1|scr|jar|hta|lnk)$|^(?:basic|scripts)/",
    re.IGNORECASE,
)
_OOXML_TEXT = {
    "docx": re.compile(r"word/(?:document|header\d*|footer\d*|comments|footnotes|endnotes)\.xml"),
    "xlsx": re.compile(r"xl/(?:sharedStrings|comments\d*|worksheets/sheet\d+)\.xml"),
    "pptx": re.compile(r"ppt/(?:slides/slide\d+|notesSlides/notesSlide\d+)\.xml"),
}
_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_MAIN_TYPE = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_ODF_TEXT = re.compile(r"(?:content|styles)\.xml")
# A paragraph or a cell is one text, however many runs it is cut into: numbers often are.
_TEXTS = frozenset({"p", "h", "si", "c"})
_ROWS = frozenset({"row", "tr", "table-row", "table-cell"})
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.IGNORECASE)


def text_of(path: Path, ending: str, kind: FileType) -> str:
    """The text of a document. Raises No."""
    if kind.family == "pdf":
        return pdf_text(path)
    with _opened(path) as archive:
        if kind.family == "ooxml":
            _check_ooxml(archive, ending)
            return _xml_text(archive, _OOXML_TEXT[ending])
        _check_odf(archive, kind.media_type)
        return _xml_text(archive, _ODF_TEXT)


def pdf_text(path: Path) -> str:
    """The text of the first PAGES pages, as far as PDF_SECONDS allow. Raises No for what is no PDF, or is locked."""
    with path.open("rb") as file:
        head = file.read(5)
        file.seek(max(0, path.stat().st_size - 2048))
        tail = file.read()
    if head != b"%PDF-" or b"%%EOF" not in tail:
        raise No("content")
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise No("locked")
        parts, until, length = [], time.monotonic() + PDF_SECONDS, 0
        for page in reader.pages[:PAGES]:
            if (content := page.get_contents()) is not None:
                content.get_data()  # told to be too large here; the reader of texts would pass over it
            parts.append(page.extract_text())
            length += len(parts[-1])
            if length > CHARACTERS or time.monotonic() > until:
                break
    except LimitReachedError:
        raise No("bomb") from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, zlib.error):
        raise No("broken") from None
    return "\n".join(parts)[:CHARACTERS]


def _opened(path: Path) -> zipfile.ZipFile:
    """The archive, when its list of entries is harmless and what they hold inflates to a bounded size. Raises No."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise No("content")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise No("broken") from None
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(one.file_size for one in entries) > INFLATED:
        raise No("bomb")
    for entry in entries:
        _check_entry(entry)
    if len({entry.filename for entry in entries}) != len(entries):
        raise No("broken")
    _inflate(archive, entries)
    return archive


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise No("locked")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise No("broken")
    if entry.file_size > ONE_INFLATED or entry.file_size > max(1 << 20, RATIO * entry.compress_size):
        raise No("bomb")
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in entry.orig_filename:
        raise No("broken")
    if _ACTIVE.search(name):
        raise No("macros")


def _inflate(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read everything once: an entry that is not what the list says shows by its check sum."""
    try:
        for entry in entries:
            with archive.open(entry) as file:
                while file.read(_CHUNK):
                    pass
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise No("broken") from None


def _check_ooxml(archive: zipfile.ZipFile, ending: str) -> None:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names or _MAIN[ending] not in names:
        raise No("content")
    types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types or "vbaProject" in types:
        raise No("macros")
    if _MAIN_TYPE[ending] not in types:
        raise No("content")
    for name in names:
        if name.endswith(".rels"):
            relations = archive.read(name).decode("utf-8", "replace")
            if re.search(r"<Relationship\b[^>]*attachedTemplate[^>]*TargetMode=.External", relations):
                raise No("macros")


def _check_odf(archive: zipfile.ZipFile, media_type: str) -> None:
    names = archive.namelist()
    if names[:1] != ["mimetype"] or "content.xml" not in names:
        raise No("content")
    if archive.read("mimetype").decode("ascii", "replace").strip() != media_type:
        raise No("content")


def _xml_text(archive: zipfile.ZipFile, wanted: re.Pattern[str]) -> str:
    parts: list[str] = []
    length = 0
    for name in archive.namelist():
        if not wanted.fullmatch(name):
            continue
        for piece in _pieces(archive, name):
            parts.append(piece)
            length += len(piece)
            if length > CHARACTERS:
                return "".join(parts)[:CHARACTERS]
        parts.append("\n")
    return "".join(parts)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    try:
        with archive.open(name) as file:
            for _event, element in iterparse(file, events=("end",), forbid_dtd=True):
                local = element.tag.rpartition("}")[2]
                if local in _TEXTS:
                    yield _plain("".join(element.itertext())) + "\n"
                if local in _TEXTS or local in _ROWS:
                    element.clear()
    except (DefusedXmlException, ParseError, UnicodeDecodeError, LookupError, ValueError):
        raise No("broken") from None


def _plain(text: str) -> str:
    """A number that a spreadsheet keeps as 1.27E+15 is written out: it may be somebody's."""
    return str(int(float(text))) if _SCIENTIFIC.fullmatch(text.strip()) else text
