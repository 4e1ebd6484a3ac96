"""State in the memory of one process, the default: plain maps that forget their oldest entries.

All of it is called by one loop, so nothing needs a lock. No clock, no I/O.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import field, replace
from typing import Literal, TypeVar, Unpack

from mockserver.history.fidelity import Memory
from mockserver.played import Played
from mockserver.protocols.base import Stored
from mockserver.quotas import Ledger
from mockserver.scenario.model import Scenario
from mockserver.setup import NO_SETUP, Setup, Written
from mockserver.state.interface import Changed, Counter
from mockserver.store import Bounded, Counts
from mockserver.values import dataclass

Result = TypeVar("Result")

NAMESPACES = 1_000
SETUPS = 10_000
ATTEMPTS = 10_000
SIGHTINGS = 10_000
STORED = 10_000
STORED_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Namespace:
    """The counters of one API key, what was said to it, and how far its own scenarios were played."""

    attempts: Counts[Counter] = field(default_factory=lambda: Counts(ATTEMPTS))
    sightings: Counts[bytes] = field(default_factory=lambda: Counts(SIGHTINGS))
    memory: Memory = field(default_factory=Memory)
    ledger: Ledger = field(default_factory=Ledger)
    played: Played = field(default_factory=Played)


class MemoryState:
    """What is kept of all keys, in this process."""

    def __init__(self) -> None:
        self._namespaces: Bounded[str, Namespace] = Bounded(NAMESPACES)
        self._latest: tuple[str, Namespace] | None = None  # the one that was used last
        self._setups: Bounded[str, Setup] = Bounded(SETUPS)
        self._stored: Bounded[tuple[str, str], Stored | Callable[[], Stored]] = Bounded(STORED, STORED_BYTES)

    is_shared = False
    mark = staticmethod(hash)
    health: Literal["memory"] = "memory"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        yield

    async def run(self, act: Callable[[], Result]) -> Result:
        return act()

    async def run_unset(self, _: str, act: Callable[[], Result]) -> Result:
        return act()

    def edition(self, _: Scenario, load: int) -> str:
        return str(load)

    # ---------------------------------------------------------------------------------- set up

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._setups)

    def setup(self, key: str) -> Setup:
        return self._setups.get(key) or NO_SETUP

    def add(
        self,
        key: str,
        scenarios: Sequence[Scenario],
        written: Written | None = None,  # noqa: ARG002 - they are here
        *,
        first: bool = False,
    ) -> None:
        setup = self.setup(key)
        listed = (*scenarios, *setup.scenarios) if first else (*setup.scenarios, *scenarios)
        self._setups.put(key, replace(setup, scenarios=listed))

    def remove(self, key: str, name: str) -> bool:
        setup = self.setup(key)
        left = tuple(scenario for scenario in setup.scenarios if scenario.name != name)
        self._setups.put(key, replace(setup, scenarios=left))
        return len(left) < len(setup.scenarios)

    def alter(self, key: str, **changed: Unpack[Changed]) -> None:
        self._setups.put(key, replace(self.setup(key), **changed))

    # --------------------------------------------------------------------------------- counted

    def _namespace(self, key: str) -> Namespace:
        """That of a key, which is used now."""
        latest = self._latest
        if latest is not None and latest[0] == key:
            return latest[1]
        namespace = self._namespaces.setdefault(key, Namespace)
        self._latest = key, namespace
        return namespace

    def seen(self, key: str, fingerprint: bytes) -> int:
        return self._namespace(key).sightings.add(fingerprint)

    def count(self, key: str, counter: Counter, by: int) -> int:
        return self._namespace(key).attempts.add(counter, by)

    def memory(self, key: str) -> Memory:
        return self._namespace(key).memory

    def ledger(self, key: str) -> Ledger:
        return self._namespace(key).ledger

    def played(self, key: str) -> Played:
        return self._namespace(key).played

    # ---------------------------------------------------------------------------------- stored

    def recall(self, key: str, name: str) -> Stored | None:
        stored = self._stored.get((key, name))
        if stored is None or isinstance(stored, Stored):
            return stored
        made = stored()
        self._stored.put((key, name), made, self._stored.weight((key, name)))
        return made

    def keep(self, key: str, name: str, stored: Stored, weight: int) -> None:
        self._stored.put((key, name), stored, weight)

    def keep_later(self, key: str, name: str, make: Callable[[], Stored], weight: int) -> None:
        self._stored.put((key, name), make, weight)

    def weight(self, key: str, name: str) -> int:
        return self._stored.weight((key, name))

    def kept(self, key: str, prefix: str) -> list[str]:
        found = self._stored.names(lambda kept: kept[0] == key and kept[1].startswith(prefix))
        return [name for _, name in found]

    def forget(self, key: str, name: str) -> bool:
        return self._stored.drop((key, name))

    def reset(self, key: str) -> None:
        self._setups.drop(key)
        self._namespaces.drop(key)
        self._latest = None
        for name in self.kept(key, ""):
            self._stored.drop((key, name))
