"""Addresses, callbacks, signatures, encodings: any bytes are read or refused, and what we make is what the standards say."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.notification.channels import push, smpp_pdu
from tanggap.notification.channels.http import all_at
from tanggap.notification.channels.http_sms import filled, read_callback
from tanggap.notification.channels.model import Inbound, Receipt
from tanggap.notification.channels.smpp_pdu import MalformedUnit
from tanggap.notification.channels.webhook import is_ours, signed
from tanggap.notification.channels.whatsapp import is_signed, read_webhook
from tanggap.notification.contacts.model import UnfitAddress, fit_address, masked
from tanggap.notification.model import Channel
from tanggap.notification.settings import HttpSms

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "said", "kept", "shown"),
    [
        (Channel.SMS, "0813-4455 6642", "6281344556642", "0813…42"),
        (Channel.WHATSAPP, "+62 813 4455 6642", "6281344556642", "0813…42"),
        (Channel.EMAIL, " piket@bpbd.kendarikota.go.id ", "piket@bpbd.kendarikota.go.id", "pi…@bpbd.kendarikota.go.id"),
        (
            Channel.WEBHOOK,
            "https://bpbd.example.go.id/masuk?x=1",
            "https://bpbd.example.go.id/masuk?x=1",
            "https://bpbd.example.go.id/…",
        ),
    ],
)
def test_an_address_is_kept_in_one_form_and_shown_masked(channel: Channel, said: str, kept: str, shown: str) -> None:
    assert fit_address(channel, said) == kept
    assert masked(channel, kept) == shown


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (Channel.SMS, "112"), (Channel.SMS, "piket"), (Channel.SMS, ""), (Channel.SMS, "0" * 30), (Channel.EMAIL, "piket"),
        (Channel.EMAIL, "a@b"), (Channel.EMAIL, "a@b.id\r\nBcc: c@d.id"), (Channel.EMAIL, "A <a@b.id>"),
        (Channel.WEBHOOK, "http://bpbd.go.id/"), (Channel.WEBHOOK, "https://127.0.0.1/"), (Channel.WEBHOOK, "https://10.0.0.8/x"),
        (Channel.WEBHOOK, "https://localhost/"), (Channel.WEBHOOK, "https://[::1]/"), (Channel.WEBHOOK, "https://u:p@b.go.id/"),
        (Channel.WEBHOOK, "https://169.254.169.254/"), (Channel.WEBHOOK, "https://2130706433/"), (Channel.PUSH, "{}"),
        (Channel.WEBHOOK, "https://0x7f.0.0.1/"),
        (Channel.PUSH, '{"endpoint": "https://x.id/", "keys": {"p256dh": "a", "auth": 5}}'),
        (Channel.SCREEN, "x"),
    ],
)  # fmt: skip
def test_an_unfit_address_is_refused(channel: Channel, said: str) -> None:
    with pytest.raises(UnfitAddress):
        fit_address(channel, said)


@settings(max_examples=150)
@given(st.sampled_from(Channel), st.text(max_size=100))
def test_any_address_is_kept_or_refused(channel: Channel, said: str) -> None:
    try:
        kept = fit_address(channel, said)
    except UnfitAddress:
        return
    assert fit_address(channel, kept) == kept
    assert masked(channel, kept)


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_any_bytes_on_the_line_are_read_or_refused(said: bytes) -> None:
    try:
        smpp_pdu.delivered(said)
    except MalformedUnit:
        return


def test_a_receipt_is_read_from_its_options_or_its_words() -> None:
    words = b"id:0a1b sub:001 dlvrd:001 submit date:2611260400 done date:2611260401 stat:UNDELIV err:011 text:112"
    body = (
        b"\0\1\1"
        + b"6281344556642\0"
        + b"\3\1"
        + b"112\0"
        + bytes((0x04, 0, 0))
        + b"\0\0"
        + bytes((0, 0, 0, 0, len(words)))
        + words
    )
    found = smpp_pdu.delivered(body)
    assert (found.is_receipt, found.message_id, found.state) == (True, "0a1b", "UNDELIV")
    found = smpp_pdu.delivered(body + b"\x00\x1e\x00\x04FF1\x00" + b"\x04\x27\x00\x01\x02")
    assert (found.message_id, found.state) == ("FF1", "DELIVRD")


def test_a_gateways_template_is_filled_once() -> None:
    assert filled("{to}:{text}", {"to": "{text}", "text": "{to}{nope}"}) == "{text}:{to}{nope}"
    assert filled("{", {}) == "{"


def test_a_gateways_callback_is_a_receipt_a_message_or_nothing() -> None:
    said = HttpSms(name="g", url="https://g.id/", fields={"a": "{to}{text}"}, callback_id="msgid", callback_status="st")
    assert read_callback(said, {"msgid": "7", "st": "delivered"}) == [Receipt(provider_id="7", delivered=True)]
    assert read_callback(said, {"msgid": "7", "st": "expired"}) == [Receipt(provider_id="7", delivered=False, detail="expired")]
    assert read_callback(said, {"msgid": "7", "st": "buffered"}) == []
    inbound = read_callback(said, {"msgid": "8", "from": "0813", "text": "1"})
    assert inbound == [Inbound(channel=Channel.SMS, external_id="8", sender="0813", words="1")]
    assert read_callback(said, {}) == []


def test_whatsapps_webhook_is_signed_and_read() -> None:
    told = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
            "messages": [{"from": "6281344556642", "id": "wamid.A", "type": "text", "text": {"body": "1"},
                          "context": {"id": "wamid.B"}},
                         {"from": "6281344556642", "id": "wamid.C", "type": "sticker"}],
            "statuses": [{"id": "wamid.B", "status": "delivered"}, {"id": "wamid.B", "status": "read"},
                         {"id": "wamid.D", "status": "failed", "errors": [{"code": 131026}]},
                         {"id": "wamid.D", "status": "sent"}],
        }}]}],
    }  # fmt: skip
    found = read_webhook(told)
    assert found[0] == Inbound(
        channel=Channel.WHATSAPP, external_id="wamid.A", sender="6281344556642", words="1", reply_to="wamid.B"
    )
    assert [one.delivered for one in found if isinstance(one, Receipt)] == [True, True, False]
    body = json.dumps(told).encode()
    assert not is_signed("rahasia", body, "sha256=00")
    assert not is_signed("rahasia", body, "🌴")


NAMES = st.sampled_from(["entry", "changes", "value", "messages", "statuses", "id", "from", "text", "body", "status", "context"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=20)


@settings(max_examples=60)
@given(st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=15))
def test_any_webhook_is_read_without_a_fault(told: object) -> None:
    read_webhook(told)


def test_a_webhook_call_is_ours_once_and_only_while_it_is_fresh() -> None:
    body, seen = b'{"id": "x"}', set[str]()
    headers = signed("kunci", body, round(NOW.timestamp()), "n1")
    assert not is_ours("lain", body, headers, NOW, seen)
    assert not is_ours("kunci", b"{}", headers, NOW, seen)
    assert not is_ours("kunci", body, headers, NOW + timedelta(minutes=6), seen)
    assert is_ours("kunci", body, headers, NOW, seen)
    assert not is_ours("kunci", body, headers, NOW, seen), "the same call again is a replay"


def test_a_browsers_notice_is_the_example_of_the_standard() -> None:
    """RFC 8291, appendix A: the same keys and salt give the same bytes."""
    private = int.from_bytes(push.from_b64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    made = push.encrypted(
        b"When I grow up, I want to be a watermelon",
        push.from_b64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        push.from_b64("BTBZMqHH6r4Tts7J_aSIgg"),
        push.from_b64("DGv6ra1nlYgDCS1FRnbzlw"),
        ec.derive_private_key(private, ec.SECP256R1()),
    )
    assert push.b64(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_token_in_our_name_is_signed_for_the_push_services_origin() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    said = push.authorization(key, "https://push.example.net:8443/a/b?c", "mailto:a@b.id", NOW)
    token = said.removeprefix("vapid t=").partition(",")[0]
    head, claims, signature = token.split(".")
    assert json.loads(push.from_b64(claims))["aud"] == "https://push.example.net:8443"
    raw = push.from_b64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.public_key().verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("data.id", ["a"]), ("data.ids", ["b", "c"]), ("messages.*.id", ["d", 5]), ("messages.1.id", [5]), ("*.id", []),
        ("nothing.*.id", []), ("data.*", []), ("nothing", [None]),
    ],
)  # fmt: skip
def test_a_gateways_names_of_the_parts_are_found(path: str, names: list[object]) -> None:
    told = {"data": {"id": "a", "ids": ["b", "c"]}, "messages": [{"id": "d"}, {"id": 5}]}
    assert all_at(told, path) == names


@pytest.mark.parametrize(
    ("said", "is_partial"),
    [("sub:003 dlvrd:001", True), ("sub:003 dlvrd:003", False), ("sub:001 dlvrd:000", False), ("sub:001 dlvrd:001", False),
     ("sub:x dlvrd:²", False), ("", False)],
)  # fmt: skip
def test_a_receipt_of_some_parts_is_not_one_of_the_whole(said: str, is_partial: bool) -> None:
    words = f"id:7 {said} submit date:2611260400 done date:2611260401 stat:DELIVRD err:000".encode()
    body = b"\0\1\1628135\0\1\1112\0\x04\0\0\0\0\0\0\0\0" + bytes((len(words),)) + words
    found = smpp_pdu.delivered(body)
    assert (found.message_id, found.state, found.is_partial) == ("7", "DELIVRD", is_partial)
