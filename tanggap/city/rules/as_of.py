"""The catalogue that a running incident began with: its categories and target times, whatever was published since."""

import msgspec

from tanggap.city.model import Catalogue, Category, Target
from tanggap.city.rules import store
from tanggap.platform.database import Connection


class _Rules(msgspec.Struct, frozen=True):
    """What a version says that an incident keeps."""

    category: tuple[Category, ...]
    target: tuple[Target, ...]


async def as_of(conn: Connection, current: Catalogue, version: int | None) -> Catalogue:
    """`current` with the categories and target times of a version; agencies stay today's, because one that is gone cannot go.

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
    return msgspec.structs.replace(current, categories=(*old.values(), *newer), targets=then.target or current.targets)
