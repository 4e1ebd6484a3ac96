"""When the next worker is started in the place of one that has ended. No clock: moments come in."""

from __future__ import annotations

SHORT = 1.0
"""Seconds; a worker that lived no longer may be followed by others that do not either."""

AT_ONCE = 2
"""How many that lived no longer, one after the other, are still replaced at once."""

MOST_FAILED = 5
"""How many must end before they serve, one after the other, until there is no more hope."""

_FIRST_WAIT = 0.1
_LONGEST_WAIT = 5.0


class Restarts:
    """Those of the workers in one place."""

    def __init__(self) -> None:
        self._short = 0
        self._failed = 0

    @property
    def is_hopeless(self) -> bool:
        return self._failed >= MOST_FAILED

    def wait(self, lived: float, *, served: bool) -> float:
        """The seconds until the next may start, behind one that lived so many."""
        self._failed = 0 if served else self._failed + 1
        self._short = self._short + 1 if lived < SHORT else 0
        if self._short <= AT_ONCE:
            return 0.0
        return float(min(_FIRST_WAIT * 2 ** (self._short - AT_ONCE - 1), _LONGEST_WAIT))
