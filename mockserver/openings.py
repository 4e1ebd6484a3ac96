"""What the first request of a conversation claims, where all but its words is known beforehand.

Of what scenarios ask only the words of the user are left to be looked at; and bodies and headers, which may
tell of them. Nothing is counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from mockserver.claims import Claim, Tried, Unclaimed
from mockserver.conversation import Json, JsonObject, Request
from mockserver.literals import Literals
from mockserver.matching import differences
from mockserver.scenario.matchers import Matcher, Regex, group_names, matches
from mockserver.scenario.model import Scenario
from mockserver.scenario.needs import need_of
from mockserver.standing import Position, claim_at
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class _Opening:
    """One scenario that may be opened. It `is_doubtful` if more has to be looked at than words, and
    `is_plain` if nothing is taken out of them; `known` are the variables besides them.
    """

    scenario: Scenario
    is_opened_by: Callable[[str], object]
    is_doubtful: bool
    is_plain: bool
    known: JsonObject

    def claim(self, request: Request, text: str, tried: Tried) -> Claim | None:
        scenario = self.scenario
        if not self.is_opened_by(text) or (self.is_doubtful and any(differences(scenario.match, request))):
            return None
        if not self.is_plain:
            return claim_at(scenario, Position(0, text), request, tried)
        attempt = scenario.turns[0].on(request.protocol).attempts[0]
        return Claim(scenario, 1, 1, attempt, {"user": text, **self.known}, (), tried)


class Openings:
    """The scenarios that may answer what is like a `sample`, in their order."""

    def __init__(
        self, scenarios: Iterable[Scenario], sample: Request, tried: Tried, *, chosen: bool = False
    ) -> None:
        possible = [each for each in scenarios if chosen or _may_match(each, sample)]
        self._openings = tuple(_opening(each, sample, chosen=chosen) for each in possible)
        self._tried = tried
        self._always = 0
        self._exact: dict[Json, int] = {}
        literals: dict[str, int] = {}
        for index, scenario in enumerate(possible):
            bit, need = 1 << index, None if chosen else need_of(scenario.match.user)
            if need is None:
                self._always |= bit
                continue
            for value in need.exact:
                self._exact[value] = self._exact.get(value, 0) | bit
            for literal in need.rarest(Counter()) if need.literals else ():
                literals[literal] = literals.get(literal, 0) | bit
        self._literals = Literals(literals)

    def propose(self, request: Request, text: str) -> Claim | Unclaimed:
        """The first attempt at what answers this, which the user says."""
        left = self._always | self._literals.owners(text) | self._exact.get(text, 0)
        while left:
            lowest = left & -left
            if claim := self._openings[lowest.bit_length() - 1].claim(request, text, self._tried):
                return claim
            left ^= lowest
        return Unclaimed(request, self._tried)


def _may_match(scenario: Scenario, sample: Request) -> bool:
    """Whether the scenario may match what is like the sample."""
    if scenario.by_name:
        return False
    return _is_doubtful(scenario) or not any(differences(scenario.match, sample))


def _is_doubtful(scenario: Scenario) -> bool:
    """Whether it looks at what may differ in another way than in the words of the user."""
    return bool(scenario.match.body or scenario.match.headers)


def _opening(scenario: Scenario, sample: Request, *, chosen: bool) -> _Opening:
    turn = scenario.turns[0].on(sample.protocol)
    known: JsonObject = {
        "model": sample.model,
        "tools": [tool.name for tool in sample.tools],
        "results": {},
        "turn": 1,
        "attempt": 1,
    }
    is_plain = turn.expect is None and not any(map(group_names, scenario.match.matchers))
    is_opened_by = _always if chosen else _test(scenario.match.user)
    return _Opening(scenario, is_opened_by, _is_doubtful(scenario) and not chosen, is_plain, known)


def _test(wanted: Matcher | None) -> Callable[[str], object]:
    match wanted:
        case None:
            return _always
        case Regex(pattern=pattern):
            return pattern.search
        case _:
            return partial(matches, wanted)


def _always(_: str) -> bool:
    return True
