"""Whether a page tells the number of the tests' caller. Four digits do not say so: ids are random, and may have them too."""

import re

#: The middle and the end of 0813-4455-6642, however it is written.
NUMBER = re.compile(r"4455\W?6642")


def tells_number(text: str) -> bool:
    """Whether the number stands in `text`, its mask aside."""
    return NUMBER.search(text) is not None
