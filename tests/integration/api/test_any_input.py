"""Whatever comes in: a clear answer, never an internal error; and the API does what its document says."""

import asyncio
import json
import string
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tanggap.people.model import Role
from tests.integration.conftest import Bearer

PATHS = (
    "/api/reports", "/api/reports/{}", "/api/reports/{}/location", "/api/locations",
    "/api/incidents", "/api/incidents/{}", "/api/incidents/{}/assignments",
    "/api/incidents.geojson", "/api/assignments", "/api/assignments/{}/acknowledge", "/api/assignments/{}/reject",
    "/api/assignments/{}/progress", "/api/assignments/{}/done", "/api/catalogue", "/api/areas.geojson", "/api/places",
    "/api/openapi.json", "/health", "/metrics", "/static/{}", "/masuk", "/sesi", "/{}",
)  # fmt: skip
NASTY = (
    "\x00",
    "\ud800",
    "😀",
    "\u202e",
    "'; drop table report; --",
    "<script>alert(1)</script>",
    "%00",
    "..",
    "مرحبا",
    "９",
    "NaN",
)
words = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = (
    "words", "address", "number", "name", "lat", "lon", "uncertainty_m", "category", "priority", "channel", "received_at",
    "hand_over", "reason", "note", "to", "agencies",
)  # fmt: skip
bodies = st.one_of(st.binary(max_size=60), st.dictionaries(st.sampled_from(FIELDS), values, max_size=6), values)
header_text = st.text(alphabet=string.printable.translate({10: "", 11: "", 12: "", 13: ""}) + "é\x80\xff", max_size=30)


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


async def test_any_request_has_a_clear_answer(api: httpx.AsyncClient, bearer: Bearer) -> None:
    tokens = [await bearer(Role.SUPERVISOR), await bearer(Role.AGENCY, "dlhk"), {}]
    loop = asyncio.get_running_loop()

    @seed(112)
    @settings(max_examples=400, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        method=st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")),
        path=st.sampled_from(PATHS), part=words, query=st.dictionaries(st.sampled_from(("limit", "before", "state", "q", "agency",
        "category", "after", "lanjut")), words, max_size=3), body=bodies, token=st.integers(0, 2),
        kind=st.one_of(st.just("application/json"), st.sampled_from(("text/plain", "multipart/form-data", "application/"
        "x-www-form-urlencoded")), header_text),
        extra=st.dictionaries(st.sampled_from(("authorization", "cookie", "idempotency-key", "accept", "if-none-match", "range",
        "x-forwarded-for", "accept-encoding", "last-event-id", "origin")), header_text, max_size=2),
    )  # fmt: skip
    def ask(
        method: str, path: str, part: str, query: dict[str, str], body: Any, token: int, kind: str, extra: dict[str, str]
    ) -> None:
        address = path.format(quote(part.encode("utf-8", "surrogatepass"), safe=""))
        pairs = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
        headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in (tokens[token] | extra).items()]
        headers.append((b"content-type", kind.encode("latin-1", "replace")))
        sent = api.request(method, f"{address}?{urlencode(pairs)}", content=encoded(body), headers=headers)
        answer = asyncio.run_coroutine_threadsafe(sent, loop).result(20)
        assert answer.status_code < 500, (method, address, answer.text)
        if answer.status_code >= 400 and address.startswith("/api") and method != "HEAD":
            assert answer.headers["content-type"] == "application/problem+json"
            problem = msgspec.json.decode(answer.content)
            assert problem["status"] == answer.status_code
            assert problem["title"]

    await asyncio.to_thread(ask)


async def test_any_report_is_stored_and_comes_back(api: httpx.AsyncClient, bearer: Bearer) -> None:
    """A report whose fields have the right type is never refused, whatever they say."""
    headers = await bearer(Role.CALL_TAKER)
    loop = asyncio.get_running_loop()
    coordinate = st.one_of(st.floats(), st.text(max_size=8), st.none())

    @seed(112)
    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        said=st.fixed_dictionaries(
            {"words": words},
            optional=dict.fromkeys(("address", "number", "name", "category", "priority", "channel", "received_at"), words)
            | dict.fromkeys(("lat", "lon"), coordinate)
            | {"uncertainty_m": st.one_of(st.floats(), st.none()), "hand_over": st.booleans()},
        ),
        key=header_text,
    )  # fmt: skip
    def bring(said: dict[str, Any], key: str) -> None:
        more = [(b"content-type", b"application/json"), (b"idempotency-key", key.encode("latin-1", "replace"))]
        more += [(name.encode(), value.encode()) for name, value in headers.items()]
        sent = api.post("/api/reports", content=encoded(said), headers=more)
        answer = asyncio.run_coroutine_threadsafe(sent, loop).result(20)
        assert answer.status_code in (200, 201), answer.text
        if said.get("hand_over") and answer.status_code == 201:
            assert answer.json()["incident"]
        shown = asyncio.run_coroutine_threadsafe(api.get(f"/api/reports/{answer.json()['report']}", headers=headers), loop)
        assert shown.result(20).status_code == 200

    await asyncio.to_thread(bring)


@pytest.mark.parametrize(("role", "agency"), [(Role.SUPERVISOR, None), (Role.AGENCY, "dlhk")])
async def test_the_api_does_what_its_document_says(
    address: str, bearer: Bearer, tmp_path: Path, role: Role, agency: str | None
) -> None:
    """schemathesis walks every door, with what the document allows and with what it forbids."""
    headers = await bearer(role, agency)
    supervisor = await bearer(Role.SUPERVISOR)
    async with httpx.AsyncClient(base_url=address, headers=supervisor) as client:
        for _ in range(3):  # something to find
            said = {"words": "sampah menumpuk", "address": "Wua Wua", "hand_over": True}
            assert (await client.post("/api/reports", json=said)).status_code == 201
    tool = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/openapi.json", "-H",
        f"Authorization: {headers['authorization']}", "--max-examples", "20", "--seed", "112", "--no-color",
        "--exclude-path", "/api/live", "--generation-database", "none",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said_, _ = await tool.communicate()
    assert tool.returncode == 0, said_.decode()
