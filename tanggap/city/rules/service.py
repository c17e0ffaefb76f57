"""What is done with the draft of the rules: read, checked, edited entry by entry. Publishing stands in `publishing.py`."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from tanggap.city.rules import store
from tanggap.city.rules.checks import Reached, check, stops
from tanggap.city.rules.kinds import KINDS, Body, RuleKind
from tanggap.city.rules.model import (
    DraftIsScheduled,
    Edit,
    Editor,
    Key,
    PackWord,
    Problem,
    Proposed,
    Schedule,
    StaleRule,
    Standing,
    UnfitCode,
    UnknownRule,
    changed,
    mark_of,
    proposed,
    standing_from,
)
from tanggap.platform.database import Connection, Transaction


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


async def draft(conn: Connection, city: str, reached: Reached = None) -> Draft:
    """All of the draft as it stands. `reached`: see `checks.check`."""
    standing = standing_from(await store.rules(conn, city))
    edits = await store.edits(conn, city)
    entries = proposed(standing, edits)
    return Draft(
        standing,
        edits,
        entries,
        tuple(check(entries, reached)),
        await store.schedule(conn, city),
        await store.pack_words(conn, city),
    )


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
    if kind.is_fixed or not re.fullmatch(kind.codes, code) or key in standing or (edit is not None and not edit.dropped):
        raise UnfitCode
    await _write(tx, city, key, body, edit.rev if edit else 0, by, now)


async def put(
    tx: Transaction, city: str, kind: RuleKind, bodies: Mapping[str, Body], by: Editor, now: datetime,
    revs: Mapping[str, int] | None = None,
) -> int:  # fmt: skip
    """Bring several entries of a kind into the draft at once, new ones and known ones, in use; how many that changes.

    Raises:
        DraftIsScheduled, UnfitCode: nothing was saved.
        StaleRule: somebody else saved one of them after its revision in `revs`.
    """
    standing, edits = await _open(tx, city, None)
    entries, many = proposed(standing, edits), 0
    for code, body in bodies.items():
        key = (kind.name, code)
        edit, known = edits.get(key), entries.get(key)
        if key not in standing and not re.fullmatch(kind.codes, code):
            raise UnfitCode
        if known is not None and known.active and known.body == body:
            continue
        rev = edit.rev if edit else 0
        if revs is not None and revs.get(code) != rev:
            raise StaleRule
        await _write(tx, city, key, body, rev, by, now)
        many += 1
    return many


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
