"""The tokens of machines. Each is shown once, when it is made."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.people import machines
from tanggap.people.model import UnfitRoles
from tanggap.platform.refusals import Refusal
from tanggap.web.admin import view
from tanggap.web.admin.page import ADMINISTERS, SEE_OTHER, Asking, chosen_agency, page
from tanggap.web.errors import problem_of
from tanggap.web.forms import read_form
from tanggap.web.house import House

#: How long a machine's token is valid, in days; none: until it is revoked.
LIFETIMES: tuple[int, ...] = (30, 90, 365)


@get("/admin/token", **ADMINISTERS)
async def tokens(request: Asking) -> Response[Any]:
    """The keys that machines have."""
    return await _tokens(request)


async def _tokens(request: Asking, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        issued = await machines.tokens(conn, house.city)
    return await page(request, "admin/tokens.html", tokens=issued, lifetimes=LIFETIMES, **context)


@post("/admin/token", status_code=200, **ADMINISTERS)
async def issue(request: Asking) -> Response[Any]:
    """Make a token; it is shown once, on this answer alone."""
    house: House = request.app.state.house
    form = await read_form(request)
    now = house.now()
    days = form.text("berlaku")
    expires_at = now + timedelta(days=int(days)) if days in {str(lifetime) for lifetime in LIFETIMES} else None
    roles = view.roles_in([form.text("peran")])
    try:
        async with house.db.transaction(house.city) as tx:
            agency = await chosen_agency(house, form)
            if not roles:
                raise UnfitRoles
            _, secret = await machines.issue_token(
                tx, house.city, form.text("nama"), roles[0], agency, expires_at, request.user, now
            )
    except Refusal as refusal:
        return await _tokens(request, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return await _tokens(request, secret=secret)


@post("/admin/token/{token_id:uuid}/cabut", status_code=SEE_OTHER, **ADMINISTERS)
async def revoke(request: Asking, token_id: FromPath[UUID]) -> Response[Any]:
    """Take a token back."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await machines.revoke_token(tx, house.city, token_id, request.user, house.now())
    return Redirect("/admin/token?pesan=revoked", status_code=SEE_OTHER)


ROUTES: list[ControllerRouterHandler] = [tokens, issue, revoke]
