"""Child processes that end with their parent, so that a killed supervisor leaves no orphan behind."""

import asyncio
import os
import resource
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

#: The nice value of what a caller waits for.
BEFORE_OTHERS: Final = -10


@cache
def _setpriv() -> str | None:
    return shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")


def tied(command: Sequence[str], signal_name: str = "KILL") -> list[str]:
    """The command, run so that the kernel sends it `signal_name` when the thread that started it is gone.

    util-linux's `setpriv` sets this (PR_SET_PDEATHSIG) and then becomes the command, with the same process id;
    where it is missing, the command runs untied.
    """
    setpriv = _setpriv()
    return [setpriv, "--pdeathsig", signal_name, *command] if setpriv else list(command)


def before_others(command: Sequence[str]) -> list[str]:
    """The command, run so that its processes have the cores before ours of usual priority, where we may say so.

    By `nice`, which becomes the command, with the same process id. A plain user may say so only with the right to (RLIMIT_NICE,
    which counts from 20 downwards); else the command runs like any other.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NICE)
    may = os.geteuid() == 0 or limit == resource.RLIM_INFINITY or limit >= 20 - BEFORE_OTHERS
    nice = shutil.which("nice") if may else None
    return [nice, "-n", str(BEFORE_OTHERS), *command] if nice else list(command)


async def done_aside(module: str, task: bytes, environ: Mapping[str, str] | None = None) -> str | None:
    """Have one of our modules do a task in a process of its own, which reads it from its standard input.

    Returns what went wrong, in its last words; None when it is done. Whoever is cancelled meanwhile takes the process along.
    """
    process = await asyncio.create_subprocess_exec(
        *tied([sys.executable, "-m", module]), env=environ,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, errors = await process.communicate(task)
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode == 0:
        return None
    return errors.decode(errors="replace").strip().rpartition("\n")[2] or f"exit code {process.returncode}"
