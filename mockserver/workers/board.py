"""Which workers serve, for all of them to see: a byte for each, in memory that all processes have in common.

Only who supervises writes. It is made before the first worker is.
"""

from __future__ import annotations

import mmap


class Board:
    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self._serving = mmap.mmap(-1, wanted)

    def note(self, slot: int, *, serves: bool) -> None:
        self._serving[slot] = serves

    @property
    def alive(self) -> int:
        """How many workers serve now."""
        return sum(self._serving[:])
