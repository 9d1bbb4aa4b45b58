"""Settings: what is wrong stops the start with one sentence that names the setting and the way out."""

from __future__ import annotations

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from forum.config import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without settings but a new instance folder."""
    for name in list(os.environ):
        if name.startswith("REMBUK_") or name in ("HOST", "PORT"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "instance"))
    return tmp_path / "instance"


def test_without_any_setting_it_runs_on_this_machine_on_sqlite(instance: Path) -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.env) == ("127.0.0.1", 8000, "development")
    assert settings.database == f"sqlite:///{instance}/rembuk.sqlite"
    assert settings.own_address == "http://127.0.0.1:8000"


def test_host_and_port_come_without_a_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "8123")
    assert (load_settings().host, load_settings().port) == ("0.0.0.0", 8123)


def test_the_environment_wins_over_the_file(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance.mkdir()
    (instance / "rembuk.env").write_text("REMBUK_SITE_NAME=Berkas\nREMBUK_CITY_NAME='Kota Contoh'\nPORT=8111\n")
    monkeypatch.setenv("REMBUK_SITE_NAME", "Lingkungan")
    settings = load_settings()
    assert (settings.site_name, settings.city_name, settings.port) == ("Lingkungan", "Kota Contoh", 8111)


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_WEB_WORKERS", "")
    assert load_settings().web_workers == 2


@pytest.mark.parametrize("name", ["REMBUK_HTTPS", "REMBUK_SERVER_TIMING"])
@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("0", False), ("true", True)])
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, name: str, value: str, meaning: bool) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(), name.removeprefix("REMBUK_").lower()) is meaning


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "delapan"),
        ("REMBUK_WEB_WORKERS", "0"),
        ("REMBUK_WEB_THREADS", "-1"),
        ("REMBUK_HTTPS", "mungkin"),
        ("REMBUK_ENV", "produksi"),
        ("REMBUK_BRAND", "jingga"),
        ("REMBUK_SITE_NAME", "x" * 41),
        ("REMBUK_SESSION_DAYS", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    sentence = str(caught.value)
    assert sentence.startswith(f"The setting {name} is not valid (it is {value!r}): ")
    assert "\n" not in sentence


def test_a_database_address_may_hold_a_password_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_DATABASE_URL", "mysql://rembuk:sandirahasia@localhost/rembuk")
    with pytest.raises(SettingsError, match="REMBUK_DATABASE_URL is not valid: must begin with") as caught:
        load_settings()
    assert "sandirahasia" not in str(caught.value)


@pytest.mark.parametrize("name", ["PORT", "HOST", "INSTANCE_PATH"])
def test_a_plain_name_with_the_prefix_is_told_its_right_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"REMBUK_{name}", "x")
    with pytest.raises(SettingsError, match=f"Did you mean {name}\\?"):
        load_settings()


def test_the_instance_is_closed_to_others_on_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "milik").mkdir(mode=0o755)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "milik"))
    load_settings()
    assert (tmp_path / "milik").stat().st_mode & 0o007 == 0


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_SECRET_KEY", "rahasia-pendek")
    with pytest.raises(SettingsError, match="at least 32 characters") as caught:
        load_settings()
    assert "rahasia-pendek" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("REMBUK_DATABSE_URL", "Did you mean REMBUK_DATABASE_URL?"), ("REMBUK_QQQQQQQQQQ", "docs/settings.md lists all.")],
)
def test_a_setting_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, hint: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"There is no setting {name}") as caught:
        load_settings()
    assert str(caught.value).endswith(hint)


def test_a_wrong_name_in_the_file_is_refused_too(instance: Path) -> None:
    instance.mkdir()
    (instance / "rembuk.env").write_text("REMBUK_HTTP=1\n")
    with pytest.raises(SettingsError, match="REMBUK_HTTPS"):
        load_settings()


def test_what_speaks_to_the_tests_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_REQUIRE", "browser")
    assert load_settings()


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_postgresql_is_reached_by_its_installed_driver(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REMBUK_DATABASE_URL", url)
    assert load_settings().database == "postgresql+psycopg://u:p@h/d"


def test_a_file_of_breached_passwords_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REMBUK_BREACHED_PASSWORDS", str(tmp_path / "pwned.txt"))
    with pytest.raises(SettingsError, match=r"REMBUK_BREACHED_PASSWORDS.*no such file"):
        load_settings()
    (tmp_path / "pwned.txt").write_text("")
    assert load_settings().breached_passwords == tmp_path / "pwned.txt"


class TestProduction:
    @pytest.fixture(autouse=True)
    def _production(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REMBUK_ENV", "production")

    def test_it_wants_https(self) -> None:
        with pytest.raises(SettingsError, match="needs REMBUK_HTTPS=1"):
            load_settings()

    def test_it_wants_links_in_mail_to_be_https(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REMBUK_HTTPS", "1")
        monkeypatch.setenv("REMBUK_BASE_URL", "http://rembuk.example.go.id")
        with pytest.raises(SettingsError, match="let it begin with https:"):
            load_settings()
        monkeypatch.setenv("REMBUK_BASE_URL", "https://rembuk.example.go.id/")
        assert load_settings().own_address == "https://rembuk.example.go.id"


class TestSecret:
    def test_it_is_made_once_and_only_its_owner_reads_it(self, instance: Path) -> None:
        first = load_settings().secret_key
        assert len(first) >= 32
        assert load_settings().secret_key == first
        assert stat.S_IMODE((instance / "secret_key").stat().st_mode) == 0o600

    def test_a_given_one_is_taken_and_none_is_made(self, instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REMBUK_SECRET_KEY", "k" * 32)
        assert load_settings().secret_key == "k" * 32
        assert not (instance / "secret_key").exists()

    def test_a_damaged_file_is_named(self, instance: Path) -> None:
        instance.mkdir()
        (instance / "secret_key").write_text("")
        with pytest.raises(SettingsError, match="secret_key must hold at least"):
            load_settings()

    def test_processes_that_start_together_agree(self) -> None:
        """Nobody may read the file while it is made but not yet filled."""
        for _ in range(40):
            path = load_settings().instance_path / "secret_key"
            path.unlink()
            start = threading.Barrier(4)

            def load(start: threading.Barrier = start) -> str:
                start.wait()
                return load_settings().secret_key

            with ThreadPoolExecutor(4) as pool:
                found = [each.result() for each in [pool.submit(load) for _ in range(4)]]
            assert len(set(found)) == 1
            assert sorted(file.name for file in path.parent.iterdir()) == ["secret_key"]


class TestInstance:
    def test_it_is_made(self, instance: Path) -> None:
        load_settings()
        assert instance.is_dir()

    def test_a_place_where_it_cannot_be_made_is_named(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "file" / "instance"))
        with pytest.raises(SettingsError, match=r"\(INSTANCE_PATH\) cannot be made: Not a directory"):
            load_settings()

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_place_that_cannot_be_written_to_is_named(self, instance: Path) -> None:
        instance.mkdir(mode=0o500)
        with pytest.raises(SettingsError, match="cannot be written to"):
            load_settings()

    def test_it_may_begin_with_a_tilde(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("INSTANCE_PATH", "~/rembuk")
        assert load_settings().instance_path == tmp_path / "rembuk"


def test_settings_cannot_be_changed_while_running() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]
    assert isinstance(settings, Settings)


OIDC = {
    "REMBUK_OIDC_ISSUER": "https://sso.example.go.id/realms/asn",
    "REMBUK_OIDC_CLIENT_ID": "rembuk",
    "REMBUK_OIDC_CLIENT_SECRET": "sangat-rahasia",
    "REMBUK_BASE_URL": "https://rembuk.example.go.id",
}


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_single_sign_on_is_off_until_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().has_oidc
    set_all(monkeypatch, {**OIDC, "REMBUK_ENV": "production", "REMBUK_HTTPS": "1", "REMBUK_OIDC_ONLY": "1"})
    assert load_settings().has_oidc
    assert load_settings().oidc_only
    assert "sangat-rahasia" not in repr(load_settings())


@pytest.mark.parametrize("missing", OIDC)
def test_half_a_single_sign_on_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    set_all(monkeypatch, {**OIDC, missing: ""})
    with pytest.raises(SettingsError, match=missing):
        load_settings()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"REMBUK_OIDC_ONLY": "1"}, "REMBUK_OIDC_ISSUER and"),
        ({"REMBUK_OIDC_LINK_BY_EMAIL": "1"}, "REMBUK_OIDC_ISSUER and"),
        ({**OIDC, "REMBUK_OIDC_ROLE_CLAIM": "groups"}, "both or neither"),
        ({**OIDC, "REMBUK_OIDC_ROLE_CLAIM": "groups", "REMBUK_OIDC_ADMIN_ROLES": " , "}, "both or neither"),
        ({**OIDC, "REMBUK_OIDC_ADMIN_ROLES": "tik"}, "both or neither"),
        ({**OIDC, "REMBUK_OIDC_SCOPES": "profile email"}, "must contain openid"),
        ({**OIDC, "REMBUK_OIDC_ISSUER": "sso.example.go.id"}, "must be the address"),
        ({**OIDC, "REMBUK_OIDC_ISSUER": "ftp://sso.example.go.id"}, "must be the address"),
        ({**OIDC, "REMBUK_OIDC_ISSUER": "https://sso.example.go.id/?realm=asn"}, "must be the address"),
        ({**OIDC, "REMBUK_OIDC_ISSUER": "https://u:p@sso.example.go.id"}, "user name"),
        ({**OIDC, "REMBUK_OIDC_ISSUER": "https://[sso"}, "must be the address"),
        (
            {**OIDC, "REMBUK_OIDC_ISSUER": "http://sso.example.go.id", "REMBUK_ENV": "production", "REMBUK_HTTPS": "1"},
            "must be https",
        ),
    ],
)
def test_a_single_sign_on_that_cannot_work_or_is_not_safe_is_refused(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], said: str
) -> None:
    set_all(monkeypatch, changes)
    with pytest.raises(SettingsError, match=said) as refusal:
        load_settings()
    assert "sangat-rahasia" not in str(refusal.value)
