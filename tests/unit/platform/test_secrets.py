"""Keys: what is sealed opens only unchanged, for its own purpose, with this installation's key."""

from pathlib import Path

import pytest

from tanggap.platform.secrets import Keyring, SecretsError, Unreadable


def test_a_sealed_number_opens_again(keyring: Keyring) -> None:
    sealed = keyring.encrypt("number", "+62 813-4242-1112")
    assert sealed[0] == 1
    assert b"4242" not in sealed
    assert keyring.decrypt("number", sealed) == "+62 813-4242-1112"
    assert keyring.encrypt("number", "+62 813-4242-1112") != sealed


def test_a_changed_or_foreign_seal_is_unreadable(keyring: Keyring, tmp_path: Path) -> None:
    sealed = keyring.encrypt("number", "0813")
    other = Keyring.load(tmp_path / "other.key")
    for ring, purpose, blob in (
        (keyring, "name", sealed),
        (keyring, "number", sealed[:-1] + bytes((sealed[-1] ^ 1,))),
        (keyring, "number", sealed[:9]),
        (keyring, "number", b""),
        (keyring, "number", b"\x07" + sealed[1:]),
        (other, "number", sealed),
    ):
        with pytest.raises(Unreadable):
            ring.decrypt(purpose, blob)


def test_a_hash_finds_the_same_text_with_the_same_key_only(keyring: Keyring, settings: object, tmp_path: Path) -> None:
    again = Keyring.load(tmp_path / "home" / "secret.key")
    assert keyring.hash("number", "0813") == again.hash("number", "0813")
    assert keyring.hash("number", "0813") != keyring.hash("name", "0813")
    assert keyring.hash("number", "0813") != Keyring.load(tmp_path / "other.key").hash("number", "0813")


def test_a_signature_is_for_one_text_and_purpose(keyring: Keyring) -> None:
    signature = keyring.sign("track", "report 1")
    assert keyring.verify("track", "report 1", signature)
    assert not keyring.verify("track", "report 2", signature)
    assert not keyring.verify("other", "report 1", signature)
    assert not keyring.verify("track", "report 1", "ñ" + signature)


def test_the_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    Keyring.load(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(SecretsError, match="chmod 600"):
        Keyring.load(path)


@pytest.mark.parametrize("text", ["", "1", "1 abcd", "x 00", f"0 {'00' * 32}", f"1 {'00' * 32}\ngarbage"])
def test_a_damaged_key_file_is_not_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SecretsError, match="damaged"):
        Keyring.load(path)


def test_a_new_key_seals_and_the_old_one_still_opens_and_hashes(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    before = Keyring.load(path)
    sealed, hashed = before.encrypt("number", "0813"), before.hash("number", "0813")
    with path.open("a") as file:
        file.write(f"2 {'ab' * 32}\n")
    after = Keyring.load(path)
    assert after.decrypt("number", sealed) == "0813"
    assert after.hash("number", "0813") == hashed
    assert after.encrypt("number", "0813")[0] == 2
