"""States, roles and numbers as people say them."""

import re
from collections.abc import Callable, Mapping

from tanggap.city import ladder
from tanggap.city.model import Catalogue, City
from tanggap.incident.model import AssignmentState, IncidentState
from tanggap.location.model import Reason
from tanggap.people.model import Role
from tanggap.platform.i18n import N_, Locale

INCIDENT_WORDS: Mapping[IncidentState, str] = {
    IncidentState.OPEN: N_("Belum ada instansi"),
    IncidentState.ASSIGNED: N_("Diteruskan"),
    IncidentState.RESPONDING: N_("Ditangani"),
    IncidentState.RESOLVED: N_("Selesai, menunggu pelapor"),
    IncidentState.CLOSED: N_("Ditutup"),
}

ASSIGNMENT_WORDS: Mapping[AssignmentState, str] = {
    AssignmentState.SENT: N_("menunggu jawaban"),
    AssignmentState.ACKNOWLEDGED: N_("diterima"),
    AssignmentState.EN_ROUTE: N_("berangkat"),
    AssignmentState.ON_SCENE: N_("di lokasi"),
    AssignmentState.DONE: N_("selesai"),
    AssignmentState.REJECTED: N_("ditolak"),
    AssignmentState.EXPIRED: N_("tidak menjawab"),
    AssignmentState.WITHDRAWN: N_("ditarik"),
}

ROLE_WORDS: Mapping[Role, str] = {
    Role.CALL_TAKER: N_("Petugas panggilan"),
    Role.SUPERVISOR: N_("Pengawas"),
    Role.COORDINATOR: N_("Koordinator"),
    Role.AGENCY: N_("Operator instansi"),
    Role.FIELD: N_("Regu lapangan"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

#: Why an incident stands before the supervisor, as a sentence that says what to do about it.
ATTENTION_SENTENCES: Mapping[str, str] = {
    "no_agency": N_("Belum ada instansi yang berwenang. Pilih instansinya."),
    "all_rejected": N_("Semua instansi yang berwenang menolak. Putuskan siapa yang menangani."),
    "unanswered": N_("Instansi utama tidak menjawab pada waktunya. Hubungi, atau alihkan."),
    "not_sent": N_("Belum diteruskan ke instansi mana pun. Periksa, lalu teruskan."),
    "reopened": N_("Dibuka kembali dan belum ada instansi yang diminta. Teruskan lagi."),
}

#: What an agency has not done, by the clock that runs; a length of time follows.
CLOCK_WORDS: Mapping[str, str] = {
    "answer": N_("belum menjawab"),
    "start": N_("belum berangkat"),
    "finish": N_("belum selesai"),
}

#: Who is told on each rung of the ladder.
TOLD_WORDS: Mapping[str, str] = {told.value: word for told, word in ladder.TOLD_WORDS.items()}

_NUMBER = re.compile(r"(?:[A-Za-z]{1,8}\s*[-–]?\s*)?0*(\d{1,18})")


def number_of(city: City, number: int) -> str:
    """An incident's number as people say it: KDI-0042."""
    return f"{city.prefix}-{number:04d}"


def number_in(said: str) -> int | None:
    """The number that somebody typed, with or without the city's letters and zeros; None when it is none."""
    found = _NUMBER.fullmatch(said.strip())
    return int(found[1]) if found else None


def reason_said(reason: Reason, translate: Callable[[str], str]) -> str:
    """A reason as a sentence in the reader's language; what fills it is translated where it is a word of ours."""
    return translate(reason.sentence).format_map({name: translate(value) for name, value in reason.filled.items()})


def category_name(catalogue: Catalogue, code: str | None, locale: Locale) -> str:
    """A category as people read it; a code that the catalogue lost stays as it is."""
    category = catalogue.categories_by_code.get(code or "")
    return category.name(locale) if category else (code or "")


def agency_name(catalogue: Catalogue, code: str | None) -> str:
    """An agency's short name."""
    agency = catalogue.agencies_by_code.get(code or "")
    return agency.short if agency else (code or "")


def area_name(catalogue: Catalogue, code: str | None) -> str:
    """A kelurahan's name."""
    area = catalogue.areas_by_code.get(code or "")
    return area.name if area else (code or "")
