"""The processes of the edge, for the supervisor: started where they can be, else one line says why not."""

import socket
import sys
from collections.abc import Callable

from tanggap.platform.settings import Settings
from tanggap.platform.supervisor import Child
from tanggap.telephony.edge import render as edge
from tanggap.telephony.settings import TelephonySettings, telephony_settings


def voice(settings: Settings, say: Callable[[str], None]) -> tuple[list[Child], list[Child]]:
    """Kamailio and rtpengine, which need nothing of ours; and the decider, which needs the database. Both empty: calls by hand.

    Raises:
        SettingsError: `telephony.toml` is malformed.
    """
    if settings.telephony == "off":
        return [], []
    telephony = telephony_settings(settings)
    if absent := edge.missing():
        say(
            f"Calls are taken by hand: {' and '.join(absent)} not installed"
            " (`tanggap telephony install` as root, then start again)."
        )
        return [], []
    if taken := _taken(telephony):
        say(f"Calls are taken by hand: port {taken} of {telephony.host} is taken (another port: telephony.toml).")
        return [], []
    rendered = edge.render(settings, telephony)
    say(f"Calls to 112 come in on sip:{telephony.host}:{telephony.sip_port}.")
    return (
        [
            Child("rtpengine", rendered.rtpengine[1:], rendered.rtpengine[0], is_first=True),
            Child("kamailio", carried(rendered, telephony)[1:], sys.executable, is_first=True),
        ],
        [Child("decider", ("telephony", "decide"), is_first=True)],
    )


def carried(rendered: edge.Rendered, telephony: TelephonySettings) -> tuple[str, ...]:
    """The command that starts Kamailio when rtpengine is there: one that asks too early keeps the refusal for its first call."""
    return (sys.executable, "-m", "tanggap.telephony.edge.carry", str(telephony.media_port), *rendered.kamailio)


def _taken(telephony: TelephonySettings) -> int | None:
    """The first port that somebody else listens on."""
    wanted = [
        (telephony.host, telephony.sip_port, socket.SOCK_DGRAM),
        (telephony.host, telephony.sip_port, socket.SOCK_STREAM),
        (telephony.host, telephony.ws_port, socket.SOCK_STREAM),
        ("127.0.0.1", telephony.decider_port, socket.SOCK_STREAM),
        ("127.0.0.1", telephony.media_port, socket.SOCK_DGRAM),
    ]
    for host, port, kind in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return port
    return None
