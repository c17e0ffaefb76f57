"""Secrets: one master key in a file of mode 0600, and a key of its own derived from it for every purpose."""

import base64
import hmac
import os
import secrets
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tanggap.platform.settings import SettingsError

KEY_BYTES = 32
NONCE_BYTES = 12  # 96 bits, as NIST SP 800-38D wants for AES-GCM
FIRST_KEY_ID = 1


class SecretsError(SettingsError):
    """The key file can be read by others or is damaged; the message says what to do."""


class Unreadable(Exception):  # noqa: N818 - the house names what happened
    """A sealed value was changed, or sealed with a key that this installation does not have."""


class Keyring:
    """Derives, per purpose, the keys that hash, seal and sign.

    The key file holds one line per master key, `<id> <hex>`. The first key hashes and signs (a hash must stay findable);
    the last one seals, and each opens what it sealed, so a key is rotated by adding a line.
    """

    def __init__(self, masters: dict[int, bytes]) -> None:
        """Hold master keys by id, in the file's order."""
        self._masters = masters
        self._first = next(iter(masters))
        self._last = next(reversed(masters))
        self._derived: dict[tuple[int, str], bytes] = {}
        self._ciphers: dict[tuple[int, str], AESGCM] = {}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key file, making it when it is missing.

        Raises:
            SecretsError: others can read the file, or it holds no key.
        """
        make_key_file(path)
        if path.stat().st_mode & 0o077:
            raise SecretsError(f"The key file {path} can be read by others; run: chmod 600 {path}")
        masters: dict[int, bytes] = {}
        for line in path.read_text("ascii", errors="replace").splitlines():
            key_id, _, key = line.strip().partition(" ")
            try:
                masters[int(key_id)] = bytes.fromhex(key)
            except ValueError:
                masters[-1] = b""
        if not masters or any(not 0 < key_id < 256 or len(key) != KEY_BYTES for key_id, key in masters.items()):
            raise SecretsError(
                f"The key file {path} is damaged; restore it from the backup, without it nothing sealed can be read."
            )
        return cls(masters)

    def hash(self, purpose: str, text: str) -> bytes:
        """A keyed hash: finds the same text again, and tells nothing about it without the key."""
        return hmac.digest(self._key(self._first, f"hash {purpose}"), text.encode("utf-8", "surrogatepass"), "sha256")

    def encrypt(self, purpose: str, text: str) -> bytes:
        """Seal a text: key id, nonce, AES-256-GCM, bound to its purpose."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(self._last, purpose).encrypt(nonce, text.encode("utf-8", "surrogatepass"), purpose.encode())
        return bytes((self._last,)) + nonce + sealed

    def decrypt(self, purpose: str, blob: bytes) -> str:
        """Open a sealed text.

        Raises:
            Unreadable: it was changed, sealed for another purpose, or with a key that is not in the file.
        """
        if not blob or blob[0] not in self._masters:
            raise Unreadable("sealed with a key that is not in the key file")
        cipher = self._cipher(blob[0], purpose)
        try:
            opened = cipher.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable("changed after it was sealed") from error
        return opened.decode("utf-8", "surrogatepass")

    def sealer(self, purpose: str) -> tuple[int, AESGCM]:
        """The key that seals large things now: its id, and the cipher. Who uses it makes the nonces, and never one twice."""
        return self._last, self._cipher(self._last, purpose)

    def opener(self, key_id: int, purpose: str) -> AESGCM:
        """The cipher of a key by its id.

        Raises:
            Unreadable: no such key is in the file.
        """
        if key_id not in self._masters:
            raise Unreadable("sealed with a key that is not in the key file")
        return self._cipher(key_id, purpose)

    @staticmethod
    def open_piece(cipher: AESGCM, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """Open one piece of a large thing.

        Raises:
            Unreadable: it was changed, or stood elsewhere.
        """
        try:
            return cipher.decrypt(nonce, sealed, bound_to)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("changed after it was sealed") from error

    def sign(self, purpose: str, text: str) -> str:
        """A signature of a text, 43 characters, safe in a URL; the same text has the same signature."""
        digest = hmac.digest(self._key(self._first, f"sign {purpose}"), text.encode("utf-8", "surrogatepass"), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def verify(self, purpose: str, text: str, signature: str) -> bool:
        """Whether `signature` is this installation's own for `text`."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode("utf-8", "surrogatepass"))

    def _cipher(self, key_id: int, purpose: str) -> AESGCM:
        cipher = self._ciphers.get((key_id, purpose))
        if cipher is None:
            cipher = self._ciphers[key_id, purpose] = AESGCM(self._key(key_id, f"seal {purpose}"))
        return cipher

    def _key(self, key_id: int, purpose: str) -> bytes:
        derived = self._derived.get((key_id, purpose))
        if derived is None:
            derivation = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"tanggap {purpose}".encode())
            derived = self._derived[key_id, purpose] = derivation.derive(self._masters[key_id])
        return derived


def make_key_file(path: Path) -> None:
    """Make the key file with a random key, unless it exists."""
    make_secret_file(path, f"{FIRST_KEY_ID} {secrets.token_hex(KEY_BYTES)}\n")


def make_secret_file(path: Path, content: str) -> None:
    """Make a file of mode 0600 with that content, unless it exists.

    Of two processes at once, one wins and both use its file.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
