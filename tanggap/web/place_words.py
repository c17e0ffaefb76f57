"""Places as people say them: in which kelurahan, how sure."""

from collections.abc import Iterable

from tanggap.city.boundaries import NEAR_M, AreaFound
from tanggap.location.model import NearBorder
from tanggap.platform.i18n import N_
from tanggap.web.timeline import Translate

#: Kelurahan that are named beside the point's own.
MOST_BORDERS = 2

#: How sure, in words, from this probability on.
SURE_WORDS: tuple[tuple[float, str], ...] = (
    (0.9, N_("hampir pasti")), (0.8, N_("yakin")), (0.5, N_("mungkin")), (0.0, N_("kurang pasti")),
)  # fmt: skip

WITHIN = N_("kel. {names}")
OR = N_("{one} atau {other}")


def sure_word(p: float) -> str:
    """A probability as a word, as a gettext key."""
    return next(word for least, word in SURE_WORDS if p >= least)


def kelurahan_words(own: str | None, near: Iterable[NearBorder], translate: Translate) -> str:
    """«kel. Bende», and near a border both: «kel. Bende atau Wowawanggu».

    Where a city has no outlines, distances are those of centres: they are far, and say nothing of borders.
    """
    borders = (border.name for border in near if border.distance_m <= NEAR_M)
    names = [name for name in dict.fromkeys((own, *borders)) if name][: MOST_BORDERS + 1]
    if not names:
        return ""
    told = names[0]
    for name in names[1:]:
        told = translate(OR).format(one=told, other=name)
    return translate(WITHIN).format(names=told)


def area_words(found: AreaFound | None, translate: Translate) -> str:
    """The kelurahan of a point with the borders close by; empty outside the city."""
    if found is None:
        return ""
    near = [NearBorder(one.area.code, one.area.name, one.distance_m) for one in found.near]
    return kelurahan_words(found.area.name, near, translate)
