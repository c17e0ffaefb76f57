"""Passwords with which a browser's phone signs in at the edge: derived, short-lived, stored nowhere.

The user name says whose phone it is and until when (`<person>-<expiry>`, seconds since 1970); the password is its HMAC-SHA-256
under a secret that only we and the edge have. So the edge checks a phone by itself, also while our processes are down.
"""

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from tanggap.platform.secrets import SecretsError, make_secret_file

#: A desk's phone signs in again within this time; the page asks for new credentials before it is over.
DESK_LASTS: Final = timedelta(hours=1)
#: A citizen's web call starts within this time of the page's asking; the call itself may last longer.
VISITOR_LASTS: Final = timedelta(minutes=10)
#: Who has this prefix may call 112, and nothing else.
VISITOR: Final = "web"
#: A supervisor's voice beside a call begins within this time of the page's asking.
BESIDE_LASTS: Final = timedelta(minutes=2)

SECRET_BYTES: Final = 32


class Beside(StrEnum):
    """How a supervisor's voice comes to a call that goes on. The word stands before the user's name, and the edge obeys it."""

    WHISPER = "bisik"  # the call taker hears it, the caller does not
    JOIN = "masuk"  # everybody hears it


class SipCredentials(msgspec.Struct, frozen=True):
    """What a browser's phone needs to sign in."""

    user: str  # the phone's address is sip:<user>@<realm>
    username: str  # of the digest (RFC 8760 calls it that, too)
    password: str
    realm: str
    expires_at: datetime

    @property
    def address(self) -> str:
        """The phone's SIP address."""
        return f"sip:{self.user}@{self.realm}"


def credentials_for(secret: str, person: UUID, realm: str, now: datetime, lasts: timedelta = DESK_LASTS) -> SipCredentials:
    """Credentials of a desk's phone. Its address is the person's id without dashes."""
    return _made(secret, person.hex, realm, now + lasts)


def visitor_credentials(secret: str, realm: str, now: datetime) -> SipCredentials:
    """Credentials of a citizen's browser: for one call to 112."""
    return _made(secret, f"{VISITOR}{secrets.token_hex(8)}", realm, now + VISITOR_LASTS)


def beside_credentials(secret: str, person: UUID, manner: Beside, realm: str, now: datetime) -> SipCredentials:
    """Credentials of a supervisor's browser: to speak to the desk of `person`, and to nobody else."""
    return _made(secret, f"{manner.value}{person.hex}", realm, now + BESIDE_LASTS)


def password_of(secret: str, username: str) -> str:
    """The password that belongs to a user name: its HMAC-SHA-256, the secret's text being the key.

    Written as Kamailio's crypto module writes it: base64 for URLs, without padding.
    """
    made = hmac.digest(secret.encode("ascii"), username.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def load_secret(path: Path) -> str:
    """The secret that we share with the edge, made when it is missing; hexadecimal.

    Raises:
        SecretsError: others can read the file, or it is damaged.
    """
    make_secret_file(path, secrets.token_hex(SECRET_BYTES) + "\n")
    if path.stat().st_mode & 0o077:
        raise SecretsError(f"The telephony secret {path} can be read by others; run: chmod 600 {path}")
    secret = path.read_text("ascii", errors="replace").strip()
    if len(secret) != 2 * SECRET_BYTES or any(letter not in "0123456789abcdef" for letter in secret):
        raise SecretsError(f"The telephony secret {path} is damaged; remove it, and phones sign in again by themselves.")
    return secret


def _made(secret: str, user: str, realm: str, expires_at: datetime) -> SipCredentials:
    username = f"{user}-{int(expires_at.timestamp())}"
    return SipCredentials(user, username, password_of(secret, username), realm, expires_at)
