"""Whatever dies, a caller is answered: the decider, Kamailio, a phone."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tanggap.doctor import Patient, check_recordings
from tanggap.incident import store as rows
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.telephony.edge import rpc
from tanggap.telephony.model import CallState, Outcome
from tanggap.telephony.settings import Queue, Trunk

from .conftest import CITY, Opens, free_ports
from .desk import Ear, Speaking
from .phone import Phone

HELD = 50
MORE_THAN_A_LOOP = 110  # by default one of Kamailio's ends after 100 rounds
TALKING = 4


async def test_calls_held_while_the_decider_is_killed_ring_everywhere_at_once(opens: Opens) -> None:
    centre = await opens(Queue(wrap_up_s=0, ring_s=30))
    person, phone = await centre.desk("sari", answers=None)
    callers = [await centre.phone() for _ in range(HELD)]
    calls = [callers[0].call("sip:112@112.local")]
    await centre.stored(calls[0], lambda c: c.state is CallState.OFFERED)
    calls += [caller.call("sip:112@112.local", f"+62811100{n:04d}") for n, caller in enumerate(callers[1:])]
    await asyncio.gather(*(centre.stored(call) for call in calls))
    # Held, with the announcement, or without one where rtpengine is too busy to answer in time.
    await asyncio.gather(*(caller.until(lambda m: m.code in (182, 183)) for caller in callers[1:]))
    phone.answers = 0.01
    centre.kill("decider")
    answers = await asyncio.gather(*(caller.answered(call) for caller, call in zip(callers[1:], calls[1:], strict=True)))
    assert {answer.code for answer in answers} == {200}
    centre.start("decider")
    stored = await asyncio.gather(*(centre.stored(call, lambda c: c.state is CallState.TALKING) for call in calls[1:]))
    assert {(call.answered_where, call.operator) for call in stored} == {("ring_all", person)}
    await centre.presence(person, "talking")


async def test_talking_calls_outlive_the_decider_and_their_end_is_learnt(opens: Opens) -> None:
    centre = await opens()
    desks = [await centre.desk(f"petugas{n}") for n in range(TALKING)]
    callers = [await centre.phone() for _ in range(TALKING)]
    calls = [caller.call("sip:112@112.local", f"+62811100{n:04d}") for n, caller in enumerate(callers)]
    await asyncio.gather(*(caller.answered(call) for caller, call in zip(callers, calls, strict=True)))
    await asyncio.gather(*(centre.stored(call, lambda c: c.state is CallState.TALKING) for call in calls))
    voices = [Speaking(one) for one in (*callers, *(phone for _, phone in desks))]
    centre.kill("decider")
    heard = [caller.rtp.heard for caller in callers]
    await centre.eventually(
        lambda: _is(all(caller.rtp.heard > before + 20 for caller, before in zip(callers, heard, strict=True)))
    )
    centre.start("decider")
    for person, _ in desks:
        await centre.presence(person, "talking")
    for voice in voices:
        voice.stop()
    for caller in callers:
        caller.bye()
    ended = await asyncio.gather(*(centre.stored(call, lambda c: c.is_over) for call in calls))
    assert {(call.outcome, call.ended_by, call.call_back_state) for call in ended} == {(Outcome.ANSWERED, "caller", None)}


async def test_a_call_that_came_and_went_without_a_decider_is_stored_afterwards(opens: Opens) -> None:
    centre = await opens()
    phones = [await centre.phone(await centre.person(f"petugas{n}"), answers=None) for n in range(8)]
    centre.kill("decider")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local", "+6281234567890")
    await asyncio.gather(*(phone.until(lambda m: m.method == "INVITE") for phone in phones))
    caller.cancel()
    await caller.until(lambda m: m.code == 487)
    centre.start("decider")
    call = await centre.stored(call_id, lambda c: c.is_over)
    assert (call.outcome, call.caller is not None, call.direction) == (Outcome.ABANDONED, True, "in")


async def test_who_talked_while_nobody_decided_is_stored_afterwards(opens: Opens) -> None:
    centre = await opens()
    person, _ = await centre.desk("sari")
    await centre.desk("budi", answers=None)
    centre.kill("decider")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local", "+6281234567890")
    await caller.answered(call_id)
    caller.bye()
    await caller.until(lambda m: m.code == 200 and "BYE" in m.get("CSeq"))
    centre.start("decider")
    call = await centre.stored(call_id, lambda c: c.is_over)
    assert (call.outcome, call.answered_where, call.call_back_state) == (Outcome.ANSWERED, "ring_all", None)
    assert call.operator == person, "every phone rang, and it is known whose was answered"


async def test_a_decider_that_is_there_but_silent_is_passed_over(opens: Opens) -> None:
    centre = await opens()
    person, phone = await centre.desk("sari")
    for _ in range(MORE_THAN_A_LOOP):
        rpc.ask(centre.settings.home / "telephony", "htable.seti", "phones", uuid4().hex, 1)
    centre.processes["decider"].send_signal(19)
    caller = await centre.phone()
    assert (await caller.answered(caller.call("sip:112@112.local"))).code == 200
    centre.processes["decider"].send_signal(18)
    await centre.eventually(lambda: _is(centre.log("decider").count("this decider leads") == 2))
    phone.bye()
    await centre.presence(person, "ready")
    again = await centre.phone()
    call_id = again.call("sip:112@112.local")
    await again.answered(call_id)
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.operator, call.answered_where) == (person, "desk")
    assert "runaway" not in centre.log("kamailio")


async def test_a_caller_whose_desk_dies_is_spoken_to_and_goes_on_with_somebody_else(opens: Opens) -> None:
    centre = await opens()
    first, dying = await centre.desk("ani")
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    port = caller.rtp.to
    voices = [Speaking(caller), Speaking(dying)]
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    second, other = await centre.desk("budi")
    await caller.until_heard(5)
    voices[1].stop()
    await dying.register(expires=0)
    moved = await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == second)
    assert (moved.outcome, moved.answered_at, moved.call_back_state) == (Outcome.ANSWERED, call.answered_at, None)
    assert [event.person for event in await centre.events(call.id, "lost")] == [first]
    assert other.rang[0].get("X-Tanggap-Report") == call.report.hex
    async with centre.db.reading(CITY) as conn:
        assert (await rows.report(conn, CITY, call.report)).claimed_by == second
    voices.append(Speaking(other, 700))
    heard, spoken = len(ear.packets), other.rtp.heard
    await centre.eventually(lambda: _is(len(ear.packets) > heard + 20 and other.rtp.heard > spoken + 20))
    assert caller.rtp.to == port
    for voice in voices:
        voice.stop()
    other.bye()
    await caller.over.wait()
    ended = await centre.stored(call_id, lambda c: c.is_over)
    assert (ended.ended_by, ended.outcome, ended.call_back_state) == ("operator", Outcome.ANSWERED, None)
    await centre.presence(second, "ready")


async def test_a_desk_that_comes_back_too_late_does_not_end_the_call_that_was_moved(opens: Opens) -> None:
    centre = await opens()
    _, dying = await centre.desk("ani")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    voices = [Speaking(caller)]
    await dying.talking.wait()
    second, other = await centre.desk("budi")
    await dying.register(expires=0)
    await centre.stored(call_id, lambda c: c.operator == second and c.state is CallState.TALKING)
    voices.append(Speaking(other))
    dying.bye()
    await dying.until(lambda m: m.code == 200 and "BYE" in m.get("CSeq"))
    heard = caller.rtp.heard
    await centre.eventually(lambda: _is(caller.rtp.heard > heard + 20))
    for voice in voices:
        voice.stop()
    caller.bye()
    await other.over.wait()
    await centre.stored(call_id, lambda c: c.is_over)


async def _is(value: bool) -> bool:
    return value


async def test_kamailio_comes_back_while_callers_talk(opens: Opens) -> None:
    centre = await opens()
    person, phone = await centre.desk("sari")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    await phone.talking.wait()
    await caller.until_heard(0)
    centre.kill("kamailio")
    phone.rtp.say()
    centre.start("kamailio")
    await centre.ready(decider=False)
    phone._listen(phone.rang[0].body)
    while caller.rtp.heard < 10:
        phone.rtp.say()
        await asyncio.sleep(0.02)
    assert (await phone.register()).code == 200
    caller.bye()
    await phone.over.wait()
    await centre.stored(call_id, lambda c: c.is_over)
    await centre.presence(person, "ready")


async def test_without_anybody_signed_in_the_call_goes_to_the_fallback_number(opens: Opens) -> None:
    (port,) = free_ports(1)
    centre = await opens(
        Queue(mobiles=("+628123000001",), overflow_ring_s=5),
        trunks=(Trunk("telkom", "127.0.0.1", port),), emergency_fallback="+62215550112",
    )  # fmt: skip
    mobile = await Phone(centre.telephony.sip_port).open(port)
    centre.phones.append(mobile)
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    assert (await caller.answered(call_id)).code == 200
    assert mobile.rang[0].first.startswith("INVITE sip:+628123000001@")
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.outcome, call.answered_where, call.operator) == (Outcome.OVERFLOWED, "mobile", None)


async def test_with_every_trunk_dead_a_caller_waits_for_a_phone_and_is_not_dropped(opens: Opens) -> None:
    centre = await opens(Queue(wrap_up_s=0, mobiles=("+628123000001",)), emergency_fallback="+62215550112")
    folder = centre.settings.home / "telephony"
    trunk = centre.telephony.trunks[0]
    rpc.ask(folder, "dispatcher.set_state", "ip", 1, f"sip:{trunk.host}:{trunk.port};transport=udp")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await centre.stored(call_id)
    await centre.phone(await centre.person("sari"))
    assert (await caller.answered(call_id)).code == 200


async def test_with_nobody_signed_in_and_no_decider_the_fallback_number_rings(opens: Opens) -> None:
    (port,) = free_ports(1)
    centre = await opens(trunks=(Trunk("telkom", "127.0.0.1", port),), emergency_fallback="+62215550112", decider=False)
    last = await Phone(centre.telephony.sip_port).open(port)
    centre.phones.append(last)
    caller = await centre.phone()
    assert (await caller.answered(caller.call("sip:112@112.local"))).code == 200
    assert last.rang[0].first.startswith("INVITE sip:+62215550112@")


async def test_with_nobody_signed_in_the_decider_uses_the_fallback_number_too(opens: Opens) -> None:
    (port,) = free_ports(1)
    centre = await opens(trunks=(Trunk("telkom", "127.0.0.1", port),), emergency_fallback="+62215550112")
    last = await Phone(centre.telephony.sip_port).open(port)
    centre.phones.append(last)
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    assert (await caller.answered(call_id)).code == 200
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.outcome, call.answered_where) == (Outcome.OVERFLOWED, "pstn")


async def test_calls_ring_while_the_database_is_away_and_are_stored_when_it_is_back(
    opens: Opens, postgres: EmbeddedPostgres
) -> None:
    centre = await opens()
    person, phone = await centre.desk("sari")
    await postgres.stop()
    try:
        callers = [await centre.phone() for _ in range(2)]
        calls = []
        for caller in callers:
            calls.append(caller.call("sip:112@112.local"))
            assert (await caller.answered(calls[-1])).code == 200
            caller.bye()
            await phone.over.wait()
            phone.over.clear()
            await asyncio.sleep(5)  # longer than Kamailio bears with a silent decider
    finally:
        await postgres.start()
    for call_id in calls:
        call = await centre.stored(call_id, lambda c: c.is_over)
        assert (call.operator, call.outcome) == (person, Outcome.ANSWERED)
    assert "held calls ring everywhere" not in centre.log("kamailio")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for a second or two of a call."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_ends_the_recording_and_not_the_call(opens: Opens, small_disk: Path) -> None:
    centre = await opens(recordings=str(small_disk))
    _, phone = await centre.desk("sari")
    caller = await centre.phone()
    assert (await caller.answered(caller.call("sip:112@112.local"))).code == 200
    one, two = Speaking(caller), Speaking(phone)
    await centre.eventually(lambda: _is(shutil.disk_usage(small_disk).free < 4096))
    heard = caller.rtp.heard, phone.rtp.heard
    await centre.eventually(lambda: _is(min(caller.rtp.heard - heard[0], phone.rtp.heard - heard[1]) > 40))
    sound, said = await check_recordings(Patient(centre.settings, centre.db))
    assert not sound
    assert "calls go on" in said
    second = await centre.phone()
    await centre.desk("ani")
    assert (await second.answered(second.call("sip:112@112.local"))).code == 200
    one.stop()
    two.stop()
