"""Who of the idle takes a call: the desk, the skill or language that the caller needs, how long they have been idle. Pure.

A need is a preference with a bound: it looks for somebody who has it, waits a short while for one who is at work but busy, then
anybody answers. A caller who is half understood is better off than one who is not heard.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec


class Free(msgspec.Struct, frozen=True):
    """An operator who can take a call now."""

    person: UUID
    idle_since: float
    desk: str = "main"
    skills: frozenset[str] = frozenset()  # and languages: codes of the roster


def chosen(
    needs: frozenset[str], refused_by: frozenset[UUID], idle: Sequence[Free], others: Sequence[str],
    here: Mapping[UUID, frozenset[str]],
) -> Free | None:  # fmt: skip
    """The longest idle operator who fits: who has most of what is needed, at the main desk before a helping one of `others`.

    `here` is what each person can who is at work, busy or not. When one of them has more of what is needed than anybody idle,
    nobody is chosen. Who refused the call gets it only when nobody else is left.
    """
    ranks = {"main": 0} | {desk: n for n, desk in enumerate(others, 1)}
    fitting = [one for one in idle if one.desk in ranks and one.person not in refused_by]
    fitting = fitting or [one for one in idle if one.desk in ranks]
    if not fitting:
        return None
    best = min(fitting, key=lambda one: (-len(needs & one.skills), ranks[one.desk], one.idle_since, one.person))
    at_work = (skills for person, skills in here.items() if person not in refused_by)
    if any(len(needs & skills) > len(needs & best.skills) for skills in at_work):
        return None
    return best
