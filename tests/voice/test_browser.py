"""A call in a real browser: it rings, is answered by a key, both sides hear each other, and the recording holds both voices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Dialog, Page, async_playwright

from tanggap.people.audit import trail
from tanggap.people.model import Role
from tanggap.people.roster.model import Member
from tanggap.people.roster.store import write_member
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.secrets import Keyring
from tanggap.telephony import store
from tanggap.telephony.model import CallBackState, CallState, Direction, Outcome, Recording, RecordingState
from tanggap.telephony.recording.keeping import Folder
from tanggap.telephony.recording.vault import unseal
from tanggap.telephony.recording.wav import KEPT_HEAD
from tanggap.telephony.settings import Queue, recordings_folder
from tests.e2e.outside import AXE

from .conftest import CITY, Centre, database_of, opened, text_ports
from .desk import HEARD, Ear, Office, Speaking, heard_in, picked_up, rms
from .typist import Typist, offer

#: Root mean square below which nobody would say that they hear something (−46 dB of full scale).
AUDIBLE = 0.005
#: And below which nothing at all is said.
UNHEARD = 0.002


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def building(postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One centre with its pages for all of these tests."""
    async with (
        database_of(postgres, template) as dsn,
        opened(dsn, tmp_path_factory.mktemp("building")) as opens,
        async_playwright() as playwright,
    ):
        # On a busy machine a browser needs its time to answer.
        made = Office(await opens(Queue(wrap_up_s=0, ring_s=30), **text_ports()), playwright)
        try:
            yield await made.open()
        finally:
            await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def office(building: Office) -> AsyncIterator[Office]:
    """Nobody is there yet, and nobody when it is over."""
    await building.begin()
    yield building
    await building.empty()


async def test_a_call_rings_in_the_browser_and_both_sides_hear(office: Office) -> None:
    centre = office.centre
    person, page = await office.desk("sari")
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = caller.call("sip:112@112.local")
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    call = await centre.stored(call_id)
    await page.wait_for_url(f"**/konsol/{call.report}")
    await page.locator("#address").press_sequentially("depan lippo")
    await page.keyboard.press("F2")
    assert (await caller.answered(call_id)).code == 200
    speaking = Speaking(caller)
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.operator, call.outcome, call.direction) == (person, Outcome.ANSWERED, Direction.IN)
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    await hears(centre, page)
    assert await page.locator("#address").input_value() == "depan lippo"
    await page.locator('#sheet[data-state="active"]').wait_for()
    speaking.stop()
    caller.bye()
    await page.locator('[data-phone][data-state="ready"]').wait_for()
    await centre.stored(call_id, lambda c: c.is_over)


async def test_a_citizen_without_credit_calls_from_a_browser(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    citizen = await office.window(390, 800)
    await citizen.context.grant_permissions(["geolocation", "microphone"], origin=office.url)
    await citizen.context.set_geolocation({"latitude": -3.994, "longitude": 122.49, "accuracy": 25})
    await citizen.goto(f"{office.url}/lapor/panggil")
    await citizen.get_by_label("Nomor telepon Anda").fill("0813 4455 6642")
    await citizen.get_by_role("button", name="Panggil 112 sekarang").click()
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    await page.locator('[data-phone-says="ringing-who"]', has_text="0813…42").wait_for()
    await citizen.get_by_text("Berdering di pusat 112").wait_for()
    await page.keyboard.press("F2")
    await citizen.get_by_text("Tersambung. Silakan bicara.").wait_for()
    await hears(centre, page)
    await hears(centre, citizen)
    assert await citizen.evaluate("document.documentElement.scrollWidth") <= 390
    assert await citizen.locator('a[href^="tel:112"]').is_visible()
    await citizen.get_by_role("button", name="Saya tidak bisa bicara").click()
    await page.get_by_text("tidak bisa bicara").first.wait_for()
    await page.locator("#point").get_by_text("±25 m").wait_for()
    await page.keyboard.press("F9")
    await citizen.get_by_text("Panggilan selesai.").wait_for()
    async with centre.db.reading(CITY) as conn:
        call = await conn.fetchrow("SELECT direction, outcome FROM call WHERE direction = 'web' ORDER BY rang_at DESC LIMIT 1")
    assert tuple(call) == ("web", "answered")


async def test_a_caller_who_cannot_speak_writes_and_reads_the_answer(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    caller, typist = await centre.phone(), await Typist().open()
    call_id = caller.call("sip:112@112.local", body=offer(caller, typist))
    await page.locator('[data-phone-says="ringing-known"]', has_text="dapat menulis teks").wait_for()
    await page.keyboard.press("F2")
    typist.hears((await caller.answered(call_id)).body)
    await typist.type("tolong ada maling di rumah")
    await page.locator('.conversation-line[data-side="caller"]', has_text="tolong ada maling di rumah").wait_for()
    await page.get_by_label("Tulis kepada penelepon").wait_for()
    await page.keyboard.press("F4")
    await page.keyboard.type("Kami membacx")
    await page.keyboard.press("Backspace")
    await page.keyboard.type("a")
    await centre.eventually(lambda: _is(typist.lines == ["Kami membaca"]))
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Kami mengerti. Petugas dikirim.").click()
    await centre.eventually(lambda: _is(typist.lines == ["Kami membaca", "Kami mengerti. Petugas dikirim."]))
    await page.get_by_role("button", name="Salin tulisan penelepon").click()
    assert await page.locator("#what").input_value() == "tolong ada maling di rumah"
    await page.evaluate(AXE)
    assert await page.evaluate("axe.run('.telephone').then((found) => found.violations.map((one) => one.id))") == []
    caller.bye()
    typist.close()
    await page.locator('.story .conversation-line[data-side="desk"]', has_text="Petugas dikirim").wait_for()


async def test_a_recording_holds_both_voices_and_plays_to_who_took_the_call(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    caller = await centre.phone()
    call_id = await picked_up(page, caller)
    speaking = Speaking(caller)
    await asyncio.sleep(3)
    speaking.stop()
    caller.bye()
    call = await centre.stored(call_id, lambda c: c.is_over)

    async def sealed() -> Recording | None:
        async with centre.db.reading(CITY) as conn:
            found = await store.recordings_of(conn, CITY, call.id)
        return next((one for one in found if one.state is RecordingState.STORED), None)

    recording = await centre.eventually(sealed)
    folder = Folder(recordings_folder(centre.settings, centre.telephony))
    keyring = Keyring.load(centre.settings.secret_file)
    audio = unseal(keyring, folder.file_of(recording.id), recording.id)[KEPT_HEAD:]
    assert rms(audio[0::2]) > AUDIBLE
    assert rms(audio[1::2]) > AUDIBLE
    assert recording.seconds > 2
    await centre.eventually(lambda: _is(not list((folder.root / "pcaps").glob(f"{call_id}*"))))
    await page.get_by_role("button", name="Putar rekaman").click()
    player = page.locator(".recording-player")
    await centre.eventually(lambda: player.evaluate("player => player.currentTime > 0.5"))
    assert await player.evaluate("player => player.duration") == pytest.approx(recording.seconds, abs=0.1)
    async with centre.db.reading(CITY) as conn:
        assert len(await trail(conn, CITY, acts=["recording_heard"])) == 1


async def test_a_caller_who_hung_up_is_called_back_with_one_key(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    trunk = await centre.phone()
    call_id = trunk.call("sip:112@112.local")
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    trunk.cancel()
    missed = await centre.stored(call_id, lambda c: c.is_over)
    await page.locator(f'[data-missed="{missed.id}"]').wait_for()
    line = office.line
    await page.keyboard.press("Alt+o")
    await line.until(lambda m: m.method == "INVITE")
    assert "sip:112@" in line.rang[0].get("From")
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    called = await centre.stored(call_id, lambda c: c.outcome is Outcome.CALLED_BACK)
    assert called.call_back_state is CallBackState.REACHED
    await page.locator(f'#sheet[data-report="{missed.report}"]').wait_for()
    await page.locator(f'[data-missed="{missed.id}"]').wait_for(state="detached")
    await page.keyboard.press("F9")
    await page.locator('[data-phone][data-state="ready"]').wait_for()


async def test_hold_mute_and_the_one_sided_line(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = await picked_up(page, caller)
    speaking = Speaking(caller)
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    await page.keyboard.press("F8")
    await page.locator('[data-phone-says="state"]', has_text="ditahan").wait_for()
    await centre.stored(call_id, lambda c: c.state is CallState.HELD)
    held = len(ear.packets)  # whoever is held hears that the line lives
    await centre.eventually(lambda: _is(len(ear.packets) > held + 60 and ear.loudness > 0.001))
    await page.keyboard.press("F8")
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    await page.keyboard.press("Alt+b")
    await page.locator('[data-phone-says="state"]', has_text="dibisukan").wait_for()
    await centre.eventually(lambda: _is(ear.loudness < 0.002))
    await page.keyboard.press("Alt+b")
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    speaking.stop()
    warning = page.locator('[data-phone-part="warning"]')
    await warning.get_by_text("Tidak ada suara dari penelepon").wait_for(timeout=90_000)
    assert await warning.get_by_role("button", name="Telepon kembali sekarang").is_visible()
    speaking = Speaking(caller)
    await warning.wait_for(state="hidden")
    speaking.stop()
    caller.bye()


async def test_a_call_is_handed_on_to_a_colleague_who_speaks_the_callers_language(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    able, other = await office.desk("budi")
    async with centre.db.transaction(CITY) as tx:
        await write_member(tx, CITY, Member(able, "Budi", Role.CALL_TAKER, languages=frozenset({"english"})), datetime.now(UTC))
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = await picked_up(page, caller)
    speaking = Speaking(caller)
    await page.locator('[data-phone-does="transfer"]:enabled').wait_for()
    await page.keyboard.press("Alt+p")
    await page.locator('[data-phone-part="transfer"] [name=tujuan]').select_option("antrean:english")
    await page.get_by_role("button", name="Catat untuk lain kali").wait_for()
    await page.get_by_role("button", name="Tanya dulu").wait_for(state="hidden")
    await page.get_by_role("button", name="Pindahkan langsung").click()
    await other.locator('[data-phone][data-state="ringing"]').wait_for()
    await page.locator('[data-phone][data-state="ready"]').wait_for()
    await other.keyboard.press("F2")
    call = await centre.stored(call_id, lambda c: c.operator == able and c.state is CallState.TALKING)
    await other.wait_for_url(f"**/konsol/{call.report}")
    await other.locator('#sheet[data-state="active"]').wait_for()
    await hears(centre, other)
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    speaking.stop()
    caller.bye()
    ended = await centre.stored(call_id, lambda c: c.is_over)
    assert (ended.outcome, ended.needs) == (Outcome.ANSWERED, ("english",))


async def test_somebody_is_asked_and_joined_and_all_three_hear_each_other(office: Office) -> None:
    centre = office.centre
    person, page = await office.desk("sari")
    caller, line = await centre.phone(), office.line
    ear, other_ear = Ear(caller), Ear(line)
    call_id = await picked_up(page, caller)
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    await page.locator('[data-phone-does="transfer"]:enabled').wait_for()
    await page.keyboard.press("Alt+p")
    await page.locator('[data-phone-part="transfer"] [name=nomor]').fill("0401112233")
    await page.get_by_role("button", name="Tanya dulu").click()
    await line.until(lambda m: m.method == "INVITE")
    await page.locator('[data-phone-says="second-state"]', has_text="bicara").wait_for()
    await centre.stored(call_id, lambda c: c.state is CallState.HELD)
    await page.keyboard.press("Alt+k")
    await page.locator('[data-phone-says="state"]', has_text="konferensi").wait_for()
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    await page.keyboard.press("Alt+b")  # only the others are heard now
    one, two = Speaking(caller, 400), Speaking(line, 700)
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    await centre.eventually(lambda: _is(other_ear.loudness > AUDIBLE))
    one.stop()
    await centre.eventually(lambda: _is(other_ear.loudness < 0.002))
    two.stop()
    line.bye()
    await page.locator('[data-phone-part="second"]').wait_for(state="hidden")
    await centre.presence(person, "talking")  # still, with the caller
    await (
        page.locator('[data-phone-says="state"]', has_text="bicara")
        .or_(page.locator('[data-phone-says="state"]', has_text="dibisukan"))
        .wait_for()
    )
    await page.keyboard.press("F9")
    await centre.stored(call_id, lambda c: c.is_over)


async def test_a_supervisor_listens_whispers_and_comes_into_the_conversation(office: Office) -> None:
    centre = office.centre
    person, page = await office.desk("sari")
    await office.person("bos", Role.SUPERVISOR)
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = await picked_up(page, caller)
    speaking = Speaking(caller)
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    boss = await office.sign_in("bos")
    assert "/pengawas" in boss.url
    await boss.locator("body[data-listens]").wait_for()
    await boss.locator(f'[data-listen="{call.id}"]').click()
    bar = boss.locator(".toast-listening")
    await bar.get_by_text("Mendengarkan Sari").wait_for()

    async def both_are_heard() -> bool:
        return len(await boss.evaluate(HEARD)) == 2

    await centre.eventually(both_are_heard)
    await hears(centre, boss)
    speaking.stop()

    await page.keyboard.press("Alt+b")  # the desk's own microphone is off: all that the caller can hear now is the supervisor
    await boss.keyboard.down("b")
    await bar.get_by_text("Sari mendengar Anda; penelepon tidak.").wait_for()
    beside = page.locator('[data-phone-part="beside"]')
    await beside.get_by_text("Pengawas berbicara kepada Anda").wait_for()
    await centre.eventually(lambda: _is(ear.loudness < UNHEARD))
    begun = len(ear.packets)
    await hears(centre, page)
    await centre.eventually(lambda: _is(len(ear.packets) > begun + 50))
    assert rms(b"".join(ear.packets[begun:])) < UNHEARD, "the caller hears the supervisor"
    await centre.presence(person, "talking")
    await boss.keyboard.up("b")
    await beside.wait_for(state="hidden")
    await page.keyboard.press("F8")  # what goes on is a call like any other
    await page.locator('[data-phone-does="hold"][aria-pressed="true"]').wait_for()
    await page.keyboard.press("F8")  # at once: the line is still changing, and nobody stays on hold
    await page.locator('[data-phone-does="hold"][aria-pressed="false"]').wait_for()
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)

    await boss.keyboard.press("m")
    await bar.get_by_text("Anda ikut bicara").wait_for()
    await beside.get_by_text("Pengawas ikut bicara").wait_for()
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    speaking = Speaking(caller)
    await hears(centre, boss)
    await boss.keyboard.press("m")
    await beside.wait_for(state="hidden")
    await centre.eventually(lambda: _is(ear.loudness < UNHEARD))
    await boss.get_by_role("button", name="Berhenti mendengarkan").click()
    speaking.stop()
    caller.bye()
    async with centre.db.reading(CITY) as conn:
        heard = await trail(conn, CITY, acts=["call_listened", "call_whispered", "call_joined"])
    assert sorted(one.act for one in heard) == ["call_joined", "call_listened", "call_whispered"]
    assert [len(await centre.events(call.id, kind)) for kind in ("whispered", "joined")] == [1, 1]


async def test_a_browser_dies_and_another_desk_goes_on(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = await picked_up(page, caller)
    speaking = Speaking(caller)
    await page.locator("#what").fill("asap di pasar")
    await page.get_by_text("tersimpan").first.wait_for()
    ani, other = await office.desk("ani")
    await page.context.close()
    silent = len(ear.packets)
    await centre.eventually(lambda: _is(len(ear.packets) > silent + 25 and ear.loudness > AUDIBLE))  # a voice says to wait
    await other.locator('[data-phone][data-state="ringing"]').wait_for()
    await other.keyboard.press("F2")
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == ani)
    await other.wait_for_url(f"**/konsol/{call.report}")
    assert await other.locator("#what").input_value() == "asap di pasar"
    await hears(centre, other)
    speaking.stop()
    # It is a call like any other now.
    await other.keyboard.press("F8")
    await centre.stored(call_id, lambda c: c.state is CallState.HELD)
    held = len(ear.packets)
    await centre.eventually(lambda: _is(len(ear.packets) > held + 60 and ear.loudness > 0.001))  # the notes of a call on hold
    await other.keyboard.press("F8")
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    await other.keyboard.press("Alt+b")
    await centre.eventually(lambda: _is(ear.loudness < UNHEARD))
    await other.keyboard.press("Alt+b")
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    await other.keyboard.press("F9")
    await caller.over.wait()
    await centre.stored(call_id, lambda c: c.is_over)


async def test_leaving_the_page_in_the_middle_of_a_call_is_asked(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    caller = await centre.phone()
    await picked_up(page, caller)
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    await page.locator("#what").fill("asap di pasar")
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.evaluate("() => { setTimeout(() => location.reload(), 0); }")
    await centre.eventually(lambda: _is(bool(asked)))
    assert asked == ["beforeunload"]
    assert await page.locator('[data-phone][data-state="talking"]').is_visible()


async def test_a_citizen_who_refuses_the_microphone_is_told_what_else_there_is(office: Office) -> None:
    citizen = await office.window(390, 800)
    await citizen.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    await citizen.goto(f"{office.url}/lapor/panggil")
    await citizen.get_by_role("button", name="Panggil 112 sekarang").click()
    await citizen.get_by_text("Mikrofon ditolak").wait_for()
    assert await citizen.get_by_role("button", name="Panggil 112 sekarang").is_visible()
    assert await citizen.locator('a[href^="tel:112"]').is_visible()


async def test_who_cannot_be_reached_stays_on_the_list_and_a_colleague_can_be_asked(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    _, other = await office.desk("ani")
    await page.keyboard.press("Alt+s")
    await page.locator('[data-phone][data-state="off"]').wait_for()
    caller = await centre.phone()
    call_id = caller.call("sip:112@112.local")
    await other.locator('[data-phone][data-state="ringing"]').wait_for(timeout=90_000)
    assert await page.locator('[data-phone-part="ringing"]').is_hidden(), "who has a break is left alone"
    await other.keyboard.press("F2")
    await caller.answered(call_id)
    await other.locator('[data-phone][data-state="talking"]').wait_for()
    await other.locator('[data-phone-does="transfer"]:enabled').wait_for()
    await other.keyboard.press("Alt+p")
    await other.locator('[data-phone-part="transfer"] [name=tujuan]').select_option(label="Sari · tidak di tempat")
    await other.get_by_role("button", name="Tanya dulu").click()
    await page.locator('[data-phone-part="ringing"]').wait_for()
    await page.keyboard.press("F2")
    await other.locator('[data-phone-says="second-state"]', has_text="bicara").wait_for()
    await other.keyboard.press("Alt+x")
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    await other.keyboard.press("F9")
    await centre.stored(call_id, lambda c: c.is_over)


@pytest.mark.parametrize("is_web", [False, True], ids=["trunk", "web"])
async def test_a_call_is_passed_on_and_the_desk_is_free(office: Office, is_web: bool) -> None:
    """The trunk does not follow REFER, and a citizen's browser may call nobody but 112: the centre moves the call itself."""
    centre = office.centre
    ani, other = await office.desk("ani")
    await other.keyboard.press("Alt+s")
    await other.locator('[data-phone][data-state="off"]').wait_for()
    _, page = await office.desk("sari")
    if is_web:
        citizen = await office.window(390, 800)
        await citizen.goto(f"{office.url}/lapor/panggil")
        await citizen.get_by_role("button", name="Panggil 112 sekarang").click()
    else:
        caller = await centre.phone()
        call_id = caller.call("sip:112@112.local")
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    await page.keyboard.press("F2")
    if not is_web:
        await caller.answered(call_id)
    await page.locator('[data-phone-says="state"]', has_text="bicara").wait_for()
    await page.locator('[data-phone-does="transfer"]:enabled').wait_for()
    await page.keyboard.press("Alt+p")
    if is_web:
        await page.locator('[data-phone-part="transfer"] [name=nomor]').fill("0401112233")
        await page.keyboard.press("Alt+i")
        await page.get_by_text("Dipindahkan ke 0401112233; Anda bebas").wait_for()
        await page.locator('[data-phone][data-state="ready"]').wait_for()
        await office.line.until(lambda m: m.method == "ACK")
        speaking = Speaking(office.line)
        await hears(centre, citizen)
        speaking.stop()
        office.line.bye()
        await citizen.get_by_text("Panggilan selesai.").wait_for()
        return
    ear = Ear(caller)
    await page.locator('[data-phone-part="transfer"] [name=tujuan]').select_option(label="Ani · tidak di tempat")
    await page.keyboard.press("Alt+i")
    await page.locator('[data-phone][data-state="ready"]').wait_for()
    await other.locator('[data-phone-part="ringing"]').wait_for()
    await other.keyboard.press("Alt+w")  # not now: it comes back to who passed it on
    await page.locator('[data-phone-says="ringing-known"]', has_text="kembali: tidak dijawab Ani").wait_for()
    await page.keyboard.press("F2")
    await page.locator('[data-phone-does="transfer"]:enabled').wait_for()
    await page.keyboard.press("Alt+p")
    await page.locator('[data-phone-part="transfer"] [name=tujuan]').select_option(label="Ani · tidak di tempat")
    await page.keyboard.press("Alt+i")  # a call that has been moved is passed on as well
    await other.locator('[data-phone-part="ringing"]').wait_for()
    await other.keyboard.press("F2")
    await centre.stored(call_id, lambda c: c.state is CallState.TALKING and c.operator == ani)
    await page.locator('[data-phone][data-state="ready"]').wait_for()
    ear.packets.clear()
    await centre.eventually(lambda: _is(ear.loudness > AUDIBLE))
    await other.keyboard.press("F9")
    await caller.over.wait()


async def hears(centre: Centre, page: Page) -> None:
    """Wait until a page hears somebody."""

    async def is_loud() -> bool:
        return await heard_in(page) > AUDIBLE

    await centre.eventually(is_loud)


async def _is(value: bool) -> bool:
    return value
