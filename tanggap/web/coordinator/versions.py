"""Deciding on a version of what was learned (weights of the evidence, sentences of the triage): the forms beside it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.model import Actor
from tanggap.incident.refusals import NotFound, TanggapRefusal
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.scene import actor_of
from tanggap.web.errors import problem_of
from tanggap.web.house import House
from tanggap.web.security import who

Asking = Request[Any, Any, Any]
Decide = Callable[[Transaction, str, int, Actor, datetime], Awaitable[None]]
Page = Callable[..., Awaitable[Response[Any]]]

KEEPS = who(Act.KEEP_EVIDENCE)
#: The largest number that a version may have in the database.
LARGEST = 2**31 - 1


def deciding(at: str, parameter: str, deeds: Mapping[str, Decide], page: Page) -> list[ControllerRouterHandler]:
    """The forms of a version on the page at `at`, one for each deed: `at`/version/word. A refusal is told on `page`.

    `parameter` names the version in the address; each kind of version has its own name there, as they are different things.
    """

    def route(word: str, decide: Decide) -> ControllerRouterHandler:
        @post(f"{at}/{{{parameter}:int}}/{word}", status_code=200, name=f"{parameter}_{word}", **KEEPS)
        async def decided(request: Asking) -> Response[Any]:
            """Decide on a version, or take the decision back."""
            house: House = request.app.state.house
            version = int(request.path_params[parameter])
            try:
                if not 0 < version <= LARGEST:
                    raise NotFound(kind=parameter)
                async with house.db.transaction(house.city) as tx:
                    await decide(tx, house.city, version, actor_of(request.user), house.now())
            except TanggapRefusal as refusal:
                return await page(request, status=problem_of(refusal)[0].status, refusal=refusal)
            return Redirect(f"{at}?pesan={word}", status_code=303)

        return decided

    return [route(word, decide) for word, decide in deeds.items()]
