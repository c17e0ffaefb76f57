"""PIDF-LO with each of its shapes, as networks hand it on; and what must never come in with it."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tanggap.interop.pidf_lo import read_pidf_lo
from tanggap.location.plane import distance_m
from tanggap.location.uncertainty import radius_95

SPACES = (
    'xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" '
    'xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" xmlns:con="urn:ietf:params:xml:ns:geopriv:conf"'
)
METRES = 'uom="urn:ogc:def:uom:EPSG::9001"'
DEGREES = 'uom="urn:ogc:def:uom:EPSG::9102"'
SRS = 'srsName="urn:ogc:def:crs:EPSG::4326"'


def document(inside: str, more: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><presence {SPACES} entity="pres:wati@kendari.example"><tuple id="a"><status>'
        f"<gp:geopriv><gp:location-info>{inside}</gp:location-info><gp:usage-rules/><gp:method>Wiremap</gp:method></gp:geopriv>"
        f"</status><timestamp>2026-11-21T22:41:02+08:00</timestamp></tuple>{more}</presence>"
    )


CIRCLE = f"<gs:Circle {SRS}><gml:pos>-3.9942 122.5173</gml:pos><gs:radius {METRES}>85.0</gs:radius></gs:Circle>"


def test_a_circle_is_a_centre_and_a_radius() -> None:
    heard = read_pidf_lo(document(CIRCLE))
    assert heard.fix is not None
    assert (heard.fix.lat, heard.fix.lon, heard.fix.uncertainty_m, heard.fix.shape) == (-3.9942, 122.5173, 85.0, None)
    assert heard.measured_at == datetime(2026, 11, 21, 14, 41, 2, tzinfo=UTC)
    assert (heard.flaws, heard.more, heard.identity) == ((), {"method": "Wiremap"}, {"entity": "pres:wati@kendari.example"})


def test_another_confidence_becomes_ours() -> None:
    heard = read_pidf_lo(document(CIRCLE + '<con:confidence pdf="normal">67</con:confidence>'))
    assert heard.fix is not None
    assert (heard.fix.stated_m, heard.fix.confidence) == (85.0, 0.67)
    assert heard.fix.uncertainty_m == pytest.approx(radius_95(85, 0.67))
    unknown = read_pidf_lo(document(CIRCLE + "<con:confidence>unknown</con:confidence>"))
    assert unknown.fix is not None
    assert unknown.fix.uncertainty_m == 85.0


@pytest.mark.parametrize(
    ("inside", "radius_m"),
    [
        (f"<gml:Point {SRS}><gml:pos>-3.9942 122.5173</gml:pos></gml:Point>", 50),
        ('<gml:Point srsName="urn:ogc:def:crs:EPSG::4979"><gml:pos>-3.9942 122.5173 12.5</gml:pos></gml:Point>', 50),
        (f"<gs:Sphere><gml:pos>-3.9942 122.5173 26.3</gml:pos><gs:radius {METRES}>850</gs:radius></gs:Sphere>", 850),
        (
            f"<gs:Ellipse><gml:pos>-3.9942 122.5173</gml:pos><gs:semiMajorAxis {METRES}>77.5</gs:semiMajorAxis>"
            f"<gs:semiMinorAxis {METRES}>11.2</gs:semiMinorAxis><gs:orientation {DEGREES}>43.2</gs:orientation></gs:Ellipse>",
            77.5,
        ),
        (
            f"<gs:Ellipsoid><gml:pos>-3.9942 122.5173 20</gml:pos><gs:semiMajorAxis {METRES}>77.5</gs:semiMajorAxis>"
            f"<gs:semiMinorAxis {METRES}>18.1</gs:semiMinorAxis><gs:verticalAxis {METRES}>8</gs:verticalAxis>"
            f"<gs:orientation {DEGREES}>43.2</gs:orientation></gs:Ellipsoid>",
            77.5,
        ),
    ],
)
def test_shapes_around_a_centre(inside: str, radius_m: float) -> None:
    heard = read_pidf_lo(document(inside))
    assert heard.fix is not None
    assert (heard.fix.lat, heard.fix.lon, heard.fix.uncertainty_m) == (-3.9942, 122.5173, radius_m)


def test_an_ellipse_points_where_it_says() -> None:
    inside = (
        f"<gs:Ellipse><gml:pos>-4 122.5</gml:pos><gs:semiMajorAxis {METRES}>1000</gs:semiMajorAxis>"
        f"<gs:semiMinorAxis {METRES}>100</gs:semiMinorAxis><gs:orientation {DEGREES}>90</gs:orientation></gs:Ellipse>"
    )
    fix = read_pidf_lo(document(inside)).fix
    assert fix is not None
    west, south, east, north = shapely.from_geojson(shapely.to_geojson(shapely.geometry.shape(fix.shape))).bounds
    assert east - west > 8 * (north - south)


CORNERS = ((-3.99, 122.51), (-3.99, 122.52), (-4.0, 122.52), (-4.0, 122.51), (-3.99, 122.51))
AS_POS = "".join(f"<gml:pos>{lat} {lon}</gml:pos>" for lat, lon in CORNERS)
AS_LIST = "<gml:posList>" + " ".join(f"{lat} {lon}" for lat, lon in CORNERS) + "</gml:posList>"
AS_SOLID = '<gml:posList srsDimension="3">' + " ".join(f"{lat} {lon} 24.8" for lat, lon in CORNERS) + "</gml:posList>"


@pytest.mark.parametrize("ring", [AS_POS, AS_LIST, AS_SOLID])
@pytest.mark.parametrize("around", ["{}", f"<gs:Prism><gs:base>{{}}</gs:base><gs:height {METRES}>2.4</gs:height></gs:Prism>"])
def test_a_polygon_is_its_middle_and_reaches_its_corners(ring: str, around: str) -> None:
    polygon = f"<gml:Polygon><gml:exterior><gml:LinearRing>{ring}</gml:LinearRing></gml:exterior></gml:Polygon>"
    fix = read_pidf_lo(document(around.format(polygon))).fix
    assert fix is not None
    assert distance_m(fix.lat, fix.lon, -3.995, 122.515) < 1
    assert fix.uncertainty_m == pytest.approx(distance_m(-3.995, 122.515, -3.99, 122.51), rel=0.01)
    assert fix.shape is not None
    assert fix.shape["coordinates"][0][0] == [122.51, -3.99]


def test_an_arc_band_lies_in_its_sector() -> None:
    inside = (
        f"<gs:ArcBand><gml:pos>-4 122.5</gml:pos><gs:innerRadius {METRES}>1000</gs:innerRadius><gs:outerRadius {METRES}>1500"
        f"</gs:outerRadius><gs:startAngle {DEGREES}>60</gs:startAngle><gs:openingAngle {DEGREES}>60</gs:openingAngle>"
        "</gs:ArcBand>"
    )
    fix = read_pidf_lo(document(inside)).fix
    assert fix is not None
    assert abs(fix.lat + 4) < 1e-4  # due east of the mast
    assert 1000 < distance_m(-4, 122.5, fix.lat, fix.lon) < 1500
    assert 500 < fix.uncertainty_m < 1500


def test_an_address_without_a_point_is_kept() -> None:
    inside = "<ca:civicAddress><ca:country>ID</ca:country><ca:A2>Kendari</ca:A2><ca:RD>Jalan MT Haryono</ca:RD></ca:civicAddress>"
    heard = read_pidf_lo(document(inside))
    assert heard.fix is None
    assert heard.civic == {"country": "ID", "A2": "Kendari", "RD": "Jalan MT Haryono"}
    both = read_pidf_lo(document(CIRCLE + inside))
    assert both.fix is not None
    assert both.civic["RD"] == "Jalan MT Haryono"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", "not_xml"),
        ("<presence", "not_xml"),
        ("<presence/>", "no_location_info"),
        (document(""), "no_point"),
        (document(CIRCLE.replace("-3.9942 122.5173", "122.5173 -3.9942")), "odd_point"),  # axes swapped
        (document(CIRCLE.replace("-3.9942 122.5173", "0 0")), "no_fix"),
        (document(CIRCLE.replace("-3.9942 122.5173", "NaN 1")), "odd_point"),
        (document(CIRCLE.replace("85.0", "0")), "odd_radius"),
        (document(CIRCLE.replace("85.0", "1e12")), "odd_radius"),
        (document(CIRCLE.replace("9001", "9002")), "odd_radius"),  # feet
        (document(CIRCLE.replace("4326", "32751")), "unknown_reference_system"),
        (document("<gml:Polygon><gml:exterior/></gml:Polygon>"), "odd_shape"),
        (document("<gml:Polygon><gml:LinearRing><gml:pos>1 1</gml:pos></gml:LinearRing></gml:Polygon>"), "odd_shape"),
        ("<a>" * 100 + "</a>" * 100, "too_large"),
        ("<a>" + "<b/>" * 6_000 + "</a>", "too_large"),
        ("<a>" + " " * 200_000 + "</a>", "too_large"),
    ],
)
def test_what_cannot_be_drawn_is_no_place_and_says_why(text: str, flaw: str) -> None:
    heard = read_pidf_lo(text)
    assert heard.fix is None
    assert flaw in heard.flaws
    assert heard.raw == text


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_no_entity_and_no_file_comes_in_with_a_document(prologue: str) -> None:
    heard = read_pidf_lo(prologue + document("&x;" + CIRCLE).partition("?>")[2])
    assert (heard.fix, heard.flaws) == (None, ("doctype",))


@given(
    st.one_of(
        st.text(),
        st.text().map(lambda text: document(escape(text))),
        st.text().map(lambda text: document(CIRCLE.replace("85.0", escape(text)))),
    )
)
def test_any_text_has_an_answer(text: str) -> None:
    assert read_pidf_lo(text).raw == text


@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(5, 100_000))
def test_a_circle_that_is_written_is_read(lat: float, lon: float, radius_m: float) -> None:
    text = f"<gs:Circle><gml:pos>{lat!r} {lon!r}</gml:pos><gs:radius>{radius_m!r}</gs:radius></gs:Circle>"
    fix = read_pidf_lo(document(text)).fix
    if abs(lat) < 1e-4 and abs(lon) < 1e-4:
        assert fix is None
        return
    assert fix is not None
    assert (fix.lat, fix.lon, fix.uncertainty_m) == (lat, lon, radius_m)
