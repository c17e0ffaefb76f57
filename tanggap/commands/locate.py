"""`tanggap locate`: what the words for a place mean, for a person, a script, or a measurement."""

import asyncio
import csv
import sys
import time
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import NoCatalogueError, catalogue
from tanggap.commands.database import opened_database
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.keeping.reading import read_gazetteer
from tanggap.location.model import Candidate, Found, Reason
from tanggap.location.places_file import NotPlacesError, read_places
from tanggap.platform.i18n import translator
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import StartError
from tanggap.simulation.made_up import made_up_places

#: Candidates less likely than this are not shown to a person.
LEAST_SHOWN = 0.01
NO_PLACES = "The database does not answer; start Tanggap, or name a file with --places."

_say = translator("id")


class CandidateOut(msgspec.Struct, frozen=True):
    """A candidate as a line of the answer has it."""

    id: str
    name: str
    kind: str
    lat: float
    lon: float
    uncertainty_m: float
    kelurahan: str | None
    kecamatan: str | None
    p: float
    why: list[str]


class Answer(msgspec.Struct, frozen=True):
    """One line of a batch's answers."""

    id: str
    query: str
    ms: float
    confident: bool
    candidates: list[CandidateOut]
    ask: str | None = None


@click.command()
@click.argument("words", required=False, default="")
@click.option(
    "--places", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV instead of the city's places."
)
@click.option("--distractors", type=click.IntRange(0, 2_000_000), default=0, help="Crowd the gazetteer with made-up names.")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV of id, query.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the answers go, a JSON line each.")
@click.option("--why", is_flag=True, help="Say which words agreed with what.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def command(
    words: str, places: Path | None, distractors: int, batch: Path | None, out: Path | None, why: bool, as_json: bool
) -> None:
    """Say which places WORDS may mean, as a call taker would type them: tanggap locate "dpn lippo plaza wua2"."""
    if not words and batch is None:
        raise click.UsageError("say WORDS, or name a file with --batch")
    gazetteer = _gazetteer(places, distractors)
    if batch is not None:
        _answer_all(gazetteer, batch, out)
        return
    answer, found = _ask(gazetteer, "1", words)
    if as_json:
        click.echo(msgspec.json.encode(answer).decode())
    else:
        _show(answer, found, why)


def _gazetteer(places: Path | None, distractors: int) -> Gazetteer:
    settings = load_settings()
    if places is None:
        gazetteer = asyncio.run(_of_city(settings))
        if not distractors:
            return gazetteer
        crowd = made_up_places(distractors, gazetteer.entries)
        return Gazetteer([*gazetteer.entries, *crowd], gazetteer.areas, gazetteer.city)
    city = read_pack(pack_folder(settings.city)).city.name
    try:
        entries = read_places(places)
    except NotPlacesError as error:
        raise click.ClickException(str(error)) from error
    return Gazetteer([*entries, *made_up_places(distractors, entries)], None, city)


async def _of_city(settings: Settings) -> Gazetteer:
    """The city's places as they stand in its database."""
    try:
        async with opened_database(settings, NO_PLACES) as db, db.reading(settings.city) as conn:
            return await read_gazetteer(conn, await catalogue(conn))
    except NoCatalogueError as error:
        raise StartError(NO_PLACES) from error


def _ask(gazetteer: Gazetteer, number: str, words: str) -> tuple[Answer, Found]:
    began = time.perf_counter()
    found = gazetteer.find(words)
    took_ms = round(1000 * (time.perf_counter() - began), 3)
    told = [_told(candidate) for candidate in found.candidates]
    return Answer(number, words, took_ms, found.confident, told, _say(found.ask.value) if found.ask else None), found


def _told(one: Candidate) -> CandidateOut:
    why = [sentence(reason) for reason in one.why]
    return CandidateOut(
        one.place, one.name, one.kind, round(one.lat, 6), round(one.lon, 6), one.uncertainty_m, one.kelurahan, one.district,
        one.p, why,
    )  # fmt: skip


def sentence(reason: Reason) -> str:
    """A reason as a sentence in Indonesian."""
    return _say(reason.sentence).format_map(dict(reason.filled))


def _answer_all(gazetteer: Gazetteer, batch: Path, out: Path | None) -> None:
    with batch.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and not {"id", "query"} <= rows[0].keys():
        raise click.ClickException(f"{batch} needs the columns id and query")
    to = out.open("wb") if out else sys.stdout.buffer
    gazetteer.find("jalan")  # what a process makes once is no query's time
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Locating", total=len(rows))
        for row in rows:
            answer, _ = _ask(gazetteer, row["id"], row["query"] or "")
            to.write(msgspec.json.encode(answer) + b"\n")
            bar.advance(task)
    to.flush()
    if out:
        to.close()


def _show(answer: Answer, found: Found, why: bool) -> None:
    table = Table("", "tempat", "kelurahan, kecamatan", "±m", "yakin", *(["mengapa"] if why else []))
    for number, one in enumerate(answer.candidates, 1):
        if number > 1 and one.p < LEAST_SHOWN:
            break
        where = " atau ".join([one.kelurahan or "–", *(near.name for near in found.candidates[number - 1].near)])
        cells = [str(number), f"{one.name} ({one.kind})", f"{where}, {one.kecamatan or '–'}", f"{one.uncertainty_m:.0f}"]
        table.add_row(*cells, f"{100 * one.p:.0f} %", *(["; ".join(one.why)] if why else []))
    console = Console()
    if answer.candidates:
        console.print(table)
    if not answer.confident:
        console.print(f"Belum pasti. {answer.ask or ''}")
