"""Counting the rows of a period, and keeping those of days that are over: the only SQL of this part."""

from datetime import date, datetime
from typing import Any

import msgspec

from tanggap.city.model import Catalogue
from tanggap.city.targets import ServiceLevel
from tanggap.evaluation.facts.source import COLUMNS, COUNTED, Kept, Source
from tanggap.evaluation.figures import FIGURES, By, Days, Figure, Grain, Unit
from tanggap.platform.database import Connection, Transaction

#: What a row belongs to, by the dimension that is asked for.
KEYS: dict[By, str] = {By.AGENCY: "agency", By.CATEGORY: "category", By.AREA: "area", By.HOUR: "hour::text"}
#: More entries than this since days were kept, and the whole period is read from the views.
MOST_ENTRIES = 20_000


def figures_of(grain: Grain) -> list[Figure]:
    """The figures that rows of a grain define."""
    return [figure for figure in FIGURES if figure.grain is grain]


class Question:
    """One statement about the rows of one grain: its text and its parameters, written together."""

    def __init__(self, city: str, grain: Grain) -> None:
        """Nothing but the city yet."""
        self.city = city
        self.grain = grain
        self.values: list[Any] = [city]

    def value(self, given: object, kind: str) -> str:
        """The place of one more parameter in the text."""
        self.values.append(given)
        return f"${len(self.values)}::{kind}"

    def rows(self, source: Source) -> str:
        """The rows of a period: its columns and `n`. Each span stands for itself, so that its plan fits its length."""
        columns = ", ".join(COLUMNS[self.grain])
        parts = []
        if source.kept_from < source.kept_to:
            first, last = self.value(source.kept_from, "date"), self.value(source.kept_to, "date")
            without = f"AND day <> ALL ({self.value(list(source.changed), 'date[]')})" if source.changed else ""
            parts.append(
                f"SELECT {columns}, n FROM kept_{self.grain.value} WHERE city = $1 AND day >= {first} AND day < {last} {without}"
            )
        for a, b in source.spans:
            span = f"at >= {self.value(a, 'timestamptz')} AND at < {self.value(b, 'timestamptz')}"
            parts.append(f"SELECT {columns}, 1 AS n FROM figure_{self.grain.value} WHERE city = $1 AND {span}")
        nothing = f"SELECT {columns}, n FROM kept_{self.grain.value} WHERE city = $1 AND false"
        return " UNION ALL ".join(parts) or nothing

    def key(self, by: By | None, days: Days) -> str:
        """What a row belongs to."""
        if by is None:
            return "''::text"
        if by is By.SHIFT:
            starts = self.value(list(days.shift_starts), "integer[]")
            by_hour = f"mod(width_bucket(hour::integer, {starts}) + cardinality({starts}) - 1, cardinality({starts}))"
            return f"coalesce(nullif(shift, ''), ({by_hour})::text)"
        return KEYS[by]

    def about(self, level: ServiceLevel, catalogue: Catalogue) -> str:
        """Which rows a level is about."""
        said = []
        if level.groups:
            codes = [one.code for one in catalogue.categories if one.group in level.groups]
            said.append(f"category = ANY ({self.value(codes, 'text[]')})")
        if level.priorities:
            said.append(f"priority = ANY ({self.value([one.value for one in level.priorities], 'text[]')})")
        return " AND ".join(said) or "true"

    def met(self, figure: Figure, level: ServiceLevel) -> str:
        """Which rows reach a level."""
        return figure.column if level.within is None else f"{figure.column} <= {self.value(level.within, 'integer')}"


class Counted(msgspec.Struct, frozen=True):
    """What was counted of a grain: by key `facts`; of figures `_n`, `_met`, `_sum`, `_p`; of levels `_level_n`, `_level_met`.

    `times` are medians and ninetieth percentiles of what is kept by its number, `tallies` how many rows there are of each kind.
    """

    counts: list[dict[str, Any]] | None
    times: list[dict[str, Any]] | None
    tallies: list[dict[str, Any]] | None


def _number(condition: str) -> str:
    return f"coalesce(sum(n) FILTER (WHERE {condition}), 0)::bigint"


def _judged(figure: Figure) -> str:
    """When a row counts for or against a level: a call that nobody answered counts against it, though it has no duration."""
    return "is_decided" if figure.code == "answer" else f"{figure.column} IS NOT NULL"


#: The kinds of rows of which it is told how many there are.
TALLIES: dict[Grain, tuple[str, ...]] = {
    Grain.CALL: ("outcome", "disposition"),
    Grain.REPORT: ("channel", "disposition"),
    Grain.INCIDENT: ("state",),
    Grain.ASSIGNMENT: ("agency", "state"),
}
#: Columns that no figure is made of, and that are needed beside.
BESIDE: dict[Grain, tuple[str, ...]] = {Grain.CALL: ("is_decided",)}

#: By nearest rank: the smallest value that so large a part of all does not exceed. Rows count `n` times.
TIMES = """SELECT key, min(answer_s) FILTER (WHERE rank >= 0.5 * total) AS p50,
           min(answer_s) FILTER (WHERE rank >= 0.9 * total) AS p90
    FROM (SELECT key, answer_s, sum(n) OVER (PARTITION BY key ORDER BY answer_s) AS rank,
                 sum(n) OVER (PARTITION BY key) AS total
          FROM (SELECT key, answer_s, sum(n) AS n FROM cube WHERE answer_s IS NOT NULL GROUP BY 1, 2) timed) ranked
    GROUP BY key"""


async def counted(
    conn: Connection, grain: Grain, by: By | None, source: Source, days: Days, catalogue: Catalogue, now: datetime
) -> Counted:
    """All that is counted of the rows of a grain, in one walk over them."""
    question = Question(catalogue.city.code, grain)
    figures = figures_of(grain)
    levels = [(figure, one) for one in catalogue.service_levels if one.active for figure in figures if figure.code == one.figure]
    kept = dict.fromkeys([*(one.column for one in figures), *(TALLIES[grain] if by is None else ()), *BESIDE.get(grain, ())])
    columns = [f"{question.key(by, days)} AS key", *(_column(name, question, now) for name in kept)]
    columns += [f"({question.about(level, catalogue)}) AS about_{n}" for n, (_, level) in enumerate(levels)]
    said = ["key", f"{_number('NOT is_missed_duplicate' if grain is Grain.INCIDENT else 'true')} AS facts"]
    said += [part for figure in figures for part in _aggregates(figure)]
    for n, (figure, level) in enumerate(levels):
        about = f"about_{n} AND {_judged(figure)}"
        said.append(f'{_number(about)} AS "{level.code}_level_n"')
        said.append(f'{_number(f"{about} AND {question.met(figure, level)}")} AS "{level.code}_level_met"')
    alike = f", sum(n) AS n FROM ({{}}) fact GROUP BY {', '.join(str(n + 1) for n in range(len(columns)))}"
    cube = f"SELECT {', '.join(columns)}" + (alike if grain in COUNTED else ", n FROM ({}) fact").format(question.rows(source))
    tallies = ", ".join(TALLIES[grain])
    unmerged = "WHERE NOT is_missed_duplicate" if grain is Grain.INCIDENT else ""
    parts = {
        "counts": f"SELECT {', '.join(said)} FROM cube GROUP BY key",
        "times": TIMES if grain is Grain.CALL else None,
        "tallies": f"SELECT {tallies}, sum(n)::bigint AS n FROM cube {unmerged} GROUP BY {tallies} ORDER BY {tallies}"
        if by is None
        else None,
    }
    asked = ", ".join(f"'{name}', (SELECT jsonb_agg(t) FROM ({sql}) t)" for name, sql in parts.items() if sql)
    sql = f"WITH cube AS MATERIALIZED ({cube}) SELECT jsonb_build_object({asked})"
    found: dict[str, Any] = await conn.fetchval(sql, *question.values)
    return Counted(found["counts"], found.get("times"), found.get("tallies"))


def _column(name: str, question: Question, now: datetime) -> str:
    if name != "is_in_time":
        return name
    return f"coalesce(is_in_time, CASE WHEN late_after < {question.value(now, 'timestamptz')} THEN false END) AS is_in_time"


def _aggregates(figure: Figure) -> list[str]:
    column, code = figure.column, figure.code
    said = [f'{_number(f"{column} IS NOT NULL")} AS "{code}_n"']
    if figure.unit is Unit.SHARE:
        said.append(f'{_number(column)} AS "{code}_met"')
    elif figure.unit is Unit.STARS:
        said.append(f'sum(n * {column})::bigint AS "{code}_sum"')
    elif figure.grain not in COUNTED:  # each row is one
        said.append(f'percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {column}) AS "{code}_p"')
    return said


# ── keeping days that are over ──


async def kept(conn: Connection, city: str) -> Kept | None:
    """Which days are kept."""
    row = await conn.fetchrow("SELECT since, until, xid FROM kept_days WHERE city = $1", city)
    return Kept(row["since"], row["until"], row["xid"]) if row else None


async def lock_kept(tx: Transaction, city: str) -> Kept | None:
    """The same, for one who is about to change it: others wait."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 8))", f"kept:{city}")
    return await kept(tx, city)


async def settled(conn: Connection) -> str:
    """Below this transaction all that was ever written is visible now."""
    return str(await conn.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))


async def changed_days(conn: Connection, city: str, xid: str, zone: str) -> list[date] | None:
    """The days with a row of which anything may be different since a transaction; None: too many to say.

    Whatever happens writes to the timeline: an entry touches the days of its report with its calls, and of its incident with all
    its reports and assignments.
    """
    sql = """WITH entry AS MATERIALIZED (
                 SELECT report, incident FROM timeline WHERE city = $1 AND xid >= $2::text::xid8 LIMIT $4 + 1),
             incidents AS MATERIALIZED (SELECT DISTINCT incident AS id FROM entry WHERE incident IS NOT NULL),
             reports AS MATERIALIZED (
                 SELECT report AS id FROM entry WHERE report IS NOT NULL
                 UNION SELECT r.id FROM incidents i JOIN report r ON r.city = $1 AND r.incident = i.id),
             moment AS (
                 SELECT i.opened_at AS at FROM incidents JOIN incident i ON i.city = $1 AND i.id = incidents.id
                 UNION ALL SELECT a.sent_at FROM incidents JOIN assignment a ON a.city = $1 AND a.incident = incidents.id
                 UNION ALL SELECT r.received_at FROM reports JOIN report r ON r.city = $1 AND r.id = reports.id
                 UNION ALL SELECT c.rang_at FROM reports JOIN call c ON c.city = $1 AND c.report = reports.id)
             SELECT (SELECT count(*) FROM entry) AS entries,
                    ARRAY(SELECT DISTINCT (at AT TIME ZONE $3)::date FROM moment ORDER BY 1) AS days"""
    row = await conn.fetchrow(sql, city, xid, zone, MOST_ENTRIES)
    return None if row["entries"] > MOST_ENTRIES else list(row["days"])


async def first_day(conn: Connection, city: str, zone: str) -> date | None:
    """The city's day on which its first report or call came in."""
    sql = """SELECT (least((SELECT min(received_at) FROM report WHERE city = $1),
                           (SELECT min(rang_at) FROM call WHERE city = $1)) AT TIME ZONE $2)::date"""
    day: date | None = await conn.fetchval(sql, city, zone)
    return day


async def forget(tx: Transaction, city: str, first: date, last: date) -> None:
    """Kept rows of days from `first` to before `last` go."""
    for grain in Grain:
        await tx.execute(f"DELETE FROM kept_{grain.value} WHERE city = $1 AND day >= $2 AND day < $3", city, first, last)


async def keep(tx: Transaction, city: str, span: tuple[datetime, datetime]) -> None:
    """Keep the rows of whole days; those that are kept of them already must be forgotten before."""
    for grain in Grain:
        columns = ", ".join(COLUMNS[grain])
        alike = f"count(*) FROM figure_{grain.value} WHERE {{}} GROUP BY day, {columns}"
        single = f"1 FROM figure_{grain.value} WHERE {{}}"
        rows = (alike if grain in COUNTED else single).format("city = $1 AND at >= $2 AND at < $3")
        await tx.execute(
            f"INSERT INTO kept_{grain.value} (city, day, {columns}, n) SELECT $1, day, {columns}, {rows}", city, *span
        )


async def set_kept(tx: Transaction, city: str, days: Kept) -> None:
    """Say which days are kept."""
    sql = """INSERT INTO kept_days (city, since, until, xid) VALUES ($1, $2, $3, $4)
             ON CONFLICT (city) DO UPDATE SET since = $2, until = $3, xid = $4"""
    await tx.execute(sql, city, days.since, days.until, days.xid)
