"""Settings: what is unknown or unsafe stops the start with one clear sentence."""

from pathlib import Path

import pytest

from tanggap.platform.settings import SettingsError, load_settings


def test_without_any_variable_everything_has_a_default() -> None:
    settings = load_settings({})
    assert settings.home == Path.cwd() / ".tanggap"
    assert settings.secret_file == settings.home / "secret.key"
    assert settings.database_url is None
    assert (settings.host, settings.port, settings.city) == ("127.0.0.1", 8112, "kendari")
    assert settings.public_url == "http://127.0.0.1:8112"
    assert not settings.secure


def test_given_values_are_taken() -> None:
    settings = load_settings(
        {
            "TANGGAP_HOME": "/var/lib/tanggap",
            "TANGGAP_PORT": "9000",
            "TANGGAP_WEB_PROCESSES": "2",
            "TANGGAP_PUBLIC_URL": "https://112.kendarikota.go.id/",
            "PATH": "/usr/bin",
        }
    )
    assert settings.secret_file == Path("/var/lib/tanggap/secret.key")
    assert (settings.port, settings.web_processes) == (9000, 2)
    assert settings.public_url == "https://112.kendarikota.go.id"
    assert settings.secure


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"TANGGAP_PROT": "1"}, "TANGGAP_PROT is not a setting"),
        ({"TANGGAP_PORT": "80a"}, "TANGGAP_PORT must be a number"),
        ({"TANGGAP_PORT": "0"}, "TANGGAP_PORT must be a number"),
        ({"TANGGAP_WEB_PROCESSES": "-1"}, "TANGGAP_WEB_PROCESSES must be a number"),
        ({"TANGGAP_DATABASE_URL": "mysql://x"}, "postgresql://"),
        ({"TANGGAP_CITY": "../etc"}, "TANGGAP_CITY must be the name of a city pack"),
        ({"TANGGAP_HOST": "bad host"}, "TANGGAP_HOST must be an address"),
        ({"TANGGAP_LOG_LEVEL": "loud"}, "TANGGAP_LOG_LEVEL must be one of"),
        ({"TANGGAP_DEMO": "maybe"}, "TANGGAP_DEMO must be 1 or 0"),
        ({"TANGGAP_HOME": ""}, "TANGGAP_HOME must be the path"),
        ({"TANGGAP_PUBLIC_URL": "112.go.id"}, "TANGGAP_PUBLIC_URL must be the address"),
        ({"TANGGAP_PUBLIC_URL": "http://112.go.id"}, "unencrypted"),
        ({"TANGGAP_HOST": "192.0.2.7", "TANGGAP_PUBLIC_URL": "https://a.id", "TANGGAP_DEMO": "1"}, "127.0.0.1 only"),
        ({"TANGGAP_DATABASE_URL": "postgresql://db/tanggap", "TANGGAP_DEMO": "1"}, "demonstration accounts"),
        ({"TANGGAP_HOST": "192.0.2.7"}, "TANGGAP_PUBLIC_URL"),
    ],
)
def test_what_is_unknown_or_unsafe_is_said_in_one_sentence(environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(environ)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)
