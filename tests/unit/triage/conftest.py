"""The Kendari pack's model, learned once for all tests of a run."""

from collections.abc import Iterator

import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.triage.learned import Model
from tanggap.triage.learning import learn
from tanggap.triage.reader import Reader


@pytest.fixture(scope="session")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


@pytest.fixture(scope="session")
def catalogue(pack: Pack) -> Catalogue:
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


@pytest.fixture(scope="session")
def model(pack: Pack, catalogue: Catalogue) -> Iterator[Model]:
    return learn(pack.said, catalogue)


@pytest.fixture(scope="session")
def reader(model: Model, catalogue: Catalogue) -> Reader:
    return Reader(model, catalogue)
