"""Durations and rates as they are written in scenarios, as numbers of seconds. No node, no clock."""

from __future__ import annotations

import re
from math import isfinite
from typing import Literal, TypeAlias

LONGEST = 3600.0

DURATION_PATTERN = r"^[0-9]+(\.[0-9]+)? ?(ms|s|m|h)?$"
RATE_PATTERN = r"^[0-9]+(\.[0-9]+)?( ?((chunk|token|char|character)s? ?)?/ ?[sm])?$"

RateUnit: TypeAlias = Literal["chunk", "token", "character"]

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9.]+) ?([a-z]*)")
_RATE = re.compile(r"([0-9.]+) ?(?:([a-z]*?)s?) ?(?:/ ?([sm]))?")
_UNITS: dict[str, RateUnit] = {
    "": "chunk",
    "chunk": "chunk",
    "token": "token",
    "char": "character",
    "character": "character",
}


def parse_duration(text: str) -> float:
    """Seconds of `300ms`, `2s`, `1.5 s`, `1m`, `1h`, or of a bare number. ValueError says what will do."""
    parts = _DURATION.fullmatch(text) if re.match(DURATION_PATTERN, text) else None
    if parts is None or not isfinite(float(parts[1])):
        raise ValueError("write a number and ms, s, m or h")
    seconds = float(parts[1]) * _SECONDS[parts[2] or "s"]
    if seconds > LONGEST:
        raise ValueError("one hour is the longest")
    return seconds


def parse_rate(text: str) -> tuple[float, RateUnit]:
    """Seconds from one to the next, and of what: `50/s` and `600/m` are chunks, as is a bare number per
    second; `50 tokens/s` and `200 chars/s` are what they say. ValueError says what will do.
    """
    parts = _RATE.fullmatch(text) if re.match(RATE_PATTERN, text) else None
    if parts is None or not isfinite(float(parts[1])):
        raise ValueError("write a number and /s or /m, or tokens/s or chars/s")
    number, unit, span = float(parts[1]), _UNITS[parts[2]], _SECONDS[parts[3] or "s"]
    if not number or span / number > LONGEST:
        raise ValueError(f"one {unit} an hour is the slowest")
    return span / number, unit
