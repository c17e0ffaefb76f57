"""How often an anonymous visitor may write: generous for an address that thousands share, tighter for one browser.

Kept in memory by each web process, so with several processes a visitor has as many budgets: this protects against a runaway
script, it counts nobody. What is over the limit gets 429 with `Retry-After`; the page that answers keeps what was typed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request

from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal
from tanggap.web.csrf import COOKIE
from tanggap.web.forms import client_address

#: Visitors remembered; when there are more, those whose budget is full again are forgotten.
MOST_REMEMBERED = 20_000


class TooMany(Refusal):
    """Too many in a short time from one browser or address; `retry_after_s` says when the next may come."""

    slug = "too-many"
    sentence = N_("Terlalu banyak kiriman sekaligus. Tulisan Anda aman: tunggu sebentar, lalu kirim lagi. Darurat? Telepon 112.")

    def __init__(self, retry_after_s: float) -> None:
        """Remember how long to wait, in seconds."""
        self.retry_after_s = retry_after_s
        super().__init__(retry_after_s=int(retry_after_s) + 1)


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket: `burst` at once, refilled by `per_minute`."""

    burst: int
    per_minute: float


#: One browser: a person in need writes a handful of reports, not dozens.
BY_BROWSER = Limit(burst=8, per_minute=4)
#: One address: a mobile carrier puts thousands behind one, and after an earthquake many of them write at once.
BY_ADDRESS = Limit(burst=120, per_minute=60)


class RateLimit:
    """Budgets by browser and by address for one kind of act."""

    def __init__(
        self, by_browser: Limit = BY_BROWSER, by_address: Limit = BY_ADDRESS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start with full budgets for everybody."""
        self._limits = {"browser": by_browser, "address": by_address}
        self._clock = clock
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, request: Request[Any, Any, Any]) -> None:
        """Spend one of the visitor's budget. Raises TooMany, and then spends nothing."""
        keys = [("address", client_address(request))]
        if browser := request.cookies.get(COOKIE):
            keys.append(("browser", browser[:100]))
        self.spend(keys)

    def spend(self, keys: list[tuple[str, str]]) -> None:
        """Spend one of each budget, or of none. Raises TooMany."""
        now = self._clock()
        left = {key: self._budget(key, now) for key in keys}
        waits = [(1 - amount) * 60 / self._limits[key[0]].per_minute for key, amount in left.items() if amount < 1]
        if waits:
            raise TooMany(max(waits))
        if len(self._left) >= MOST_REMEMBERED:
            self._forget_full(now)
        self._left.update({key: (amount - 1, now) for key, amount in left.items()})

    def _budget(self, key: tuple[str, str], now: float) -> float:
        limit = self._limits[key[0]]
        amount, at = self._left.get(key, (float(limit.burst), now))
        return min(float(limit.burst), amount + (now - at) * limit.per_minute / 60)

    def _forget_full(self, now: float) -> None:
        full = [key for key in self._left if self._budget(key, now) >= self._limits[key[0]].burst]
        for key in full or list(self._left)[: MOST_REMEMBERED // 2]:
            del self._left[key]


def kept_limit(
    request: Request[Any, Any, Any], name: str, by_browser: Limit = BY_BROWSER, by_address: Limit = BY_ADDRESS
) -> RateLimit:
    """The budgets of this process under a name, full when they are asked for the first time."""
    kept: dict[str, Any] = request.app.state.dict()
    if name not in kept:
        request.app.state[name] = RateLimit(by_browser, by_address)
    limit: RateLimit = request.app.state[name]
    return limit
