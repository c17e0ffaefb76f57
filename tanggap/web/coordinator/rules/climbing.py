"""Saving a priority's ladders: every step that was changed, emptied or filled in, in one transaction."""

from typing import Any

from litestar import Response, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap import rulebook
from tanggap.city.kinds import Priority
from tanggap.city.rules import service
from tanggap.city.rules.kinds import Body
from tanggap.city.rules.model import Edit, RulesRefusal
from tanggap.city.rules.service import Draft
from tanggap.platform.database import Transaction
from tanggap.web.coordinator.rules import ladders
from tanggap.web.coordinator.rules.entries import show_list
from tanggap.web.coordinator.rules.page import KEEPS, Asking, draft_of
from tanggap.web.coordinator.rules.questions import text
from tanggap.web.coordinator.rules.view import ROOT
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House


@post(f"{ROOT}/tangga", status_code=200, **KEEPS)
async def save(request: Asking) -> Response[Any]:
    """Keep a priority's ladders in the draft; a step that was emptied is taken out. `hapus` takes a special one out whole."""
    house: House = request.app.state.house
    form, draft = await read_form(request), await draft_of(request)
    priority, gone = ladders.priority_of(text(form, "prioritas")), text(form, "hapus")
    try:
        async with house.db.transaction(house.city) as tx:
            for ladder in ladders.ladders(draft, priority):
                if ladder.key == gone and (ladder.category or ladder.agency):
                    for cell in ladder.cells:
                        await _take_out(tx, request, cell, draft.edits.get((ladders.RUNG.name, cell.code)))
                elif not gone:
                    await _save(tx, request, form, priority, ladder, draft)
    except RulesRefusal as refusal:
        return await show_list(request, ladders.RUNG, refusal, form)
    return Redirect(f"{ROOT}?jenis={ladders.RUNG.slug}&prioritas={priority}&pesan=simpan", status_code=303)


async def _save(
    tx: Transaction, request: Asking, form: Form, priority: Priority, ladder: ladders.LadderView, draft: Draft
) -> None:
    house: House = request.app.state.house
    bodies: dict[str, Body] = {}
    revs: dict[str, int] = {}
    for cell in ladder.cells:
        if f"{cell.code}.after" not in form.texts:
            continue
        if not text(form, f"{cell.code}.after"):
            await _take_out(tx, request, cell, draft.edits.get((ladders.RUNG.name, cell.code)))
            continue
        new: Body = {
            "priority": priority.value, "clock": ladder.clock.value, "tell": cell.tell.value,
            "provenance": "proposed", "source": "", "category": ladder.category, "agency": ladder.agency, "again_minutes": None,
        }  # fmt: skip
        bodies[cell.code] = ladders.typed_body(form, cell.code, cell.body or new)
        said = text(form, f"{cell.code}.rev")
        revs[cell.code] = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1
    await service.put(tx, house.city, ladders.RUNG, bodies, rulebook.editor(request.user), house.now(), revs)


async def _take_out(tx: Transaction, request: Asking, cell: ladders.Cell, edit: Edit | None) -> None:
    """A step that is in force is retired; one that is only in the draft goes from it."""
    house: House = request.app.state.house
    if not cell.body:
        return
    key, by, now = (ladders.RUNG.name, cell.code), rulebook.editor(request.user), house.now()
    if key in (await service.draft(tx, house.city)).standing:
        await service.retire(tx, house.city, key, True, by, now)
    elif edit is not None:
        await service.drop(tx, house.city, key, True, by, now)


ROUTES: list[ControllerRouterHandler] = [save]
