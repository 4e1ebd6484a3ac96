"""How long a test waits for what must come: so long that only what hangs takes longer, on any machine."""

from __future__ import annotations

import time
from collections.abc import Callable

HANG = 60.0
"""Seconds. A machine may stand still for some of them, or be ten times slower than this one."""


def wait(holds: Callable[[], object]) -> None:
    """Wait until something holds; it must, sooner or later."""
    until = time.monotonic() + HANG
    while not holds():
        assert time.monotonic() < until, "this does not come to hold"
        time.sleep(0.01)
