"""The figures' list fits what a city may set levels for, and shifts hold every hour."""

from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service_levels import LEVEL_FIGURES
from tanggap.evaluation.figures import FIGURES, Unit, shift_of


def test_a_level_can_be_set_for_every_figure_but_the_stars() -> None:
    assert {one.code: one.is_duration for one in FIGURES if one.unit is not Unit.STARS} == LEVEL_FIGURES


def test_kendari_holds_itself_to_the_norms_of_the_field() -> None:
    levels = {one.code: (one.share, one.within) for one in read_pack(pack_folder("kendari")).service_levels}
    assert levels["answer_15s"] == (0.9, 15)
    assert levels["answer_20s"] == (0.95, 20)
    assert levels["processing_60s"] == (0.9, 60)
    assert levels["fire_arrival_15min"] == (0.9, 900)
    assert levels["first_answer_3days"] == (1.0, 3)


def test_the_night_shift_reaches_into_the_morning() -> None:
    assert [shift_of(hour, (7, 15, 23)) for hour in (6, 7, 14, 15, 22, 23, 0)] == [2, 0, 0, 1, 1, 2, 2]


@given(st.integers(0, 23), st.lists(st.integers(0, 23), min_size=1, max_size=12, unique=True).map(sorted))
def test_every_hour_is_in_a_shift(hour: int, starts: list[int]) -> None:
    begun = starts[shift_of(hour, starts)]
    assert begun == max((one for one in starts if one <= hour), default=starts[-1])
