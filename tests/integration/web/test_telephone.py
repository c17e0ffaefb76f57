"""The telephone's routes: who gets credentials, what a screen may know of a call, and the list of callers who were not heard."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from tanggap.incident.model import Actor
from tanggap.notification.model import Channel
from tanggap.people import signing_in
from tanggap.people.audit import trail
from tanggap.people.model import Role, hash_of
from tanggap.people.roster.model import Member
from tanggap.people.roster.store import write_member
from tanggap.platform.ids import new_id
from tanggap.telephony import service, store
from tanggap.telephony.announcement import WAITING
from tanggap.telephony.credentials import load_secret, password_of
from tanggap.telephony.model import CALL_BACK_AGAIN, Call, CallBackOutcome, Direction, Presence, Ringing
from tanggap.telephony.settings import secret_path
from tanggap.web.citizen.web_call import BY_BROWSER
from tanggap.web.house import House

from .visitors import CITY, Visitor, browser

NUMBER = "081344556642"


@pytest.fixture
async def taker(app: Litestar) -> Visitor:
    return await browser(app, Role.CALL_TAKER)


async def person_of(house: House, visitor: Visitor) -> Actor:
    token = visitor.headers["cookie"].partition("=")[2]
    async with house.db.transaction(CITY) as tx:
        session = await signing_in.session_of(tx, CITY, hash_of(token), house.now())
    assert session is not None
    return Actor(session.person.name, session.person.id)


async def told(visitor: Visitor, path: str, **fields: str) -> Any:
    answer = await visitor.send_form("POST", path, fields, accept="application/json")
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


async def refused(visitor: Visitor, path: str, **fields: str) -> str:
    return (await visitor.send_form("POST", path, fields, accept="application/json")).problem


async def rings(house: House, sip_id: str = "a@trunk", number: str = NUMBER) -> Call:
    async with house.db.transaction(CITY) as tx:
        return await service.call_rings(tx, await house.scene(), Ringing(sip_id, number, trunk="telkom"), house.now())


async def hangs_up(house: House, call: Call) -> Call:
    async with house.db.transaction(CITY) as tx:
        return await service.call_ended(tx, await house.scene(), call.id, "caller", house.now() + timedelta(seconds=20))


async def test_credentials_are_this_persons_and_open_the_edge(house: House, taker: Visitor) -> None:
    made = await told(taker, "/konsol/telepon")
    person = await person_of(house, taker)
    assert person.id is not None
    assert made["address"] == f"sip:{person.id.hex}@112.local"
    assert made["username"].startswith(person.id.hex)
    assert made["password"] == password_of(load_secret(secret_path(house.settings)), made["username"])
    assert made["server"] == "ws://127.0.0.1:8113/telepon/ws"
    page = await taker.ask("GET", "/konsol")
    assert "connect-src 'self' ws://127.0.0.1:8113/telepon/ws;" in page.headers["content-security-policy"]


async def test_who_wants_a_break_is_paused_until_they_are_ready_again(house: House, taker: Visitor) -> None:
    person = await person_of(house, taker)
    assert person.id is not None

    async def paused() -> bool:
        async with house.db.reading(CITY) as conn:
            found = await store.operator(conn, CITY, person.id or UUID(int=0))
        assert found is not None
        return found.paused

    await told(taker, "/konsol/telepon/siap", siap="", alasan="makan")
    assert await paused()
    await told(taker, "/konsol/telepon/siap", siap="1")
    assert not await paused()


async def test_a_screen_knows_who_rings_but_never_the_number(house: House, taker: Visitor) -> None:
    await hangs_up(house, await rings(house, "earlier@trunk"))
    call = await rings(house)
    answer = await taker.ask("GET", f"/konsol/telepon/panggilan/{call.id}")
    known = json.loads(answer.body)
    assert (known["report"], known["masked"], known["trunk"], known["earlier"]) == (str(call.report), "0813…42", "telkom", 1)
    assert NUMBER.encode() not in answer.body
    by_name = await taker.ask("GET", "/konsol/telepon/panggilan?sip=a%40trunk")
    assert json.loads(by_name.body)["call"] == str(call.id)
    assert json.loads((await taker.ask("GET", "/konsol/telepon/panggilan?sip=nobody")).body) is None


async def test_whom_one_may_ask(house: House, app: Litestar, taker: Visitor) -> None:
    colleague = await person_of(house, await browser(app, Role.SUPERVISOR))
    assert colleague.id is not None
    async with house.db.transaction(CITY) as tx:
        await service.presence(tx, CITY, colleague.id, Presence.READY, house.now())
    found = json.loads((await taker.ask("GET", "/konsol/telepon/tujuan")).body)
    assert found["colleagues"] == [{"user": colleague.id.hex, "name": colleague.name, "state": "siap", "can": ""}]
    assert all(phone["dial"].lstrip("+").isdigit() for agency in found["agencies"] for phone in agency["phones"])


async def test_whoever_hung_up_stands_on_the_list_until_reached(house: House, taker: Visitor) -> None:
    call = await hangs_up(house, await rings(house))
    page = (await taker.ask("GET", "/konsol/daftar")).body.decode()
    assert f'data-call-back="{call.id}"' in page
    assert NUMBER not in page
    sent = await told(taker, f"/konsol/telepon/kembali/{call.id}/tautan")
    assert (sent["channel"], sent["text"].endswith("/lapor")) == ("screen", True)
    assert "tautan siap dikirim dari ponsel Anda" in (await taker.ask("GET", "/konsol/daftar")).body.decode()
    for _ in range(len(CALL_BACK_AGAIN) + 1):
        state = (await told(taker, f"/konsol/telepon/kembali/{call.id}", hasil="no_answer"))["state"]
    assert state == "given_up"
    page = (await taker.ask("GET", "/konsol/daftar")).body.decode()
    assert f'data-missed="{call.id}"' in page
    assert "tidak tersambung" in page
    assert (await told(taker, f"/konsol/telepon/kembali/{call.id}", hasil="reached"))["state"] == "reached"
    assert str(call.id) not in (await taker.ask("GET", "/konsol/daftar")).body.decode()


async def test_the_list_says_how_far_a_link_is(house: House, taker: Visitor) -> None:
    house.way_to_callers = Channel.SMS
    call = await hangs_up(house, await rings(house))
    sent = await told(taker, f"/konsol/telepon/kembali/{call.id}/tautan")
    assert (sent["channel"], sent["text"]) == ("sms", "")
    for state, said in (("queued", "tautan dikirim"), ("sent", "tautan terkirim"), ("dead", "tautan gagal")):
        async with house.db.transaction(CITY) as tx:
            await tx.execute("update delivery set state = $2 where city = $1", CITY, state)
        assert said in (await taker.ask("GET", "/konsol/daftar")).body.decode()
    withheld = await rings(house, "withheld@trunk", "")
    assert await refused(taker, f"/konsol/telepon/kembali/{withheld.id}/tautan") == "caller-has-no-mobile"
    assert (await taker.send_form("POST", f"/konsol/telepon/kembali/{call.id}", {"hasil": "link_sent"})).status == 400


async def test_the_steps_with_a_silent_caller_are_kept(house: House, taker: Visitor) -> None:
    call = await rings(house)
    page = f"/konsol/{call.report}/lembar"
    await told(taker, f"/konsol/{call.report}/diam", langkah="listen")
    assert await refused(taker, f"/konsol/{call.report}/diam", langkah="send_link") == "wrong-state"
    assert (await taker.send_form("POST", f"/konsol/{call.report}/diam", {"langkah": "hang up"})).status == 400
    assert "Penelepon diam: didengarkan" in (await taker.ask("GET", page)).body.decode()
    house.way_to_callers = Channel.SMS
    await told(taker, f"/konsol/{call.report}/tautan/kirim")
    page_now = (await taker.ask("GET", page)).body.decode()
    assert "Tautan lokasi dikirim ke nomor pelapor lewat SMS" in page_now
    assert "tautan dikirim" in page_now


async def test_a_call_taker_hands_a_call_on_to_who_speaks_the_language(house: House, app: Litestar, taker: Visitor) -> None:
    colleague, by = await person_of(house, await browser(app, Role.CALL_TAKER)), await person_of(house, taker)
    assert colleague.id is not None
    call = await rings(house)
    async with house.db.transaction(CITY) as tx:
        await service.call_answered(tx, await house.scene(), call.id, by, house.now())
        await write_member(tx, CITY, Member(colleague.id, "B", Role.CALL_TAKER, languages=frozenset({"english"})), house.now())
        await service.presence(tx, CITY, colleague.id, Presence.READY, house.now())
    known = {one["code"]: one["here"] for one in json.loads((await taker.ask("GET", "/konsol/telepon/kemampuan")).body)}
    assert (known["english"], known["muna"]) == (1, 0)
    assert json.loads((await taker.ask("GET", "/konsol/telepon/tujuan")).body)["colleagues"][0]["can"] == "Inggris"
    path = f"/konsol/telepon/panggilan/{call.id}"
    assert await refused(taker, f"{path}/serahkan", butuh="muna") == "nobody-can"
    assert await refused(taker, f"{path}/serahkan", butuh="klingon") == "wrong-state"
    assert (await told(taker, f"{path}/serahkan", butuh="english"))["is_mine"]
    await told(taker, f"{path}/serahkan", batal="1")
    assert await told(taker, f"{path}/kebutuhan", butuh="muna") == {"needs": ["muna"]}
    async with house.db.reading(CITY) as conn:
        assert await store.to_hand_on(conn, CITY) == []


async def test_a_call_that_was_answered_keeps_its_outcome(house: House, taker: Visitor) -> None:
    call = await rings(house)
    by = await person_of(house, taker)
    assert by.id is not None
    async with house.db.transaction(CITY) as tx:
        scene = await house.scene()
        await service.call_offered(tx, scene, call.id, by.id, house.now())
        await service.call_answered(tx, scene, call.id, by, house.now())
    await hangs_up(house, call)
    await told(taker, f"/konsol/telepon/kembali/{call.id}", hasil=CallBackOutcome.REACHED.value)
    async with house.db.reading(CITY) as conn:
        assert (await store.call(conn, CITY, call.id)).outcome == "answered"
    assert (await taker.send_form("POST", f"/konsol/telepon/kembali/{call.id}", {"hasil": "who knows"})).status == 400


async def test_the_supervisor_and_the_coordinator_see_what_came_of_calls(house: House, app: Litestar, taker: Visitor) -> None:
    boss = await browser(app, Role.SUPERVISOR)
    call = await rings(house)
    board = (await boss.ask("GET", "/pengawas/langsung")).body.decode()
    assert "Panggilan berjalan" in board
    assert "0813…42" in board
    await hangs_up(house, call)
    assert "Panggilan berjalan" not in (await boss.ask("GET", "/pengawas/langsung")).body.decode()
    assert "penelepon menutup lebih dulu" in (await boss.ask("GET", "/koordinator?periode=today")).body.decode()
    csv = (await boss.ask("GET", "/koordinator/angka.csv?periode=today")).body.decode()
    assert "Panggilan menurut hasil;penelepon menutup lebih dulu;1" in csv
    assert (await boss.send_json("POST", f"/pengawas/panggilan/{call.id}/dengar", {})).status == 422
    assert (await taker.send_json("POST", f"/pengawas/panggilan/{call.id}/dengar", {})).status == 403


async def test_a_supervisor_may_speak_to_who_talks_and_to_nobody_else(house: House, app: Litestar, taker: Visitor) -> None:
    boss = await browser(app, Role.SUPERVISOR)
    call = await rings(house)
    by = await person_of(house, taker)
    path = f"/pengawas/panggilan/{call.id}/bicara"
    assert (await boss.send_json("POST", path, {"cara": "bisik"})).status == 422, "nobody has answered yet"
    assert by.id is not None
    async with house.db.transaction(CITY) as tx:
        scene = await house.scene()
        await service.call_offered(tx, scene, call.id, by.id, house.now())
        await service.call_answered(tx, scene, call.id, by, house.now())
    voice = json.loads((await boss.send_json("POST", path, {"cara": "bisik"})).body)
    assert voice["address"] == f"sip:bisik{by.id.hex}@112.local"
    assert voice["target"] == f"sip:{by.id.hex}@112.local"
    assert (await boss.send_json("POST", path, {"cara": "semua"})).status == 400
    assert (await taker.send_json("POST", path, {"cara": "masuk"})).status == 403
    async with house.db.reading(CITY) as conn:
        assert [one.act for one in await trail(conn, CITY, acts=["call_whispered", "call_joined"])] == ["call_whispered"]


async def test_who_waits_in_a_browser_hears_what_the_city_says(house: House, app: Litestar) -> None:
    visitor = await browser(app, None)
    assert (await visitor.ask("GET", "/lapor/panggil/pengumuman")).status == 204
    folder = house.settings.home / "telephony"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"announcement-{hashlib.sha256(WAITING.encode()).hexdigest()[:12]}.wav"
    (folder / name).write_bytes(b"RIFF")
    heard = await visitor.ask("GET", "/lapor/panggil/pengumuman")
    assert (heard.status, heard.body) == (200, b"RIFF")


async def test_who_waits_in_a_browser_says_danger_now_by_a_button(house: House, app: Litestar) -> None:
    visitor = await browser(app, None)
    by_trunk = await rings(house)
    async with house.db.transaction(CITY) as tx:
        boss = new_id()
        await service.declare_burst(tx, CITY, "main", boss, house.now())
        ringing = Ringing("web@browser", direction=Direction.WEB)
        call = await service.call_rings(tx, await house.scene(), ringing, house.now())
    assert (await told(visitor, "/lapor/panggil"))["is_burst"]
    for name, waits in (("web@browser", True), ("a@trunk", False), ("nobody", False), ("", False)):
        assert await told(visitor, "/lapor/panggil/bahaya", panggilan=name) == {"waits": waits}
    async with house.db.reading(CITY) as conn:
        assert await store.urgent_in_browsers(conn, CITY) == [call.sip_id]
        assert not (await store.call(conn, CITY, by_trunk.id)).is_urgent


async def test_a_visitors_credentials_are_nobodys_and_few(house: House, app: Litestar) -> None:
    visitor = await browser(app, None)
    made = await told(visitor, "/lapor/panggil")
    assert made["username"].startswith("web")
    assert made["target"] == "sip:112@112.local"
    assert made["password"] == password_of(load_secret(secret_path(house.settings)), made["username"])
    answers = [(await visitor.send_form("POST", "/lapor/panggil", {})).status for _ in range(BY_BROWSER.burst)]
    assert answers == [200] * (BY_BROWSER.burst - 1) + [429]
    page = (await visitor.ask("GET", "/lapor/panggil")).body.decode()
    assert 'href="tel:112"' in page
