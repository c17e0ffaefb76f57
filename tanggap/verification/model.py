"""Evidence about a report: facts that point one way or the other, each with its weight; the judgement stays with people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.incident.model import Disposition
from tanggap.verification.weather.model import Peril

#: One key each: the order is that of the key bar, Alt+1 … Alt+6 and on.
DISPOSITION_KEYS: Mapping[Disposition, str] = {
    Disposition.TEST: "Alt+1",
    Disposition.PRANK: "Alt+2",
    Disposition.SILENT: "Alt+3",
    Disposition.MISDIAL: "Alt+4",
    Disposition.INFORMATION: "Alt+5",
    Disposition.COUNSELLING: "Alt+6",
    Disposition.ABANDONED: "Alt+7",
}

#: Dispositions in a caller's history that speak against the next report, and those that speak for it.
AGAINST = frozenset({Disposition.TEST, Disposition.PRANK, Disposition.SILENT, Disposition.MISDIAL})
FOR = frozenset({Disposition.GENUINE, Disposition.DUPLICATE})

#: What learning calls real: somebody had to do something. The rest of the dispositions, abandoned ones aside, was not.
REAL = FOR | {Disposition.INFORMATION, Disposition.COUNSELLING}


class Leaning(StrEnum):
    """Which way a fact points."""

    REAL = "real"
    NOT_REAL = "not_real"
    NEUTRAL = "neutral"


class Spoken(msgspec.Struct, frozen=True):
    """What the words say of how real a report is, in natural log-odds; which words; and whether one is of danger to life."""

    log_odds: float = 0.0
    because: tuple[str, ...] = ()
    danger: bool = False


#: Weighs the words of a report. In bounded time, whatever the text.
Hear = Callable[[str], Spoken]


class Earlier(msgspec.Struct, frozen=True):
    """An earlier report of the same caller that has a disposition."""

    disposition: Disposition
    at: datetime


class CallTold(msgspec.Struct, frozen=True):
    """What is known of a voice call beside its words. Seconds; the share of it without a voice, 0–1."""

    length_s: float | None = None
    silence: float | None = None
    hung_up: bool = False
    keys: str = ""  # that the caller pressed


class CallBack(msgspec.Struct, frozen=True):
    """The last time the number was called back."""

    answered: bool
    at: datetime


class Apart(msgspec.Struct, frozen=True):
    """How far the chosen point lies from what a device or a network says, and how far both together may be off. Metres."""

    metres: float
    within_m: float


class Alert(msgspec.Struct, frozen=True):
    """A warning of the weather that fits what a report is of, where and when it was made."""

    kind: Peril
    area: str  # name of the kecamatan; empty: the whole city
    until: str  # of the city's clock
    is_forecast: bool = False


class Facts(msgspec.Struct, frozen=True):
    """What is known of one report that may speak for or against it."""

    report: UUID
    at: datetime  # received
    channel: str = "call"
    words: str = ""
    has_number: bool = False
    has_place: bool = False
    category: str | None = None
    priority: Priority | None = None
    earlier: tuple[Earlier, ...] = ()
    together: int = 0
    apart: Apart | None = None
    call: CallTold | None = None
    callback: CallBack | None = None
    hour: int | None = None  # of the city's clock
    alert: Alert | None = None
    disposition: Disposition | None = None  # only for learning


class Item(msgspec.Struct, frozen=True):
    """One line of the ledger: a kind of evidence, its natural log-odds, a gettext sentence, and who knows it since when."""

    code: str
    log_odds: float
    sentence: str
    source: str  # gettext key
    at: datetime
    numbers: dict[str, Any] = {}

    @property
    def leaning(self) -> Leaning:
        """Which way it points; what moves the odds by less than a tenth points nowhere."""
        if abs(self.log_odds) < 0.1:
            return Leaning.NEUTRAL
        return Leaning.REAL if self.log_odds > 0 else Leaning.NOT_REAL


class Ledger(msgspec.Struct, frozen=True):
    """All evidence on one report and what it sums to: a probability with the range in which it lies 4 times of 5."""

    report: UUID
    items: tuple[Item, ...]
    p: float
    low: float
    high: float
    version: int  # of the weights
    is_lifted: bool  # corroborated, or danger to life in the words: never in the nuisance lane
    is_silent: bool

    @property
    def is_doubtful(self) -> bool:
        """Whether it belongs in the nuisance lane: marked, never hidden."""
        return self.p < DOUBTFUL and not self.is_lifted


#: A probability below this is called doubtful. Two of ten, the bound that no genuine report may fall below by its words.
DOUBTFUL = 0.2


class Weight(msgspec.Struct, frozen=True):
    """What one unit of a kind of evidence counts, natural log-odds, how unsure that is, and where the number comes from."""

    code: str
    log_odds: float
    sd: float
    source: str = ""


class Weights(msgspec.Struct, frozen=True):
    """All weights, in one version."""

    version: int
    by_code: dict[str, Weight]
    half_life_days: float
    together_minutes: float
    together_m: float
