"""The figures of a period, computed by hand; and the same ones from kept rows as from the views."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.model import Catalogue
from tanggap.evaluation.facts import keeping, store
from tanggap.evaluation.facts.source import Kept, begin_of, whole
from tanggap.evaluation.figures import By, Days, Measure, Performance, Reached
from tanggap.evaluation.model import Period
from tanggap.evaluation.service import performance
from tanggap.platform.database import Database
from tanggap.web.figure_words import key_name
from tests.integration.evaluation.conftest import CITY, MARCH, Written, at

WITA = ZoneInfo("Asia/Makassar")
LATER = at(days=20)


async def a_small_march(written: Written) -> None:
    """Ten calls, answered after 1, 2, … 8 s and 18 s, one never; a fire and a pothole; an old incident that is no part of it."""
    for second in (*range(1, 9), 18):
        report = await written.report(at(), disposition="test" if second < 4 else "genuine")
        await written.call(at(), report, answered_at=at(second), ended_at=at(99), outcome="answered")
    await written.call(at(3600 * 12), ended_at=at(3600 * 12 + 30), outcome="abandoned")
    fire = await written.incident(at(), category="building_fire", priority="P1", area="74.71.01.1001", state="resolved",
                                  resolved_at=at(3000), due_at=at(3600))  # fmt: skip
    await written.report(at(), incident=fire, disposition="genuine")
    await written.assignment(fire, "damkarmat", at(45), state="done", acknowledged_at=at(60), en_route_at=at(120),
                             on_scene_at=at(1000), done_at=at(3000))  # fmt: skip
    pothole = await written.incident(at(3600 * 9), category="road_damage", priority="P4", due_at=at(days=5))
    await written.report(at(3600 * 9), incident=pothole, channel="web", disposition="genuine")
    await written.assignment(pothole, "dpupr", at(3600 * 10), state="acknowledged", acknowledged_at=at(days=7))
    await written.incident(at(days=-9))


async def test_a_small_march(written: Written, catalogue: Catalogue) -> None:
    await a_small_march(written)
    found = await performance(written.tx, catalogue, MARCH, By.HOUR, now=LATER)
    of = found.all.measures
    assert (found.all.calls, found.all.reports, found.all.incidents, found.all.assignments) == (10, 12, 2, 2)
    assert found.totals.calls == {"answered": 9, "abandoned": 1}
    assert found.totals.calls_by_disposition == {"genuine": 6, "test": 3, "": 1}
    assert found.totals.reports == {"genuine": 8, "test": 3, "": 1}
    assert found.totals.assignments == {"damkarmat": {"done": 1}, "dpupr": {"acknowledged": 1}}
    # nine answered: 1…8 and 18 s; nearest rank 4.5 → the fifth, 8.1 → the ninth
    assert (of["answer"].n, of["answer"].p50, of["answer"].p90) == (9, 5, 18)
    assert of["answer"].levels == (Reached("answer_15s", 0.9, 15, 10, 8), Reached("answer_20s", 0.95, 20, 10, 9))
    assert [one.is_reached for one in of["answer"].levels] == [False, False]
    # only P1 and P2 are held against 60 s; the pothole took an hour and still counts in the median
    assert (of["processing"].n, of["processing"].p50, of["processing"].p90) == (2, 45, 3600)
    assert of["processing"].levels == (Reached("processing_60s", 0.9, 60, 1, 1),)
    assert of["arrival"].levels == (Reached("fire_arrival_15min", 0.9, 900, 1, 0),)
    # the pothole was answered on the Monday after: the fifth working day
    assert of["first_answer"].levels == (Reached("first_answer_3days", 1.0, 3, 1, 0),)
    assert of["finished"] == Measure("finished", 2, 1)
    assert of["in_time"] == Measure("in_time", 2, 1)  # the pothole is past its due time, and open
    assert of["rating"] == Measure("rating", 0, 0)
    by_hour = {one.key: one for one in found.groups}
    assert list(by_hour) == ["8", "17", "18", "20"]
    assert (by_hour["8"].calls, by_hour["8"].incidents, by_hour["20"].calls, by_hour["17"].reports) == (9, 1, 1, 1)
    assert by_hour["20"].measures["answer"].levels[0] == Reached("answer_15s", 0.9, 15, 1, 0)
    before_due = await performance(written.tx, catalogue, MARCH, now=at(days=1))
    assert before_due.all.measures["in_time"] == Measure("in_time", 1, 1)


async def test_told_apart_by_each_dimension_nothing_is_lost(written: Written, catalogue: Catalogue) -> None:
    await a_small_march(written)
    for by, keys in (
        (By.AGENCY, ["damkarmat", "dpupr"]), (By.CATEGORY, ["", "building_fire", "road_damage"]),
        (By.AREA, ["", "74.71.01.1001"]), (By.SHIFT, ["0", "1"]),
    ):  # fmt: skip
        found = await performance(written.tx, catalogue, MARCH, by, now=LATER)
        assert [one.key for one in found.groups] == keys, by
        for code, measure in found.all.measures.items():
            parts = [one.measures[code] for one in found.groups if code in one.measures]
            if parts:
                assert (sum(one.n for one in parts), sum(one.met for one in parts)) == (measure.n, measure.met), (by, code)


async def test_the_rosters_shifts_stand_before_the_hours_of_times_without_one(written: Written, catalogue: Catalogue) -> None:
    await a_small_march(written)
    await written.shift("pagi", at(-3600), 8)  # 07.00 to 15.00 of Monday
    found = await performance(written.tx, catalogue, MARCH, By.SHIFT, now=LATER)
    assert [(one.key, one.calls, one.incidents) for one in found.groups] == [("pagi", 9, 1), ("1", 1, 1)]
    names = [key_name(By.SHIFT, one.key, catalogue, "id") for one in found.groups]
    assert names == ["Regu pagi", "Regu 15–23 (tanpa jadwal)"]


async def test_days_are_counted_anew_when_the_calendar_or_their_roster_changes(written: Written) -> None:
    async def is_kept() -> bool:
        await store.set_kept(written.tx, CITY, Kept(date(2026, 3, 1), date(2026, 3, 20), "1"))
        await change()
        return await store.kept(written.tx, CITY) is not None

    async def change() -> None:
        await written.tx.execute(sql, CITY)

    sql = "UPDATE holiday SET active = false WHERE city = $1 AND code = '2026-03-19'"
    assert await is_kept() is False
    sql = "UPDATE holiday SET active = true WHERE city = $1 AND code = '1999-01-01'"
    assert await is_kept() is True
    sql = "UPDATE city SET catalogue_version = 9 WHERE city = $1"
    assert await is_kept() is True
    await written.shift("pagi", at(days=30), 8)
    assert await store.kept(written.tx, CITY) is not None
    await written.shift("siang", at(days=3), 8)
    assert await store.kept(written.tx, CITY) is None


async def test_a_period_without_anything_has_empty_figures(written: Written, catalogue: Catalogue) -> None:
    found = await performance(written.tx, catalogue, MARCH, By.AREA, now=LATER)
    assert (found.all.calls, found.groups, found.all.measures["answer"].p50) == (0, (), None)
    assert found.all.measures["answer"].levels[0].is_reached is None


async def busy_days(written: Written, days: int) -> None:
    """Rows of every kind over some days, with their entries on the timeline, always the same ones."""
    chance = Random(112)
    for n in range(days * 12):
        when = at(chance.randrange(86_400), days=n // 12)
        area = chance.choice(["", "74.71.01.1001", "74.71.02.1002"])
        report = await written.report(when, area=area or None, disposition=chance.choice(["test", "genuine"]))
        await written.happened("received", when, report, report=report)
        answered = when + timedelta(seconds=chance.randrange(60)) if chance.random() < 0.8 else None
        await written.call(when, report, answered_at=answered, ended_at=when + timedelta(minutes=2), outcome="answered")
        if chance.random() < 0.5:
            sent, done = when + timedelta(seconds=chance.randrange(200)), when + timedelta(hours=chance.randrange(1, 90))
            incident = await written.incident(when, area=area or None, resolved_at=chance.choice([None, done]), due_at=done)
            await written.tx.execute("UPDATE report SET incident = $2 WHERE id = $1", report, incident)
            await written.assignment(incident, chance.choice(["bpbd", "dlhk"]), sent, acknowledged_at=sent + timedelta(minutes=1))
            await written.happened("opened", when, incident, report=report, incident=incident)
            await written.said(report, done, stars=chance.choice([None, 3, 5]))


async def all_told(db: Database, catalogue: Catalogue, period: Period) -> list[Performance]:
    async with db.reading(CITY) as conn:
        return [await performance(conn, catalogue, period, by, now=LATER) for by in (None, *By)]


async def test_kept_days_give_the_same_figures_as_the_views_whatever_happens_later(db: Database, catalogue: Catalogue) -> None:
    async with db.transaction(CITY) as tx:
        await busy_days(Written(tx), 4)
    odd = Period("", at(5000), at(50_000, days=2))
    live = [await all_told(db, catalogue, period) for period in (MARCH, odd)]
    async with db.transaction(CITY) as tx:
        assert await keeping.keep_days(tx, CITY, WITA, at(days=3)) is False
        assert await tx.fetchval("SELECT count(*) FROM kept_call") > 0
        assert await store.kept(tx, CITY) is not None
    assert [await all_told(db, catalogue, period) for period in (MARCH, odd)] == live
    async with db.transaction(CITY) as tx:  # something of the second day is said much later
        incident = await tx.fetchval("SELECT id FROM figure_incident WHERE day = $1 ORDER BY id LIMIT 1", date(2026, 3, 3))
        await tx.execute("UPDATE incident SET category = 'flood', reopened = 1 WHERE id = $1", incident)
        await Written(tx).happened("reopened", at(days=5), incident, incident=incident)
    found = await all_told(db, catalogue, MARCH)
    assert found != live[0]
    assert found[0].all.measures["reopened"].met == live[0][0].all.measures["reopened"].met + 1
    async with db.transaction(CITY) as tx:
        await keeping.keep_days(tx, CITY, WITA, at(days=9))
        days = await store.kept(tx, CITY)
        assert days is not None
        assert (days.since, days.until) == (date(2026, 3, 2), date(2026, 3, 11))
        changed = await store.changed_days(tx, CITY, days.xid, "Asia/Makassar")
        assert changed == [] or changed is not None
    assert await all_told(db, catalogue, MARCH) == found


async def test_the_past_is_kept_a_month_a_step_and_forgotten_when_examples_are_removed(
    db: Database, catalogue: Catalogue
) -> None:
    async with db.transaction(CITY) as tx:
        written = Written(tx)
        old = await written.report(at(days=-70))
        await written.report(at())
    for first, is_more in ((date(2026, 2, 2), True), (date(2026, 1, 2), True), (date(2025, 12, 22), False)):
        async with db.transaction(CITY) as tx:
            assert await keeping.keep_days(tx, CITY, WITA, at(days=3)) is is_more
            days = await store.kept(tx, CITY)
            assert days is not None
            assert days.since == first
    async with db.transaction(CITY) as tx:
        assert await tx.fetchval("SELECT count(*) FROM kept_report") == 2
        await tx.execute("DELETE FROM report WHERE city = $1 AND id = $2", CITY, old)
        assert await store.kept(tx, CITY) is None


@settings(max_examples=60)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(-80, 80), st.integers(0, 200), st.sets(st.integers(0, 40)))
def test_every_moment_of_a_period_is_read_once(since: int, long: int, start_h: int, hours: int, changed: set[int]) -> None:
    def day(n: int) -> date:
        return date(2026, 3, 1) + timedelta(days=n)

    start = begin_of(day(10), WITA) + timedelta(hours=start_h)
    period = Period("", start, start + timedelta(hours=hours))
    source = whole(Kept(day(since), day(since + long), "3"), [day(n) for n in changed], Days(period, WITA, (7,)))

    def times_read(moment: datetime) -> int:
        its_day = moment.astimezone(WITA).date()
        kept = source.kept_from <= its_day < source.kept_to and its_day not in source.changed
        return kept + sum(a <= moment < b for a, b in source.spans)

    for n in range(-30, hours + 30, 1):
        moment = start + timedelta(hours=n, minutes=30)
        assert times_read(moment) == (period.start <= moment < period.end), moment
