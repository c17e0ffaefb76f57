"""Each figure's definition, on rows whose figures were computed by hand."""

from datetime import date, timedelta

from tanggap.evaluation.facts.source import COLUMNS
from tanggap.evaluation.figures import FIGURES, Grain
from tests.integration.evaluation.conftest import CITY, Written, at


async def test_a_call_is_answered_after_whole_seconds_and_belongs_to_the_citys_day_and_hour(written: Written) -> None:
    just, late = await written.call(at(), answered_at=at(15)), await written.call(at(), answered_at=at(15.2), outcome="answered")
    found = await written.row("call", just)
    assert (found["answer_s"], found["is_decided"], found["hour"], found["day"]) == (15, True, 8, date(2026, 3, 2))
    assert (await written.row("call", late))["answer_s"] == 16
    night = await written.row("call", await written.call(at(-8 * 3600)))
    assert (night["hour"], night["day"], night["is_decided"]) == (0, date(2026, 3, 2), False)


async def test_a_call_that_nobody_answered_counts_and_one_that_the_centre_makes_does_not(written: Written) -> None:
    test = await written.report(at(), disposition="test")
    lost = await written.row("call", await written.call(at(), test, ended_at=at(40), outcome="abandoned"))
    assert (lost["answer_s"], lost["is_decided"], lost["outcome"], lost["disposition"]) == (None, True, "abandoned", "test")
    await written.call(at(60), test, direction="out", answered_at=at(70))
    assert await written.tx.fetchval("SELECT count(*) FROM figure_call") == 1


async def test_processing_runs_from_the_first_voice_to_the_first_agency(written: Written) -> None:
    incident = await written.incident(at(50))
    first = await written.report(at(), incident=incident)
    second = await written.report(at(20), incident=incident)
    await written.call(at(), first, answered_at=at(8))
    await written.call(at(20), second, answered_at=at(21))
    assert (await written.row("incident", incident))["processing_s"] is None
    await written.assignment(incident, "bpbd", at(61.5))
    await written.assignment(incident, "damkarmat", at(300))
    assert (await written.row("incident", incident))["processing_s"] == 54


async def test_where_nobody_answered_processing_runs_from_the_call_back_or_from_the_report(written: Written) -> None:
    for channel, answered, rang_back, seconds in (
        ("web", None, None, 100), ("web", None, 40, 100), ("call", None, 40, 60), ("call", None, 160, 100), ("call", 10, 40, 90),
    ):  # fmt: skip
        incident = await written.incident(at(90))
        report = await written.report(at(), incident=incident, channel=channel)
        if channel == "call":
            await written.call(at(), report, ended_at=at(30), answered_at=at(answered) if answered else None)
        if rang_back:
            await written.call(at(30), report, direction="out", answered_at=at(rang_back))
        await written.assignment(incident, "bpbd", at(100))
        assert (await written.row("incident", incident))["processing_s"] == seconds, (channel, answered, rang_back)


async def test_a_first_answer_counts_working_days_of_the_city(written: Written) -> None:
    for days, hour, workdays in ((0, 9, 0), (1, 0, 1), (3, 1, 3), (4, 1, 4), (5, 1, 4), (6, 1, 4), (7, 1, 5), (14, 0, 10)):
        incident = await written.incident(at(60))
        await written.report(at(), incident=incident)
        said = at(hour * 3600, days=days)
        await written.assignment(incident, "dpupr", at(60), acknowledged_at=said)
        await written.assignment(incident, "dlhk", at(60), acknowledged_at=said + timedelta(days=9))
        assert (await written.row("incident", incident))["first_answer_days"] == workdays, (days, hour)


async def test_an_agencys_times_run_from_sending_and_from_its_answer(written: Written) -> None:
    incident = await written.incident(at())
    whole = await written.assignment(
        incident, "bpbd", at(), state="done", acknowledged_at=at(60), en_route_at=at(180), on_scene_at=at(900.5)
    )
    found = await written.row("assignment", whole)
    assert (found["acknowledgement_s"], found["turnout_s"], found["arrival_s"]) == (60, 120, 901)
    assert found["is_acknowledged_in_time"] is True
    late = await written.assignment(incident, "dlhk", at(), state="acknowledged", acknowledged_at=at(181))
    expired = await written.assignment(incident, "pln", at(), state="expired", ended_at=at(180))
    waiting = await written.assignment(incident, "pdam", at())
    taken = await written.assignment(incident, "satpolpp", at(), state="withdrawn", ended_at=at(30))
    judged = [(await written.row("assignment", one))["is_acknowledged_in_time"] for one in (late, expired, waiting, taken)]
    assert judged == [False, False, None, None]


async def test_resolution_and_finished_in_time(written: Written) -> None:
    in_time = await written.incident(at(), state="resolved", resolved_at=at(3600), due_at=at(3600))
    late = await written.incident(at(), state="closed", resolved_at=at(7200), closed_at=at(7200), due_at=at(3600))
    open_ = await written.incident(at(), due_at=at(3600))
    given_up = await written.incident(at(), state="closed", closed_at=at(60), due_at=at(3600))
    names, due = ("resolution_s", "is_finished", "is_in_time", "late_after"), at(3600)
    found = [[(await written.row("incident", one))[name] for name in names] for one in (in_time, late, open_, given_up)]
    assert found == [
        [3600, True, True, None],
        [7200, True, False, None],
        [None, False, None, due],
        [None, False, None, None],
    ]


async def test_the_first_agency_was_right_when_it_kept_the_incident(written: Written) -> None:
    kept, rejected, moved, withdrawn, unclear, gone = [await written.incident(at()) for _ in range(6)]
    right = await written.assignment(kept, "bpbd", at(), state="acknowledged", acknowledged_at=at(9))
    beside = await written.assignment(kept, "dlhk", at(), role="support", state="rejected", ended_at=at(9))
    wrong = await written.assignment(rejected, "bpbd", at(), state="rejected", acknowledged_at=at(5), ended_at=at(9))
    second = await written.assignment(rejected, "dlhk", at(9), state="done", acknowledged_at=at(20))
    silent = await written.assignment(moved, "bpbd", at(), state="expired", ended_at=at(60))
    await written.assignment(moved, "dlhk", at(99))
    called_back = await written.assignment(withdrawn, "bpbd", at(), state="withdrawn", ended_at=at(60))
    await written.assignment(withdrawn, "bpbd", at(70))
    open_ = await written.assignment(unclear, "bpbd", at())
    merged = await written.assignment(gone, "bpbd", at(), state="acknowledged", acknowledged_at=at(9))
    await written.tx.execute("UPDATE incident SET merged_into = $1 WHERE id = $2", kept, gone)
    wanted = {right: True, beside: None, wrong: False, second: None, silent: False, called_back: None, open_: None, merged: None}
    assert {one: (await written.row("assignment", one))["was_right"] for one in wanted} == wanted


async def test_a_location_was_corrected_when_its_point_changed_after_the_first_agency_knew(written: Written) -> None:
    before, after, words, unsent = [await written.incident(at()) for _ in range(4)]
    for one in (before, after, words):
        await written.assignment(one, "bpbd", at(60))
    await written.happened("amended", at(30), before, incident=before, body={"fields": {"lat": -4.0, "lon": 122.5}})
    await written.happened("amended", at(90), after, incident=after, body={"fields": {"lat": -4.0, "lon": 122.5}})
    await written.happened("amended", at(90), words, incident=words, body={"fields": {"summary": "lain"}})
    found = [(await written.row("incident", one))["was_moved"] for one in (before, after, words, unsent)]
    assert found == [False, True, False, None]


async def test_a_reversed_disposition_counts_once_and_stars_are_the_last_given(written: Written) -> None:
    mended, plain = await written.report(at(), disposition="test"), await written.report(at(), disposition="test")
    never = await written.report(at())
    for seconds in (9, 19):
        await written.happened("disposition_undone", at(seconds), mended, report=mended)
    for stars, seconds in ((2, 100), (5, 200)):
        await written.said(mended, at(seconds), stars=stars)
    await written.said(plain, at(100))
    found = [(await written.row("report", one)) for one in (mended, plain, never)]
    assert [(one["was_reversed"], one["stars"]) for one in found] == [(True, 5), (False, None), (None, None)]


async def test_a_merged_incident_is_a_missed_duplicate_and_nothing_else(written: Written) -> None:
    target = await written.incident(at(), reopened=1)
    source = await written.incident(at(), state="closed", merged_into=target, closed_at=at(60), due_at=at(60))
    await written.assignment(source, "bpbd", at())
    found = await written.row("incident", source)
    assert found.pop("is_missed_duplicate") is True
    figures = [one.column for one in FIGURES if one.grain is Grain.INCIDENT and one.column in found]
    assert {name: found[name] for name in [*figures, "late_after"] if found[name] is not None} == {}
    assert (await written.row("incident", target))["was_reopened"] is True


async def test_only_what_a_citizen_said_after_it_was_finished_confirms_it(written: Written) -> None:
    early, confirmed, silent, open_ = [
        await written.incident(at(), state=state, resolved_at=done)
        for state, done in (("closed", at(500)), ("closed", at(500)), ("closed", at(500)), ("assigned", None))
    ]
    for incident, seconds in ((early, 400), (confirmed, 600)):
        await written.said(await written.report(at(), incident=incident), at(seconds), "confirmed", incident=incident)
    found = [(await written.row("incident", one))["is_confirmed"] for one in (early, confirmed, silent, open_)]
    assert found == [False, True, False, None]


async def test_every_view_and_every_column_of_a_figure_says_what_it_means(written: Written) -> None:
    sql = "SELECT obj_description($1::regclass), col_description($1::regclass, attnum::int), attname FROM pg_attribute " \
          "WHERE attrelid = $1::regclass AND attnum > 0"  # fmt: skip
    for grain in Grain:
        rows = {row["attname"]: row for row in await written.tx.fetch(sql, f"figure_{grain.value}")}
        assert {"city", "id", "at", "day", *COLUMNS[grain]} == set(rows)
        for figure in FIGURES:
            if figure.grain is grain:
                assert rows[figure.column]["col_description"], figure
                assert rows[figure.column]["obj_description"]


async def test_another_citys_rows_do_not_show_through_the_views(written: Written) -> None:
    await written.call(at(), answered_at=at(5))
    await written.assignment(await written.incident(at()), "bpbd", at())
    await written.tx.execute("select set_config('tanggap.city', 'jakarta', true)")
    for grain in Grain:
        assert await written.tx.fetchval(f"SELECT count(*) FROM figure_{grain.value}") == 0
    await written.tx.execute("select set_config('tanggap.city', 'kendari', true)")
    assert await written.tx.fetchval("SELECT count(*) FROM figure_assignment") == 1


async def test_working_days_know_the_citys_holidays(written: Written) -> None:
    """A report of Tuesday 17 March 2026. 18 to 20 and 23 to 24 March are Nyepi, Idulfitri and joint leave, 21 and 22 a weekend:
    Wednesday the 25th is the first working day after it, Friday the 27th the third, Monday the 30th the fourth."""
    tuesday = 15
    for day, workdays in ((17, 0), (18, 0), (20, 0), (24, 0), (25, 1), (26, 2), (27, 3), (29, 3), (30, 4)):
        incident = await written.incident(at(60, days=tuesday))
        await written.report(at(days=tuesday), incident=incident)
        await written.assignment(incident, "dlhk", at(60, days=tuesday), acknowledged_at=at(3600, days=day - 2))
        assert (await written.row("incident", incident))["first_answer_days"] == workdays, day


async def test_working_days_are_those_of_the_citys_offices(written: Written) -> None:
    """Offices that are open on Saturdays too: from Friday 6 March, Saturday is the first day and Monday the second."""
    incident = await written.incident(at(days=4))
    await written.report(at(days=4), incident=incident)
    await written.assignment(incident, "dlhk", at(days=4), acknowledged_at=at(days=7))
    assert (await written.row("incident", incident))["first_answer_days"] == 1
    await written.tx.execute(
        """INSERT INTO office_hours (city, code, rank, day, opens, closes, provenance)
           VALUES ($1, 'saturday', 9, 'saturday', '08:00', '12:00', 'proposed')""",
        CITY,
    )
    assert (await written.row("incident", incident))["first_answer_days"] == 2


async def test_a_row_belongs_to_the_shift_of_the_roster_where_there_is_one(written: Written) -> None:
    await written.shift("pagi", at(-3600), 8)
    await written.shift("siang", at(7 * 3600), 8, cancelled_at=at())
    incident = await written.incident(at(7 * 3600 - 1))
    sent = await written.assignment(incident, "bpbd", at(7 * 3600))
    report = await written.report(at(-3600))
    found = [await written.row(view, one) for view, one in (("incident", incident), ("assignment", sent), ("report", report))]
    assert [one["shift"] for one in found] == ["pagi", "", "pagi"]
