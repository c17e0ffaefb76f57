"""A house is prepared although something dies meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tanggap.commands import prepare as command
from tanggap.platform import supervisor
from tanggap.platform.database import DatabaseAway
from tanggap.platform.settings import Settings
from tanggap.platform.supervisor import Child, Supervisor


class NoDatabase:
    async def close(self) -> None:
        pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, secret_file=tmp_path / "secret", database_url="postgresql://nobody@127.0.0.1:1/none")


async def opened(*_: Any, **__: Any) -> NoDatabase:
    return NoDatabase()


async def test_a_database_that_dies_meanwhile_is_waited_for(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    outcomes: list[Exception | None] = [DatabaseAway("killed"), ConnectionResetError(), None]

    async def prepare(*_: Any) -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    monkeypatch.setattr(command, "prepare", prepare)
    monkeypatch.setattr(command.Database, "open", opened)
    monkeypatch.setattr(command, "PAUSE_S", 0)
    await command._prepare(settings)
    assert outcomes == []


async def test_a_database_that_does_not_come_back_is_told(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    async def prepare(*_: Any) -> None:
        raise DatabaseAway("away")

    monkeypatch.setattr(command, "prepare", prepare)
    monkeypatch.setattr(command.Database, "open", opened)
    monkeypatch.setattr(command, "PATIENCE_S", -1)
    with pytest.raises(DatabaseAway):
        await command._prepare(settings)


@pytest.mark.parametrize(("statuses", "fails"), [([-9, -15, 0], False), ([-9, 1], True), ([None], False)])
async def test_preparing_again_after_a_kill_but_not_after_a_refusal(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, statuses: list[int | None], fails: bool
) -> None:
    async def run_once(self: Supervisor, child: Child) -> int | None:
        return statuses.pop(0)

    monkeypatch.setattr(Supervisor, "_run_once", run_once)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.001)
    watched = Supervisor(settings, serving=[], working=[], preparation=Child("prepare", ("prepare",)), say=print)
    async with asyncio.timeout(5):
        await watched._prepare()
    assert statuses == []
    assert (watched._failure is not None) is fails
