"""What came of looking for a scenario: the attempt that answers, or none; and why the others do not.

Why is worked out only when somebody asks. No clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, dropwhile, takewhile
from typing import TypeAlias

from mockserver.claiming.matching import Difference, differences
from mockserver.conversation import Json, Request
from mockserver.scenario.model import Attempt, Scenario
from mockserver.scenario.problems import did_you_mean
from mockserver.values import dataclass

_NEAREST = 3
_NO_TURN = ("it has no turn for this point of the conversation",)

Tried: TypeAlias = tuple[tuple[Scenario, ...], ...]
"""The scenarios that take part, in their order: those of the key's own, and those of all. They are not put
into one tuple, of which there would be one a key.
"""


@dataclass(frozen=True, slots=True)
class Miss:
    """Why one scenario did not answer."""

    scenario: Scenario
    reasons: tuple[str, ...]

    def distance(self) -> tuple[int, int]:
        """How far from answering: the fewer reasons, then the more conditions that hold, the nearer."""
        return len(self.reasons), _fewness(self.scenario)


@dataclass(frozen=True, slots=True)
class Claim:
    """The attempt that answers. `turn` and `number` (of the attempt) count from 1. `unmet` is what the turn
    expected and did not get. `tried` are the scenarios that take part, in their order; none, where this one
    was chosen by name.
    """

    scenario: Scenario
    turn: int
    number: int
    attempt: Attempt
    variables: Mapping[str, Json]
    unmet: tuple[Difference, ...] = ()
    tried: Tried = ()

    def misses(self, request: Request) -> list[Miss]:
        """Why each scenario that was tried before did not answer."""
        before = takewhile(self._is_other, chain.from_iterable(self.tried))
        return [Miss(scenario, _reasons(scenario, request)) for scenario in before]

    def misses_behind(self, request: Request) -> list[Miss]:
        """Why each scenario that was not tried any more would not have answered, or did not come to it."""
        behind = tuple(dropwhile(self._is_other, chain.from_iterable(self.tried)))[1:]
        late = (f"it stands behind {self.scenario.name}",)
        return [Miss(scenario, _unlike(scenario, request) or late) for scenario in behind]

    def _is_other(self, scenario: Scenario) -> bool:
        return scenario is not self.scenario


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """No scenario answers: none of those that were `tried`, or not the one that was `chosen` by name."""

    request: Request
    tried: Tried = ()
    chosen: str = ""
    known: tuple[str, ...] = ()

    def misses(self) -> list[Miss]:
        """Why each scenario that was tried did not answer."""
        tried = chain.from_iterable(self.tried)
        return [Miss(scenario, _reasons(scenario, self.request)) for scenario in tried]

    @property
    def message(self) -> str:
        """What a person needs to know to mend it."""
        if self.chosen and self.chosen not in self.known:
            return f"There is no scenario {self.chosen!r}: {did_you_mean(self.chosen, self.known)}"
        if self.chosen:
            return f"Scenario {self.chosen!r} has no turn for this point of the conversation."
        if not any(self.tried):
            return "No scenario matches: none is loaded that takes part by match."
        told = "; ".join(
            f"{miss.scenario.name} ({miss.scenario.place}): {', '.join(miss.reasons)}"
            for miss in self._nearest()
        )
        return f"No scenario matches this request. Nearest: {told}."

    def _nearest(self) -> list[Miss]:
        """The nearest, the first one first. Those with the most conditions are looked at first, and no others
        once these can be no nearer: a message must not take its time for each of thousands.
        """
        found: list[Miss] = []
        for scenario in sorted(chain.from_iterable(self.tried), key=_fewness):
            if len(found) == _NEAREST and found[-1].distance() <= (1, _fewness(scenario)):
                break
            found.append(Miss(scenario, _reasons(scenario, self.request)))
            found = sorted(found, key=Miss.distance)[:_NEAREST]
        return found


def _fewness(scenario: Scenario) -> int:
    """The more conditions the less."""
    return -len(scenario.match.places)


def _reasons(scenario: Scenario, request: Request) -> tuple[str, ...]:
    """Why the scenario does not answer."""
    return _unlike(scenario, request) or _NO_TURN


def _unlike(scenario: Scenario, request: Request) -> tuple[str, ...]:
    """What of the request is not what the scenario is for."""
    if scenario.by_name:
        return ("it is found by name only",)
    return tuple(str(difference) for difference in differences(scenario.match, request, request.user))
