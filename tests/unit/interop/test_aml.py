"""AML as phones and networks really write it: read with patience, and never a place that nobody measured."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.interop.aml import read_form, read_sms
from tanggap.location.uncertainty import radius_95

SAID = 'A"ML=1;lt=-3.99420;lg=+122.51730;rd=50;top=20261121144102;lc=90;pm=W;si=510101234567890;ei=356708041746734;mcc=510;mnc=10'


def with_length(said: str) -> str:
    """The message with its own length in `ml`, as the standard wants it."""
    length = len(said) + len(";ml=") + 3
    return f"{said};ml={length}"


def test_a_message_by_the_standard_says_where_when_and_how_sure() -> None:
    heard = read_sms(with_length(SAID))
    assert heard.fix is not None
    assert (heard.fix.lat, heard.fix.lon, heard.fix.stated_m, heard.fix.confidence) == (-3.9942, 122.5173, 50.0, 0.9)
    assert heard.fix.uncertainty_m == pytest.approx(57.0, abs=0.1)  # 50 m at 90 % are 57 m at 95 %
    assert heard.measured_at == datetime(2026, 11, 21, 14, 41, 2, tzinfo=UTC)
    assert heard.flaws == ()
    assert heard.raw == with_length(SAID)


def test_the_numbers_of_the_sim_and_the_phone_stay_out_of_what_is_told() -> None:
    heard = read_sms(SAID)
    assert heard.identity == {"si": "510101234567890", "ei": "356708041746734"}
    assert heard.more == {"version": "1", "pm": "W", "mcc": "510", "mnc": "10"}


@pytest.mark.parametrize(
    ("said", "lat", "lon", "flaw"),
    [
        ('A"ML=1;lt=+55.74317;lg=-4.26881;rd=50;top=20130717141935;lc=95;pm=W;ml=999', 55.74317, -4.26881, "wrong_length"),
        ('A"ML=1;lt=3.99420;lg=122.51730;rd=50', 3.9942, 122.5173, "missing_sign"),
        ("rd=50;lg=+122.51730;lt=-3.99420;ML=1", -3.9942, 122.5173, None),
        ('A"ML=1; lt = -3,99420 ; lg = +122,51730 ; rd = 50,5', -3.9942, 122.5173, None),
        ('A"ML=1;LT=-3.99420;LG=+122.51730;RD=50m', -3.9942, 122.5173, None),
        ('“A"ML=1;lt=-3.9942;lg=+122.5173;rd=50;top=20130099999999"', -3.9942, 122.5173, "odd_time"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=50;lc=banyak', -3.9942, 122.5173, "odd_confidence"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=50;lt=+1.0', -3.9942, 122.5173, "repeated_field"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=50;top=2026112', -3.9942, 122.5173, "odd_time"),
        ('A"ML=1;lt=-0.00001;lg=+109.33330;rd=20', -0.00001, 109.3333, None),  # Pontianak lies on the equator
        ("lt=-3.9942;lg=+122.5173;rd=50", -3.9942, 122.5173, "not_aml"),
    ],
)
def test_real_life_variants_are_read(said: str, lat: float, lon: float, flaw: str | None) -> None:
    heard = read_sms(said)
    assert heard.fix is not None
    assert (heard.fix.lat, heard.fix.lon) == (lat, lon)
    assert heard.flaws == ((flaw,) if flaw else ())


@pytest.mark.parametrize(
    ("said", "flaw"),
    [
        ('A"ML=1;lt=+00.00000;lg=+000.00000;rd=50;pm=G', "no_fix"),
        ('A"ML=1;lt=0;lg=0;rd=50', "no_fix"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=50;pm=N', "no_fix"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173', "no_radius"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=0', "no_radius"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=N', "no_radius"),
        ('A"ML=1;lt=-3.9942;lg=+122.5173;rd=20000000', "no_radius"),
        ('A"ML=1;lt=-93.9942;lg=+122.5173;rd=50', "odd_point"),
        ('A"ML=1;lt=;lg=+122.5173;rd=50', "no_point"),
        ('A"ML=1;lt=-3.9942;rd=50', "no_point"),
        ("tolong ada kebakaran", "not_aml"),
        ("", "not_aml"),
    ],
)
def test_what_is_no_position_is_no_place_on_the_map(said: str, flaw: str) -> None:
    heard = read_sms(said)
    assert heard.fix is None
    assert flaw in heard.flaws
    assert heard.raw == said


def test_version_two_and_fields_nobody_knows_are_kept() -> None:
    heard = read_sms('A"ML=2;lt=-3.9942;lg=+122.5173;rd=12;lc=68;alt=31.5;fl=3;zz=apa saja')
    assert heard.more == {"version": "2", "alt": "31.5", "fl": "3", "zz": "apa saja"}
    assert heard.fix is not None
    assert heard.fix.uncertainty_m == pytest.approx(radius_95(12, 0.68))


def test_a_phone_that_posts_a_form_is_understood_as_well() -> None:
    said = {
        "v": "3", "emergency_number": "112", "device_number": "+6281344556642", "location_latitude": "-3.9942",
        "location_longitude": "122.5173", "location_time": "1795272062000", "location_accuracy": "18.5",
        "location_confidence": "0.6826", "location_source": "gps", "location_floor": "2", "cell_network_mcc": "510",
    }  # fmt: skip
    heard = read_form(said, "v=3&…")
    assert heard.fix is not None
    assert (heard.fix.lat, heard.fix.lon, heard.fix.stated_m) == (-3.9942, 122.5173, 18.5)
    assert heard.fix.confidence == pytest.approx(0.6826)
    assert heard.measured_at == datetime(2026, 11, 21, 14, 41, 2, tzinfo=UTC)
    assert heard.identity == {"device_number": "+6281344556642"}
    assert heard.more["location_floor"] == "2"
    assert heard.flaws == ()


@given(st.one_of(st.text(), st.from_regex(r'(A"ML=[12])?(;[a-z]{1,3}=[+-]?[0-9.,]{0,20}){0,8}', fullmatch=True)))
def test_any_text_has_an_answer(said: str) -> None:
    heard = read_sms(said)
    assert heard.raw == said
    if heard.fix:
        assert -90 <= heard.fix.lat <= 90
        assert -180 <= heard.fix.lon <= 180
        assert heard.fix.uncertainty_m > 0


@given(
    st.dictionaries(
        st.sampled_from(["location_latitude", "location_longitude", "location_accuracy", "location_time", "x"]), st.text()
    )
)
def test_any_form_has_an_answer(said: dict[str, str]) -> None:
    assert read_form(said, "").raw == ""


@given(
    st.decimals(-90, 90, places=5), st.decimals(-180, 180, places=5), st.integers(1, 100_000), st.integers(1, 99),
    st.integers(1_300_000_000, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from("GWCU"), st.permutations(range(6)),
)  # fmt: skip
def test_what_a_phone_writes_is_what_is_read(
    lat: float, lon: float, radius_m: int, percent: int, at: datetime, method: str, order: list[int]
) -> None:
    fields = [f"lt={lat:+}", f"lg={lon:+}", f"rd={radius_m}", f"top={at:%Y%m%d%H%M%S}", f"lc={percent}", f"pm={method}"]
    heard = read_sms('A"ML=1;' + ";".join(fields[place] for place in order))
    if abs(float(lat)) < 1e-4 and abs(float(lon)) < 1e-4:
        assert heard.fix is None
        return
    assert heard.fix is not None
    assert (heard.fix.lat, heard.fix.lon, heard.fix.stated_m) == (float(lat), float(lon), radius_m)
    assert heard.fix.confidence == pytest.approx(percent / 100)
    assert (heard.measured_at, heard.more["pm"], heard.flaws) == (at, method, ())
