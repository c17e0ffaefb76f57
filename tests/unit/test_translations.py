"""Everything that people read can be said in English: no text escapes the catalogue, none in it is left untranslated."""

import re
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tanggap.platform import i18n
from tanggap.web.templating import WEB, environment

HOUSE = Path(i18n.__file__).parents[2]
ENGLISH = HOUSE / "tanggap/locale/en/LC_MESSAGES/tanggap.po"
TEMPLATES = WEB / "templates"

#: Names, abbreviations and signs that are the same in every language.
PROPER = frozenset(
    {"Tanggap", "CEPAT", "TEPAT", "TUNTAS", "CSV", "API", "PLN", "BPBD", "DLHK", "Damkarmat", "WhatsApp", "SMS", "ID", "EN", "m"}
    | {"P"}  # P90
)
#: Pages for developers, which are in English, and the gallery's examples of what callers say and where.
DEVELOPERS = frozenset({"api/reference.html"})
GALLERY_SAID = re.compile(
    r"depan Lippo Plaza|Jl\. Pattimura, lorong Anawai, samping jembatan kecil|Poasia|Damkarmat, 22\.46|22 Nov, 22\.41"
    r"|pohon besar timpa kabel, ada percikan"
)
#: Attributes that are read out or shown.
READ_ATTRIBUTES = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description"})
#: Blocks and macros of which a page makes classes and attributes, not text.
INSIDE_TAGS = re.compile(
    r"\{% block body_(?:class|attributes) %\}.*?\{% endblock %\}|\{% macro (?:look|described)\(.*?\{% endmacro %\}", re.DOTALL
)
#: Elements whose text is not language.
SPEECHLESS = frozenset({"code", "kbd", "script", "style", "svg"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

PLACEHOLDERS = re.compile(r"\{\w*\}|%\(\w+\)[sd]|%[sd]")
Key = tuple[str | None, str]


@cache
def extracted() -> dict[Key, str]:
    """What extraction finds with the project's own mapping: context and text → the first place it stands in."""
    told = ConfigParser()
    told.read(HOUSE / "babel.cfg")
    methods, options = [], {}
    for section in told.sections():
        method, pattern = section.split(":", 1)
        methods.append((pattern.strip(), method.strip()))
        options[pattern.strip()] = dict(told[section])
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "_lazy": None}
    found: dict[Key, str] = {}
    for path, line, text, _, context in extract_from_dir(HOUSE / "tanggap", methods, options, keywords):
        assert isinstance(text, str), f"plural forms are not supported: {path}:{line}"
        found.setdefault((context, text), f"{path}:{line}")
    return found


@cache
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file)


def translation(key: Key) -> str:
    context, text = key
    entry = english().get(text, context)
    return str(entry.string) if entry and not entry.fuzzy else ""


def test_every_text_has_an_english_translation() -> None:
    missing = {where: text for (context, text), where in extracted().items() if not translation((context, text))}
    assert not missing, "run `make messages`, then translate what is empty"


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    gone = [str(entry.id) for entry in english() if entry.id and (entry.context, str(entry.id)) not in extracted()]
    assert not gone, "run `make messages`"


def test_placeholders_are_the_same_in_both_languages() -> None:
    unlike = [
        (key[1], said)
        for key in extracted()
        if (said := translation(key)) and sorted(PLACEHOLDERS.findall(key[1])) != sorted(PLACEHOLDERS.findall(said))
    ]
    assert not unlike


def test_a_translation_ends_as_its_source_does() -> None:
    """Sentences stay sentences; «Tiba:» is cut at its colon, and what stops before «KDI-0042» must not gain a full stop."""
    unlike = [(key[1], said) for key in extracted() if (said := translation(key)) and _ending(key[1]) != _ending(said)]
    assert not [pair for pair in unlike if pair not in {("Ditanyakan ke", "Asked:")}]


def _ending(text: str) -> str:
    return text[-1] if text[-1] in ".:,;?…»" else ""


def test_a_text_may_mean_different_things_in_different_places() -> None:
    assert i18n.translator("en")("Masuk") == "Sign in"
    assert i18n.translator_in_context("en")("queue", "Masuk") == "Incoming"
    assert i18n.translator_in_context("id")("queue", "Masuk") == "Masuk"
    assert i18n.translator_in_context("en")("nowhere", "Masuk") == "Masuk"


class _Reader(HTMLParser):
    """Collects the words of a page that stand in its source as they are, rather than through the catalogue."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in READ_ATTRIBUTES:
                self._note(value or "")
        if tag not in VOID:
            self._open.append((tag, tag in SPEECHLESS or any(name == "lang" and tag != "html" for name, _ in attributes)))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if not any(speechless for _, speechless in self._open):
            self._note(data)

    def _note(self, text: str) -> None:
        said = GALLERY_SAID.sub("", text)
        if words := [word for word in re.findall(r"[^\W\d_]+", said.replace("x1", " ")) if word not in PROPER]:
            self.found.append(" ".join(words))


def _markup(source: str) -> Iterator[str]:
    """The template without its statements; a sign stands for each expression."""
    for _, kind, value in environment().lex(INSIDE_TAGS.sub("", source)):
        if kind == "data":
            yield value
        elif kind == "variable_begin":
            yield "x1"


@pytest.mark.parametrize("name", sorted(set(environment().list_templates()) - DEVELOPERS))
def test_no_text_of_a_page_escapes_the_catalogue(name: str) -> None:
    reader = _Reader()
    reader.feed("".join(_markup((TEMPLATES / name).read_text())))
    reader.close()
    assert not reader.found, "wrap it: {{ _(…) }}"


def test_the_reader_of_pages_finds_what_is_not_wrapped() -> None:
    reader = _Reader()
    reader.feed("".join(_markup('<p title="Judul">Tanggap {{ _("Peta") }} <b>112 Kirim</b></p>{# x #}<code>curl</code>')))
    assert reader.found == ["Judul", "Kirim"]


def test_every_template_can_be_read_for_extraction() -> None:
    """Extraction with `silent` would pass over a page that it cannot parse."""
    for name in environment().list_templates():
        try:
            environment().parse((TEMPLATES / name).read_text())
        except jinja2.TemplateSyntaxError as error:
            pytest.fail(f"{name}: {error}")
    told = ConfigParser()
    told.read(HOUSE / "babel.cfg")
    jinja_section = next(section for section in told.sections() if section.startswith("jinja2"))
    assert told[jinja_section]["silent"] == "false"
    assert set(told[jinja_section]["extensions"].split()) == {"jinja2.ext.do"}
