"""Calls to a program of an agency's, signed so that it can tell ours from others', and an old one from a new one.

`X-Tanggap-Signature: v1=<hex>` is HMAC-SHA256, by the contact's key, of `<timestamp>.<nonce>.<body>`. The program refuses what is
older than five minutes by `X-Tanggap-Timestamp`, and an `X-Tanggap-Nonce` that it has seen within them
(docs/admin/notifications.md).
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec

from tanggap.notification.channels.http import client, handing_over, refuse
from tanggap.notification.channels.model import Outgoing
from tanggap.notification.model import Channel

#: A call older than this is refused by who follows the page; its nonce need be remembered no longer.
FRESH_FOR = timedelta(minutes=5)


class Webhooks:
    """Every webhook of the city: the address is the contact's."""

    channel = Channel.WEBHOOK
    name = "webhook"
    rate_per_s = 20.0
    in_flight = 20

    def __init__(
        self, key_of: Callable[[str], str], clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = 10.0,
    ) -> None:  # fmt: skip
        """`key_of` gives the key of an address."""
        self._key_of, self._clock = key_of, clock
        self._client = client(timeout_s, transport)

    async def send(self, message: Outgoing) -> str:
        """Hand a message over. Raises Failed, Throttled, Unsure."""
        body = msgspec.json.encode(payload(message))
        headers = signed(self._key_of(message.to), body, round(self._clock().timestamp()), secrets.token_urlsafe(16))
        async with handing_over():
            answer = await self._client.post(message.to, content=body, headers={"content-type": "application/json", **headers})
        refuse(answer)
        return ""

    async def run(self) -> None:
        """Nothing to keep."""
        await asyncio.Event().wait()


def payload(message: Outgoing) -> dict[str, Any]:
    """What a program is told; `id` is the same at each attempt."""
    return {
        "id": str(message.id),
        "occasion": message.occasion.value,
        "subject": message.subject,
        "text": message.text,
        "link": message.link,
        "incident": str(message.incident) if message.incident else None,
        "assignment": str(message.assignment) if message.assignment else None,
        "urgent": message.is_urgent,
        "queued_at": message.queued_at.isoformat(),
    }


def signed(key: str, body: bytes, timestamp: int, nonce: str) -> dict[str, str]:
    """The headers that prove a call."""
    return {
        "x-tanggap-timestamp": str(timestamp),
        "x-tanggap-nonce": nonce,
        "x-tanggap-signature": "v1=" + _mac(key, body, timestamp, nonce),
    }


def is_ours(key: str, body: bytes, headers: Mapping[str, str], now: datetime, seen: set[str]) -> bool:
    """What the program at the other end does, as the documentation tells it; `seen` holds the nonces of the last minutes."""
    said, nonce = headers.get("x-tanggap-timestamp", ""), headers.get("x-tanggap-nonce", "")
    if not said.isdecimal() or abs(now.timestamp() - int(said)) > FRESH_FOR.total_seconds() or nonce in seen:
        return False
    expected = "v1=" + _mac(key, body, int(said), nonce)
    if not hmac.compare_digest(expected, headers.get("x-tanggap-signature", "")):
        return False
    seen.add(nonce)
    return True


def _mac(key: str, body: bytes, timestamp: int, nonce: str) -> str:
    return hmac.new(key.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
