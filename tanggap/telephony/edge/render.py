"""The edge's configuration, made from its templates: `kamailio.cfg`, `rtpengine.conf`, the trunks' list, and TLS.

Kamailio's language uses braces and dollars, so the templates speak with « << >> » and « <% %> » instead. Every value has passed
the narrow shapes of `telephony.settings` before it comes here.
"""

import glob
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec

from tanggap.platform.settings import LOCAL_HOSTS, Settings, SettingsError
from tanggap.telephony.credentials import DESK_LASTS, load_secret
from tanggap.telephony.settings import WS_PATH, TelephonySettings, Trunk, recordings_folder, secret_path

TEMPLATES: Final = Path(__file__).parent
PACKAGES: Final = (
    "kamailio", "kamailio-json-modules", "kamailio-websocket-modules", "kamailio-tls-modules", "kamailio-extra-modules",
    "kamailio-utils-modules", "rtpengine-daemon", "espeak-ng",
)  # fmt: skip
#: Without trunks of its own, a demonstration takes calls from any softphone on the same machine.
DEMO_TRUNK: Final = Trunk("lokal", "127.0.0.1", 5099, outgoing=False)
WORKERS: Final = 4
#: Phones that ring at once while nobody decides: a call has 30 branches, and the wait before may have cost it some.
MOST_AT_ONCE: Final = 24
PATHS: Final = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"
#: Shared and private memory of Kamailio, MB: a held call takes about 30 kB.
SHARED_MB: Final = 128
PRIVATE_MB: Final = 16


class Rendered(msgspec.Struct, frozen=True):
    """Where the configuration stands, and the commands that run the edge."""

    folder: Path
    kamailio: tuple[str, ...]
    rtpengine: tuple[str, ...]


def program(name: str) -> str | None:
    """Where a program of the edge is installed."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{PATHS}")


def missing() -> list[str]:
    """The programs of the edge that are not there."""
    return [name for name in ("kamailio", "rtpengine") if program(name) is None]


def render(settings: Settings, telephony: TelephonySettings) -> Rendered:
    """Write the configuration below the data folder, readable by its owner only (it holds the phones' secret).

    Raises:
        SettingsError: Kamailio's modules or a trunk's address cannot be found.
    """
    folder = settings.home / "telephony"
    recordings = recordings_folder(settings, telephony)
    for needed in (folder, recordings):
        needed.mkdir(parents=True, exist_ok=True, mode=0o700)
        needed.chmod(0o700)
    trunks = trunks_of(telephony)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), variable_start_string="<<", variable_end_string=">>",
        block_start_string="<%", block_end_string="%>", comment_start_string="<#", comment_end_string="#>",
        trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False,  # noqa: S701 - no HTML
    )  # fmt: skip
    values = _values(settings, telephony, trunks, folder, recordings)
    for name in ("kamailio.cfg", "rtpengine.conf"):
        _write(folder / name, environment.get_template(name).render(values))
    _write(folder / "dispatcher.list", dispatcher_list(trunks))
    if telephony.tls_port or any(trunk.transport == "tls" for trunk in trunks):
        _write(folder / "tls.cfg", tls_config(telephony))
    kamailio = (
        program("kamailio") or "kamailio", "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-m", str(SHARED_MB), "-M",
        str(PRIVATE_MB), "-Y", str(folder), "-P", str(folder / "kamailio.pid"),
    )  # fmt: skip
    rtpengine = (program("rtpengine") or "rtpengine", f"--config-file={folder / 'rtpengine.conf'}")
    return Rendered(folder, kamailio, rtpengine)


def check(rendered: Rendered) -> str:
    """What Kamailio says against its configuration; empty when nothing."""
    kamailio = rendered.kamailio
    done = subprocess.run(  # noqa: S603 - our own command
        [kamailio[0], "-c", "-f", kamailio[2], "-Y", str(rendered.folder)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return "" if done.returncode == 0 else (done.stderr or done.stdout)


def trunks_of(telephony: TelephonySettings) -> tuple[Trunk, ...]:
    """The trunks with every address from which their calls come, as networks."""
    given = telephony.trunks
    if not given and telephony.host in LOCAL_HOSTS:
        given = (DEMO_TRUNK,)
    return tuple(msgspec.structs.replace(trunk, sources=tuple(_sources(trunk))) for trunk in given)


def destination(trunk: Trunk) -> str:
    """A trunk's SIP address, as Kamailio's list has it."""
    return f"sip:{_bracketed(trunk.host)}:{trunk.port};transport={trunk.transport}"


def dispatcher_list(trunks: Sequence[Trunk]) -> str:
    """Kamailio's list of destinations: set 1 for calls out, by order; every trunk is asked by OPTIONS whether it lives."""
    lines = [f"1 {destination(trunk)} 0 {len(trunks) - n}" for n, trunk in enumerate(trunks) if trunk.outgoing]
    lines += [
        f"2 {destination(trunk)} 0 0"
        for trunk in trunks
        if not trunk.outgoing and trunk != DEMO_TRUNK and trunk.name != DEMO_TRUNK.name
    ]
    return "\n".join(lines or ["9 sip:127.0.0.1:9 4 0"]) + "\n"


def tls_config(telephony: TelephonySettings) -> str:
    """TLS 1.2 and newer; trunks' certificates are checked against the machine's authorities."""
    server = f"certificate = {telephony.tls_certificate}\nprivate_key = {telephony.tls_key}\n" if telephony.tls_port else ""
    return (
        f"[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\n{server}\n"
        "[client:default]\nmethod = TLSv1.2+\nverify_certificate = yes\nrequire_certificate = yes\n"
        "ca_list = /etc/ssl/certs/ca-certificates.crt\n"
    )


def _values(
    settings: Settings, telephony: TelephonySettings, trunks: Sequence[Trunk], folder: Path, recordings: Path
) -> dict[str, Any]:
    modules = sorted(glob.glob("/usr/lib/*/kamailio/modules/") + glob.glob("/usr/lib*/kamailio/modules/"))
    if not modules:
        raise SettingsError("Kamailio is not installed; run `tanggap telephony install` as root, or see docs/admin/telephony.md.")
    has_way_out = any(trunk.outgoing for trunk in trunks)
    return msgspec.structs.asdict(telephony) | {
        "workers": WORKERS,
        "most_at_once": MOST_AT_ONCE,
        "modules": modules[0],
        "run": folder,
        "recordings": recordings,
        "ws_path": WS_PATH,
        "desk_lasts_s": int(DESK_LASTS.total_seconds()),
        "secret": load_secret(secret_path(settings)),
        "trunks": trunks,
        "numbers": "|".join(number.replace("+", r"\+") for number in telephony.numbers),
        "emergency_fallback": telephony.emergency_fallback if has_way_out else "",
        "contact": f"{_bracketed(telephony.advertised or telephony.host)}:{telephony.sip_port}",
        "needs_tls": any(trunk.transport == "tls" for trunk in trunks),
    }


def _sources(trunk: Trunk) -> list[str]:
    found = list(trunk.sources)
    try:
        found += sorted({str(one[4][0]) for one in socket.getaddrinfo(trunk.host, None, type=socket.SOCK_DGRAM)})
    except OSError as error:
        if not found:
            raise SettingsError(
                f"The trunk {trunk.name} is at {trunk.host}, which cannot be found; write its addresses into `sources`."
            ) from error
    return [source if "/" in source else f"{source}/{32 if ip_address(source).version == 4 else 128}" for source in found]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _write(path: Path, text: str) -> None:
    """Put a file in place whole, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
