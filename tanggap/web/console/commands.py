"""The command bar of all staff pages: a few letters find a page, an incident, an agency's work, a kind of incident."""

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromQuery
from litestar.response import Redirect

from tanggap.city.model import Agency, Catalogue
from tanggap.people.model import Person
from tanggap.people.permissions import Act, agency_of, may
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.platform.text import fold
from tanggap.web.console import store
from tanggap.web.console.store import Hit
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render
from tanggap.web.words import number_in, number_of

MOST = 10
#: The largest number that the database can look for.
LARGEST = 2**63 - 1

#: Pages by the act that opens them, with what people may type for them.
PAGES: tuple[tuple[Act, str, str, str], ...] = (
    (Act.TAKE_CALLS, "/konsol", N_("Konsol petugas"), "konsol console panggilan"),
    (Act.SUPERVISE, "/pengawas", N_("Layar pengawas"), "pengawas supervisor"),
    (Act.WORK_SHIFTS, "/regu", N_("Jadwal saya"), "jadwal regu giliran tugas shift roster"),
    (Act.KEEP_ROSTER, "/pengawas/regu", N_("Jadwal regu"), "jadwal regu giliran shift roster"),
    (Act.SEE_STATISTICS, "/koordinator", N_("Angka hari ini dan bulan ini"), "koordinator angka statistik figures"),
    (Act.KEEP_PLACES, "/koordinator/tempat", N_("Usulan nama tempat"), "koordinator tempat usulan nama gazetteer places"),
    (Act.KEEP_EVIDENCE, "/koordinator/bukti", N_("Bukti dan bobot"), "koordinator bukti bobot verifikasi evidence weights"),
    (Act.ANSWER_ASSIGNMENT, "/instansi", N_("Penugasan instansi"), "instansi penugasan agency"),
    (Act.ADMINISTER, "/admin", N_("Orang, peran, sesi"), "admin orang peran sesi people"),
    (Act.READ_AUDIT, "/audit", N_("Jejak audit"), "audit jejak trail"),
)


class Found(msgspec.Struct, frozen=True):
    """One line under the command bar."""

    href: str
    text: str
    kind: str  # page | incident | agency
    priority: str | None = None
    place: str = ""


@get("/perintah", **who("signed_in"))
async def commands(request: Request[Any, Any, Any], q: FromQuery[str] = "") -> Response[Any]:
    """What the letters may mean, best first: as a part for the bar while one types; Enter goes to the best of them."""
    house: House = request.app.state.house
    person: Person = request.scope["user"]
    locale = locale_of(request)
    asked = q.strip().lstrip("/").strip()[:100]
    found = list(_pages(asked, person, locale))
    if asked:
        scene = await house.scene()
        async with house.db.reading(house.city) as conn:
            found = [*(await _incidents(conn, scene.catalogue, asked, person, locale)), *found]
    found = found[:MOST]
    if request.headers.get("x-tanggap-part"):
        return render(request, "console/commands.html", asked=asked, found=found)
    if asked and found:
        return Redirect(found[0].href, status_code=303)
    return render(request, "console/commands_page.html", asked=asked, found=found)


def _pages(asked: str, person: Person, locale: Locale) -> Iterator[Found]:
    words = fold(asked)
    for act, href, name, called in PAGES:
        said = translator(locale)(name)
        if may(person, act) and (not words or any(word.startswith(words) for word in fold(f"{called} {said}").split())):
            yield Found(href, said, "page")


async def _incidents(conn: Connection, catalogue: Catalogue, asked: str, person: Person, locale: Locale) -> list[Found]:
    own = agency_of(person)
    if own is None and not may(person, Act.SEE_INCIDENTS):
        return []
    hits: list[Hit] = []
    if (number := number_in(asked)) is not None:
        hits = await store.incidents_by_number(conn, catalogue.city.code, min(number, LARGEST), own)
    elif agency := _agency(catalogue, asked):
        if own in (None, agency.code):
            hits = await store.incidents_with_agency(conn, catalogue.city.code, agency.code)
    elif own is None and (categories := _categories(catalogue, asked)):
        hits = await store.live_incidents(conn, catalogue.city.code, categories)
    return [_found(hit, catalogue, person, locale) for hit in hits]


def _agency(catalogue: Catalogue, asked: str) -> Agency | None:
    words = fold(asked)
    if len(words) < 2:
        return None
    exact = (agency for agency in catalogue.agencies if words in (agency.code, fold(agency.short)))
    starting = (agency for agency in catalogue.agencies if fold(agency.short).startswith(words))
    return next(exact, None) or next(starting, None)


def _categories(catalogue: Catalogue, asked: str) -> list[str]:
    words = fold(asked)
    if len(words) < 3:
        return []
    return [c.code for c in catalogue.categories if words in fold(f"{c.name_id} {c.name_en}")]


def _found(hit: Hit, catalogue: Catalogue, person: Person, locale: Locale) -> Found:
    category = catalogue.categories_by_code.get(hit.category or "")
    name = category.name(locale) if category else translator(locale)(N_("Tanpa kategori"))
    text = f"{number_of(catalogue.city, hit.number)} {name}"
    return Found(_address(hit, person), text, "incident", hit.priority.value, hit.place[:80])


def _address(hit: Hit, person: Person) -> str:
    """Where this person looks at an incident."""
    if person.agency is not None:
        return f"/instansi/{hit.assignment}"
    if may(person, Act.TAKE_CALLS) and not may(person, Act.SUPERVISE):
        return f"/konsol/kejadian/{hit.number}"
    return f"/pengawas/{hit.id}" if may(person, Act.SUPERVISE) else "/koordinator"
