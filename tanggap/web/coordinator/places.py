"""`/koordinator/tempat`: what call takers taught the gazetteer, to be approved in one list; and how alive the gazetteer is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import TanggapRefusal
from tanggap.location.learning import service as learning
from tanggap.location.learning import store
from tanggap.location.learning.model import Proposal
from tanggap.people.model import Person
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_, translator
from tanggap.scene import Scene
from tanggap.web.coordinator import places_view
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
KEEPS = who(Act.KEEP_PLACES)
#: Proposals on the page, the most confirmed ones; deciding brings the next.
MOST_SHOWN = 12
MOST_DECIDED = 12
MOST_IMPORTS = 5
#: The reports whose words are tried on the gazetteer of this moment.
TRIED_DAYS, MOST_TRIED = 30, 20

#: What the page says after a decision, by the word in its address.
DONE_WORDS: dict[str, str] = {
    "setujui": N_("«{said}» kini dikenal di semua layar."),
    "gabung": N_("«{said}» kini nama lain tempat itu."),
    "tolak": N_("«{said}» ditolak dan tidak diusulkan lagi di tempat itu."),
    "urungkan": N_("Keputusan tentang «{said}» diurungkan."),
}


@get("/koordinator/tempat", **KEEPS)
async def page(request: Asking) -> Response[Any]:
    """The proposals, the last decisions, and the state of the gazetteer."""
    return await _page(request)


async def _page(request: Asking, *, status: int = 200, refusal: TanggapRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    async with house.db.reading(house.city) as conn:
        waiting = await store.waiting(conn, house.city, MOST_SHOWN)
        total = await store.waiting_count(conn, house.city)
        decided = await store.decided(conn, house.city, MOST_DECIDED)
        imports = await store.imports(conn, house.city, MOST_IMPORTS)
        lately = await store.said_lately(conn, house.city, now, TRIED_DAYS, MOST_TRIED)
    translate = translator(locale)
    rows = await asyncio.to_thread(places_view.rows, waiting, scene, translate)
    done = request.query_params.get("pesan", "")
    about = next((one for one in (*decided, *waiting) if str(one.id) == request.query_params.get("usulan")), None)
    return render(
        request,
        "coordinator/places.html",
        status=status,
        refusal=refusal,
        rows=rows,
        total=total,
        decided=decided,
        kinds=places_view.kinds(learning.kinds_known(scene.gazetteer), translate),
        counts=places_view.counts(scene.gazetteer, translate),
        names=len(scene.gazetteer),
        imports=imports,
        share=await asyncio.to_thread(places_view.known_share, scene.gazetteer, lately),
        tried=len(lately),
        done=translate(DONE_WORDS[done]).format(said=about.said) if done in DONE_WORDS and about and not refusal else None,
        undo=about.id if done in DONE_WORDS and done != "urungkan" and about else None,
        centre=(scene.catalogue.city.centre_lat, scene.catalogue.city.centre_lon, scene.catalogue.city.zoom),
    )


async def _approve(tx: Transaction, scene: Scene, proposal: UUID, form: Form, by: Person, house: House) -> Proposal:
    name, kind = form.text("nama"), form.text("jenis")
    known = kind if kind in learning.kinds_known(scene.gazetteer) else ""
    return await learning.approve(tx, scene.city, scene.gazetteer, proposal, name, known, by, house.now())


async def _merge(tx: Transaction, scene: Scene, proposal: UUID, form: Form, by: Person, house: House) -> Proposal:
    return await learning.merge(tx, scene.city, scene.gazetteer, proposal, form.text("tempat"), by, house.now())


async def _reject(tx: Transaction, scene: Scene, proposal: UUID, form: Form, by: Person, house: House) -> Proposal:
    return await learning.reject(tx, scene.city, proposal, by, house.now())


async def _undo(tx: Transaction, scene: Scene, proposal: UUID, form: Form, by: Person, house: House) -> Proposal:
    return await learning.undo(tx, scene.city, proposal, by, house.now())


Deed = Callable[[Transaction, Scene, UUID, Form, Person, House], Awaitable[Proposal]]

#: The forms of a proposal: the last part of their address, and what they do.
DEEDS: dict[str, Deed] = {"setujui": _approve, "gabung": _merge, "tolak": _reject, "urungkan": _undo}


def _route(word: str, deed: Deed) -> ControllerRouterHandler:
    @post(f"/koordinator/tempat/{{proposal_id:uuid}}/{word}", status_code=200, name=f"place_{word}", **KEEPS)
    async def decide(request: Asking, proposal_id: FromPath[UUID]) -> Response[Any]:
        """Decide on a proposal, or take the decision back."""
        house: House = request.app.state.house
        scene, form = await house.scene(), await read_form(request)
        try:
            async with house.db.transaction(house.city) as tx:
                done = await deed(tx, scene, proposal_id, form, request.user, house)
        except TanggapRefusal as refusal:
            return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
        return Redirect(f"/koordinator/tempat?{urlencode({'pesan': word, 'usulan': str(done.id)})}", status_code=303)

    return decide


ROUTES: list[ControllerRouterHandler] = [page, *(_route(word, deed) for word, deed in DEEDS.items())]
