"""A text to 112: words are a report, a phone's own location goes to the call that it belongs to."""

from datetime import UTC, datetime

from tanggap.incident import store as rows
from tanggap.intake.model import Channel
from tanggap.interop.texts import take_text
from tanggap.platform.database import Database
from tanggap.scene import Scene
from tanggap.telephony import service
from tanggap.telephony.model import Ringing

from .conftest import CITY

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NUMBER = "+6281344556642"
AML = 'A"ML=1;lt=-3.99420;lg=+122.51730;rd=50;top=20261125085900;lc=68;pm=W'


async def test_words_become_a_report_once(db: Database, scene: Scene) -> None:
    async with db.transaction(CITY) as tx:
        first = await take_text(tx, scene, Channel.SMS, NUMBER, "tolong, kebakaran di pasar", "text:1", NOW)
        again = await take_text(tx, scene, Channel.SMS, NUMBER, "tolong, kebakaran di pasar", "text:1", NOW)
        assert first is not None
        report = await rows.report(tx, CITY, first)
    assert first == again
    assert (report.channel, report.words, report.caller is not None) == ("sms", "tolong, kebakaran di pasar", True)


async def test_a_location_by_text_is_no_report_but_the_calls_point(db: Database, scene: Scene) -> None:
    async with db.transaction(CITY) as tx:
        call = await service.call_rings(tx, scene, Ringing("a@trunk", NUMBER), NOW)
        assert await take_text(tx, scene, Channel.SMS, NUMBER, AML, "text:2", NOW) == call.report
        assert await take_text(tx, scene, Channel.SMS, "+6281355500000", AML, "text:3", NOW) is None
        report = await rows.report(tx, CITY, call.report)
        many = await tx.fetchval("select count(*) from report where city = $1", CITY)
    assert (report.lat, report.lon, many) == (-3.9942, 122.5173, 1)
