"""The monthly report as PDF: typst lays out `report.typ`, without the network and without the machine's fonts.

The document goes in as JSON, so that no word of it is ever read as markup. The result is PDF/UA-1: tagged, so that a screen
reader can read it. typst keeps what it has laid out for the next time, some 200 MB of it, and takes every core it finds: so a
process that serves pages runs this file as a child, see `printing.py`; a command just calls it.
"""

import os
import sys
from pathlib import Path

import typst

LAYOUT = Path(__file__).with_name("report.typ")
#: How far a child steps back behind the pages and calls of 112.
NICE = 10


def typeset(document: bytes) -> bytes:
    """The PDF of a document that was encoded as JSON."""
    made = typst.compile(
        LAYOUT.read_bytes(),
        sys_inputs={"document": document.decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        format="pdf",
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


def main() -> None:
    """As a child: the document comes in at standard input, the PDF goes out at standard output."""
    os.nice(NICE)
    sys.stdout.buffer.write(typeset(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
