"""Bounded memory: maps that forget their oldest entry. No clock, no I/O."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """A map of at most `limit` entries, and of at most `heaviest` weight in all; what was used longest ago
    goes first. An entry weighs nothing unless it says so. `losses` count what was there and is not any more.
    """

    def __init__(self, limit: int, heaviest: int = 0) -> None:
        self._limit = limit
        self._heaviest = heaviest
        self._entries: OrderedDict[Key, tuple[Value, int, int]] = OrderedDict()
        self._weight = 0
        self._births = count()
        self.losses = 0

    def get(self, key: Key) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Key, value: Value, weight: int = 0) -> None:
        """Keep a value; one that is replaced leaves its birth to the new one. What alone is heavier
        than all may be is not kept, and drives nothing out.
        """
        entries = self._entries
        before = entries.pop(key, None)
        if before is not None:
            self._weight -= before[1]
            self.losses += before[0] is not value
        if weight > self._heaviest > 0:
            self.losses += before is not None
            return
        entries[key] = (value, weight, next(self._births) if before is None else before[2])
        self._weight += weight
        while len(entries) > self._limit or self._weight > self._heaviest > 0:
            self._weight -= entries.popitem(last=False)[1][1]
            self.losses += 1

    def has_any(self, keys: Collection[Key]) -> bool:
        """Whether one of the keys is there; that does not count as a use of it."""
        return not self._entries.keys().isdisjoint(keys)

    def weight(self, key: Key) -> int:
        """What an entry weighs; nothing if it is not there."""
        entry = self._entries.get(key)
        return entry[1] if entry else 0

    def setdefault(self, key: Key, make: Callable[[], Value]) -> Value:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            return entry[0]
        value = make()
        self.put(key, value)
        return value

    def drop(self, key: Key) -> bool:
        """Forget `key`; whether it was there."""
        entry = self._entries.pop(key, None)
        self._weight -= entry[1] if entry else 0
        self.losses += entry is not None
        return entry is not None

    def names(self, wanted: Callable[[Key], bool]) -> list[Key]:
        """The keys that are wanted, those first kept first."""
        found = [(entry[2], key) for key, entry in self._entries.items() if wanted(key)]
        return [key for _, key in sorted(found, key=lambda item: item[0])]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class Counts(Generic[Key]):
    """How often things were counted, at most `limit` of them; what was counted longest ago goes first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: OrderedDict[Key, int] = OrderedDict()

    def add(self, key: Key, by: int = 1) -> int:
        """Count a thing, or take counts back with less than nothing; how many there are."""
        counts = self._counts
        before = counts.get(key)
        if before is not None:
            number = counts[key] = before + by
            counts.move_to_end(key)
            return number
        counts[key] = by
        if len(counts) > self._limit:
            counts.popitem(last=False)
        return by
