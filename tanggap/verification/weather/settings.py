"""Where warnings of the weather come from: `weather.toml` in the data folder (docs/admin/weather.md), or from nowhere."""

import re
import tomllib
from typing import Final

import msgspec

from tanggap.platform.settings import Settings, SettingsError

FILE: Final = "weather.toml"
#: Forecasts are asked for one kelurahan at a time; more than this would be asking too much of a public service.
MOST_PLACES: Final = 30


class WeatherSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `weather.toml` says. An address is https, or the path of a file that something else puts there."""

    alerts: str = ""  # a list of warnings (RSS), or one warning (CAP)
    forecast: tuple[str, ...] = ()
    province: str = ""  # of a list, only warnings that name it are read; empty: all of them
    every_minutes: float = 5.0
    timeout_s: float = 10.0

    @property
    def is_on(self) -> bool:
        """Whether there is a feed."""
        return bool(self.alerts or self.forecast)


def weather_settings(settings: Settings) -> WeatherSettings:
    """Read `weather.toml`; nothing where there is none.

    Raises:
        SettingsError: the file cannot be read, or something in it is malformed or unsafe.
    """
    path = settings.home / FILE
    if not path.exists():
        return WeatherSettings()
    try:
        read = msgspec.convert(tomllib.loads(path.read_text("utf-8")), WeatherSettings)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{path} cannot be used: {error}.") from error
    addresses = [one for one in (read.alerts, *read.forecast) if one]
    wrong = [
        said
        for said, sound in (
            ("every_minutes must be from 1 to 120", 1 <= read.every_minutes <= 120),
            ("timeout_s must be from 1 to 60", 1 <= read.timeout_s <= 60),
            (f"forecast names more than {MOST_PLACES} places", len(read.forecast) <= MOST_PLACES),
            ("an address must be https:// (http:// only to this machine), or the path of a file", all(map(_is_safe, addresses))),
        )
        if not sound
    ]
    if wrong:
        raise SettingsError(f"{path}: {', '.join(wrong)}; docs/admin/weather.md shows the form.")
    return read


def is_url(address: str) -> bool:
    """Whether an address is fetched; else it is a file's."""
    return "://" in address


def _is_safe(address: str) -> bool:
    if is_url(address):
        return address.startswith("https://") or bool(re.match(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]", address))
    return "\0" not in address
