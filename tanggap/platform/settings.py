"""Settings: read once from the environment (TANGGAP_*), checked before anything starts, then passed on."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

PREFIX = "TANGGAP_"
LOG_LEVELS = ("debug", "info", "warning", "error")
LOCAL_HOSTS = ("127.0.0.1", "::1", "localhost")
#: More web processes than this on one machine is a typing mistake.
MOST_WEB_PROCESSES = 64

Told = TypeVar("Told")


class SettingsError(Exception):
    """A setting is unknown, malformed or unsafe; the message is one sentence that says what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation decides for itself."""

    home: Path  # state of this installation: embedded PostgreSQL, key file
    database_url: str | None = None  # none: the embedded PostgreSQL under `home`
    city: str = "kendari"  # the city pack served here
    host: str = "127.0.0.1"
    port: int = 8112
    public_url: str = "http://127.0.0.1:8112"
    secret_file: Path  # master key, readable by its owner only
    web_processes: int = 1
    log_level: str = "info"
    telephony: str = "auto"  # auto: carry voice calls where the edge's packages are installed; off: never
    demo: bool = False  # demonstration accounts and examples; set by `make run` only

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies may be marked `Secure`."""
        return self.public_url.startswith("https://")

    @property
    def postgres_dir(self) -> Path:
        """Where the embedded PostgreSQL keeps its data."""
        return self.home / "postgres"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check every TANGGAP_* variable.

    Raises:
        SettingsError: a name is unknown, or a value is malformed or unsafe.
    """
    given = {name.removeprefix(PREFIX): value for name, value in environ.items() if name.startswith(PREFIX)}
    for name in sorted(given):
        if name not in READERS:
            known = ", ".join(PREFIX + known for known in READERS)
            raise SettingsError(f"{PREFIX}{name} is not a setting of Tanggap; the settings are {known}.")
    read = {name.lower(): READERS[name](PREFIX + name, value.strip()) for name, value in given.items()}
    home = _path(PREFIX + "HOME", str(read.get("home", ".tanggap")))
    host = read.get("host", "127.0.0.1")
    port = read.get("port", 8112)
    defaults = {"home": home, "secret_file": home / "secret.key", "public_url": f"http://{host}:{port}"}
    settings = msgspec.convert({**defaults, **read, "home": home}, Settings, strict=False, dec_hook=_as_is)
    _refuse_unsafe(settings)
    return settings


def _as_is(_kind: type, value: object) -> object:
    return value


def _refuse_unsafe(settings: Settings) -> None:
    if settings.demo and settings.host not in LOCAL_HOSTS:
        raise SettingsError(
            f"{PREFIX}DEMO makes demonstration accounts, so it serves on 127.0.0.1 only, not on {settings.host};"
            " start with `tanggap up` for a real installation."
        )
    if settings.demo and settings.database_url:
        raise SettingsError(
            f"{PREFIX}DEMO makes demonstration accounts, so it never writes to {PREFIX}DATABASE_URL; unset one of them."
        )
    public_host = urlsplit(settings.public_url).hostname
    if settings.public_url.startswith("http://") and public_host not in LOCAL_HOSTS:
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL is {settings.public_url}: passwords and callers' numbers would travel unencrypted;"
            " put a TLS proxy in front and set it to an https:// address."
        )


def _path(name: str, value: str) -> Path:
    if not value or "\0" in value:
        raise SettingsError(f"{name} must be the path of a file or folder.")
    return Path(value).expanduser().absolute()


def _number(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            raise SettingsError(f"{name} must be a number from {least} to {most}, not {value!r}.")
        return int(value)

    return read


def _switch(name: str, value: str) -> bool:
    if value.lower() in ("1", "true", "yes"):
        return True
    if value.lower() in ("", "0", "false", "no"):
        return False
    raise SettingsError(f"{name} must be 1 or 0, not {value!r}.")


def _database_url(name: str, value: str) -> str:
    if urlsplit(value).scheme not in ("postgresql", "postgres"):
        raise SettingsError(f"{name} must look like postgresql://user:password@host:5432/tanggap.")
    return value


def _city(name: str, value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", value):
        raise SettingsError(f"{name} must be the name of a city pack, such as kendari, not {value!r}.")
    return value


def _public_url(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"{name} must be the address people type, such as https://112.kendarikota.go.id, not {value!r}.")
    return value.rstrip("/")


def _log_level(name: str, value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise SettingsError(f"{name} must be one of {', '.join(LOG_LEVELS)}, not {value!r}.")
    return value.lower()


def _host(name: str, value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:-]{1,253}", value):
        raise SettingsError(f"{name} must be an address to listen on, such as 127.0.0.1 or 0.0.0.0, not {value!r}.")
    return value


def _telephony(name: str, value: str) -> str:
    if value.lower() not in ("auto", "off"):
        raise SettingsError(f"{name} must be auto or off, not {value!r}.")
    return value.lower()


#: Every setting, and how its text is read.
READERS: Mapping[str, Callable[[str, str], object]] = {
    "HOME": _path,
    "DATABASE_URL": _database_url,
    "CITY": _city,
    "HOST": _host,
    "PORT": _number(1, 65535),
    "PUBLIC_URL": _public_url,
    "SECRET_FILE": _path,
    "WEB_PROCESSES": _number(1, MOST_WEB_PROCESSES),
    "LOG_LEVEL": _log_level,
    "TELEPHONY": _telephony,
    "DEMO": _switch,
}


def settings_file(path: Path, kind: type[Told]) -> Told:
    """What a room's own TOML file in the data folder says; `kind` as it is where there is no such file.

    Raises:
        SettingsError: the file cannot be read, or something in it is of the wrong type or unknown.
    """
    if not path.exists():
        return kind()
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), kind)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{path} cannot be used: {error}.") from error
