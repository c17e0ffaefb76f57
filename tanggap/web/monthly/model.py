"""What a printed report is made of: blocks that hold every word and number, ready to be laid out as a page or as PDF."""

import msgspec


class Lines(msgspec.Struct, frozen=True, tag="lines"):
    """Sentences, one below the other."""

    lines: list[str]
    title: str = ""


class Note(msgspec.Struct, frozen=True, tag="note"):
    """A remark in small letters."""

    text: str


class Tile(msgspec.Struct, frozen=True):
    """One number that is looked at first, with what it was before."""

    value: str
    label: str
    beside: str = ""


class Tiles(msgspec.Struct, frozen=True, tag="tiles"):
    """The month's few great numbers."""

    tiles: list[Tile]


class Bar(msgspec.Struct, frozen=True):
    """One bar: its share of the longest from 0 to 1, the same for the month before (a mark; None: not known), and its numbers."""

    label: str
    length: float
    mark: float | None
    cells: list[str]
    beside: str = ""


class Bars(msgspec.Struct, frozen=True, tag="bars"):
    """Counts as bars, each with its numbers in the columns `heads`."""

    caption: str
    legend: str  # what the mark means, above the bars
    heads: list[str]
    bars: list[Bar]


class Hours(msgspec.Struct, frozen=True, tag="hours"):
    """A day in 24 columns: each column's share of the highest, and its number."""

    caption: str
    heights: list[float]
    numbers: list[str]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows of words and numbers; `numeric` columns stand to the right. `heat` shades a cell from 0 (not) to 5."""

    caption: str
    heads: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    heat: list[list[int]] = []
    widths: list[float] = []  # relative, empty: by their content


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """A drawing as SVG, with what it shows in words for who cannot see it."""

    caption: str
    svg: str
    alt: str


class Pair(msgspec.Struct, frozen=True, tag="pair"):
    """Two things side by side where there is room."""

    left: "list[Block]"
    right: "list[Block]"


Block = Lines | Note | Tiles | Bars | Hours | Table | Picture | Pair


class Section(msgspec.Struct, frozen=True):
    """A heading, what it answers, and what stands below."""

    title: str
    question: str
    blocks: list[Block]
    starts_page: bool = False


class Document(msgspec.Struct, frozen=True):
    """A whole report."""

    language: str
    city: str
    title: str
    subtitle: str
    header: str  # on every page, with the page's number
    source: str  # on every page
    page_words: str  # «halaman {n} dari {all}»
    warning: str  # above everything, '' when there is nothing to warn of
    sections: list[Section]
