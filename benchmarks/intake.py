"""Intake through HTTP, held against pgbench writing the same rows with the same durability into the same tables."""

import asyncio
import re
import sys
import time
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

from benchmarks.figure import Figure, against, percentile, tell
from benchmarks.installation import Installation, binary, installed
from tanggap.intake.store import RECEIVE
from tanggap.platform.supervisor import database_dsn

CONNECTIONS = 16
SECONDS = 12
ROUNDS = 3
WORDS = "pohon besar tumbang menutup jalan, ada kabel yang ikut tertarik"
ADDRESS = "dpn pasar baruga dkt lampu merah"

#: The values of RECEIVE as pgbench makes them: the same columns, of the same sizes.
VALUES = (
    "'kendari'::text", "gen_random_uuid()", "sha256((:number)::text::bytea)", "decode(repeat('ab', 44), 'hex')",
    "'0813…42'::text",
    "now()", "gen_random_uuid()", "'api'::text", f"'{WORDS}'::text", f"'{ADDRESS}'::text", "null::bytea", "-3.99::float8",
    "122.51::float8", "30::float8", "'device'::text", "''::text", "'74.71.07.1001'::text", "'fallen_tree'::text", "null::text",
    "'{}'::text[]", "sha256(gen_random_uuid()::text::bytea)", "gen_random_uuid()::text", "false", "'Pelapor'::text",
    "'{\"channel\": \"api\", \"flags\": []}'::jsonb",
)  # fmt: skip


def pgbench_script() -> str:
    """RECEIVE with every parameter replaced by an expression of the same type."""
    filled = re.sub(r"\$(\d+)(::\w+)?", lambda slot: VALUES[int(slot.group(1)) - 1], RECEIVE)
    return "\\set number random(1, 1000000)\n" + " ".join(filled.split()) + ";\n"


async def pgbench(house: Installation, folder: Path) -> float:
    """Transactions per second of pgbench on the same server."""
    script = folder / "intake.sql"
    await asyncio.to_thread(script.write_text, pgbench_script())
    dsn = urlsplit(database_dsn(house.settings))
    options = "-c role=tanggap_app -c tanggap.city=kendari"
    process = await asyncio.create_subprocess_exec(
        str(binary("pgbench")), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-T", str(SECONDS),
        "-f", str(script), dsn.geturl(),
        env={"PGOPTIONS": options}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    found = re.search(r"tps = ([\d.]+)", out.decode())
    if found is None:
        raise RuntimeError(f"pgbench said: {err.decode()[-600:]}")
    return float(found.group(1))


class Sender(asyncio.Protocol):
    """One kept-alive connection that posts one report after another: as little work a report as Python allows."""

    def __init__(self, head: str, number: int, until: float, times: list[float], done: "asyncio.Future[None]") -> None:
        self._head = head
        self._number = number
        self._until = until
        self._times = times
        self._done = done
        self._count = 0
        self._began = 0.0
        self._pieces = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        self._post()

    def data_received(self, answer: bytes) -> None:
        """An answer may come in pieces; its body is an object without another inside. Anything but 201 ends the measurement."""
        now = time.perf_counter()
        if self._pieces or not answer.endswith(b"}"):
            answer = self._pieces = self._pieces + answer
            if not answer.endswith(b"}"):
                return
            self._pieces = b""
        if not answer.startswith(b"HTTP/1.1 201"):
            self._done.set_exception(RuntimeError(answer[:300].decode()))
            return
        self._times.append(now - self._began)
        if now < self._until:
            self._post()
        else:
            self._transport.close()
            self._done.set_result(None)

    def _post(self) -> None:
        self._count += 1
        caller = f"0813{self._number:02d}{self._count % 50_000:06d}"
        body = (
            f'{{"channel":"api","words":"{WORDS}","address":"{ADDRESS}","number":"{caller}","lat":-3.99,"lon":122.51,'
            f'"uncertainty_m":30,"category":"fallen_tree"}}'
        )
        key = f"idempotency-key: {self._number}-{self._count}-{self._until}\r\n"
        self._began = time.perf_counter()
        self._transport.write(f"{self._head}{key}content-length: {len(body)}\r\n\r\n{body}".encode())


async def through_http(port: int, token: str) -> tuple[float, list[float]]:
    """Acknowledged reports per second over 16 connections, and the seconds that each took."""
    loop = asyncio.get_running_loop()
    head = (
        f"POST /api/reports HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
        "content-type: application/json\r\n"
    )
    times: list[float] = []
    began = time.perf_counter()
    ends = [loop.create_future() for _ in range(CONNECTIONS)]
    for number, end in enumerate(ends):
        make = partial(Sender, head, number, began + SECONDS, times, end)
        await loop.create_connection(make, "127.0.0.1", port)
    await asyncio.gather(*ends)
    return len(times) / (time.perf_counter() - began), times


async def client() -> None:
    """The load generator as a process of its own: reads port and token, prints rate and times."""
    port, token = sys.stdin.readline().split()
    rate, times = await through_http(int(port), token)
    print(msgspec.json.encode([rate, times]).decode())


async def apart(port: int, token: str) -> tuple[float, list[float]]:
    """Run `client` beside the server."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.intake", "client", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(f"{port} {token}\n".encode())
    rate, times = msgspec.json.decode(out)
    return rate, times


async def measure() -> list[Figure]:
    """Alternating rounds, the medians held against each other."""
    ours, theirs, times = [], [], []
    async with installed() as (house, token):
        for _ in range(ROUNDS):
            theirs.append(await pgbench(house, house.settings.home))
            rate, taken = await apart(house.settings.port, token)
            ours.append(rate)
            times += taken
    rate, reference = sorted(ours)[ROUNDS // 2], sorted(theirs)[ROUNDS // 2]
    slowest = 1000 * percentile(times, 0.99)
    return [
        against("intake_http", rate, "reports/s", "pgbench, same rows, same durability, tps", reference, "ratio ≥ 0.5",
                rate >= 0.5 * reference),
        against("intake_http_p99", slowest, "ms", "mean of pgbench at 16 connections, ms", 1000 * CONNECTIONS / reference,
                "< 30 ms", slowest < 30),
    ]  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:] == ["client"]:
        uvloop.run(client())
    else:
        tell(asyncio.run(measure()))
