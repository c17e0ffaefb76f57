"""How much of a call its caller was silent, by the loudness of their side: a fact for the ledger, never a judgement.

While the desk speaks, a caller listens: those moments count neither way. What is left is either a voice or silence.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tanggap.telephony.recording.g711 import ALAW, RATE, SILENCE

#: Loudness is looked at over so many samples: 20 ms, as telephones send them.
FRAME: Final = RATE // 50
#: A frame is a voice when it is louder than the line's own noise by this factor of its energy (10 dB) …
ABOVE_NOISE: Final = 10.0
#: … and than this in any case: −45 dB of full scale. Speech on telephone lines lies near −20 (ITU-T P.56), whispering near −40.
LEAST_ENERGY: Final = 32_768.0**2 * 10 ** (-45 / 10)
#: What is this loud is never taken for noise of the line, however long it lasts: −30 dB.
MOST_NOISE: Final = 32_768.0**2 * 10 ** (-30 / 10) / ABOVE_NOISE
#: The line's noise is the energy that a tenth of the frames do not reach.
QUIETEST: Final = 0.1
#: A voice fills the pauses between its syllables: so many frames after a loud one still belong to it (300 ms).
LINGERS: Final = 15
#: With less than this to judge by, nothing is said, in seconds.
LEAST_S: Final = 3.0
#: Looked at in pieces of this many frames, so that a call of hours needs no more memory than one of a minute.
_PIECE: Final = 3_000

_ENERGY: Final = np.array(ALAW, dtype=np.float32) ** 2


def silent_share(caller: bytes, desk: bytes) -> float | None:
    """The share of a call in which its caller was silent while the desk was too, 0–1; None when too little can be judged.

    Both sides in A-law, 8,000 samples a second, of the same beginning.
    """
    voice, answers = _voices(_energies(caller)), _voices(_energies(desk))
    length = min(len(voice), len(answers))
    open_for_caller = voice[:length] | ~answers[:length]
    if int(open_for_caller.sum()) * FRAME < LEAST_S * RATE:
        return None
    return float(1 - voice[:length].sum() / open_for_caller.sum())


def _energies(alaw: bytes) -> NDArray[np.float32]:
    """The mean square of each whole frame."""
    pieces = []
    for start in range(0, len(alaw) - FRAME + 1, _PIECE * FRAME):
        count = min(_PIECE, (len(alaw) - start) // FRAME)
        codes = np.frombuffer(alaw, dtype=np.uint8, count=count * FRAME, offset=start)
        pieces.append(_ENERGY[codes].reshape(count, FRAME).mean(axis=1))
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)


def _voices(energies: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which frames belong to a voice."""
    if not len(energies):
        return np.zeros(0, dtype=np.bool_)
    heard = energies[energies > _ENERGY[SILENCE]]  # frames that were never sent say nothing of the line's noise
    noise = min(float(np.quantile(heard, QUIETEST)), MOST_NOISE) if len(heard) else 0.0
    loud = energies > max(LEAST_ENERGY, ABOVE_NOISE * noise)
    lasting = np.convolve(loud.astype(np.int32), np.ones(LINGERS + 1, dtype=np.int32))[: len(loud)]
    return np.asarray(lasting > 0)
