"""The citizen's pages: the door of the house, `/lapor`, `/titik`, and `/lacak`."""

from typing import Any

from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from tanggap.web.citizen import point, report, track, web_call
from tanggap.web.security import who
from tanggap.web.templating import render


@get("/", **who("anyone", old_password=True))
async def home(request: Request[Any, Any, Any]) -> Response[str]:
    """Two big ways to be heard: call 112, or write. Beside them: follow a report, and the door for staff."""
    return render(request, "citizen/home.html", takes_calls=request.app.state.house.takes_calls)


ROUTES: list[ControllerRouterHandler] = [
    home,
    report.form_page,
    report.send,
    web_call.page,
    web_call.begin,
    web_call.announcement,
    web_call.danger_now,
    point.ask,
    point.answer,
    track.enter_token,
    track.track_page,
    track.track_state,
    track.answer,
    track.track_photo,
    track.track_thumbnail,
]
