"""What is typed is kept, whoever types it and however often it is sent."""

import pytest

from tanggap.incident.timeline import store as timelines
from tests.integration.conftest import CITY
from tests.integration.web.console.conftest import Screen


async def test_a_call_by_hand_is_stored_before_a_word_is_typed_and_once_however_often_sent(siti: Screen) -> None:
    report = await siti.new_call("a1b2c3d4e5f6")
    assert await siti.new_call("a1b2c3d4e5f6") == report
    stored = await siti.stored(report)
    assert (stored.state, stored.channel, stored.words) == ("active", "call", "")


async def test_a_page_of_the_report_can_be_shared_and_shows_what_was_typed(siti: Screen, budi: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, words="rumah <b>terbakar</b>", address_words='dpn "lippo"')
    page = await budi.page(f"/konsol/{report}")
    assert "rumah &lt;b&gt;terbakar" in page
    assert "<b>terbakar" not in page
    assert "Siti" in page
    assert "Ambil alih" in page


async def test_two_who_write_the_same_field_lose_nothing(siti: Screen, budi: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, {"words": ""}, words="pohon tumbang")
    told = await budi.save(report, {"words": ""}, words="kabel putus")
    assert told["conflicts"] == ["words"]
    assert told["current"] == {"words": "pohon tumbang"}
    assert told["who"] == "Siti"
    async with siti.house.db.reading(CITY) as conn:
        entries = await timelines.of_report(conn, CITY, report)
    assert any(entry.body.get("kept") == {"words": "kabel putus"} for entry in entries)
    assert (await budi.save(report, {"words": "pohon tumbang"}, words="pohon timpa kabel"))["conflicts"] == []


async def test_saving_again_what_was_saved_changes_nothing(siti: Screen) -> None:
    report = await siti.new_call()
    first = await siti.save(report, {"words": ""}, words="banjir")
    assert (await siti.save(report, {"words": ""}, words="banjir"))["rev"] == first["rev"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"fields": {"state": "closed"}}',
        b'{"fields": {"lat": 900}}',
        b'{"fields": {"category": "nothing_known"}}',
        b'{"fields": {"priority": "P9"}}',
        b'{"fields": {"answers": [1]}}',
        b'{"fields": {"words": 5}}',
        b'{"fields": {"words": "\\ud800"}}',
    ],
)
async def test_a_body_that_is_none_of_ours_is_refused_clearly(siti: Screen, body: bytes) -> None:
    report = await siti.new_call()
    answer = await siti.send("PATCH", f"/konsol/{report}", content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["title"]
