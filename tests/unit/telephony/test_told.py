"""What an INVITE says of its caller, whatever its bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.telephony.edge.media import bdecode, bencode
from tanggap.telephony.edge.told import locations_of, number_of, sdp_of


@pytest.mark.parametrize(
    ("pai", "sender", "number"),
    [
        ("", "sip:+6281344556642@trunk.test", "+6281344556642"),
        ("<sip:+628111@op>", "sip:anonymous@anonymous.invalid", "+628111"),
        ("<tel:0401-3112112;cpc=emergency>", "sip:x@y", "0401-3112112"),
        ('"Budi" <sip:+628111@op;user=phone>', "sip:+628222@op", "+628111"),
        ("", "sip:anonymous@anonymous.invalid", ""),
        ("", "sip:alice@example.test", ""),
        ("", "", ""),
    ],
)
def test_the_asserted_number_comes_first(pai: str, sender: str, number: str) -> None:
    assert number_of({"pai": pai, "from": sender}) == number


def test_a_location_by_reference_is_kept_flagged() -> None:
    (heard,) = locations_of({"geo": "<https://lis.example/abc>", "body": "v=0"})
    assert heard.flaws == ("by_reference",)


@pytest.mark.parametrize("said", ["0,0,10", "91,0,10", "x", "1,2", "-3.9,122.5,0"])
def test_an_odd_point_is_no_point(said: str) -> None:
    (heard,) = locations_of({"point": said})
    assert heard.fix is None
    assert heard.flaws == ("odd_point",)


@given(st.text(max_size=400), st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_bytes_have_an_answer(body: str, kind: str, geo: str, sender: str) -> None:
    for content in (kind, f"multipart/mixed;boundary={kind}", "application/pidf+xml"):
        told = {"body": body, "kind": content, "geo": geo, "from": sender, "pai": body}
        assert isinstance(number_of(told), str)
        assert isinstance(locations_of(told), tuple)
        assert isinstance(sdp_of(told), str)


VALUES = st.recursive(
    st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_bencoded_reads_back(value: object) -> None:
    assert bdecode(bencode(value)) == value


@given(st.binary(max_size=60))
def test_a_broken_answer_is_a_value_error(blob: bytes) -> None:
    try:
        bdecode(blob)
    except ValueError:
        return


def test_a_caller_in_a_browser_says_their_number_or_not() -> None:
    for said, number in (("0813-4455-6642", "0813-4455-6642"), ("", ""), ("112", ""), ("<b>", ""), ("+" * 20, "")):
        assert number_of({"who": "web1a2b3c4d", "from": "sip:web1a2b3c4d@112.local", "number": said}) == number
    assert number_of({"who": "", "from": "sip:0811@trunk", "number": "081344556642"}) == "0811", "a trunk says it otherwise"
