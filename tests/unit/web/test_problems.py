"""Every refusal has a name of its own for machines; only what means the same, and has the same status, shares one."""

import importlib
import pkgutil
from collections import defaultdict

import tanggap
from tanggap.city.rules.model import RulesRefusal
from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.refusals import Refusal

#: What is not there, has moved on, or was changed meanwhile means the same whatever it was; the first names the whole family.
SHARED = {"refused", "not-found", "wrong-state", "stale"}


def every(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(every(one) for one in kind.__subclasses__()))


def test_no_two_refusals_share_a_slug() -> None:
    for module in pkgutil.walk_packages(tanggap.__path__, "tanggap."):
        if module.name.endswith((".model", ".refusals")):
            importlib.import_module(module.name)
    named = defaultdict(set)
    for kind in every(Refusal) | every(TanggapRefusal) | every(RulesRefusal):
        if "slug" in vars(kind):
            named[vars(kind)["slug"]].add(kind.__name__)
    assert {slug: names for slug, names in named.items() if len(names) > 1 and slug not in SHARED} == {}
