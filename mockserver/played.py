"""How far the scenarios of a key have been played. No clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mockserver.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Unplayed:
    """Where a scenario was not played on: the first turn that has not answered, or of which only so many
    attempts have. Turns count from 1.
    """

    scenario: Scenario
    turn: int
    attempts: int = 0


@dataclass(slots=True)
class Played:
    """For each scenario by its name: the furthest attempt of each turn that has answered, and of how many."""

    _turns: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)

    def note(self, scenario: Scenario, turn: int, attempt: int, attempts: int) -> None:
        """Note that an attempt of a turn answers, out of so many that the turn has on this wire."""
        turns = self._turns.setdefault(scenario.name, {})
        furthest, _ = turns.get(turn, (0, 0))
        turns[turn] = (max(furthest, attempt), attempts)

    def unplayed(self, scenarios: Iterable[Scenario]) -> list[Unplayed]:
        """Those of the scenarios that were not played to their end."""
        found = (self._rest_of(scenario) for scenario in scenarios)
        return [rest for rest in found if rest]

    def _rest_of(self, scenario: Scenario) -> Unplayed | None:
        turns = self._turns.get(scenario.name, {})
        for turn in range(1, len(scenario.turns) + 1):
            furthest, attempts = turns.get(turn, (0, 1))
            if furthest < attempts:
                return Unplayed(scenario, turn, furthest)
        return None
