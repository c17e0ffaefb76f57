"""What a weather service publishes becomes warnings for the city, or a clear error; whatever it is, nothing else happens."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.platform.settings import Settings, SettingsError
from tanggap.verification.weather import cap, forecast
from tanggap.verification.weather.fetching import fetch
from tanggap.verification.weather.fits import fits
from tanggap.verification.weather.model import AFTERWARDS, Feed, FeedBroken, Peril, Warned, is_sound
from tanggap.verification.weather.service import due_at
from tanggap.verification.weather.settings import WeatherSettings, weather_settings

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
#: Around Mandonga and nothing else of the city.
MANDONGA = "-3.90,122.48 -3.90,122.515 -3.952,122.515 -3.952,122.48 -3.90,122.48"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = read_pack(pack_folder("kendari"))
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


def warning(
    area: str, *, event: str = "Hujan Lebat dan Angin Kencang", status: str = "Actual", said: str = "",
    expires: str = "2026-11-26T18:00:00+08:00", head: str = "",
) -> bytes:  # fmt: skip
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
    <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>X.2026.1</identifier><sender>contoh@example.org</sender>
    <sent>2026-11-26T14:00:00+08:00</sent><status>{status}</status><msgType>Alert</msgType><scope>Public</scope>
    <info><language>id-ID</language><category>Met</category><event>{event}</event><urgency>Immediate</urgency>
    <severity>Moderate</severity><certainty>Observed</certainty><effective>2026-11-26T14:10:00+08:00</effective>
    <expires>{expires}</expires><headline>Contoh</headline><description>{said}</description>
    <area><areaDesc>Sulawesi Tenggara</areaDesc>{area}</area></info></alert>""".encode()


def read(raw: bytes, catalogue: Catalogue) -> list[Warned]:
    return cap.warnings_of(cap.document(raw), catalogue)


def test_a_warning_is_for_the_kecamatan_in_its_polygon(catalogue: Catalogue) -> None:
    found = read(warning(f"<polygon>{MANDONGA}</polygon>"), catalogue)
    assert {one.kind for one in found} == {Peril.RAIN, Peril.WIND}
    assert all("74.71.01" in one.areas and "74.71.11" not in one.areas for one in found)
    assert found[0].ends_at == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def test_without_polygons_the_names_in_it_say_where(catalogue: Catalogue) -> None:
    (found, _) = read(warning("", said="berpotensi di Kadia, Wua-Wua dan sekitarnya"), catalogue)
    assert found.areas == ("74.71.07", "74.71.08")


def test_a_warning_for_all_of_the_city_names_no_part_of_it(catalogue: Catalogue) -> None:
    everywhere = "<polygon>-5,121 -5,124 -3,124 -3,121 -5,121</polygon>"
    assert {one.areas for one in read(warning(everywhere), catalogue)} == {()}


@pytest.mark.parametrize(
    "raw",
    [
        warning("<polygon>-1,120 -1,121 -2,121 -1,120</polygon>"),
        warning("", said="berpotensi di Kolaka"),
        warning(f"<polygon>{MANDONGA}</polygon>", status="Exercise"),
        warning(f"<polygon>{MANDONGA}</polygon>", event="Kabut"),
    ],
    ids=["elsewhere", "another name", "an exercise", "fog"],
)
def test_what_is_not_for_us_says_nothing(catalogue: Catalogue, raw: bytes) -> None:
    assert read(raw, catalogue) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"<html>502", b"<rss/", b"<other/>", warning("", said="Kadia", expires="nanti"),
        warning("", said="Kadia", expires="2026-11-26T18:00:00"),
        warning("", head='<!DOCTYPE alert [<!ENTITY a "aaaa">]>'), b"x" * (cap.LONGEST_DOCUMENT + 1),
    ],
)  # fmt: skip
def test_a_damaged_document_is_a_clear_error(catalogue: Catalogue, raw: bytes) -> None:
    with pytest.raises(FeedBroken):
        read(raw, catalogue)


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda said: warning(said, said=said))))
def test_any_document_is_read_or_refused(catalogue: Catalogue, raw: bytes) -> None:
    for reader in (lambda: read(raw, catalogue), lambda: forecast.warnings_of(raw, catalogue, NOW)):
        with contextlib.suppress(FeedBroken):
            assert all(isinstance(one, Warned) for one in reader())


def test_a_warning_that_is_over_or_cannot_be_true_is_left_out() -> None:
    def lasting(start_h: float, end_h: float) -> Warned:
        return Warned("x", Peril.RAIN, "Hujan", NOW + timedelta(hours=start_h), NOW + timedelta(hours=end_h))

    assert is_sound(lasting(-1, 2), NOW)
    assert is_sound(lasting(-5, -1), NOW)
    assert not is_sound(lasting(-9, -AFTERWARDS / timedelta(hours=1)), NOW)
    assert not is_sound(lasting(2, 1), NOW)
    assert not is_sound(lasting(0, 24 * 30), NOW)


def test_a_forecast_of_heavy_rain_is_for_its_kecamatan(catalogue: Catalogue) -> None:
    steps = [
        {"utc_datetime": "2026-11-26 06:00:00", "weather": 63, "weather_desc": "Hujan Lebat", "ws": 10.2, "tp": 31},
        {"utc_datetime": "2026-11-26 09:00:00", "weather": 3, "weather_desc": "Berawan", "ws": 65.0, "tp": 0},
        {"utc_datetime": "2026-11-25 21:00:00", "weather": 63, "weather_desc": "Hujan Lebat", "ws": 1, "tp": 31},
    ]
    raw = msgspec.json.encode({"lokasi": {}, "data": [{"lokasi": {"adm4": "74.71.03.1002"}, "cuaca": [steps]}]})
    found = forecast.warnings_of(raw, catalogue, NOW)
    assert [(one.kind, one.areas, one.is_forecast) for one in found] == [
        (Peril.RAIN, ("74.71.03",), True), (Peril.WIND, ("74.71.03",), True),
    ]  # fmt: skip


LIST = b"""<rss version="2.0"><channel><title>Contoh</title>
<item><title>Hujan di Sulawesi Tenggara</title><link>%s</link></item>
<item><title>Hujan di Jawa Barat</title><link>https://cuaca.example/other.xml</link></item></channel></rss>"""


def serving(link: bytes, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    return httpx.MockTransport(
        lambda asked: httpx.Response(200, content=LIST % link) if asked.url.path == "/list" else answer(asked)
    )


SAID = WeatherSettings(alerts="https://cuaca.example/list", province="Sulawesi Tenggara")


async def test_a_list_is_followed_to_the_warnings_of_the_province(catalogue: Catalogue, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, content=warning(f"<polygon>{MANDONGA}</polygon>"))

    found = await fetch(SAID, tmp_path, catalogue, NOW, serving(b"https://cuaca.example/sultra.xml", answer))
    assert len(found) == 2
    assert asked == ["/sultra.xml"]


@pytest.mark.parametrize("status", [301, 404, 503])
async def test_a_feed_that_does_not_answer_says_so(catalogue: Catalogue, tmp_path: Path, status: int) -> None:
    with pytest.raises(FeedBroken, match=str(status)):
        await fetch(SAID, tmp_path, catalogue, NOW, serving(b"/sultra.xml", lambda _: httpx.Response(status)))


async def test_a_list_cannot_send_us_to_another_server(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(FeedBroken, match="another server"):
        await fetch(SAID, tmp_path, catalogue, NOW, serving(b"http://10.0.0.1/secrets", lambda _: httpx.Response(200)))


async def test_a_feed_may_be_a_file(catalogue: Catalogue, tmp_path: Path) -> None:
    said = WeatherSettings(alerts="alerts.xml")
    with pytest.raises(FeedBroken, match=r"alerts\.xml"):
        await fetch(said, tmp_path, catalogue, NOW)
    (tmp_path / "alerts.xml").write_bytes(warning(f"<polygon>{MANDONGA}</polygon>"))
    assert len(await fetch(said, tmp_path, catalogue, NOW)) == 2


def test_after_each_failure_the_wait_doubles_up_to_an_hour() -> None:
    every = timedelta(minutes=5)
    waits = [due_at(Feed(NOW, fails=fails), every) for fails in (0, 1, 3, 99)]
    assert waits == [NOW + timedelta(minutes=minutes) for minutes in (5, 10, 40, 60)]
    assert due_at(None, every) is None


def test_without_its_file_there_is_no_feed_and_a_damaged_one_is_a_clear_error(tmp_path: Path) -> None:
    house = Settings(home=tmp_path, secret_file=tmp_path / "secret.key")
    assert not weather_settings(house).is_on
    for wrong in ("alerts = 3", "nonsense = 1", 'alerts = "http://cuaca.example/x"', "every_minutes = 0", "[[["):
        (tmp_path / "weather.toml").write_text(wrong)
        with pytest.raises(SettingsError, match=r"weather\.toml"):
            weather_settings(house)
    (tmp_path / "weather.toml").write_text('alerts = "https://www.bmkg.go.id/alerts/nowcast/id"')
    assert weather_settings(house).is_on


def test_what_a_warning_speaks_for_are_categories_of_the_pack(catalogue: Catalogue) -> None:
    assert {code for code, _ in fits()} <= set(catalogue.categories_by_code)
