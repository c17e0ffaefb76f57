"""Messages, contacts and own addresses at their pages; what providers tell at their doors."""

import hashlib
import hmac
import json
import re
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from tanggap.notification.channels.making import callback_path
from tanggap.notification.contacts.store import of_agencies, of_person
from tanggap.notification.model import Channel, Notice, Occasion, Recipient
from tanggap.notification.service import deliver
from tanggap.notification.settings import notification_settings
from tanggap.notification.texts import Text
from tanggap.people import store as people
from tanggap.people.audit import trail
from tanggap.people.model import Role
from tanggap.web.house import House
from tests.caller_number import tells_number

from .conftest import CITY, SignIn

SUBSCRIPTION = json.dumps({"endpoint": "https://push.example.net/a", "keys": {"p256dh": "B" * 87, "auth": "A" * 22}})
#: Dead in the order of their numbers, though they were put down in one moment.
AGE = """UPDATE delivery SET state = $2, attempts = 3, dead_at = queued_at + right(recipient, 1)::int * interval '1 second'
         WHERE city = $1"""
PROVIDERS = """
[[provider]]
kind = "http_sms"
name = "gerbang"
url = "https://sms.example.id/kirim"
fields = { to = "{to}", text = "{text}" }

[[provider]]
kind = "whatsapp"
name = "wa"
phone_number_id = "1"
token_file = "wa.token"
app_secret_file = "wa.secret"
verify_token_file = "wa.verify"
"""


@pytest.fixture
def providers(house: House) -> None:
    """Two providers, with their secrets."""
    home: Path = house.settings.home
    (home / "notifications.toml").write_text(PROVIDERS)
    for name in ("wa.token", "wa.secret", "wa.verify"):
        (home / name).write_text("rahasia")
        (home / name).chmod(0o600)


async def queued(house: House, many: int, *, state: str = "dead", channel: Channel = Channel.SMS) -> list[str]:
    async with house.db.transaction(CITY) as tx:
        to = [Recipient(channel=channel, name=f"Piket {n}", agency="bpbd", address_masked="0813…42") for n in range(many)]
        notice = Notice(occasion=Occasion.SENT, agency="bpbd")
        await deliver(tx, CITY, notice, to, lambda _channel, _locale: Text("112", "112 KDI-0042: pohon tumbang"), house.now())
        await tx.execute(AGE, CITY, state)
        found = await tx.fetch("SELECT id FROM delivery WHERE city = $1 ORDER BY recipient", CITY)
    return [str(row["id"]) for row in found]


async def test_a_dead_message_is_taken_sent_again_and_settled_each_with_a_way_back(house: House, signed_in: SignIn) -> None:
    first, second = await queued(house, 2)
    supervisor = await signed_in(Role.SUPERVISOR)
    page = (await supervisor.get("/pengawas/pesan")).text
    assert page.index("Piket 0") < page.index("Piket 1")
    assert "2</b> pesan gagal belum diambil" in page
    assert "pesan gagal terkirim dan belum diambil" in (await supervisor.get("/pengawas")).text

    answer = await supervisor.send(f"/pengawas/pesan/{first}/ambil")
    assert "Urungkan" in (await supervisor.get(answer.headers["location"])).text
    other = await signed_in(Role.SUPERVISOR, login="pengawas.dua")
    refused = await other.send(f"/pengawas/pesan/{first}/ambil")
    assert refused.status_code == 409
    assert "sudah ditangani" in refused.text
    assert (await supervisor.send(f"/pengawas/pesan/{first}/lepas")).status_code == 303
    assert (await supervisor.send(f"/pengawas/pesan/{first}/kirim")).status_code == 303
    assert (await supervisor.send(f"/pengawas/pesan/{second}/beres")).status_code == 303
    async with house.db.reading(CITY) as conn:
        states = await conn.fetch("SELECT state FROM delivery WHERE city = $1 ORDER BY recipient", CITY)
        assert [row["state"] for row in states] == ["queued", "settled"]
    assert (await supervisor.send(f"/pengawas/pesan/{second}/batal")).status_code == 303
    found = (await supervisor.get("/pengawas/pesan?keadaan=dead&saluran=sms&instansi=bpbd")).text
    assert ("Piket 1" in found, "Piket 0" in found) == (True, False)
    assert "Tidak ada pesan." in (await supervisor.get("/pengawas/pesan?keadaan=settled")).text
    async with house.db.reading(CITY) as conn:
        acts = {entry.act for entry in await trail(conn, CITY)}
    assert {"delivery_taken", "delivery_resent", "delivery_settled"} <= acts


async def test_a_contact_is_added_tried_changed_taken_away_and_brought_back(house: House, signed_in: SignIn) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    assert "Belum ada kontak" in (await coordinator.get("/kontak")).text
    fields = {"instansi": "bpbd", "urutan": "duty", "nama": "Piket BPBD", "saluran": "sms", "alamat": "0813-4455-6642"}
    refused = await coordinator.send("/kontak", **(fields | {"alamat": "bukan nomor"}))
    assert refused.status_code == 422
    assert 'value="bukan nomor"' in refused.text, "what was typed is kept"
    added = await coordinator.send("/kontak", **fields)
    page = (await coordinator.get(added.headers["location"])).text
    assert "0813…42" in page
    assert not tells_number(page)
    assert (await coordinator.send("/kontak", **fields)).status_code == 409
    async with house.db.reading(CITY) as conn:
        (contact,) = await of_agencies(conn, CITY)
    for deed, more in (("uji", {}), ("ubah", {"nama": "Kepala piket", "urutan": "head"}), ("hapus", {}), ("pulih", {})):
        assert (await coordinator.send(f"/kontak/{contact.id}/{deed}", **more)).status_code == 303
    page = (await coordinator.get("/kontak")).text
    assert "Kepala piket" in page
    assert "Uji coba" in page
    async with house.db.reading(CITY) as conn:
        acts = [entry.act for entry in await trail(conn, CITY)]
        assert await conn.fetchval("SELECT occasion FROM delivery WHERE city = $1", CITY) == "trial"
    assert {"contact_added", "contact_changed", "contact_removed", "contact_restored", "contact_tried"} <= set(acts)
    assert (await coordinator.send(f"/kontak/{contact.id}/kunci")).status_code == 422
    hooked = await coordinator.send("/kontak", **(fields | {"saluran": "webhook", "alamat": "https://bpbd.example.id/masuk"}))
    name = re.search(r"kontak=([0-9a-f-]+)", hooked.headers["location"])
    assert name is not None
    assert "Kunci webhook" in (await coordinator.send(f"/kontak/{name.group(1)}/kunci")).text


async def test_a_person_keeps_own_addresses_and_an_agencys_people_their_browsers_only(house: House, signed_in: SignIn) -> None:
    supervisor = await signed_in(Role.SUPERVISOR, login="wati")
    added = await supervisor.send("/akun/kontak", saluran="email", alamat="wati@kendari.test")
    assert "wa…@kendari.test" in (await supervisor.get(added.headers["location"])).text
    async with house.db.reading(CITY) as conn:
        found = await people.by_login(conn, CITY, "wati")
        assert found is not None
        (own,) = await of_person(conn, CITY, found[0].id)
    stranger = await signed_in(Role.AGENCY, "bpbd")
    assert (await stranger.send(f"/akun/kontak/{own.id}/hapus")).status_code == 404, "somebody else's is not there"
    assert (await stranger.send("/akun/kontak", saluran="sms", alamat="081344556642")).status_code == 422
    assert (await stranger.send("/akun/kontak", saluran="push", alamat=SUBSCRIPTION)).status_code == 303
    assert (
        await stranger.send("/akun/kontak", saluran="push", alamat=SUBSCRIPTION.replace("push.example.net", "10.0.0.1"))
    ).status_code == 422
    for deed in ("hapus", "pulih"):
        assert (await supervisor.send(f"/akun/kontak/{own.id}/{deed}")).status_code == 303


@pytest.mark.usefixtures("providers")
async def test_what_providers_tell_is_believed_only_with_their_signature(app: Litestar, house: House) -> None:
    assert len(notification_settings(house.settings).provider) == 2
    told = {
        "entry": [{"changes": [{"value": {"messages": [{"id": "wamid.1", "from": "6281344556642", "text": {"body": "1"}}]}}]}]
    }
    body = json.dumps(told).encode()
    signature = "sha256=" + hmac.new(b"rahasia", body, hashlib.sha256).hexdigest()
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8112") as meta:
        for headers in ({}, {"x-hub-signature-256": "sha256=" + "0" * 64}):
            assert (await meta.post("/gerbang/wa", content=body, headers=headers)).status_code == 404
        for _ in range(2):
            assert (await meta.post("/gerbang/wa", content=body, headers={"x-hub-signature-256": signature})).status_code == 200
        query = "hub.mode=subscribe&hub.challenge=12345&hub.verify_token="
        assert (await meta.get(f"/gerbang/wa?{query}rahasia")).text == "12345"
        assert (await meta.get(f"/gerbang/wa?{query}lain")).status_code == 404
        path = callback_path(house.keyring, "gerbang")
        assert (await meta.post(path, data={"id": "m1", "from": "081344556642", "text": "1 terima"})).status_code == 200
        assert (await meta.get(f"{path}?id=m2&status=delivered")).status_code == 200
        assert (await meta.post(path, json={"id": "m3", "status": "failed"})).status_code == 200
        assert (await meta.post("/gerbang/gerbang/" + "x" * 43, data={"id": "m1"})).status_code == 404
        assert (await meta.post("/gerbang/nobody", content=b"{}")).status_code == 404
    async with house.db.reading(CITY) as conn:
        kept = await conn.fetch("SELECT provider, words FROM inbound_message WHERE city = $1 ORDER BY received_at", CITY)
        assert [tuple(row) for row in kept] == [("wa", "1"), ("gerbang", "1 terima")]
        assert await conn.fetchval("SELECT count(*) FROM delivery_receipt WHERE city = $1", CITY) == 2
        assert await conn.fetchval("SELECT count(*) FROM job WHERE city = $1 AND name = 'read_answer'", CITY) == 2
