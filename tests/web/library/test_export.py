"""Guides and learning paths to take along."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from forum.core.db import transaction
from forum.core.printing.making import as_pdf
from forum.library.services import collecting
from tests.factories.accounts import a_member, a_moderator, sign_in, viewer_for
from tests.factories.guides import a_guide, a_guide_text


def text_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def a_path(*guides: int) -> str:
    curator = viewer_for(a_moderator())
    with transaction():
        return collecting.save_path(curator, None, name="Jalur uji", description="Dua panduan.", guides=list(guides))


@pytest.mark.pdf
def test_a_guide_as_pdf_tells_revision_date_and_owner(client: FlaskClient) -> None:
    reader, owner = a_member(), a_member(name="Rotua Sinaga")
    made = a_guide(owner_id=owner.id, text=a_guide_text("Mengurus lampu jalan yang padam", langkah="Catat lokasinya."))
    sign_in(client, reader)
    answer = client.get(f"/panduan/{made.slug}/pdf")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert f'filename="{made.slug}.pdf"' in answer.headers["Content-Disposition"]
    text = text_of_pdf(answer.data)
    assert "Mengurus lampu jalan yang padam" in text
    assert "Catat lokasinya." in text
    assert "Versi 1" in text
    assert "Penanggung jawab: Rotua Sinaga" in text


@pytest.mark.pdf
def test_a_learning_path_as_pdf_has_all_its_guides_in_order(client: FlaskClient) -> None:
    one = a_guide(text=a_guide_text("Mengurus lampu jalan yang padam"))
    two = a_guide(text=a_guide_text("Menjawab keluhan bantuan sosial"))
    slug = a_path(two.id, one.id)
    sign_in(client, a_member())
    text = text_of_pdf(client.get(f"/jalur/{slug}/pdf").data)
    assert text.index("Menjawab keluhan bantuan sosial") < text.index("Mengurus lampu jalan yang padam")
    assert "Jalur uji" in text


@pytest.mark.pdf
def test_a_document_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia.txt"
    secret.write_text("SANGAT-RAHASIA")
    hostile = f"""<p>Halo</p><img src="file://{secret}"><link rel="attachment" href="file://{secret}">
        <link rel="stylesheet" href="http://127.0.0.1:9/x.css"><object data="file://{secret}"></object>"""
    made = as_pdf(hostile)
    assert "Halo" in text_of_pdf(made)
    assert PdfReader(io.BytesIO(made)).attachments == {}
    assert b"SANGAT-RAHASIA" not in made


def test_a_learning_path_as_markdown(client: FlaskClient) -> None:
    one = a_guide(text=a_guide_text("Mengurus lampu jalan yang padam"))
    slug = a_path(one.id)
    sign_in(client, a_member())
    text = client.get(f"/jalur/{slug}/markdown").get_data(as_text=True)
    assert text.startswith("# Jalur uji\n\nDua panduan.\n")
    assert "# Mengurus lampu jalan yang padam" in text
    assert "> Versi 1, " in text
