"""`/gaya`: every component of the pages in every state and theme."""

from typing import Any

from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from tanggap.web.security import who
from tanggap.web.templating import render


@get("/gaya", **who("signed_in"))
async def gallery(request: Request[Any, Any, Any]) -> Response[Any]:
    """The gallery, with made-up content."""
    return render(request, "gaya.html")


ROUTES: list[ControllerRouterHandler] = [gallery]
