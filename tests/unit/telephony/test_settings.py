"""`telephony.toml`: defaults that work, and nothing in it that could be taken for a command."""

from pathlib import Path

import pytest

from tanggap.platform.settings import SettingsError, load_settings
from tanggap.telephony.edge.render import dispatcher_list, trunks_of
from tanggap.telephony.settings import TelephonySettings, Trunk, browser_address, telephony_settings


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
        "unheard_of = 1",
        '[[trunks]]\nname = "a b"\nhost = "10.0.0.1"',
        '[[trunks]]\nname = "a"\nhost = "10.0.0.1"\nsources = ["0/0; drop"]',
        '[[trunks]]\nname = "a"\nhost = "10.0.0.1"\ntransport = "sctp"',
        "[queue]\nring_s = 0.1",
        '[queue]\nmobiles = ["call me"]',
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
