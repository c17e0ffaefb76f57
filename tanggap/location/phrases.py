"""Stage 2: the words split into the places they name, how the event lies beside each, and what finds no place.

«dpn lippo plaza dkt lampu merah wua2» names Lippo Plaza (in front of it) and, as a narrowing, the traffic light of Wua-Wua.
Nothing is decided here: a piece may still turn out to be two names, or none.
"""

import re
from collections.abc import Sequence

import msgspec

from tanggap.location.model import Relation
from tanggap.location.spelling import COLOURS, COMMA, CORRECTIONS, DASH, DENIALS, JOINS, WORDS, Token, tokens

#: Words that open a narrowing: «smp 5 yang di Anduonohu».
_NARROWING = frozenset({"yang", "yg"})
#: Words between what happened and where.
_BEFORE_PLACES = frozenset({"di", "ke", "dari"})
#: A number after one of these kinds is the school's: «smp nomor 5».
_NUMBERED = frozenset({"sd", "smp", "sma", "smk", "mts", "ma", "mi", "tk", "school", "status"})
_UNITS = {"meter": 1.0, "m": 1.0, "mtr": 1.0, "km": 1000.0}
_JUNCTION = "simpang"
#: Relations that are names of streets after «jalan», and those that are borders only where nothing was named before them.
_OF_STREETS = frozenset({"poros", "tembus", "tembusan"})
_BORDERS = frozenset({"perbatasan", "batas"})
#: «Warung Bukan Rahasia»: after these a denial is a name.
_NAMED_SO = frozenset({"eatery", "shop"})
_PAIRED = (Relation.BETWEEN, Relation.JUNCTION)
_BLOCK = re.compile(r"[a-z]{1,2}|\d{1,4}")


class Piece(msgspec.Struct, frozen=True):
    """A stretch of words between two markers; it may name a place."""

    tokens: tuple[Token, ...]
    relation: Relation
    distance_m: float | None = None
    is_target: bool = True  # False: it only narrows («yang di …») or gives a direction («arah …»)
    unless: tuple[Token, ...] = ()  # this reading holds only where these words before it name no place: «bau gas di …»

    @property
    def has_content(self) -> bool:
        """Whether it has a word that may find a place."""
        return any(not token.is_filler for token in self.tokens)


class Phrases(msgspec.Struct, frozen=True):
    """The words taken apart."""

    pieces: tuple[Piece, ...]
    pairs: tuple[tuple[Piece, Piece], ...]  # the readings of «antara A dan B»: each place where A may end
    details: dict[str, str]
    fillers: tuple[str, ...]


def understand(said: str) -> Phrases:
    """Split what was said. An answer for any text, in time proportional to its length."""
    rest, details = _details(tokens(said))
    rest, distance = _distance(rest)
    pieces = _with_events(_with_narrowings(_pieces(_undenied(rest), distance)))
    pairs: list[tuple[Piece, Piece]] = []
    single: list[Piece] = []
    for piece in pieces:
        if piece.relation in _PAIRED:
            pairs += _readings(piece)
        single.append(piece)
    fillers = tuple(token.said for token in rest if token.is_filler)
    return Phrases(tuple(single), tuple(pairs), details, fillers)


def _details(found: Sequence[Token]) -> tuple[list[Token], dict[str, str]]:
    """Take out house number, block, RT and RW, floor: the crew needs them, no place is found by them."""
    rest: list[Token] = []
    details: dict[str, str] = {}
    at = 0
    while at < len(found):
        name = WORDS.details.get(found[at].text) or _lane(found, at)
        end = at + 1
        while name and end < len(found) and end <= at + 2 and _BLOCK.fullmatch(found[end].text) and not _is_marker(found[end]):
            end += 1
            if name not in ("block",):
                break
        if name == "colour":
            end = at + 2 if at + 1 < len(found) and found[at + 1].text in COLOURS else at + 1
        if name == "number" and at and end > at + 1 and found[at - 1].kind in _NUMBERED:
            at += 1
        elif name and end > at + 1:
            if name == "colour" and rest and rest[-1].kind == "house":
                rest.pop()
            details.setdefault(name, "".join(token.text for token in found[at + 1 : end]).upper())
            at = end
        else:
            rest.append(found[at])
            at += 1
    return rest, details


def _lane(found: Sequence[Token], at: int) -> str | None:
    """«Jalan Martandu lorong 3»: which lane of what was named before."""
    is_counted = found[at].kind == "lane" and at + 1 < len(found) and found[at + 1].is_number
    return "lane" if is_counted and any(not (token.is_filler or token.kind) for token in found[:at]) else None


def _is_marker(token: Token) -> bool:
    return token.text in WORDS.relations or token.text in WORDS.details or token.is_filler


def _distance(found: Sequence[Token]) -> tuple[list[Token], float | None]:
    """«200 meter dari A»: the number belongs to the way, not to a name."""
    for at in range(len(found) - 1):
        unit = _UNITS.get(found[at + 1].text)
        if found[at].is_number and unit and len(found[at].text) <= 4:
            return [*found[:at], *found[at + 2 :]], float(found[at].text) * unit
    return list(found), None


def _undenied(found: Sequence[Token]) -> list[Token]:
    """Without what the place is not: «di Anawai bukan Anaiwoi»; all of it where nothing else is said."""
    rest: list[Token] = []
    is_denied = has_denied = False
    for at, token in enumerate(found):
        if token.text in DENIALS and (at == 0 or found[at - 1].kind not in _NAMED_SO):
            is_denied, has_denied = True, False
            rest.append(Token(COMMA, token.said))
        elif is_denied:
            is_marker = token.text in WORDS.relations or token.text in _BEFORE_PLACES
            if token.text in CORRECTIONS or token.text == COMMA or (is_marker and has_denied):
                is_denied = False
                rest.append(Token(COMMA, "") if token.text in CORRECTIONS else token)
            has_denied = has_denied or not (token.is_filler or is_marker)
        else:
            rest.append(token)
    said_more = any(not token.is_filler and token.text != COMMA and token.text not in WORDS.relations for token in rest)
    return rest if said_more else [token for token in found if token.text not in DENIALS]


def _pieces(found: Sequence[Token], distance_m: float | None) -> list[Piece]:
    pieces: list[Piece] = []
    relation, is_target, current = Relation.AT, True, list[Token]()

    def close() -> None:
        piece = Piece(tuple(current), _kind_of(relation, current), distance_m if not pieces else None, is_target)
        if piece.has_content:
            pieces.append(piece)
        current.clear()

    for at, token in enumerate(found):
        follows = found[at + 1] if at + 1 < len(found) else None
        marked = _marked(token, current, follows)
        if marked == "between" and any(one.text == _JUNCTION for one in current) and _says_only_junction(current):
            current.clear()
            relation, is_target = Relation.JUNCTION, True
        elif marked == "between" or (marked is None and token.text == COMMA and relation not in _PAIRED):
            close()
            relation, is_target = (Relation.BETWEEN if marked else Relation.AT), True
        elif marked is not None:
            close()
            is_target = marked != "towards" or not pieces
            relation = Relation.ALONG if marked == "towards" and pieces else _relation(marked)
        elif token.text in _NARROWING and any(not one.is_filler for one in current):
            close()
            relation, is_target = Relation.AT, False
        elif token.text != COMMA:
            current.append(token)
        elif current and follows is not None and (follows.kind != "area" or current[0].kind == "area"):
            current.append(Token(DASH, ""))  # «antara A, B»
    close()
    return pieces


def _marked(token: Token, current: Sequence[Token], follows: Token | None) -> str | None:
    """The relation that a word opens; none where it stands in a name."""
    if token.text in _OF_STREETS and current and current[-1].text == "jalan":
        return None  # «Jalan Poros Moramo» is its name
    if (
        token.text in _BORDERS
        and current
        and current[-1].text not in _BEFORE_PLACES
        and not all(one.is_filler for one in current)
    ):
        return None  # «Toko Perbatasan»
    if token.text == "batas" and (follows is None or follows.kind != "area"):
        return None
    return WORDS.relations.get(token.text)


def _says_only_junction(current: Sequence[Token]) -> bool:
    return all(token.is_filler or token.text == _JUNCTION for token in current)


def _with_narrowings(pieces: Sequence[Piece]) -> list[Piece]:
    """«kopi kenangan yang di Rabam»: the narrowing may belong to the name, so both together are a reading too."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.is_target and piece.relation is Relation.AT and found and found[-1].is_target:
            before = found[-1]
            found.insert(0, Piece((*before.tokens, *piece.tokens), before.relation, before.distance_m))
        found.append(piece)
    return found


def _with_events(pieces: Sequence[Piece]) -> list[Piece]:
    """«kabel putus di Anawai»: what stands before «di» may tell the event, so what stands after it alone is a reading too."""
    found: list[Piece] = []
    for piece in pieces:
        found.append(piece)
        at = next((at for at in range(len(piece.tokens) - 1, 0, -1) if piece.tokens[at].text in _BEFORE_PLACES), 0)
        before, after = piece.tokens[:at], piece.tokens[at + 1 :]
        tells = any(not token.is_filler for token in before) and not any(
            token.is_number or token.kind not in (None, "house") for token in before
        )
        if at and piece.is_target and piece.relation is Relation.AT and tells and Piece(after, piece.relation).has_content:
            found.append(Piece(after, piece.relation, piece.distance_m, unless=before))
    return found


def _relation(marked: str) -> Relation:
    return Relation.AT if marked == "towards" else Relation(marked)


def _kind_of(relation: Relation, current: Sequence[Token]) -> Relation:
    """«perempatan A – B» is a pair like «antara A dan B», when there is a second place after a dash or «dan»."""
    names_two = any(token.text in JOINS or token.text == DASH for token in current[1:-1])
    if relation is Relation.AT and names_two and any(token.text == _JUNCTION for token in current[:2]):
        return Relation.JUNCTION
    return relation


def _readings(piece: Piece) -> list[tuple[Piece, Piece]]:
    """Every place where the first name may end. A dash counts like «dan» where no «dan» does; else the same kind said again."""
    said = piece.tokens
    start = next((at + 1 for at, token in enumerate(said) if token.text == _JUNCTION), 0)
    start = start if piece.relation is Relation.JUNCTION else 0
    kind = said[start].kind if start < len(said) else None
    ends = (
        [(at, at + 1) for at, token in enumerate(said) if token.text in JOINS]
        or [(at, at + 1) for at, token in enumerate(said) if token.text == DASH]
        or [(at, at) for at, token in enumerate(said) if at > start + 1 and kind is not None and token.kind == kind]
    )
    found = []
    for end, begin in ends[:3]:
        one = Piece(said[start:end], piece.relation, piece.distance_m)
        two = Piece(said[begin:], piece.relation)
        if one.has_content and two.has_content:
            found.append((one, two))
    return found
