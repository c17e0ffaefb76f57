"""Asks a feed: by HTTP with a limit of time and size, or from a file. What fails is said, and nothing else happens."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from tanggap.city.model import Catalogue
from tanggap.verification.weather import cap, forecast
from tanggap.verification.weather.cap import LONGEST_DOCUMENT
from tanggap.verification.weather.model import FeedBroken, Warned, is_sound
from tanggap.verification.weather.settings import WeatherSettings, is_url

#: All that one round may take, seconds: a slow answer must not hold up the next round.
LONGEST_ROUND_S: Final = 60.0


async def fetch(
    said: WeatherSettings, home: Path, catalogue: Catalogue, now: datetime, transport: httpx.AsyncBaseTransport | None = None
) -> list[Warned]:
    """All warnings that concern the city now, or soon. Paths of files are of `home` when they are not absolute.

    Raises:
        FeedBroken: something could not be fetched or read; what was read before it counts for nothing.
    """
    found: list[Warned] = []
    try:
        # no redirects (where they lead nobody has checked), no proxy of the machine's
        async with (
            asyncio.timeout(LONGEST_ROUND_S),
            httpx.AsyncClient(timeout=said.timeout_s, follow_redirects=False, trust_env=False, transport=transport) as client,
        ):
            if said.alerts:
                found += await _alerts(client, said, home, catalogue)
            for address in said.forecast:
                found += forecast.warnings_of(await _get(client, address, home), catalogue, now)
    except TimeoutError as error:
        raise FeedBroken("no answer in time") from error
    return [one for one in found if is_sound(one, now)]


async def _alerts(client: httpx.AsyncClient, said: WeatherSettings, home: Path, catalogue: Catalogue) -> list[Warned]:
    root = cap.document(await _get(client, said.alerts, home))
    if not cap.is_list(root):
        return cap.warnings_of(root, catalogue)
    found: list[Warned] = []
    for link in cap.links_of(root, said.province):
        address = urljoin(said.alerts, link)
        if urlsplit(address)[:2] != urlsplit(said.alerts)[:2]:
            raise FeedBroken("the list names a warning on another server")
        found += cap.warnings_of(cap.document(await _get(client, address, home)), catalogue)
    return found


async def _get(client: httpx.AsyncClient, address: str, home: Path) -> bytes:
    if not is_url(address):
        return await asyncio.to_thread(_read, home / address)
    try:
        async with client.stream("GET", address) as answer:
            if not answer.is_success:
                raise FeedBroken(f"HTTP {answer.status_code} from {urlsplit(address).hostname}")
            raw = bytearray()
            async for piece in answer.aiter_bytes():
                raw += piece
                if len(raw) > LONGEST_DOCUMENT:
                    raise FeedBroken("the answer is too long")
            return bytes(raw)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedBroken(f"no answer from {urlsplit(address).hostname}: {type(error).__name__}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_DOCUMENT + 1)
    except OSError as error:
        raise FeedBroken(f"{path.name} cannot be read: {error.strerror}") from error
