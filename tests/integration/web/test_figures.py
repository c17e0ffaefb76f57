"""The same figure on the page, in the file and from the API; and what anybody may read of it."""

import csv
import io
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from litestar import Litestar

from tanggap.evaluation.facts import keeping
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.web.house import House
from tests.integration.conftest import CITY, Bearer
from tests.integration.evaluation.conftest import Written
from tests.integration.web.visitors import browser


async def rows_of_a_month(db: Database, start: Any) -> None:
    """Twelve answered calls, one of them late; twelve incidents, one of them elsewhere; two assignments unanswered."""
    async with db.transaction(CITY) as tx:
        written = Written(tx)
        for n in range(12):
            when = start + timedelta(days=n % 3, hours=n)
            done, due = when + timedelta(hours=2), when + timedelta(hours=3)
            area = "74.71.08.1001" if n else "74.71.01.1001"
            incident = await written.incident(when, area=area, category="fallen_tree", resolved_at=done, due_at=due)
            report = await written.report(when, incident=incident, disposition="genuine")
            await written.call(when, report, answered_at=when + timedelta(seconds=90 if n == 3 else 7), outcome="answered",
                               ended_at=when + timedelta(minutes=2))  # fmt: skip
            sent = when + timedelta(seconds=47)
            state = (
                {"state": "expired", "ended_at": sent}
                if n < 2
                else {"state": "done", "acknowledged_at": sent + timedelta(seconds=30)}
            )
            await written.assignment(incident, "bpbd" if n % 2 else "dlhk", sent, **state)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


async def test_page_file_and_api_say_the_same_number_from_views_and_from_kept_days(
    app: Litestar, api: httpx.AsyncClient, house: House, bearer: Bearer
) -> None:
    zone = (await house.scene()).catalogue.city.timezone
    await rows_of_a_month(house.db, utcnow() - timedelta(days=5))
    token, coordinator = await bearer(Role.COORDINATOR), await browser(app, Role.COORDINATOR)
    first, last = (utcnow() - timedelta(days=6)).date(), utcnow().date()
    for is_kept in (False, True):
        if is_kept:
            async with house.db.transaction(CITY) as tx:
                await keeping.keep_days(tx, CITY, ZoneInfo(zone), utcnow() + timedelta(days=3))
        told = (await api.get(f"/api/figures?from={first}&to={last}&by=agency", headers=token)).json()
        answer = told["all"]["figures"]["answer"]
        assert (answer["n"], answer["p50"], answer["p90"]) == (12, 7, 7)
        assert (answer["levels"][0]["met"], answer["levels"][0]["n"]) == (11, 12)
        assert told["all"]["figures"]["acknowledged_in_time"]["share"] == pytest.approx(10 / 12)
        by_agency = {one["name"]: one["figures"]["acknowledged_in_time"] for one in told["groups"]}
        assert {name: (one["met"], one["n"]) for name, one in by_agency.items()} == {"BPBD": (5, 6), "DLHK": (5, 6)}
        assert told["totals"]["calls"] == {"answered": 12}

        period = f"dari={first}&sampai={last}"
        page = (await coordinator.ask("GET", f"/koordinator?{period}")).body.decode()
        assert "<strong>92 %</strong> dalam 15 detik" in page
        assert told["all"]["figures"]["processing"]["p50"] == 40
        assert '<p class="measure-value">40 detik</p>' in page
        drill = (await coordinator.ask("GET", f"/koordinator/angka/acknowledged_in_time?{period}&menurut=agency")).body.decode()
        assert drill.count('<td class="number"><strong>83 %</strong>') == 2
        rows = table((await coordinator.ask("GET", f"/koordinator/ukuran.csv?{period}&menurut=agency")).body.decode())
        (late,) = [row for row in rows if row["Ukuran"] == "Panggilan dijawab" and row["Dalam"] == "15"]
        assert (late["Dihitung"], late["Median"], late["P90"], late["Dalam target"]) == ("12", "7", "7", "11")
        agencies = [row for row in rows if row["Ukuran"].startswith("Diterima dalam target") and row["Menurut"] == "agency"]
        assert [(row["Rincian"], row["Terpenuhi"], row["Dihitung"]) for row in agencies] == [
            ("BPBD", "5", "6"),
            ("DLHK", "5", "6"),
        ]


async def test_each_dimension_has_its_page_and_an_odd_address_does_no_harm(app: Litestar, house: House) -> None:
    eight_o_clock = (utcnow() - timedelta(days=5)).replace(hour=0, minute=0)  # in Kendari: the shift of the day has calls
    await rows_of_a_month(house.db, eight_o_clock)
    coordinator = await browser(app, Role.COORDINATOR)
    for by, words in (
        ("area", "<circle"),
        ("category", "Pohon tumbang"),
        ("hour", ".00–"),
        ("shift", "Regu 07–15"),
        ("x'", "BPBD"),
    ):
        answer = await coordinator.ask("GET", f"/koordinator/angka/resolution?periode=2026--x&menurut={by}")
        assert answer.status == 200, by
        page = (await coordinator.ask("GET", f"/koordinator/angka/resolution?dari={(utcnow() - timedelta(days=9)).date()}"
                                             f"&sampai={utcnow().date()}&menurut={by}")).body.decode()  # fmt: skip
        assert words in page, by
    assert (await coordinator.ask("GET", "/koordinator/angka/secret")).status == 404
    assert (await coordinator.ask("GET", "/koordinator/ukuran.csv?ukuran=secret&menurut=secret")).status == 200


async def test_open_data_tells_of_a_month_that_is_over_and_of_no_small_number(api: httpx.AsyncClient, house: House) -> None:
    assert "Belum ada angka untuk bulan ini" in (await api.get("/statistik?bulan=2025-01")).text
    start = utcnow().replace(day=1, hour=0, minute=0) - timedelta(days=20)
    await rows_of_a_month(house.db, start)
    told = (await api.get(f"/statistik.json?bulan={start:%Y-%m}")).json()
    assert (told["month"], told["licence"], told["calls"]["total"]) == (f"{start:%Y-%m}", "CC BY 4.0", 12)
    areas = told["incidents"]["by"]["area"]
    assert (areas["74.71.01.1001"], areas["74.71.08.1001"]) == (None, None)
    assert told["calls"]["by"]["outcome"]["answered"] == 12
    figures = {one["figure"]: one for one in told["figures"]}
    assert figures["answer"]["p50"] == 7
    assert figures["answer"]["levels"][0]["reached"] == {"percent": 58, "bound": ">"}
    page = await api.get(f"/statistik?bulan={start:%Y-%m}")
    assert "CC BY 4.0" in page.text
    assert "&gt; 58 %" in page.text
    assert len(page.content) < 100_000
    rows = table((await api.get(f"/statistik.csv?bulan={start:%Y-%m}")).text)
    assert [row["Nilai"] for row in rows if row["Ukuran"] == "Kejadian menurut kelurahan" and row["Nilai"] not in ("", "0")] == []
    this_month = (await api.get(f"/statistik.json?bulan={utcnow():%Y-%m}")).json()
    assert this_month["month"] != f"{utcnow():%Y-%m}"
