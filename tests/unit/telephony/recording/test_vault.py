"""Sealed recordings: whole or not there, readable in part, and never after a change."""

import errno
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tanggap.platform.secrets import Keyring, Unreadable
from tanggap.telephony.recording import vault
from tanggap.telephony.recording.vault import PIECE, length, seal, unseal

ONE, OTHER = UUID(int=1), UUID(int=2)
AUDIO = bytes(range(256)) * 800  # a little more than three pieces


@pytest.fixture
def sealed(tmp_path: Path, keyring: Keyring) -> Path:
    path = tmp_path / "one.rec"
    seal(keyring, path, ONE, AUDIO)
    return path


def test_what_was_sealed_opens_again(sealed: Path, keyring: Keyring) -> None:
    assert unseal(keyring, sealed, ONE) == AUDIO
    assert length(sealed) == len(AUDIO)
    assert AUDIO[:64] not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o077 == 0


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(first=st.integers(0, len(AUDIO) + 10), more=st.integers(0, 2 * PIECE))
def test_any_part_opens_by_itself(sealed: Path, keyring: Keyring, first: int, more: int) -> None:
    assert unseal(keyring, sealed, ONE, first, first + more) == AUDIO[first : first + more + 1]


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_every_length_comes_back(tmp_path: Path, keyring: Keyring, size: int) -> None:
    seal(keyring, tmp_path / "x.rec", ONE, AUDIO[:size])
    assert unseal(keyring, tmp_path / "x.rec", ONE) == AUDIO[:size]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_a_changed_or_cut_file_is_unreadable(sealed: Path, keyring: Keyring, data: st.DataObject) -> None:
    content = bytearray(sealed.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[at:]
    damaged = sealed.with_name("damaged.rec")
    damaged.write_bytes(content)
    with pytest.raises(Unreadable):
        unseal(keyring, damaged, ONE)


def test_pieces_cannot_be_moved_or_come_from_another_recording(sealed: Path, keyring: Keyring, tmp_path: Path) -> None:
    content = sealed.read_bytes()
    head, piece = 20, PIECE + 16
    swapped = (
        content[:head] + content[head + piece : head + 2 * piece] + content[head : head + piece] + content[head + 2 * piece :]
    )
    (tmp_path / "swapped.rec").write_bytes(swapped)
    with pytest.raises(Unreadable):
        unseal(keyring, tmp_path / "swapped.rec", ONE)
    with pytest.raises(Unreadable):
        unseal(keyring, sealed, OTHER)
    with pytest.raises(Unreadable):
        unseal(Keyring.load(tmp_path / "other.key"), sealed, ONE)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(vault.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        seal(keyring, tmp_path / "x.rec", ONE, AUDIO)
    assert list(tmp_path.glob("*.rec")) == []
    assert list(tmp_path.glob("*.part")) == []
