"""A year's holidays at once: pasted, or taken from a file. All of them, or none."""

from typing import Any

from litestar import Response, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap import rulebook
from tanggap.city.rules import service
from tanggap.city.rules.holiday_lines import MOST_TEXT, read_holidays
from tanggap.city.rules.kinds import KINDS
from tanggap.city.rules.model import RulesRefusal
from tanggap.web.coordinator.rules.entries import show_list
from tanggap.web.coordinator.rules.page import KEEPS, Asking
from tanggap.web.coordinator.rules.questions import text
from tanggap.web.coordinator.rules.view import ROOT
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House

HOLIDAY = KINDS["holiday"]
#: Where nobody has said by what decree.
NO_SOURCE = "diisi koordinator"


@post(f"{ROOT}/tempel-libur", status_code=200, **KEEPS)
async def paste(request: Asking) -> Response[Any]:
    """Bring the days of a text or a file into the draft; days that it does not name stay as they are."""
    house: House = request.app.state.house
    form = await read_form(request)
    pasted = await _text(form)
    try:
        read = read_holidays(pasted, text(form, "dasar") or NO_SOURCE)
        bodies = {one.date.isoformat(): HOLIDAY.body(one.record({})) for one in read}
        async with house.db.transaction(house.city) as tx:
            await service.put(tx, house.city, HOLIDAY, bodies, rulebook.editor(request.user), house.now())
    except RulesRefusal as refusal:
        return await show_list(request, HOLIDAY, refusal, Form({**form.texts, "tempel": [pasted]}))
    return Redirect(f"{ROOT}?jenis={HOLIDAY.slug}&pesan=simpan", status_code=303)


async def _text(form: Form) -> str:
    """What was chosen as a file, else what was pasted."""
    for file in form.all_files("berkas"):
        return (await file.read(MOST_TEXT * 4)).decode("utf-8", "replace")
    return form.text("tempel")


ROUTES: list[ControllerRouterHandler] = [paste]
