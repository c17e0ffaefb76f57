"""Several witnesses of one place made one estimate: each is a normal distribution of the plane, or several with their odds.

Sources that agree sharpen each other: their product is the estimate (inverse-variance weighting). Sources that disagree are
never averaged into a place where nobody said it is: the better one stands, and a warning says which disagree, by how many
metres. Two sources disagree when no pair of their spots lies within what both allow: the squared distance exceeds 9.21 joint
variances, which happens to one in a hundred pairs that mean the same place (χ², two degrees of freedom).

Which is the better one, in this order:
1. the point that a call taker set on the map, then the place that a call taker chose by its words: somebody listened;
2. what one phone or the network says, the surest first;
3. words that nobody has confirmed;
4. the network's cell.
Messages of one phone share their errors, so they do not sharpen each other: the surest speaks for all that agree with it.
Earlier reports of the caller and open incidents nearby are hints: they shift the odds between the places that the other
sources leave open, they move no point and disagree with nobody.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Protocol

import msgspec
import numpy as np

from tanggap.city.boundaries import AreaFound
from tanggap.location.estimate import ORIGIN_WORDS, Estimate, Origin, Source, Spot
from tanggap.location.model import NearBorder, Reason
from tanggap.location.plane import Plane
from tanggap.location.uncertainty import CHI2_99, CONFIDENCE, LEAST_RADIUS_M, radii, sigma
from tanggap.platform.i18n import N_

#: Hints, which only shift the odds; and how much a hint right at a place multiplies its odds.
HINTS = frozenset({Origin.CALLER, Origin.INCIDENT})
HINT_ODDS = 2.0
#: One instrument: what comes from the phone itself, or from the network that measures it.
PHONE = frozenset({Origin.DEVICE, Origin.AML, Origin.PIDF_LO})
#: Spots less likely than this are left out of an estimate.
LEAST_P = 0.01
#: Most spots kept of a product, the heaviest ones.
MOST_SPOTS = 12

DISAGREE = N_("{one} dan {other} berbeda {metres} m, lebih dari ketelitian keduanya. Yang dipakai: {one}.")
AMBIGUOUS = N_("Beberapa tempat mungkin dimaksud; yang lain berjarak {metres} m.")


class Areas(Protocol):
    """What tells the kelurahan of a point."""

    def at(self, lat: float, lon: float) -> AreaFound | None:
        """The kelurahan and the borders close by; None outside the city."""


class _Bell(msgspec.Struct, frozen=True):
    """A spot on the plane: metres east and north, standard deviation in metres, weight."""

    east: float
    north: float
    sigma: float
    weight: float
    label: str = ""


class _Witness(msgspec.Struct, frozen=True):
    """A source on the plane."""

    origin: Origin
    bells: tuple[_Bell, ...]


def estimate(sources: Iterable[Source], areas: Areas, *, is_chosen: bool = False) -> Estimate | None:
    """The place by all sources; None when none but hints say anything. The order in which the sources come does not matter.

    `is_chosen` says that a call taker has chosen the words' place.
    """
    known = [source for source in sources if source.spots]
    ranked = sorted((one for one in known if one.origin not in HINTS), key=lambda one: _rank(one, is_chosen))
    if not ranked:
        return None
    origin = ranked[0].spots[0]
    plane = Plane(origin.lat, origin.lon)
    first, *others = [_witness(source, plane) for source in ranked]
    standing, bells = [first], first.bells
    against: list[tuple[_Witness, _Witness]] = []
    for witness in others:
        opposed = next((one for one in standing if not _agree(one.bells, witness.bells)), None)
        if opposed or not _agree(bells, witness.bells):
            against.append((opposed or first, witness))
            continue
        if witness.origin not in PHONE or not any(one.origin in PHONE for one in standing):
            bells = _product(bells, witness.bells)
        standing.append(witness)
    bells = _hinted(bells, [_witness(one, plane) for one in known if one.origin in HINTS])
    warnings = tuple(_disagreement(one, other) for one, other in against)
    return _told(bells, standing, [other for _, other in against], warnings, plane, areas)


def _rank(source: Source, is_chosen: bool) -> tuple[int, float, str, float, float]:
    order = {
        Origin.MAP: 0, Origin.WORDS: 1 if is_chosen else 3, Origin.DEVICE: 2, Origin.AML: 2, Origin.PIDF_LO: 2, Origin.NETWORK: 4,
    }  # fmt: skip
    first = source.spots[0]
    return order[source.origin], max(first.uncertainty_m, LEAST_RADIUS_M), source.origin.value, first.lat, first.lon


def _witness(source: Source, plane: Plane) -> _Witness:
    bells = [
        _Bell(*plane.metres(spot.lat, spot.lon), sigma(spot.uncertainty_m), max(spot.p, LEAST_P), spot.label)
        for spot in source.spots
    ]
    return _Witness(source.origin, _weighed(bells))


def _excess(one: _Bell, other: _Bell) -> float:
    """The squared distance of two spots in joint variances (Mahalanobis)."""
    return ((one.east - other.east) ** 2 + (one.north - other.north) ** 2) / (one.sigma**2 + other.sigma**2)


def _agree(these: Iterable[_Bell], those: Iterable[_Bell]) -> bool:
    return min(_excess(a, b) for a, b in product(these, those)) <= CHI2_99


def _product(these: Iterable[_Bell], those: Iterable[_Bell]) -> tuple[_Bell, ...]:
    """Both together: each combination of their spots is one bell, weighted by how well the two fit each other."""
    return _weighed([_joined(a, b) for a, b in product(these, those)])


def _weighed(bells: Sequence[_Bell]) -> tuple[_Bell, ...]:
    """The likely ones, the heaviest first, with weights that add up to one."""
    total = sum(bell.weight for bell in bells)
    order = sorted(bells, key=lambda bell: (-bell.weight, bell.sigma, bell.east, bell.north))
    kept = [bell for bell in order[:MOST_SPOTS] if bell.weight >= LEAST_P * total]
    left = sum(bell.weight for bell in kept)
    return tuple(msgspec.structs.replace(bell, weight=bell.weight / left) for bell in kept)


def _joined(one: _Bell, other: _Bell) -> _Bell:
    """The product of two bells: between both, nearer to the surer, and surer than each."""
    of_one, of_other = one.sigma**-2, other.sigma**-2
    both = of_one + of_other
    fit = math.exp(-_excess(one, other) / 2) / (one.sigma**2 + other.sigma**2)
    return _Bell(
        (one.east * of_one + other.east * of_other) / both,
        (one.north * of_one + other.north * of_other) / both,
        both**-0.5,
        one.weight * other.weight * fit,
        one.label or other.label,
    )


def _hinted(bells: Sequence[_Bell], hints: Sequence[_Witness]) -> tuple[_Bell, ...]:
    """The same bells, those near a hint with better odds."""
    weights = [
        bell.weight * max([HINT_ODDS ** math.exp(-_excess(bell, near) / 2) for hint in hints for near in hint.bells], default=1.0)
        for bell in bells
    ]
    return _weighed([msgspec.structs.replace(bell, weight=weight) for bell, weight in zip(bells, weights, strict=True)])


def _radius_m(bells: Sequence[_Bell]) -> float:
    """The radius around the heaviest bell that holds 95 % of all of them, metres.

    One bell has a formula. Several are summed up by 512 points each, spread evenly through the distribution.
    """
    first = bells[0]
    if len(bells) == 1:
        return radii(CONFIDENCE) * first.sigma
    at = (np.arange(512) + 0.5) / 512
    reach, turn = np.sqrt(-2 * np.log(1 - at)), np.arange(512) * math.pi * (3 - math.sqrt(5))
    away = np.concatenate(
        [
            np.hypot(bell.east - first.east + bell.sigma * reach * np.cos(turn),
                     bell.north - first.north + bell.sigma * reach * np.sin(turn))
            for bell in bells
        ]
    )  # fmt: skip
    order = np.argsort(away)
    held = np.cumsum(np.repeat([bell.weight / 512 for bell in bells], 512)[order])
    return float(away[order][min(int(np.searchsorted(held, CONFIDENCE)), len(away) - 1)])


def _disagreement(one: _Witness, other: _Witness) -> Reason:
    metres = min(math.hypot(a.east - b.east, a.north - b.north) for a, b in product(one.bells, other.bells))
    return Reason(DISAGREE, {"one": ORIGIN_WORDS[one.origin], "other": ORIGIN_WORDS[other.origin], "metres": f"{metres:.0f}"})


def _told(
    bells: Sequence[_Bell], standing: Sequence[_Witness], against: Sequence[_Witness], warnings: tuple[Reason, ...],
    plane: Plane, areas: Areas,
) -> Estimate:  # fmt: skip
    first = bells[0]
    lat, lon = plane.degrees(first.east, first.north)
    radius_m = _radius_m(bells)
    apart = [math.hypot(bell.east - first.east, bell.north - first.north) for bell in bells[1:]]
    if apart and radius_m > 2 * radii(CONFIDENCE) * first.sigma:
        warnings += (Reason(AMBIGUOUS, {"metres": f"{apart[0]:.0f}"}),)
    found = areas.at(lat, lon)
    return Estimate(
        lat=lat,
        lon=lon,
        uncertainty_m=radius_m,
        used=_origins(standing),
        unused=_origins(against),
        label=first.label,
        spots=tuple(_spot(bell, plane) for bell in bells[1:]),
        warnings=warnings,
        area=found.area.code if found else None,
        kelurahan=found.area.name if found else None,
        near=tuple(NearBorder(one.area.code, one.area.name, one.distance_m) for one in found.near) if found else (),
        is_outside=found is None,
    )


def _origins(witnesses: Sequence[_Witness]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(one.origin for one in witnesses))


def _spot(bell: _Bell, plane: Plane) -> Spot:
    return Spot(*plane.degrees(bell.east, bell.north), radii(CONFIDENCE) * bell.sigma, bell.weight, bell.label)
