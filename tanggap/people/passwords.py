"""Passwords: argon2id in its own threads, what a password must be, and new ones that can be read aloud."""

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from tanggap.people.model import Busy, WeakPassword

#: OWASP Password Storage Cheat Sheet, the minimum for argon2id: 19 MiB, 2 passes, 1 lane. About 26 ms here.
HASHER: Final = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

#: NIST SP 800-63B asks for length, not for kinds of characters, and for a limit of at least 64.
SHORTEST = 12
LONGEST = 200

#: Beginnings that guessers try first, here and elsewhere; a password that is one of them plus a few signs is no password.
COMMON = (
    "password", "passw0rd", "katasandi", "rahasia", "qwertyuiop", "qwerty", "asdfghjkl", "12345678", "abcdefgh", "administrator",
    "admin", "indonesia", "merdeka", "bismillah", "kendari", "tanggap", "sulawesi", "selamatdatang", "welcome", "iloveyou",
    "sayangku", "operator", "callcenter", "panggilan",
)  # fmt: skip
COMMON_PLUS = 5

#: Letters and digits that cannot be taken for each other when read aloud or copied by hand.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4  # 31^16: 79 bits

#: Threads that hash, 19 MiB each while they work; strangers may use one of them, so a flood leaves the other to known devices.
KNOWN_THREADS = 1
STRANGER_THREADS = 1
#: Strangers that may wait for their turn (about a second's worth); more are asked to come back.
STRANGERS_WAITING = 40

_known_lane = ThreadPoolExecutor(KNOWN_THREADS, thread_name_prefix="argon2-known")
_stranger_lane = ThreadPoolExecutor(STRANGER_THREADS, thread_name_prefix="argon2-stranger")
_strangers = asyncio.Semaphore(STRANGERS_WAITING)

#: The hash of a random password that nobody kept: checked for unknown logins, which so take as long as a wrong password.
NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$y3bLMgnckCJX29VOX+JyWg$2ooXY2JLwQgzhVc/FsCESKpyxY1Jq84T/+NmS4NTLpA"


def normal(password: str) -> str:
    """A password in one spelling (NIST SP 800-63B: NFKC), so that two keyboards type the same one."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def check_strength(password: str, login: str, before: str = "") -> None:
    """Raises WeakPassword when a new password is too short, too long, too uniform, common, made of the login, or the old one."""
    said = normal(password)
    plain = "".join(char for char in said.lower() if char.isalnum())
    is_common = any(word in plain and len(plain) - len(word) <= COMMON_PLUS for word in COMMON)
    if not SHORTEST <= len(said) <= LONGEST or len(set(said)) < 5 or is_common or (len(login) > 2 and login in said.lower()):
        raise WeakPassword
    if said == normal(before):
        raise WeakPassword


def new_password() -> str:
    """A random password of four groups, such as `k7md-xqp4-htwn-2c6v`."""
    groups = ("".join(secrets.choice(READABLE) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


async def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return await asyncio.get_running_loop().run_in_executor(_known_lane, HASHER.hash, normal(password))


async def matches(password: str, stored: str | None, *, is_known_device: bool = False) -> bool:
    """Whether the password is the one whose hash is stored; `None` (nobody) takes as long and is never right.

    Raises:
        Busy: too many devices that nobody has signed in on are waiting already.
    """
    said = normal(password[: LONGEST * 4])
    loop = asyncio.get_running_loop()
    if is_known_device:
        return await loop.run_in_executor(_known_lane, _verify, said, stored)
    if _strangers.locked():
        raise Busy
    async with _strangers:
        return await loop.run_in_executor(_stranger_lane, _verify, said, stored)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's, and should be made again at this sign-in."""
    return HASHER.check_needs_rehash(stored)


def _verify(password: str, stored: str | None) -> bool:
    try:
        HASHER.verify(stored or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
