"""Durations and rates as they are written in scenarios, as numbers of seconds. No node, no clock."""

from __future__ import annotations

import re
from math import isfinite

LONGEST = 3600.0

DURATION_PATTERN = r"^[0-9]+(\.[0-9]+)? ?(ms|s|m|h)?$"
RATE_PATTERN = r"^[0-9]+(\.[0-9]+)? ?(/ ?[sm])?$"

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PARTS = re.compile(r"([0-9.]+) ?(?:/ ?)?([a-z]*)")


def parse_duration(text: str) -> float:
    """Seconds of `300ms`, `2s`, `1.5 s`, `1m`, `1h`, or of a bare number. ValueError says what will do."""
    number, unit = _split(DURATION_PATTERN, text, "write a number and ms, s, m or h")
    seconds = number * _SECONDS[unit or "s"]
    if seconds > LONGEST:
        raise ValueError("one hour is the longest")
    return seconds


def parse_rate(text: str) -> float:
    """Seconds from one chunk to the next at `50/s`, `600/m`, or a bare number per second. ValueError says
    what will do.
    """
    number, unit = _split(RATE_PATTERN, text, "write a number and /s or /m")
    if not number or _SECONDS[unit or "s"] / number > LONGEST:
        raise ValueError("one chunk an hour is the slowest")
    return _SECONDS[unit or "s"] / number


def _split(pattern: str, text: str, allowed: str) -> tuple[float, str]:
    parts = _PARTS.fullmatch(text) if re.match(pattern, text) else None
    number = float(parts[1]) if parts else float("inf")
    if parts is None or not isfinite(number):
        raise ValueError(allowed)
    return number, parts[2]
