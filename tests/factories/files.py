"""Files for tests: real ones, and hostile ones."""

from __future__ import annotations

import hashlib
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

from forum.accounts.models import User
from forum.attachments import storage
from forum.attachments.models import Attachment
from forum.core import clock
from forum.core.db import transaction

GPS = {0x8825: {1: "N", 2: (2.0, 57.0, 0.0)}, 0x010F: "KameraRahasia", 0x0110: "Model X"}
_numbers = count(1)
_OOXML = "application/vnd.openxmlformats-officedocument"


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, colour).save(out, form, **options)
    return out.getvalue()


def photo(size: tuple[int, int] = (1200, 800), orientation: int = 1) -> bytes:
    """A JPEG that says where and with what it was taken, and has a comment."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "KameraRahasia", "Model X", orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (2.0, 57.0, 0.0), 3: "E", 4: (99.0, 4.0, 0.0)})
    return picture("JPEG", size, exif=exif, comment=b"komentar rahasia")


def png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Penulis Rahasia")
    return picture("PNG", pnginfo=info)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is that large, with next to nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(text: str = "Surat edaran tentang jam layanan.", pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for _ in range(pages):
        page = writer.add_blank_page(300, 300)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_bomb(inflated: int = 1 << 30) -> bytes:
    """A PDF whose one page inflates to that much."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(inflated >> 20)) + packer.flush()
    stream = StreamObject()
    stream._data = packed
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(entries: Mapping[str, bytes | str], stored: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def office(kind: str = "docx", text: str = "Isi surat.", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A small docx, xlsx, pptx, odt, ods or odp with that text, cut into two runs."""
    half = len(text) // 2
    first, second = text[:half], text[half:]
    if kind in _MAIN:
        main, main_type = _MAIN[kind]
        types = f'<Types><Override PartName="/{main}" ContentType="{_OOXML[:40]}.{main_type}"/></Types>'
        body = {
            "docx": (main, f"<d><p><r><t>{first}</t></r><r><t>{second}</t></r></p></d>"),
            "xlsx": ("xl/sharedStrings.xml", f"<sst><si><r><t>{first}</t></r><r><t>{second}</t></r></si></sst>"),
            "pptx": ("ppt/slides/slide1.xml", f"<s><p><r><t>{first}</t></r><r><t>{second}</t></r></p></s>"),
        }[kind]
        return archive({"[Content_Types].xml": types, main: "<x/>", body[0]: body[1], **(more or {})})
    kinds = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
    content = f"<office><p>{first}<span>{second}</span></p></office>"
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kinds[kind]}",
            "content.xml": content,
            **(more or {}),
        },
        stored=("mimetype",),
    )


def in_store(content: bytes) -> str:
    """Put a content into the store of the application; its hash."""
    digest = hashlib.sha256(content).hexdigest()
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        storage.current().put(digest, Path(file.name))
    return digest


def an_image(uploader: User, *, owner: tuple[str, int] | None = None, **state: Any) -> Attachment:
    """A small picture that is in the store."""
    content = picture()
    values = {"name": "gambar.png", "media_type": "image/png", "size": len(content), "width": 40, "height": 30}
    return an_attachment(uploader, owner=owner, **{"sha256": in_store(content), **values, **state})


def an_attachment(uploader: User, *, owner: tuple[str, int] | None = None, **state: Any) -> Attachment:
    """A row about a file, whose content is nowhere."""
    values: dict[str, Any] = {
        "token": f"berkas{next(_numbers):04d}".ljust(22, "x"),
        "name": "berkas.pdf",
        "media_type": "application/pdf",
        "size": 1000,
        "sha256": "ab" * 32,
        "created_at": clock.now(),
        **({"owner_kind": owner[0], "owner_id": owner[1], "attached_at": clock.now()} if owner else {}),
        **state,
    }
    with transaction() as session:
        row = Attachment(uploader_id=uploader.id, **values)
        session.add(row)
    return row
