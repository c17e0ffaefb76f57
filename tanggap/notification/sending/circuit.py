"""Whether a provider may be asked: one that failed several times is left alone for a while, then tried with one message."""

from collections.abc import Iterable
from datetime import datetime, timedelta

#: Failures one after another that open the circuit.
FAILURES = 3
#: How long it is left alone, by how often the trial failed too.
LEFT_ALONE = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120))


class Circuit:
    """Closed: asked. Open: left alone. Half open: one message tries it."""

    def __init__(self) -> None:
        """Closed."""
        self.failures = 0
        self.open_since: datetime | None = None
        self.retry_at: datetime | None = None
        self.last_error = ""
        self._openings = 0
        self._is_trying = False

    def may_ask(self, now: datetime) -> bool:
        """Whether one message may go there; when it is half open, that one message is the trial."""
        if self.retry_at is None:
            return True
        if now < self.retry_at or self._is_trying:
            return False
        self._is_trying = True
        return True

    def not_tried(self) -> None:
        """The trial was not needed after all."""
        self._is_trying = False

    def opens_at(self, now: datetime) -> datetime | None:
        """When it may be asked again; None: now."""
        return self.retry_at if self.retry_at is not None and (now < self.retry_at or self._is_trying) else None

    def succeeded(self) -> bool:
        """It took a message, or would have. Whether that changed anything worth telling."""
        changed = self.open_since is not None
        self.failures, self._openings = 0, 0
        self.open_since = self.retry_at = None
        self._is_trying = False
        return changed

    def failed(self, error: str, now: datetime) -> bool:
        """It did not. Whether that opened it, or kept it open."""
        self.failures += 1
        self.last_error = error[:200]
        if self.failures < FAILURES and not self._is_trying:
            return False
        if self.retry_at is not None and now < self.retry_at:
            return False  # one that was on its way when it opened
        self._is_trying = False
        self.retry_at = now + LEFT_ALONE[min(self._openings, len(LEFT_ALONE) - 1)]
        self.open_since = self.open_since or now
        self._openings += 1
        return True


def earliest(circuits: Iterable[Circuit], now: datetime) -> datetime:
    """When the first of them may be asked again."""
    return min((circuit.opens_at(now) or now for circuit in circuits), default=now)
