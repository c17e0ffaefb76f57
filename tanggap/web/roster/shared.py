"""What the roster's addresses share: a page with the city's words, and what a form says read without surprises."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.response import Redirect

from tanggap.city.store import shift_plan
from tanggap.people.model import Person
from tanggap.people.roster.model import UnknownRosterEntry
from tanggap.platform.database import Transaction
from tanggap.platform.refusals import Refusal
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, local_path, read_form
from tanggap.web.house import House
from tanggap.web.roster import words
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
SEE_OTHER: Final = 303


class Doing:
    """One act as the routes need it: who does it, when, with which form."""

    def __init__(self, house: House, zone: ZoneInfo, form: Form, person: Person, now: datetime) -> None:
        self.house, self.city, self.zone = house, house.city, zone
        self.form, self.person, self.now = form, person, now

    def id(self, name: str) -> UUID:
        """The id that was chosen under a name. Raises UnknownRosterEntry when it is none."""
        try:
            return UUID(self.form.text(name))
        except ValueError as error:
            raise UnknownRosterEntry from error

    def day(self, name: str) -> date | None:
        """The day that was written under a name; None when it is none."""
        return day_in(self.form.text(name))

    def number(self, name: str) -> int:
        """The small number that was written under a name; 0 when it is none."""
        said = self.form.text(name).strip()
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 5 else 0


Deed = Callable[[Transaction, Doing], Awaitable[str]]
Again = Callable[[Refusal, int, Form], Awaitable[Response[Any]]]


def day_in(said: str) -> date | None:
    """A day as browsers write it (2026-11-23); None when it is none, or so far that weeks around it cannot be counted."""
    try:
        found = date.fromisoformat(said.strip())
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


async def zone_of(house: House) -> ZoneInfo:
    """The city's time zone."""
    return ZoneInfo((await house.scene()).catalogue.city.timezone)


async def page(request: Asking, template: str, *, status: int = 200, **context: Any) -> Response[Any]:
    """A page of the roster."""
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        plan = await shift_plan(conn, house.city)
    agencies = (await house.scene()).catalogue.agencies
    shared = {
        "refusal": None, "form": Form(), "done": words.DONE_WORDS.get(request.query_params.get("pesan", "")),
        "agencies": [agency for agency in agencies if agency.active],
        "agency_short": {agency.code: agency.short for agency in agencies},
    }  # fmt: skip
    if context.get("refusal") is not None:
        shared["done"] = None
    return render(request, template, status=status, **shared | words.names(plan, locale_of(request)) | context)


async def do(request: Asking, deed: Deed, again: Again) -> Response[Any]:
    """Do one thing, and go where the deed says; a refusal shows the page `again` with its sentence, and nothing was written."""
    house: House = request.app.state.house
    form = await read_form(request)
    doing = Doing(house, await zone_of(house), form, request.user, house.now())
    try:
        async with house.db.transaction(house.city) as tx:
            path = await deed(tx, doing)
    except UnknownRosterEntry:
        raise
    except Refusal as refusal:
        return await again(refusal, problem_of(refusal)[0].status, form)
    return Redirect(local_path(path), status_code=SEE_OTHER)
