"""The Kendari pack's model, learned once for all tests of a run, whatever the number of its processes."""

import os

import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.triage.building import Task, learn_once
from tanggap.triage.learned import Model
from tanggap.triage.learning import learn
from tanggap.triage.model_files import ModelFile
from tanggap.triage.reader import Reader


@pytest.fixture(scope="session")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


@pytest.fixture(scope="session")
def catalogue(pack: Pack) -> Catalogue:
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


@pytest.fixture(scope="session")
def model(pack: Pack, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Model:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return learn(pack.said, catalogue)
    shared = tmp_path_factory.getbasetemp().parent / "learned"  # of this run's processes
    learn_once(Task(shared, catalogue, pack.said))
    return ModelFile(shared, catalogue, pack.said).load()


@pytest.fixture(scope="session")
def reader(model: Model, catalogue: Catalogue) -> Reader:
    return Reader(model, catalogue)
