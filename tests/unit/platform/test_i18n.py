"""Moments and durations read as people say them, in the city's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tanggap.platform.i18n import Locale, format_ago, format_duration, format_moment, known_locale, translator

KENDARI = ZoneInfo("Asia/Makassar")
AT = datetime(2026, 11, 23, 14, 41, tzinfo=UTC)


def test_a_moment_is_shown_in_the_citys_zone() -> None:
    assert format_moment(AT, KENDARI) == "23 Nov 2026 22.41 WITA"
    assert format_moment(AT, KENDARI, "en") == "23 Nov 2026 22:41 WITA"
    assert format_moment(datetime(2026, 8, 31, 17, 5, tzinfo=UTC), KENDARI) == "1 Sep 2026 01.05 WITA"


@pytest.mark.parametrize(
    ("seconds", "locale", "said"),
    [
        (0, "id", "0 detik"),
        (8, "id", "8 detik"),
        (240, "id", "4 menit"),
        (299, "id", "4 menit"),
        (3600, "id", "1 jam"),
        (7500, "id", "2 jam 5 menit"),
        (86_400 * 3 + 3600 * 4 + 61, "id", "3 hari 4 jam"),
        (86_400 + 120, "id", "1 hari"),
        (60, "en", "1 minute"),
        (7260, "en", "2 hours 1 minute"),
    ],
)
def test_a_duration_names_its_largest_units(seconds: float, locale: Locale, said: str) -> None:
    assert format_duration(seconds, locale) == said


def test_how_long_ago_and_how_long_still() -> None:
    assert format_ago(AT, AT + timedelta(seconds=3)) == "baru saja"
    assert format_ago(AT, AT + timedelta(minutes=4, seconds=40)) == "4 menit lalu"
    assert format_ago(AT, AT + timedelta(hours=5, minutes=40), "en") == "5 hours ago"
    assert format_ago(AT + timedelta(minutes=5), AT) == "5 menit lagi"


def test_indonesian_is_the_source_and_an_unknown_text_stays_as_it_is() -> None:
    assert translator("id")("Laporan") == "Laporan"
    assert translator("en")("kalimat yang tidak ada di katalog") == "kalimat yang tidak ada di katalog"
    assert (known_locale("en-GB"), known_locale("fr"), known_locale(None)) == ("en", "id", "id")
