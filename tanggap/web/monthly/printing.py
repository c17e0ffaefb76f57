"""Making a report beside the event loop: contents in a thread, the PDF in a child process that gives its memory back."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import msgspec

from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_
from tanggap.platform.logs import Log
from tanggap.web.monthly.model import Document

log = Log("monthly")

#: One of each at a time in a process: a second one waits, and the pages of 112 keep their core.
WRITING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="monthly")
PRINTING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="monthly-pdf")
#: Even a slow machine lays out five pages in some seconds.
PATIENCE_S = 120
#: With one thread a child uses one core; a second would be taken from the pages.
ONE_CORE = {"RAYON_NUM_THREADS": "1"}

Made = TypeVar("Made")


class NotPrinted(TanggapRefusal):
    """The child that lays out the PDF failed, or took too long."""

    slug = "not-printed"
    sentence = N_("PDF tidak dapat dibuat sekarang. Coba lagi sebentar, atau unduh HTML lalu cetak dari peramban.")


async def beside(make: Callable[[], Made]) -> Made:
    """Run what takes some hundredths of a second beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(WRITING, make)


async def printed(document: Document) -> bytes:
    """The PDF of a document.

    Raises:
        NotPrinted: it could not be made.
    """
    return await asyncio.get_running_loop().run_in_executor(PRINTING, partial(_in_a_child, msgspec.json.encode(document)))


def _in_a_child(document: bytes) -> bytes:
    command = [sys.executable, "-m", "tanggap.web.monthly.typesetting"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=document, capture_output=True, timeout=PATIENCE_S, check=True, env=os.environ | ONE_CORE
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""
        log.error("the monthly report was not printed", kind=type(error).__name__, said=said[-500:].decode(errors="replace"))
        raise NotPrinted from error
    return done.stdout
