"""Text messages by an operator's line, SMPP 3.4. What it brings is acknowledged when it is committed, and not before.

Our own client, in place of a library: docs/decisions/0025-notifications.md says why.
"""

import asyncio
import contextlib
import itertools
import secrets
import ssl

from tanggap.notification.channels import smpp_pdu as pdu
from tanggap.notification.channels.model import Failed, Inbound, Keep, Outgoing, Receipt, Throttled, Unfit, Unsure
from tanggap.notification.channels.smpp_pdu import ANSWER, Command, MalformedUnit, Status, Unit
from tanggap.notification.model import Channel
from tanggap.notification.settings import Smpp
from tanggap.platform.logs import Log

log = Log("smpp")

#: Seconds before a line that broke is tried again, growing to the last.
RECONNECT_S = (0.2, 1.0, 2.0, 5.0, 10.0)
#: What the other side brings and is not kept yet; then it must wait.
MOST_WAITING = 1_000
MOST_KEPT_AT_ONCE = 100


class SmppLine:
    """One line: bound as a transceiver, kept open, bound again when it breaks."""

    channel = Channel.SMS

    def __init__(self, said: Smpp, password: str, keep: Keep) -> None:
        self.name, self.rate_per_s, self.in_flight = said.name, said.rate_per_s, said.in_flight
        self._said, self._password, self._keep = said, password, keep
        self._sequence = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Unit]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._is_bound = asyncio.Event()
        self._session = ""
        self._brought: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(MOST_WAITING)

    async def send(self, message: Outgoing) -> str:
        """Hand a message over. Raises Failed, Throttled, Unsure, Unfit."""
        if not self._is_bound.is_set():
            try:
                await asyncio.wait_for(self._is_bound.wait(), self._said.timeout_s)
            except TimeoutError as error:
                raise Failed("the line is down") from error
        said = self._said
        body = pdu.submit_body(said.sender, message.to, message.text, receipt=said.receipts, is_urgent=message.is_urgent)
        answer = await self._ask(Command.SUBMIT_SM, body)
        if answer.status == Status.OK:
            return pdu.message_id(answer.body)
        what = f"SMPP status 0x{answer.status:08X}"
        if answer.status in (Status.THROTTLED, Status.QUEUE_FULL):
            raise Throttled(what)
        raise Unfit(what) if answer.status == Status.INVALID_DESTINATION else Failed(what)

    async def run(self) -> None:
        """Keep the line open until cancelled."""
        failures = 0
        while True:
            try:
                await self._connection()
                failures = 0
            except (OSError, MalformedUnit, asyncio.IncompleteReadError, Failed, Unsure, TimeoutError) as error:
                log.warning("line down", provider=self.name, error=type(error).__name__, said=str(error)[:100])
            finally:
                self._give_up()
            await asyncio.sleep(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)])
            failures += 1

    async def _connection(self) -> None:
        said = self._said
        context = ssl.create_default_context() if said.tls else None
        async with asyncio.timeout(said.timeout_s):
            reader, self._writer = await asyncio.open_connection(said.host, said.port, ssl=context)
        self._session = secrets.token_hex(6)
        self._brought = asyncio.Queue(MOST_WAITING)
        reading = asyncio.create_task(self._read(reader))
        reading.add_done_callback(lambda _: self._give_up())
        tasks = [reading, asyncio.create_task(self._take_in())]
        try:
            body = pdu.bind_body(said.system_id, self._password, said.system_type)
            binding = await self._ask(Command.BIND_TRANSCEIVER, body, needs_bind=False)
            if binding.status != Status.OK:
                raise Failed(f"bind refused, SMPP status 0x{binding.status:08X}")
            log.info("line up", provider=self.name)
            self._is_bound.set()
            tasks.append(asyncio.create_task(self._stay_alive()))
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _stay_alive(self) -> None:
        while True:
            await asyncio.sleep(self._said.enquire_s)
            await self._ask(Command.ENQUIRE_LINK, b"")

    async def _ask(self, command: Command, body: bytes, *, needs_bind: bool = True) -> Unit:
        """Send a unit and wait for its answer. Raises Failed (nothing was sent), Unsure (no answer came)."""
        writer = self._writer
        if writer is None or writer.is_closing() or (needs_bind and not self._is_bound.is_set()):
            raise Failed("the line is down")
        sequence = next(self._sequence) % 0x7FFFFFFF or next(self._sequence)
        answered: asyncio.Future[Unit] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = answered
        try:
            async with asyncio.timeout(self._said.timeout_s):
                writer.write(Unit(command, 0, sequence, body).encoded())
                await writer.drain()
                return await answered
        except (TimeoutError, OSError) as error:
            raise Unsure(f"no answer to {command.name}: {type(error).__name__}") from error
        finally:
            self._waiting.pop(sequence, None)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            length, command, status, sequence = pdu.header(await reader.readexactly(pdu.HEADER_BYTES))
            body = await reader.readexactly(length - pdu.HEADER_BYTES)
            if command & ANSWER:
                waiting = self._waiting.get(sequence)
                if waiting is not None and not waiting.done():
                    waiting.set_result(Unit(command, status, sequence, body))
            elif command == Command.DELIVER_SM:
                await self._brought.put((sequence, body))
            elif command == Command.ENQUIRE_LINK:
                self._answer(command, Status.OK, sequence)
            elif command == Command.UNBIND:
                self._answer(command, Status.OK, sequence)
                raise Failed("the other side unbinds")
            else:
                self._write(Unit(Command.GENERIC_NACK, Status.UNKNOWN_COMMAND, sequence))

    async def _take_in(self) -> None:
        """Keep what was brought, all that came meanwhile in one transaction; what could not be kept is asked for again."""
        while True:
            brought = [await self._brought.get()]
            while not self._brought.empty() and len(brought) < MOST_KEPT_AT_ONCE:
                brought.append(self._brought.get_nowait())
            kept = [one for sequence, body in brought for one in self._read_delivery(sequence, body)]
            status = Status.OK
            try:
                await self._keep(self.name, kept)
            except Exception:
                log.error("not kept", provider=self.name, exc_info=True)
                status = Status.TRY_LATER
            for sequence, _ in brought:
                self._answer(Command.DELIVER_SM, status, sequence, b"\0")

    def _read_delivery(self, sequence: int, body: bytes) -> list[Inbound | Receipt]:
        try:
            brought = pdu.delivered(body)
        except MalformedUnit as error:
            log.warning("unreadable message", provider=self.name, said=str(error))
            return []
        if not brought.is_receipt:
            name = f"{self._session}:{sequence}"
            return [Inbound(channel=Channel.SMS, external_id=name, sender=brought.sender, words=brought.words)]
        if not brought.message_id or brought.state not in pdu.ARRIVED | pdu.LOST:
            return []
        if brought.state in pdu.ARRIVED and brought.is_partial:
            return []  # the centre tells again when the next part has
        name = _decimal_to_hex(brought.message_id) if self._said.receipt_ids == "decimal" else brought.message_id
        return [Receipt(provider_id=name, delivered=brought.state in pdu.ARRIVED, detail=brought.state)]

    def _answer(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        self._write(Unit(command | ANSWER, status, sequence, body))

    def _write(self, unit: Unit) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(unit.encoded())

    def _give_up(self) -> None:
        """The line is gone: of what waits for an answer nobody knows whether it went out."""
        self._is_bound.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unsure("the line broke"))
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()
            self._writer = None


def _decimal_to_hex(name: str) -> str:
    return f"{int(name):x}" if name.isascii() and name.isdecimal() else name
