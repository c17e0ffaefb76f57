"""How much of a call its caller was silent: what they say while nobody speaks, whatever the line's noise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.telephony.recording.g711 import ALAW, SILENCE
from tanggap.telephony.recording.silence import silent_share

_CODE = {sample: code for code, sample in enumerate(ALAW)}


def sound(seconds: float, peak: int, seed: int = 1) -> bytes:
    """Noise of that peak, as A-law."""
    near = [code for sample, code in _CODE.items() if abs(sample) <= peak]
    return bytes(random.Random(seed).choices(near, k=8_000)) * round(seconds)


def quiet(seconds: float) -> bytes:
    return bytes([SILENCE]) * round(seconds * 8_000)


def test_a_caller_who_never_speaks_was_silent() -> None:
    assert silent_share(quiet(20), quiet(20)) == 1.0
    assert silent_share(sound(20, 40), sound(6, 8_000) + quiet(14)) == 1.0


def test_a_caller_who_talks_all_the_time_was_not() -> None:
    assert silent_share(sound(20, 8_000), quiet(20)) == pytest.approx(0.0, abs=0.01)


def test_while_the_desk_speaks_a_caller_listens() -> None:
    caller = sound(10, 8_000) + quiet(10)
    assert silent_share(caller, quiet(10) + sound(10, 8_000)) == pytest.approx(0.0, abs=0.02)
    assert silent_share(caller, quiet(20)) == pytest.approx(0.5, abs=0.03)


def test_whispering_over_a_quiet_line_is_a_voice_and_hum_is_none() -> None:
    hum = sound(20, 100)
    assert silent_share(hum, quiet(20)) == 1.0
    assert silent_share(hum[:80_000] + sound(10, 1_000), quiet(20)) == pytest.approx(0.5, abs=0.03)


def test_of_a_moment_nothing_is_said() -> None:
    assert silent_share(quiet(2), quiet(2)) is None
    assert silent_share(b"", b"") is None
    assert silent_share(quiet(20), sound(20, 8_000)) is None


@given(st.binary(max_size=3_000), st.binary(max_size=3_000), st.integers(1, 20))
def test_any_two_sides_give_a_share(caller: bytes, desk: bytes, times: int) -> None:
    share = silent_share(caller * times, desk * times)
    assert share is None or 0 <= share <= 1
