"""Nobody can be recognised by a small number, nor work it out from the others and their total."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.evaluation.disclosure import SMALL, ShareTold, may_be_told, share_told, told, withheld
from tanggap.evaluation.published import Counts, counts

CELLS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12) | st.integers(0, 1000), max_size=8)


def test_a_small_cell_goes_with_the_next_larger_ones() -> None:
    assert told({"a": 3, "b": 40, "c": 9, "d": 9, "e": 0}) == {"a": None, "b": 40, "c": None, "d": None, "e": 0}
    assert told({"a": 5, "b": 0}) == {"a": 5, "b": 0}
    assert told({"a": 2, "b": 0, "c": 0}) == {"a": None, "b": None, "c": None}


def test_where_nothing_can_hide_a_small_cell_nothing_is_told() -> None:
    assert not may_be_told([{"a": 4, "b": 4}])
    assert not may_be_told([{"a": 3, "b": 0}])
    assert counts({"outcome": {"a": 4, "b": 4}, "hour": {"1": 8}}) == Counts(
        None, {"outcome": {"a": None, "b": None}, "hour": {"1": None}}
    )
    assert counts({"outcome": {"a": 4, "b": 20}, "hour": {"1": 24}}) == Counts(
        24, {"outcome": {"a": None, "b": None}, "hour": {"1": 24}}
    )


@given(CELLS)
def test_no_small_number_is_ever_told(cells: dict[str, int]) -> None:
    assert all(n is None or n == 0 or n >= SMALL for n in told(cells).values())


@given(CELLS)
def test_what_is_left_of_the_total_is_never_one_cell(cells: dict[str, int]) -> None:
    hidden = withheld(cells)
    if hidden and may_be_told([cells]):
        assert len({cells[key] for key in hidden}) >= 2


@pytest.mark.parametrize(("width", "most"), [(2, 12), (3, 9), (4, 7)])
def test_whoever_knows_the_rule_and_the_total_cannot_work_a_withheld_cell_out(width: int, most: int) -> None:
    read: defaultdict[tuple[object, ...], list[set[int]]] = defaultdict(lambda: [set() for _ in range(width)])
    for values in product(range(most + 1), repeat=width):
        cells = {str(n): value for n, value in enumerate(values)}
        if may_be_told([cells]):
            for possible, value in zip(read[(sum(values), *told(cells).values())], values, strict=True):
                possible.add(value)
    assert read
    for (_, *shown), possible in read.items():
        assert all(len(values) > 1 for cell, values in zip(shown, possible, strict=True) if cell is None), shown


def test_a_share_of_few_is_only_a_bound() -> None:
    assert [share_told(*one) for one in ((3, 4), (2, 100), (98, 100), (40, 80), (0, 50), (50, 50), (2, 5))] == [
        None, ShareTold(5, "<"), ShareTold(95, ">"), ShareTold(50), ShareTold(0), ShareTold(100), None,
    ]  # fmt: skip


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_share_never_tells_of_fewer_than_five(met: int, others: int) -> None:
    n, shown = met + others, share_told(met, met + others)
    if shown is not None and not shown.bound:
        assert not 0 < met < SMALL
        assert not 0 < others < SMALL
    elif shown is not None:
        assert shown.percent * n >= 100 * met if shown.bound == "<" else shown.percent * n <= 100 * met
