"""Notices in a browser (Web Push): encrypted for that browser alone (RFC 8291, RFC 8188), sent in our name (VAPID, RFC 8292)."""

import asyncio
import base64
import json
import os
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tanggap.notification.channels.http import client, handing_over, refuse
from tanggap.notification.channels.model import Gone, Outgoing, Unfit
from tanggap.notification.model import Channel
from tanggap.platform.secrets import Keyring

#: The order of the curve P-256 (FIPS 186-4, D.1.2.3): private keys are from 1 to one less.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
#: Record size of the encrypted content; a push service takes 4,096 bytes (RFC 8030, 7.2).
RECORD_BYTES = 4096
MOST_TEXT = 2_000
#: How long a push service keeps a notice for a phone that is off, in seconds.
KEPT_S = 3600
#: How long a token in our name is valid: at most a day (RFC 8292, 2).
TOKEN_S = 12 * 3600


class Browsers:
    """Every browser that asked for notices: the address is its subscription."""

    channel = Channel.PUSH
    name = "browser"
    rate_per_s = 20.0
    in_flight = 20

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, contact: str, clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None, timeout_s: float = 10.0,
    ) -> None:  # fmt: skip
        """`contact`: mailto: or https:, by which a push service reaches who runs this house."""
        self._key, self._contact, self._clock = key, contact, clock
        self._client = client(timeout_s, transport)

    async def send(self, message: Outgoing) -> str:
        """Hand a message over. Raises Failed, Throttled, Unsure, Unfit, Gone."""
        to = json.loads(message.to)
        told = {
            "title": message.subject,
            "body": message.text[:MOST_TEXT],
            "link": message.link,
            "tag": str(message.assignment or ""),
        }
        try:
            body = encrypted(json.dumps(told).encode(), from_b64(to["p256dh"]), from_b64(to["auth"]))
        except ValueError as error:
            raise Unfit("the browser's key is damaged") from error
        headers = {
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(KEPT_S),
            "urgency": "high" if message.is_urgent else "normal",
            "authorization": authorization(self._key, to["endpoint"], self._contact, self._clock()),
        }
        async with handing_over():
            answer = await self._client.post(to["endpoint"], content=body, headers=headers)
        if answer.status_code in (404, 410):
            raise Gone(f"HTTP {answer.status_code}: the browser took its permission back")
        refuse(answer, unfit=(400, 413))
        return ""

    async def run(self) -> None:
        """Nothing to keep."""
        await asyncio.Event().wait()


def signing_key(keyring: Keyring) -> ec.EllipticCurvePrivateKey:
    """The key in whose name this house pushes, made from its master key: no file of its own that could be lost."""
    number = int.from_bytes(keyring.hash("web push", "vapid") + keyring.hash("web push", "vapid 2"), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half, as a browser wants it (applicationServerKey)."""
    return b64(_point(key.public_key()))


def encrypted(
    plain: bytes, browser_key: bytes, auth: bytes, salt: bytes = b"", ours: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """`plain` in the encoding aes128gcm for a browser's public key (65 bytes) and secret (16 bytes), RFC 8291, 3.4.

    Raises:
        ValueError: the browser's key is no point of the curve, or its secret too short.
    """
    if len(auth) < 16:
        raise ValueError("auth secret too short")
    salt = salt or os.urandom(16)
    ours = ours or ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key)
    own_point = _point(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    key_material = _derive(auth, b"WebPush: info\0" + browser_key + own_point, shared, 32)
    key = _derive(salt, b"Content-Encoding: aes128gcm\0", key_material, 16)
    nonce = _derive(salt, b"Content-Encoding: nonce\0", key_material, 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes((len(own_point),)) + own_point
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, contact: str, now: datetime) -> str:
    """The header that says in whose name a notice is pushed: a signed token (ES256) for the push service's origin."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": round(now.timestamp()) + TOKEN_S, "sub": contact}
    head = b64(b'{"typ":"JWT","alg":"ES256"}')
    signed = f"{head}.{b64(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public_key(key)}"


def b64(said: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


def from_b64(said: str) -> bytes:
    """Read it, with or without padding. Raises ValueError."""
    return base64.urlsafe_b64decode(said.rstrip("=") + "=" * (-len(said.rstrip("=")) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(salt: bytes, about: bytes, material: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, about).derive(material)
