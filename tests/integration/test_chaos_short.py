"""`make chaos` in short: server, worker, PostgreSQL, supervisor killed under load, and nothing that was promised is missing."""

import pytest

from benchmarks.chaos import run

KILLS = 8


@pytest.mark.xdist_group("e2e")
async def test_what_was_acknowledged_survives_every_kill_once(capsys: pytest.CaptureFixture[str]) -> None:
    faults = await run(KILLS, seed=1)
    said = capsys.readouterr().out
    assert faults == 0, said
    assert f"{KILLS} kills" in said
    assert " 0 reports" not in said
