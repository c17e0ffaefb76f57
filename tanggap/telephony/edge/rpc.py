"""Asking Kamailio how it is: its JSON-RPC over a Unix socket beside its configuration."""

import itertools
import os
import socket
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec

PATIENCE_S: Final = 1.0
_numbers = itertools.count(1)


class EdgeSilent(Exception):  # noqa: N818 - the house names what happened
    """Kamailio does not run, or does not know what it was asked."""


def ask(folder: Path, method: str, *params: Any) -> Any:
    """What Kamailio answers to a question. `folder`: that of its configuration.

    Raises:
        EdgeSilent: no answer in time, or a refusal.
    """
    with tempfile.TemporaryDirectory(prefix="tanggap-rpc-") as own, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(PATIENCE_S)
        line.bind(os.path.join(own, "answer"))
        question = {"jsonrpc": "2.0", "id": next(_numbers), "method": method, "params": list(params)}
        try:
            line.sendto(msgspec.json.encode(question), str(folder / "rpc"))
            told = msgspec.json.decode(line.recv(65_536))
        except (OSError, msgspec.DecodeError) as error:
            raise EdgeSilent(f"{method}: {error}") from error
    if not isinstance(told, dict) or "result" not in told:
        raise EdgeSilent(f"{method}: {told}")
    return told["result"]
