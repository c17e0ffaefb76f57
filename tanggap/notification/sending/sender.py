"""The one process of a city that sends: claims what is due, hands it over at each provider's rate, writes what became of it.

A delivery is committed as «sending» before anything leaves the house. When the process is killed, who takes its place sends that
delivery once more and marks it, because nobody can know whether it went out.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from tanggap.notification.channels.model import Carrier, Failed, Gone, Outgoing, Throttled, Unfit, Unsure
from tanggap.notification.contacts import store as contacts
from tanggap.notification.contacts.service import PURPOSE
from tanggap.notification.model import (
    ALL_DOWN,
    EXAMPLE_STAYS,
    NO_PROVIDER,
    UNREADABLE_ADDRESS,
    WAITING_FOR_PROVIDERS,
    Channel,
    next_attempt,
)
from tanggap.notification.sending import store
from tanggap.notification.sending.circuit import Circuit, earliest
from tanggap.notification.sending.pace import Pace
from tanggap.notification.sending.recorder import Recorder
from tanggap.notification.sending.store import Claimed, Outcome
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring, Unreadable

log = Log("sending")

#: Under which purpose the numbers of callers are sealed.
CALLER_PURPOSE = "caller"
#: How often a lane with nothing to do looks, seconds: an urgent message waits no longer than this for being seen.
POLL_URGENT_S, POLL_S = 0.1, 0.25
#: And one with messages on their way: what comes back makes room for the next.
BUSY_S = 0.02
#: Urgent messages of one channel that may be on their way at once.
MOST_URGENT = 50
#: Messages without any provider, given up in one look.
MOST_WITHOUT = 100
#: What is not urgent waits this long for providers that are all left alone, then it is dead.
WAITS_FOR_PROVIDERS = timedelta(hours=2)
#: When the process is asked to end, what is on its way has this long to come back, seconds.
FINISH_S = 1.5
#: And what became of it this long to be written.
WRITE_S = 10.0


class Sender:
    """Sends one city's deliveries. Hold the lease while it runs."""

    def __init__(
        self, db: Database, city: str, keyring: Keyring, carriers: Sequence[Carrier], clock: Callable[[], datetime] = utcnow
    ) -> None:
        self._db, self._city, self._keyring, self._clock = db, city, keyring, clock
        self._carriers = list(carriers)
        self._circuits = {carrier.name: Circuit() for carrier in carriers}
        self._paces = {carrier.name: Pace(carrier.rate_per_s) for carrier in carriers}
        self._recorder = Recorder(db, city, clock)
        self._taking: set[asyncio.Task[None]] = set()
        self._on_the_way: set[asyncio.Task[None]] = set()
        self._busy: Counter[tuple[Channel, bool]] = Counter()

    async def run(self) -> None:
        """Send until cancelled."""
        await self._take_back()
        beside = [asyncio.create_task(self._keep(carrier)) for carrier in self._carriers]
        beside.append(asyncio.create_task(self._recorder.run()))
        lanes = [asyncio.create_task(self._lane(is_urgent=True)), asyncio.create_task(self._lane(is_urgent=False))]
        try:
            await asyncio.gather(*lanes)
        finally:
            await self._stop(lanes, beside)

    async def _stop(self, lanes: list[asyncio.Task[None]], beside: list[asyncio.Task[None]]) -> None:
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        if self._taking:
            await asyncio.wait(self._taking, timeout=WRITE_S)
        if self._on_the_way:
            await asyncio.wait(self._on_the_way, timeout=FINISH_S)
            for task in self._on_the_way:
                task.cancel()
            await asyncio.gather(*self._on_the_way, return_exceptions=True)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WRITE_S):
                await self._recorder.flush()

    async def _take_back(self) -> None:
        while True:
            try:
                async with self._db.transaction(self._city) as tx:
                    many = await store.take_back_unfinished(tx, self._city, self._clock())
                break
            except DatabaseAway:
                await asyncio.sleep(POLL_S)
        if many:
            log.warning("a process ended while sending", many=many)

    async def _keep(self, carrier: Carrier) -> None:
        while True:
            try:
                await carrier.run()
            except Exception:
                log.error("provider broken", provider=carrier.name, exc_info=True)
            await asyncio.sleep(1)

    async def _lane(self, *, is_urgent: bool) -> None:
        poll_s = POLL_URGENT_S if is_urgent else POLL_S
        while True:
            taking = asyncio.create_task(self._take(is_urgent=is_urgent))
            self._taking.add(taking)
            taking.add_done_callback(self._taking.discard)
            await asyncio.shield(taking)  # a commit is not to be cut off: what it took would be sent by nobody
            is_busy = any(many for (_, urgent), many in self._busy.items() if urgent == is_urgent)
            await asyncio.sleep(BUSY_S if is_busy else poll_s)

    async def _take(self, *, is_urgent: bool) -> None:
        """Take what is due, and set it on its way."""
        for one in await self._claim_due(is_urgent=is_urgent):
            self._busy[one.message.channel, is_urgent] += 1
            task = asyncio.create_task(self._deliver(one))
            self._on_the_way.add(task)
            task.add_done_callback(self._on_the_way.discard)

    async def _claim_due(self, *, is_urgent: bool) -> list[Claimed]:
        try:
            async with self._db.transaction(self._city) as tx:
                return await store.claim(tx, self._city, self._room(is_urgent=is_urgent), self._clock(), is_urgent=is_urgent)
        except DatabaseAway as error:
            log.warning("sending waits for the database", reason=str(error))
            return []

    def _room(self, *, is_urgent: bool) -> dict[Channel, int]:
        room: dict[Channel, int] = {}
        for channel in Channel:
            if channel is Channel.SCREEN:
                continue
            carriers = [carrier for carrier in self._carriers if carrier.channel is channel]
            most = MOST_URGENT if is_urgent else sum(carrier.in_flight for carrier in carriers)
            room[channel] = (most if carriers else MOST_WITHOUT) - self._busy[channel, is_urgent]
        return room

    async def _deliver(self, one: Claimed) -> None:
        """One attempt. Ended before anything left the house, it was none."""
        progress = _Progress()
        try:
            outcome = await self._attempt(one, progress)
        except asyncio.CancelledError:
            if not progress.is_handing_over:
                self._recorder.put(self._again(one, None, "", self._clock(), counts=False))
            raise
        except Exception as error:
            log.error("attempt broken", delivery=str(one.message.id), exc_info=True)
            outcome = self._later(one, None, f"broken: {type(error).__name__}", maybe_twice=progress.is_handing_over)
        finally:
            self._busy[one.message.channel, one.message.is_urgent] -= 1
        self._recorder.put(outcome)

    async def _attempt(self, one: Claimed, progress: "_Progress") -> Outcome:
        now, channel = self._clock(), one.message.channel
        if one.is_example:
            return self._dead(one, None, EXAMPLE_STAYS)
        carriers = [carrier for carrier in self._carriers if carrier.channel is channel]
        if not carriers:
            return self._dead(one, None, NO_PROVIDER)
        try:
            to = self._address(one)
        except Unreadable:
            return self._dead(one, None, UNREADABLE_ADDRESS)
        message = msgspec.structs.replace(one.message, to=to)
        asked = [carrier for carrier in carriers if self._circuits[carrier.name].may_ask(now)]
        if not asked and message.is_urgent:
            asked = carriers  # nothing is lost by asking once more
        if not asked:
            if now - message.queued_at > WAITS_FOR_PROVIDERS:
                return self._dead(one, None, ALL_DOWN)
            wait_until = earliest((self._circuits[carrier.name] for carrier in carriers), now) + timedelta(seconds=1)
            return self._again(one, None, WAITING_FOR_PROVIDERS, wait_until, counts=False)
        return await self._ask(one, message, asked, progress)

    def _address(self, one: Claimed) -> str:
        """Where it goes, read at this moment and kept nowhere. Raises Unreadable."""
        if one.number_sealed is not None:
            return self._keyring.decrypt(CALLER_PURPOSE, one.number_sealed)
        return self._keyring.decrypt(PURPOSE, one.address_sealed or b"")

    async def _ask(self, one: Claimed, message: Outgoing, carriers: list[Carrier], progress: "_Progress") -> Outcome:
        """Ask one provider after another until one takes it."""
        error, name, maybe_twice = "", None, False
        for place, carrier in enumerate(carriers):
            name = carrier.name
            await self._paces[name].turn(is_urgent=message.is_urgent)
            progress.is_handing_over = True
            try:
                names = await carrier.send(message)
            except Unfit as refusal:
                await self._note(carrier, None)
                self._release(carriers[place + 1 :])
                if isinstance(refusal, Gone) and one.contact is not None:
                    await self._lapse(one)
                return self._dead(one, name, str(refusal), maybe_twice=maybe_twice)
            except Throttled as refusal:
                error = str(refusal)
                self._paces[name].rest()
                await self._note(carrier, None)
            except (Failed, Unsure) as failure:
                error = str(failure)
                maybe_twice = maybe_twice or isinstance(failure, Unsure)
                await self._note(carrier, error)
            else:
                await self._note(carrier, None)
                self._release(carriers[place + 1 :])
                parts = (names,) if isinstance(names, str) else names
                return Outcome(
                    id=one.message.id, state="sent", provider=name, parts=parts, next_at=self._clock(), maybe_twice=maybe_twice,
                )  # fmt: skip
            progress.is_handing_over = maybe_twice
        return self._later(one, name, error, maybe_twice=maybe_twice)

    def _release(self, unasked: Sequence[Carrier]) -> None:
        """Providers that were not needed after all: a trial that was not made is still to be made."""
        for carrier in unasked:
            self._circuits[carrier.name].not_tried()

    async def _note(self, carrier: Carrier, error: str | None) -> None:
        """Keep in mind how a provider did, and write it down when that changes whether it is asked."""
        circuit, now = self._circuits[carrier.name], self._clock()
        changed = circuit.succeeded() if error is None else circuit.failed(error, now)
        if not changed:
            return
        log.warning(
            "provider", name=carrier.name, failures=circuit.failures, retry_at=str(circuit.retry_at), error=circuit.last_error
        )
        with contextlib.suppress(DatabaseAway):
            async with self._db.reading(self._city) as conn:
                await store.write_provider(conn, self._city, carrier.name, circuit, now)

    async def _lapse(self, one: Claimed) -> None:
        with contextlib.suppress(DatabaseAway):
            async with self._db.transaction(self._city) as tx:
                if one.contact is not None:
                    await contacts.lapse(tx, self._city, one.contact, self._clock())

    def _later(self, one: Claimed, provider: str | None, error: str, *, maybe_twice: bool) -> Outcome:
        wait = next_attempt(one.message.attempts, is_urgent=one.message.is_urgent)
        if wait is None:
            return self._dead(one, provider, error, maybe_twice=maybe_twice)
        return self._again(one, provider, error, self._clock() + wait, maybe_twice=maybe_twice)

    def _again(
        self, one: Claimed, provider: str | None, error: str, at: datetime, *, counts: bool = True, maybe_twice: bool = False
    ) -> Outcome:
        return Outcome(
            id=one.message.id, state="queued", provider=provider, error=error, next_at=at, counts=counts, maybe_twice=maybe_twice
        )  # fmt: skip

    def _dead(self, one: Claimed, provider: str | None, error: str, *, maybe_twice: bool = False) -> Outcome:
        log.warning("delivery dead", delivery=str(one.message.id), channel=one.message.channel.value, error=error)
        return Outcome(
            id=one.message.id, state="dead", provider=provider, error=error, next_at=self._clock(), maybe_twice=maybe_twice
        )  # fmt: skip


class _Progress:
    """How far an attempt is: what ends it before something left the house did no harm."""

    is_handing_over = False
