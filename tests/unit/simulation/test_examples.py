"""The example reports of Kendari's pack tell whole stories, and call nobody."""

import shutil
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tanggap.incident.model import Disposition, ReportState
from tanggap.simulation.examples import UNDIALLABLE, Act, Step, read_examples, read_step


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


def test_there_are_about_sixty_of_every_kind(pack: Pack) -> None:
    examples = read_examples(pack)
    assert 60 <= len(examples) <= 80
    assert {example.disposition for example in examples if example.disposition} == set(Disposition)
    assert {example.state for example in examples} == set(ReportState)
    assert {step.act for example in examples for step in example.steps} == set(Act)
    assert max(example.minutes_ago for example in examples) <= 25 * 24 * 60
    assert Counter(example.joins for example in examples)["pohon-sugianto-1"] == 2
    assert len({agency for example in examples for step in example.steps for agency in step.agencies}) >= 12


def test_no_number_can_be_dialled(pack: Pack) -> None:
    assert all(UNDIALLABLE.fullmatch(example.number) for example in read_examples(pack) if example.number)


def test_the_oldest_comes_first_so_that_what_is_joined_is_there(pack: Pack) -> None:
    seen: set[str] = set()
    for example in read_examples(pack):
        assert example.joins is None or example.joins in seen
        seen.add(example.code)


def test_a_step_is_one_line() -> None:
    assert read_step("+2 sent bpbd pln") == Step(2, Act.SENT, ("bpbd", "pln"))
    assert read_step("+8 rejected bpbd: Bukan kewenangan kami: milik DLHK") == Step(
        8, Act.REJECTED, ("bpbd",), "Bukan kewenangan kami: milik DLHK"
    )
    assert read_step("+200 rated 5: Terima kasih") == Step(200, Act.RATED, (), "Terima kasih", 5)


@given(st.text().filter(lambda line: not line.startswith("+")))
def test_any_other_line_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        read_step(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('place = "pasar-atom"', "names the place `pasar-atom`, which the pack does not have."),
        ('number = "0812-3456-7890"', "has a number that somebody could have; write 0100-0000-….."),
        ('joins = "nothing"', "joins `nothing`, which is no earlier example with an incident."),
        ('steps = ["+1 sent polri"]', "names the agency `polri`, which agencies.toml does not have."),
        ('steps = ["+1 done bpbd"]', "lets `bpbd` answer, which was not asked."),
        ('steps = ["+99 sent bpbd"]', "has the step '+99 sent bpbd' out of order, or in the future."),
        ('telepon = "x"', "has a field `telepon` that the format does not know."),
    ],
)
def test_a_mistake_is_said(pack: Pack, tmp_path: Path, line: str, said: str) -> None:
    shutil.copytree(pack.folder, tmp_path / "pack")
    entry = f'[[example]]\ncode = "a"\nminutes_ago = 5\nchannel = "call"\nwords = "x"\nstate = "waiting"\n{line}\n'
    (tmp_path / "pack" / "examples.toml").write_text(entry, "utf-8")
    with pytest.raises(PackError) as refused:
        read_examples(msgspec.structs.replace(pack, folder=tmp_path / "pack"))
    assert said in [problem.sentence for problem in refused.value.problems]
