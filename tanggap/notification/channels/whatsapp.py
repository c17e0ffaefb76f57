"""WhatsApp by Meta's Business Cloud API: sending, and reading what its webhook tells.

Shapes: the Cloud API's reference for messages and for webhook components, as of version 23.
"""

import asyncio
import hashlib
import hmac
from typing import Any

import httpx

from tanggap.notification.channels.http import at, client, handing_over, json_of
from tanggap.notification.channels.model import Failed, Inbound, Outgoing, Receipt, Throttled, Unfit
from tanggap.notification.model import Channel, Occasion
from tanggap.notification.settings import WhatsApp

#: Error codes of the Cloud API that say: more slowly (its own limits, and the pair limit of one recipient).
THROTTLED = frozenset({4, 80007, 130429, 131048, 131056})
#: Error codes that say: this number can never be reached by WhatsApp.
UNREACHABLE = frozenset({131026, 131051})


class WhatsAppCloud:
    """One WhatsApp number of the city's."""

    channel = Channel.WHATSAPP

    def __init__(self, said: WhatsApp, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.name, self.rate_per_s, self.in_flight = said.name, said.rate_per_s, said.in_flight
        self._said, self._token = said, token
        self._client = client(said.timeout_s, transport)

    async def send(self, message: Outgoing) -> str:
        """Hand a message over. Raises Failed, Throttled, Unsure, Unfit."""
        said = self._said
        url = f"{said.url}/{said.phone_number_id}/messages"
        async with handing_over():
            answer = await self._client.post(
                url, json=self._body(message), headers={"authorization": f"Bearer {self._token}"}
            )  # fmt: skip
        told = json_of(answer)
        code = at(told, "error.code")
        if code is not None:
            what = f"HTTP {answer.status_code}, code {code}: {str(at(told, 'error.message'))[:100]}"
            raise Throttled(what) if code in THROTTLED else Unfit(what) if code in UNREACHABLE else Failed(what)
        if answer.status_code == 429:
            raise Throttled("HTTP 429")
        name = at(told, "messages.0.id")
        if not answer.is_success or not isinstance(name, str):
            raise Failed(f"HTTP {answer.status_code} without the name of a message")
        return name

    def _body(self, message: Outgoing) -> dict[str, Any]:
        text = f"{message.text}\n{message.link}" if message.link else message.text
        body: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": message.to}
        if self._said.template and message.occasion is not Occasion.REPLY:
            one_line = " ".join(text.split())  # a parameter of a template may hold no line breaks
            parts = [{"type": "body", "parameters": [{"type": "text", "text": one_line}]}]
            language = {"code": self._said.template_language}
            return body | {
                "type": "template",
                "template": {"name": self._said.template, "language": language, "components": parts},
            }
        return body | {"type": "text", "text": {"preview_url": False, "body": text}}

    async def run(self) -> None:
        """Nothing to keep: Meta calls us."""
        await asyncio.Event().wait()


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Whether a call carries Meta's signature of its body (X-Hub-Signature-256: sha256=<hex>)."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "surrogatepass"))


def read_webhook(told: Any) -> list[Inbound | Receipt]:
    """What a call of Meta's tells: messages of people's, and what became of ours; whatever else it holds is left alone."""
    found: list[Inbound | Receipt] = []
    for entry in _list(told, "entry"):
        for change in _list(entry, "changes"):
            value = at(change, "value")
            found += filter(None, map(_message, _list(value, "messages")))
            found += filter(None, map(_status, _list(value, "statuses")))
    return found


def _list(told: Any, name: str) -> list[Any]:
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, list) else []


#: Where words stand in a message, by its kind.
_WORDS = ("text.body", "button.text", "interactive.button_reply.title", "interactive.list_reply.title")


def _message(told: Any) -> Inbound | None:
    """Text, a pressed button, or a chosen line of a list: each is words."""
    name, sender = at(told, "id"), at(told, "from")
    said = [
        at(told, path) for path in ("text.body", "button.text", "interactive.button_reply.title", "interactive.list_reply.title")
    ]
    words = next((one for one in said if isinstance(one, str)), "")
    if not (isinstance(name, str) and isinstance(sender, str) and name and sender):
        return None
    reply_to = at(told, "context.id")
    return Inbound(
        channel=Channel.WHATSAPP, external_id=name[:200], sender=sender[:40], words=words,
        reply_to=reply_to[:200] if isinstance(reply_to, str) else "",
    )  # fmt: skip


def _status(told: Any) -> Receipt | None:
    name, status = at(told, "id"), at(told, "status")
    if not isinstance(name, str) or status not in ("delivered", "read", "failed"):
        return None
    detail = f"code {at(told, 'errors.0.code')}" if status == "failed" else ""
    return Receipt(provider_id=name[:200], delivered=status != "failed", detail=detail[:120])
