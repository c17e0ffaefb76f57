"""The screens of the house, as the bar at the top of each desk lists them: who may open which, and where one is."""

import msgspec

from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.i18n import N_


class Screen(msgspec.Struct, frozen=True):
    """One entry of the bar. `also` are addresses elsewhere that belong to it."""

    act: Act
    href: str
    word: str
    also: tuple[str, ...] = ()


class Shown(msgspec.Struct, frozen=True):
    """An entry as one person sees it."""

    href: str
    word: str
    is_here: bool


SCREENS = (
    Screen(Act.TAKE_CALLS, "/konsol", N_("Konsol")),
    Screen(Act.SUPERVISE, "/pengawas", N_("Pengawas")),
    Screen(Act.ANSWER_ASSIGNMENT, "/instansi", N_("Penugasan")),
    Screen(Act.WORK_SHIFTS, "/regu", N_("Jadwal"), also=("/pengawas/regu",)),
    Screen(Act.SEE_STATISTICS, "/koordinator", N_("Angka")),
    Screen(Act.SEE_STATISTICS, "/koordinator/laporan", N_("Laporan")),
    Screen(Act.KEEP_PLACES, "/koordinator/tempat", N_("Tempat")),
    Screen(Act.KEEP_EVIDENCE, "/koordinator/bukti", N_("Bukti")),
    Screen(Act.KEEP_CONTACTS, "/kontak", N_("Kontak")),
    Screen(Act.ADMINISTER, "/admin", N_("Administrasi")),
    Screen(Act.READ_AUDIT, "/audit", N_("Audit")),
)


def screens_of(person: Person | None, path: str) -> list[Shown]:
    """What a person's bar lists; the entry with the longest address that `path` lies under is where they are."""
    mine = [screen for screen in SCREENS if may(person, screen.act)]
    reached = {len(under): screen for screen in mine for under in (screen.href, *screen.also) if _is_under(path, under)}
    here = reached[max(reached)] if reached else None
    return [Shown(screen.href, screen.word, screen is here) for screen in mine]


def _is_under(path: str, address: str) -> bool:
    return path == address or path.startswith(f"{address}/")
