"""Finding what may be the same thing as a report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.incident.model import IncidentState, Report
from tanggap.platform.database import Connection
from tanggap.triage import store
from tanggap.triage.duplicates import Told, group_of, same
from tanggap.triage.model import NEAR_M, Nearby, distance_m, kindred


async def nearby(conn: Connection, catalogue: Catalogue, report: Report, now: datetime, most: int = 5) -> list[Nearby]:
    """Open incidents and other waiting reports that may be the same thing, the likeliest first, each with why."""
    if report.lat is None and report.area is None:
        return []
    city = catalogue.city.code
    incidents = await store.incidents_near(conn, city, report.lat, report.lon, report.area, NEAR_M, now)
    reports = await store.reports_near(conn, city, report.id, report.lat, report.lon, report.area, NEAR_M)
    kinds = kindred(report.category, [row["category"] for row in (*incidents, *reports) if row["category"]], catalogue)
    this = Told(
        report.id, report.received_at, report.category, group_of(report.category, catalogue), report.lat, report.lon,
        report.uncertainty_m, report.area, report.words,
    )  # fmt: skip
    found = [
        Nearby(
            incident=row["id"], report=None, number=row["number"], state=IncidentState(row["state"]), category=row["category"],
            priority=Priority(row["priority"]), words=row["summary"], place=row["place_label"] or row["address_words"],
            opened_at=row["opened_at"], distance_m=_apart(report, row), same_kind=row["category"] in kinds,
            **_scored(this, row, row["opened_at"], row["summary"], catalogue),
        )
        for row in incidents
        if row["id"] != report.incident
    ] + [
        Nearby(
            incident=None, report=row["id"], number=None, state=None, category=row["category"],
            priority=Priority(row["priority"]) if row["priority"] else None, words=row["words"],
            place=row["place_label"] or row["address_words"], opened_at=row["received_at"], distance_m=_apart(report, row),
            same_kind=row["category"] in kinds, is_waiting=row["state"] == "waiting",
            **_scored(this, row, row["received_at"], row["words"], catalogue),
        )
        for row in reports
    ]  # fmt: skip
    found.sort(key=lambda near: (-near.p, near.distance_m if near.distance_m is not None else NEAR_M))
    return found[:most]


def _scored(this: Told, row: Mapping[str, Any], at: datetime, words: str, catalogue: Catalogue) -> dict[str, Any]:
    """How probably a row is of the same thing. An incident's clock is that of its last report, as long as it is open."""
    last = row.get("last_at") or at
    other = Told(
        row["id"], last, row["category"], group_of(row["category"], catalogue), row["lat"], row["lon"], row["uncertainty_m"],
        row["area"], words,
    )  # fmt: skip
    match = same(this, other)
    return {"p": match.p, "because": tuple((reason.sentence, reason.numbers) for reason in match.because[:3])}


def _apart(report: Report, row: Mapping[str, Any]) -> float | None:
    if report.lat is None or report.lon is None or row["lat"] is None:
        return None
    return distance_m(report.lat, report.lon, row["lat"], row["lon"])
