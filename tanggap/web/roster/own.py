"""`/regu`: one's own shifts, coming and going, what the shift before says, swaps, the calendar for the phone."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from tanggap.people.model import Role
from tanggap.people.permissions import Act
from tanggap.people.roster import attendance, membership, service
from tanggap.people.roster.calendar import service as calendars
from tanggap.people.roster.model import ROLE_WORDS, NotYourTurn, OwnTurn
from tanggap.people.roster.relief import service as relief
from tanggap.people.roster.swaps import service as swaps
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_, Locale, known_locale, translator
from tanggap.platform.refusals import Refusal
from tanggap.web.forms import Form, local_path
from tanggap.web.house import House
from tanggap.web.roster import view
from tanggap.web.roster.shared import Asking, Doing, do, page
from tanggap.web.security import who

WORKS = who(Act.WORK_SHIFTS)
CALENDAR_NAME, CALENDAR_PLACE = N_("Jadwal 112"), N_("Pusat 112")


@get("/regu", **WORKS)
async def own(request: Asking) -> Response[Any]:
    """One's own shifts."""
    return await _own(request)


async def _own(request: Asking, *, status: int = 200, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        found = await view.own_page(conn, house.city, request.user, house.now())
    return await page(request, "roster/own.html", status=status, **{"address": None} | found | context)


async def _do_own(request: Asking, deed: Any) -> Response[Any]:
    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        return await _own(request, status=status, refusal=refusal, form=form)

    return await do(request, deed, again)


@post("/regu/mulai", status_code=200, **WORKS)
async def sign_on(request: Asking) -> Response[Any]:
    """«Mulai tugas»."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await attendance.sign_on(tx, doing.city, doing.zone, doing.person, doing.now)
        return local_path(doing.form.text("kembali"), "/regu?pesan=mulai")

    return await _do_own(request, deed)


@post("/regu/selesai", status_code=200, **WORKS)
async def sign_off(request: Asking) -> Response[Any]:
    """«Akhiri tugas», with what is left for the next shift."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        lies = await view.lies_open(tx, doing.city, doing.now)
        await relief.sign_off(tx, doing.city, doing.form.text("catatan"), lies, doing.person, doing.now)
        return "/regu?pesan=selesai"

    return await _do_own(request, deed)


@post("/regu/catatan", status_code=200, **WORKS)
async def write_note(request: Asking) -> Response[Any]:
    """A note for the next shift, before one goes."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        lies = await view.lies_open(tx, doing.city, doing.now)
        await relief.write_note(tx, doing.city, doing.form.text("catatan"), lies, doing.person, doing.now)
        return "/regu?pesan=dicatat"

    return await _do_own(request, deed)


@post("/regu/catatan/{note_id:uuid}/konfirmasi", status_code=200, **WORKS)
async def confirm_note(request: Asking, note_id: FromPath[UUID]) -> Response[Any]:
    """The next shift has read what the last one left."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await relief.confirm(tx, doing.city, note_id, doing.person, doing.now)
        return local_path(doing.form.text("kembali"), "/regu?pesan=dikonfirmasi")

    return await _do_own(request, deed)


@post("/regu/bahasa", status_code=200, **WORKS)
async def speak(request: Asking) -> Response[Any]:
    """Which languages one speaks: callers who need them are offered first."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await membership.speak(tx, doing.city, doing.form.all_texts("bahasa_kuasai"), doing.person, doing.now)
        return "/regu?pesan=bahasa"

    return await _do_own(request, deed)


@get("/regu/tukar/{turn_id:uuid}", **WORKS)
async def swap_form(request: Asking, turn_id: FromPath[UUID], rekan: FromQuery[str] = "") -> Response[Any]:
    """Whom to ask to take a turn, and for which of theirs."""
    return await _swap_form(request, turn_id, rekan)


async def _swap_form(request: Asking, turn_id: UUID, colleague: str, *, status: int = 200, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        turn = await service.find_turn(conn, house.city, turn_id)
        chosen = UUID(colleague) if _is_id(colleague) else None
        found = await view.swap_page(conn, house.city, turn, chosen, house.now())
    if turn.turn.person != request.user.id:
        status, context = 409, {"refusal": NotYourTurn(), **context}
        found = found | {"others": [], "chosen": None, "back": []}
    return await page(request, "roster/swap.html", status=status, **found | context)


def _is_id(said: str) -> bool:
    try:
        UUID(said)
    except ValueError:
        return False
    return True


@post("/regu/tukar/{turn_id:uuid}", status_code=200, **WORKS)
async def ask_swap(request: Asking, turn_id: FromPath[UUID]) -> Response[Any]:
    """Ask a colleague to take a turn."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await service.find_turn(tx, doing.city, turn_id)
        asked = doing.form.text("rekan")
        back = doing.id("ganti") if doing.form.text("ganti") else None
        whom = UUID(asked) if _is_id(asked) else doing.person.id
        await swaps.ask(tx, doing.city, turn_id, whom, back, doing.form.text("alasan"), doing.person, doing.now)
        return "/regu?pesan=diminta"

    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        return await _swap_form(request, turn_id, form.text("rekan"), status=status, refusal=refusal, form=form)

    return await do(request, deed, again)


@post("/regu/permintaan/{swap_id:uuid}", status_code=200, **WORKS)
async def answer_swap(request: Asking, swap_id: FromPath[UUID]) -> Response[Any]:
    """Yes or no to a colleague, or one's own request taken back."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        said = doing.form.text("jawab")
        if said == "tarik":
            await swaps.withdraw(tx, doing.city, swap_id, doing.person, doing.now)
            return "/regu?pesan=ditarik"
        await swaps.answer(tx, doing.city, swap_id, said == "setuju", doing.person, doing.now)
        return "/regu?pesan=dijawab"

    return await _do_own(request, deed)


@post("/regu/kalender", status_code=200, **WORKS)
async def make_calendar(request: Asking) -> Response[Any]:
    """A new address for one's own calendar: it stands on this answer alone."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        token = await calendars.make_address(tx, house.city, request.user, house.now())
    base = house.settings.public_url.rstrip("/")
    address = f"{base}/kalender/{token}/regu.ics"
    return await _own(request, address=address, webcal="webcal://" + address.partition("://")[2])


@post("/regu/kalender/cabut", status_code=200, **WORKS)
async def revoke_calendar(request: Asking) -> Response[Any]:
    """End the address of one's own calendar."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await calendars.revoke_address(tx, doing.city, doing.person, doing.now)
        return "/regu?pesan=dicabut"

    return await _do_own(request, deed)


@get("/kalender/{calendar:str}/regu.ics", **who("anyone", plain=True))
async def calendar_stream(request: Asking, calendar: FromPath[str]) -> Response[Any]:
    """The calendar behind an address, for phones: whoever has the address, and nobody else."""
    house: House = request.app.state.house
    city = (await house.scene()).catalogue.city
    locale = known_locale(None)

    def titled(own: OwnTurn) -> str:
        return _title(own, locale, city.emergency_number)

    host = urlsplit(house.settings.public_url).hostname or "tanggap"
    name, place = (f"{translator(locale)(word)} {city.name}" for word in (CALENDAR_NAME, CALENDAR_PLACE))
    async with house.db.reading(house.city) as conn:
        stream = await calendars.stream(conn, house.city, calendar, name, host, place, titled, house.now())
    headers = {"content-disposition": 'inline; filename="regu.ics"'}
    return Response(stream, media_type="text/calendar; charset=utf-8", headers=headers)


def _title(own: OwnTurn, locale: Locale, number: str) -> str:
    role = translator(locale)(ROLE_WORDS[Role(own.turn.role)])
    return f"{number} {own.name(locale)} · {role}"


ROUTES: list[ControllerRouterHandler] = [
    own, sign_on, sign_off, speak, write_note, confirm_note, swap_form, ask_swap, answer_swap, make_calendar, revoke_calendar,
    calendar_stream,
]  # fmt: skip
