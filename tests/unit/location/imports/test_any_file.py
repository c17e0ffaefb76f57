"""Whatever a file holds, importing it ends with places, with refusals, or with one sentence on the whole."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.imports.files import open_file
from tanggap.location.imports.model import UnreadableFileError, Wanted
from tanggap.location.imports.plan import read

PACK = read_pack(pack_folder("kendari"))
KENDARI = Catalogue(PACK.city, 1, PACK.agencies, PACK.categories, PACK.areas, PACK.targets, PACK.phrases)

numbers = st.one_of(st.floats(), st.integers(-400, 400), st.floats(122.4, 122.6), st.floats(-4.1, -3.9))
points = st.lists(numbers, min_size=0, max_size=3)
coordinates = st.recursive(points, lambda inner: st.lists(inner, max_size=5), max_leaves=12)
kinds = st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection", "Kreis"])
anything = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.booleans(), st.lists(st.integers(), max_size=2))
features = st.fixed_dictionaries(
    {"type": st.sampled_from(["Feature", "feature", 3])},
    optional={
        "id": anything,
        "properties": st.one_of(anything, st.dictionaries(st.sampled_from(["name", "nama", "kind", "id", "area"]), anything)),
        "geometry": st.one_of(anything, st.fixed_dictionaries({"type": kinds, "coordinates": coordinates})),
    },
)
cells = st.one_of(st.text(max_size=15), st.sampled_from(["-3.985", "122.515", "446160", "3°59'06\" LS", "-3,985", "1e99", "nan"]))


def imported(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            checked = read(open_file(path, KENDARI.city.bbox), KENDARI, Wanted("test"), lambda _done, _total: None)
        except UnreadableFileError:
            return
    for place in checked.places:
        assert place.name
        assert place.uncertainty_m > 0
        assert -4.3 < place.lat < -3.7
        assert 122.2 < place.lon < 122.9
    assert len({place.id for place in checked.places}) == len(checked.places)
    assert all(refused.reason for refused in checked.refused.told)


@settings(max_examples=120, deadline=None)
@given(st.lists(features, max_size=6))
def test_any_features(listed: list[object]) -> None:
    imported("a.geojson", msgspec.json.encode({"type": "FeatureCollection", "features": listed}))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    for name, start in (("a.geojson", b'{"features":['), ("a.csv", b"nama,lat,lon\n"), ("a.osm.pbf", b""), ("a.csv", b"")):
        imported(name, start + content)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(cells, max_size=7), max_size=6))
def test_any_table(lines: list[list[str]]) -> None:
    rows = "\n".join(",".join(line) for line in lines)
    imported("a.csv", f"id,nama,lat,lon,kind,uncertainty_m\n{rows}".encode("utf-8", "replace"))
