"""The monthly report over a real database: the same numbers everywhere, and what was open when the month ended."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from click.testing import CliRunner, Result

from tanggap.commands.report import command
from tanggap.evaluation import service as evaluation
from tanggap.evaluation.monthly import store
from tanggap.evaluation.monthly.model import reported_month
from tanggap.evaluation.monthly.service import gather
from tanggap.incident import service as incidents
from tanggap.incident.model import SYSTEM
from tanggap.incident.timeline.model import Kind
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn, Told
from tests.integration.web.oversight.test_coordinator import a_small_month

WITA = ZoneInfo("Asia/Makassar")
THIS_MONTH = f"{utcnow().astimezone(WITA):%Y-%m}"


@pytest.fixture
async def coordinator(signed_in: SignIn) -> Browser:
    return await signed_in(Role.COORDINATOR)


async def age(told: Told, incident: UUID, **columns: Any) -> None:
    """Say when an incident was opened and so on, as if it had been long ago."""
    named = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 3))
    async with told.house.db.transaction(CITY) as tx:
        await tx.execute(f"UPDATE incident SET {named} WHERE city = $1 AND id = $2", CITY, incident, *columns.values())


async def test_page_files_and_service_say_the_same_numbers(coordinator: Browser, told: Told) -> None:
    await a_small_month(told)
    page = (await coordinator.get(f"/koordinator/laporan/{THIS_MONTH}")).text
    told_json = (await coordinator.get(f"/koordinator/laporan/{THIS_MONTH}/json")).json()
    ministry = (await coordinator.get(f"/koordinator/laporan/{THIS_MONTH}/kementerian.json")).json()
    table = (await coordinator.get(f"/koordinator/laporan/{THIS_MONTH}/csv")).text
    async with told.house.db.reading(CITY) as conn:
        period = reported_month(THIS_MONTH, utcnow(), WITA)
        figures = await evaluation.figures(conn, CITY, period, "Asia/Makassar")
        month = await gather(conn, told.scene.catalogue, period, utcnow())
        performance = await evaluation.performance(conn, told.scene.catalogue, period, now=month.counted_at)
    assert month.figures == figures
    assert month.found == performance
    for code, measure in performance.all.measures.items():
        assert told_json["performance"][code] == json.loads(msgspec.json.encode(measure)), code
        assert ministry["figures"][code] == {
            "n": measure.n, "met": measure.met, "p50": measure.p50, "p90": measure.p90, "mean": measure.mean,
        }, code  # fmt: skip
    assert (performance.all.measures["finished"].met, performance.all.measures["finished"].n) == (1, 2)
    assert ">50 %</td>" in page.partition("CEPAT · TEPAT · TUNTAS")[2]
    assert told_json["figures"]["by_disposition"] == figures.by_disposition == {"test": 2, "genuine": 2, "silent": 1}
    assert told_json["figures"]["funnel"]["resolved"] == figures.funnel.resolved == ministry["resolved"] == 1
    assert (ministry["calls"], ministry["incidents"], ministry["open_at_end_of_month"]) == (5, 2, 1)
    assert "Laporan menurut hasil verifikasi;uji coba;2;0" in table
    assert "Dari 5 laporan, 2 (40 %) nyata; 3 (60 %) uji coba, iseng, tanpa suara, terputus, atau salah sambung." in page
    assert "Satu kejadian sekarang terbuka" in page
    for private in ("0813", "pasar baruga", "pohon besar tumbang"):
        for said in (page, table, json.dumps(told_json), json.dumps(ministry)):
            assert private not in said


async def test_what_was_open_when_the_month_ended(told: Told) -> None:
    end = datetime(2026, 2, 1, tzinfo=WITA)
    before, after = end - timedelta(days=5), end + timedelta(days=5)
    still, later, sooner, again, young = [(await told.incident(["bpbd"]))[1] for _ in range(5)]
    for one in (still, later, sooner, again):
        await age(told, one.id, opened_at=before, assigned_at=before)
    await age(told, young.id, opened_at=after)
    await age(told, later.id, resolved_at=after, state="resolved")
    await age(told, sooner.id, resolved_at=before + timedelta(days=1), state="resolved")
    await age(told, again.id, reopened=1)
    async with told.house.db.transaction(CITY) as tx:
        for kind, at in ((Kind.RESOLVED, before + timedelta(days=1)), (Kind.REOPENED, after)):
            await incidents.record(tx, CITY, kind, SYSTEM, at, incident=again.id)
        found = await store.unfinished_at(tx, CITY, end, 10)
        counted = await store.unfinished_count(tx, CITY, end)
        afterwards = {one.number for one in await store.unfinished_at(tx, CITY, after + timedelta(days=1), 10)}
    assert {one.number for one in found} == {still.number, later.number}
    assert counted == 2
    assert afterwards == {still.number, again.number, young.number}
    first = next(one for one in found if one.number == later.number)
    assert (first.state.value, first.finished_at) == ("assigned", after)


async def test_a_month_is_chosen_and_downloaded(coordinator: Browser, signed_in: SignIn) -> None:
    last = f"{(utcnow().astimezone(WITA).replace(day=1) - timedelta(days=1)):%Y-%m}"
    answer = await coordinator.get("/koordinator/laporan")
    assert answer.headers["location"] == f"/koordinator/laporan/{last}"
    assert (await coordinator.get("/koordinator/laporan?bulan=2025-06")).headers["location"].endswith("/2025-06")
    supervisor = await signed_in(Role.SUPERVISOR)
    for form, kind in (("pdf", "application/pdf"), ("html", "text/html"), ("kementerian.csv", "text/csv")):
        answer = await supervisor.get(f"/koordinator/laporan/{last}/{form}")
        assert answer.headers["content-type"].startswith(kind)
        assert f"kendari-laporan-{last}" in answer.headers["content-disposition"]
    assert "Tidak ada panggilan, laporan, atau kejadian" in (await coordinator.get(f"/koordinator/laporan/{last}")).text
    for wrong in ("2999-01", "2026-13", "x", f"{last}/exe", f"{last}/kementerian.xml"):
        assert (await coordinator.get(f"/koordinator/laporan/{wrong}")).status_code == 404
    taker = await signed_in(Role.CALL_TAKER)
    assert (await taker.get(f"/koordinator/laporan/{last}/pdf")).status_code == 403


async def test_the_command_writes_what_is_asked_for(told: Told, dsn: str, tmp_path: Path) -> None:
    await a_small_month(told)
    environment = {"TANGGAP_HOME": str(tmp_path / "home"), "TANGGAP_DATABASE_URL": dsn}

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(command, arguments, env=environment))

    pdf, table, ministry = tmp_path / "r.pdf", tmp_path / "r.csv", tmp_path / "m.json"
    done = await run("--month", THIS_MONTH, "--pdf", str(pdf), "--csv", str(table), "--ministry", str(ministry))
    assert done.exit_code == 0, done.output
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert "Laporan masuk;;5;0" in table.read_text("utf-8-sig")
    assert json.loads(ministry.read_text())["reports"] == 5
    said = await run("--month", THIS_MONTH)
    assert "- Dari 5 laporan, 2 (40 %) nyata" in said.output
    assert "no month like 2026-01" in (await run("--month", "2026-13")).output
    assert "must end in .csv or .json" in (await run("--month", THIS_MONTH, "--ministry", "x.xml")).output
    assert "No such file" in (await run("--month", THIS_MONTH, "--pdf", str(tmp_path / "none" / "r.pdf"))).output
