"""Kendari's pack as a catalogue, and rows of a file that was never written."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.imports.model import Checked, Opened, Projection, Raw, Refused, Tell, Wanted
from tanggap.location.imports.plan import read

#: A point in Kendari, longitude first.
HERE = shapely.Point(122.515, -3.985)
#: Rows (and the file's projection, and what is said of it) → what comes of them.
Reading = Callable[..., Checked]


@pytest.fixture(scope="session")
def kendari() -> Catalogue:
    pack = read_pack(pack_folder("kendari"))
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


@pytest.fixture
def reading(kendari: Catalogue) -> Reading:
    def read_rows(*rows: Raw | Refused, projection: Projection | None = None, wanted: Wanted | None = None) -> Checked:
        def listed(_tell: Tell) -> Iterator[Raw | Refused]:
            yield from rows

        return read(Opened("test", "line", listed, projection), kendari, wanted or Wanted("test"), lambda _done, _total: None)

    return read_rows


def row(name: str = "Pasar Baru", shape: BaseGeometry | None = HERE, number: int = 2, id: str = "", **said: Any) -> Raw:  # noqa: A002
    """A row; what is not said is sound."""
    return Raw(number, id, name, shape, **said)
