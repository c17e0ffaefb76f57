"""What a new entry of each kind begins with: named by a code, or by the day, the agency, the category that it is for."""

from collections.abc import Mapping
from datetime import date

from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock, HolidayKind, Told, Weekday, code_of
from tanggap.city.rules.kinds import Body, RuleKind
from tanggap.city.rules.model import Key, Proposed, UnfitEntry
from tanggap.platform.text import clean_text
from tanggap.web.coordinator.rules.fields import NEW
from tanggap.web.coordinator.rules.questions import text
from tanggap.web.forms import Form

Entries = Mapping[Key, Proposed]


def new_entries(kind: RuleKind, form: Form, entries: Entries) -> dict[str, Body]:
    """The entries that a form asks for, by their codes; several where it asks for a whole ladder.

    Raises:
        UnfitEntry: what names it is missing, unknown, or there already.
    """
    made = _MAKERS[kind.name](form, entries) if kind.name in _MAKERS else {_code(form): NEW.get(kind.name, {})}
    if kind.name in _MAKERS and (not made or any((known := entries.get((kind.name, code))) and known.active for code in made)):
        raise UnfitEntry
    return made


def _code(form: Form) -> str:
    return clean_text(form.text("kode").strip().lower(), 80).text


def _agency(form: Form, entries: Entries) -> str:
    code = text(form, "instansi")
    if code and not ((known := entries.get(("agency", code))) and known.active):
        raise UnfitEntry
    return code


def _holiday(form: Form, _entries: Entries) -> dict[str, Body]:
    name, source = text(form, "nama"), text(form, "dasar")
    try:
        day = date.fromisoformat(text(form, "tanggal")[:10]).isoformat()
    except ValueError as error:
        raise UnfitEntry from error
    if not name:
        raise UnfitEntry
    kind = text(form, "jenis-libur") or HolidayKind.LOCAL.value
    return {day: {"date": day, "id": name, "en": name, "kind": kind, "provenance": "proposed", "source": source}}


def _hours(form: Form, entries: Entries) -> dict[str, Body]:
    agency, day = _agency(form, entries), text(form, "hari")
    if day not in list(Weekday):
        raise UnfitEntry
    body: Body = {"day": day, "opens": "08:00", "closes": "16:00", "provenance": "proposed", "source": ""}
    return {f"{agency}-{day}" if agency else day: body | {"agency": agency or None}}


def _rule(form: Form, entries: Entries) -> dict[str, Body]:
    agency = _agency(form, entries)
    if not agency:
        raise UnfitEntry
    return {agency: {"agency": agency, "provenance": "proposed", "pauses": ["P3", "P4"], "off_hours": None, "source": ""}}


def _ladder(form: Form, entries: Entries) -> dict[str, Body]:
    """A ladder of its own for a category or an agency, as the city's stands."""
    what, _, code = text(form, "untuk").partition(":")
    priority, clock = text(form, "prioritas"), text(form, "waktu")
    if (what, code) not in entries or what not in ("category", "agency") or priority not in list(Priority):
        raise UnfitEntry
    if clock not in list(Clock):
        raise UnfitEntry
    found: dict[str, Body] = {}
    for tell in Told:
        city = entries.get(("rung", code_of(Priority(priority), Clock(clock), tell, None, None)))
        if city is not None and city.active:
            own = {"category": code if what == "category" else None, "agency": code if what == "agency" else None}
            found[code_of(Priority(priority), Clock(clock), tell, own["category"], own["agency"])] = city.body | own
    return found


_MAKERS = {"holiday": _holiday, "office_hours": _hours, "agency_rule": _rule, "rung": _ladder}
