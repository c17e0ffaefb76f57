"""Voices at once, phones that ring, and what kills cost: the decider's and Kamailio's, with SIGKILL."""

import asyncio
import time
from datetime import UTC, datetime

from benchmarks.figure import Figure, against, percentile
from benchmarks.voice_centre import Bench
from tanggap.platform.processes import before_others
from tanggap.platform.supervisor import FIRST_PAUSE_S
from tanggap.telephony.credentials import credentials_for, load_secret
from tanggap.telephony.edge.children import carried
from tanggap.telephony.settings import secret_path
from tests.voice.phone import Phone, WebPhone

SPEAKERS, SPEAK_S = 100, 20
TALKING, HELD, TALK_S = 50, 50, 20
RINGS = 40
_TALKING = "state = 'talking'"


async def measure(bench: Bench) -> list[Figure]:
    """In this order: a killed Kamailio forgets who has signed in."""
    return [
        *await _speak(bench),
        *await _ring(bench),
        *await _kill_decider(bench),
        *await _kill_kamailio(bench),
    ]


async def _speak(bench: Bench) -> list[Figure]:
    answered, _, lost = await (await bench.speaking(SPEAKERS, 20, SPEAK_S)).over()
    await bench.until("state <> 'ended'", 0)
    return [
        against("calls with media and recording at once", answered, "calls", "called", SPEAKERS, "≥ 100", answered == SPEAKERS),
        against("their packets lost on the way to the recording", lost * 100, "%", "of all", 100, "0", lost == 0),
    ]


async def _ring(bench: Bench) -> list[Figure]:
    """From INVITE sent to INVITE received by a phone behind a WebSocket, as a browser's is."""
    await bench.only(0)
    made = credentials_for(load_secret(secret_path(bench.settings)), bench.browser, bench.telephony.realm, datetime.now(UTC))
    browser = await WebPhone(bench.telephony.ws_port, made, answers=None).open()
    await browser.register()
    rang_ms = []
    for n in range(RINGS):
        caller = await Phone(bench.telephony.sip_port).open()
        browser.rings.clear()
        began = time.monotonic()
        caller.call("sip:112@112.local", f"+62811200{n:04d}")
        await asyncio.wait_for(browser.rings.wait(), 10)
        rang_ms.append((time.monotonic() - began) * 1000)
        caller.cancel()
        await caller.until(lambda m: m.code == 487)
        caller.close()
        await bench.until("state <> 'ended'", 0)
    browser.close()
    p95 = percentile(rang_ms, 0.95)
    return [against("ring at the operator's WebSocket after INVITE, p95", p95, "ms", "goal", 150, "< 150 ms", p95 < 150)]


async def _kill_decider(bench: Bench) -> list[Figure]:
    """One kill with half of the calls talking and half of them waiting."""
    await bench.only(TALKING)
    before = await bench.count("outcome = 'answered' and state = 'ended'")
    elsewhere = await bench.count("answered_where = 'ring_all'")
    speaking = await bench.speaking(TALKING, 25, TALK_S)
    talking = await bench.until(_TALKING, TALKING)
    callers = [await Phone(bench.telephony.sip_port).open() for _ in range(HELD)]
    calls = [caller.call("sip:112@112.local", f"+62811300{n:04d}") for n, caller in enumerate(callers)]
    await asyncio.gather(*(caller.until(lambda m: m.code in (182, 183)) for caller in callers))
    bench.kill("decider")
    killed = time.monotonic()
    answered_s = await asyncio.gather(*(_answered(*one, killed) for one in zip(callers, calls, strict=True)))
    _, went_on, lost = await speaking.over()
    for caller in callers:
        caller.bye()
        caller.close()
    fresh, failed = await bench.call(5, 1)
    bench.run_decider()
    stored = await bench.until("outcome = 'answered' and state = 'ended'", before + TALKING) - before
    moved = await bench.until("answered_where = 'ring_all' and state = 'ended'", elsewhere + HELD + len(fresh)) - elsewhere
    rescued, longest = sum(one is not None for one in answered_s), max(one if one is not None else 99.0 for one in answered_s)
    alone_ms = 99_000.0 if failed else max(fresh)
    return [
        against("decider killed: held calls answered elsewhere", rescued, "calls", "held", HELD, "50 of 50", rescued == HELD),
        against("the last of them after the kill", longest * 1000, "ms", "goal", 1000, "< 1 s", longest < 1),
        against("talking calls that outlive it", went_on, "calls", "talking", talking, "50 of 50", went_on == talking == TALKING),
        against("their packets lost on the way to the recording", lost * 100, "%", "of all", 100, "0", lost == 0),
        against("talking calls stored by the next decider", stored, "calls", "talking", TALKING, "all", stored == TALKING),
        against("calls answered without one, stored afterwards", moved, "calls", "answered", HELD + len(fresh), "all",
                moved == HELD + len(fresh)),
        against("set-up delay without a decider, longest of 5", alone_ms, "ms", "goal", 1000, "< 1 s", alone_ms < 1000),
    ]  # fmt: skip


async def _answered(caller: Phone, call: str, since: float) -> float | None:
    try:
        told = await caller.answered(call, 20)
    except TimeoutError:
        return None
    return time.monotonic() - since if told.code == 200 else None


async def _kill_kamailio(bench: Bench) -> list[Figure]:
    """Started again as the supervisor does: until a new call is accepted, and what the talking hear meanwhile."""
    await bench.only(TALKING)
    speaking = await bench.speaking(TALKING, 25, TALK_S)
    talking = await bench.until(_TALKING, TALKING)
    bench.kill("kamailio")
    killed = time.monotonic()
    await asyncio.sleep(FIRST_PAUSE_S)
    bench.run("kamailio", before_others(carried(bench.rendered, bench.telephony)))
    caller = await Phone(bench.telephony.sip_port).open()
    accepted_s = await _accepted(caller, killed)
    await bench.register()
    answered = await caller.until(lambda m: m.code == 200, 20)
    _, went_on, lost = await speaking.over()
    caller.close()
    return [
        against("Kamailio killed: a new call is accepted after", accepted_s * 1000, "ms", "goal", 1000, "< 1 s", accepted_s < 1),
        against("and answered once phones have signed in again", answered.code, "", "OK", 200, "200", answered.code == 200),
        against("talking calls that outlive it", went_on, "calls", "talking", talking, "50 of 50", went_on == talking == TALKING),
        against("their packets lost on the way to the recording", lost * 100, "%", "of all", 100, "0", lost == 0),
    ]


async def _accepted(caller: Phone, since: float) -> float:
    """Dial until the edge says that it rings, seconds."""
    async with asyncio.timeout(20):
        while True:
            caller.call("sip:112@112.local", "+628119990001")
            try:
                await caller.until(lambda m: m.code == 180, 0.1)
            except TimeoutError:
                continue
            return time.monotonic() - since
