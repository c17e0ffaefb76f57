"""Text messages through a gateway that speaks HTTP. Each gateway has its own form, so it is described, not programmed."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from tanggap.notification.channels.http import all_at, at, client, handing_over, json_of, refuse
from tanggap.notification.channels.model import Failed, Inbound, Names, Outgoing, Receipt, values_of
from tanggap.notification.model import Channel
from tanggap.notification.settings import HttpSms

#: What means «no» in a field that tells of an error.
_NOTHING: tuple[object, ...] = (None, "", 0, "0", False, "false", "ok", "OK", [], {})


#: More parts than any text of ours has.
MOST_PARTS = 20


class HttpSmsGateway:
    """One gateway."""

    channel = Channel.SMS

    def __init__(self, said: HttpSms, secret: str, callback: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`callback` is the signed address at which the gateway tells us what became of a message."""
        self.name, self.rate_per_s, self.in_flight = said.name, said.rate_per_s, said.in_flight
        self._said, self._secret, self._callback = said, secret, callback
        self._client = client(said.timeout_s, transport)

    async def send(self, message: Outgoing) -> Names:
        """Hand a message over. Raises Failed, Throttled, Unsure: also when the status is 200 and the answer says otherwise."""
        said = self._said
        known = {**values_of(message), "callback": self._callback, "secret": self._secret}
        fields = {name: filled(template, known) for name, template in said.fields.items()}
        headers = {name: filled(template, known) for name, template in said.headers.items()}
        body: dict[str, Any] = {{"form": "data", "json": "json", "query": "params"}[said.body]: fields}
        async with handing_over():
            answer = await self._client.request(said.method, said.url, headers=headers, **body)
        refuse(answer)
        told = json_of(answer)
        if said.error_field and (error := at(told, said.error_field)) not in _NOTHING:
            raise Failed(f"HTTP {answer.status_code}, but: {str(error)[:120]}")
        if said.ok_field and str(at(told, said.ok_field)) not in said.ok_values:
            raise Failed(f"HTTP {answer.status_code}, but {said.ok_field} is {str(at(told, said.ok_field))[:120]}")
        if not said.id_field:
            return ""
        found = all_at(told, said.id_field)[:MOST_PARTS]
        names = tuple(str(name)[:200] for name in found if isinstance(name, str | int) and name)
        return names if len(names) > 1 else "".join(names)

    async def run(self) -> None:
        """Nothing to keep: the gateway calls us."""
        await asyncio.Event().wait()


def filled(template: str, known: Mapping[str, str]) -> str:
    """A template with its names filled in; what is filled in is never read as a template again."""
    parts = template.split("{")
    said = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        said.append(known[name] + rest if brace and name in known else "{" + part)
    return "".join(said)


def read_callback(said: HttpSms, fields: Mapping[str, str]) -> list[Inbound | Receipt]:
    """What a gateway tells us: a receipt, or a message of somebody's; nothing when it is neither."""
    name = fields.get(said.callback_id, "")
    status = fields.get(said.callback_status, "")
    sender, words = fields.get(said.callback_from, ""), fields.get(said.callback_text, "")
    if name and sender and words and status not in (*said.callback_delivered, *said.callback_failed):
        return [Inbound(channel=Channel.SMS, external_id=name[:200], sender=sender, words=words)]
    if name and status in said.callback_delivered:
        return [Receipt(provider_id=name[:200], delivered=True)]
    if name and status in said.callback_failed:
        return [Receipt(provider_id=name[:200], delivered=False, detail=status[:120])]
    return []
