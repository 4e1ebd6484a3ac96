"""How far the scenarios of a key have been played. No clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from mockserver.scenario.model import Scenario
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Unplayed:
    """Where a scenario was not played on: the first turn that has not answered, or of which only so many
    attempts have. Turns count from 1.
    """

    scenario: Scenario
    turn: int
    attempts: int = 0


Furthest = dict[int, tuple[int, int]]
"""Of each turn, the furthest attempt that has answered, and how many the turn has."""


@dataclass(slots=True)
class Played:
    """How far each scenario was played. Several may have one name, as those that a test scripts without one;
    those that also say the same are one.
    """

    _by_name: dict[str, list[tuple[Scenario, Furthest]]] = field(default_factory=dict)

    def note(self, scenario: Scenario, turn: int, attempt: int, attempts: int) -> None:
        """Note that an attempt of a turn answers, out of so many that the turn has on this wire."""
        turns = self._turns_of(scenario)
        if turns is None:
            turns = {}
            self._by_name.setdefault(scenario.name, []).append((scenario, turns))
        furthest, _ = turns.get(turn, (0, 0))
        turns[turn] = (max(furthest, attempt), attempts)

    def forget(self, name: str) -> None:
        """Forget how far the scenarios of this name were played."""
        self._by_name.pop(name, None)

    def unplayed(self, scenarios: Iterable[Scenario]) -> list[Unplayed]:
        """Those of the scenarios that were not played to their end."""
        found = (self._rest_of(scenario) for scenario in scenarios)
        return [rest for rest in found if rest]

    def _rest_of(self, scenario: Scenario) -> Unplayed | None:
        turns = self._turns_of(scenario) or {}
        for turn in range(1, len(scenario.turns) + 1):
            furthest, attempts = turns.get(turn, (0, 1))
            if furthest < attempts:
                return Unplayed(scenario, turn, furthest)
        return None

    def _turns_of(self, scenario: Scenario) -> Furthest | None:
        for known, turns in self._by_name.get(scenario.name, ()):
            if known is scenario or known == scenario:
                return turns
        return None
