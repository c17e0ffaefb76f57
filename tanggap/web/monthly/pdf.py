"""The monthly report as PDF: typst lays it out, in the process, without the network and without the machine's fonts.

The document goes in as JSON, so that no word of it is ever read as markup. The result is PDF/UA-1: tagged, readable by a screen
reader. Laying out takes a fraction of a second and does not hold the interpreter, so it runs in a thread beside the event loop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec
import typst

from tanggap.web.monthly.model import Document

LAYOUT = Path(__file__).with_name("report.typ")
#: One report at a time in a process: a second one waits, and the pages of 112 keep their core.
BESIDE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="monthly")

Made = TypeVar("Made")


async def beside(make: Callable[[], Made]) -> Made:
    """Run what takes a while beside the event loop, one at a time."""
    return await asyncio.get_running_loop().run_in_executor(BESIDE, make)


def pdf_of(document: Document) -> bytes:
    """The report as the bytes of a PDF. Takes a fraction of a second of one core."""
    said = msgspec.json.encode(document).decode()
    made = typst.compile(
        LAYOUT.read_bytes(), sys_inputs={"document": said}, ignore_system_fonts=True, pdf_standards=["ua-1"], format="pdf"
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made
