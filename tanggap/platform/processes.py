"""Child processes that end with their parent, so that a killed supervisor leaves no orphan behind."""

import os
import shutil
from collections.abc import Sequence
from functools import cache


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
