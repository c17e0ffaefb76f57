"""The weights that the program ships with, and the words of trying the number; read once from `weights.toml`."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tanggap.verification.model import Weight, Weights


class Phrases(msgspec.Struct, frozen=True):
    """Words that speak without a trained model, and what they count in natural log-odds."""

    test: tuple[str, ...]
    prank: tuple[str, ...]
    test_log_odds: float
    known_log_odds: float
    danger_log_odds: float


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))


@cache
def shipped() -> Weights:
    """Version 0."""
    told = _file()
    weights = msgspec.convert(told["weight"], list[Weight])
    by_code = {weight.code: weight for weight in weights}
    return Weights(0, by_code, told["half_life_days"], told["together_minutes"], told["together_m"])


@cache
def phrases() -> Phrases:
    """The phrases of trying and playing."""
    return msgspec.convert(_file()["words"], Phrases)


def learnt(version: int, log_odds: dict[str, float], sd: dict[str, float]) -> Weights:
    """The shipped weights with a city's own numbers in their place."""
    base = shipped()
    by_code = {
        code: msgspec.structs.replace(weight, log_odds=log_odds[code], sd=sd.get(code, weight.sd), source="learnt")
        if code in log_odds
        else weight
        for code, weight in base.by_code.items()
    }
    return msgspec.structs.replace(base, version=version, by_code=by_code)
