"""A small XML document as a tree, read by the standard library's expat with everything forbidden that could hurt.

No document type, no entities, no processing beyond the text: so neither «billion laughs» nor a file of this machine can come in.
"""

from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

import msgspec

#: Largest document, characters; a location is a few kilobytes.
LARGEST: Final = 200_000
DEEPEST: Final = 60
MOST_NODES: Final = 5_000
_BETWEEN: Final = "\x1f"


class NotXml(Exception):  # noqa: N818 - it says what happened, as the other refusals of the house do
    """It is no XML that is read here; the message says why."""


class Node(msgspec.Struct):
    """One element: its namespace, its name, what stands in it."""

    space: str
    name: str
    attributes: dict[str, str]
    children: list["Node"]
    text: str = ""

    def find(self, name: str) -> "Node | None":
        """The first child of that name, in any namespace."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> "Iterator[Node]":
        """Every element of that name below this one, in the document's order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def said(self, name: str) -> str:
        """The text of the first child of that name, or nothing."""
        child = self.find(name)
        return child.text.strip() if child else ""


def read_xml(text: str) -> Node:
    """The root of a document. Raises NotXml."""
    if len(text) > LARGEST:
        raise NotXml("too_large")
    builder = _Builder()
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=_BETWEEN)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.words
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.ExternalEntityRefHandler = builder.refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise NotXml("not_xml") from error
    if builder.root is None:
        raise NotXml("not_xml")
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(_BETWEEN)
        node = Node(space, local, {key.rpartition(_BETWEEN)[2]: value for key, value in attributes.items()}, [])
        self._count += 1
        if self._count > MOST_NODES or len(self._open) >= DEEPEST:
            raise NotXml("too_large")
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def words(self, text: str) -> None:
        self._open[-1].text += text

    def refuse(self, *_said: Any) -> int:
        raise NotXml("doctype")
