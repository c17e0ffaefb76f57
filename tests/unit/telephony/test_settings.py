"""`telephony.toml`: defaults that work, and nothing in it that could be taken for a command."""

from datetime import timedelta
from pathlib import Path

import pytest

from tanggap.platform.settings import SettingsError, load_settings
from tanggap.telephony.announcement import Saying, words_of
from tanggap.telephony.edge.render import dispatcher_list, trunks_of
from tanggap.telephony.settings import TelephonySettings, Trunk, Wish, browser_address, telephony_settings


def read(folder: Path, text: str) -> TelephonySettings:
    (folder / "telephony.toml").write_text(text)
    return telephony_settings(load_settings({"TANGGAP_HOME": str(folder)}))


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    assert telephony_settings(load_settings({"TANGGAP_HOME": str(tmp_path)})) == TelephonySettings()


def test_a_trunk_is_read(tmp_path: Path) -> None:
    made = read(tmp_path, '[[trunks]]\nname = "telkom"\nhost = "10.0.0.1"\ntransport = "tcp"\n')
    assert made.trunks == (Trunk("telkom", "10.0.0.1", transport="tcp"),)
    assert dispatcher_list(trunks_of(made)) == "1 sip:10.0.0.1:5060;transport=tcp 0 1\n"


@pytest.mark.parametrize(
    "text",
    [
        'realm = "112.test\\"; exec(\\"id\\")"',
        'caller_id = "112@evil"',
        'numbers = ["112|.*"]',
        'host = "0.0.0.0\\nlisten=udp:1.2.3.4"',
        "sip_port = 70000",
        "sip_port = 8113",
        "rtp_first = 5\nrtp_last = 4",
        "text_first = 31000",
        "text_first = 30500\ntext_last = 31500",
        'text_phrases = ["a\\nb"]',
        "unheard_of = 1",
        '[[trunks]]\nname = "a b"\nhost = "10.0.0.1"',
        '[[trunks]]\nname = "a"\nhost = "10.0.0.1"\nsources = ["0/0; drop"]',
        '[[trunks]]\nname = "a"\nhost = "10.0.0.1"\ntransport = "sctp"',
        "[queue]\nring_s = 0.1",
        '[queue]\nmobiles = ["call me"]',
        '[[wishes]]\nneeds = ["english"]',
        '[[wishes]]\nneeds = ["English!"]\ndialled = "119"',
        '[[wishes]]\nneeds = []\nkey = "2"',
        '[[wishes]]\nneeds = ["english"]\nkey = "1"',
        '[[wishes]]\nneeds = ["english"]\nkey = "5"',
        '[[wishes]]\nneeds = ["english"]\ntrunk = "nobody"',
        '[[wishes]]\nneeds = ["english"]\nkey = "2"\nvoice = "-q"',
        "[queue]\nskill_wait_s = 600",
        "[queue]\ncall_back_again_min = [0]",
        "not toml",
    ],
)
def test_what_is_malformed_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"telephony\.toml"):
        read(tmp_path, text)


def test_browsers_come_through_the_citys_proxy() -> None:
    public = load_settings({"TANGGAP_PUBLIC_URL": "https://112.kota.test"})
    assert browser_address(public, TelephonySettings()) == "wss://112.kota.test/telepon/ws"
    assert browser_address(load_settings({}), TelephonySettings()) == "ws://127.0.0.1:8113/telepon/ws"


def test_what_a_call_needs_by_its_line_or_a_key(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        '[[trunks]]\nname = "telkom"\nhost = "10.0.0.1"\n[[wishes]]\ntrunk = "telkom"\ndialled = "119"\nneeds = ["counselling"]\n'
        '[[wishes]]\ndialled = "+62401119"\nneeds = ["english"]\n[[wishes]]\nkey = "2"\nneeds = ["english"]\nsay = "Press two"\n'
        "[queue]\ncall_back_again_min = [5, 60]\n",
    )
    assert made.needs_of_line("telkom", "119") == {"counselling"}
    assert made.needs_of_line("other", "119") == made.needs_of_line("telkom", "112") == frozenset()
    assert made.needs_of_line("other", "+62401119") == made.needs_of_key("2") == {"english"}
    assert made.needs_of_key("3") == frozenset()
    page = TelephonySettings(wishes=(Wish(("english",), language="en"),))
    assert page.needs_of_line("", "112", "en") == {"english"}
    assert page.needs_of_line("", "112", "id") == page.needs_of_line("telkom", "112") == frozenset()
    assert made.queue.call_back_again == (timedelta(minutes=5), timedelta(hours=1))


def test_the_announcement_tells_of_keys_each_in_its_language() -> None:
    wish = Wish(("english",), key="2", say="For English, press 2 & wait <now>", voice="en")
    spoken = words_of(Saying.WAITING, (wish, Wish(("counselling",), dialled="119")))
    assert '<voice xml:lang="en"><s>For English, press 2 &amp; wait &lt;now&gt;</s></voice>' in spoken
    assert words_of(Saying.WEB, (wish,)) == words_of(Saying.WEB)
    assert words_of(Saying.CUT, (wish,)) == words_of(Saying.CUT)
