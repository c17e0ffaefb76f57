"""What is done with the rules: the draft is edited, checked and published, at once or at its time; a version is brought back."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tanggap.city import store as city_rows
from tanggap.city.rules import store
from tanggap.city.rules.checks import check, stops
from tanggap.city.rules.kinds import KINDS, Body, RuleKind
from tanggap.city.rules.model import (
    DraftIsScheduled,
    DraftIsUnfit,
    DraftMoved,
    Edit,
    Editor,
    Key,
    NothingChanged,
    NotScheduled,
    NotThatTime,
    PackWord,
    Problem,
    Proposed,
    Schedule,
    StaleRule,
    Standing,
    UnfitCode,
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
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,79}")


class Draft(NamedTuple):
    """The draft of a city, over what is in force."""

    standing: Mapping[Key, Standing]
    edits: Mapping[Key, Edit]
    entries: Mapping[Key, Proposed]
    problems: tuple[Problem, ...]
    schedule: Schedule | None
    words: Mapping[Key, PackWord]

    @property
    def changed(self) -> list[Proposed]:
        """The entries that it changes."""
        return list(changed(self.entries))

    @property
    def stops(self) -> list[Problem]:
        """What keeps it from being published."""
        return stops(self.problems)

    @property
    def mark(self) -> str:
        """What tells this state of it from another."""
        return mark_of(self.edits)

    @property
    def dropped(self) -> list[Edit]:
        """Edits that were taken back, and can be had again."""
        return [edit for edit in self.edits.values() if edit.dropped]

    def is_newer_in_pack(self, key: Key) -> bool:
        """Whether the pack has brought another word since the city gave its own, and nobody has looked at it."""
        entry, word = self.standing.get(key), self.words.get(key)
        if entry is None or word is None or entry.owner == "pack" or (word.body == entry.body and entry.active):
            return False
        known = [at for at in (entry.edited_at, word.seen_at) if at is not None]
        return not known or word.changed_at > max(known)


async def draft(conn: Connection, city: str) -> Draft:
    """All of the draft as it stands."""
    standing = standing_from(await store.rules(conn, city))
    edits = await store.edits(conn, city)
    entries = proposed(standing, edits)
    return Draft(
        standing, edits, entries, tuple(check(entries)), await store.schedule(conn, city), await store.pack_words(conn, city)
    )


# ── editing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def save(tx: Transaction, city: str, key: Key, body: Body, rev: int, by: Editor, now: datetime) -> int:
    """Keep an entry's body in the draft, sound or not; its new revision. What is the same already is not written.

    Raises:
        UnknownRule, DraftIsScheduled: see their words.
        StaleRule: somebody else saved it after revision `rev`.
    """
    standing, edits = await _open(tx, city, key)
    edit = edits.get(key)
    if (edit.rev if edit else 0) != rev:
        raise StaleRule
    now_said = edit.body if edit and not edit.dropped else standing[key].body if key in standing else None
    if body == now_said:
        return rev
    is_retired = edit.retired if edit and not edit.dropped else key in standing and not standing[key].active
    return await _write(tx, city, key, body, rev, by, now, retired=is_retired)


async def add(tx: Transaction, city: str, kind: RuleKind, code: str, body: Body, by: Editor, now: datetime) -> None:
    """A new entry, in the draft only.

    Raises:
        UnfitCode: the code is taken or not one; or there is never one more of this kind.
    """
    key = (kind.name, code)
    standing, edits = await _open(tx, city, None)
    edit = edits.get(key)
    if kind.is_fixed or not _CODE.fullmatch(code) or key in standing or (edit is not None and not edit.dropped):
        raise UnfitCode
    await _write(tx, city, key, body, edit.rev if edit else 0, by, now)


async def retire(tx: Transaction, city: str, key: Key, is_retired: bool, by: Editor, now: datetime) -> None:
    """Take an entry out of use, or into it again; old incidents can name it either way."""
    standing, edits = await _open(tx, city, key)
    entry, edit = standing.get(key), edits.get(key)
    if KINDS[key[0]].is_fixed or entry is None:
        raise UnknownRule
    body = entry.body if is_retired or edit is None or edit.dropped else edit.body
    await _write(tx, city, key, body, edit.rev if edit else 0, by, now, retired=is_retired)


async def drop(tx: Transaction, city: str, key: Key, is_dropped: bool, by: Editor, now: datetime) -> None:
    """Take an entry's edit back, or that back."""
    _, edits = await _open(tx, city, key)
    edit = edits.get(key)
    if edit is None:
        raise UnknownRule
    await _write(tx, city, key, edit.body, edit.rev, by, now, retired=edit.retired, dropped=is_dropped)


async def drop_all(tx: Transaction, city: str, is_dropped: bool, by: Editor, now: datetime) -> None:
    """Take the whole draft back, or that back."""
    await _open(tx, city, None)
    await store.drop_all(tx, city, is_dropped, by, now)


async def take_pack(tx: Transaction, city: str, key: Key, by: Editor, now: datetime) -> None:
    """Put the pack's word into the draft; once published, the pack may change the entry again."""
    _, edits = await _open(tx, city, key)
    word = (await store.pack_words(tx, city)).get(key)
    if word is None:
        raise UnknownRule
    await _write(tx, city, key, word.body, edits[key].rev if key in edits else 0, by, now)


async def keep_own(tx: Transaction, city: str, key: Key, now: datetime) -> None:
    """The city has seen what the pack says now, and keeps its own word."""
    if not await store.pack_seen(tx, city, key, now):
        raise UnknownRule


async def _open(tx: Transaction, city: str, key: Key | None) -> tuple[dict[Key, Standing], dict[Key, Edit]]:
    await store.lock(tx, city)
    waiting = await store.schedule(tx, city)
    if waiting is not None and waiting.is_waiting:
        raise DraftIsScheduled
    standing, edits = standing_from(await store.rules(tx, city)), await store.edits(tx, city)
    if key is not None and key not in standing and key not in edits:
        raise UnknownRule
    return standing, edits


async def _write(tx: Transaction, city: str, key: Key, body: Body, rev: int, by: Editor, now: datetime, **how: bool) -> int:
    saved = await store.write_edit(tx, city, key, body, rev, by, now, **how)
    if saved is None:
        raise StaleRule
    return saved


# ── publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def publish(tx: Transaction, city: str, why: str, by: Editor, now: datetime, seen: str = "") -> int:
    """Put the draft in force, whole or not at all; the new version's number. Running incidents keep the rules they began with.

    Raises:
        DraftMoved: it is not the one of which `seen` is the mark.
        DraftIsUnfit: with every place that must be mended.
        NothingChanged: it changes nothing.
    """
    await store.lock(tx, city)
    entries = await _seen(tx, city, seen)
    version = await _bring(tx, city, entries, "publish", why, by, now)
    await store.end_draft(tx, city)
    return version


async def _seen(tx: Transaction, city: str, seen: str) -> dict[Key, Proposed]:
    edits = await store.edits(tx, city)
    if seen and seen != mark_of(edits):
        raise DraftMoved
    return proposed(standing_from(await store.rules(tx, city)), edits)


async def bring_back(tx: Transaction, city: str, number: int, why: str, by: Editor, now: datetime) -> int:
    """Put the rules of an earlier version in force again, as a new version; what came after is retired. The draft stays.

    Raises:
        UnknownRule: there is no such version.
        DraftIsUnfit, NothingChanged: as `publish` does.
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
    restores: int | None = None,
) -> int:  # fmt: skip
    come = list(changed(entries))
    if not come:
        raise NothingChanged
    if wrong := stops(check(entries)):
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


# ── at its time ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def schedule(tx: Transaction, city: str, at: datetime, why: str, by: Editor, now: datetime, seen: str = "") -> None:
    """Have the draft published at a time; until then nobody edits it.

    Raises:
        DraftMoved: it is not the one of which `seen` is the mark.
        NotThatTime: it is over already.
        DraftIsUnfit, NothingChanged: as `publish` does.
    """
    await store.lock(tx, city)
    if at <= now:
        raise NotThatTime
    entries = await _seen(tx, city, seen)
    if not any(changed(entries)):
        raise NothingChanged
    if wrong := stops(check(entries)):
        raise DraftIsUnfit(wrong)
    await store.set_schedule(tx, city, at, clean_text(why.strip(), MAX_WHY).text, by, now)


async def unschedule(tx: Transaction, city: str) -> None:
    """Take the time away; the draft can be edited again. Raises NotScheduled."""
    await store.lock(tx, city)
    if not await store.clear_schedule(tx, city):
        raise NotScheduled


async def publish_due(tx: Transaction, city: str, now: datetime) -> tuple[Schedule, int | None] | None:
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
        return waiting, await publish(tx, city, waiting.why, Editor(waiting.by, waiting.by_name), now)
    except (DraftIsUnfit, NothingChanged):
        await store.refuse_schedule(tx, city, now)
        return waiting, None


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def version(conn: Connection, city: str, number: int) -> tuple[Version, dict[Key, Standing]]:
    """One version, and every entry as it had it. Raises UnknownRule."""
    kept = await store.version(conn, city, number)
    if kept is None or kept[0].version != number:
        raise UnknownRule
    return kept[0], standing_from(kept[1])


async def before(conn: Connection, city: str, number: int) -> Version | None:
    """The version before one; None for the first."""
    return next(iter(await store.versions(conn, city, 1, number)), None)
