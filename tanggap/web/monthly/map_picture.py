"""The map of the kelurahan for a report: shaded by how many incidents each had, the greatest numbered as in the list beside it.

Shades are five steps of one dark colour, which stay apart in black and white.
"""

import math
from collections.abc import Mapping

from tanggap.evaluation.monthly.wording import Wording
from tanggap.platform.i18n import N_
from tanggap.web.area_map import WIDTH, Outline, drawing
from tanggap.web.monthly.charts import MOST_AREAS, ranked
from tanggap.web.monthly.model import Picture

#: Around the drawing, so that no line or number is cut off; units of the drawing, which is 1,000 wide.
MARGIN = 30
#: From white to dark; the darkest still lets the line around it be seen.
SHADES = ("#ffffff", "#dfe7e6", "#b9cdca", "#8fb0ac", "#5f8f8a", "#2f6a65")
LINE, INK = "#4a5560", "#16212c"
#: The first is the PDF's, the others are a browser's.
FONTS = "Libertinus Serif, system-ui, sans-serif"


def map_of(by_area: Mapping[str, int], wording: Wording) -> Picture:
    """The city's kelurahan, shaded; the largest are drawn first, so that none is hidden."""
    whole = drawing(wording.catalogue)
    outlines = sorted(whole.outlines, key=lambda one: -one.r)
    largest = max((by_area.get(one.code, 0) for one in outlines), default=0)
    by_code = {one.code: one for one in outlines}
    first, _ = ranked(by_area, {}, MOST_AREAS)
    numbered = [(place, by_code[code]) for place, code in enumerate(first, 1) if code in by_code]
    drawn = [_outline(one, _shade(by_area.get(one.code, 0), largest)) for one in outlines]
    marks = [_mark(place, one) for place, one in numbered]
    box = f"{-MARGIN} {-MARGIN} {WIDTH + 2 * MARGIN:.0f} {whole.height + 2 * MARGIN:.0f}"
    named = wording.listed([f"{one.name} ({wording.number(by_area[one.code])})" for _, one in numbered[:3]])
    return Picture(
        wording.say(N_("Peta kejadian menurut kelurahan; makin gelap makin banyak, paling gelap {n}"), n=largest),
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{"".join([*drawn, *marks])}</svg>',
        wording.say(N_("Peta kelurahan. Terbanyak: {named}."), named=named or "–"),
    )


def _shade(n: int, largest: int) -> int:
    """A step of SHADES, by the square root: else one kelurahan with very many would leave all others pale."""
    return math.ceil((len(SHADES) - 1) * math.sqrt(n / largest)) if largest else 0


def _outline(one: Outline, shade: int) -> str:
    look = f'class="shade-{shade}" fill="{SHADES[shade]}" stroke="{LINE}" stroke-width="1.5" stroke-linejoin="round"'
    if one.path:
        return f'<path d="{one.path}" fill-rule="evenodd" {look}/>'
    return f'<circle cx="{one.x:.0f}" cy="{one.y:.0f}" r="{one.r:.0f}" {look}/>'


def _mark(place: int, one: Outline) -> str:
    look = f'font-family="{FONTS}" font-size="27" font-weight="bold" text-anchor="middle" fill="{INK}"'
    return (
        f'<circle cx="{one.x:.0f}" cy="{one.y:.0f}" r="20" fill="#ffffff" stroke="{INK}" stroke-width="3"/>'
        f'<text x="{one.x:.0f}" y="{one.y + 9:.0f}" {look}>{place}</text>'
    )
