"""What the desk's and the crew's forms do alike: a step, a note, pictures, and what is said when something is refused."""

from typing import Any
from uuid import UUID

from litestar import Request

from tanggap.city.model import Catalogue
from tanggap.incident.refusals import NotFound, TanggapRefusal
from tanggap.platform.i18n import N_, translator
from tanggap.web.agency import acts
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form
from tanggap.web.house import House
from tanggap.web.photos.uploads import Uploaded, photos_of_form
from tanggap.web.templating import locale_of

#: What a page says after an act, by the code in its address.
NEWS: dict[str, str] = {
    "terima": N_("Diterima. Kirim regu, lalu tekan «Berangkat»."),
    "berangkat": N_("Tercatat: regu berangkat."),
    "tiba": N_("Tercatat: regu tiba di lokasi."),
    "selesai": N_("Selesai tercatat. Pelapor diberi tahu dan dapat membenarkannya."),
    "sudah": N_("Rekan Anda sudah lebih dahulu mencatatnya; tidak ada yang tercatat dua kali."),
    "tolak": N_("Dikembalikan. Pengawas 112 yang memutuskan."),
    "tolak-ke": N_("Dikembalikan. Sekarang ditanyakan ke {agency}."),
    "catatan": N_("Catatan disimpan."),
    "foto": N_("Foto disimpan."),
}
BAD_PHOTO = N_("Bukan foto yang dapat dibuka, atau lebih besar dari 10 MB: {names}. Tulisan Anda masih ada di bawah.")


class BadPhotos(Exception):  # noqa: N818 - it says what happened
    """Some files were no pictures; what else came with the form is kept on the page."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__("not photos")


async def take_step(request: Request[Any, Any, Any], assignment_id: UUID, form: Form) -> str:
    """Do the step that a form asks for; returns the code of what to say.

    Good pictures are kept even when one of them is none: they need not be sent again.

    Raises:
        BadPhotos: a file is not a picture; the step was not taken.
        NotFound, WrongState: see `acts.take_step`.
    """
    house: House = request.app.state.house
    scene = await house.scene()
    asked = form.text("ke")
    if asked not in acts.STEPS:
        raise NotFound(kind="step")
    uploaded = await photos_of_form(form)
    async with house.db.transaction(house.city) as tx:
        await acts.add_photos(tx, scene, request.user, assignment_id, uploaded.photos, house.now())
    _refuse_bad(uploaded)
    async with house.db.transaction(house.city) as tx:
        note = form.text("catatan").strip()
        taken = await acts.take_step(tx, scene, request.user, assignment_id, acts.STEPS[asked], note, house.now())
    return "sudah" if taken.already else asked


async def write_note(request: Request[Any, Any, Any], assignment_id: UUID, form: Form) -> str:
    """Keep a form's note and pictures; returns the code of what to say.

    Raises:
        BadPhotos: a file is not a picture; the note waits on the page.
        NothingSaid: neither words nor a picture.
        NotFound: not this agency's.
    """
    house: House = request.app.state.house
    scene = await house.scene()
    words = form.text("catatan").strip()
    uploaded = await photos_of_form(form)
    if not (words or uploaded.photos or uploaded.refused):
        raise acts.NothingSaid
    async with house.db.transaction(house.city) as tx:
        await acts.add_photos(tx, scene, request.user, assignment_id, uploaded.photos, house.now())
        if not uploaded.refused:
            await acts.add_note(tx, scene, request.user, assignment_id, words, house.now())
    _refuse_bad(uploaded)
    return "catatan" if words else "foto"


def _refuse_bad(uploaded: Uploaded) -> None:
    if uploaded.refused:
        raise BadPhotos(uploaded.refused)


def news_of(request: Request[Any, Any, Any], catalogue: Catalogue) -> str:
    """What the last act did, as a sentence."""
    pattern = NEWS.get(request.query_params.get("kabar", ""), "")
    agency = catalogue.agencies_by_code.get(request.query_params.get("ke", ""))
    translated = translator(locale_of(request))(pattern) if pattern else ""
    return translated.format(agency=agency.short if agency else "112")


def problem_words(request: Request[Any, Any, Any], refusal: TanggapRefusal | BadPhotos) -> tuple[str, int]:
    """A refusal as a sentence, and its HTTP status."""
    translate = translator(locale_of(request))
    if isinstance(refusal, BadPhotos):
        return translate(BAD_PHOTO).format(names=", ".join(refusal.names)), 422
    problem, _ = problem_of(refusal)
    return translate(problem.title), problem.status
