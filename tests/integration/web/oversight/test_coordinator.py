"""The coordinator's figures say exactly what happened, and their CSV runs nothing in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from tanggap import flow
from tanggap.evaluation import service as evaluation
from tanggap.evaluation.model import month, named
from tanggap.evaluation.remembered import RememberedFigures
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Disposition
from tanggap.intake.model import Channel
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.ids import new_id
from tanggap.web.coordinator.csv import harmless, lines_of
from tests.caller_number import tells_number
from tests.integration.web.oversight.conftest import AT_DESK, CITY, TREE, Browser, SignIn, Told

WITA = ZoneInfo("Asia/Makassar")
BPBD = Actor("BPBD", new_id(), "bpbd")


@pytest.fixture
async def coordinator(signed_in: SignIn) -> Browser:
    return await signed_in(Role.COORDINATOR)


async def a_small_month(told: Told) -> None:
    """Five reports: two tests, one silent, two incidents, one of them finished and confirmed with four stars, one rejected."""
    for disposition in (Disposition.TEST, Disposition.TEST, Disposition.SILENT):
        report = await told.report()
        async with told.house.db.transaction(CITY) as tx:
            await flow.dispose(tx, told.scene, report.id, disposition, AT_DESK, utcnow())
    report, finished = await told.incident(["bpbd"])
    _, rejected = await told.incident(["bpbd"], "waste_pile")
    (first,) = (await told.now(finished.id))[1]
    (second,) = (await told.now(rejected.id))[1]
    async with told.house.db.transaction(CITY) as tx:
        await flow.acknowledge(tx, told.scene, first.id, BPBD, utcnow())
        await flow.progress(tx, told.scene, first.id, AssignmentState.DONE, "sudah", BPBD, utcnow())
        await flow.confirm(tx, told.scene, await rows.report(tx, CITY, report.id), 4, "", utcnow())
        await flow.reject(tx, told.scene, second.id, "bukan kami", BPBD, utcnow())


async def test_the_figures_of_a_small_month(told: Told) -> None:
    await a_small_month(told)
    async with told.house.db.reading(CITY) as conn:
        figures = await evaluation.figures(conn, CITY, month(utcnow(), WITA), "Asia/Makassar")
    assert (figures.reports, figures.calls) == (5, 5)
    assert figures.by_disposition == {"test": 2, "genuine": 2, "silent": 1}
    assert sum(figures.by_hour) == 5
    assert {name: sum(hours) for name, hours in figures.by_hour_disposition.items()} == figures.by_disposition
    funnel = figures.funnel
    assert (funnel.received, funnel.verified, funnel.incidents) == (5, 5, 2)
    assert (funnel.handed_over, funnel.acknowledged, funnel.resolved, funnel.confirmed) == (2, 1, 1, 1)
    assert figures.by_category == {"fallen_tree": 1, "waste_pile": 1}
    bpbd = next(one for one in figures.agencies if one.agency == "bpbd")
    assert (bpbd.asked, bpbd.done, bpbd.rejected, bpbd.within_target) == (2, 1, 1, 1)
    assert (figures.stars_mean, figures.stars_count, figures.by_stars) == (4.0, 1, [0, 0, 0, 1, 0])


async def test_remembered_figures_are_those_of_now(told: Told) -> None:
    remembered = RememberedFigures(told.house.db, CITY, "Asia/Makassar")
    period = month(utcnow(), WITA)
    assert (await remembered.of(period, utcnow())).reports == 0
    await told.report()
    first = await remembered.of(period, utcnow())
    assert first.reports == 1
    with told.house.db.count_statements() as count:
        assert await remembered.of(period, utcnow()) is first
    assert count.total == 1
    await told.report()
    assert (await remembered.of(period, utcnow())).reports == 2


async def test_the_page_shows_them_with_a_table_beside_each_chart(coordinator: Browser, told: Told) -> None:
    await a_small_month(told)
    page = (await coordinator.get("/koordinator")).text
    for words in (
        "CEPAT",
        "TEPAT",
        "TUNTAS",
        "uji coba",
        "Pohon tumbang",
        "BPBD",
        "Selesai, menunggu pelapor",
        "dibenarkan pelapor",
    ):
        assert words in page
    assert page.count("<svg") > 10
    assert "style=" not in page
    assert (await coordinator.get("/koordinator?periode=today")).status_code == 200


async def test_a_month_without_reports_says_so(coordinator: Browser) -> None:
    assert "Belum ada laporan dalam masa ini" in (await coordinator.get("/koordinator?periode=2025-01")).text
    for odd in ("2999-01", "0000-00", "abc", "2025-13", "' or 1=1"):
        assert (await coordinator.client.get("/koordinator", params={"periode": odd})).status_code == 200


def test_periods_are_named_by_their_month() -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert named("2026-02", now, WITA).start == datetime(2026, 2, 1, tzinfo=WITA)
    assert named("today", now, WITA).end == datetime(2026, 11, 25, tzinfo=WITA)
    assert named("2026-12", now, WITA).name == named(None, now, WITA).name == "2026-11"


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.COORDINATOR, Role.SUPERVISOR)])
async def test_figures_are_for_coordinator_and_supervisor(signed_in: SignIn, role: Role) -> None:
    browser = await signed_in(role, "bpbd" if role in (Role.AGENCY, Role.FIELD) else None)
    for path in ("/koordinator", "/koordinator/kejadian.csv", "/koordinator/angka.csv", "/koordinator/ukuran.csv"):
        assert (await browser.get(path)).status_code == 403


async def test_the_supervisor_reads_them_too(signed_in: SignIn) -> None:
    assert (await (await signed_in(Role.SUPERVISOR)).get("/koordinator")).status_code == 200


def rows_of(answer: httpx.Response) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


async def test_incidents_as_csv(coordinator: Browser, told: Told) -> None:
    formula = '=HYPERLINK("http://jahat","klik")'
    evil = msgspec.structs.replace(TREE, address_words=formula, location=None)
    for contact in (evil, msgspec.structs.replace(TREE, channel=Channel.WEB)):
        report = await told.report(contact)
        async with told.house.db.transaction(CITY) as tx:
            await flow.describe(tx, told.scene, report.id, flow.Changes({"category": "fallen_tree"}), AT_DESK, utcnow())
            await flow.hand_over(tx, told.scene, report.id, ["bpbd", "pln"], AT_DESK, utcnow())
    answer = await coordinator.get("/koordinator/kejadian.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    heading, first, second = rows_of(answer)
    assert heading[:4] == ["Nomor", "Dibuka", "Keadaan", "Kategori"]
    assert first[0] == "KDI-0001"
    assert first[6] == f"'{formula}"
    assert second[7:9] == ["-4,02", "122,5"]
    assert second[10] == "BPBD, PLN"
    assert not tells_number(answer.text)
    assert len(rows_of(await coordinator.get("/koordinator/kejadian.csv?periode=2025-01"))) == 1


async def test_figures_as_csv(coordinator: Browser, told: Told) -> None:
    await a_small_month(told)
    table = {(row[0], row[1]): row[2] for row in rows_of(await coordinator.get("/koordinator/angka.csv"))}
    assert table["Laporan masuk", ""] == "5"
    assert table["Laporan menurut hasil verifikasi", "uji coba"] == "2"
    assert table["Penugasan: Ditolak", "BPBD"] == "1"
    measured = {row[0]: row for row in rows_of(await coordinator.get("/koordinator/ukuran.csv"))}
    assert measured["Nilai warga"][8] == "4"


@pytest.mark.parametrize("said", ["=1+1", "+62813", "-1", "@SUM(A1)", "\t=1", "  =1", "\u200b=1", "＝1", "\r=1", "|cmd"])
def test_no_cell_begins_as_a_formula_does(said: str) -> None:
    assert harmless(said) == f"'{said}"


def test_ordinary_cells_stay_as_they_are() -> None:
    assert [harmless(said) for said in ("pohon", "Jl. Sao-Sao", "", "5 = lima")] == ["pohon", "Jl. Sao-Sao", "", "5 = lima"]
    at = datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)
    line = lines_of([["a;b", 'kutip "dua"', -3.994, 7, None, at]], WITA)
    assert line == '"a;b";"kutip ""dua""";-3,994;7;;2026-11-24 11:04:05\r\n'


async def test_overdue_incidents_are_listed_with_words(coordinator: Browser, told: Told) -> None:
    await told.incident(["bpbd"])
    async with told.house.db.transaction(CITY) as tx:
        due, opened = utcnow() - timedelta(hours=1), utcnow() - timedelta(hours=3)
        await tx.execute("UPDATE incident SET due_at = $2, opened_at = $3 WHERE city = $1", CITY, due, opened)
    page = (await coordinator.get("/koordinator")).text
    assert "lewat" in page
    assert "KDI-0001" in page


async def test_the_wall_shows_no_person(signed_in: SignIn, told: Told) -> None:
    await told.report()
    await told.incident(["bpbd"])
    for role in (Role.COORDINATOR, Role.SUPERVISOR, Role.CALL_TAKER):
        browser = await signed_in(role)
        for path in ("/dinding", "/dinding/langsung"):
            page = await browser.get(path)
            assert page.status_code == 200
            assert "BPBD" in page.text
            for private in ("0813", "pohon besar", "pasar baruga", role.value.title()):
                assert private not in page.text
    assert (await (await signed_in(Role.AGENCY, "bpbd")).get("/dinding")).status_code == 403
