from flask.testing import FlaskClient


def test_health_answers_without_signing_in(client: FlaskClient) -> None:
    answer = client.get("/sehat")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_a_stranger_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/diskusi?daftar=saya")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/masuk?next=/diskusi?daftar%3Dsaya"
