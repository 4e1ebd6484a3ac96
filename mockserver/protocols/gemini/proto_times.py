"""Durations and timestamps as ProtoJSON writes them.

Mirrors "ProtoJSON Format" of the Protocol Buffers documentation (2026-11): `3.5s`, and RFC 3339.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DURATION = re.compile(r"(-?\d{1,12}(?:\.\d{1,9})?)s")
_FRACTION = re.compile(r"(\.\d{6})\d+")


def duration_text(seconds: float) -> str:
    """`26s`, `0.25s`."""
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


def read_duration(text: str) -> float | None:
    """Seconds; None if it is no duration."""
    found = _DURATION.fullmatch(text)
    return float(found[1]) if found else None


def timestamp_text(seconds: float) -> str:
    """Unix seconds in RFC 3339, to the microsecond where there is a fraction."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")[:-6] + "Z"


def read_timestamp(text: str) -> float | None:
    """Unix seconds; None if it is no timestamp. Whatever is finer than microseconds is left out."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
