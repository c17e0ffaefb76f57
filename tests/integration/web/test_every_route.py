"""Every route and method of the real application, asked by everybody: what each role may is written down here by hand."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from litestar import Litestar

from tanggap.location.basemap.build import map_file
from tanggap.people.model import Role
from tanggap.web.house import House
from tests.integration.location.tiny_map import tiny_map

from .visitors import OF_AGENCY, OTHER, SECRET, Answer, Visitor, account, browser, machine, nothing, rubbish, staff, things

SAFE = ("GET", "HEAD")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

#: What anybody may ask, as methods and the route's pattern (`*` stands for anything).
ANYBODY = """
GET /                     GET,POST /masuk         POST /keluar            GET /sesi               POST /bahasa
POST /tema                GET /problems/*         GET /static/*           GET /health             GET /metrics
GET,POST /titik/{link}
GET,POST /lapor   GET,POST /lapor/panggil          GET /lapor/panggil/pengumuman   POST /lapor/panggil/bahaya
GET /lacak              GET /lacak/*            POST /lacak/{token}/jawab
GET /api                  GET /api/openapi.json   GET /api/areas.geojson  GET /api/places.geojson
GET /peta/gaya.json       GET,HEAD /peta/kota.pmtiles   GET /kalender/{calendar}/regu.ics
GET,POST /gerbang/{provider}   GET,POST /gerbang/{provider}/{signature}   GET /notifikasi.js
GET /statistik            GET /statistik.csv      GET /statistik.json
"""
#: What everybody may who has signed in.
SIGNED_IN = "GET,POST /sandi   GET /perintah   GET /api/catalogue   GET /gaya   GET,POST /akun*"
#: What each role may beside that; nothing else.
THE_CENTRE_SEES = """
GET /dinding              GET /dinding/langsung   GET /foto/*             GET /api/reports        GET /api/reports/{report_id}
GET /api/reports/{report_id}/location
GET /api/incidents        GET /api/incidents.geojson   GET /api/incidents/{incident_id}   GET /api/assignments   GET /api/live
"""
AT_A_DESK = """
GET,POST,PATCH /konsol*   GET /rekaman/{recording_id}   POST /rekaman/{recording_id}/putar
POST /api/reports   POST /api/reports/{report_id}/location   POST /api/locations   GET /api/places
"""
ROSTER = "GET,POST /regu*"
KEEPS_ROSTER = "GET,POST /pengawas/regu*"
FIGURES = """
GET /koordinator   GET /koordinator/*.csv   GET /koordinator/angka/{figure}   GET /koordinator/laporan*   GET /api/figures
GET,POST /koordinator/tempat*
"""
AN_AGENCY_DOES = """
GET /t/*
GET,POST /instansi*       GET /foto/*             GET /api/incidents      GET /api/incidents.geojson
GET /api/incidents/{incident_id}   GET /api/assignments   POST /api/assignments/*   GET /api/live
"""
MAY = {
    Role.CALL_TAKER: f"{THE_CENTRE_SEES} {AT_A_DESK} {ROSTER}",
    Role.SUPERVISOR: THE_CENTRE_SEES
    + f"{AT_A_DESK} {FIGURES} {ROSTER} GET,POST /pengawas* GET /t/* POST /rekaman/* POST /api/incidents/*/assignments",
    Role.COORDINATOR: f"{THE_CENTRE_SEES} {FIGURES} {ROSTER} {KEEPS_ROSTER} GET,POST /koordinator/bukti* GET,POST /kontak* "
    "GET,POST /koordinator/aturan*",
    Role.AGENCY: AN_AGENCY_DOES,
    Role.FIELD: AN_AGENCY_DOES + "GET,POST /lapangan*",
    Role.AUDITOR: f"{ROSTER} GET /audit GET /audit/kejadian",
    Role.ADMINISTRATOR: f"{ROSTER} GET,POST /admin* GET,POST /kontak* GET /audit GET /api/live",
}
#: A proof that counts for browsers, and one that counts for machines at these addresses only.
FOR_MACHINES = ("/api", "/api/*", "/metrics", "/health")
#: Whoever posts here is somebody else afterwards.
LEAVING = ("/keluar", "/masuk")
#: What opens depends on more than the role: on the call (test_recordings.py), on whose address it is, or on a signature
#: (test_messages.py).
BY_THE_CALL = ("/rekaman/*", "/akun/kontak/*", "/gerbang/*")
#: Pages that are the same for everybody.
PUBLIC_PAGES = ("/api",)
RUBBISH = ("x", "%00", "../../etc/passwd", "' OR 1=1 --", "<b>", "🌴", "1" * 300)


class Route(NamedTuple):
    """One method of one address."""

    method: str
    pattern: str

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    @property
    def parts(self) -> list[str]:
        """The names of what stands in the address."""
        return [part[1:-1] for part in self.pattern.split("/") if part.startswith("{")]

    def path(self, values: dict[str, str]) -> str:
        """The address with these values in it."""
        said = {name: quote(values[name], safe="/" if name == "path" else "") for name in self.parts}
        return self.pattern.format(**said)

    def is_in(self, lines: str) -> bool:
        """Whether such lines name it."""
        words = lines.split()
        return any(
            self.method in methods.split(",") and fnmatchcase(self.pattern, pattern)
            for methods, pattern in zip(words[::2], words[1::2], strict=True)
        )

    def is_open_to(self, role: Role | None) -> bool:
        """What the lines above say."""
        return self.is_in(ANYBODY) or (role is not None and self.is_in(SIGNED_IN + " " + MAY[role]))


def routes_of(app: Litestar) -> list[Route]:
    """All there are, those that change nothing first."""
    found = {
        Route(str(method), route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }
    return sorted(found, key=lambda route: (not route.is_safe, route))


async def ask(visitor: Visitor, route: Route, values: dict[str, str]) -> Answer:
    """Ask a route as its own page or program would: with fields that make sense wherever they are read."""
    path = route.path(values)
    if route.is_safe:
        return await visitor.ask(route.method, f"{path}?nomor={values['number']}")
    if route.method == "PATCH":
        return await visitor.send_json(route.method, path, {"fields": {"words": "lain"}})
    if path.startswith("/api"):
        body = {"reason": "bukan kami", "to": "en_route", "agencies": ["dlhk"], "words": "banjir", "note": "sudah"}
        return await visitor.send_json(route.method, path, body)
    is_sign_in = route.pattern == "/masuk"
    fields = {
        "nama": values["login"] if is_sign_in else "Budi", "sandi": SECRET, "login": f"baru.{values['login']}"[:40],
        "laporan": values["report_id"], "penugasan": values["assignment_id"], "kejadian": values["incident_id"], "hasil": "test",
        "nomor": "KDI-0001", "instansi": "dlhk", "alasan": "salah tempat", "catatan": "sudah", "ke": "terima",
        "lat": "-3.99", "lon": "122.5", "akurasi": "20",
        "tempat": "74.71.08", "jawaban": "selesai", "kata": "banjir", "bahasa": "id", "tema": "light", "peran": "call_taker",
        "mulai": values["day"], "minggu_banyak": "1", "minggu": values["day"], "putusan": "setuju", "jawab": "setuju",
        "tindakan": "family", "hari": "7", "dijawab": "ya",
        "saluran": "email", "alamat": f"{values['login']}@bpbd.test", "urutan": "duty",
    }  # fmt: skip
    if route.pattern.startswith("/admin"):
        del fields["instansi"]
    return await visitor.send_form(route.method, path, fields)


def is_turned_away(answer: Answer, visitor: Visitor, route: Route) -> bool:
    """Whether the visitor was refused, and in the way that fits: a stranger to the door, everybody else with a sentence."""
    is_stranger = visitor.role is None or not may_enter_by_token(visitor, route)
    if answer.status == 403 and not is_stranger:
        return answer.is_page or answer.problem == "not-allowed"
    at_the_door = answer.status == 303 and answer.headers.get("location", "").startswith("/masuk?lanjut=")
    return is_stranger and (answer.status == 401 or (at_the_door and route.is_safe))


def may_enter_by_token(visitor: Visitor, route: Route) -> bool:
    """Whether a machine's proof counts here at all; a browser's counts everywhere."""
    return "authorization" not in visitor.headers or any(fnmatchcase(route.pattern, one) for one in FOR_MACHINES)


def is_let_in(answer: Answer) -> bool:
    return answer.status < 500 and answer.status not in (401, 403) and "?lanjut=" not in answer.headers.get("location", "")


def unsafe_headers(answer: Answer, visitor: Visitor, route: Route) -> str:
    """What an answer should have said about itself, empty when it said all."""
    policy = answer.headers.get("content-security-policy", "")
    kept = answer.headers.get("cache-control", "")
    is_personal = visitor.role is not None and not route.is_in(ANYBODY)
    if answer.headers.get("x-content-type-options") != "nosniff":
        return "no nosniff"
    if "default-src" not in policy or "unsafe" in policy:
        return f"policy {policy!r}"
    if answer.is_page and route.pattern not in PUBLIC_PAGES and "no-store" not in kept:
        return f"a page that may be kept: {kept!r}"
    if is_personal and not ("no-store" in kept or "private" in kept):
        return f"personal, and may be kept: {kept!r}"
    return ""


async def walk(visitor: Visitor, house: House, routes: list[Route]) -> list[str]:
    """Ask everything, and say what was not as it should be."""
    faults: list[str] = []
    own, foreign = await things(house) | await staff(house), await things(house, OTHER)

    def look(route: Route, answer: Answer, is_right: bool, what: str) -> None:
        wrong = "" if is_right else f"{what}: {answer.status} {answer.headers.get('location', '')}"
        faults.extend(f"{route.method} {route.pattern} {one}" for one in (wrong, unsafe_headers(answer, visitor, route)) if one)

    for route in routes:
        if not may(visitor, route):
            answer = await ask(visitor, route, own)
            look(route, answer, is_turned_away(answer, visitor, route), "should be closed")
            continue
        if any(fnmatchcase(route.pattern, one) for one in BY_THE_CALL):
            continue
        for values in others(visitor, route, own, foreign):
            answer = await ask(visitor, route, values)
            look(route, answer, answer.status in (400, 404), f"finds {route.path(values)[:80]}")
        fresh = own if route.is_safe else await things(house) | await staff(house)
        answer = await ask(visitor, route, fresh)
        look(route, answer, is_let_in(answer) and answer.status != 404, "should be open")
        if route.pattern in LEAVING and visitor.csrf:
            again = await browser(visitor.app, visitor.role)
            visitor.headers, visitor.csrf = again.headers, again.csrf
    return faults


def may(visitor: Visitor, route: Route) -> bool:
    """Whether the visitor's proof opens the route."""
    return route.is_open_to(visitor.role if may_enter_by_token(visitor, route) else None)


def others(visitor: Visitor, route: Route, own: dict[str, str], foreign: dict[str, str]) -> Iterator[dict[str, str]]:
    """Things that are not there, or not for this visitor."""
    parts = route.parts
    if parts:
        yield own | nothing()
        for said in RUBBISH if route.is_safe else RUBBISH[:2]:
            yield own | rubbish(said)
    if visitor.role in OF_AGENCY and {"assignment_id", "incident_id", "photo_id"} & set(parts) and "token" not in parts:
        yield own | foreign
    if {"token", "photo_id"} <= set(parts):
        yield own | {"photo_id": foreign["photo_id"]}


@pytest.fixture(autouse=True)
def tiles(house: House) -> None:
    """A base map, so that its route finds one."""
    file = map_file(house.settings.home, house.city)
    file.parent.mkdir(parents=True)
    file.write_bytes(tiny_map())


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role.value if role else "nobody")
async def test_a_browser_opens_what_its_role_may_and_nothing_else(app: Litestar, house: House, role: Role | None) -> None:
    faults = await walk(await browser(app, role), house, routes_of(app))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", [*Role], ids=lambda role: role.value)
async def test_a_machines_token_opens_the_api_only(app: Litestar, house: House, role: Role) -> None:
    routes = [route for route in routes_of(app) if route.is_safe or route.pattern.startswith("/api")]
    faults = await walk(await machine(app, role), house, routes)
    assert not faults, "\n".join(faults)


async def test_every_line_of_the_table_names_a_route(app: Litestar) -> None:
    routes = routes_of(app)
    for lines in (ANYBODY, SIGNED_IN, *MAY.values()):
        words = lines.split()
        for methods, pattern in zip(words[::2], words[1::2], strict=True):
            for method in methods.split(","):
                assert any(route.is_in(f"{method} {pattern}") for route in routes), f"{method} {pattern}"


async def test_no_page_of_another_site_can_post(app: Litestar, house: House) -> None:
    own = await things(house) | await staff(house)
    faults: list[str] = []
    browsers = {role: await browser(app, role) for role in (None, *Role)}
    for route in routes_of(app):
        if route.is_safe or route.pattern.startswith("/gerbang/"):
            continue  # what is signed by another machine has no page of ours behind it
        visitor = browsers[next(role for role in browsers if route.is_open_to(role))]
        tokens: list[dict[str, Any]] = [
            {"x_csrftoken": ""}, {"x_csrftoken": browsers[None].csrf if visitor.role else "e" * 88},
            {"sec_fetch_site": "cross-site"}, {"origin": "https://lain.example"},
        ]  # fmt: skip
        for proof in tokens:
            answer = await visitor.send_form(route.method, route.path(own), {}, accept="application/json", **proof)
            if (answer.status, answer.problem if answer.status == 403 else "") != (403, "forged-request"):
                faults.append(f"{route.method} {route.pattern} {proof}: {answer.status}")
    assert faults == []


async def test_a_method_that_no_page_uses_is_refused(app: Litestar, house: House) -> None:
    own = await things(house) | await staff(house)
    visitor = await browser(app, Role.SUPERVISOR)
    routes = routes_of(app)
    faults = []
    for pattern in {route.pattern for route in routes}:
        declared = {route.method for route in routes if route.pattern == pattern}
        for method in set(METHODS) - declared:
            answer = await visitor.send_form(method, Route(method, pattern).path(own), {})
            if answer.status != 405:
                faults.append(f"{method} {pattern}: {answer.status}")
        options = await visitor.ask("OPTIONS", Route("OPTIONS", pattern).path(own))
        if options.status != 204 or not declared <= set(options.headers["allow"].replace(" ", "").split(",")):
            faults.append(f"OPTIONS {pattern}: {options.status} {options.headers.get('allow')}")
    assert faults == []


async def test_a_token_that_is_none_opens_nothing(app: Litestar) -> None:
    visitor = Visitor(app, None, {"authorization": "Bearer tgp_salah"})
    for route in routes_of(app):
        if route.is_safe and not route.parts and not route.is_in(ANYBODY):
            assert (await visitor.ask("GET", route.pattern)).status == 401, route


async def test_the_same_person_is_let_in_no_more_once_the_account_is_closed(app: Litestar, house: House) -> None:
    login, token = await account(house, Role.SUPERVISOR)
    visitor = Visitor(app, Role.SUPERVISOR, {"cookie": f"tanggap_session={token}"})
    assert (await visitor.ask("GET", "/pengawas")).status == 200
    administrator = await browser(app, Role.ADMINISTRATOR)
    page = await administrator.ask("GET", f"/admin?cari={login}")
    person = page.body.decode().partition("/admin/orang/")[2][:36]
    assert (await administrator.send_form("POST", f"/admin/orang/{person}/tutup", {})).status == 303
    assert (await visitor.ask("GET", "/pengawas")).status == 401
