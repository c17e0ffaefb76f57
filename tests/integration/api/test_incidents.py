"""Incidents and assignments over HTTP: the 112 team sees all, an agency its own, and nobody a caller's number."""

from typing import Any

import httpx
import pytest

from tanggap.people.model import Role
from tests.caller_number import tells_number
from tests.integration.conftest import Bearer

NUMBER = "081344556642"
TREE = {"words": "pohon tumbang menutup jalan", "address": "Wua Wua", "number": NUMBER, "hand_over": True}


@pytest.fixture
async def desk(bearer: Bearer) -> dict[str, str]:
    return await bearer(Role.SUPERVISOR)


@pytest.fixture
async def tree(api: httpx.AsyncClient, desk: dict[str, str]) -> dict[str, Any]:
    """A fallen tree, handed over to the agencies of the catalogue."""
    answer = await api.post("/api/reports", json=TREE, headers=desk)
    found: dict[str, Any] = (await api.get(f"/api/incidents/{answer.json()['incident']}", headers=desk)).json()
    return found


def of(whole: dict[str, Any], agency: str) -> dict[str, Any]:
    return next(assignment for assignment in whole["assignments"] if assignment["agency"] == agency)


async def test_an_incident_is_found_by_id_number_and_label(
    api: httpx.AsyncClient, desk: dict[str, str], tree: dict[str, Any]
) -> None:
    for name in (tree["incident"]["id"], "1", "KDI-0001", "kdi-0001"):
        assert (await api.get(f"/api/incidents/{name}", headers=desk)).json() == tree
    for name in ("2", "KDI-", "x", "9" * 19, "9" * 40, "%00", "１"):
        assert (await api.get(f"/api/incidents/{name}", headers=desk)).status_code == 404
    assert tree["timeline"][0]["kind"] == "opened"
    assert all(entry["said"] for entry in tree["timeline"])


async def test_an_agency_answers_what_it_was_asked(
    api: httpx.AsyncClient, bearer: Bearer, desk: dict[str, str], tree: dict[str, Any]
) -> None:
    lead = next(one["agency"] for one in tree["assignments"] if one["role"] == "lead")
    agency, task = await bearer(Role.AGENCY, lead), of(tree, lead)["id"]
    assert [one["id"] for one in (await api.get("/api/assignments", headers=agency)).json()["items"]] == [task]
    acknowledged = await api.post(f"/api/assignments/{task}/acknowledge", headers=agency)
    assert acknowledged.json()["state"] == "acknowledged"
    for step in ("en_route", "on_scene"):
        said = await api.post(f"/api/assignments/{task}/progress", json={"to": step}, headers=agency)
        assert said.json()["state"] == step
    assert (await api.post(f"/api/assignments/{task}/progress", json={"to": "done"}, headers=agency)).status_code == 400
    done = await api.post(f"/api/assignments/{task}/done", json={"note": "jalan bersih"}, headers=agency)
    assert (done.json()["state"], done.json()["result"]) == ("done", "jalan bersih")
    late = await api.post(f"/api/assignments/{task}/reject", json={"reason": "bukan"}, headers=agency)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/wrong-state")


async def test_a_rejection_asks_the_next_agency(
    api: httpx.AsyncClient, bearer: Bearer, desk: dict[str, str], tree: dict[str, Any]
) -> None:
    lead = next(one["agency"] for one in tree["assignments"] if one["role"] == "lead")
    said = await api.post(
        f"/api/assignments/{of(tree, lead)['id']}/reject", json={"reason": "bukan kami"}, headers=await bearer(Role.AGENCY, lead)
    )
    following = said.json()["next_agency"]
    whole = (await api.get("/api/incidents/1", headers=desk)).json()
    assert following is None or of(whole, following)["role"] == "lead"
    assert of(whole, lead)["reason"] == "bukan kami"


async def test_an_agency_sees_its_own_only_and_never_a_number(
    api: httpx.AsyncClient, bearer: Bearer, desk: dict[str, str], tree: dict[str, Any]
) -> None:
    asked = {one["agency"] for one in tree["assignments"]}
    stranger = await bearer(Role.AGENCY, "damkarmat" if "damkarmat" not in asked else "pln")
    own = await bearer(Role.FIELD, next(iter(asked)))
    assert (await api.get("/api/incidents/1", headers=stranger)).status_code == 404
    assert (await api.get("/api/incidents", headers=stranger)).json() == {"items": [], "next": None}
    assert (await api.get(f"/api/incidents?agency={next(iter(asked))}", headers=stranger)).json()["items"] == []
    theirs = tree["assignments"][0]["id"]
    unknown = await api.post(f"/api/assignments/{theirs}/acknowledge", headers=stranger)
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/not-found")
    beside = next(one["id"] for one in tree["assignments"] if one["agency"] != next(iter(asked)))
    refused = await api.post(f"/api/assignments/{beside}/acknowledge", headers=own)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-yours")
    for path in ("/api/incidents", "/api/incidents/1", "/api/incidents.geojson", "/api/assignments"):
        shown = await api.get(path, headers=own)
        assert shown.status_code == 200
        assert not tells_number(shown.text)
    assert (await api.get("/api/incidents", headers=own)).json()["items"][0]["attention"] is None
    assert (await api.get("/api/reports", headers=own)).status_code == 403
    for path in ("/api/reports", f"/api/reports/{tree['timeline'][0]['report']}", "/api/incidents/1"):
        assert not tells_number((await api.get(path, headers=desk)).text)


async def test_the_supervisor_asks_further_agencies(
    api: httpx.AsyncClient, bearer: Bearer, desk: dict[str, str], tree: dict[str, Any]
) -> None:
    said = await api.post("/api/incidents/1/assignments", json={"agencies": ["damkarmat"]}, headers=desk)
    assert said.status_code == 201
    assert of(said.json(), "damkarmat")["state"] == "sent"
    again = await api.post("/api/incidents/KDI-0001/assignments", json={"agencies": ["damkarmat"]}, headers=desk)
    assert len(again.json()["assignments"]) == len(said.json()["assignments"])
    assert (await api.post("/api/incidents/1/assignments", json={"agencies": ["x"]}, headers=desk)).status_code == 404
    assert (await api.post("/api/incidents/1/assignments", json={"agencies": []}, headers=desk)).status_code == 400
    taker = await bearer(Role.CALL_TAKER)
    assert (await api.post("/api/incidents/1/assignments", json={"agencies": ["pln"]}, headers=taker)).status_code == 403


async def test_lists_and_maps(api: httpx.AsyncClient, desk: dict[str, str], bearer: Bearer) -> None:
    for n in range(5):
        said = TREE | {"words": f"pohon tumbang {n}", "lat": -3.99, "lon": 122.5 + n / 1000}
        await api.post("/api/reports", json=said, headers=desk)
    whole = (await api.get("/api/incidents/1", headers=desk)).json()
    agency = whole["assignments"][0]["agency"]
    for headers in (desk, await bearer(Role.AGENCY, agency)):
        seen: list[int] = []
        address = f"/api/incidents?limit=2&state=assigned&category=fallen_tree&agency={agency}"
        following = ""
        while following is not None:
            page = (await api.get(address + (f"&before={following}" if following else ""), headers=headers)).json()
            seen += [item["number"] for item in page["items"]]
            following = page["next"]
        assert seen == [5, 4, 3, 2, 1]
        points = (await api.get("/api/incidents.geojson", headers=headers)).json()
        assert sorted(round(point["geometry"]["coordinates"][0], 3) for point in points["features"]) == [
            122.5, 122.501, 122.502, 122.503, 122.504,
        ]  # fmt: skip
    everything = (await api.get("/api/incidents?limit=3", headers=desk)).json()
    assert [item["label"] for item in everything["items"]] == ["KDI-0005", "KDI-0004", "KDI-0003"]
    live = (await api.get("/api/assignments?state=sent&limit=200", headers=desk)).json()["items"]
    assert len(live) == 5 * len(whole["assignments"])
    for wrong in ("limit=0", "limit=x", "limit=９", "state=x", "before=x", "before=1-2", "before=-5-" + "0" * 32):
        for path in ("reports", "incidents", "assignments"):
            assert (await api.get(f"/api/{path}?{wrong}", headers=desk)).status_code == 400, (path, wrong)


async def test_the_city(api: httpx.AsyncClient, desk: dict[str, str], bearer: Bearer) -> None:
    catalogue = await api.get("/api/catalogue", headers=desk)
    assert len(catalogue.json()["categories"]) > 50
    again = await api.get("/api/catalogue", headers=desk | {"if-none-match": catalogue.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    areas = await api.get("/api/areas.geojson")
    assert len(areas.json()["features"]) >= 65
    places = (await api.get("/api/places", params={"q": "psr baruga"}, headers=desk)).json()["items"]
    assert "Baruga" in places[0]["name"]
    nothing = (await api.get("/api/places", headers=desk)).json()
    assert (nothing["items"], nothing["confident"]) == ([], False)
    agency = await bearer(Role.AGENCY, "dlhk")
    assert (await api.get("/api/places", params={"q": "x"}, headers=agency)).status_code == 403
    assert (await api.get("/api/catalogue")).status_code == 401
