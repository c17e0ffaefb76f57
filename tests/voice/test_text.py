"""Text within a call: a caller who cannot speak types, is read, and reads the answer, also while the decider is killed."""

import contextlib
import re
from datetime import UTC, datetime
from uuid import UUID

from tanggap.incident.model import Actor
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scenes
from tanggap.telephony.model import CallState
from tanggap.telephony.texting import service
from tanggap.telephony.texting.letters import Side, words_of
from tanggap.telephony.texting.rtp import LOST

from .conftest import CITY, Centre, Opens, text_ports
from .phone import Phone
from .typist import Typist, offer


async def written(centre: Centre, scenes: Scenes, call: UUID, side: Side) -> str:
    """What stands in the database of one side."""
    scene = await scenes.get()
    async with centre.db.reading(CITY) as conn:
        return words_of(await service.conversation(conn, scene, call), side)


async def answers(centre: Centre, scenes: Scenes, call: UUID, by: UUID, said: str) -> None:
    """A call taker types, as their page does."""
    async with centre.db.transaction(CITY) as tx:
        await service.write(tx, await scenes.get(), call, new_id(), said, Actor("Sari", by), datetime.now(UTC))


async def kinds(centre: Centre, report: UUID) -> list[Kind]:
    async with centre.db.reading(CITY) as conn:
        return [entry.kind for entry in await timelines.of_report(conn, CITY, report)]


async def test_who_cannot_speak_types_and_reads_also_while_the_decider_dies(opens: Opens) -> None:
    ports = text_ports()
    centre = await opens(**ports)
    person, phone = await centre.desk("sari")
    scenes = Scenes(centre.db, centre.settings, Keyring.load(centre.settings.secret_file))
    caller, typist = await centre.phone(), await Typist().open()
    with contextlib.closing(typist):
        call_id = caller.call("sip:112@112.local", body=offer(caller, typist))
        answer = await caller.answered(call_id)
        assert [line.split()[0] for line in re.findall(r"m=.*", answer.body)] == ["m=audio", "m=text"]
        assert ports["text_first"] <= typist.hears(answer.body) <= ports["text_last"]
        assert "m=text" not in phone.rang[0].body
        call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)

        async def reads(wanted: str) -> bool:
            return wanted in await written(centre, scenes, call.id, Side.CALLER)

        typist.loses = 2  # as many as are said again
        await typist.type("tolong ada malinh\bg di rumah")
        await centre.eventually(lambda: reads("tolong ada maling di rumah"))
        await answers(centre, scenes, call.id, person, "Kami mengerti. Petugas dikirim.\n")
        await centre.eventually(lambda: _is("Petugas dikirim." in typist.reads))

        await hold_and_back(phone, caller, call_id)
        centre.kill("decider")
        typist.loses = 4  # typed while nobody listens
        await typist.type(" lagi")
        await typist.type(" dan")
        centre.start("decider")
        await centre.eventually(lambda: _is("a call's text goes on" in centre.log("decider")))
        await typist.type(" dia masih di dalam")
        await centre.eventually(lambda: reads(f"{LOST} dia masih di dalam"))
        await answers(centre, scenes, call.id, person, "Tetap diam.\n")
        await centre.eventually(lambda: _is("Tetap diam." in typist.reads))
    caller.bye()
    await centre.eventually(lambda: _closed(centre, call.report))
    assert (await kinds(centre, call.report)).count(Kind.CALL_TEXT) == 1
    await scenes.close()


async def hold_and_back(phone: Phone, caller: Phone, call_id: str) -> None:
    """The desk holds the call: what it describes anew to the caller has as many lines as before (RFC 3264, 8)."""
    phone.reinvite("sendonly")
    asked = await caller.until(lambda m: m.method == "INVITE" and m.get("Call-ID") == call_id)
    assert re.findall(r"m=(\w+) [1-9]", asked.body) == ["audio", "text"]


async def _closed(centre: Centre, report: UUID) -> bool:
    return Kind.CALL_TEXT_KEPT in await kinds(centre, report)


async def _is(value: bool) -> bool:
    return value
