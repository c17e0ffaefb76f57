"""One report from the first word to the last, on a real database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from tanggap import casework, flow, oversight
from tanggap.evaluation import service as evaluation
from tanggap.evaluation.model import month
from tanggap.feedback import service as feedback
from tanggap.feedback.model import Progress
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Disposition, Incident, IncidentState, Location, Report, ReportState
from tanggap.incident.refusals import Incomplete, NotYours, WrongState
from tanggap.incident.timeline import store as timelines
from tanggap.intake import store as intake_rows
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.platform.database import Database
from tanggap.routing.model import Attention
from tanggap.scene import Scene

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TREE = Contact(
    Channel.WEB, words="pohon tumbang menutup jalan", address_words="dkt pasar wua2", number="0813-4455-6642",
    location=Location(-3.994, 122.49, 30.0, "device"),
)  # fmt: skip


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


async def received(db: Database, scene: Scene, contact: Contact = TREE, minutes: float = 0) -> Report:
    async with db.reading(scene.city) as conn:
        told = await flow.receive(conn, scene, contact, at(minutes))
        return await rows.report(conn, scene.city, told.report)


async def handed_over(db: Database, scene: Scene, by: Actor, agencies: list[str] | None = None) -> tuple[Report, Incident]:
    report = await received(db, scene)
    async with db.transaction(scene.city) as tx:
        await flow.claim(tx, scene, report.id, by, at(1))
        await flow.describe(tx, scene, report.id, Changes({"category": "fallen_tree"}), by, at(2))
        incident = await flow.hand_over(tx, scene, report.id, agencies, by, at(3))
    return report, incident


async def test_the_story_of_a_fallen_tree(db: Database, scene: Scene, call_taker: Actor, bpbd: Actor, dlhk: Actor) -> None:
    report, incident = await handed_over(db, scene, call_taker)
    city = scene.city
    assert incident.state is IncidentState.ASSIGNED
    assert incident.number == 1
    assert incident.area == "74.71.07.1001"

    async with db.transaction(city) as tx:
        second = await flow.receive(tx, scene, Contact(Channel.CALL, words="ada pohon roboh di wua wua"), at(4))
        await flow.claim(tx, scene, second.report, call_taker, at(4))
        incident = await flow.join(tx, scene, second.report, incident.id, call_taker, at(5))
        assert incident.report_count == 2
        asked = {o.agency: o for o in await rows.assignments_of(tx, city, incident.id)}
        assert {agency: o.role for agency, o in asked.items()} == {"bpbd": "lead", "dlhk": "support", "pln": "support"}

        _, following = await flow.reject(tx, scene, asked["bpbd"].id, "bukan bencana", bpbd, at(6))
        assert following == "dlhk"
        asked = {o.agency: o for o in await rows.assignments_of(tx, city, incident.id)}
        assert asked["dlhk"].role == "lead"

        await flow.acknowledge(tx, scene, asked["dlhk"].id, dlhk, at(7))
        for minute, state in ((8, AssignmentState.EN_ROUTE), (20, AssignmentState.ON_SCENE), (60, AssignmentState.DONE)):
            await flow.progress(tx, scene, asked["dlhk"].id, state, "jalan bersih", dlhk, at(minute))
        incident = await rows.incident(tx, city, incident.id)
        assert incident.state is IncidentState.RESOLVED
        view = await feedback.citizen_view(tx, city, await rows.report(tx, city, report.id))
        assert (view.progress, view.agencies, view.result) == (Progress.RESOLVED, ("dlhk",), "jalan bersih")

        told = await rows.report(tx, city, report.id)
        incident = await flow.not_done(tx, scene, told, "masih ada batang", at(70))
        assert (incident.state, incident.reopened) == (IncidentState.ASSIGNED, 1)
        again = [o for o in await rows.assignments_of(tx, city, incident.id) if o.is_live]
        assert [o.agency for o in again] == ["dlhk"]
        await flow.acknowledge(tx, scene, again[0].id, dlhk, at(71))
        await flow.progress(tx, scene, again[0].id, AssignmentState.DONE, "sudah semua", dlhk, at(90))
        await flow.confirm(tx, scene, told, 5, "terima kasih", at(95))

    async with db.reading(city) as conn:
        assert (await rows.incident(conn, city, incident.id)).state is IncidentState.CLOSED
        kinds = [entry.kind.value for entry in await timelines.of_incident(conn, city, incident.id)]
        assert kinds == [
            "opened", "sent", "sent", "sent", "disposed", "disposed", "joined", "rejected", "sent", "acknowledged", "en_route",
            "on_scene", "done", "withdrawn", "resolved", "not_done", "reopened", "sent", "acknowledged", "done", "resolved",
            "confirmed",
        ]  # fmt: skip
        assert await timelines.broken_chains(conn, city) == []
        counted = await evaluation.figures(conn, city, month(NOW, _zone(scene)), scene.catalogue.city.timezone)
        assert counted.by_disposition == {"genuine": 1, "duplicate": 1}
        assert (counted.incidents, counted.by_state, counted.reopened) == (1, {"closed": 1}, 1)
        by_agency = {figures.agency: figures for figures in counted.agencies}
        assert (by_agency["bpbd"].rejected, by_agency["dlhk"].done, by_agency["pln"].withdrawn) == (1, 2, 1)


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.catalogue.city.timezone)


async def test_a_report_is_one_statement_and_a_repeat_is_the_same_report(db: Database, scene: Scene) -> None:
    contact = Contact(Channel.API, words="x", external_id="abc")
    async with db.reading(scene.city) as conn:
        with db.count_statements() as count:
            first = await flow.receive(conn, scene, contact, NOW)
        assert count.total == 1
        again = await flow.receive(conn, scene, contact, NOW)
        assert (again.report, again.token, again.is_repeat) == (first.report, first.token, True)
        report = await rows.report(conn, scene.city, first.report)
        assert report.flags == ("no_place", "no_category", "no_number")
        assert len(await timelines.of_report(conn, scene.city, first.report)) == 1


async def test_what_is_said_is_stored_whatever_it_is(db: Database, scene: Scene) -> None:
    nasty = "a\x00b '; drop table report; -- <script>\u202e😀" + "x" * 9000
    report = await received(db, scene, Contact(Channel.WEB, words=nasty, number="abc12", category="no_such"))
    assert report.words.startswith("a␀b '; drop table report; -- <script>\ufffd😀")
    assert len(report.words) == 8000
    assert report.category is None
    assert {"overlong", "control_characters", "odd_number", "unknown_category"} <= set(report.flags)
    async with db.reading(scene.city) as conn:
        entry = (await timelines.of_report(conn, scene.city, report.id))[0]
        assert len(entry.body["words"]) > 9000


async def test_a_number_is_sealed_and_its_caller_is_found_again(db: Database, scene: Scene) -> None:
    first = await received(db, scene)
    second = await received(db, scene, Contact(Channel.CALL, number="+62 813 4455 6642"))
    assert first.caller == second.caller
    async with db.reading(scene.city) as conn:
        caller, sealed = await rows.caller(conn, scene.city, first.caller)  # type: ignore[arg-type]
        assert caller.masked == "0813…42"
        assert b"4455" not in sealed
        assert scene.keyring.decrypt("caller", sealed) == "6281344556642"
        assert len(await intake_rows.caller_history(conn, scene.city, caller.id)) == 2


async def test_two_call_takers_on_one_report(db: Database, scene: Scene, call_taker: Actor, other_taker: Actor) -> None:
    report = await received(db, scene)
    async with db.transaction(scene.city) as tx:
        await flow.claim(tx, scene, report.id, call_taker, at(1))
    with pytest.raises(WrongState):
        async with db.transaction(scene.city) as tx:
            await flow.claim(tx, scene, report.id, other_taker, at(1))
    async with db.transaction(scene.city) as tx:
        change = Changes({"words": "pohon besar"}, {"words": TREE.words})
        assert (await flow.describe(tx, scene, report.id, change, call_taker, at(2))).conflicts == ()
        assert (await flow.describe(tx, scene, report.id, change, call_taker, at(2))).conflicts == ()
        late = Changes({"words": "pohon kecil", "category": "fallen_tree"}, {"words": TREE.words})
        described = await flow.describe(tx, scene, report.id, late, other_taker, at(3))
        assert described.conflicts == ("words",)
        assert (described.report.words, described.report.category) == ("pohon besar", "fallen_tree")
        kept = [e.body for e in await timelines.of_report(tx, scene.city, report.id) if e.body.get("conflict")]
        assert kept == [{"conflict": True, "kept": {"words": "pohon kecil"}}]


async def test_a_test_call_ends_with_one_act_and_can_be_taken_back(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await received(db, scene)
    async with db.transaction(scene.city) as tx:
        ended = await flow.dispose(tx, scene, report.id, Disposition.TEST, call_taker, at(1))
        assert (ended.state, ended.disposition) == (ReportState.CLOSED, Disposition.TEST)
        await flow.dispose(tx, scene, report.id, Disposition.TEST, call_taker, at(1))
        with pytest.raises(WrongState):
            await flow.dispose(tx, scene, report.id, Disposition.PRANK, call_taker, at(1))
        back = await flow.undo_disposition(tx, scene, report.id, call_taker, at(2))
        assert (back.state, back.disposition, back.claimed_by) == (ReportState.ACTIVE, None, call_taker.id)


async def test_a_p1_goes_out_with_category_and_words_for_the_place(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await received(db, scene, Contact(Channel.CALL, words="kabel putus"))
    async with db.transaction(scene.city) as tx:
        await flow.claim(tx, scene, report.id, call_taker, at(1))
        with pytest.raises(Incomplete):
            await flow.hand_over(tx, scene, report.id, None, call_taker, at(1))
        changes = Changes({"category": "broken_power_line", "address_words": "dpn lippo"})
        await flow.describe(tx, scene, report.id, changes, call_taker, at(1))
        incident = await flow.hand_over(tx, scene, report.id, None, call_taker, at(1))
        still = await rows.report(tx, scene.city, report.id)
        assert (incident.priority, still.state, still.disposition) == ("P1", ReportState.ACTIVE, None)
        await flow.describe(tx, scene, report.id, Changes({"lat": -3.994, "lon": 122.49}), call_taker, at(2))
        assert (await rows.incident(tx, scene.city, incident.id)).area == "74.71.07.1001"
        await flow.dispose(tx, scene, report.id, Disposition.PRANK, call_taker, at(3))
        assert (await rows.incident(tx, scene.city, incident.id)).state is IncidentState.CLOSED
        states = {o.state for o in await rows.assignments_of(tx, scene.city, incident.id)}
        assert states == {AssignmentState.WITHDRAWN}


async def test_nobody_left_to_ask_or_nobody_answering_goes_to_the_supervisor(
    db: Database, scene: Scene, call_taker: Actor, bpbd: Actor, dlhk: Actor
) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    async with db.transaction(scene.city) as tx:
        asked = (await rows.assignments_of(tx, scene.city, incident.id))[0]
        with pytest.raises(NotYours):
            await flow.acknowledge(tx, scene, asked.id, dlhk, at(4))
        await flow.reject(tx, scene, asked.id, "bukan kami", bpbd, at(4))
        to_dlhk = (await rows.assignments_of(tx, scene.city, incident.id))[1]
        assert await flow.fire_timers(tx, scene, at(4)) == 0
        assert await flow.fire_timers(tx, scene, at(60)) == 1
        found = await rows.incident(tx, scene.city, incident.id)
        assert (found.state, found.attention) == (IncidentState.OPEN, Attention.UNANSWERED)
        await flow.acknowledge(tx, scene, to_dlhk.id, dlhk, at(61))
        found = await rows.incident(tx, scene.city, incident.id)
        assert (found.state, found.attention) == (IncidentState.ASSIGNED, None)
        await flow.reject(tx, scene, to_dlhk.id, "kami juga bukan", dlhk, at(62))
        found = await rows.incident(tx, scene.city, incident.id)
        assert (found.state, found.attention) == (IncidentState.OPEN, Attention.ALL_REJECTED)


async def test_the_supervisor_merges_splits_reassigns_and_reopens(
    db: Database, scene: Scene, call_taker: Actor, bpbd: Actor
) -> None:
    _, first = await handed_over(db, scene, call_taker, ["bpbd"])
    report, second = await handed_over(db, scene, call_taker, ["pln"])
    async with db.transaction(scene.city) as tx:
        merged = await oversight.merge(tx, scene, second.id, first.id, call_taker, at(5))
        assert merged.report_count == 2
        gone = await rows.incident(tx, scene.city, second.id)
        assert (gone.state, gone.merged_into, gone.report_count) == (IncidentState.CLOSED, first.id, 0)
        live = {o.agency: o.role for o in await rows.assignments_of(tx, scene.city, first.id) if o.is_live}
        assert live == {"bpbd": "lead", "pln": "support"}
        parted = await oversight.split(tx, scene, report.id, call_taker, at(6))
        assert (parted.attention, parted.number) == (Attention.NOT_SENT, 3)
        assert (await rows.incident(tx, scene.city, first.id)).report_count == 1
        lead = next(o for o in await rows.assignments_of(tx, scene.city, first.id) if o.agency == "bpbd")
        await oversight.reassign(tx, scene, lead.id, "dlhk", "lebih dekat", call_taker, at(7))
        live = {o.agency: o.role for o in await rows.assignments_of(tx, scene.city, first.id) if o.is_live}
        assert live == {"dlhk": "lead", "pln": "support"}
        await casework.close(tx, scene, first.id, "selesai lewat telepon", call_taker, at(8))
        opened = await oversight.reopen(tx, scene, first.id, "ternyata belum", call_taker, at(9))
        assert (opened.state, opened.attention) == (IncidentState.OPEN, Attention.REOPENED)


async def test_the_timeline_cannot_be_changed_by_anyone(db: Database, dsn: str, scene: Scene, call_taker: Actor) -> None:
    await handed_over(db, scene, call_taker)
    owner = await asyncpg.connect(dsn)
    try:
        for sql in ("UPDATE timeline SET kind = 'x'", "DELETE FROM timeline", "TRUNCATE timeline"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(sql)
    finally:
        await owner.close()
    async with db.reading(scene.city) as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("DELETE FROM timeline")


async def test_another_city_sees_nothing(db: Database, scene: Scene) -> None:
    report = await received(db, scene)
    async with db.reading("elsewhere") as conn:
        assert await conn.fetchval("SELECT count(*) FROM report WHERE id = $1", report.id) == 0


async def test_a_silent_citizen_consents_after_three_days(db: Database, scene: Scene, call_taker: Actor, bpbd: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    async with db.transaction(scene.city) as tx:
        asked = (await rows.assignments_of(tx, scene.city, incident.id))[0]
        await flow.acknowledge(tx, scene, asked.id, bpbd, at(4))
        await flow.progress(tx, scene, asked.id, AssignmentState.DONE, "", bpbd, at(5))
        assert await flow.close_silent(tx, scene, at(60)) == 0
        assert await flow.close_silent(tx, scene, NOW + timedelta(days=4)) == 1
        assert (await rows.incident(tx, scene.city, incident.id)).state is IncidentState.CLOSED
