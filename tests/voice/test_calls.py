"""A caller dials 112, a phone rings, somebody answers: from the network's INVITE to the report, and back to the hang-up."""

from tanggap.incident import store as rows
from tanggap.incident.model import ReportState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.telephony.model import CallBackState, CallState, LapseReason, Outcome
from tanggap.telephony.settings import Queue

from .conftest import CITY, Opens
from .phone import WebPhone


async def test_a_call_rings_is_answered_and_has_opened_its_report(opens: Opens) -> None:
    centre = await opens()
    person, phone = await centre.desk("sari")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    answer = await caller.answered(call_id)
    assert answer.code == 200
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.operator, call.outcome, call.trunk, call.direction) == (person, Outcome.ANSWERED, "telkom", "in")
    invite = phone.rang[0]
    assert invite.get("X-Tanggap-Call") == call.id.hex
    assert invite.get("X-Tanggap-Report") == call.report.hex
    async with centre.db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, call.report)
        told = [entry.kind for entry in await timelines.of_report(conn, CITY, call.report)]
    assert (report.state, report.claimed_by, report.channel) == (ReportState.ACTIVE, person, "call")
    assert told == [Kind.RECEIVED, Kind.CLAIMED, Kind.CALL_ANSWERED]  # nothing of a place: the network said none
    assert "web_call" not in report.flags
    assert "+6281344556642" in answer.get("From")
    assert not any("81344556642" in message.first + str(message.headers) for message in phone.messages)
    assert "<sip:penelepon@" in invite.get("Contact")
    caller.bye()
    ended = await centre.stored(call_id, lambda c: c.is_over)
    assert (ended.ended_by, ended.outcome, ended.call_back_state) == ("caller", Outcome.ANSWERED, None)
    await centre.presence(person, "ready")


async def test_who_hangs_up_while_it_rings_is_to_be_called_back(opens: Opens) -> None:
    centre = await opens()
    person, phone = await centre.desk("sari", answers=None)
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await phone.until(lambda m: m.method == "INVITE")
    caller.cancel()
    assert (await caller.until(lambda m: m.code == 487)).code == 487
    call = await centre.stored(call_id, lambda c: c.is_over)
    assert (call.outcome, call.call_back_state, call.ended_by) == (Outcome.ABANDONED, CallBackState.DUE, "caller")
    await centre.presence(person, "ready")


async def test_a_phone_that_does_not_answer_loses_the_call_to_the_next(opens: Opens) -> None:
    centre = await opens(Queue(ring_s=2, wrap_up_s=0))
    deaf, _ = await centre.desk("ani", answers=None)
    awake, _ = await centre.desk("budi")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    assert (await caller.answered(call_id)).code == 200
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert call.operator == awake
    lapsed = await centre.events(call.id, "lapsed")
    assert [(event.person, event.body["reason"]) for event in lapsed] == [(deaf, LapseReason.NO_ANSWER)]


async def test_a_browser_that_was_closed_is_given_no_calls(opens: Opens) -> None:
    centre = await opens()
    person = await centre.person("sari")
    browser = await WebPhone(centre.telephony.ws_port, centre.credentials(person)).open()
    assert (await browser.register()).code == 200
    await centre.presence(person, "ready")
    browser.close()
    await centre.presence(person, "away")


async def test_the_end_of_a_call_reaches_a_caller_whose_number_was_hidden(opens: Opens) -> None:
    centre = await opens()
    _, phone = await centre.desk("sari")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    await phone.talking.wait()
    phone.bye()
    bye = await caller.until(lambda m: m.method == "BYE")
    assert bye.first.startswith("BYE sip:caller@")
    assert "+6281344556642" in bye.get("To")
    ended = await centre.stored(call_id, lambda c: c.is_over)
    assert ended.ended_by == "operator"


async def test_with_nobody_free_the_caller_waits_and_hears_a_voice(opens: Opens) -> None:
    centre = await opens(Queue(wrap_up_s=0))
    _, phone = await centre.desk("sari")
    first, second = await centre.phone(), await centre.phone()
    one = first.call("sip:112@112.local", "+628111111111")
    await first.answered(one)
    two = second.call("sip:112@112.local", "+628222222222")
    progress = await second.until(lambda m: m.code == 183)
    second.hear(progress)
    await second.until_heard(20)
    waiting = await centre.stored(two, lambda c: c.state is CallState.QUEUED)
    assert waiting.offered_at is None
    first.bye()
    assert (await second.answered(two)).code == 200
    await centre.stored(two, lambda c: c.state is CallState.TALKING)
    assert len(phone.rang) == 2


async def test_a_busy_phone_passes_the_call_on_and_keeps_its_place(opens: Opens) -> None:
    centre = await opens()
    refusing, _ = await centre.desk("ani", answers=480)
    willing, _ = await centre.desk("budi")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert call.operator == willing
    assert (await centre.events(call.id, "lapsed"))[0].body == {"reason": LapseReason.REFUSED}
    await centre.presence(refusing, "ready")
