"""`/koordinator/bukti`: what dispositions teach about the weights of the evidence, to be published by the coordinator or not."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import ClientException
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import TanggapRefusal
from tanggap.notification.model import Channel
from tanggap.platform.i18n import N_
from tanggap.reaching import Links, choose_links, links
from tanggap.scene import actor_of
from tanggap.verification import store as evidence
from tanggap.verification.learning import service as learning
from tanggap.verification.learning.model import WeightsState
from tanggap.verification.learning.store import versions
from tanggap.verification.ledger import LINES
from tanggap.verification.nuisance.service import thank_testers, thanks_testers
from tanggap.verification.weights import learnt, shipped
from tanggap.web.coordinator.versions import KEEPS, Decide, deciding
from tanggap.web.errors import problem_of
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.templating import render

Asking = Request[Any, Any, Any]

DONE_WORDS: dict[str, str] = {
    "usulkan": N_("Usulan bobot dibuat. Bandingkan, lalu terbitkan atau tolak."),
    "terbitkan": N_("Bobot diterbitkan dan berlaku di semua meja."),
    "tolak": N_("Usulan ditolak; bobot tidak berubah."),
    "urungkan": N_("Bobot ditarik; yang sebelumnya berlaku lagi."),
    "terima-kasih": N_("Pesan bagi penguji diubah."),
    "tautan": N_("Pengiriman tautan kepada pelapor diubah."),
}
STATE_WORDS: dict[WeightsState, str] = {
    WeightsState.PROPOSED: N_("diusulkan"),
    WeightsState.PUBLISHED: N_("diterbitkan"),
    WeightsState.WITHDRAWN: N_("ditarik atau ditolak"),
}


LINK_WORDS: dict[Links, str] = {
    Links.OFF: N_("tidak dikirim"),
    Links.BY_HAND: N_("dikirim bila petugas menekan tombolnya"),
    Links.BY_ITSELF: N_("dikirim sendiri begitu panggilan berakhir tanpa dijawab"),
}


@get("/koordinator/bukti", **KEEPS)
async def page(request: Asking) -> Response[Any]:
    """The weights in force, the proposal beside them, the versions before."""
    return await _page(request)


async def _page(request: Asking, *, status: int = 200, refusal: TanggapRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    now = house.now()
    async with house.db.reading(house.city) as conn:
        known = await versions(conn, house.city)
        in_force = await evidence.in_force(conn, house.city)
        is_thanking = await thanks_testers(conn, house.city)
        chosen_links = await links(conn, house.city)
        undone = await evidence.reversals(conn, house.city, now - timedelta(days=30), now)
    proposal = next((one for one in known if one.state is WeightsState.PROPOSED), None)
    proposed = learnt(proposal.version, proposal.weights["log_odds"], proposal.weights["sd"]) if proposal else None
    done = DONE_WORDS.get(request.query_params.get("pesan", "")) if refusal is None else None
    return render(
        request, "coordinator/evidence.html", status=status, refusal=refusal, done=done, versions=known, in_force=in_force,
        shipped=shipped(), proposal=proposal, proposed=proposed, lines=LINES, is_thanking=is_thanking, undone=undone,
        state_words=STATE_WORDS, chosen_links=chosen_links, link_choices=LINK_WORDS,
        has_gateway=house.way_to_callers is not Channel.SCREEN,
    )  # fmt: skip


#: The forms of a version: the last part of their address, and what they do.
DEEDS: dict[str, Decide] = {"terbitkan": learning.publish, "tolak": learning.refuse, "urungkan": learning.withdraw}


@post("/koordinator/bukti/usulkan", status_code=200, **KEEPS)
async def propose(request: Asking) -> Response[Any]:
    """Learn from the dispositions so far, and show what it would change."""
    house: House = request.app.state.house
    scene = await house.scene()
    try:
        async with house.db.transaction(house.city) as tx:
            await learning.propose(tx, scene.catalogue, scene.hear, actor_of(request.user), house.now())
    except TanggapRefusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
    return Redirect("/koordinator/bukti?pesan=usulkan", status_code=303)


@post("/koordinator/bukti/terima-kasih", status_code=200, **KEEPS)
async def thank(request: Asking) -> Response[Any]:
    """Switch the friendly message to who tried the number on or off."""
    house: House = request.app.state.house
    is_on = (await read_form(request)).text("aktif") == "ya"
    async with house.db.transaction(house.city) as tx:
        await thank_testers(tx, house.city, is_on, request.user.id, house.now())
    return Redirect("/koordinator/bukti?pesan=terima-kasih", status_code=303)


@post("/koordinator/bukti/tautan", status_code=200, **KEEPS)
async def write_to_callers(request: Asking) -> Response[Any]:
    """Whether callers who were not heard are sent the address of /lapor."""
    house: House = request.app.state.house
    said = (await read_form(request)).text("tautan")
    if said not in set(Links):
        raise ClientException("no such choice")
    async with house.db.transaction(house.city) as tx:
        await choose_links(tx, house.city, Links(said), request.user, house.now())
    return Redirect("/koordinator/bukti?pesan=tautan", status_code=303)


ROUTES: list[ControllerRouterHandler] = [
    page, propose, thank, write_to_callers, *deciding("/koordinator/bukti", "version", DEEDS, _page),
]  # fmt: skip
