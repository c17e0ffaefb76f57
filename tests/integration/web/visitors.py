"""Visitors of the whole application, one for each role and kind of proof, and things in its database that they ask for."""

import asyncio
import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from litestar import Litestar
from PIL import Image

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import CITIZEN, Actor, Location
from tanggap.incident.photos.cleaning import clean_photo
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.location.learning.model import Lesson, LessonKind
from tanggap.location.learning.store import note
from tanggap.location.sources.service import link_token
from tanggap.notification.contacts import service as contacts
from tanggap.notification.model import Channel as Way
from tanggap.notification.model import ContactStep, Notice, Occasion, Recipient
from tanggap.notification.service import deliver
from tanggap.notification.texts import Text
from tanggap.people import machines, service, signing_in
from tanggap.people.model import Role, hash_of
from tanggap.people.roster import store as roster_rows
from tanggap.people.roster.absences import service as absences
from tanggap.people.roster.calendar.service import make_address
from tanggap.people.roster.model import Change, ChangeKind
from tanggap.people.roster.planning import PlannedShift
from tanggap.people.roster.relief.model import Lies
from tanggap.people.roster.relief.store import insert as leave_note
from tanggap.people.roster.swaps.store import insert as ask_swap
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id, new_token
from tanggap.telephony import service as calls
from tanggap.telephony.model import Ringing
from tanggap.triage.growth import store as growth_rows
from tanggap.verification.learning.model import Longer, SideBySide
from tanggap.verification.learning.store import add as add_weights
from tanggap.verification.nuisance.service import take_measure
from tanggap.web.house import House

CITY = "kendari"
SECRET = "jalan pagi ke teluk"
#: The agency of the visitors who belong to one, and one that they have nothing to do with; each with a category of its own.
OWN, OTHER = ("bpbd", "fallen_tree"), ("pdam", "water_leak")
OF_AGENCY = (Role.AGENCY, Role.FIELD)


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def problem(self) -> str:
        """The slug of a problem that machines read."""
        return str(json.loads(self.body)["type"]).rpartition("/")[2]


@dataclass
class Visitor:
    """Somebody who asks: a browser with a session, a machine with a token, or nobody that is known."""

    app: Litestar
    role: Role | None
    headers: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    async def ask(self, method: str, path: str, *, body: bytes = b"", **headers: str) -> Answer:
        """One request, without a network. A stream that does not end is left after its first words."""
        path, _, query = path.partition("?")
        sent = {"host": "127.0.0.1:8112", **self.headers, **{name.replace("_", "-"): said for name, said in headers.items()}}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), said.encode()) for name, said in sent.items()],
            "client": ("127.0.0.1", 40_000), "server": ("127.0.0.1", 8112), "extensions": {},
        }  # fmt: skip
        given = asyncio.Queue[dict[str, Any]]()
        given.put_nowait({"type": "http.request", "body": body, "more_body": False})
        heard: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            heard.append(message)
            is_over = not message.get("more_body") and message["type"] == "http.response.body"
            if is_over or b"text/event-stream" in dict(heard[0]["headers"]).get(b"content-type", b""):
                given.put_nowait({"type": "http.disconnect"})

        async with asyncio.timeout(20):
            await self.app(scope, given.get, send)  # type: ignore[arg-type]
        said = {name.decode().lower(): value.decode("latin-1") for name, value in heard[0]["headers"]}
        return Answer(heard[0]["status"], said, b"".join(message.get("body", b"") for message in heard[1:]))

    async def send_form(self, method: str, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """What a page of ours sends, with its token."""
        kind = "application/x-www-form-urlencoded"
        return await self.ask(
            method, path, body=urlencode(fields).encode(), **({"content_type": kind, "x_csrftoken": self.csrf} | headers)
        )

    async def send_json(self, method: str, path: str, value: Mapping[str, Any]) -> Answer:
        """What a machine or a script sends."""
        more = {"x_csrftoken": self.csrf} if self.csrf else {}
        return await self.ask(method, path, body=json.dumps(value).encode(), content_type="application/json", **more)


async def browser(app: Litestar, role: Role | None) -> Visitor:
    """Somebody at a browser, signed in when they have a role."""
    visitor = Visitor(app, role, {"accept": "text/html"})
    if role is not None:
        token = (await account(app.state.house, role))[1]
        visitor.headers["cookie"] = f"tanggap_session={token}"
    answer = await visitor.ask("GET", "/sesi")
    if role is None:
        visitor.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
    visitor.csrf = json.loads(answer.body)["csrf_token"]
    return visitor


async def machine(app: Litestar, role: Role) -> Visitor:
    """A program with a token."""
    house: House = app.state.house
    async with house.db.transaction(CITY) as tx:
        _, secret = await machines.issue_token(tx, CITY, role.value, role, _agency(role), None, None, house.now())
    return Visitor(app, role, {"authorization": f"Bearer {secret}"})


def _agency(role: Role) -> str | None:
    return OWN[0] if role in OF_AGENCY else None


async def account(house: House, role: Role) -> tuple[str, str]:
    """A new person with that role who has just signed in: their login, and their session's token."""
    login = f"{role.value}.{secrets.token_hex(4)}"
    async with house.db.transaction(CITY) as tx:
        await service.add_person(
            tx, CITY, login, login.title(), [role], _agency(role), None, house.now(), password=SECRET, is_demo=True
        )
    signed_in = await signing_in.log_in(house.db, CITY, house.keyring, login, SECRET, None, "test", house.now())
    return login, signed_in.session_token


LOST_MESSAGE = """INSERT INTO delivery (city, id, notice, occasion, channel, recipient, incident, text, state, queued_at, next_at)
                  VALUES ($1, $2, $2, 'sent', 'sms', 'BPBD', $3, 'pohon tumbang', 'dead', $4, $4)"""


async def things(house: House, of: tuple[str, str] = OWN) -> dict[str, str]:
    """A value for every part of an address: an incident that the agency was asked for, its report, photo, token, a person …"""
    agency, category = of
    scene, now, taker = await house.scene(), house.now(), Actor("Petugas 1", new_id())
    place = Location(-3.994, 122.49, 60.0, "device")
    told = Contact(Channel.WEB, words="pohon tumbang", address_words="pasar", number="081344556642", location=place)
    async with house.db.transaction(CITY) as tx:
        received = await flow.receive(tx, scene, told, now)
        await flow.claim(tx, scene, received.report, taker, now)
        await flow.describe(tx, scene, received.report, Changes({"category": category}), taker, now)
        incident = await flow.hand_over(tx, scene, received.report, [agency], taker, now)
        asked = await rows.assignments_of(tx, CITY, incident.id)
        link = await flow.ask_for_point(tx, scene, received.report, taker, now)
        photo = await flow.add_photo(tx, scene, clean_photo(_jpeg()), CITIZEN, now, report=received.report)
        lesson = Lesson(f"warung {new_id().hex}", LessonKind.PLACE, None, -3.99, 122.49, 50.0)
        caller = (await rows.report(tx, CITY, received.report)).caller
        assert caller is not None
        nobody = Longer(0, 0.0, 0.0)
        basis = SideBySide(now, now, 0, 0, 0, 0.0, 0.0, (), (), nobody, nobody)
        version = await add_weights(tx, CITY, {"log_odds": {}, "sd": {}}, basis, None, now)
        growth = await growth_rows.ask(tx, CITY, None, now)
        measure = await take_measure(tx, CITY, caller, "family", "", 7, taker, now)
        proposal = await note(tx, CITY, lesson, await rows.report(tx, CITY, received.report), new_id(), now)
        notice, centre_notice = await _messages(tx, house, agency)
        editor, _ = await service.add_person(
            tx,
            CITY,
            f"k.{secrets.token_hex(4)}",
            "Koordinator",
            [Role.COORDINATOR],
            None,
            None,
            now,
            password=SECRET,
            is_demo=True,
        )
        number = f"0813{secrets.randbelow(10**8):08d}"
        contact = await contacts.add_of_agency(
            tx, CITY, house.keyring, agency, ContactStep.DUTY, "Piket", Way.SMS, number, editor, now
        )
        hook = await contacts.add_of_agency(
            tx, CITY, house.keyring, agency, ContactStep.DUTY, "Program", Way.WEBHOOK, f"https://x.test/{number}", editor, now
        )
        call = await calls.call_rings(tx, scene, Ringing(f"{new_id()}@trunk", "081344556642", trunk="telkom"), now)
        await calls.call_ended(tx, scene, call.id, "caller", now)
        message = new_id()
        await tx.execute(LOST_MESSAGE, CITY, message, incident.id, now)
    return {
        "report_id": str(received.report), "incident_id": str(incident.id), "assignment_id": str(asked[0].id),
        "photo_id": str(photo.id), "token": received.token,
        "link": link_token(scene.keyring, link.id), "number": str(incident.number), "slug": "not-found",
        "path": "favicon.svg", "figure": "answer",
        "proposal_id": str(proposal), "call_id": str(call.id), "recording_id": str(uuid4()),
        "notice_id": str(notice), "centre_notice_id": str(centre_notice),
        "contact_id": str(contact.id), "webhook_id": str(hook.id), "provider": "gerbang", "signature": "x",
        "caller_id": str(caller), "measure_id": str(measure), "version": str(version),
        "rule_kind": "kategori", "rule_code": "flood", "rules_version": "1",
        "month_name": f"{now:%Y-%m}", "form": "csv",
        "kind": "call", "subject_id": str(call.id),
        "delivery_id": str(message), "growth_version": str(growth),
    } | await roster(house)  # fmt: skip


async def roster(house: House) -> dict[str, str]:
    """A shift of next week with somebody's turn, a swap of it, a change, a note about it, and an address of a calendar."""
    login, _ = await account(house, Role.CALL_TAKER)
    now = house.now()
    begins = now + timedelta(days=7, minutes=secrets.randbelow(10_000))
    one = PlannedShift(begins.date(), new_id().hex, "Uji", "Test", begins, begins + timedelta(hours=8), (), ())
    async with house.db.transaction(CITY) as tx:
        person = next(one for one in await service.people(tx, CITY) if one.login == login)
        _, shift, _ = (await roster_rows.write_shifts(tx, CITY, [one]))[0]
        (turn,) = await roster_rows.add_turns(tx, CITY, [(shift, person.id, Role.CALL_TAKER)])
        own = await roster_rows.turn(tx, CITY, turn)
        assert own is not None
        swap, note_id, change = new_id(), new_id(), new_id()
        await ask_swap(tx, CITY, swap, own.turn, person.id, None, "", now)
        await leave_note(tx, CITY, note_id, shift, person.id, person.name, "tidak ada", Lies(0, 0), now)
        done = Change(change, now, ChangeKind.ADDED, person.id, person.name, "", (turn,), (), ())
        await roster_rows.add_change(tx, CITY, done)
        calendar = await make_address(tx, CITY, person, now)
        day = (now + timedelta(days=30)).date()
        away = await absences.note(tx, CITY, ZoneInfo("Asia/Makassar"), person.id, "leave", (day, day), "", person, now)
    return {
        "shift_id": str(shift), "turn_id": str(turn), "swap_id": str(swap), "note_id": str(note_id), "change_id": str(change),
        "absence_id": str(away.id), "calendar": calendar, "day": now.date().isoformat(),
    }  # fmt: skip


async def _messages(tx: Transaction, house: House, agency: str) -> tuple[UUID, UUID]:
    """A notice on the screen of an agency, and one on the centre's."""
    made = []
    for channel, to in ((Way.SCREEN, agency), (Way.SCREEN, None)):
        notice = Notice(occasion=Occasion.WITHDRAWN, agency=to)
        told = [Recipient(channel=channel, name="Piket", agency=to)]
        await deliver(tx, CITY, notice, told, lambda _channel, _locale: Text("112", "112 dibatalkan"), house.now())
        sql = "SELECT id FROM delivery WHERE city = $1 AND agency IS NOT DISTINCT FROM $2 AND occasion = 'withdrawn' LIMIT 1"
        made.append(await tx.fetchval(sql, CITY, to))
    return made[0], made[1]


async def staff(house: House) -> dict[str, str]:
    """Somebody whose account, session and token an administrator may end, and the login that belongs to them."""
    login, token = await account(house, Role.CALL_TAKER)
    async with house.db.transaction(CITY) as tx:
        session = await signing_in.session_of(tx, CITY, hash_of(token), house.now())
        issued, _ = await machines.issue_token(tx, CITY, login, Role.CALL_TAKER, None, None, None, house.now())
    assert session is not None
    return {"person_id": str(session.person.id), "session_id": str(session.id), "token_id": str(issued.id), "login": login}


def nothing() -> dict[str, str]:
    """Addresses of things that there are not."""
    names = (
        "report_id",
        "incident_id",
        "assignment_id",
        "photo_id",
        "person_id",
        "session_id",
        "token_id",
        "proposal_id",
        "caller_id",
        "measure_id",
        "month_name",
        "form",
        "call_id",
        "recording_id",
        "shift_id",
        "turn_id",
        "swap_id",
        "note_id",
        "change_id",
        "subject_id",
        "delivery_id",
        "notice_id",
        "centre_notice_id",
        "contact_id",
        "webhook_id",
        "absence_id",
    )
    return {name: str(uuid4()) for name in names} | {
        "token": new_token(), "link": new_token(), "number": "987654321", "version": "987",
        "rule_kind": "tidak-ada", "rule_code": "tidak_ada", "rules_version": "987",
        "slug": "no-such-problem", "path": "no/such/file.css", "figure": "no-such-figure", "calendar": new_token(),
        "day": "2026-11-23", "kind": "call", "provider": "nobody", "signature": new_token(), "growth_version": "987",
    }  # fmt: skip


def rubbish(said: str) -> dict[str, str]:
    """The same words in place of everything."""
    return dict.fromkeys(nothing(), said)


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "green").save(out, "JPEG")
    return out.getvalue()
