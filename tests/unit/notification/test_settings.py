"""`notifications.toml`: what is malformed or unsafe is refused with a sentence, and secrets are private."""

from pathlib import Path

import pytest

from tanggap.notification.channels.making import carriers_of
from tanggap.notification.settings import FILE, NotificationSettings, notification_settings, secret_of
from tanggap.platform.clock import utcnow
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, SettingsError

SMPP = """
[[provider]]
kind = "smpp"
name = "operator"
host = "203.0.113.5"
system_id = "tanggap"
password_file = "operator.secret"
"""


def written(home: Path, text: str) -> Settings:
    home.mkdir(exist_ok=True)
    (home / FILE).write_text(text)
    return Settings(home=home, secret_file=home / "secret.key")


def test_without_a_file_there_are_the_built_in_channels(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, secret_file=tmp_path / "secret.key")
    assert notification_settings(settings) == NotificationSettings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[provider]]\n", "kind"),
        ('[[provider]]\nkind = "merpati"\nname = "x"\n', "merpati"),
        (SMPP + "warna = 1\n", "warna"),
        (SMPP + SMPP, "two providers have one name"),
        (SMPP.replace('"operator"', '"webhook"'), "one of our own"),
        (SMPP.replace("operator.secret", "../secret.key"), "secret file"),
        (SMPP + "rate_per_s = 0\n", "rate_per_s"),
        ('[[provider]]\nkind = "smtp"\nname = "s"\nhost = "mail.id"\nsender = "a@b.id"\nsecurity = "none"\n', "starttls or tls"),
        ('[[provider]]\nkind = "http_sms"\nname = "g"\nurl = "http://sms.id/"\nfields = {a = "{to}{text}"}\n', "https://"),
        ('[[provider]]\nkind = "http_sms"\nname = "g"\nurl = "https://sms.id/"\nfields = {a = "{to}"}\n', "must name"),
        ("x = [", "cannot be used"),
    ],
)
def test_a_file_with_a_mistake_is_refused_and_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        notification_settings(written(tmp_path, text))


def test_a_provider_whose_secret_others_can_read_is_left_out_and_the_others_carry_on(tmp_path: Path) -> None:
    settings = written(tmp_path, SMPP)
    secret = tmp_path / "operator.secret"
    secret.write_text("rahasia")
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        secret_of(settings, "operator.secret")

    async def keep(_provider: str, _brought: object) -> None:
        return

    def names() -> list[str]:
        made = carriers_of(settings, notification_settings(settings), Keyring({1: bytes(32)}), keep, utcnow)
        return [carrier.name for carrier in made]

    assert names() == ["browser", "webhook"]
    secret.chmod(0o600)
    assert names() == ["operator", "browser", "webhook"]
