"""HTTP to providers: one client, and what its ways of failing mean for a message."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tanggap.notification.channels.model import Failed, Throttled, Unfit, Unsure

#: An answer longer than this is not read further, bytes.
LONGEST_ANSWER = 200_000


def client(timeout_s: float, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client that follows no redirect (where it would lead nobody has checked) and knows no proxy of the machine's."""
    return httpx.AsyncClient(timeout=timeout_s, follow_redirects=False, trust_env=False, transport=transport)


@contextlib.asynccontextmanager
async def handing_over() -> AsyncIterator[None]:
    """Say what the failures of a request mean: before it was sent, nothing went out; after it, nobody knows.

    Raises:
        Failed, Unsure.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise Failed(f"no connection: {type(error).__name__}") from error
    except httpx.HTTPError as error:
        raise Unsure(f"no answer: {type(error).__name__}") from error


def refuse(answer: httpx.Response, unfit: tuple[int, ...] = ()) -> None:
    """Raise what the status of an answer means, unless it is a success."""
    if answer.is_success:
        return
    said = f"HTTP {answer.status_code}"
    if answer.status_code == 429:
        raise Throttled(said)
    if answer.status_code in unfit:
        raise Unfit(said)
    raise Failed(said)


def json_of(answer: httpx.Response) -> Any:
    """The JSON of an answer, None when it is something else."""
    if len(answer.content) > LONGEST_ANSWER:
        return None
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def at(told: Any, path: str) -> Any:
    """What stands in an answer at a dotted path (`messages.0.id`), None when there is nothing."""
    for part in path.split("."):
        if isinstance(told, dict):
            told = told.get(part)
        elif isinstance(told, list) and part.isdecimal() and int(part) < len(told):
            told = told[int(part)]
        else:
            return None
    return told


def all_at(told: Any, path: str) -> list[Any]:
    """All at a dotted path in which `*` stands for each of a list (`messages.*.id`); a list at its end counts one by one."""
    before, star, after = path.partition("*")
    if not star:
        found = at(told, path)
        return found if isinstance(found, list) else [found]
    listed = at(told, before.rstrip(".")) if before else told
    return [each for one in listed for each in all_at(one, after.lstrip("."))] if isinstance(listed, list) else []
