"""What every page of the rules has: the state of the draft on it, and the word of what was done just now."""

from functools import partial
from typing import Any

from litestar import Request, Response

from tanggap import rulebook
from tanggap.city.rules import store
from tanggap.city.rules.model import RulesRefusal
from tanggap.city.rules.service import Draft
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_, translator
from tanggap.web.coordinator.rules import view
from tanggap.web.errors import problem_of
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
KEEPS = who(Act.KEEP_RULES)

DONE_WORDS: dict[str, str] = {
    "terbit": N_("Aturan diterbitkan dan berlaku untuk kejadian baru. Kejadian yang berjalan tetap memakai aturan lamanya."),
    "jadwal": N_("Rancangan dijadwalkan. Sampai waktunya rancangan tidak dapat diubah."),
    "jadwal-batal": N_("Jadwal dibatalkan; rancangan dapat diubah lagi."),
    "buang": N_("Seluruh rancangan dibatalkan."),
    "pulihkan": N_("Rancangan dipulihkan."),
    "simpan": N_("Tersimpan di rancangan. Belum berlaku sebelum diterbitkan."),
    "batal": N_("Perubahan aturan ini dibatalkan."),
    "pensiun": N_("Akan dipensiunkan saat rancangan terbit."),
    "aktif": N_("Akan dipakai lagi saat rancangan terbit."),
    "paket": N_("Isi paket kota ditaruh di rancangan."),
    "tetap": N_("Aturan kota dipertahankan."),
    "kembali": N_("Aturan lama berlaku lagi, sebagai versi baru."),
}
#: Which act takes another one back.
UNDO = {"batal": "pulihkan", "pensiun": "batal", "aktif": "batal", "paket": "batal", "buang": "pulihkan"}


async def draft_of(request: Asking) -> Draft:
    """The draft as it stands."""
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        return await rulebook.draft(conn, house.city)


async def shown(
    request: Asking, template: str, draft: Draft, *, refusal: RulesRefusal | None = None, **context: Any
) -> Response[Any]:
    """A page of the rules; with a refusal, the same page again and what kept it from being done."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    async with house.db.reading(house.city) as conn:
        newest = next(iter(await store.versions(conn, house.city, 1)), None)
    done = request.query_params.get("pesan", "") if refusal is None else ""
    translate = translator(locale)
    shared = {
        "draft": draft, "newest": newest, "refusal": refusal, "done": DONE_WORDS.get(done), "undo": UNDO.get(done),
        "stops": view.places(draft.stops, draft, translate), "day_of": partial(view.day_words, locale=locale),
    }  # fmt: skip
    known = names(scene.catalogue, locale) | view.words(scene.catalogue, translate)
    status = 200 if refusal is None else problem_of(refusal)[0].status
    return render(request, template, status=status, **known | shared | context)
