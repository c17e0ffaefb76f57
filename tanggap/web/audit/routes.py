"""`/audit`: who saw or changed what. Reading it is written into it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from tanggap.incident import store as rows
from tanggap.incident.refusals import NotFound
from tanggap.incident.timeline import store as timelines
from tanggap.people import service
from tanggap.people.audit import Audited, record_access, trail
from tanggap.people.model import AuditEntry
from tanggap.people.permissions import Act
from tanggap.platform.i18n import translator
from tanggap.web.audit.sentences import ACT_WORDS, sentence
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import lines_of, names
from tanggap.web.templating import locale_of, render
from tanggap.web.words import number_in

Asking = Request[Any, Any, Any]
#: Lines of one page.
PAGE = 60
#: Entries of a timeline that are shown; the check reads all.
MOST_ENTRIES = 500
NEVER = UUID(int=0)


class Question(NamedTuple):
    """What of the audit is asked for; what could not be read is left out."""

    person: UUID | None
    act: str | None
    subject: str | None
    day: date | None
    before: tuple[datetime, UUID] | None

    def bounds(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """The first moment asked for, and the first one after."""
        if self.day is None:
            return None, None
        start = datetime.combine(self.day, time(), zone)
        return start, datetime.combine(self.day + timedelta(days=1), time(), zone)


def question(query: Mapping[str, str]) -> Question:
    """What an address asks for."""
    act = query.get("tindakan", "")
    subject = query.get("tentang", "").strip()[:200]
    return Question(
        person=_uuid(query.get("orang", "")),
        act=act if act in set(Audited) else None,
        subject=subject if subject and subject.isprintable() else None,
        day=_day(query.get("hari", "")),
        before=_cursor(query.get("sebelum", "")),
    )


@get("/audit", **who(Act.READ_AUDIT, Act.ADMINISTER))
async def page(request: Asking) -> Response[Any]:
    """Lines of the audit, the newest first."""
    house: House = request.app.state.house
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    zone = ZoneInfo(scene.catalogue.city.timezone)
    asked = question(request.query_params)
    start, end = asked.bounds(zone)
    before = asked.before or ((end, NEVER) if end else None)
    async with house.db.transaction(house.city) as tx:
        found = await trail(
            tx, house.city, person=asked.person, subject=asked.subject, acts=[asked.act] if asked.act else None, before=before,
            limit=PAGE + 1,
        )  # fmt: skip
        entries = [entry for entry in found if start is None or entry.at >= start]
        everybody = await service.people(tx, house.city)
        filters = {name: "" for name in ("orang", "tindakan", "tentang", "hari") if request.query_params.get(name)}
        await record_access(tx, house.city, request.user, Audited.AUDIT_READ, "audit", filters, now)
    known = {str(person.id): person.name for person in everybody}
    translate = translator(locale)
    shown = entries[:PAGE]
    return render(
        request,
        "audit/page.html",
        asked=asked,
        lines=[(entry, sentence(entry, known, translate)) for entry in shown],
        older=_address(request, shown[-1]) if len(entries) > PAGE else None,
        newest=_address(request, None) if asked.before else None,
        everybody=everybody,
        act_words=ACT_WORDS,
        today=now.astimezone(zone).date(),
        **names(scene.catalogue, locale),
    )


@get("/audit/kejadian", **who(Act.READ_AUDIT))
async def incident(request: Asking) -> Response[Any]:
    """The timeline of one incident, and whether its chain is whole."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    said = request.query_params.get("nomor", "")
    number = number_in(said)
    found, lines, broken = None, [], []
    async with house.db.transaction(house.city) as tx:
        try:
            if number is None:
                raise NotFound
            found = await rows.incident_by_number(tx, house.city, number)
        except NotFound:
            found = None
        else:
            entries = await timelines.of_incident(tx, house.city, found.id, MOST_ENTRIES)
            subjects = sorted({entry.subject for entry in entries})
            broken = await timelines.broken_chains(tx, house.city, subjects=subjects)
            lines = lines_of(entries, scene.catalogue, locale)
            about = f"incident:{found.id}"
            await record_access(tx, house.city, request.user, Audited.AUDIT_READ, about, {"kejadian": ""}, house.now())
    context = names(scene.catalogue, locale)
    return render(request, "audit/incident.html", said=said, incident=found, lines=lines, broken=broken, **context)


def _address(request: Asking, last: AuditEntry | None) -> str:
    query = {name: value for name, value in request.query_params.items() if name != "sebelum" and value}
    if last is not None:
        query["sebelum"] = f"{last.at.isoformat()}~{last.id}"
    return f"/audit?{urlencode(query)}" if query else "/audit"


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def _day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None


def _cursor(said: str) -> tuple[datetime, UUID] | None:
    at, _, last = said.partition("~")
    known = _uuid(last)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, known) if known is not None and moment.tzinfo is not None else None


ROUTES: list[ControllerRouterHandler] = [page, incident]
