"""Kendari's pack, read once for all that is shown of it."""

import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    pack = read_pack(pack_folder("kendari"))
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)
