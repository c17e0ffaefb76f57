"""The lists of the rules, and one entry with its form."""

from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap import rulebook
from tanggap.city.rules import service
from tanggap.city.rules.differences import changed_between, differences
from tanggap.city.rules.kinds import BY_SLUG, KINDS, Body, RuleKind
from tanggap.city.rules.model import Editor, Key, RulesRefusal, Standing, UnknownRule
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import translator
from tanggap.web.coordinator.rules import adding, fields, form, ladders, questions, view
from tanggap.web.coordinator.rules.page import KEEPS, Asking, draft_of, shown
from tanggap.web.coordinator.rules.view import ROOT
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.templating import locale_of

#: What a script of ours asks with: the state of the entry is all it wants.
AUTOSAVE = "x-tanggap-autosave"
LIST, ENTRY, STATE = (f"coordinator/rules/{name}.html" for name in ("overview", "entry", "_state"))


@get(ROOT, **KEEPS)
async def overview(request: Asking) -> Response[Any]:
    """All entries of one kind."""
    return await show_list(request, BY_SLUG.get(request.query_params.get("jenis", ""), KINDS["category"]))


async def show_list(
    request: Asking, kind: RuleKind, refusal: RulesRefusal | None = None, typed: Form | None = None
) -> Response[Any]:
    """The list of a kind; after a refusal with all that was typed."""
    draft = await draft_of(request)
    said = typed.text("prioritas") if typed else request.query_params.get("prioritas", "")
    priority = ladders.priority_of(said)
    house: House = request.app.state.house
    today = house.now().astimezone(ZoneInfo((await house.scene()).catalogue.city.timezone)).date().isoformat()
    rows = view.rows_of(draft, kind)
    past = [row for row in rows if kind.name == "holiday" and row.entry.code < today]
    context: dict[str, Any] = {
        "kind": kind, "rows": [row for row in rows if row not in past], "past": past, "typed": typed or Form(),
        "counts": _counts(draft),
        "agencies": view.in_use(draft, "agency"), "categories": view.in_use(draft, "category"), "ladder_priority": priority,
        "ladders": ladders.ladders(draft, priority, typed) if kind.name == "rung" else (), "fields": fields,
    }  # fmt: skip
    return await shown(request, LIST, draft, refusal=refusal, **context)


def _counts(draft: service.Draft) -> dict[str, int]:
    """How many entries of each kind the draft changes."""
    return {name: sum(one.kind.name == name for one in draft.changed) for name in KINDS}


@post(f"{ROOT}/{{rule_kind:str}}", status_code=200, **KEEPS)
async def add(request: Asking, rule_kind: FromPath[str]) -> Response[Any]:
    """A new entry, in the draft only."""
    house: House = request.app.state.house
    kind, filled, by = _kind(rule_kind), await read_form(request), rulebook.editor(request.user)
    try:
        made = adding.new_entries(kind, filled, (await draft_of(request)).entries)
        async with house.db.transaction(house.city) as tx:
            if kind.may_be_none and kind.name != "service_level":
                await service.put(tx, house.city, kind, made, by, house.now())
            else:
                for code, body in made.items():
                    await service.add(tx, house.city, kind, code, body, by, house.now())
    except RulesRefusal as refusal:
        return await show_list(request, kind, refusal, filled)
    if kind.name == "rung":
        return Redirect(f"{ROOT}?jenis={kind.slug}&prioritas={filled.text('prioritas')}&pesan=simpan", status_code=303)
    return Redirect(view.href(kind.name, next(iter(made))), status_code=303)


@get(f"{ROOT}/{{rule_kind:str}}/{{rule_code:str}}", **KEEPS)
async def entry(request: Asking, rule_kind: FromPath[str], rule_code: FromPath[str]) -> Response[Any]:
    """One entry: its form, what is wrong with it, what it changes."""
    return await _entry(request, (_kind(rule_kind).name, rule_code))


async def _entry(
    request: Asking, key: Key, *, refusal: RulesRefusal | None = None, typed: Body | None = None,
    template: str = ENTRY,
) -> Response[Any]:  # fmt: skip
    draft, translate = await draft_of(request), translator(locale_of(request))
    one, edit = draft.entries.get(key), draft.edits.get(key)
    if one is None:
        raise UnknownRule
    body = one.body if typed is None else typed
    problems = view.places([found for found in draft.problems if (found.kind, found.code) == key], draft, translate)
    word = draft.words.get(key)
    context = {
        "entry": one, "kind": one.kind, "body": body, "edit": edit, "problems": problems, "rev": edit.rev if edit else 0,
        "fields": fields, "questions": questions.views(body), "most_questions": questions.MOST_QUESTIONS,
        "agencies": view.in_use(draft, "agency"),
        "agency_titles": {code: other.title or code for (name, code), other in draft.entries.items() if name == "agency"},
        "changes": differences(one.before.body if one.before else {}, one.body) if one.is_changed else (),
        "theirs": differences(body, one.body) if typed is not None else (),
        "pack_news": changed_between(one.before, Standing(*key, word.body, True, "pack", 0)).differences
        if one.before and word and draft.is_newer_in_pack(key) else (),
    }  # fmt: skip
    return await shown(request, template, draft, refusal=refusal, **context)


@post(f"{ROOT}/{{rule_kind:str}}/{{rule_code:str}}", status_code=200, **KEEPS)
async def save(request: Asking, rule_kind: FromPath[str], rule_code: FromPath[str]) -> Response[Any]:
    """Keep what is on the form, sound or not. A script that saves while somebody types gets the state of the entry alone."""
    house: House = request.app.state.house
    key, filled = (_kind(rule_kind).name, rule_code), await read_form(request)
    is_script = AUTOSAVE in request.headers
    template = STATE if is_script else ENTRY
    rev = filled.text("rev", "0")
    known = (await draft_of(request)).entries.get(key)
    if known is None:
        raise UnknownRule
    body = form.read(known.kind, filled, known.body)
    try:
        async with house.db.transaction(house.city) as tx:
            at = int(rev) if rev.isascii() and rev.isdigit() and len(rev) < 10 else -1
            await service.save(tx, house.city, key, body, at, rulebook.editor(request.user), house.now())
    except RulesRefusal as refusal:
        return await _entry(request, key, refusal=refusal, typed=body, template=template)
    if is_script:
        return await _entry(request, key, template=template)
    jump = "" if not filled.text("do") else f"#{_where(filled.text('do'), body)}"
    return Redirect(f"{view.href(*key)}?pesan=simpan{jump}", status_code=303)


def _where(do: str, body: Body) -> str:
    """The question to look at after one was added or moved."""
    word, _, at = do.partition(":")
    last = len(body.get("questions", [])) - 1
    step = {"naik": -1, "turun": 1}.get(word, 0)
    return f"questions-{max(0, min(last, int(at) + step if at.isdigit() and len(at) < 3 else last))}"


Deed = Callable[[Transaction, str, Key, Editor, Any], Awaitable[None]]

#: What else is done with an entry, by the word that its form sends.
DEEDS: dict[str, Deed] = {
    "batal": lambda tx, city, key, by, now: service.drop(tx, city, key, True, by, now),
    "pulihkan": lambda tx, city, key, by, now: service.drop(tx, city, key, False, by, now),
    "pensiun": lambda tx, city, key, by, now: service.retire(tx, city, key, True, by, now),
    "aktif": lambda tx, city, key, by, now: service.retire(tx, city, key, False, by, now),
    "paket": service.take_pack,
    "tetap": lambda tx, city, key, _by, now: service.keep_own(tx, city, key, now),
}


@post(f"{ROOT}/{{rule_kind:str}}/{{rule_code:str}}/tindakan", status_code=200, **KEEPS)
async def act(request: Asking, rule_kind: FromPath[str], rule_code: FromPath[str]) -> Response[Any]:
    """Take an edit back, retire an entry, take the pack's word."""
    house: House = request.app.state.house
    key, word = (_kind(rule_kind).name, rule_code), (await read_form(request)).text("tindakan")
    try:
        if word not in DEEDS:
            raise RulesRefusal
        async with house.db.transaction(house.city) as tx:
            await DEEDS[word](tx, house.city, key, rulebook.editor(request.user), house.now())
            is_there = key in (await service.draft(tx, house.city)).entries
    except UnknownRule:
        raise
    except RulesRefusal as refusal:
        return await _entry(request, key, refusal=refusal)
    back = view.href(*key) if is_there else f"{ROOT}/rancangan"
    return Redirect(f"{back}?pesan={'simpan' if word == 'pulihkan' else word}", status_code=303)


def _kind(slug: str) -> RuleKind:
    kind = BY_SLUG.get(slug)
    if kind is None:
        raise UnknownRule
    return kind


ROUTES: list[ControllerRouterHandler] = [overview, add, entry, save, act]
