"""Settings from the environment (and `instance/rembuk.env`), checked before anything starts."""

from __future__ import annotations

import difflib
import os
import re
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "REMBUK_"
MIN_SECRET_LENGTH = 32
HOST_NAME = re.compile(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
# Speaks to the tests, which start commands of the application.
NOT_A_SETTING = {"REMBUK_REQUIRE"}


class SettingsError(Exception):
    """A setting is broken; `str()` is one sentence that says which and how to mend it."""


class Settings(BaseSettings):
    """Every setting, with its default.

    The environment variable is the name in capitals behind `REMBUK_`, but for HOST, PORT and INSTANCE_PATH.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", validation_alias="HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT")
    instance_path: Path = Field(ROOT / "instance", validation_alias="INSTANCE_PATH")

    env: Literal["development", "production"] = "development"
    secret_key: str = Field("", repr=False)
    database_url: str = Field("", repr=False)
    https: bool = False
    server_timing: bool = False
    web_workers: int = Field(2, ge=1, le=64)
    web_threads: int = Field(8, ge=1, le=128)
    trusted_proxies: int = Field(0, ge=0, le=5)
    site_name: str = Field("Rembuk", min_length=1, max_length=40)
    city_name: str = Field("Kota Pematangsiantar", min_length=1, max_length=80)
    brand: Literal["bahari", "zamrud", "marun"] = "bahari"
    session_days: int = Field(14, ge=1, le=90)
    session_idle_hours: int = Field(72, ge=1, le=24 * 30)
    staff_second_factor: bool | None = None
    breached_passwords: Path | None = None
    search_backend: Literal["auto", "whoosh", "postgresql"] = "auto"
    mail_server: str = ""
    mail_port: int = Field(25, ge=1, le=65535)
    mail_from: str = "rembuk@localhost"
    base_url: str = ""
    oidc_issuer: str = Field("", max_length=255)
    oidc_client_id: str = ""
    oidc_client_secret: str = Field("", repr=False)
    oidc_scopes: str = "openid profile email"
    oidc_name: str = Field("SSO", min_length=1, max_length=40)
    oidc_only: bool = False
    oidc_acr_values: str = ""
    oidc_hosts: str = ""
    oidc_create_accounts: bool = True
    oidc_link_by_email: bool = False
    oidc_trust_email: bool = False
    oidc_role_claim: str = ""
    oidc_moderator_roles: str = ""
    oidc_admin_roles: str = ""
    oidc_unit_claim: str = ""
    trusted_hosts: str = ""
    clamav: str = ""
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: str = Field("", repr=False)
    s3_secret_key: str = Field("", repr=False)

    @field_validator("instance_path")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < MIN_SECRET_LENGTH:
            raise ValueError(
                f"must have at least {MIN_SECRET_LENGTH} characters; leave it out and one is made in instance/secret_key"
            )
        return value

    @field_validator("breached_passwords")
    @classmethod
    def _can_be_read(cls, value: Path | None) -> Path | None:
        if value is not None and not os.access(value, os.R_OK):
            raise ValueError("there is no such file, or it cannot be read")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be the address of the site, such as https://rembuk.example.go.id")
        return value

    @field_validator("trusted_hosts")
    @classmethod
    def _names(cls, value: str) -> str:
        for name in filter(None, (one.strip() for one in value.split(","))):
            if not HOST_NAME.fullmatch(name):
                raise ValueError("must be names of hosts with commas between them, without https:// and port")
        return value

    @field_validator("clamav")
    @classmethod
    def _a_scanner(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not value.startswith("/") and not (host and port.isdigit()):
            raise ValueError("must be host:port, or the path of a socket that begins with /")
        return value

    @model_validator(mode="after")
    def _a_whole_store(self) -> Settings:
        given = [self.s3_endpoint, self.s3_bucket, self.s3_access_key, self.s3_secret_key]
        if any(given) and not all(given):
            raise ValueError(
                "files in S3 need REMBUK_S3_ENDPOINT, REMBUK_S3_BUCKET, REMBUK_S3_ACCESS_KEY and REMBUK_S3_SECRET_KEY together"
            )
        if self.s3_endpoint and not self.s3_endpoint.startswith(("https://", "http://")):
            raise ValueError("REMBUK_S3_ENDPOINT must begin with https:// (or http:// within your own network)")
        return self

    @model_validator(mode="after")
    def _searches_where_it_can(self) -> Settings:
        if self.search_backend == "postgresql" and self.database.startswith("sqlite:"):
            raise ValueError(
                "REMBUK_SEARCH_BACKEND=postgresql needs a REMBUK_DATABASE_URL that begins with postgresql://"
            )
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Settings:
        if self.env == "production" and not self.https:
            raise ValueError(
                "REMBUK_ENV=production needs REMBUK_HTTPS=1, or cookies travel in the clear: put a TLS proxy in front and set it"
            )
        if self.env == "production" and self.base_url.startswith("http:"):
            raise ValueError(
                "REMBUK_BASE_URL begins with http:, so links in mail would lead around TLS: let it begin with https:"
            )
        return self

    @model_validator(mode="after")
    def _whole_oidc(self) -> Settings:
        """Half a configuration of single sign-on would let nobody in, or the wrong people: it is refused whole."""
        if not self.has_oidc:
            return self
        needed = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "base_url")
        missing = [f"{PREFIX}{name.upper()}" for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"signing in by OpenID Connect needs {' and '.join(missing)} too")
        if bool(self.oidc_role_claim) != bool(words(self.oidc_moderator_roles) or words(self.oidc_admin_roles)):
            raise ValueError(
                "REMBUK_OIDC_ROLE_CLAIM goes together with REMBUK_OIDC_MODERATOR_ROLES or REMBUK_OIDC_ADMIN_ROLES: set both or neither"
            )
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("REMBUK_OIDC_SCOPES must contain openid")
        try:
            issuer = urlsplit(self.oidc_issuer)
        except ValueError:
            issuer = urlsplit("")
        self._check_issuer(issuer)
        return self

    def _check_issuer(self, issuer: SplitResult) -> None:
        if issuer.scheme not in ("http", "https") or not issuer.hostname or issuer.query or issuer.fragment:
            raise ValueError(
                "REMBUK_OIDC_ISSUER must be the address of the provider, such as https://sso.example.go.id/realms/asn"
            )
        if issuer.username is not None:
            raise ValueError("REMBUK_OIDC_ISSUER must not contain a user name or password")
        if self.env == "production" and issuer.scheme != "https":
            raise ValueError(
                "REMBUK_OIDC_ISSUER begins with http:, so anybody on the way could sign in as anybody: it must be https"
            )

    @property
    def has_oidc(self) -> bool:
        """Whether anything is set about signing in by OpenID Connect."""
        return any(
            getattr(self, name) != field.default
            for name, field in type(self).model_fields.items()
            if name.startswith("oidc_")
        )

    @property
    def staff_needs_second_factor(self) -> bool:
        """Whether moderators and admins can do nothing before they have set up a second step.

        By default in production, unless the only way in leads through a provider that was told to see to it.
        """
        if self.staff_second_factor is None:
            return self.env == "production" and not (self.oidc_only and words(self.oidc_acr_values))
        return self.staff_second_factor

    @model_validator(mode="after")
    def _knows_its_name_in_production(self) -> Settings:
        if self.env == "production" and not self.base_url:
            raise ValueError(
                "REMBUK_ENV=production needs REMBUK_BASE_URL (https://rembuk.example.go.id), or links would lead wherever "
                "a request says that the site is"
            )
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that requests may ask for; a dot in front takes in what is below a name. Ports do not matter."""
        named = [name.strip().lower() for name in self.trusted_hosts.split(",") if name.strip()]
        if self.base_url:
            named.append(urlsplit(self.base_url).hostname or "")
        if self.env == "development":
            named += ["localhost", socket.gethostname().lower(), self.host.lower()]
        return tuple(dict.fromkeys(name for name in named if HOST_NAME.fullmatch(name)))

    @property
    def own_address(self) -> str:
        """Where people reach the site, for links in mail and on the command line; no slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.instance_path / 'rembuk.sqlite'}"

    @property
    def searches_in_postgresql(self) -> bool:
        """Whether the search index is in the database; otherwise it is a folder of this machine."""
        return self.search_backend != "whoosh" and not self.database.startswith("sqlite:")


def words(text: str) -> frozenset[str]:
    """The names in a setting that lists them, separated by commas."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _sentence(error: Any, values: dict[str, str]) -> str:
    names = {"host": "HOST", "port": "PORT", "instance_path": "INSTANCE_PATH"}
    field = str(error["loc"][0]) if error["loc"] else ""
    name = names.get(field, field if field.isupper() else PREFIX + field.upper())
    reason = error["msg"].removeprefix("Value error, ")
    if not field:
        return f"A setting is not safe: {reason}."
    secret = field in ("secret_key", "database_url", "s3_access_key", "s3_secret_key") or name.endswith(
        ("SECRET_KEY", "CLIENT_SECRET", "DATABASE_URL")
    )
    given = "" if secret else f" (it is {values.get(name, '')!r})"
    return f"The setting {name} is not valid{given}: {reason}. Change it in the environment or in instance/rembuk.env."


def _refuse_unknown(values: dict[str, str]) -> None:
    plain = {"HOST", "PORT", "INSTANCE_PATH"}
    known = {PREFIX + name.upper() for name in Settings.model_fields} - {
        PREFIX + name for name in plain
    } | NOT_A_SETTING
    for name in sorted(values):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name.removeprefix(PREFIX), sorted(plain), n=1, cutoff=0.75)
            near = near or difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
            hint = f" Did you mean {near[0]}?" if near else " docs/settings.md lists all."
            raise SettingsError(f"There is no setting {name}.{hint}")


def _env_file(path: Path) -> dict[str, str]:
    return {key: value or "" for key, value in dotenv_values(path).items()} if path.is_file() else {}


def load_settings() -> Settings:
    """Read and check the settings, make `instance/` and its secret key where missing. Raises SettingsError."""
    instance = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance").expanduser().resolve()
    values = {**_env_file(instance / "rembuk.env"), **os.environ}
    _refuse_unknown(values)
    try:
        settings = Settings(_env_file=instance / "rembuk.env")  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(_sentence(error.errors()[0], values)) from None
    _make_instance(settings.instance_path)
    if not settings.secret_key:
        settings = settings.model_copy(update={"secret_key": _own_secret(settings.instance_path / "secret_key")})
    return settings


def _make_instance(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {path} (INSTANCE_PATH) cannot be made: {error.strerror}. Choose another or mend its rights."
        ) from None
    if not os.access(path, os.W_OK):
        raise SettingsError(
            f"The folder {path} (INSTANCE_PATH) cannot be written to. Choose another or mend its rights."
        )
    # It holds people's data: nobody else on this machine may read it.
    with suppress(PermissionError):
        path.chmod(path.stat().st_mode & ~0o007)


def _own_secret(path: Path) -> str:
    """The installation's own secret, made once; processes that start together agree on one.

    It is written under another name first, and linked: so nobody sees it unfinished, and a crash leaves none.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    secret = path.read_text().strip()
    if len(secret) < MIN_SECRET_LENGTH:
        raise SettingsError(
            f"The file {path} must hold at least {MIN_SECRET_LENGTH} characters: delete it, and a new one is made (all sign in again)."
        )
    return secret
