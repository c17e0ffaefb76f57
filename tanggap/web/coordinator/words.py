"""`/koordinator/bukti/kata`: what confirmed reports teach the triage, to be published by the coordinator or not."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_
from tanggap.scene import actor_of
from tanggap.triage.growth import service as growth
from tanggap.triage.growth.model import LEAST_TAUGHT, LEAST_TRIED, GrowthState
from tanggap.triage.growth.store import versions
from tanggap.web.coordinator.versions import KEEPS, Decide, deciding
from tanggap.web.house import House
from tanggap.web.templating import locale_of, render
from tanggap.web.timeline import DISPOSITION_WORDS
from tanggap.web.words import category_name

Asking = Request[Any, Any, Any]
PAGE = "/koordinator/bukti/kata"

DONE_WORDS: dict[str, str] = {
    "usulkan": N_("Usulan diminta. Sistem mempelajarinya dalam beberapa menit; muat ulang halaman ini."),
    "terbitkan": N_("Kalimat diterbitkan. Setiap mesin mempelajarinya dalam beberapa menit; sampai itu yang lama tetap dipakai."),
    "tolak": N_("Usulan ditolak; tidak ada yang berubah."),
    "urungkan": N_("Kalimat ditarik; yang sebelumnya berlaku lagi."),
}
STATE_WORDS: dict[GrowthState, str] = {
    GrowthState.ASKED: N_("sedang dipelajari"),
    GrowthState.TOO_FEW: N_("laporan belum cukup"),
    GrowthState.PROPOSED: N_("diusulkan"),
    GrowthState.PUBLISHED: N_("diterbitkan"),
    GrowthState.WITHDRAWN: N_("ditarik atau ditolak"),
}


@get(PAGE, **KEEPS)
async def page(request: Asking) -> Response[Any]:
    """What is in force, the proposal beside it, the versions before."""
    return await _page(request)


async def _page(request: Asking, *, status: int = 200, refusal: TanggapRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    catalogue, locale = (await house.scene()).catalogue, locale_of(request)
    async with house.db.reading(house.city) as conn:
        known = await versions(conn, house.city)
    newest = known[0] if known else None
    return render(
        request, "coordinator/words.html", status=status, refusal=refusal, versions=known, newest=newest,
        proposal=next((one for one in known if one.state is GrowthState.PROPOSED), None),
        in_force=next((one for one in known if one.state is GrowthState.PUBLISHED), None),
        is_learning=newest is not None and newest.state is GrowthState.ASKED,
        had_too_few=newest is not None and newest.state is GrowthState.TOO_FEW,
        done=DONE_WORDS.get(request.query_params.get("pesan", "")) if refusal is None else None,
        state_words=STATE_WORDS, kind_words={kind.value: said for kind, said in DISPOSITION_WORDS.items()},
        category_name=lambda code: category_name(catalogue, code, locale), least_taught=LEAST_TAUGHT, least_tried=LEAST_TRIED,
    )  # fmt: skip


@post(f"{PAGE}/usulkan", status_code=200, **KEEPS)
async def propose(request: Asking) -> Response[Any]:
    """Ask for what the reports so far teach."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await growth.ask(tx, house.city, actor_of(request.user), house.now())
    return Redirect(f"{PAGE}?pesan=usulkan", status_code=303)


#: The forms of a version: the last part of their address, and what they do.
DEEDS: dict[str, Decide] = {"terbitkan": growth.publish, "tolak": growth.refuse, "urungkan": growth.withdraw}


ROUTES: list[ControllerRouterHandler] = [page, propose, *deciding(PAGE, "growth_version", DEEDS, _page)]
