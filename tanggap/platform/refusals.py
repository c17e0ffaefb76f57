"""A refusal: an answer, not a fault. The rooms say what each of theirs is about; the doors show them all alike."""

from typing import Any

from tanggap.platform.i18n import N_


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """What a person asked for cannot be done; `sentence` says so in Indonesian (a gettext key), `slug` names it for machines."""

    slug = "refused"
    sentence = N_("Permintaan ini tidak dapat dijalankan.")

    def __init__(self, **detail: Any) -> None:
        """Keep what a machine may want to know beside the sentence."""
        self.detail = detail
        super().__init__(self.sentence)
