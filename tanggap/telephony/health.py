"""How voice is, for `tanggap doctor`: the edge, who decides, the trunks, certificates, the recordings' folder."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography import x509

from tanggap.platform.settings import Settings
from tanggap.telephony.edge import render as edge
from tanggap.telephony.edge import rpc
from tanggap.telephony.edge.media import answers
from tanggap.telephony.settings import TelephonySettings, recordings_folder, telephony_settings

#: How long rtpengine is waited for, seconds.
PATIENCE_S: Final = 1.0
#: A certificate that is over sooner than this wants a new one.
RENEW_WITHIN: Final = timedelta(days=14)


class TrunkHealth(msgspec.Struct, frozen=True):
    """Whether an operator's line answers OPTIONS."""

    name: str
    answers: bool | None  # None: it was not asked yet


async def voice_health(settings: Settings, now: datetime) -> tuple[bool, str]:
    """Whether calls can come in and go out, and in one sentence what is wrong or how it is."""
    if settings.telephony == "off":
        return True, "voice is left out (TANGGAP_TELEPHONY=off); calls are taken by hand"
    if absent := edge.missing():
        return True, f"calls are taken by hand: {' and '.join(absent)} not installed"
    telephony = telephony_settings(settings)
    wrong = [*_certificate(telephony, now), *_folder(recordings_folder(settings, telephony))]
    if not await answers(telephony.media_port, PATIENCE_S):
        wrong.append("rtpengine does not answer: calls would have no audio")
    folder = settings.home / "telephony"
    try:
        leads = await asyncio.to_thread(rpc.ask, folder, "pv.shvGet", "lead")
        listed = await asyncio.to_thread(rpc.ask, folder, "dispatcher.list")
    except rpc.EdgeSilent:
        return False, "; ".join(["Kamailio does not answer: no call comes in; is `tanggap up` running?", *wrong])
    if _number(leads) < 0:
        wrong.append("no decider leads: every phone rings for every call")
    trunks = trunks_in(listed, telephony)
    dead = [trunk.name for trunk in trunks if trunk.answers is False]
    if dead:
        wrong.append(f"no answer to OPTIONS from the trunk {', '.join(dead)}: no calls out that way")
    if wrong:
        return False, "; ".join(wrong)
    named = ", ".join(f"{trunk.name} {'answers' if trunk.answers else 'not asked yet'}" for trunk in trunks) or "none"
    return True, f"Kamailio, rtpengine and a decider answer; trunks: {named}"


def trunks_in(listed: Any, telephony: TelephonySettings) -> list[TrunkHealth]:
    """What Kamailio's list of destinations says of each trunk: flags A(ctive), I(nactive), P(robed), X (not asked yet)."""
    flags = {
        str(target["DEST"]["URI"]): str(target["DEST"]["FLAGS"])
        for record in listed.get("RECORDS", [])
        for target in record["SET"]["TARGETS"]
    }
    found = []
    for trunk in telephony.trunks:
        said = flags.get(edge.destination(trunk))
        found.append(TrunkHealth(trunk.name, None if said is None or said.endswith("X") else said.startswith("A")))
    return found


def _certificate(telephony: TelephonySettings, now: datetime) -> list[str]:
    if not telephony.tls_port:
        return []
    try:
        made = x509.load_pem_x509_certificate(Path(telephony.tls_certificate).read_bytes())
    except (OSError, ValueError) as error:
        return [f"the certificate {telephony.tls_certificate} cannot be read: {error}"]
    left = made.not_valid_after_utc - now
    if left < timedelta(0):
        return [f"the certificate {telephony.tls_certificate} is over: no SIP over TLS"]
    return [f"the certificate {telephony.tls_certificate} is over in {left.days} days"] if left < RENEW_WITHIN else []


def _folder(folder: Path) -> list[str]:
    return [] if not folder.exists() or os.access(folder, os.W_OK | os.X_OK) else [f"nobody can record into {folder}"]


def _number(told: Any) -> int:
    return int(told["value"]) if isinstance(told, dict) and str(told.get("value", "")).lstrip("-").isdigit() else -1
