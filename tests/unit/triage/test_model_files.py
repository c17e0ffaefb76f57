"""The model's file: whole, or not used."""

from pathlib import Path

import msgspec
import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack
from tanggap.city.said import Said
from tanggap.triage.building import Task, learn_once
from tanggap.triage.keeper import ReaderKeeper
from tanggap.triage.learned import Model
from tanggap.triage.model_files import UNUSABLE, ModelFile
from tanggap.triage.reader import Reader


@pytest.fixture
def file(tmp_path: Path, pack: Pack, catalogue: Catalogue, model: Model) -> ModelFile:
    file = ModelFile(tmp_path, catalogue, pack.said)
    file.save(model)
    return file


def test_what_is_read_back_answers_the_same(file: ModelFile, reader: Reader, catalogue: Catalogue) -> None:
    again = Reader(file.load(), catalogue)
    said = "atap sekolah terbang kena angin"
    first, second = reader.read(said), again.read(said)
    assert first
    assert second
    assert [one.code for one in first.categories] == [one.code for one in second.categories]
    assert first.p1 == pytest.approx(second.p1, abs=1e-3)


def test_the_file_is_small(file: ModelFile) -> None:
    assert file.path.stat().st_size < 50_000_000


@pytest.mark.parametrize("keep", [0, 5, 1_000, -1])
def test_a_file_that_is_cut_off_is_not_used(file: ModelFile, keep: int) -> None:
    file.path.write_bytes(file.path.read_bytes()[:keep])
    with pytest.raises(UNUSABLE):
        file.load()


def test_a_file_with_a_changed_byte_is_not_used(file: ModelFile) -> None:
    raw = bytearray(file.path.read_bytes())
    raw[-100] ^= 0xFF
    file.path.write_bytes(bytes(raw))
    with pytest.raises(UNUSABLE):
        file.load()


def test_other_sentences_are_another_file(tmp_path: Path, pack: Pack, catalogue: Catalogue) -> None:
    assert ModelFile(tmp_path, catalogue, pack.said).path != ModelFile(tmp_path, catalogue, pack.said[1:]).path


async def test_a_keeper_without_a_sound_file_gives_none_and_learns_again(
    pack: Pack, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = pack.said[::10]
    broken = ModelFile(tmp_path, catalogue, few)
    broken.path.write_bytes(b"broken")

    async def learn_here(folder: Path, known: Catalogue, said: object) -> None:
        learn_once(Task(folder, known, few))

    monkeypatch.setattr("tanggap.triage.keeper.said_of", lambda _catalogue: few)
    monkeypatch.setattr("tanggap.triage.keeper.learn_outside", learn_here)
    keeper = ReaderKeeper(tmp_path, lambda: 0.0)
    assert await keeper.get(catalogue) is None
    assert not broken.path.exists()
    assert await keeper.learn(catalogue)
    assert await keeper.get(catalogue) is not None


async def test_after_a_change_of_the_rules_the_model_reads_on_until_the_new_one_is_learned(
    file: ModelFile, pack: Pack, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = ReaderKeeper(tmp_path)
    assert await keeper.get(catalogue) is not None
    first, *others = catalogue.categories
    led = msgspec.structs.replace(catalogue, categories=(msgspec.structs.replace(first, lead="bpbd"), *others))
    assert ModelFile(tmp_path, led, pack.said).path == file.path
    worded = msgspec.structs.replace(catalogue, categories=(msgspec.structs.replace(first, words=("api unggun",)), *others))
    assert not ModelFile(tmp_path, worded, pack.said).path.exists()
    reader = await keeper.get(worded)
    assert reader is not None
    assert reader.read("atap sekolah terbang kena angin") is not None
    learned = []

    async def learn_here(_: Path, known: Catalogue, __: object) -> None:
        learned.append(known)

    monkeypatch.setattr("tanggap.triage.keeper.learn_outside", learn_here)
    await keeper.learn(worded)
    assert learned == [worded]


async def test_a_learner_that_fails_disturbs_nobody(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("no process")

    monkeypatch.setattr("tanggap.triage.keeper.learn_outside", fails)
    keeper = ReaderKeeper(tmp_path)
    assert not await keeper.learn(catalogue)
    assert await keeper.get(catalogue) is None


def test_what_is_killed_in_the_middle_leaves_nothing_half(
    tmp_path: Path, pack: Pack, catalogue: Catalogue, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    file = ModelFile(tmp_path, catalogue, pack.said)
    monkeypatch.setattr("tanggap.triage.model_files.os.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        file.save(model)
    assert list(tmp_path.iterdir()) == []


async def test_the_reader_before_serves_until_other_sentences_are_learned(
    file: ModelFile, pack: Pack, catalogue: Catalogue, tmp_path: Path
) -> None:
    keeper = ReaderKeeper(tmp_path)
    before = await keeper.get(catalogue)
    assert before is not None
    until = await keeper.get(catalogue, (Said("hujan badai seng copot", "strong_wind", None, "genuine"),))
    assert until is not None
    assert until.read("pohon tumbang di jalan") == before.read("pohon tumbang di jalan")
