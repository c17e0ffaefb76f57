"""What the citizen's pages say to browsers and robots: keep nothing, index nothing, tell no other site the address."""

from typing import Any, TypeVar

from litestar import Response

Answer = TypeVar("Answer", bound=Response[Any])

PRIVATE = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow, noarchive", "cache-control": "no-store"}


def private(answer: Answer) -> Answer:
    """An answer that belongs to one citizen: its address is the key to it."""
    answer.headers.update(PRIVATE)
    return answer
