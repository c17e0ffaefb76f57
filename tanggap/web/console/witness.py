"""All that is known of where a report is, in words: what agrees, how exactly, and what does not agree."""

from datetime import datetime

import msgspec

from tanggap.incident.model import Report
from tanggap.location.estimate import ORIGIN_WORDS, Estimate
from tanggap.location.fusion import AMBIGUOUS
from tanggap.location.sources.service import estimate_of
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
    """What several sources say together; None where there is but one. The words count while nobody has chosen a point."""
    unplaced = report.lat is None and report.address_words.strip()
    candidates = scene.gazetteer.find(report.address_words).candidates if unplaced else ()
    found = await estimate_of(conn, scene.catalogue, report, candidates, now)
    if found is None or len(found.used) + len(found.unused) < 2:
        return None
    return _told(found, is_placed=report.lat is not None, translate=translate)


def _told(found: Estimate, *, is_placed: bool, translate: Translate) -> Witness:
    """While no point is chosen, the list of candidates says already that there are several."""
    warnings = [one for one in found.warnings if is_placed or one.sentence != AMBIGUOUS]
    origins = ", ".join(translate(ORIGIN_WORDS[origin]) for origin in found.used)
    together = translate(TOGETHER).format(origins=origins, metres=round(found.uncertainty_m))
    return Witness(together, tuple(reason_said(one, translate) for one in warnings))
