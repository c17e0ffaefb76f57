"""G.711: what the telephone network sends, 8,000 samples a second of one byte each, in A-law or µ-law (ITU-T G.711, 1988)."""

from typing import Final

RATE: Final = 8_000
#: A-law's smallest amplitude, as even bits are inverted on the wire: what a silent line sends.
SILENCE: Final = 0xD5


def _from_alaw(code: int) -> int:
    """One A-law byte as a 16-bit sample (13 significant bits, shifted up)."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


def _from_ulaw(code: int) -> int:
    """One µ-law byte as a 16-bit sample (14 significant bits, shifted up)."""
    code ^= 0xFF
    size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -size if code & 0x80 else size


ALAW: Final = tuple(map(_from_alaw, range(256)))
ULAW: Final = tuple(map(_from_ulaw, range(256)))


def _nearest_alaw(sample: int) -> int:
    return min(range(256), key=lambda code: (abs(ALAW[code] - sample), code))


#: µ-law bytes as the nearest A-law bytes: `payload.translate(ULAW_AS_ALAW)`.
ULAW_AS_ALAW: Final = bytes(map(_nearest_alaw, ULAW))
_LOW: Final = bytes(sample & 0xFF for sample in ALAW)
_HIGH: Final = bytes((sample >> 8) & 0xFF for sample in ALAW)


def linear(alaw: bytes) -> bytes:
    """A-law as 16-bit samples, little-endian, two bytes for each one: what every browser plays."""
    samples = bytearray(2 * len(alaw))
    samples[0::2] = alaw.translate(_LOW)
    samples[1::2] = alaw.translate(_HIGH)
    return bytes(samples)
