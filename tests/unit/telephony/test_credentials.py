"""Credentials of phones: derived, short-lived, and kept in a file that only we can read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tanggap.platform.secrets import SecretsError
from tanggap.telephony import credentials

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
PERSON = UUID("0193a5b0-0000-7000-8000-000000000001")
SECRET = "ab" * 32


def test_the_user_name_says_whose_phone_it_is_and_until_when() -> None:
    made = credentials.credentials_for(SECRET, PERSON, "112.test", NOW)
    assert made.address == f"sip:{PERSON.hex}@112.test"
    assert made.username == f"{PERSON.hex}-{int((NOW + timedelta(hours=1)).timestamp())}"


def test_the_password_is_an_hmac_that_the_edge_makes_too() -> None:
    # printf %s "$username" | openssl dgst -sha256 -hmac "$secret" -binary | basenc --base64url
    assert credentials.password_of("key", "The quick brown fox jumps over the lazy dog") == (
        "97yD9DBThCSxMpjmqm-xQ-9NWaFJRhdZl0edvC0aPNg"
    )


def test_another_expiry_needs_another_password() -> None:
    first = credentials.credentials_for(SECRET, PERSON, "112.test", NOW)
    later = credentials.credentials_for(SECRET, PERSON, "112.test", NOW + timedelta(seconds=1))
    assert first.password != later.password


def test_a_visitor_is_nobody_twice() -> None:
    one, two = (credentials.visitor_credentials(SECRET, "112.test", NOW) for _ in range(2))
    assert one.user.startswith("web")
    assert one.user != two.user


def test_a_supervisors_voice_is_for_one_desk_and_soon_over() -> None:
    made = credentials.beside_credentials(SECRET, PERSON, credentials.Beside.WHISPER, "112.test", NOW)
    assert made.user == f"bisik{PERSON.hex}"
    assert made.expires_at == NOW + credentials.BESIDE_LASTS


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "home" / "telephony.secret"
    made = credentials.load_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert credentials.load_secret(path) == made
    path.chmod(0o644)
    with pytest.raises(SecretsError, match="chmod 600"):
        credentials.load_secret(path)


def test_a_damaged_secret_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "telephony.secret"
    path.write_text("not a secret\n")
    path.chmod(0o600)
    with pytest.raises(SecretsError, match="remove it"):
        credentials.load_secret(path)
