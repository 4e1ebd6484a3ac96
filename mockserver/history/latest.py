"""The latest long conversations, as far as something is remembered of them: how their bodies are cut, what
follows from their messages, how far they are digested.

An agent sends all of its conversation again, and two messages more. Bounded. No I/O, no clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")

LONG = 32 * 1024
"""Bytes of a body. What follows from a shorter one is worked out sooner than it is looked for."""

_CONVERSATIONS = 64
_WEIGHT = 16 * 1024 * 1024
"""Bytes of the bodies."""

_MOST = 7 / 8
"""Of the parts of a conversation: where so many come again, it is the same one that goes on."""


def is_gone_on(same: int, before: int) -> bool:
    """Whether a conversation goes on that has the `same` first parts as one with so many `before`."""
    return same >= _MOST * before


class Latest(Generic[Value]):
    """What was used last comes first; what was used longest ago makes room. `length` is that of the
    conversation of a value, in parts.
    """

    def __init__(self, length: Callable[[Value], int]) -> None:
        self._length = length
        self._kept: deque[tuple[Value, int]] = deque()  # each with its weight
        self._weight = 0

    def put(self, value: Value, weight: int) -> None:
        """Keep a value that weighs so many bytes."""
        self._kept.appendleft((value, weight))
        self._weight += weight
        while len(self._kept) > _CONVERSATIONS or self._weight > _WEIGHT:
            self._weight -= self._kept.pop()[1]

    def drop(self, value: Value) -> None:
        """Forget a value, if it is there."""
        for at, (kept, weight) in enumerate(self._kept):
            if kept is value:
                del self._kept[at]
                self._weight -= weight
                return

    def best(self, in_common: Callable[[Value, int], int]) -> tuple[Value | None, int]:
        """The conversation that one has most in common with, and how many first parts: `in_common` tells it
        of each, where these are more than so many.
        """
        best, most = None, 0
        for value in [*self]:  # some may be dropped on the way
            if (same := in_common(value, most)) > most:
                best, most = value, same
                if is_gone_on(same, self._length(value)):
                    break
        return best, most

    def __iter__(self) -> Iterator[Value]:
        return (value for value, _ in self._kept)
