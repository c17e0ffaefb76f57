"""Identifiers sort by time and cannot be guessed."""

from itertools import pairwise

import pytest

from tanggap.platform.ids import new_id, new_token


def test_ids_are_version_7_and_sort_by_the_millisecond() -> None:
    ids = [new_id() for _ in range(200)]
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 200
    assert all(before.int >> 80 <= after.int >> 80 for before, after in pairwise(ids))


def test_ids_of_one_process_never_go_back_also_when_the_clock_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [new_id() for _ in range(2_000)]
    made_at = ids[-1].int >> 80
    monkeypatch.setattr("tanggap.platform.ids.time.time_ns", lambda: (made_at - 3_600_000) * 1_000_000)
    ids += [new_id() for _ in range(2_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 4_000
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
    assert ids[-1].int >> 80 <= made_at + 1


def test_a_token_has_160_bits_and_fits_a_url() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == 27 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)
