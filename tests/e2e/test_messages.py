"""A message that could not be delivered: it is seen, taken by one key, and given back by one key."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tanggap.notification.model import Channel, Notice, Occasion, Recipient
from tanggap.notification.service import deliver
from tanggap.notification.texts import Text
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.scene import Scene

from .conftest import CITY, Login, Site
from .outside import behind_the_browser


def test_a_supervisor_takes_a_failed_message_and_gives_it_back(site: Site, sign_in: Login) -> None:
    async def fail(tx: Transaction, _scene: Scene) -> Any:
        to = Recipient(channel=Channel.EMAIL, name="Kalaksa Uji", agency="bpbd", address_masked="ka…@bpbd.test")
        notice = Notice(occasion=Occasion.SENT, agency="bpbd")
        await deliver(tx, CITY, notice, [to], lambda _channel, _locale: Text("112", "112 KDI-0042: pohon tumbang"), utcnow())
        sql = "UPDATE delivery SET state = 'dead', dead_at = $2 WHERE city = $1 AND recipient = 'Kalaksa Uji'"
        await tx.execute(sql, CITY, utcnow() - timedelta(days=30))
        return None

    behind_the_browser(site, fail)
    page: Page = sign_in(site.add("pengawas", Role.SUPERVISOR))
    page.get_by_role("link", name="Buka daftar pesan").click()
    first = page.locator("#messages [data-row]").first
    expect(first).to_contain_text("Kalaksa Uji")
    page.wait_for_load_state()
    page.keyboard.press("a")
    expect(page.get_by_text("Pesan ini kini tanggungan Anda")).to_be_visible()
    mine = page.locator("#messages [data-row]", has_text="Kalaksa Uji")
    expect(mine).to_contain_text("ditangani")
    page.wait_for_load_state()
    page.keyboard.press("z")
    expect(page.get_by_text("Pesan ini dilepas lagi")).to_be_visible()
    mine.focus()
    page.wait_for_load_state()
    page.keyboard.press("b")
    expect(page.get_by_text("sudah dibereskan")).to_be_visible()
