"""Recordings through the browser's door: who may hear, what the audit says, and that any part of the audio can be asked for."""

import io
import json
import struct
import wave
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar

from tanggap.incident.model import Actor
from tanggap.people import signing_in
from tanggap.people.audit import trail
from tanggap.people.model import Role, hash_of
from tanggap.telephony import service as calls
from tanggap.telephony import store
from tanggap.telephony.model import Call, Ringing
from tanggap.telephony.recording.keeping import Keeper
from tanggap.telephony.recording.service import Audited
from tanggap.web.house import House

from .visitors import CITY, Visitor, browser


class Listener:
    """A browser of a person."""

    def __init__(self, visitor: Visitor, person: UUID, name: str) -> None:
        self.visitor, self.person, self.name = visitor, person, name


async def listener(app: Litestar, house: House, role: Role) -> Listener:
    visitor = await browser(app, role)
    token = visitor.headers["cookie"].partition("=")[2]
    async with house.db.transaction(CITY) as tx:
        session = await signing_in.session_of(tx, CITY, hash_of(token), house.now())
    assert session is not None
    return Listener(visitor, session.person.id, session.person.name)


async def recorded(house: House, by: Listener) -> tuple[Call, UUID]:
    """A call that somebody took, sealed."""
    scene, now = await house.scene(), house.now()
    async with house.db.transaction(CITY) as tx:
        call = await calls.call_rings(tx, scene, Ringing(f"{by.person}@trunk", "081344556642"), now)
        await calls.call_offered(tx, scene, call.id, by.person, now)
        await calls.call_answered(tx, scene, call.id, Actor(by.name, by.person), now)
        await calls.call_ended(tx, scene, call.id, "caller", now)
    root = house.recordings.root
    for name in ("pcaps", "metadata"):
        (root / name).mkdir(parents=True, exist_ok=True)
    content = b"\xd4\xc3\xb2\xa1" + struct.pack("<HHiIII", 2, 4, 0, 0, 65535, 101)
    for n in range(100):
        rtp = struct.pack("!BBHII", 0x80, 8, n, n * 160, 7) + bytes([0xAA]) * 160
        udp = struct.pack("!HHHH", 5000, 26340, 8 + len(rtp), 0) + rtp
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
        content += struct.pack("<IIII", 1_795_656_762 + n // 50, n % 50 * 20_000, len(ip), len(ip)) + ip
    (root / "pcaps" / "a.pcap").write_bytes(content)
    (root / "metadata" / "a.txt").write_text(f"/x/a.pcap\n\nSDP mode: answer\nm=audio 26340 RTP/AVP 8\n\ncall:{call.id.hex}\n")
    assert await Keeper(house.recordings, house.keyring, timedelta(days=90)).seal_ended(house.db, CITY, now) == 1
    async with house.db.reading(CITY) as conn:
        (found,) = await store.recordings_of(conn, CITY, call.id)
    return call, found.id


async def play(who: Listener, recording: UUID) -> str:
    """Where somebody who plays a recording hears it."""
    answer = await who.visitor.send_form("POST", f"/rekaman/{recording}/putar", {})
    assert answer.status == 200, answer.body
    return str(json.loads(answer.body)["address"])


@pytest.fixture
async def taker(app: Litestar, house: House) -> Listener:
    return await listener(app, house, Role.CALL_TAKER)


async def test_who_took_the_call_hears_it_in_any_part_and_the_audit_says_so(house: House, taker: Listener) -> None:
    _, recording = await recorded(house, taker)
    address = await play(taker, recording)
    whole = await taker.visitor.ask("GET", address)
    with wave.open(io.BytesIO(whole.body)) as opened:
        assert opened.getparams()[:4] == (2, 2, 8000, 16000)
        assert opened.readframes(1) == struct.pack("<hh", 32256, 8)
    part = await taker.visitor.ask("GET", address, range="bytes=100-1099")
    assert (part.status, part.body) == (206, whole.body[100:1100])
    assert part.headers["content-range"] == f"bytes 100-1099/{len(whole.body)}"
    assert (await taker.visitor.ask("GET", address, range=f"bytes={len(whole.body)}-")).status == 416
    async with house.db.reading(CITY) as conn:
        lines = await trail(conn, CITY, acts=[Audited.HEARD.value])
    assert [(line.person, line.subject) for line in lines] == [(taker.person, f"recording:{recording}")]


async def test_nobody_else_hears_it_not_even_with_the_address(app: Litestar, house: House, taker: Listener) -> None:
    _, recording = await recorded(house, taker)
    colleague, boss = await listener(app, house, Role.CALL_TAKER), await listener(app, house, Role.SUPERVISOR)
    address = await play(taker, recording)
    assert (await colleague.visitor.send_form("POST", f"/rekaman/{recording}/putar", {})).status == 403
    assert (await colleague.visitor.ask("GET", address)).status == 404
    assert (await taker.visitor.ask("GET", f"/rekaman/{recording}?sampai=9999999999&bukti=x")).status == 404
    assert (await taker.visitor.ask("GET", f"/rekaman/{recording}")).status == 404
    own = await play(boss, recording)
    assert (await boss.visitor.ask("GET", own)).status == 200
    house.recordings.file_of(recording).write_bytes(b"TGR1 damaged")
    assert (await boss.visitor.ask("GET", own)).status == 404


async def test_only_a_supervisor_holds_a_recording_and_says_why(app: Litestar, house: House, taker: Listener) -> None:
    call, recording = await recorded(house, taker)
    boss = await listener(app, house, Role.SUPERVISOR)
    assert (await taker.visitor.send_form("POST", f"/rekaman/{recording}/tahan", {"alasan": "polisi"})).status == 403
    assert (await boss.visitor.send_form("POST", f"/rekaman/{recording}/tahan", {"alasan": " "})).status == 422
    assert (await boss.visitor.send_form("POST", f"/rekaman/{recording}/tahan", {"alasan": "permintaan penyidik"})).status == 200
    page = (await boss.visitor.ask("GET", f"/konsol/{call.report}")).body.decode()
    assert "permintaan penyidik" in page
    assert "Lepas penahanan" in page
