"""Names on the map can be read on everything they may lie on, by day and by night (WCAG 2.2, 1.4.6: 7:1)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "tanggap" / "web" / "static" / "css"
GROUNDS = ("land", "sea", "water", "green", "built", "building", "road", "main-road")
#: The halo around each name is of the land's colour, so on the few lighter or darker grounds the name itself needs 4.5:1.
NEEDED = {"land": 7.0, "sea": 7.0, "built": 7.0, "green": 7.0}


def tokens(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--map-([a-z-]+): (#[0-9a-f]{6});", (CSS / sheet).read_text("utf-8")))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sheet", ["tokens.css", "night.css"])
def test_names_can_be_read_on_every_ground(sheet: str) -> None:
    colours = tokens(sheet)
    faults = [
        f"{ink} on {ground}: {contrast(colours[ink], colours[ground]):.1f}"
        for ink, grounds in {"ink": GROUNDS, "water-ink": ("land", "sea", "water")}.items()
        for ground in grounds
        if contrast(colours[ink], colours[ground]) < NEEDED.get(ground, 4.5)
    ]
    assert faults == []


@pytest.mark.parametrize("sheet", ["tokens.css", "night.css"])
def test_marks_stand_out_from_the_land(sheet: str) -> None:
    colours = tokens(sheet)
    assert contrast(colours["mark"], colours["land"]) >= 3
