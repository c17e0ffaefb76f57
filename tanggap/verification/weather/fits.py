"""Which categories a warning of the weather speaks for; read once from `fits.toml`."""

import tomllib
from functools import cache
from importlib import resources

from tanggap.verification.weather.model import Peril


@cache
def fits() -> tuple[tuple[str, Peril], ...]:
    """Pairs of a category's code and what speaks for it. A code that a city does not have says nothing."""
    told = tomllib.loads(resources.files(__package__).joinpath("fits.toml").read_text("utf-8"))
    return tuple((code, Peril(peril)) for peril, codes in told["fits"].items() for code in codes)
