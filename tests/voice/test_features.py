"""What comes with a call, what a caller can press, calls back, web calls, text, and who is not answered at all."""

import asyncio
from datetime import UTC, datetime, timedelta

from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.people import store as sessions
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scenes
from tanggap.telephony import needing, service, store
from tanggap.telephony.credentials import credentials_for, visitor_credentials
from tanggap.telephony.edge import rpc
from tanggap.telephony.health import voice_health
from tanggap.telephony.model import CallBackState, CallState, Outcome
from tanggap.telephony.settings import Queue, Trunk, Wish

from .conftest import CITY, Opens, free_ports
from .desk import Speaking
from .phone import SDP, Phone, WebPhone

POINT = """<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
 xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" entity="pres:x@y"><tuple id="a"><status>
 <gp:geopriv><gp:location-info><gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>-3.9942 122.49</gml:pos>
 <gs:radius uom="urn:ogc:def:uom:EPSG::9001">30</gs:radius></gs:Circle></gp:location-info></gp:geopriv></status></tuple>
</presence>"""


KIND = "multipart/mixed;boundary=b1"


def multipart(phone: Phone, location: str) -> str:
    sdp = SDP.format(port=phone.rtp_port)
    return (
        f"--b1\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--b1\r\nContent-Type: application/pidf+xml\r\n"
        f"Content-ID: <here@x>\r\n\r\n{location}\r\n--b1--\r\n"
    )


async def test_a_location_in_the_invite_is_the_reports_point(opens: Opens) -> None:
    centre = await opens()
    _, phone = await centre.desk("sari")
    caller = await centre.phone()
    body = multipart(caller, POINT)
    call_id = caller.call(
        "sip:112@112.local", body=body, kind="multipart/mixed;boundary=b1", more="Geolocation: <cid:here@x>\r\n"
    )
    assert (await caller.answered(call_id)).code == 200
    invite = phone.rang[0]
    assert (invite.get("Content-Type"), invite.body[:3]) == ("application/sdp", "v=0")
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    async with centre.db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, call.report)
    assert (report.lat, report.lon) == (-3.9942, 122.49)


async def test_a_broken_location_is_kept_with_its_flaw_and_the_call_rings(opens: Opens) -> None:
    centre = await opens()
    await centre.desk("sari")
    caller = await centre.phone()
    body = multipart(caller, "<presence><geopriv>kendari")
    call_id = caller.call(
        "sip:112@112.local", body=body, kind="multipart/mixed;boundary=b1", more="Geolocation: <cid:here@x>\r\n"
    )
    assert (await caller.answered(call_id)).code == 200
    call = await centre.stored(call_id)
    async with centre.db.reading(CITY) as conn:
        told = await timelines.of_report(conn, CITY, call.report)
    assert next(entry.body["flaws"] for entry in told if entry.kind is Kind.LOCATED)


async def test_keys_are_stored_and_one_goes_first_in_a_burst(opens: Opens) -> None:
    english = Wish(("english",), key="2", say="For English, press two.", voice="en")
    centre = await opens(Queue(wrap_up_s=0, nuisance_bound_s=120), wishes=(english,))
    person, phone = await centre.desk("sari")
    async with centre.db.transaction(CITY) as tx:
        await service.declare_burst(tx, CITY, "main", person, datetime.now(UTC))
    await asyncio.sleep(1.2)  # the decider looks once a second at what people have declared
    talking = await centre.phone()
    first = talking.call("sip:112@112.local", "+628110000001")
    await talking.answered(first)
    waiting = await centre.phone()
    call_id = waiting.call("sip:112@112.local", "+628110000002")
    waiting.hear(await waiting.until(lambda m: m.code == 183))
    await waiting.until_heard(5)
    await waiting.rtp.key(1)
    urgent = await centre.stored(call_id, lambda c: c.is_urgent)
    assert urgent.keys == "1"
    for key in (2, 5, 5):
        await waiting.rtp.key(key)
        await waiting.until_heard(waiting.rtp.heard + 10)
    told = await centre.stored(call_id, lambda c: c.keys.endswith("55"))
    assert (told.keys, told.needs, told.needs_by) == ("1255", ("english",), "key")
    assert len(phone.rang) == 1


async def test_an_abandoned_caller_is_called_back_without_the_browser_knowing_the_number(opens: Opens) -> None:
    (port,) = free_ports(1)
    centre = await opens(trunks=(Trunk("telkom", "127.0.0.9", port),))
    person, desk = await centre.desk("sari", answers=None)
    missed = await centre.missed(person, "+6281344556642")
    network = await Phone(centre.telephony.sip_port).open(port, "127.0.0.9")
    centre.phones.append(network)
    out = await desk.dial(f"sip:kembali-{missed.id.hex}@112.local")
    assert out.code == 200
    invite = network.rang[0]
    assert invite.first.startswith("INVITE sip:+6281344556642@")
    assert "<sip:112@" in invite.get("From")
    assert not any("81344556642" in message.first + str(message.headers) for message in desk.messages)
    reached = await centre.stored(missed.sip_id, lambda c: c.call_back_state is CallBackState.REACHED)
    assert reached.outcome is Outcome.CALLED_BACK
    desk.bye()
    await network.over.wait()
    async with centre.db.reading(CITY) as conn:
        (tried,) = await store.tries_of(conn, CITY, missed.id)
    assert tried.by == person
    await centre.presence(person, "ready")


async def test_a_visitor_may_call_112_and_nothing_else(opens: Opens) -> None:
    centre = await opens(trunks=(Trunk("telkom", "127.0.0.9"),))
    sari, _ = await centre.desk("sari")
    visitor = await WebPhone(centre.telephony.ws_port).open()
    centre.phones.append(visitor)
    visitor.credentials = visitor_credentials(centre.secret, centre.telephony.realm, datetime.now(UTC))
    assert (await visitor.register()).code == 403
    for to in ("+6281344556642", f"kembali-{sari.hex}", sari.hex):
        visitor.messages.clear()
        assert (await visitor.dial(f"sip:{to}@112.local")).code == 403
    visitor.messages.clear()
    answer = await visitor.dial("sip:112@112.local", "X-Tanggap-Point: -3.9942,122.49,25\r\n")
    assert answer.code == 200
    call = await centre.stored(answer.get("Call-ID"), lambda c: c.state is CallState.TALKING)
    assert (call.direction, call.operator) == ("web", sari)
    async with centre.db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, call.report)
    assert (report.lat, report.uncertainty_m) == (-3.9942, 25)


async def test_strangers_are_not_answered(opens: Opens) -> None:
    centre = await opens(trunks=(Trunk("telkom", "127.0.0.9"),))
    _, phone = await centre.desk("sari")
    stranger = await centre.phone()
    stranger.call("sip:112@112.local")
    stranger.call("sip:+442071234567@112.local")
    assert (await phone.register()).code == 200
    assert not stranger.messages


async def test_a_wrong_password_or_an_old_one_does_not_sign_in(opens: Opens) -> None:
    centre = await opens()
    person = await centre.person("sari")
    for secret, at in (("0" * 64, datetime.now(UTC)), (centre.secret, datetime.now(UTC) - timedelta(hours=2))):
        phone = await Phone(centre.telephony.sip_port, credentials_for(secret, person, "112.local", at)).open()
        centre.phones.append(phone)
        assert (await phone.register()).code == 401


async def test_who_has_signed_out_cannot_use_the_telephone_any_more(opens: Opens) -> None:
    centre = await opens()
    person, phone = await centre.desk("sari")
    now = datetime.now(UTC)
    async with centre.db.transaction(CITY) as tx:
        await sessions.insert_session(tx, CITY, person, person.bytes, person, now, now + timedelta(hours=8), "")
        await sessions.end_session(tx, CITY, person, now + timedelta(seconds=1))

    async def is_refused() -> bool:
        return (await phone.register()).code == 401

    await centre.eventually(is_refused)
    later = credentials_for(centre.secret, person, "112.local", now + timedelta(seconds=3))
    again = await Phone(centre.telephony.sip_port, later).open()
    centre.phones.append(again)
    assert (await again.register()).code == 200


async def test_the_doctor_sees_the_edge_its_decider_and_its_trunks(opens: Opens) -> None:
    centre = await opens()
    trunk = centre.telephony.trunks[0]
    assert (await voice_health(centre.settings, datetime.now(UTC)))[0]
    folder = centre.settings.home / "telephony"
    rpc.ask(folder, "dispatcher.set_state", "ip", 1, f"sip:{trunk.host}:{trunk.port};transport=udp")
    centre.kill("decider")
    centre.kill("rtpengine")
    sound, said = await voice_health(centre.settings, datetime.now(UTC))
    assert not sound
    for words in ("rtpengine does not answer", "no decider leads", "trunk telkom"):
        assert words in said
    centre.kill("kamailio")
    assert "no call comes in" in (await voice_health(centre.settings, datetime.now(UTC)))[1]


async def test_text_to_112_is_a_report(opens: Opens) -> None:
    centre = await opens()
    sender = await centre.phone()
    body = "tolong ada kebakaran di pasar baru"
    sender.send(
        f"MESSAGE sip:112@112.local SIP/2.0\r\n{sender._via()}From: <sip:+6281344556642@trunk.test>;tag=1\r\n"
        "To: <sip:112@112.local>\r\nCall-ID: text1\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    assert (await sender.until(lambda m: m.code >= 200)).code == 202
    async with centre.db.reading(CITY) as conn:
        (report,) = await conn.fetch("select words, channel from report where city = $1", CITY)
    assert (report["words"], report["channel"]) == (body, "sms")


async def test_a_call_goes_to_who_speaks_its_language_and_is_handed_on_to_such_a_one(opens: Opens) -> None:
    ports = free_ports(2)
    trunks = (Trunk("telkom", "127.0.0.1", ports[0]),)
    wishes = (Wish(("english",), dialled="119"),)
    centre = await opens(Queue(wrap_up_s=0), trunks=trunks, wishes=wishes, numbers=("112", "119"))
    first, idle_longest = await centre.desk("ani")
    able, now = await centre.person("budi", frozenset({"english"})), datetime.now(UTC)
    speaks = await centre.phone(able)
    await centre.presence(able, "ready")
    caller = await centre.phone()
    call_id = caller.call("sip:119@112.local")
    await caller.answered(call_id)
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.operator, call.needs, call.needs_by) == (able, ("english",), "line")
    caller.bye()
    await centre.presence(able, "ready")

    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert call.operator == first
    scenes = Scenes(centre.db, centre.settings, Keyring.load(centre.settings.secret_file))
    async with centre.db.transaction(CITY) as tx:
        await needing.hand_on(tx, await scenes.get(), call.id, ["english"], Actor("Ani", first), now)
    await scenes.close()
    handed = await centre.stored(call_id, lambda c: c.operator == able and c.state is CallState.TALKING)
    assert (handed.answered_at, handed.outcome) == (call.answered_at, Outcome.ANSWERED)
    idle_longest.bye()
    await idle_longest.until(lambda m: m.code == 200 and "BYE" in m.get("CSeq"))
    voice, heard = Speaking(caller), speaks.rtp.heard
    await centre.eventually(lambda: _is(speaks.rtp.heard > heard + 20))
    voice.stop()
    caller.bye()
    await centre.stored(call_id, lambda c: c.is_over)


async def _is(value: bool) -> bool:
    return value


async def test_a_dead_phone_loses_the_call_before_its_time_is_over(opens: Opens) -> None:
    centre = await opens(Queue(ring_s=30, wrap_up_s=0))
    _, phone = await centre.desk("ani", answers=None)
    alive, _ = await centre.desk("budi")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await phone.until(lambda m: m.method == "INVITE")
    await phone.register(expires=0)
    assert (await caller.answered(call_id, 25)).code == 200
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert call.operator == alive
    assert (await centre.events(call.id, "lapsed"))[0].body == {"reason": "gone"}


async def test_hold_and_resume_are_told(opens: Opens) -> None:
    centre = await opens()
    await centre.desk("sari")
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await caller.answered(call_id)
    desk = centre.phones[0]
    await desk.talking.wait()
    desk.reinvite("sendonly")
    await centre.stored(call_id, lambda c: c.state is CallState.HELD)
    desk.reinvite("sendrecv")
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
