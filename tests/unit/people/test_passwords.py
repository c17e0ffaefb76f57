"""What a password must be, and how it is kept."""

import asyncio
from contextlib import suppress

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.people import passwords
from tanggap.people.model import Busy, WeakPassword


async def test_a_password_is_kept_as_argon2id_with_the_owasp_minimum_and_known_again() -> None:
    stored = await passwords.hash_password("hujan deras di kendari beach")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.matches("hujan deras di kendari beach", stored)
    assert not await passwords.matches("hujan deras di kendari beacH", stored)
    assert not passwords.is_outdated(stored)


async def test_two_keyboards_type_the_same_password() -> None:
    stored = await passwords.hash_password("caf\u00e9 di tepi teluk")
    assert await passwords.matches("cafe\u0301 di tepi teluk", stored, is_known_device=True)


async def test_nobody_has_no_password_and_the_same_cost() -> None:
    assert not passwords.is_outdated(passwords.NOBODY)
    assert not await passwords.matches("apa saja boleh", None)
    assert not await passwords.matches("apa saja boleh", "not a hash")


def test_a_hash_with_weaker_parameters_is_made_again() -> None:
    assert passwords.is_outdated(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))


async def test_a_flood_of_strangers_is_asked_to_come_back_while_a_known_desk_gets_in() -> None:
    stored = await passwords.hash_password("hujan deras di kendari beach")
    flood = [asyncio.ensure_future(passwords.matches("tebakan", None)) for _ in range(passwords.STRANGERS_WAITING + 5)]
    await asyncio.sleep(0)
    assert await passwords.matches("hujan deras di kendari beach", stored, is_known_device=True)
    refused = 0
    for attempt in flood:
        attempt.cancel()
        with suppress(asyncio.CancelledError):
            try:
                await attempt
            except Busy:
                refused += 1
    assert refused == 5


@pytest.mark.parametrize(
    "weak", ["pendek", "aaaaaaaaaaaaaaaa", "password12345", "Rahasia-123 4", "siti dan budi pergi", "x" * 300, "abababababababab"]
)
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.check_strength(weak, "siti")


def test_the_old_password_is_no_new_one() -> None:
    with pytest.raises(WeakPassword):
        passwords.check_strength("jalan pagi ke teluk", "siti", "jalan pagi ke teluk")


def test_random_passwords_differ_and_are_strong_enough() -> None:
    made = {passwords.new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.check_strength(password, "petugas1")


@given(st.text())
def test_anything_can_be_typed_as_a_password(said: str) -> None:
    assert isinstance(passwords.normal(said), str)
    with suppress(WeakPassword):
        passwords.check_strength(said, "siti")
