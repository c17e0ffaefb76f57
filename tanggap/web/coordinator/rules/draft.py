"""The draft: what it changes, what keeps it, and the way into force."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap import rulebook
from tanggap.city.rules import service
from tanggap.city.rules.differences import changes_of
from tanggap.city.rules.model import RulesRefusal
from tanggap.platform.i18n import translator
from tanggap.web.coordinator.rules import view
from tanggap.web.coordinator.rules.page import KEEPS, Asking, draft_of, shown
from tanggap.web.coordinator.rules.view import ROOT
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.templating import locale_of


@get(f"{ROOT}/rancangan", **KEEPS)
async def draft_page(request: Asking) -> Response[Any]:
    """What the draft changes, what keeps it, and the way into force."""
    return await _draft_page(request)


async def _draft_page(request: Asking, refusal: RulesRefusal | None = None, typed: dict[str, str] | None = None) -> Response[Any]:
    draft = await draft_of(request)
    changes = changes_of(draft.entries)
    warnings = view.places([one for one in draft.problems if one.is_warning], draft, translator(locale_of(request)))
    context = {"groups": view.grouped(changes), "warnings": warnings, "typed": typed or {}, "n": len(changes)}
    return await shown(request, "coordinator/rules/draft.html", draft, refusal=refusal, **context)


@post(f"{ROOT}/terbitkan", status_code=200, **KEEPS)
async def publish(request: Asking) -> Response[Any]:
    """Put the draft in force, now or at a time."""
    house: House = request.app.state.house
    filled = await read_form(request)
    why, later, seen = filled.text("alasan"), filled.text("waktu"), filled.text("dilihat")
    zone = ZoneInfo((await house.scene()).catalogue.city.timezone)
    try:
        async with house.db.transaction(house.city) as tx:
            if filled.text("kapan") == "nanti":
                await rulebook.schedule(tx, house.city, view.moment(later, zone), why, request.user, house.now(), seen)
                return Redirect(f"{ROOT}/rancangan?pesan=jadwal", status_code=303)
            await rulebook.publish(tx, house.city, why, request.user, house.now(), seen)
    except RulesRefusal as refusal:
        return await _draft_page(request, refusal, {"alasan": why, "waktu": later, "kapan": filled.text("kapan")})
    return Redirect(f"{ROOT}/versi?pesan=terbit", status_code=303)


@post(f"{ROOT}/jadwal/batal", status_code=200, **KEEPS)
async def unschedule(request: Asking) -> Response[Any]:
    """Take the time of publishing away."""
    house: House = request.app.state.house
    try:
        async with house.db.transaction(house.city) as tx:
            await rulebook.unschedule(tx, house.city, request.user, house.now())
    except RulesRefusal as refusal:
        return await _draft_page(request, refusal)
    return Redirect(f"{ROOT}/rancangan?pesan=jadwal-batal", status_code=303)


def _all(word: str, is_dropped: bool) -> ControllerRouterHandler:
    @post(f"{ROOT}/rancangan/{word}", status_code=200, name=f"rules_{word}", **KEEPS)
    async def drop_all(request: Asking) -> Response[Any]:
        """Take the whole draft back, or that back."""
        house: House = request.app.state.house
        try:
            async with house.db.transaction(house.city) as tx:
                await service.drop_all(tx, house.city, is_dropped, rulebook.editor(request.user), house.now())
        except RulesRefusal as refusal:
            return await _draft_page(request, refusal)
        return Redirect(f"{ROOT}/rancangan?pesan={word}", status_code=303)

    return drop_all


ROUTES: list[ControllerRouterHandler] = [draft_page, publish, unschedule, _all("buang", True), _all("pulihkan", False)]
