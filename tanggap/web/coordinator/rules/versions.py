"""The versions of the rules: each can be looked at, compared with another, and put in force again with one click."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap import rulebook
from tanggap.city.rules import publishing, store
from tanggap.city.rules.differences import changes_between
from tanggap.city.rules.kinds import KINDS
from tanggap.city.rules.model import RulesRefusal, UnknownRule
from tanggap.web.coordinator.rules import view
from tanggap.web.coordinator.rules.page import KEEPS, Asking, draft_of, shown
from tanggap.web.coordinator.rules.view import ROOT
from tanggap.web.forms import read_form
from tanggap.web.house import House

#: Versions on one page.
PAGE = 50
#: The largest number that a version may have in the database.
LARGEST = 2**63 - 1


@get(f"{ROOT}/versi", **KEEPS)
async def versions(request: Asking) -> Response[Any]:
    """The versions, the newest first."""
    return await _versions(request)


async def _versions(request: Asking, refusal: RulesRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    said = request.query_params.get("sebelum", "")
    before = _number(int(said)) if said.isascii() and said.isdigit() and len(said) < 20 else None
    async with house.db.reading(house.city) as conn:
        found = await store.versions(conn, house.city, PAGE + 1, before)
    more = found[PAGE - 1].version if len(found) > PAGE else None
    context = {"versions": found[:PAGE], "more": more, "previous": found[1].version if len(found) > 1 and not before else None}
    return await shown(request, "coordinator/rules/versions.html", await draft_of(request), refusal=refusal, **context)


@get(f"{ROOT}/versi/{{rules_version:int}}", **KEEPS)
async def version(request: Asking, rules_version: FromPath[int]) -> Response[Any]:
    """One version, and what is different in it from another: the one before, unless `dengan` names one."""
    return await _version(request, rules_version)


async def _version(request: Asking, number: int, refusal: RulesRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    said = request.query_params.get("dengan", "")
    async with house.db.reading(house.city) as conn:
        one, entries = await publishing.version(conn, house.city, _number(number))
        known = await store.versions(conn, house.city, PAGE)
        before = await publishing.before(conn, house.city, one.version)
        chosen = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else before.version if before else None
        other = await publishing.version(conn, house.city, chosen) if chosen is not None else None
    changes = changes_between(other[1], entries) if other else []
    context = {
        "one": one, "other": other[0] if other else None, "groups": view.grouped(changes), "n": len(changes), "versions": known,
        "listed": [(kind, [entry for (name, _), entry in entries.items() if name == kind.name]) for kind in KINDS.values()],
    }  # fmt: skip
    return await shown(request, "coordinator/rules/version.html", await draft_of(request), refusal=refusal, **context)


@post(f"{ROOT}/versi/{{rules_version:int}}/kembalikan", status_code=200, **KEEPS)
async def bring_back(request: Asking, rules_version: FromPath[int]) -> Response[Any]:
    """Put a version in force again, as a new one."""
    house: House = request.app.state.house
    why = (await read_form(request)).text("alasan")
    try:
        async with house.db.transaction(house.city) as tx:
            await rulebook.bring_back(tx, house.city, _number(rules_version), why, request.user, house.now())
    except UnknownRule:
        raise
    except RulesRefusal as refusal:
        return await _version(request, rules_version, refusal)
    return Redirect(f"{ROOT}/versi?pesan=kembali", status_code=303)


def _number(said: int) -> int:
    if not 0 < said <= LARGEST:
        raise UnknownRule
    return said


ROUTES: list[ControllerRouterHandler] = [versions, version, bring_back]
