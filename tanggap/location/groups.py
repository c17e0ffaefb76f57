"""Numbers grouped under keys, as flat arrays: small in memory, and written to a file as they are."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

_NOTHING = np.empty(0, np.int32)


class GroupsFile(msgspec.Struct, frozen=True):
    """Groups as they are written."""

    keys: list[str]
    ends: bytes
    members: bytes


class Groups:
    """From each key to the numbers that were put under it."""

    def __init__(self, keys: Iterable[str], ends: NDArray[np.int64], members: NDArray[np.int32]) -> None:
        self._at = {key: at for at, key in enumerate(keys)}
        self._ends = ends
        self._members = members

    @classmethod
    def of(cls, found: Mapping[str, Sequence[int]]) -> "Groups":
        """Groups of a mapping."""
        ends = np.cumsum([len(group) for group in found.values()], dtype=np.int64)
        flat = np.fromiter((member for group in found.values() for member in group), np.int32)
        return cls(found, ends, flat)

    def get(self, key: str) -> NDArray[np.int32]:
        """The numbers under `key`, shape (n,); none under a key that nobody used."""
        at = self._at.get(key)
        if at is None:
            return _NOTHING
        return self._members[(self._ends[at - 1] if at else 0) : self._ends[at]]

    def __contains__(self, key: str) -> bool:
        return key in self._at

    def written(self) -> GroupsFile:
        """As they are kept in a file."""
        return GroupsFile(list(self._at), self._ends.tobytes(), self._members.tobytes())

    @classmethod
    def read(cls, file: GroupsFile) -> "Groups":
        """Groups as they were written."""
        return cls(file.keys, np.frombuffer(file.ends, np.int64), np.frombuffer(file.members, np.int32))
