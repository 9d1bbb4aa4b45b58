"""Pages of the library over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient

from forum.core.db import transaction
from forum.library.services import writing
from forum.search import indexer
from tests.factories.accounts import a_member, sign_in
from tests.factories.discussions import a_board, a_thread
from tests.factories.guides import a_guide, a_guide_text


def test_a_thread_tells_which_guides_come_from_it(client: FlaskClient) -> None:
    reader = a_member()
    thread = a_thread(a_member(), a_board())
    made, other = a_guide(), a_guide()
    with transaction():
        writing.add_source(made.id, thread.thread_id, None)
    sign_in(client, reader)
    page = client.get(f"{thread.url}/serupa").get_data(as_text=True)
    assert f'href="/panduan/{made.slug}"' in page
    assert f'href="/panduan/{other.slug}"' not in page


def test_a_guide_leads_to_what_is_like_it_but_not_to_itself(client: FlaskClient) -> None:
    one = a_guide(text=a_guide_text("Cara mengurus lampu jalan yang padam di gang"))
    other = a_guide(text=a_guide_text("Mengurus lampu jalan padam di kelurahan"))
    for title in (
        "Menjawab keluhan bansos",
        "Antrean poli di rumah sakit",
        "Sampah di pinggir pasar",
        "Pungutan di sekolah",
    ):
        a_guide(text=a_guide_text(title))
    indexer.rebuild()
    sign_in(client, a_member())
    page = client.get(f"/panduan/{one.slug}/serupa").get_data(as_text=True)
    assert f'href="/panduan/{other.slug}"' in page
    assert page.count(f'href="/panduan/{one.slug}"') == 1, "the way back alone"


def test_a_long_text_that_speaks_of_everything_is_like_nothing(client: FlaskClient) -> None:
    a_guide(text=a_guide_text("Menulis jawaban untuk warga", langkah="Contoh: lampu jalan di gang itu padam sebulan."))
    for title in ("Menjawab keluhan bansos", "Antrean poli di rumah sakit", "Sampah di pinggir pasar"):
        a_guide(text=a_guide_text(title))
    indexer.rebuild()
    sign_in(client, a_member())
    page = client.get("/cari/serupa?judul=lampu+jalan+gang+padam").get_data(as_text=True)
    assert "Menulis jawaban" not in page


def test_an_old_address_is_led_on_and_an_unknown_one_is_not_there(client: FlaskClient) -> None:
    sign_in(client, a_member())
    assert client.get("/panduan/tidak-pernah-ada").status_code == 404
    assert client.get("/panduan/tidak-pernah-ada/serupa").status_code == 404
    assert client.get("/jalur/tidak-ada").status_code == 404
    assert client.get("/panduan?keadaan=lain").status_code == 404


def test_a_guide_can_be_taken_away_as_markdown(client: FlaskClient) -> None:
    published = a_guide(text=a_guide_text("Panduan untuk diunduh siapa saja"))
    sign_in(client, a_member())
    answer = client.get(f"/panduan/{published.slug}/markdown")
    assert answer.headers["Content-Type"].startswith("text/markdown")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("# Panduan untuk diunduh siapa saja\n")
    assert "## Langkah" in text
