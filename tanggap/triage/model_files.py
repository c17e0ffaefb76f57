"""Files of learned models under TANGGAP_HOME/cache: named by what they were learned from, written whole or not at all."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import msgspec
import numpy as np

from tanggap import __version__
from tanggap.city.model import Catalogue
from tanggap.city.said import Said
from tanggap.triage.learned import Model

#: Raised when what is counted of words changes, so that older files are not read.
FORMAT = 6
#: What a file that cannot be used raises: gone, cut off, of another format.
UNUSABLE = (OSError, ValueError, KeyError, TypeError, EOFError, IndexError, msgspec.MsgspecError)


#: The model's arrays as they stand in the file, with the type of their numbers.
_ARRAYS = {
    "rarity": np.float32, "starts": np.int32, "sentences": np.int32, "values": np.float32, "weights": np.float32,
    "mean": np.float32, "urgency": np.float32, "reality": np.float32,
}  # fmt: skip


class _Head(msgspec.Struct, frozen=True):
    codes: tuple[str, ...]
    names: tuple[str, ...]
    urgent: tuple[str, ...]
    mixed: tuple[str, ...]
    sharpness: float
    apart_sharpness: float
    p1_threshold: float
    lengths: tuple[int, ...]  # of the arrays, in the order of `_ARRAYS`
    digest: str  # of the numbers


class ModelFile:
    """The file of one city's sentences, of its categories, of one version of Tanggap."""

    def __init__(self, folder: Path, catalogue: Catalogue, said: Sequence[Said]) -> None:
        # What a model is made of, and no more: an agency that changes must not cost the city its model.
        kinds = [(one.code, one.active, one.priority, one.name_id, one.words) for one in catalogue.categories]
        about = (kinds, [(area.name, area.aliases) for area in catalogue.areas], said, __version__, FORMAT)
        key = hashlib.sha256(msgspec.msgpack.encode(about)).hexdigest()[:24]
        self._folder = folder
        self._of_city = f"triage-{catalogue.city.code}-"
        self.path = folder / f"{self._of_city}{key}.model"

    def load(self) -> Model:
        """The model.

        Raises:
            UNUSABLE: there is none, or it is damaged.
        """
        raw = self.path.read_bytes()
        length = int.from_bytes(raw[:8], "little")
        head = msgspec.msgpack.decode(raw[8 : 8 + length], type=_Head)
        numbers = raw[8 + length :]
        if hashlib.sha256(numbers).hexdigest() != head.digest:
            raise ValueError("the file is damaged")
        arrays = {}
        begin = 0
        for (name, kind), count in zip(_ARRAYS.items(), head.lengths, strict=True):
            end = begin + count * np.dtype(kind).itemsize
            arrays[name] = np.frombuffer(numbers[begin:end], dtype=kind)
            begin = end
        arrays["weights"] = arrays["weights"].reshape(-1, len(arrays["mean"]))
        return Model(
            codes=head.codes, names=head.names, urgent=frozenset(head.urgent), mixed=head.mixed,
            sharpness=head.sharpness, apart_sharpness=head.apart_sharpness,
            p1_threshold=head.p1_threshold, **arrays,
        )  # fmt: skip

    def save(self, model: Model) -> None:
        """Write the model, and remove the city's others."""
        arrays = [np.asarray(getattr(model, name), dtype=kind).ravel() for name, kind in _ARRAYS.items()]
        numbers = b"".join(array.tobytes() for array in arrays)
        lengths = tuple(map(len, arrays))
        digest = hashlib.sha256(numbers).hexdigest()
        head = msgspec.msgpack.encode(
            _Head(
                codes=model.codes,
                names=model.names,
                urgent=tuple(sorted(model.urgent)),
                mixed=model.mixed,
                sharpness=model.sharpness,
                apart_sharpness=model.apart_sharpness,
                p1_threshold=model.p1_threshold,
                lengths=lengths,
                digest=digest,
            )
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            unfinished.write_bytes(len(head).to_bytes(8, "little") + head + numbers)
            os.replace(unfinished, self.path)
        finally:
            unfinished.unlink(missing_ok=True)
        for other in self._folder.glob(f"{self._of_city}*.model"):
            if other != self.path:
                other.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One learner a machine and city; the others wait, and find its file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / f"{self._of_city}learning.lock").open("w") as lock:
            flock(lock, LOCK_EX)
            yield

    def forget(self) -> None:
        """Remove a file that cannot be used."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
