"""Evidence is said in sentences, and nobody is judged by it."""

from tanggap.verification.model import DISPOSITION_KEYS, Leaning, evidence


def test_a_history_speaks_both_ways() -> None:
    facts = evidence({"test": 2, "prank": 1, "genuine": 1}, others_near=3, has_number=True)
    assert [(fact.leaning, fact.numbers["n"]) for fact in facts] == [(Leaning.REAL, 3), (Leaning.REAL, 1), (Leaning.NOT_REAL, 3)]


def test_a_first_call_is_neither() -> None:
    assert [fact.leaning for fact in evidence({}, 0, True)] == [Leaning.NEUTRAL]
    assert evidence({}, 0, False)[0].sentence != evidence({}, 0, True)[0].sentence


def test_each_disposition_has_a_key_of_its_own() -> None:
    assert len(set(DISPOSITION_KEYS.values())) == len(DISPOSITION_KEYS)
