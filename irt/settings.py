"""The deployment's configuration: read once, frozen; an unknown key or an impossible value stops the start.

Values come from the file that IRT_CONFIG names (default irt.toml, which may be missing), then from environment
variables IRT_<KEY>. Every key stands once, with its reason, in config/irt.example.toml.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

OTHER_VARIABLES = {"IRT_CONFIG", "IRT_TEST_DATABASE_URL", "IRT_PASSWORD"}


class SettingsError(Exception):
    """The configuration cannot be used; the message names every key at fault and the remedy."""


def _address(url: str) -> str:
    """A database address of a kind that the service knows."""
    try:
        known = make_url(url).get_backend_name() in ("sqlite", "postgresql")
    except ArgumentError:
        known = False
    if not known or url == "sqlite://":
        raise ValueError("write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
    return url


def _zone(name: str) -> str:
    """A time zone that the machine knows."""
    if name not in available_timezones():
        raise ValueError("write the name of a time zone, such as Asia/Shanghai")
    return name


Address = Annotated[str, AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(_zone)]


class Settings(BaseModel):
    """One deployment, frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: Address = "sqlite:///var/irt.sqlite"
    database_owner_url: Address | None = None
    study: Path = Path("config/study.toml")
    keys: Path = Path("var/keys")
    base_url: str = "http://127.0.0.1:8000"
    secure_cookies: bool = True
    session_idle_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    signatures_at_once: Annotated[int, Field(ge=1, le=64)] = 2
    database_pool: Annotated[int, Field(ge=1, le=100)] = 5
    nightly_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "01:00"
    nightly_zone: Zone | None = None
    rehearse_nightly: bool = True
    outbox_minutes: Annotated[int, Field(ge=1, le=60)] = 5
    mail_server: str | None = None
    mail_port: Annotated[int, Field(ge=1, le=65535)] = 587
    mail_starttls: bool = True
    mail_from: str | None = None
    mail_user: str | None = None
    mail_password_file: Path | None = None

    @property
    def vault_key(self) -> Path:
        """The file of the key that opens arms."""
        return self.keys / "vault.key"

    @property
    def service_key(self) -> Path:
        """The file of the key for digests, signatures and sessions."""
        return self.keys / "service.key"

    @property
    def shown_url(self) -> str:
        """The database's address without its password, to be shown."""
        return make_url(self.database_url).render_as_string(hide_password=True)

    @property
    def owner_url(self) -> str:
        """Where migrations connect: on PostgreSQL the owner of the tables, who is not the service."""
        return self.database_owner_url or self.database_url


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this deployment; raises SettingsError naming every mistake."""
    environment = os.environ if environment is None else environment
    named = environment.get("IRT_CONFIG")
    path = Path(named or "irt.toml")
    values: dict[str, object] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise SettingsError(f"{path}: {fault}; mend the file, see config/irt.example.toml") from None
    elif named:
        raise SettingsError(f"IRT_CONFIG: {named} does not exist; name an existing file or unset it")
    for variable, value in environment.items():
        if variable.startswith("IRT_") and variable not in OTHER_VARIABLES:
            values[variable.removeprefix("IRT_").lower()] = value
    return made(values, str(path))


def made(values: Mapping[str, object], source: str) -> Settings:
    """Settings from these values; raises SettingsError naming every mistake and where it may stand."""
    try:
        return Settings.model_validate(values)
    except ValidationError as mistakes:
        raise SettingsError("\n".join(_sentence(source, mistake) for mistake in mistakes.errors())) from None


def _sentence(source: str, mistake: Mapping[str, object]) -> str:
    location = mistake["loc"]
    assert isinstance(location, tuple)
    key = ".".join(map(str, location))
    where = f"{key} ({source} or IRT_{key.upper()})"
    if mistake["type"] == "extra_forbidden":
        return f"{where}: unknown key; remove it, or see config/irt.example.toml for the keys there are"
    found = "" if key.startswith("database") else f"; found {mistake['input']!r}"  # an address may hold a password
    return f"{where}: {str(mistake['msg']).removeprefix('Value error, ')}{found}; see config/irt.example.toml"
