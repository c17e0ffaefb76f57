"""What the administrator's pages share: who may open them, what every one of them shows, the agency that a form chose."""

from typing import Any, Final

from litestar import Request, Response

from tanggap.people.model import Role, UnfitRoles
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_
from tanggap.web.forms import Form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
SEE_OTHER: Final = 303
ADMINISTERS = who(Act.ADMINISTER)

DONE_WORDS: dict[str, str] = {
    "changed": N_("Perubahan disimpan dan langsung berlaku."),
    "closed": N_("Akun ditutup: semua sesinya berakhir, token yang diterbitkannya dicabut."),
    "opened": N_("Akun dibuka kembali."),
    "ended": N_("Sesi diakhiri."),
    "all_ended": N_("Semua sesi orang ini diakhiri."),
    "revoked": N_("Token dicabut."),
}


async def page(request: Asking, template: str, *, status: int = 200, **context: Any) -> Response[Any]:
    """A page of the administrator's, with what was just done."""
    house: House = request.app.state.house
    scene = await house.scene()
    shared = {
        "notice": DONE_WORDS.get(request.query_params.get("pesan", "")), "refusal": None, "form": Form(), "secret": None,
        "roles": list(Role), "agencies": [agency for agency in scene.catalogue.agencies if agency.active],
    } | names(scene.catalogue, locale_of(request))  # fmt: skip
    return render(request, template, status=status, **shared | context)


async def chosen_agency(house: House, form: Form) -> str | None:
    """The agency that was chosen. Raises UnfitRoles when the city has no such agency."""
    code = form.text("instansi") or None
    if code is not None and code not in (await house.scene()).catalogue.agencies_by_code:
        raise UnfitRoles(agency=code)
    return code
