"""What people answer by text message: understood when it is clear, asked back when it is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.notification.inbox.model import Answer, Meant, meant


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("1", Meant(Answer.ACCEPT)),
        (" 1 terima ", Meant(Answer.ACCEPT)),
        ("1.", Meant(Answer.ACCEPT)),
        ("Terima", Meant(Answer.ACCEPT)),
        ("siap ndan", None),
        ("ok", None),
        ("1 terima kasih", Meant(Answer.ACCEPT)),
        ("2", Meant(Answer.REJECT)),
        ("2 tolak, jembatan putus", Meant(Answer.REJECT, reason="jembatan putus")),
        ("2 bukan kewenangan kami", Meant(Answer.REJECT, reason="bukan kewenangan kami")),
        ("2 sampai besok tidak bisa", Meant(Answer.REJECT, reason="sampai besok tidak bisa")),
        ("TOLAK regu habis", Meant(Answer.REJECT, reason="regu habis")),
        ("3 selesai", Meant(Answer.DONE)),
        ("sudah", None),
        ("4", Meant(Answer.SET_OUT)),
        ("otw", Meant(Answer.SET_OUT)),
        ("tiba di lokasi", Meant(Answer.ARRIVED)),
        ("KDI-0042 1", Meant(Answer.ACCEPT, 42)),
        ("kdi 42 terima", Meant(Answer.ACCEPT, 42)),
        ("#42 2 jalan putus", Meant(Answer.REJECT, 42, "jalan putus")),
        ("0042 3", Meant(Answer.DONE, 42)),
        ("KDI-0042: 4 berangkat", Meant(Answer.SET_OUT, 42)),
        ("1 tolak", None),
        ("2 terima", None),
        ("5", None),
        ("12", None),
        ("112", None),
        ("1 2", None),
        ("terima atau tolak?", None),
        ("apa ini", None),
        ("", None),
        ("MKS-0042 1", None),
        ("1 tapi nanti setelah hujan", None),
    ],
)
def test_what_is_meant(said: str, expected: Meant | None) -> None:
    assert meant(said, "KDI") == expected


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault_and_only_clear_ones_count(said: str) -> None:
    found = meant(said, "KDI")
    assert found is None or found.answer in Answer


@settings(max_examples=60)
@given(
    st.integers(1, 9_999_999), st.sampled_from(["1", "2", "3", "4"]), st.sampled_from(["KDI-{:04d}", "kdi{}", "#{}", "KDI {}"])
)
def test_a_number_in_front_names_the_incident(number: int, digit: str, form: str) -> None:
    found = meant(f"{form.format(number)} {digit}", "KDI")
    assert found is not None
    assert found.number == number
