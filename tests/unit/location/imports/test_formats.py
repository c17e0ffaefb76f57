"""Files as cities have them: any encoding, delimiter and heading; damaged rows are refused one by one."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapefile

from tanggap.city.model import Catalogue
from tanggap.location.imports.csv_file import encoding_of
from tanggap.location.imports.files import open_file
from tanggap.location.imports.model import Opened, Raw, Refused, UnreadableFileError
from tanggap.location.imports.osm_tags import kind_of_tags, names_of_tags


def rows(opened: Opened) -> list[Raw | Refused]:
    return list(opened.rows(lambda _done, _total: None))


def taken(opened: Opened) -> list[Raw]:
    return [row for row in rows(opened) if isinstance(row, Raw)]


def opened(path: Path, kendari: Catalogue, content: bytes | str | None = None) -> Opened:
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_file(path, kendari.city.bbox)


@pytest.mark.parametrize(
    ("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_in_any_encoding_and_delimiter(
    tmp_path: Path, kendari: Catalogue, encoding: str, found: str, delimiter: str
) -> None:
    lines = [["Nama", "Lintang", "Bujur", "Alt Names"], ["Cozy café", "-3.985", "122.515", "Kafé|Kopi"]]
    content = "\r\n".join(delimiter.join(cells) for cells in lines).encode(encoding)
    file = opened(tmp_path / "a.csv", kendari, content)
    assert encoding_of(tmp_path / "a.csv") == found
    (row,) = taken(file)
    assert (row.number, row.name, row.names) == (2, "Cozy café", ("Kafé", "Kopi"))
    assert row.shape is not None
    assert row.shape.coords[0] == (122.515, -3.985)


def test_bytes_that_are_nothing_else_are_latin_1(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"name,lat,lon\nCaf\xe9 \x81,-3.9,122.5\n")
    assert encoding_of(tmp_path / "a.csv") == "latin-1"


def test_lines_of_a_csv_that_cannot_be_read_are_refused_by_their_number(tmp_path: Path, kendari: Catalogue) -> None:
    content = 'id;nama;lat;lon\n1;Satu;-3,985;122,515\n2;Dua;abc;122,5\n\n3;"Ti\nga";-3,9;122,5\n'
    content += "4;Empat;1;2;3;4\n5;Lima;3°59'06\" LS;122,5\n"
    told = {row.number: row for row in rows(opened(tmp_path / "a.csv", kendari, content))}
    assert isinstance(told[2], Raw)
    assert "latitude «abc» is not a number" in str(told[3])
    assert isinstance(told[5], Raw)
    assert "6 cells, the first line has 4" in str(told[7])
    five = told[8]
    assert isinstance(five, Raw)
    assert five.shape is not None
    assert five.shape.coords[0][1] == pytest.approx(-3.985)


def test_a_csv_says_which_columns_it_lacks(tmp_path: Path, kendari: Catalogue) -> None:
    with pytest.raises(UnreadableFileError, match="needs columns for a name and for lat and lon in its first line; it has a, b"):
        opened(tmp_path / "a.csv", kendari, "a,b\n1,2\n")


def feature(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [122.5, -3.9]},
        "properties": {"name": name} | properties,
    }


def test_geojson_is_read_feature_by_feature(tmp_path: Path, kendari: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tanggap.location.imports.geojson_file.CHUNK", 37)
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32751"}},
        "features": [
            feature('Kafe {"x"} \\'),
            {"type": "Feature", "geometry": None, "properties": None},
            feature("Dua", jenis="kafe"),
        ],
    }
    file = opened(tmp_path / "a.geojson", kendari, json.dumps(document, indent=1))
    assert file.projection is not None
    assert file.projection.name == "UTM 51S"
    one, two, three = rows(file)
    assert isinstance(one, Raw)
    assert one.name == 'Kafe {"x"} \\'
    assert two == Refused(2, "", "it has no geometry")
    assert isinstance(three, Raw)
    assert three.kind == "kafe"


def test_a_geojson_that_is_cut_off_gives_what_is_whole(tmp_path: Path, kendari: Catalogue) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": [feature("Satu"), feature("Dua")]})
    one, two = rows(opened(tmp_path / "a.geojson", kendari, content[:-30]))
    assert isinstance(one, Raw)
    assert isinstance(two, Refused)
    assert "cut off" in two.reason


def test_newline_delimited_geojson_and_old_encodings(tmp_path: Path, kendari: Catalogue) -> None:
    content = "\n".join(json.dumps(feature(name), ensure_ascii=False) for name in ("Café Satu", "Dua")).encode("cp1252")
    assert [row.name for row in taken(opened(tmp_path / "a.geojsonl", kendari, content))] == ["Café Satu", "Dua"]


@pytest.mark.parametrize("content", ["{}", "[]", "", "{", '{"type": "Topology"}'])
def test_what_is_no_geojson_says_so(tmp_path: Path, kendari: Catalogue, content: str) -> None:
    with pytest.raises(UnreadableFileError):
        opened(tmp_path / "a.geojson", kendari, content)


def test_a_shapefile_with_its_grid_and_encoding(tmp_path: Path, kendari: Catalogue) -> None:
    with shapefile.Writer(str(tmp_path / "jalan"), shapeType=shapefile.POLYLINE, encoding="cp1252") as writer:
        writer.field("NAMOBJ", "C", 40)
        writer.line([[[446000, 9559500], [446200, 9559600]]])
        writer.record("Jalan Café")
        writer.null()
        writer.record("Tanpa Titik")
    file = opened(tmp_path / "jalan.shp", kendari)
    one, two = rows(file)
    assert isinstance(one, Raw)
    assert one.name == "Jalan Café"
    assert two == Refused(2, "Tanpa Titik", "it has no coordinates")
    (tmp_path / "jalan.dbf").unlink()
    with pytest.raises(UnreadableFileError, match=r"jalan.dbf is missing"):
        opened(tmp_path / "jalan.shp", kendari)


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.shp", "a.zip", "a.xlsx"])
def test_a_file_that_is_damaged_or_of_another_format_is_one_sentence(tmp_path: Path, kendari: Catalogue, name: str) -> None:
    with pytest.raises(UnreadableFileError):
        opened(tmp_path / name, kendari, b"\x00\x01nonsense" * 20)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "residential"}, "street"),
        ({"highway": "footway"}, "lane"),
        ({"highway": "traffic_signals"}, "junction"),
        ({"landuse": "residential"}, "housing"),
        ({"amenity": "place_of_worship", "religion": "muslim"}, "mosque"),
        ({"amenity": "fuel", "shop": "convenience"}, "fuel"),
        ({"waterway": "river"}, "river"),
        ({"boundary": "administrative", "admin_level": "9"}, "rw"),
        ({"boundary": "administrative", "admin_level": "7"}, ""),
        ({"type": "route", "route": "bus"}, "bus_route"),
        ({"type": "route", "route": "hiking"}, ""),
        ({"building": "yes"}, "landmark"),
        ({"power": "line"}, ""),
    ],
)
def test_tags_say_the_kind(tags: dict[str, str], kind: str) -> None:
    assert kind_of_tags(tags) == kind


def test_every_name_of_an_object_counts() -> None:
    tags = {"name": "Pasar Mandonga", "alt_name": "Pasar Baru; Mandonga", "old_name": "Pasar Lama", "name:id": "Pasar Mandonga"}
    assert names_of_tags(tags) == ("Pasar Mandonga", ("Pasar Baru", "Mandonga", "Pasar Lama"))
    assert names_of_tags({"loc_name": "Wua"}) == ("Wua", ())
