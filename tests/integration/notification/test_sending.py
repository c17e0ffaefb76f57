"""Sending from the queue: at the provider's rate, urgent first, by another provider, once more after a kill, dead in the end."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tanggap.notification import service
from tanggap.notification.channels.model import Failed, Gone, Outgoing, Receipt, Throttled, Unfit, Unsure
from tanggap.notification.inbox.service import keeper
from tanggap.notification.model import BACK_OFF_URGENT, Channel, DeliveryState, Occasion
from tanggap.notification.sending import store as sending_rows
from tanggap.notification.store import NewDelivery, insert, provider_states, undelivered
from tanggap.people.model import Person
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.jobs import backlog
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings

from .conftest import CITY, FakeCarrier, deliveries, queue, sending, until


async def works(message: Outgoing) -> str:
    return f"nama-{message.id}"


async def is_down(_message: Outgoing) -> str:
    raise Failed("down")


async def all_in(db: Database, *states: DeliveryState) -> bool:
    return all(one.state in states for one in await deliveries(db))


class SlowToAnswer:
    """A database that has committed and lets who asked wait for the answer."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.waits_for: Transaction | None = None
        self.committed, self._answers = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    @asynccontextmanager
    async def transaction(self, city: str) -> AsyncIterator[Transaction]:
        async with self._db.transaction(city) as tx:
            yield tx
        if tx is self.waits_for:
            self.committed.set()
            await self._answers.wait()

    async def answer_later(self) -> None:
        for _ in range(50):  # whoever was asked to end meanwhile has heard it
            await asyncio.sleep(0)
        self._answers.set()


async def test_an_urgent_message_overtakes_the_bulk(db: Database, city: str, keyring: Keyring) -> None:
    carrier = FakeCarrier("a", works, rate_per_s=100, in_flight=5)
    await queue(db, keyring, 300)
    async with sending(db, keyring, carrier):
        await until(lambda: asyncio.sleep(0, len(carrier.took) >= 20))
        await queue(db, keyring, 1, is_urgent=True, text="P1")
        urgent = next(one for one in await deliveries(db) if one.is_urgent)
        await until(lambda: asyncio.sleep(0, urgent.id in carrier.took))
        assert len(carrier.took) < 200, "it did not wait for the three hundred"
    states = Counter(one.state for one in await deliveries(db))
    assert states[DeliveryState.SENDING] == 0, "what had not left the house when it was asked to end waits again"
    assert not any(one.maybe_twice for one in await deliveries(db))


async def test_asked_to_end_while_it_takes_what_is_due_it_leaves_nothing_half_sent(
    db: Database, city: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowToAnswer(db)
    claim = sending_rows.claim

    async def seen(*asked: Any, is_urgent: bool) -> list[sending_rows.Claimed]:
        found = await claim(*asked, is_urgent=is_urgent)
        if found:
            slow.waits_for = asked[0]
        return found

    monkeypatch.setattr(sending_rows, "claim", seen)
    await queue(db, keyring, 3)
    async with asyncio.TaskGroup() as group, sending(slow, keyring):  # type: ignore[arg-type]
        await slow.committed.wait()
        group.create_task(slow.answer_later())
    states = Counter(one.state for one in await deliveries(db))
    assert states[DeliveryState.SENDING] == 0
    assert not any(one.maybe_twice for one in await deliveries(db))


async def test_a_provider_that_fails_is_switched_away_from_and_left_alone(db: Database, city: str, keyring: Keyring) -> None:
    first, second = FakeCarrier("a", is_down), FakeCarrier("b", works)
    await queue(db, keyring, 60)
    async with sending(db, keyring, first, second):
        await until(lambda: all_in(db, DeliveryState.SENT))
    assert {one.provider for one in await deliveries(db)} == {"b"}
    assert first.asked < 60
    async with db.reading(CITY) as conn:
        (state,) = await provider_states(conn, CITY)
    assert (state.name, state.retry_at is not None, state.last_error) == ("a", True, "down")


async def test_what_nobody_takes_is_dead_and_raises_an_alarm_until_somebody_takes_it(
    db: Database, city: str, keyring: Keyring, editor: Person
) -> None:
    now = utcnow()
    ahead = timedelta()

    def clock():  # type: ignore[no-untyped-def]
        return now + ahead

    carrier = FakeCarrier("a", is_down)
    await queue(db, keyring, 1, is_urgent=True)
    now = utcnow()
    async with sending(db, keyring, carrier, clock=clock):
        for attempt, wait in enumerate((*BACK_OFF_URGENT, timedelta()), start=1):

            async def ended(attempt: int = attempt) -> bool:
                (one,) = await deliveries(db)
                return one.attempts == attempt and one.state is not DeliveryState.SENDING

            await until(ended)
            ahead += wait
    (dead,) = await deliveries(db)
    assert (dead.state, dead.error) == (DeliveryState.DEAD, "down")
    async with db.transaction(CITY) as tx:
        assert await service.raise_alarm(tx, CITY, now)
        assert not await service.raise_alarm(tx, CITY, now + timedelta(seconds=90)), "not again before its time"
        assert await service.raise_alarm(tx, CITY, now + timedelta(minutes=3)), "again while it is nobody's"
        await service.take(tx, dead.id, editor, now)
        assert not await service.raise_alarm(tx, CITY, now + timedelta(hours=1))
        assert (await undelivered(tx, CITY)).many == 0
    assert (await backlog(db, CITY, now + timedelta(hours=1))).due >= 2


async def test_a_message_that_may_have_gone_out_is_marked(db: Database, city: str, keyring: Keyring) -> None:
    async def unsure(_message: Outgoing) -> str:
        raise Unsure("no answer")

    second = FakeCarrier("b", works)
    await queue(db, keyring)
    async with sending(db, keyring, FakeCarrier("a", unsure), second):
        await until(lambda: all_in(db, DeliveryState.SENT))
    (one,) = await deliveries(db)
    assert one.maybe_twice
    assert one.provider == "b"


@pytest.mark.parametrize(
    ("refusal", "channel", "state"),
    [
        (Unfit("no such number"), Channel.SMS, DeliveryState.DEAD),
        (Gone("left"), Channel.PUSH, DeliveryState.DEAD),
        (Throttled("slow"), Channel.SMS, DeliveryState.QUEUED),
    ],
)
async def test_a_refusal_of_the_address_is_final_and_one_of_the_pace_is_not(
    db: Database, city: str, keyring: Keyring, refusal: Exception, channel: Channel, state: DeliveryState
) -> None:
    async def refuse(_message: Outgoing) -> str:
        raise refusal

    await queue(db, keyring, channel=channel)
    async with sending(db, keyring, FakeCarrier("a", refuse, channel=channel)):
        (one,) = await until(lambda: _tried(db))
    assert one.state is state


async def _tried(db: Database) -> list[object]:
    return [one for one in await deliveries(db) if one.error]


async def test_without_a_provider_and_for_an_example_nothing_leaves_the_house(db: Database, city: str, keyring: Keyring) -> None:
    carrier = FakeCarrier("a", works)
    await queue(db, keyring, channel=Channel.EMAIL)
    await queue(db, keyring, is_example=True)
    async with sending(db, keyring, carrier):
        await until(lambda: all_in(db, DeliveryState.DEAD))
    assert carrier.asked == 0


async def test_receipts_may_come_twice_early_late_and_in_any_order(db: Database, city: str, keyring: Keyring) -> None:
    keep = keeper(db, CITY, keyring, utcnow)

    async def early(message: Outgoing) -> str:
        name = f"nama-{message.text}"
        if message.text == "dini":
            await keep("a", [Receipt(provider_id=name, delivered=True)])
        return name

    for text in ("dini", "hilang", "terbalik"):
        await queue(db, keyring, text=text)
    async with sending(db, keyring, FakeCarrier("a", early)):
        await until(lambda: all_in(db, DeliveryState.SENT, DeliveryState.DELIVERED))
        told = {one.text: one for one in await deliveries(db)}
        assert told["dini"].state is DeliveryState.DELIVERED, "its receipt came before we had written its name"
    for _ in range(2):
        await keep("a", [Receipt(provider_id="nama-terbalik", delivered=True)])
        await keep("a", [Receipt(provider_id="nama-terbalik", delivered=False, detail="EXPIRED")])
        await keep(
            "a",
            [
                Receipt(provider_id="nama-hilang", delivered=False, detail="UNDELIV"),
                Receipt(provider_id="nobody's", delivered=True),
            ],
        )
    told = {one.text: one for one in await deliveries(db)}
    assert told["terbalik"].state is DeliveryState.DELIVERED
    assert (told["hilang"].state, told["hilang"].error) == (DeliveryState.QUEUED, "lost: UNDELIV")
    await keep("a", [Receipt(provider_id="nama-hilang", delivered=True)])
    assert {one.state for one in await deliveries(db)} == {DeliveryState.DELIVERED}


async def test_killed_in_the_middle_of_a_send_a_message_goes_out_once_more_and_is_marked(
    db: Database, dsn: str, city: str, keyring: Keyring, settings: Settings
) -> None:
    took: list[str] = []
    held, go_on = asyncio.Event(), asyncio.Event()

    async def gateway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        took.append(parse_qs((await reader.readexactly(length)).decode())["id"][0])
        held.set()
        await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(gateway, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    await queue(db, keyring, 3)
    script = Path(__file__).with_name("killed_sender.py")
    command = (sys.executable, str(script), dsn, str(settings.secret_file), url)
    first = await asyncio.create_subprocess_exec(*command)
    await asyncio.wait_for(held.wait(), 60)
    first.kill()
    await first.wait()
    go_on.set()
    second = await asyncio.create_subprocess_exec(*command)
    await until(lambda: all_in(db, DeliveryState.SENT))
    second.kill()
    await second.wait()
    server.close()
    sent = Counter(took)
    marked = {str(one.id) for one in await deliveries(db) if one.maybe_twice}
    assert sorted(sent.values()) == [1, 1, 2]
    assert marked == {one for one, times in sent.items() if times == 2}


async def test_what_was_cut_off_twice_is_not_sent_a_third_time(db: Database, city: str, keyring: Keyring) -> None:
    await queue(db, keyring)
    for expected in (DeliveryState.QUEUED, DeliveryState.DEAD):
        async with db.transaction(CITY) as tx:
            assert len(await sending_rows.claim(tx, CITY, {Channel.SMS: 1}, utcnow(), is_urgent=False)) == 1
            await sending_rows.take_back_unfinished(tx, CITY, utcnow())
        (one,) = await deliveries(db)
        assert (one.state, one.maybe_twice) == (expected, True)


async def test_a_message_in_parts_has_arrived_when_all_have_and_goes_out_whole_when_one_is_lost(
    db: Database, city: str, keyring: Keyring
) -> None:
    keep = keeper(db, CITY, keyring, utcnow)

    async def in_parts(message: Outgoing) -> tuple[str, ...]:
        return tuple(f"{message.text}-{message.attempts}-{part}" for part in (1, 2, 3))

    async def states() -> dict[str, tuple[DeliveryState, bool]]:
        return {one.text: (one.state, one.maybe_twice) for one in await deliveries(db)}

    for text in ("utuh", "hilang"):
        await queue(db, keyring, text=text)
    async with sending(db, keyring, FakeCarrier("a", in_parts)):
        await until(lambda: all_in(db, DeliveryState.SENT))
    for text, part in (("utuh", 3), ("utuh", 1), ("hilang", 1)):
        await keep("a", [Receipt(provider_id=f"{text}-1-{part}", delivered=True)])
    assert await states() == {"utuh": (DeliveryState.SENT, False), "hilang": (DeliveryState.SENT, False)}
    lost = [Receipt(provider_id=f"hilang-1-{part}", delivered=False, detail="UNDELIV") for part in (2, 3)]
    await keep("a", [Receipt(provider_id="utuh-1-2", delivered=True), *lost])
    assert await states() == {"utuh": (DeliveryState.DELIVERED, False), "hilang": (DeliveryState.QUEUED, True)}
    later = utcnow() + timedelta(hours=1)
    async with sending(db, keyring, FakeCarrier("a", in_parts), clock=lambda: later):
        await until(lambda: all_in(db, DeliveryState.SENT, DeliveryState.DELIVERED))
    await keep("a", [Receipt(provider_id="hilang-1-3", delivered=False, detail="a late word of the first time")])
    for part in (1, 2, 3):
        assert (await states())["hilang"] == (DeliveryState.SENT, True)
        await keep("a", [Receipt(provider_id=f"hilang-2-{part}", delivered=True)])
    assert (await states())["hilang"] == (DeliveryState.DELIVERED, True)


async def test_a_callers_number_is_read_when_the_message_is_handed_over(db: Database, city: str, keyring: Keyring) -> None:
    caller, delivery, took = new_id(), new_id(), []
    async with db.transaction(CITY) as tx:
        sealed = keyring.encrypt("caller", "6281344556642")
        await tx.execute(
            "insert into caller (city, id, number_hash, number_sealed, masked, first_seen_at, last_seen_at) "
            "values ($1, $2, 'x', $3, '0813…42', now(), now())", CITY, caller, sealed,
        )  # fmt: skip
        made = NewDelivery(
            id=delivery, notice=new_id(), occasion=Occasion.REPORT_LINK, channel=Channel.SMS, recipient="Pelapor", subject="",
            text="112", address_masked="0813…42", caller=caller, is_urgent=True,
        )  # fmt: skip
        await insert(tx, CITY, [made], utcnow())

    async def take(message: Outgoing) -> str:
        took.append(message.to)
        raise Unfit("no such number")

    async with sending(db, keyring, FakeCarrier("a", take)):
        await until(lambda: all_in(db, DeliveryState.DEAD))
    assert took == ["6281344556642"]
    async with db.reading(CITY) as conn:
        assert (await undelivered(conn, CITY)).many == 0, "whoever sent it sees it; nobody is alarmed"
