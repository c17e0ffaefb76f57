"""The channels against servers that are not ours (SMPP, SMTP), and against the shapes that gateways answer with (HTTP)."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tanggap.notification.channels.email import MailServer
from tanggap.notification.channels.http_sms import HttpSmsGateway
from tanggap.notification.channels.model import Failed, Gone, Inbound, Receipt, Throttled, Unfit, Unsure
from tanggap.notification.channels.push import Browsers, signing_key
from tanggap.notification.channels.smpp import SmppLine
from tanggap.notification.channels.webhook import Webhooks, is_ours
from tanggap.notification.channels.whatsapp import WhatsAppCloud
from tanggap.notification.model import Channel, Occasion
from tanggap.notification.settings import HttpSms, Smpp, Smtp, WhatsApp
from tanggap.platform.secrets import Keyring

from .conftest import SmsCentre, outgoing, until

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


async def test_an_operators_line_carries_messages_receipts_and_answers(sms_centre: SmsCentre) -> None:
    kept: list[Inbound | Receipt] = []
    can_keep = True

    async def keep(_provider: str, brought: list[Inbound | Receipt]) -> None:
        if not can_keep:
            raise ConnectionError("the database is away")
        kept.extend(brought)

    said = Smpp(
        name="operator", host="127.0.0.1", port=sms_centre.port, system_id="tanggap", password_file="x", sender="112KENDARI"
    )
    line = SmppLine(said, "rahasia-panjang", keep)
    running = asyncio.create_task(line.run())
    try:
        names = await asyncio.gather(*(line.send(outgoing(text=f"112 KDI-{n:04d}: 1 [terima]")) for n in range(20)))
        assert len(set(names)) == 20
        took = min(sms_centre.took, key=lambda one: one.short_message)  # twenty at once arrive in any order
        assert (took.destination_addr, took.source_addr, took.registered_delivery) == ("6281344556642", "112KENDARI", 1)
        assert took.short_message.startswith(b"112 KDI-0000: 1 \x1b\x3cterima\x1b\x3e")
        await line.send(outgoing(text="x" * 400))
        assert [len(tlv.value) for tlv in sms_centre.took[-1].tlvs] == [400]

        assert await sms_centre.bring(b"1 terima") == 0
        receipt = b"id:id-1 sub:001 dlvrd:001 submit date:2611260400 done date:2611260401 stat:DELIVRD err:000 text:112"
        assert await sms_centre.bring(receipt, esm_class=0x04) == 0
        assert [type(one) for one in kept] == [Inbound, Receipt]
        assert isinstance(kept[1], Receipt)
        assert kept[1] == Receipt(provider_id="id-1", delivered=True, detail="DELIVRD")
        can_keep = False
        assert await sms_centre.bring(b"2 tolak") == 0x64, "what is not committed is not acknowledged"

        for status, refusal in ((0x58, Throttled), (0x14, Throttled), (0x0B, Unfit), (0x08, Failed)):
            sms_centre.refuse_with = status
            with pytest.raises(refusal):
                await line.send(outgoing())
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_line_that_breaks_is_bound_again_and_what_was_on_it_is_unsure() -> None:
    """The other side takes a message and vanishes without an answer."""
    sessions = 0
    got_submit = asyncio.Event()

    async def centre(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sessions
        sessions += 1
        first = sessions == 1
        while head := await reader.read(16):
            length, command, sequence = (int.from_bytes(head[n : n + 4], "big") for n in (0, 4, 12))
            await reader.readexactly(length - 16)
            if command == 4 and first:
                got_submit.set()
                break
            body = b"nama\0"
            writer.write(
                (16 + len(body)).to_bytes(4, "big")
                + (command | 1 << 31).to_bytes(4, "big")
                + bytes(4)
                + sequence.to_bytes(4, "big")
                + body
            )
        writer.close()

    server = await asyncio.start_server(centre, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def keep(_provider: str, _brought: list[Inbound | Receipt]) -> None:
        return

    line = SmppLine(Smpp(name="o", host="127.0.0.1", port=port, system_id="t", password_file="x"), "rahasia", keep)
    running = asyncio.create_task(line.run())
    try:
        with pytest.raises(Unsure):
            await line.send(outgoing())
        assert got_submit.is_set()
        assert await line.send(outgoing()) == "nama"
        assert sessions == 2
    finally:
        running.cancel()
        server.close()
        await asyncio.gather(running, return_exceptions=True)


async def test_mail_arrives_and_a_mailbox_that_is_not_there_is_said_so(mail_server: Any) -> None:
    port, box = mail_server
    server = MailServer(Smtp(name="surel", host="127.0.0.1", port=port, sender="112 <112@kendari.go.id>", security="none"), "")
    message = outgoing(
        channel=Channel.EMAIL, to="piket@bpbd.test", is_urgent=True, subject="Penugasan\nbaru", text="pohon tumbang — «gang»"
    )
    assert await server.send(message) == f"<{message.id}@kendari.go.id>"
    mail = box.mails[0]
    assert mail["Subject"] == "Penugasan baru"
    assert "«gang»" in mail.get_content()
    assert message.link in mail.get_content()
    for address, refusal in (("tidak.ada@bpbd.test", Unfit), ("penuh@bpbd.test", Throttled)):
        with pytest.raises(refusal):
            await server.send(outgoing(channel=Channel.EMAIL, to=address))
    nobody = MailServer(Smtp(name="mati", host="127.0.0.1", port=1, sender="112@kendari.go.id", security="none"), "")
    with pytest.raises(Failed):
        await nobody.send(outgoing(channel=Channel.EMAIL, to="piket@bpbd.test"))


def answering(status: int, body: Any, seen: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(body, Exception):
            raise body
        return httpx.Response(status, content=body if isinstance(body, bytes) else json.dumps(body).encode())

    return httpx.MockTransport(answer)


GATEWAY = HttpSms(
    name="gerbang", url="https://sms.example.id/kirim", fields={"to": "{to}", "pesan": "{text}", "cb": "{callback}"},
    headers={"authorization": "Bearer {secret}"}, ok_field="status", ok_values=("0",), id_field="data.id", error_field="error",
)  # fmt: skip


async def test_a_gateway_is_believed_by_what_it_says_not_by_its_status() -> None:
    seen: list[httpx.Request] = []
    ok = HttpSmsGateway(
        GATEWAY, "rahasia", "https://112.id/gerbang/gerbang/x", answering(200, {"status": 0, "data": {"id": 77}}, seen)
    )
    assert await ok.send(outgoing(text="a&b {to}")) == "77"
    assert parse_qs(seen[0].content.decode()) == {
        "to": ["6281344556642"],
        "pesan": ["a&b {to}"],
        "cb": ["https://112.id/gerbang/gerbang/x"],
    }
    assert seen[0].headers["authorization"] == "Bearer rahasia"
    for status, body, refusal in (
        (200, {"status": 1, "data": {"id": 78}}, Failed), (200, {"status": 0, "error": "saldo habis"}, Failed),
        (200, b"<html>sedang dirawat</html>", Failed), (429, {}, Throttled), (500, {}, Failed), (302, {}, Failed),
        (200, httpx.ReadTimeout("slow"), Unsure), (200, httpx.ConnectError("down"), Failed),
        (200, httpx.RemoteProtocolError("cut"), Unsure),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await HttpSmsGateway(GATEWAY, "rahasia", "", answering(status, body, seen)).send(outgoing())


async def test_whatsapp_sends_a_template_first_and_plain_text_as_a_reply() -> None:
    seen: list[httpx.Request] = []
    said = WhatsApp(name="wa", phone_number_id="123", token_file="t", app_secret_file="s", template="penugasan")
    good = {"messaging_product": "whatsapp", "contacts": [{"wa_id": "6281344556642"}], "messages": [{"id": "wamid.X"}]}
    line = WhatsAppCloud(said, "rahasia", answering(200, good, seen))
    assert await line.send(outgoing(channel=Channel.WHATSAPP, text="baris\nlain")) == "wamid.X"
    told = json.loads(seen[0].content)
    assert (seen[0].url.path, told["type"], told["to"]) == ("/v23.0/123/messages", "template", "6281344556642")
    assert "\n" not in told["template"]["components"][0]["parameters"][0]["text"]
    await line.send(outgoing(channel=Channel.WHATSAPP, occasion=Occasion.REPLY))
    assert json.loads(seen[1].content)["type"] == "text"
    for status, body, refusal in (
        (400, {"error": {"code": 130429, "message": "rate limit"}}, Throttled),
        (400, {"error": {"code": 131026, "message": "x"}}, Unfit),
        (401, {"error": {"code": 190, "message": "expired"}}, Failed), (200, {"error": {"code": 1, "message": "x"}}, Failed),
        (200, {}, Failed), (200, httpx.ReadTimeout("slow"), Unsure),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await WhatsAppCloud(said, "rahasia", answering(status, body, seen)).send(outgoing(channel=Channel.WHATSAPP))


async def test_a_webhook_is_signed_and_a_browser_that_left_is_gone(keyring: Keyring) -> None:
    seen: list[httpx.Request] = []
    message = outgoing(channel=Channel.WEBHOOK, to="https://bpbd.example.id/masuk")
    await Webhooks(lambda url: f"kunci {url}", lambda: NOW, answering(204, b"", seen)).send(message)
    key = "kunci https://bpbd.example.id/masuk"
    assert is_ours(key, seen[0].content, seen[0].headers, NOW, set())
    assert json.loads(seen[0].content)["id"] == str(message.id)
    subscription = {
        "endpoint": "https://push.example.net/a", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    }  # fmt: skip
    pushed = outgoing(channel=Channel.PUSH, to=json.dumps(subscription), is_urgent=True)
    await Browsers(signing_key(keyring), "mailto:a@b.id", lambda: NOW, answering(201, b"", seen)).send(pushed)
    assert (seen[1].headers["content-encoding"], seen[1].headers["urgency"]) == ("aes128gcm", "high")
    for status, refusal in ((410, Gone), (404, Gone), (429, Throttled), (413, Unfit), (503, Failed)):
        with pytest.raises(refusal):
            await Browsers(signing_key(keyring), "mailto:a@b.id", lambda: NOW, answering(status, b"", seen)).send(pushed)


async def test_a_line_that_is_down_says_so_before_anything_is_sent() -> None:
    async def keep(_provider: str, _brought: list[Inbound | Receipt]) -> None:
        return

    line = SmppLine(Smpp(name="o", host="127.0.0.1", port=1, system_id="t", password_file="x", timeout_s=0.2), "rahasia", keep)
    running = asyncio.create_task(line.run())
    with pytest.raises(Failed):
        await line.send(outgoing())
    running.cancel()
    assert await until(lambda: asyncio.sleep(0, running.done()))
