"""Which providers carry a city's messages: `notifications.toml` in the data folder (docs/admin/notifications.md).

Without the file, notices go to screens, to browsers and to webhooks; text messages, WhatsApp and e-mail need a provider. Several
providers of one channel are asked in the order in which they stand there.
"""

import re
from pathlib import Path
from typing import Final

import msgspec

from tanggap.notification.model import Channel
from tanggap.platform.settings import Settings, SettingsError, settings_file

FILE: Final = "notifications.toml"
#: Names stand in addresses and in rows, so they have a narrow shape.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOST = re.compile(r"[0-9A-Za-z.:_-]{1,253}")
#: Providers that this house makes by itself, so that nobody calls another one so.
BUILT_IN: Final = ("browser", "webhook")


class Provider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every provider has. Times in seconds."""

    name: str
    rate_per_s: float = 10.0  # messages that it takes in a second
    in_flight: int = 10  # messages that may wait for its answer at once
    timeout_s: float = 10.0


class Smpp(Provider, frozen=True, kw_only=True, tag="smpp"):
    """A line to an operator's SMS centre, SMPP 3.4, as a transceiver."""

    host: str
    port: int = 2775
    system_id: str
    password_file: str
    system_type: str = ""
    sender: str = "112"  # a short code, or a name of at most 11 letters
    tls: bool = False
    receipts: bool = True
    receipt_ids: str = "same"  # same | decimal: the centre names a message in hexadecimal, and in its receipt in decimal
    enquire_s: float = 30.0  # an idle line is asked this often whether it still lives


class HttpSms(Provider, frozen=True, kw_only=True, tag="http_sms"):
    """A gateway that takes text messages by HTTP; its form is described by templates."""

    url: str
    method: str = "POST"
    body: str = "form"  # form | json | query
    fields: dict[str, str] = {}  # name → template with {to}, {text}, {id}, {callback}
    headers: dict[str, str] = {}  # values may name {secret}
    secret_file: str = ""
    ok_field: str = ""  # dotted path in the JSON answer that must hold one of `ok_values`
    ok_values: tuple[str, ...] = ()
    error_field: str = ""  # dotted path whose presence (not empty, not 0, not false) is an error, whatever the status
    id_field: str = ""  # dotted path of the gateway's own name of the message; of its parts with a star: messages.*.id
    callback_id: str = "id"  # fields of what it sends back to us
    callback_status: str = "status"
    callback_delivered: tuple[str, ...] = ("delivered", "DELIVRD", "2")
    callback_failed: tuple[str, ...] = ("failed", "undelivered", "rejected", "expired", "UNDELIV", "REJECTD", "EXPIRED")
    callback_from: str = "from"
    callback_text: str = "text"


class WhatsApp(Provider, frozen=True, kw_only=True, tag="whatsapp"):
    """Meta's WhatsApp Business Cloud API. Outside the 24 hours after somebody wrote to us it sends approved templates only."""

    phone_number_id: str
    token_file: str
    app_secret_file: str  # checks X-Hub-Signature-256 of what comes in
    verify_token_file: str = ""
    template: str = ""  # approved template with one parameter, the text; '' sends plain text
    template_language: str = "id"
    url: str = "https://graph.facebook.com/v23.0"


class Smtp(Provider, frozen=True, kw_only=True, tag="smtp"):
    """A mail server."""

    host: str
    port: int = 587
    sender: str
    user: str = ""
    password_file: str = ""
    security: str = "starttls"  # starttls | tls | none (only to this machine)


Listed = Smpp | HttpSms | WhatsApp | Smtp
CHANNEL_OF: Final = {Smpp: Channel.SMS, HttpSms: Channel.SMS, WhatsApp: Channel.WHATSAPP, Smtp: Channel.EMAIL}


class NotificationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `notifications.toml` says."""

    provider: tuple[Listed, ...] = ()
    push_contact: str = ""  # mailto: or https: by which push services reach the operator (RFC 8292); empty: the public address


def notification_settings(settings: Settings) -> NotificationSettings:
    """Read `notifications.toml` in the data folder; nothing but the built-in channels where there is none.

    Raises:
        SettingsError: the file cannot be read, or something in it is malformed or unsafe.
    """
    path = settings.home / FILE
    read = settings_file(path, NotificationSettings)
    wrong = [said for said, sound in _shapes(read) if not sound]
    if wrong:
        raise SettingsError(f"{path}: {', '.join(wrong)}; docs/admin/notifications.md shows the form of each.")
    return read


def way_to_callers(said: NotificationSettings) -> Channel:
    """By which channel a caller is written to: text message, else WhatsApp where a template is approved, else nobody sends it.

    Then (SCREEN) the message stands on the call taker's screen, to be sent from a telephone of their own.
    """
    if any(isinstance(one, Smpp | HttpSms) for one in said.provider):
        return Channel.SMS
    if any(isinstance(one, WhatsApp) and one.template for one in said.provider):
        return Channel.WHATSAPP
    return Channel.SCREEN


def secret_of(settings: Settings, file: str) -> str:
    """The secret in a file of the data folder, of mode 0600.

    Raises:
        SettingsError: it is missing, empty, or can be read by others.
    """
    path = settings.home / file
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"The secret file {path} can be read by others; run: chmod 600 {path}")
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The secret file {path} cannot be read: {error}.") from error
    if not secret:
        raise SettingsError(f"The secret file {path} is empty.")
    return secret


def secrets_of(listed: Listed) -> list[str]:
    """The names of the secret files of a provider."""
    if isinstance(listed, WhatsApp):
        return [name for name in (listed.token_file, listed.app_secret_file, listed.verify_token_file) if name]
    if isinstance(listed, HttpSms):
        return [listed.secret_file] if listed.secret_file else []
    return [listed.password_file] if listed.password_file else []


def is_loopback(host: str) -> bool:
    """Whether what is sent there never leaves this machine."""
    return host in ("127.0.0.1", "::1", "localhost")


def _shapes(read: NotificationSettings) -> list[tuple[str, bool]]:
    names = [one.name for one in read.provider]
    found = [
        ("a name is malformed, or one of our own", all(_NAME.fullmatch(name) and name not in BUILT_IN for name in names)),
        ("two providers have one name", len(set(names)) == len(names)),
        (
            "push_contact must begin with mailto: or https:",
            not read.push_contact or read.push_contact.startswith(("mailto:", "https:")),
        ),
    ]
    for one in read.provider:
        found += [
            (f"{one.name}: rate_per_s must be from 0.1 to 10000", 0.1 <= one.rate_per_s <= 10_000),
            (f"{one.name}: in_flight must be from 1 to 1000", 1 <= one.in_flight <= 1_000),
            (f"{one.name}: timeout_s must be from 0.1 to 120", 0.1 <= one.timeout_s <= 120),
            (f"{one.name}: a secret file is a plain name in the data folder", all(map(_is_plain, secrets_of(one)))),
        ]
        if isinstance(one, Smpp | Smtp):
            found.append((f"{one.name}: host or port is malformed", bool(_HOST.fullmatch(one.host)) and 0 < one.port < 65536))
        if isinstance(one, Smpp):
            found.append((f"{one.name}: password_file is needed", bool(one.password_file)))
            found.append((f"{one.name}: receipt_ids is same or decimal", one.receipt_ids in ("same", "decimal")))
            found.append((f"{one.name}: enquire_s must be from 1 to 600", 1 <= one.enquire_s <= 600))
        if isinstance(one, Smtp):
            sound = one.security in ("starttls", "tls") or (one.security == "none" and is_loopback(one.host))
            found.append((f"{one.name}: security must be starttls or tls (none only to this machine)", sound))
        if isinstance(one, HttpSms | WhatsApp):
            found.append((f"{one.name}: url must be https:// (http:// only to this machine)", _is_safe_url(one.url)))
        if isinstance(one, HttpSms):
            sound = one.method in ("GET", "POST") and one.body in ("form", "json", "query")
            found.append((f"{one.name}: method is GET or POST, body is form, json or query", sound))
            found.append((f"{one.name}: fields must name {{to}} and {{text}}", _names_all(one.fields.values())))
    return found


def _names_all(templates: object) -> bool:
    said = " ".join(map(str, templates))  # type: ignore[call-overload]
    return "{to}" in said and "{text}" in said


def _is_plain(name: str) -> bool:
    return Path(name).name == name and name not in ("", ".", "..")


def _is_safe_url(url: str) -> bool:
    return url.startswith("https://") or bool(re.match(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]", url))
