"""Addresses at which agencies and the centre's people can be reached: their shapes, and what is refused."""

import ipaddress
import json
import re
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from tanggap.notification.model import Channel, ContactStep
from tanggap.platform.i18n import N_
from tanggap.platform.numbers import masked_number, normal_number
from tanggap.platform.refusals import Refusal

MAX_NAME = 120
MAX_ADDRESS = 1_000
#: Channels whose addresses are typed by hand. A browser makes its own; a screen needs none.
TYPED = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, Channel.WEBHOOK)
#: E.164 numbers have at most 15 digits; the shortest mobile number of Indonesia has 10 with its 62.
_NUMBER = re.compile(r"[1-9]\d{7,14}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class Contact(msgspec.Struct, frozen=True):
    """An address as lists show it: never the whole of it."""

    id: UUID
    channel: Channel
    address_masked: str
    active: bool
    changed_at: datetime
    name: str = ""
    agency: str | None = None
    step: ContactStep | None = None
    person: UUID | None = None
    locale: str = "id"


class UnfitAddress(Refusal):
    """The address has not the shape that its channel needs."""

    slug = "unfit-address"
    sentence = N_(
        "Alamat ini tidak cocok dengan salurannya: nomor HP untuk SMS dan WhatsApp, alamat surel, atau https:// untuk webhook."
    )


class AddressKnown(Refusal):
    """The same address stands there already."""

    slug = "address-known"
    sentence = N_("Alamat ini sudah terdaftar di tempat yang sama.")


class NameMissing(Refusal):
    """A contact of an agency needs a name by which people know whom they reach."""

    slug = "name-missing"
    sentence = N_("Isi nama atau jabatan kontak ini.")


class UnknownContact(Refusal):
    """No such contact in this city."""

    slug = "not-found"
    sentence = N_("Kontak ini tidak ditemukan.")


def fit_address(channel: Channel, said: str) -> str:
    """An address in the one form in which it is kept.

    Raises:
        UnfitAddress: it has another shape, or it leads to this machine or its network.
    """
    said = said.strip()
    if len(said) > MAX_ADDRESS or not said.isprintable():
        raise UnfitAddress
    if channel in (Channel.SMS, Channel.WHATSAPP):
        number = normal_number(said)
        if re.search(r"[A-Za-z@/]", said) or not number.isascii() or not _NUMBER.fullmatch(number):
            raise UnfitAddress
        return number
    if channel is Channel.EMAIL:
        if not _EMAIL.fullmatch(parseaddr(said)[1]) or not _EMAIL.fullmatch(said):
            raise UnfitAddress
        return said
    if channel is Channel.WEBHOOK and is_public_url(said):
        return said
    if channel is Channel.PUSH:
        return fit_subscription(said)
    raise UnfitAddress


def fit_subscription(said: str) -> str:
    """What a browser gives us to reach it (Push API, PushSubscription.toJSON).

    Raises:
        UnfitAddress.
    """
    try:
        told = json.loads(said)
        kept = {"endpoint": told["endpoint"], "p256dh": told["keys"]["p256dh"], "auth": told["keys"]["auth"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnfitAddress from error
    is_sound = all(isinstance(value, str) for value in kept.values()) and is_public_url(kept["endpoint"])
    if not is_sound or not all(re.fullmatch(r"[A-Za-z0-9_-]{16,120}=*", kept[name]) for name in ("p256dh", "auth")):
        raise UnfitAddress
    return json.dumps(kept, sort_keys=True)


def is_public_url(said: str) -> bool:
    """Whether an address may be called by this machine: https, with a name, which is not this machine's or its network's own.

    A name that leads to a private address after all is the city's own doing: contacts are entered by its coordinator.
    """
    try:
        parts = urlsplit(said)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.username is not None or port == 0 or "." not in host or host.endswith(".localhost"):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(re.fullmatch(r"[A-Za-z0-9.-]{1,253}", host)) and bool(re.search(r"[A-Za-z]", host.rpartition(".")[2]))


def masked(channel: Channel, address: str) -> str:
    """What a list shows of an address."""
    if channel in (Channel.SMS, Channel.WHATSAPP):
        return masked_number(address)
    if channel is Channel.EMAIL:
        name, _, host = address.rpartition("@")
        return f"{name[:2]}…@{host}"
    if channel is Channel.PUSH:
        return str(urlsplit(json.loads(address)["endpoint"]).hostname)
    return f"https://{urlsplit(address).hostname}/…"
