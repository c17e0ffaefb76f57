"""Telephone numbers as they are said, in one form by which they are found again, and in the form that a list may show."""

import re

_NOT_A_DIGIT = re.compile(r"[^\d]")


def normal_number(said: str) -> str:
    """A telephone number in its international form without «+», as far as it can be told; '' when there is no digit.

    Indonesian numbers lose the trunk 0 and gain 62 (ITU-T E.164). Anything else is kept as the digits that were said: a number
    that does not validate is still the caller's number.
    """
    digits = _NOT_A_DIGIT.sub("", said)[:32]
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0"):
        return "62" + digits[1:]
    return digits


def masked_number(number: str) -> str:
    """What a list shows: 0813…42."""
    national = "0" + number[2:] if number.startswith("62") else number
    return f"{national[:4]}…{national[-2:]}" if len(national) > 6 else "…"
