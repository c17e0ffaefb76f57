"""Replaying another city's records through the HTTP door, and reading each one back."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import msgspec

from tanggap.intake.model import MAX_WORDS
from tanggap.platform.text import clean_text
from tanggap.simulation.records import Record

#: Records on their way at once.
LANES = 8
#: Answers that say «not now»: the same record is sent again, with its key, so that none becomes two.
NOT_NOW = frozenset({429, 502, 503, 504})
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
#: A record that was not taken for this long counts as lost.
PATIENCE_S = 60.0
TIMEOUT_S = 15.0
GONE_STATES = frozenset({"rejected", "expired", "withdrawn"})


class Outcome(msgspec.Struct, frozen=True):
    """Where one record is now. `agency`: with whom; else `place` says on whose screen, or `lost` why it is on none."""

    key: str
    report: str | None = None
    is_repeat: bool = False
    agency: str | None = None
    place: str | None = None  # supervisor | desk | closed
    is_outside: bool = False
    lost: str | None = None


class Summary(msgspec.Struct, frozen=True):
    """What became of all records."""

    outcomes: tuple[Outcome, ...]

    @property
    def repeats(self) -> int:
        """Records that were sent at another time already, and are the same reports."""
        return sum(outcome.is_repeat for outcome in self.outcomes)

    @property
    def lost(self) -> list[Outcome]:
        """Records that could not be found again."""
        return [outcome for outcome in self.outcomes if outcome.lost]

    @property
    def by_agency(self) -> Counter[str]:
        """Agency → how many records it has."""
        return Counter(outcome.agency for outcome in self.outcomes if outcome.agency)

    @property
    def by_place(self) -> Counter[str]:
        """Whose screen → how many records that no agency has."""
        return Counter(outcome.place for outcome in self.outcomes if outcome.place)

    @property
    def outside(self) -> int:
        """Records whose point lies outside of this city."""
        return sum(outcome.is_outside for outcome in self.outcomes)


class RefusedError(Exception):
    """The door said no, and why."""


async def replay(
    records: Sequence[Record], url: str, token: str, watch: Callable[[Outcome], None], patience_s: float = PATIENCE_S
) -> Summary:
    """Send every record and read it back; `watch` is told of each."""
    lanes = asyncio.Semaphore(LANES)
    limits = httpx.Limits(max_connections=LANES, max_keepalive_connections=LANES)
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=TIMEOUT_S) as client:

        async def one(record: Record) -> Outcome:
            async with lanes:
                outcome = await _replayed(client, record, patience_s)
            watch(outcome)
            return outcome

        return Summary(tuple(await asyncio.gather(*map(one, records))))


async def _replayed(client: httpx.AsyncClient, record: Record, patience_s: float) -> Outcome:
    try:
        async with asyncio.timeout(patience_s):
            sent = await _insist(client, "POST", "/api/reports", record)
            return await _found_again(client, record, sent)
    except TimeoutError:
        return Outcome(record.key, lost=f"no answer in {patience_s:.0f} s")
    except RefusedError as error:
        return Outcome(record.key, lost=str(error))


async def _insist(client: httpx.AsyncClient, method: str, path: str, record: Record) -> Any:
    """Ask until there is an answer other than «not now».

    Raises:
        RefusedError: the answer is no.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            if method == "POST":
                body = msgspec.json.encode(record.said)
                headers = {"idempotency-key": _header(record.key), "content-type": "application/json"}
                answer = await client.post(path, content=body, headers=headers)
            else:
                answer = await client.get(path)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code not in NOT_NOW:
            if not answer.is_success:
                raise RefusedError(f"{method} {path.split('/')[2]}: {answer.status_code} {_title(answer)}")
            return answer.json()
        await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the lanes
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _header(key: str) -> str:
    """A key as a header may carry it; what it may not is written as its escape, so that keys stay different."""
    return key.encode("ascii", "backslashreplace").decode().replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")


def _title(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["title"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


async def _found_again(client: httpx.AsyncClient, record: Record, sent: dict[str, Any]) -> Outcome:
    """Read a record back: its words, and who has it."""
    report = await _insist(client, "GET", f"/api/reports/{sent['report']}", record)
    outcome = Outcome(record.key, sent["report"], sent["is_repeat"], is_outside="outside_city" in report["flags"])
    said = clean_text(str(record.said.get("words", "")), MAX_WORDS).text
    if not sent["is_repeat"] and report["words"] != said:
        return msgspec.structs.replace(outcome, lost="stored with other words")
    if report["incident"] is None:
        return msgspec.structs.replace(outcome, place="closed" if report["state"] == "closed" else "desk")
    whole = await _insist(client, "GET", f"/api/incidents/{report['incident']}", record)
    having = [one for one in whole["assignments"] if one["state"] not in GONE_STATES]
    having.sort(key=lambda one: one["role"] != "lead")
    if having:
        return msgspec.structs.replace(outcome, agency=having[0]["agency"])
    if whole["incident"]["attention"]:
        return msgspec.structs.replace(outcome, place="supervisor")
    if whole["incident"]["state"] == "closed":
        return msgspec.structs.replace(outcome, place="closed")
    return msgspec.structs.replace(outcome, lost="an incident on nobody's screen")


async def agency_names(url: str, token: str) -> dict[str, str]:
    """Agency code → short name, as the catalogue says.

    Raises:
        RefusedError: nobody answers there, or the token is not good.
    """
    try:
        async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=TIMEOUT_S) as client:
            answer = await client.get("/api/catalogue")
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise RefusedError(f"nobody answers at {url} ({type(error).__name__})") from error
    if answer.status_code != httpx.codes.OK:
        raise RefusedError(f"{url} does not let this token in: {answer.status_code} {_title(answer)}")
    return {agency["code"]: agency["short"] for agency in answer.json()["agencies"]}
