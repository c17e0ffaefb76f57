"""The draft comes into force, at once or at its time; an earlier version is brought back. Whole, or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tanggap.city import store as city_rows
from tanggap.city.rules import store
from tanggap.city.rules.checks import Reached, check, stops
from tanggap.city.rules.kinds import KINDS
from tanggap.city.rules.model import (
    DraftIsEmpty,
    DraftIsUnfit,
    DraftMoved,
    Editor,
    Key,
    NotScheduled,
    NotThatTime,
    Proposed,
    Schedule,
    Standing,
    UnknownRule,
    Version,
    changed,
    mark_of,
    proposed,
    standing_from,
)
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.text import clean_text

MAX_WHY = 500


async def publish(
    tx: Transaction, city: str, why: str, by: Editor, now: datetime, seen: str = "", reached: Reached = None
) -> int:
    """Put the draft in force, whole or not at all; the new version's number. Running incidents keep the rules they began with.

    `reached` are the agencies that can be told by other ways than a number of theirs, see `checks.check`.

    Raises:
        DraftMoved: it is not the one of which `seen` is the mark.
        DraftIsUnfit: with every place that must be mended.
        DraftIsEmpty: it changes nothing.
    """
    await store.lock(tx, city)
    entries = await _seen(tx, city, seen)
    version = await _bring(tx, city, entries, "publish", why, by, now, reached=reached)
    await store.end_draft(tx, city)
    return version


async def _seen(tx: Transaction, city: str, seen: str) -> dict[Key, Proposed]:
    edits = await store.edits(tx, city)
    if seen and seen != mark_of(edits):
        raise DraftMoved
    return proposed(standing_from(await store.rules(tx, city)), edits)


async def bring_back(tx: Transaction, city: str, number: int, why: str, by: Editor, now: datetime) -> int:
    """Put the rules of an earlier version in force again, as a new version; what came after is retired. The draft stays.

    Whether its agencies can be told now does not keep it back: who undoes a mistake must not be stopped by another.

    Raises:
        UnknownRule: there is no such version.
        DraftIsUnfit, DraftIsEmpty: as `publish` does.
    """
    await store.lock(tx, city)
    kept = await store.version(tx, city, number)
    if kept is None or kept[0].version != number:
        raise UnknownRule
    standing, then = standing_from(await store.rules(tx, city)), standing_from(kept[1])
    entries = {}
    for key in dict.fromkeys([*standing, *then]):
        entry, old = standing.get(key), then.get(key)
        body, active = (old.body, old.active) if old else (standing[key].body, False)
        is_changed = entry is None or (body, active) != (entry.body, entry.active)
        entries[key] = Proposed(KINDS[key[0]], key[1], body, active, entry, is_changed)
    return await _bring(tx, city, entries, "undo", why, by, now, number)


async def _bring(
    tx: Transaction, city: str, entries: Mapping[Key, Proposed], act: str, why: str, by: Editor, now: datetime,
    restores: int | None = None, reached: Reached = None,
) -> int:  # fmt: skip
    come = list(changed(entries))
    if not come:
        raise DraftIsEmpty
    if wrong := stops(check(entries, reached)):
        raise DraftIsUnfit(wrong)
    words = await store.pack_words(tx, city)
    rows: dict[str, list[dict[str, Any]]] = {}
    last = {kind: max((e.before.rank for (k, _), e in entries.items() if k == kind and e.before), default=0) for kind in KINDS}
    for entry in come:
        word = words.get((entry.kind.name, entry.code))
        is_packs = word is not None and word.body == entry.body and entry.active
        last[entry.kind.name] += entry.before is None
        row = msgspec.to_builtins(entry.kind.read(entry.body, entry.code)) | {
            "owner": "pack" if is_packs else "city", "edited_at": None if is_packs else now.isoformat(),
            "rank": entry.before.rank if entry.before else last[entry.kind.name], "active": entry.active,
        }  # fmt: skip
        rows.setdefault(entry.kind.name, []).append(row)
    await store.write_rows(tx, city, rows)
    version = await city_rows.count_change(tx, city, now)
    await store.add_version(tx, city, act, clean_text(why.strip(), MAX_WHY).text, len(come), by, now, restores)
    return version


async def schedule(
    tx: Transaction, city: str, at: datetime, why: str, by: Editor, now: datetime, seen: str = "", reached: Reached = None
) -> None:
    """Have the draft published at a time; until then nobody edits it.

    Raises:
        DraftMoved: it is not the one of which `seen` is the mark.
        NotThatTime: it is over already.
        DraftIsUnfit, DraftIsEmpty: as `publish` does.
    """
    await store.lock(tx, city)
    if at <= now:
        raise NotThatTime
    entries = await _seen(tx, city, seen)
    if not any(changed(entries)):
        raise DraftIsEmpty
    if wrong := stops(check(entries, reached)):
        raise DraftIsUnfit(wrong)
    await store.set_schedule(tx, city, at, clean_text(why.strip(), MAX_WHY).text, by, now)


async def unschedule(tx: Transaction, city: str) -> None:
    """Take the time away; the draft can be edited again. Raises NotScheduled."""
    await store.lock(tx, city)
    if not await store.clear_schedule(tx, city):
        raise NotScheduled


async def publish_due(tx: Transaction, city: str, now: datetime, reached: Reached = None) -> tuple[Schedule, int | None] | None:
    """Publish the draft when its time has come: whose it was, and the version; None while there is nothing to do.

    A draft that does not pass any more (the pack changed meanwhile) stays a draft, and its schedule says so: version None.
    """
    waiting = await store.schedule(tx, city)
    if waiting is None or not waiting.is_waiting or waiting.at > now:
        return None
    await store.lock(tx, city)
    waiting = await store.schedule(tx, city, lock=True)
    if waiting is None or not waiting.is_waiting or waiting.at > now:
        return None
    try:
        return waiting, await publish(tx, city, waiting.why, Editor(waiting.by, waiting.by_name), now, reached=reached)
    except (DraftIsUnfit, DraftIsEmpty):
        await store.refuse_schedule(tx, city, now)
        return waiting, None


async def version(conn: Connection, city: str, number: int) -> tuple[Version, dict[Key, Standing]]:
    """One version, and every entry as it had it. Raises UnknownRule."""
    kept = await store.version(conn, city, number)
    if kept is None or kept[0].version != number:
        raise UnknownRule
    return kept[0], standing_from(kept[1])


async def before(conn: Connection, city: str, number: int) -> Version | None:
    """The version before one; None for the first."""
    return next(iter(await store.versions(conn, city, 1, number)), None)
