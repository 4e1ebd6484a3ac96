"""What the first request of a conversation claims, where all but its words is known beforehand.

Of what scenarios ask only the words of the user are left to be looked at; and bodies and headers, which may
tell of them. Nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from mockserver.claiming.claims import Claim, Tried, Unclaimed
from mockserver.claiming.matching import differences
from mockserver.claiming.shortlist import Shortlist
from mockserver.claiming.standing import Position, claim_at
from mockserver.conversation import JsonObject, Request
from mockserver.scenario.matchers import Matcher, Regex, matches
from mockserver.scenario.model import Attempt, Scenario
from mockserver.scenario.regex_weaker import weaker
from mockserver.values import dataclass

_FEW = 4
"""So many scenarios are sooner tried than told beforehand not to be opened."""


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """One scenario that may be opened, by its first `attempt`. What is not found `sooner`, in words of ASCII
    in lower case, does not open it. It `is_doubtful` if more has to be looked at than words, `is_plain` if
    nothing is taken out of them, and `is_counted` if who asks again claims another attempt; `known` are the
    variables besides the words.
    """

    scenario: Scenario
    attempt: Attempt
    sooner: Callable[[str], object] | None
    is_opened_by: Callable[[str], object]
    is_doubtful: bool
    is_plain: bool
    is_counted: bool
    known: JsonObject

    @property
    def is_sure(self) -> bool:
        """Whether all who say such words claim the very same."""
        return self.is_plain and not (self.is_doubtful or self.is_counted)

    def claim(self, request: Request, text: str, tried: Tried) -> Claim | None:
        """What is claimed, by words that open it."""
        scenario = self.scenario
        if self.is_doubtful and any(differences(scenario.match, request)):
            return None
        if not self.is_plain:
            return claim_at(scenario, Position(0, text), request, tried)
        return Claim(scenario, 1, 1, self.attempt, {"user": text, **self.known}, (), tried)


class Openings:
    """The scenarios that may answer what is like a `sample`: those of each list, in their order. Whether one
    of them can match is worked out as soon as it may be opened.
    """

    def __init__(self, lists: Sequence[Shortlist], sample: Request, tried: Tried) -> None:
        self._sample = sample
        self._tried = tried
        self._lists = [_Listed(listed, sample) for listed in lists if listed.scenarios]

    def propose(self, request: Request, text: str) -> Claim | Unclaimed:
        """The first attempt at what answers this, which the user says."""
        for opening in self._opened_by(text):
            if claim := opening.claim(request, text, self._tried):
                return claim
        return Unclaimed(request, self._tried)

    def sure(self, text: str) -> Opening | None:
        """What is opened by this, where nothing but the words has to be looked at to tell."""
        opening = next(self._opened_by(text), None)
        return opening if opening and opening.is_sure else None

    def _opened_by(self, text: str) -> Iterator[Opening]:
        """Those that these words open, if nothing else of the request tells that they do not."""
        for listed in self._lists:
            left = listed.opened_by(text)
            low = text.lower() if left.bit_count() > _FEW and text.isascii() else ""
            index = -1
            while left:
                step = (left & -left).bit_length()
                left >>= step
                index += step
                opening = listed.known.get(index) or listed.opening(index)
                if opening is None or (low and opening.sooner and not opening.sooner(low)):
                    continue
                if opening.is_opened_by(text):
                    yield opening


class _Listed:
    """One list, and what is `known` of its scenarios, by their places in it."""

    def __init__(self, listed: Shortlist, sample: Request) -> None:
        self._listed = listed
        self._sample = sample
        self._possible = listed.everyone
        self.known: dict[int, Opening] = {}

    def opened_by(self, text: str) -> int:
        return self._listed.opened_by(text) & self._possible

    def opening(self, index: int) -> Opening | None:
        """Get to know one, if it can match."""
        scenario = self._listed.scenarios[index]
        if not _may_match(scenario, self._sample):
            self._possible ^= 1 << index
            return None
        opening = self.known[index] = _opening(scenario, self._sample)
        return opening


class Chosen:
    """The scenario that is chosen by name in all that is like a sample: whatever the user says opens it."""

    def __init__(self, scenario: Scenario, sample: Request) -> None:
        opening = _opening(scenario, sample)
        self._opening = replace(opening, sooner=None, is_opened_by=_always, is_doubtful=False)

    def propose(self, request: Request, text: str) -> Claim | Unclaimed:
        """The first attempt at what answers this, which the user says."""
        claim = self._opening.claim(request, text, ())
        assert claim is not None  # noqa: S101 - nothing is asked of the request
        return claim

    def sure(self, _: str) -> Opening | None:
        """What is opened by whatever is said, where nothing else has to be looked at to tell."""
        return self._opening if self._opening.is_sure else None


def _may_match(scenario: Scenario, sample: Request) -> bool:
    """Whether the scenario may match what is like the sample."""
    return _is_doubtful(scenario) or not any(differences(scenario.match, sample))


def _is_doubtful(scenario: Scenario) -> bool:
    """Whether it looks at what may differ in another way than in the words of the user."""
    return bool(scenario.match.body or scenario.match.headers)


def _opening(scenario: Scenario, sample: Request) -> Opening:
    turn = scenario.turns[0].on(sample.protocol)
    known: JsonObject = {
        "model": sample.model,
        "tools": [tool.name for tool in sample.tools],
        "results": {},
        "turn": 1,
        "attempt": 1,
    }
    is_plain = turn.expect is None and not scenario.match.captures
    sooner, is_opened_by = _tests(scenario.match.user)
    return Opening(
        scenario,
        turn.attempts[0],
        sooner,
        is_opened_by,
        _is_doubtful(scenario),
        is_plain,
        turn.counted,
        known,
    )


def _tests(wanted: Matcher | None) -> tuple[Callable[[str], object] | None, Callable[[str], object]]:
    """How it is told soon, and then for sure, whether words are what is wanted."""
    match wanted:
        case None:
            return None, _always
        case Regex(pattern=pattern):
            found_sooner = weaker(pattern)
            return found_sooner.search if found_sooner else None, pattern.search
        case _:
            return None, partial(matches, wanted)


def _always(_: str) -> bool:
    return True
