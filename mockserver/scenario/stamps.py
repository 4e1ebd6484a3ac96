"""Whether a file has changed, as far as can be told without reading it."""

from __future__ import annotations

import os
from typing import TypeAlias

Stamp: TypeAlias = tuple[int, int, int] | None
"""When a file was written last, its size and its mode; None where there is none."""


def stamp_of(path: str | os.PathLike[str]) -> Stamp:
    try:
        found = os.stat(path)  # noqa: PTH116 - no Path is made for each of thousands of files, twice a second
    except (OSError, ValueError):  # a path may hold a NUL
        return None
    return found.st_mtime_ns, found.st_size, found.st_mode
