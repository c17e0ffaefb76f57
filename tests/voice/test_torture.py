"""Whatever a trunk sends, the edge lives, and every emergency call that is right is answered."""

import asyncio
import random

from .conftest import Centre, Opens
from .phone import Message, Phone
from .test_supervised import pids_of
from .torture import Maker, mangled

MANGLED = 120


class Brisk(Phone):
    """Answers, and hangs up: a mangled call may still be one."""

    def answer(self, message: Message) -> None:
        super().answer(message)
        asyncio.get_running_loop().call_later(0.1, self.bye)


async def sender(centre: Centre) -> tuple[Phone, Maker]:
    rough = await centre.phone()
    return rough, Maker(rough.port, rough.rtp_port)


async def test_an_odd_call_that_is_right_is_answered(opens: Opens) -> None:
    centre = await opens()
    rough, maker = await sender(centre)
    odd = list(maker.right())
    for n in range(len(odd)):
        await centre.desk(f"petugas{n}")
    for one in odd:
        rough.send_bytes(one.text)

    def codes() -> dict[str, int]:
        told = {m.get("Call-ID"): m.code for m in rough.messages if m.code >= 200}
        return {one.name: told.get(one.call_id, 0) for one in odd}

    async def all_are_answered() -> bool:
        return set(codes().values()) == {200}

    try:
        await centre.eventually(all_are_answered)
    finally:
        print(codes())  # noqa: T201 - seen only when a test fails


async def test_nothing_that_is_wrong_or_mangled_keeps_the_next_caller_from_an_answer(opens: Opens) -> None:
    centre = await opens()
    rough, maker = await sender(centre)
    before = pids_of(centre.settings.home)
    for one in maker.wrong():
        rough.send_bytes(one.text)
    chance = random.Random(112)
    texts = [one.text for one in (*maker.right(), *maker.wrong())]
    for n in range(MANGLED):
        rough.send_bytes(mangled(chance, chance.choice(texts)))
        if n % 20 == 0:  # what is sent faster than it is read is lost before it can do harm
            await centre.eventually(centre._answers)
    rough.messages.clear()
    assert pids_of(centre.settings.home) == before
    for n in range(6):
        desk = await Brisk(centre.telephony.sip_port, centre.credentials(await centre.person(f"petugas{n}")), 0.01).open()
        centre.phones.append(desk)
        assert (await desk.register()).code == 200
    caller = await centre.phone()
    assert (await caller.answered(caller.call("sip:112@112.local"), 60)).code == 200
    assert pids_of(centre.settings.home) == before
