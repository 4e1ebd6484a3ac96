"""Looks at scenario files from time to time, by who has other things to do. No clock: moments come in."""

from __future__ import annotations

from mockserver.reloading import EVERY, MOST_LOOKS, SETTLING
from mockserver.scenario.files import Library, Look


class Watch:
    """Over the files of a library, which whoever watches loads when they are `settled`."""

    def __init__(self, library: Library, now: float) -> None:
        self._library = library
        self._next = now + EVERY
        self._changed: Look | None = None
        self._looks = 0

    def wait(self, now: float) -> float:
        """The seconds until it is time to look."""
        return max(0.0, self._next - now)

    def settled(self, now: float) -> bool:
        """Whether the files are others than were loaded, and have stayed as they are since the last look.
        Those that never settle are loaded as they are.
        """
        if self.wait(now):
            return False
        before, seen = self._changed, self._library.look()
        self._changed = None if seen == self._library.seen else seen
        self._looks = self._looks + 1 if self._changed else 0
        self._next = now + (SETTLING if self._changed else EVERY)
        return self._changed is not None and (seen == before or self._looks > MOST_LOOKS)
