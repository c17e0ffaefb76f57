"""Calls are passed on by the server itself, whatever the trunk can; and a call that was moved is a call like any other."""

from tanggap.incident import store as rows
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.telephony.model import CallState, Outcome
from tanggap.telephony.settings import Queue, Trunk

from .conftest import CITY, Centre, Opens, free_ports
from .desk import Speaking
from .phone import Phone

#: Packets of audio after which somebody is heard: half a second.
NEXT = 25


async def talking(centre: Centre, caller: Phone) -> str:
    """A call that somebody has answered; its SIP name."""
    call_id = caller.call("sip:112@112.local")
    assert (await caller.answered(call_id)).code == 200
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    return call_id


async def both_hear(centre: Centre, caller: Phone, other: Phone) -> None:
    """Audio goes both ways, and the caller's comes from where it came from at first."""
    voices = [Speaking(caller), Speaking(other, 700)]
    before, spoken = caller.rtp.heard, other.rtp.heard
    await centre.eventually(lambda: _is(caller.rtp.heard > before + NEXT and other.rtp.heard > spoken + NEXT))
    for voice in voices:
        voice.stop()


async def test_a_call_goes_to_a_colleague_with_one_act_and_from_there_back_to_the_line(opens: Opens) -> None:
    centre = await opens()
    first, desk = await centre.desk("ani")
    caller = await centre.phone()
    call_id = await talking(centre, caller)
    second, other = await centre.desk("budi")
    speaking = Speaking(desk)
    await caller.until_heard(5)
    speaking.stop()
    assert await desk.refer(first.hex) == 404
    assert await desk.refer(second.hex) == 202
    await centre.presence(first, "ready")  # free at once
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == second)
    assert (call.outcome, call.call_back_state) == (Outcome.ANSWERED, None)
    assert [event.body for event in await centre.events(call.id, "passed")] == [{"to": "desk", "name": "Budi"}]
    async with centre.db.reading(CITY) as conn:
        assert (await rows.report(conn, CITY, call.report)).claimed_by == second
        told = [entry.kind for entry in await timelines.of_report(conn, CITY, call.report)]
    assert Kind.CALL_PASSED in told
    await both_hear(centre, caller, other)

    # What was moved can be held, taken back, and passed on once more.
    await other.talking.wait()
    other.reinvite("sendonly")
    await centre.stored(call_id, lambda c: c.state is CallState.HELD)
    other.reinvite("sendrecv")
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    await both_hear(centre, caller, other)
    desk.over.clear()
    assert await other.refer("antrean") == 202
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == first)
    await centre.presence(second, "ready")
    await both_hear(centre, caller, desk)
    caller.bye()
    await desk.over.wait()
    ended = await centre.stored(call_id, lambda c: c.is_over)
    assert (ended.ended_by, ended.call_back_state) == ("caller", None)
    await centre.presence(first, "ready")


async def test_a_call_goes_to_a_number_outside_over_a_trunk_that_does_not_follow_refer(opens: Opens) -> None:
    (port,) = free_ports(1)
    centre = await opens(trunks=(Trunk("telkom", "127.0.0.1", port),))
    first, desk = await centre.desk("ani")
    network = await Phone(centre.telephony.sip_port).open(port, audio="127.0.0.7")
    caller = await centre.phone()
    centre.phones.append(network)
    call_id = await talking(centre, caller)
    sources = caller.rtp.sources
    speaking = Speaking(desk)
    await caller.until_heard(5)
    speaking.stop()
    assert await desk.refer("0401112233") == 202
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator is None)
    assert network.rang[0].first.startswith("INVITE sip:0401112233@")
    assert "<sip:112@" in network.rang[0].get("From")
    assert not any("81344556642" in message.first + str(message.headers) for message in network.messages)
    assert not any(name.startswith("X-Tanggap") for name, _ in network.rang[0].headers)
    await both_hear(centre, caller, network)
    assert len(sources) == 1, "the caller's network hears another port than it was told"
    await centre.presence(first, "ready")
    async with centre.db.reading(CITY) as conn:
        assert (await rows.report(conn, CITY, call.report)).claimed_by == first
    network.bye()
    await caller.over.wait()
    assert (await centre.stored(call_id, lambda c: c.is_over)).outcome is Outcome.ANSWERED


async def test_what_nobody_answers_comes_back_to_who_passed_it_on_and_then_to_anybody(opens: Opens) -> None:
    (port,) = free_ports(1)
    centre = await opens(Queue(ring_s=4, wrap_up_s=20), trunks=(Trunk("telkom", "127.0.0.1", port),))
    first, desk = await centre.desk("ani")
    network = await Phone(centre.telephony.sip_port, answers=486).open(port)
    centre.phones.append(network)
    caller = await centre.phone()
    call_id = await talking(centre, caller)
    voice = Speaking(caller)
    assert await desk.refer("0401112233") == 202
    back = await desk.until(lambda m: m.get("X-Tanggap-Returned") == "yes")
    await desk.until(lambda m: m.method == "ACK" and m.get("Call-ID") == back.get("Call-ID"))
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == first)

    desk.answers = None
    second, other = await centre.desk("budi", answers=503)
    assert await desk.refer(second.hex) == 202
    await other.until(lambda m: m.method == "INVITE")
    other.answers = 0.05
    await desk.until(lambda m: m.method == "CANCEL")  # it rang again where it came from
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == second)
    await both_hear(centre, caller, other)
    voice.stop()
    assert len(await centre.events(call.id, "passed")) == 2
    other.bye()
    await caller.over.wait()
    await centre.stored(call_id, lambda c: c.is_over)


async def test_who_hangs_up_while_a_call_is_passed_on_is_called_back(opens: Opens) -> None:
    centre = await opens()
    _, desk = await centre.desk("ani")
    caller = await centre.phone()
    call_id = await talking(centre, caller)
    second, other = await centre.desk("budi", answers=None)
    assert await desk.refer(second.hex) == 202
    await other.until(lambda m: m.method == "INVITE")
    caller.bye()
    await other.until(lambda m: m.method == "CANCEL")
    ended = await centre.stored(call_id, lambda c: c.is_over)
    assert ended.call_back_state == "due"
    await centre.presence(second, "ready")


async def _is(value: bool) -> bool:
    return value
