"""All that is known of where a report is, in words: what agrees, how exactly, and what does not agree."""

from datetime import datetime

import msgspec

from tanggap import flow
from tanggap.incident.model import Report
from tanggap.location.estimate import ORIGIN_WORDS, Estimate
from tanggap.location.fusion import AMBIGUOUS
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_
from tanggap.scene import Scene
from tanggap.web.timeline import Translate
from tanggap.web.words import reason_said

#: All sources together, and how exactly.
TOGETHER = N_("Menurut {origins}: ±{metres} m.")


class Witness(msgspec.Struct, frozen=True):
    """The place by all sources, as two kinds of sentences."""

    said: str
    warnings: tuple[str, ...]


async def witness(conn: Connection, scene: Scene, report: Report, translate: Translate, now: datetime) -> Witness | None:
    """What several sources say together, or one that lies outside the city; None where there is nothing to add."""
    found = await flow.estimate(conn, scene, report, now)
    if found is None or (len(found.used) + len(found.unused) < 2 and not found.is_outside):
        return None
    return _told(found, is_placed=report.lat is not None, translate=translate)


def _told(found: Estimate, *, is_placed: bool, translate: Translate) -> Witness:
    """While no point is chosen, the list of candidates says already that there are several."""
    warnings = [one for one in found.warnings if is_placed or one.sentence != AMBIGUOUS]
    origins = ", ".join(translate(ORIGIN_WORDS[origin]) for origin in found.used)
    together = translate(TOGETHER).format(origins=origins, metres=round(found.uncertainty_m))
    return Witness(together, tuple(reason_said(one, translate) for one in warnings))
