"""The carriers that a city's settings ask for, in their order, with their secrets read."""

from collections.abc import Callable
from datetime import datetime

import httpx

from tanggap.notification.channels import push
from tanggap.notification.channels.email import MailServer
from tanggap.notification.channels.http_sms import HttpSmsGateway
from tanggap.notification.channels.model import Carrier, Keep
from tanggap.notification.channels.push import Browsers
from tanggap.notification.channels.smpp import SmppLine
from tanggap.notification.channels.webhook import Webhooks
from tanggap.notification.channels.whatsapp import WhatsAppCloud
from tanggap.notification.contacts.service import signing_key
from tanggap.notification.settings import HttpSms, Listed, NotificationSettings, Smpp, Smtp, WhatsApp, secret_of
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, SettingsError

log = Log("sending")

#: What the signature of a gateway's address is made for.
GATEWAY = "gateway"


def callback_path(keyring: Keyring, provider: str) -> str:
    """Where a gateway tells us what became of messages, and brings answers: an address that nobody can guess."""
    return f"/gerbang/{provider}/{keyring.sign(GATEWAY, provider)}"


def carriers_of(
    settings: Settings, said: NotificationSettings, keyring: Keyring, keep: Keep, clock: Callable[[], datetime],
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Carrier]:  # fmt: skip
    """Every provider that can be used. One whose secret cannot be read is left out and told of: the others carry on."""
    made: list[Carrier] = []
    for one in said.provider:
        try:
            made.append(_carrier(settings, one, keyring, keep, transport))
        except SettingsError as error:
            log.error("provider cannot be used", provider=one.name, said=str(error))
    contact = said.push_contact or (settings.public_url if settings.secure else "mailto:nobody@localhost")
    made.append(Browsers(push.signing_key(keyring), contact, clock, transport))
    made.append(Webhooks(lambda url: signing_key(keyring, url), clock, transport))
    return made


def _carrier(
    settings: Settings, one: Listed, keyring: Keyring, keep: Keep, transport: httpx.AsyncBaseTransport | None
) -> Carrier:
    match one:
        case Smpp():
            return SmppLine(one, secret_of(settings, one.password_file), keep)
        case HttpSms():
            secret = secret_of(settings, one.secret_file) if one.secret_file else ""
            return HttpSmsGateway(one, secret, settings.public_url + callback_path(keyring, one.name), transport)
        case WhatsApp():
            secret_of(settings, one.app_secret_file)
            return WhatsAppCloud(one, secret_of(settings, one.token_file), transport)
        case Smtp():
            return MailServer(one, secret_of(settings, one.password_file) if one.password_file else "")
