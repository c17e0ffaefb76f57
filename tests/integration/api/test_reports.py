"""Another system brings reports: stored as said, once each, in one statement."""

import json
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from tanggap.incident import store as rows
from tanggap.intake.service import token_hash
from tanggap.people.model import Role
from tanggap.platform.database import Database
from tanggap.web.house import House
from tests.integration.conftest import CITY, Bearer

TREE = {
    "words": "pohon tumbang menutup jalan depan pasar",
    "address": "dkt pasar wua2",
    "number": "0813-4455-6642",
    "name": "Wa Ode",
    "lat": -3.994,
    "lon": 122.49,
    "uncertainty_m": 30,
    "channel": "whatsapp",
    "received_at": "2026-11-01T10:00",
}


@pytest.fixture
async def desk(bearer: Bearer) -> dict[str, str]:
    return await bearer(Role.CALL_TAKER)


async def stored(db: Database, answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    async with db.reading(CITY) as conn:
        return await rows.report(conn, CITY, UUID(answer.json()["report"]))


async def test_a_report_is_stored_as_it_was_said(api: httpx.AsyncClient, db: Database, desk: dict[str, str]) -> None:
    answer = await api.post("/api/reports", json=TREE, headers=desk)
    assert answer.status_code == 201
    told = answer.json()
    assert told["is_repeat"] is False
    assert told["incident"] is None
    report = await stored(db, answer)
    assert (report.words, report.address_words, report.channel) == (TREE["words"], TREE["address"], "whatsapp")
    assert (report.lat, report.lon, report.uncertainty_m, report.location_source) == (-3.994, 122.49, 30.0, "device")
    assert report.area is not None
    assert report.received_at.isoformat() == "2026-11-01T02:00:00+00:00"
    assert report.flags == ("no_category",)
    async with db.reading(CITY) as conn:
        token = told["track_url"].rsplit("/", 1)[1]
        found = await conn.fetchval("SELECT id FROM report WHERE city = $1 AND track = $2", CITY, token_hash(token))
    assert found == report.id


async def test_a_report_costs_one_statement_and_no_transaction(
    api: httpx.AsyncClient, house: House, desk: dict[str, str]
) -> None:
    await api.post("/api/reports", json=TREE, headers=desk)
    with house.db.count_statements() as warm:
        await api.post("/api/reports", json=TREE, headers=desk)
    assert warm.total == 1, warm.statements
    house.scenes = type(house.scenes)(house.db, house.settings, house.keyring)
    await house.scene()
    house.tokens._kept.clear()
    house.scenes.catalogues._clock = house.scenes.gazetteers._clock = lambda: 1e12
    with house.db.count_statements() as cold:
        await api.post("/api/reports", json=TREE, headers=desk)
    assert cold.total <= 4, cold.statements  # catalogue, places, token, report
    assert not any(said.upper().startswith(("BEGIN", "COMMIT")) for said in cold.statements)


async def test_a_repeated_key_is_the_same_report(api: httpx.AsyncClient, db: Database, bearer: Bearer) -> None:
    ours, theirs = await bearer(Role.CALL_TAKER, name="one"), await bearer(Role.CALL_TAKER, name="two")
    first = await api.post("/api/reports", json=TREE, headers=ours | {"idempotency-key": "7"})
    again = await api.post("/api/reports", json=TREE, headers=ours | {"idempotency-key": "7"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"is_repeat": True}
    other = await api.post("/api/reports", json=TREE, headers=theirs | {"idempotency-key": "7"})
    assert other.status_code == 201
    long = [await api.post("/api/reports", json=TREE, headers=ours | {"idempotency-key": "x" * 300 + end}) for end in "ab"]
    assert [answer.status_code for answer in long] == [201, 201]
    async with db.reading(CITY) as conn:
        assert await conn.fetchval("SELECT count(*) FROM report") == 4


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({}, {"no_place", "no_category", "no_number"}),
        ({"lat": 999, "lon": 122.5}, {"odd_place"}),
        ({"lat": -3.99}, {"odd_place"}),
        ({"lat": "x", "lon": ""}, {"odd_place"}),
        ({"lat": "-3.99", "lon": "122.5"}, set()),
        ({"lat": -7.0, "lon": 113.8}, {"outside_city"}),
        ({"lat": -3.99, "lon": 122.5, "uncertainty_m": -5}, set()),
        ({"category": "no such", "priority": "tinggi"}, {"unknown_category", "unknown_priority"}),
        ({"channel": "pigeon"}, {"unknown_channel"}),
        ({"received_at": "besok"}, {"odd_time"}),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, {"odd_time"}),
        ({"received_at": "2099-01-01"}, {"odd_time"}),
        ({"words": "a\x00b\ud800 \u202e😀 مرحبا <b>'; drop table report; --"}, {"control_characters"}),
        ({"words": "x" * 400_000}, {"overlong"}),
        ({"number": 81344556642, "unheard": {"of": 1}}, set()),
        ({"words": None, "lat": None, "hand_over": None}, set()),
    ],
)  # fmt: skip
async def test_what_is_odd_is_flagged_never_refused(
    api: httpx.AsyncClient, db: Database, desk: dict[str, str], said: dict[str, Any], flags: set[str]
) -> None:
    answer = await api.post("/api/reports", content=json.dumps(said), headers=desk | {"content-type": "application/json"})
    report = await stored(db, answer)
    assert flags <= set(report.flags)
    assert not {"odd_place", "outside_city"} & (set(report.flags) - flags)
    if "odd_place" in flags:
        assert "lat" in report.address_words


async def test_words_of_any_kind_come_back_harmless_and_whole(api: httpx.AsyncClient, desk: dict[str, str]) -> None:
    words = "a\x00b <script>alert(1)</script> '; drop table report; -- 😀 مرحبا \u202eevil"
    stored_ = await api.post("/api/reports", json={"words": words}, headers=desk)
    shown = await api.get(f"/api/reports/{stored_.json()['report']}", headers=desk)
    assert shown.json()["words"] == words.replace("\x00", "␀").replace("\u202e", "\ufffd")
    assert shown.headers["content-type"] == "application/json"
    assert shown.headers["x-content-type-options"] == "nosniff"


async def test_plain_text_is_what_was_said(api: httpx.AsyncClient, db: Database, desk: dict[str, str]) -> None:
    answer = await api.post(
        "/api/reports", content="banjir di Bende \xff".encode("latin-1"), headers=desk | {"content-type": "text/plain"}
    )
    assert (await stored(db, answer)).words == "banjir di Bende \ufffd"


@pytest.mark.parametrize("body", [b"[", b"[]", b"7", b'{"words": 7}', b'{"lat": []}', b"[" * 5000, b'{"hand_over": "ya"}'])
async def test_what_cannot_be_read_is_refused_with_a_reason(api: httpx.AsyncClient, desk: dict[str, str], body: bytes) -> None:
    answer = await api.post("/api/reports", content=body, headers=desk | {"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_too_large_and_of_another_kind(api: httpx.AsyncClient, desk: dict[str, str]) -> None:
    large = await api.post("/api/reports", json={"words": "x" * 1_000_001}, headers=desk)
    assert large.status_code == 413
    other = await api.post("/api/reports", content=b"<a/>", headers=desk | {"content-type": "application/xml"})
    assert other.status_code == 415


async def test_a_handed_over_report_is_with_an_agency_or_before_the_supervisor(
    api: httpx.AsyncClient, desk: dict[str, str]
) -> None:
    tree = (await api.post("/api/reports", json=TREE | {"hand_over": True}, headers=desk | {"idempotency-key": "t"})).json()
    incident = (await api.get(f"/api/incidents/{tree['incident']}", headers=desk)).json()
    assert incident["incident"]["category"] == "fallen_tree"
    assert incident["assignments"][0]["state"] == "sent"
    again = await api.post("/api/reports", json=TREE | {"hand_over": True}, headers=desk | {"idempotency-key": "t"})
    assert again.json()["incident"] == tree["incident"]
    odd = (await api.post("/api/reports", json={"words": "qwerty", "hand_over": True}, headers=desk)).json()
    shown = (await api.get(f"/api/incidents/{odd['incident']}", headers=desk)).json()
    assert (shown["assignments"], shown["incident"]["attention"]) == ([], "not_sent")


async def test_lists_go_on_where_the_page_before_ended(api: httpx.AsyncClient, desk: dict[str, str]) -> None:
    sent = [(await api.post("/api/reports", json=TREE | {"words": str(n)}, headers=desk)).json()["report"] for n in range(7)]
    seen: list[str] = []
    address = "/api/reports?limit=3&state=waiting"
    while True:
        page = (await api.get(address, headers=desk)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        address = f"/api/reports?limit=3&state=waiting&before={page['next']}"
    assert sorted(seen) == sorted(sent)
    assert len(seen) == 7


async def test_the_document_names_every_door(api: httpx.AsyncClient) -> None:
    told = (await api.get("/api/openapi.json")).json()
    routes = {
        (route.path.replace(":str", ""), method.lower())
        for route in api._transport.app.routes  # type: ignore[attr-defined]
        for method in route.methods - {"OPTIONS"}
        if route.path.startswith("/api")
    }
    assert {(path, method) for path, methods in told["paths"].items() for method in methods} == routes
    assert msgspec.json.encode(told)
    page = await api.get("/api")
    assert "Bring a report" in page.text
    assert "http" not in page.text.split("</head>")[0].replace("http-equiv", "")
