"""`tanggap triage`: one line a row, whatever the row has in it."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tanggap.city.model import Catalogue
from tanggap.commands import triage
from tanggap.commands.triage import command
from tanggap.triage.model import Suggester
from tanggap.triage.reader import Reader


@pytest.fixture(autouse=True)
def learned(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, reader: Reader) -> None:
    monkeypatch.setattr(triage, "_suggester", lambda: (Suggester(catalogue, reader), catalogue))


def test_a_batch_answers_every_row(tmp_path: Path) -> None:
    rows = ["pohon tumbang menutup jalan", "", "112", "火事", "x" * 100_000, '"a, ""b"""']
    asked, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    asked.write_text("id,words\n" + "".join(f"R{at},{words}\n" for at, words in enumerate(rows)), "utf-8")
    done = CliRunner().invoke(command, ["--batch", str(asked), "--out", str(out)])
    assert done.exit_code == 0, done.output
    answers = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert [one["id"] for one in answers] == [f"R{at}" for at in range(len(rows))]
    first = answers[0]
    assert {"id", "categories", "priority", "genuine", "why", "ms"} <= first.keys()
    assert first["categories"][0]["code"] == "fallen_tree"
    assert len(first["categories"]) == 3
    assert all(0 <= one["genuine"] <= 1 for one in answers)


def test_a_person_sees_a_table_with_the_words(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["rumah terbakar, ada orang di dalam", "--why"])
    assert done.exit_code == 0
    assert "Prioritas P1" in done.output
    assert "terbakar" in done.output


def test_a_file_without_the_columns_says_which_it_needs(tmp_path: Path) -> None:
    asked = tmp_path / "in.csv"
    asked.write_text("a,b\n1,2\n", "utf-8")
    done = CliRunner().invoke(command, ["--batch", str(asked)])
    assert done.exit_code != 0
    assert "id and words" in done.output
