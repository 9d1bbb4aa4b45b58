"""The types of file that may be attached, by the ending of their names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileType:
    """`family`: image, pdf, ooxml, odf or text: how its content is looked at. `label`: what people call it."""

    family: str
    media_type: str
    label: str


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

TYPES: dict[str, FileType] = {
    "jpg": FileType("image", "image/jpeg", "JPEG"),
    "jpeg": FileType("image", "image/jpeg", "JPEG"),
    "png": FileType("image", "image/png", "PNG"),
    "webp": FileType("image", "image/webp", "WebP"),
    "gif": FileType("image", "image/gif", "GIF"),
    "pdf": FileType("pdf", "application/pdf", "PDF"),
    "docx": FileType("ooxml", f"{_OOXML}.wordprocessingml.document", "Word"),
    "xlsx": FileType("ooxml", f"{_OOXML}.spreadsheetml.sheet", "Excel"),
    "pptx": FileType("ooxml", f"{_OOXML}.presentationml.presentation", "PowerPoint"),
    "odt": FileType("odf", f"{_ODF}.text", "ODT"),
    "ods": FileType("odf", f"{_ODF}.spreadsheet", "ODS"),
    "odp": FileType("odf", f"{_ODF}.presentation", "ODP"),
    "txt": FileType("text", "text/plain", "TXT"),
    "csv": FileType("text", "text/csv", "CSV"),
}
LABELS = {one.media_type: one.label for one in TYPES.values()}
