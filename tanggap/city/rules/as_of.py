"""The catalogue of another time: the one that a running incident began with, and the one that a draft would make."""

import contextlib
from collections.abc import Mapping

import msgspec

from tanggap.city.categories import Category
from tanggap.city.ladder import AgencyRule, OfficeHours, Rung
from tanggap.city.model import Catalogue
from tanggap.city.rules import store
from tanggap.city.rules.kinds import CATALOGUE_FIELDS, KINDS, Record
from tanggap.city.rules.model import Key, Proposed
from tanggap.city.targets import Target
from tanggap.platform.database import Connection


class _Rules(msgspec.Struct, frozen=True):
    """What a version says that an incident keeps."""

    category: tuple[Category, ...]
    target: tuple[Target, ...]
    rung: tuple[Rung, ...] = ()
    office_hours: tuple[OfficeHours, ...] = ()
    agency_rule: tuple[AgencyRule, ...] = ()


async def as_of(conn: Connection, current: Catalogue, version: int | None) -> Catalogue:
    """`current` with the categories, target times, ladder and office hours of a version.

    Agencies stay today's, because one that is gone cannot go; so do holidays: a day on which nobody works is no rule but a fact.

    Costs nothing for an incident of today's rules (or of before versions were kept), and one statement for an older one.
    """
    if version is None or version >= current.rules_version:
        return current
    kept = await store.version(conn, current.city.code, version)
    try:
        then = msgspec.convert(kept[1], _Rules) if kept else None
    except msgspec.ValidationError:
        then = None
    if then is None:
        return current
    old = {category.code: category for category in then.category}
    newer = (category for category in current.categories if category.code not in old)
    return msgspec.structs.replace(
        current, categories=(*old.values(), *newer), targets=then.target or current.targets,
        rungs=then.rung or current.rungs, office_hours=then.office_hours or current.office_hours,
        agency_rules=then.agency_rule or current.agency_rules,
    )  # fmt: skip


def would_be(current: Catalogue, entries: Mapping[Key, Proposed]) -> Catalogue:
    """`current` with a draft over it, to be tried; an entry that cannot be read stays as it is in force."""
    found: dict[str, dict[str, Record]] = {name: {} for name in KINDS}
    for name, field in CATALOGUE_FIELDS.items():
        found[name] = {KINDS[name].code_of(record): record for record in getattr(current, field)}
    for (name, code), entry in entries.items():
        if not entry.is_changed:
            continue
        with contextlib.suppress(msgspec.ValidationError):
            record = entry.kind.read(entry.body, code)
            found[name][code] = record if entry.kind.is_fixed else msgspec.structs.replace(record, active=entry.active)
    return msgspec.structs.replace(current, **{field: tuple(found[name].values()) for name, field in CATALOGUE_FIELDS.items()})
