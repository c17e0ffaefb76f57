"""What must hold within a category, whoever wrote it: agencies that exist, questions that can be answered and end."""

import re
from collections.abc import Iterator, Sequence

from tanggap.city.categories import YES_NO_ANSWERS, QuestionKind
from tanggap.city.flaws import Flaw, Sentences, duplicates
from tanggap.city.pack_format import CategoryEntry, QuestionEntry
from tanggap.platform.i18n import N_

#: The file of a pack in which categories stand.
FILE = "categories.toml"
UNKNOWN_AGENCY: Sentences = (
    "names the agency `{code}` in `{role}`, which agencies.toml does not have.",
    N_("Instansi «{code}» tidak ada, atau sudah dipensiunkan."),
)
NO_AGENCY: Sentences = ("has no agency in `lead`.", N_("Pilih instansi utama."))
AGENCY_TWICE: Sentences = ("names the agency `{code}` twice in `{role}`.", N_("Instansi «{code}» disebut dua kali."))
LEAD_AGAIN: Sentences = (
    "names its lead agency again in `{role}`.",
    N_("Instansi utama disebut lagi di sini; permintaan akan berputar kembali kepadanya."),
)
CODE_TWICE: Sentences = ("has two questions with the code `{code}`.", N_("Dua pertanyaan memakai kode «{code}»."))
FEW_CHOICES: Sentences = (
    "is a choice and needs at least two `choices`.",
    N_("Pertanyaan pilihan memerlukan sedikitnya dua jawaban."),
)
NEEDLESS_CHOICES: Sentences = (
    "is of kind {kind} and cannot have `choices`.",
    N_("Hanya pertanyaan jenis «pilihan» yang mempunyai daftar jawaban."),
)
CHOICE_TWICE: Sentences = ("has the choice `{answer}` twice.", N_("Jawaban «{answer}» ada dua kali."))
RAISES_ON_NOTHING: Sentences = (
    "raises the priority on `{answer}`, which is no answer of it.",
    N_("Prioritas dinaikkan oleh «{answer}», yang bukan jawaban pertanyaan ini."),
)
LOWERS: Sentences = (
    "raises to {priority}, which is less urgent than the category's own {own}.",
    N_("Dinaikkan ke {priority}, padahal kategorinya sendiri sudah {own}."),
)
NOT_EARLIER: Sentences = (
    "is asked after `{code}`, which is no earlier question of the category.",
    N_("Ditanyakan setelah «{code}», yang bukan pertanyaan sebelumnya."),
)
CIRCLE: Sentences = (
    "is asked after `{code}`, which is asked after it: a circle.",
    N_("Lingkaran: pertanyaan ini menunggu «{code}», dan «{code}» menunggu pertanyaan ini."),
)
NO_ANSWER: Sentences = (
    "is asked after `{answer}`, which is no answer of `{code}`.",
    N_("Ditanyakan setelah jawaban «{answer}», yang bukan jawaban «{code}»."),
)
DOES_ON_NOTHING: Sentences = (
    "does something on `{answer}`, which is no answer of it.",
    N_("Ada akibat untuk «{answer}», yang bukan jawaban pertanyaan ini."),
)
ADDS_UNKNOWN: Sentences = (
    "adds the agency `{code}`, which agencies.toml does not have.",
    N_("Menambah instansi «{code}», yang tidak ada atau sudah dipensiunkan."),
)


def category_flaws(category: CategoryEntry, agencies: set[str]) -> Iterator[Flaw]:
    """All that is wrong with a category, when `agencies` are the codes of those that act."""
    entry = f"category {category.code}"
    at = FILE, entry, "category", category.code
    for role, codes in (("lead", (category.lead,)), ("support", category.support), ("next", category.next)):
        for code in codes:
            if not code and role == "lead":
                yield Flaw(*at, role, NO_AGENCY)
            elif code not in agencies:
                yield Flaw(*at, role, UNKNOWN_AGENCY, {"code": code, "role": role})
        for code in duplicates(codes):
            yield Flaw(*at, role, AGENCY_TWICE, {"code": code, "role": role})
        if role != "lead" and category.lead in codes:
            yield Flaw(*at, role, LEAD_AGAIN, {"role": role})
    for code in duplicates(question.code for question in category.questions):
        n = [question.code for question in category.questions].index(code)
        yield Flaw(*at, f"questions.{n}.code", CODE_TWICE, {"code": code})
    for n, question in enumerate(category.questions):
        asked = FILE, f"{entry}, question {question.code}", "category", category.code
        for sentences, field, values in (*_answering(question, category), *_tree(question, category, agencies)):
            yield Flaw(*asked, f"questions.{n}.{field}", sentences, values)


_Found = tuple[Sentences, str, dict[str, str]]


def _answering(question: QuestionEntry, category: CategoryEntry) -> Iterator[_Found]:
    """What is wrong with one question by itself."""
    values = _values(question)
    if question.kind is QuestionKind.CHOICE and len(values) < 2:
        yield FEW_CHOICES, "choices", {}
    if question.kind is not QuestionKind.CHOICE and values:
        yield NEEDLESS_CHOICES, "choices", {"kind": question.kind}
    for value in duplicates(values):
        yield CHOICE_TWICE, "choices", {"answer": value}
    for answer, priority in question.raises.items():
        if not _is_answer(question, answer):
            yield RAISES_ON_NOTHING, "raises", {"answer": answer}
        if priority > category.priority:
            yield LOWERS, "raises", {"priority": priority, "own": category.priority}


def _tree(question: QuestionEntry, category: CategoryEntry, agencies: set[str]) -> Iterator[_Found]:
    """What is wrong with where a question stands in the tree, and with what its answers bring about."""
    at = category.questions.index(question)
    earlier = {other.code: other for other in category.questions[:at]}
    for code, wanted in question.when.items():
        asked = earlier.get(code)
        if asked is None:
            yield (CIRCLE if _waits_for(category, code, question.code) else NOT_EARLIER), "when", {"code": code}
            continue
        for answer in wanted:
            if not _is_answer(asked, answer):
                yield NO_ANSWER, "when", {"answer": answer, "code": code}
    for answer in (*question.adds, *question.advises):
        if not _is_answer(question, answer):
            yield DOES_ON_NOTHING, "answers", {"answer": answer}
    for codes in question.adds.values():
        for code in codes:
            if code not in agencies:
                yield ADDS_UNKNOWN, "adds", {"code": code}


def _waits_for(category: CategoryEntry, code: str, other: str) -> bool:
    """Whether the question `code` waits, by whatever way, for the question `other`."""
    after = {question.code: tuple(question.when) for question in category.questions}
    seen: set[str] = set()
    ahead = [code]
    while ahead:
        one = ahead.pop()
        if one == other:
            return True
        if one not in seen:
            seen.add(one)
            ahead += after.get(one, ())
    return False


def _values(question: QuestionEntry) -> Sequence[str]:
    return [choice.value for choice in question.choices]


def _is_answer(question: QuestionEntry, answer: str) -> bool:
    if question.kind is QuestionKind.YES_NO:
        return answer in YES_NO_ANSWERS
    if question.kind is QuestionKind.CHOICE:
        return answer in _values(question)
    return question.kind is QuestionKind.NUMBER and re.fullmatch(r"\d{1,9}(\.\d{1,6})?", answer) is not None
