"""`tanggap triage`: what words report, for a person, a script, or a measurement. From the city's pack; no database is asked."""

import csv
import sys
import time
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.platform.settings import load_settings
from tanggap.triage.building import Task, learn_once
from tanggap.triage.model import Suggester
from tanggap.triage.model_files import ModelFile
from tanggap.triage.reader import Reader


class GuessOut(msgspec.Struct, frozen=True):
    """A category as a line of the answer has it."""

    code: str
    p: float
    why: list[str]


class Answer(msgspec.Struct, frozen=True):
    """One line of the answers. `genuine`: probability by the words alone; `why`: the words that spoke most for or against it."""

    id: str
    categories: list[GuessOut]
    priority: str | None
    genuine: float
    why: list[str]
    ms: float
    p1: float = 0.0


#: What is said of words in which nothing is known: neither for nor against.
UNKNOWN = 0.5


@click.command()
@click.argument("words", required=False, default="")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV of id, words.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the answers go, a JSON line each.")
@click.option("--why", is_flag=True, help="Say which words spoke for what.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def command(words: str, batch: Path | None, out: Path | None, why: bool, as_json: bool) -> None:
    """Say what WORDS report, as a caller would say them: tanggap triage "pohon tumbang timpa kabel, ada percikan"."""
    if not words and batch is None:
        raise click.UsageError("say WORDS, or name a file with --batch")
    suggester, catalogue = _suggester()
    if batch is not None:
        _answer_all(suggester, batch, out)
        return
    answer = ask(suggester, "1", words)
    if as_json:
        click.echo(msgspec.json.encode(answer).decode())
    else:
        _show(answer, catalogue, why)


def _suggester() -> tuple[Suggester, Catalogue]:
    settings = load_settings()
    pack = read_pack(pack_folder(settings.city))
    catalogue = Catalogue(pack.city, 0, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)
    if not pack.said:
        return Suggester(catalogue), catalogue
    folder = settings.home / "cache"
    learn_once(Task(folder, catalogue, pack.said))
    return Suggester(catalogue, Reader(ModelFile(folder, catalogue, pack.said).load(), catalogue)), catalogue


def ask(suggester: Suggester, number: str, words: str) -> Answer:
    """What `words` report, and how long it took in milliseconds."""
    began = time.perf_counter()
    reading = suggester.read(words)
    if reading is None:
        found = suggester.by_keywords(words)
        guesses = [GuessOut(one.category, round(one.weight / 2, 4), list(one.because)) for one in found]
        priority = found[0].priority.value if found else None
        took = round(1000 * (time.perf_counter() - began), 3)
        return Answer(number, guesses, priority, UNKNOWN, [], took)
    guesses = [GuessOut(one.code, one.p, list(one.why)) for one in reading.categories]
    priority = reading.priority.value if reading.priority else None
    took = round(1000 * (time.perf_counter() - began), 3)
    return Answer(number, guesses, priority, reading.genuine, list(reading.why_genuine), took, reading.p1)


def _answer_all(suggester: Suggester, batch: Path, out: Path | None) -> None:
    csv.field_size_limit(10_000_000)
    with batch.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        rows = list(csv.DictReader(file))
    if rows and not {"id", "words"} <= rows[0].keys():
        raise click.ClickException(f"{batch} needs the columns id and words")
    suggester.read("api")  # what a process makes once is no report's time
    to = out.open("wb") if out else sys.stdout.buffer
    for row in rows:
        to.write(msgspec.json.encode(ask(suggester, row["id"] or "", row["words"] or "")) + b"\n")
    to.flush()
    if out:
        to.close()


def _show(answer: Answer, catalogue: Catalogue, why: bool) -> None:
    console = Console()
    table = Table("", "kategori", "prioritas", "yakin", *(["karena"] if why else []))
    for number, one in enumerate(answer.categories, 1):
        category = catalogue.category(one.code)
        cells = [str(number), category.name_id, category.priority.value, f"{100 * one.p:.0f} %"]
        table.add_row(*cells, *([", ".join(one.why)] if why else []))
    if answer.categories:
        console.print(table)
    console.print(
        f"Prioritas {answer.priority or '–'} · bahaya jiwa {100 * answer.p1:.0f} % · nyata {100 * answer.genuine:.0f} %"
    )
    if why and answer.why:
        console.print(f"karena: {', '.join(answer.why)}")
