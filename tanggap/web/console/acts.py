"""What a call taker does, each one request: take, save, send, end, undo. A script gets JSON, a plain form its page."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, patch, post
from litestar.exceptions import ClientException
from litestar.params import FromPath
from litestar.response import Redirect

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Disposition, Report
from tanggap.incident.refusals import WrongState
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_, translator
from tanggap.platform.text import clean_text
from tanggap.scene import Scene, actor_of
from tanggap.web.console.desk import next_waiting
from tanggap.web.console.model import MEND_S, NewCall, NoAgencyChosen, NotSentYet, ReasonMissing, Saving
from tanggap.web.console.sheet import last_other_hand
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import locale_of
from tanggap.web.timeline import DISPOSITION_WORDS
from tanggap.web.words import number_of

Asking = Request[Any, Any, Any]
Body = TypeVar("Body")
SEE_OTHER: Literal[303] = 303
MAY = who(Act.TAKE_CALLS)
MAY_SEND = who(Act.HAND_OVER)
#: How many waiting reports are tried when several desks reach for the next one at once.
REACHES = 8
MAX_REASON = 500


def house_of(request: Asking) -> House:
    """What every page of this process shares."""
    house: House = request.app.state.house
    return house


class Acting(NamedTuple):
    """What a verb of the story wants to know, within one transaction."""

    tx: Transaction
    scene: Scene
    by: Actor
    now: datetime


@contextlib.asynccontextmanager
async def acting(request: Asking) -> AsyncIterator[Acting]:
    """One transaction of the person who asks; it commits when the block is left without a refusal."""
    house = house_of(request)
    scene = await house.scene()
    async with house.db.transaction(house.city) as tx:
        yield Acting(tx, scene, actor_of(request.user), house.now())


def _wants_json(request: Asking) -> bool:
    return "application/json" in request.headers.get("accept", "")


def done(request: Asking, report: UUID | None, said: str = "", **more: Any) -> Response[Any]:
    """The report to show next, and a sentence about what was done."""
    href = f"/konsol/{report}" if report else "/konsol"
    if not _wants_json(request):
        return Redirect(href, status_code=SEE_OTHER)
    return Response({"href": href, "report": str(report) if report else None, "said": said, **more})


async def _body(request: Asking, kind: type[Body]) -> Body:
    raw = await request.body()
    return msgspec.json.decode(raw or b"{}", type=kind)


async def _claim_waiting(house: House, scene: Scene, request: Asking) -> Report | None:
    """The next waiting report, now this person's; when another desk was quicker, the one after it."""
    async with house.db.reading(house.city) as conn:
        following = await next_waiting(conn, scene, house.now())
    for report in following[:REACHES]:
        with contextlib.suppress(WrongState):
            async with house.db.transaction(house.city) as tx:
                return await flow.claim(tx, scene, report, actor_of(request.user), house.now())
    return None


@post("/konsol", status_code=200, **MAY)
async def open_call(request: Asking) -> Response[Any]:
    """A call by hand: stored and claimed before anything is typed; the screen's own key makes it one, however often sent."""
    house = house_of(request)
    scene = await house.scene()
    asked = await _body(request, NewCall) if request.content_type[0] == "application/json" else NewCall()
    now = house.now()
    contact = Contact(
        Channel.CALL,
        external_id=f"konsol:{request.user.id}:{asked.key}" if asked.key else None,
        received_at=now - timedelta(seconds=asked.age_s),
    )
    async with house.db.transaction(house.city) as tx:
        received = await flow.receive(tx, scene, contact, now)
        if not received.is_repeat:
            await flow.claim(tx, scene, received.report, actor_of(request.user), now)
    return done(request, received.report, rev=1 if received.is_repeat else 2)


@post("/konsol/berikut", status_code=200, **MAY)
async def take_next(request: Asking) -> Response[Any]:
    """Take the longest waiting contact."""
    house = house_of(request)
    report = await _claim_waiting(house, await house.scene(), request)
    if report is None:
        return done(request, None, translator(locale_of(request))(N_("Tidak ada yang menunggu.")))
    return done(request, report.id)


@post("/konsol/{report_id:uuid}/ambil", status_code=200, **MAY)
async def take(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Take one waiting contact."""
    async with acting(request) as (tx, scene, by, now):
        await flow.claim(tx, scene, report_id, by, now)
    return done(request, report_id)


@post("/konsol/{report_id:uuid}/ambil-alih", status_code=200, **MAY)
async def take_over(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Take a report from another desk: within seconds of a wrong claim as it is, later with a reason."""
    reason = clean_text((await read_form(request)).text("alasan").strip(), MAX_REASON).text
    async with acting(request) as (tx, scene, by, now):
        report = await rows.lock_report(tx, scene.city, report_id)
        if not reason and not _just_claimed(report, now):
            raise ReasonMissing
        await flow.take_over(tx, scene, report_id, by, reason or "salah ambil", now)
    return done(request, report_id)


def _just_claimed(report: Report, now: datetime) -> bool:
    return report.claimed_at is not None and now - report.claimed_at <= timedelta(seconds=MEND_S)


@post("/konsol/{report_id:uuid}/lepas", status_code=200, **MAY)
async def release(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Put a report back among those that wait."""
    async with acting(request) as (tx, scene, by, now):
        await flow.release(tx, scene, report_id, by, now)
    return done(request, None, translator(locale_of(request))(N_("Dikembalikan ke antrean.")))


@post("/konsol/{report_id:uuid}/catatan", status_code=200, **MAY)
async def add_note(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """A note on the timeline of the report, and of its incident."""
    words = clean_text((await read_form(request)).text("catatan").strip(), 8_000).text
    if words:
        async with acting(request) as (tx, scene, by, now):
            report = await rows.report(tx, scene.city, report_id)
            await flow.note(tx, scene, words, by, now, report=report_id, incident=report.incident)
    return done(request, report_id)


@patch("/konsol/{report_id:uuid}", **MAY)
async def save(request: Asking, report_id: FromPath[UUID]) -> dict[str, Any]:
    """Save what was typed. Where somebody else wrote in the same field, theirs stays, and this text is kept as a note."""
    house = house_of(request)
    scene = await house.scene()
    saving = await _body(request, Saving)
    fields, was = saving.fields.as_fields(), saving.was.as_fields()
    if fields.get("category") and fields["category"] not in scene.catalogue.categories_by_code:
        raise ClientException("no such category")
    if "lat" in fields and fields["lat"] is None:
        fields["area"] = None
    now = house.now()
    async with house.db.transaction(house.city) as tx:
        described = await flow.describe(tx, scene, report_id, Changes(fields, was), actor_of(request.user), now)
        other = await last_other_hand(tx, scene, described.report, request.user) if described.conflicts else None
    report = described.report
    return {
        "rev": report.rev,
        "saved_at": now,
        "conflicts": described.conflicts,
        "current": {name: getattr(report, name) for name in described.conflicts},
        "who": other,
        "place_label": report.place_label,
    }


@post("/konsol/{report_id:uuid}/kirim", status_code=200, **MAY_SEND)
async def send(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Hand over to the agencies that are ticked, the first of them leading; without any choice, to those of the catalogue."""
    house = house_of(request)
    scene = await house.scene()
    form = await read_form(request)
    chosen: Sequence[str] | None = form.all_texts("instansi") or None
    if chosen is None and form.text("pilihan"):
        raise NoAgencyChosen
    if any(code not in scene.catalogue.agencies_by_code for code in chosen or ()):
        raise ClientException("no such agency")
    async with house.db.transaction(house.city) as tx:
        incident = await flow.hand_over(tx, scene, report_id, chosen, actor_of(request.user), house.now())
    number = number_of(scene.catalogue.city, incident.number)
    return done(request, report_id, translator(locale_of(request))(N_("Terkirim sebagai {number}.")).format(number=number))


@post("/konsol/{report_id:uuid}/hasil", status_code=200, **MAY)
async def dispose(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Say what the report turned out to be: it ends here, and the next waiting contact comes by itself."""
    form = await read_form(request)
    try:
        disposition = Disposition(form.text("hasil"))
    except ValueError as error:
        raise ClientException("no such disposition") from error
    async with acting(request) as (tx, scene, by, now):
        before = await rows.lock_report(tx, scene.city, report_id)
        if disposition is Disposition.GENUINE and before.incident is None:
            raise NotSentYet
        ended = await flow.dispose(tx, scene, report_id, disposition, by, now)
    following = await _claim_waiting(house_of(request), scene, request) if form.text("lanjut") else None
    said = translator(locale_of(request))(DISPOSITION_WORDS[disposition])
    undo = f"/konsol/{report_id}/urungkan" if ended.incident is None else None
    return done(request, following.id if following else None, said, undo=undo, ended=str(report_id))


@post("/konsol/{report_id:uuid}/urungkan", status_code=200, **MAY)
async def undo(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Take a disposition back: the report is on this desk again."""
    async with acting(request) as (tx, scene, by, now):
        await flow.undo_disposition(tx, scene, report_id, by, now)
    return done(request, report_id)


@post("/konsol/{report_id:uuid}/panggil-balik", status_code=200, **MAY)
async def call_back(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """The number was called back: whether somebody answered."""
    answered = (await read_form(request)).text("dijawab")
    if answered not in ("ya", "tidak"):
        raise ClientException("answered or not")
    async with acting(request) as (tx, scene, by, now):
        await flow.call_back(tx, scene, report_id, answered == "ya", by, now)
    return done(request, report_id)


@post("/konsol/{report_id:uuid}/tautan", status_code=200, **MAY)
async def ask_for_point(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Make the link at which the caller's phone sends its point; the sheet shows it while it is good."""
    async with acting(request) as (tx, scene, by, now):
        await flow.ask_for_point(tx, scene, report_id, by, now)
    return done(request, report_id)


@post("/konsol/{report_id:uuid}/nomor", status_code=200, **who(Act.SEE_CALLER_NUMBER))
async def show_number(request: Asking, report_id: FromPath[UUID]) -> dict[str, str]:
    """The caller's number in full; the look is audited."""
    async with acting(request) as (tx, scene, _, now):
        number = await flow.reveal_number(tx, scene, report_id, request.user, now)
    return {"number": f"+{number}" if number.startswith("62") else number}


ACTS = [
    open_call, take_next, take, take_over, release, add_note, save, send, dispose, undo, call_back, ask_for_point, show_number,
]  # fmt: skip
