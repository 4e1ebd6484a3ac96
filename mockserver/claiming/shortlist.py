"""The scenarios that a request may claim, out of thousands, without trying each.

What the scenarios of a set ask of one aspect of a request is looked up for all of them at once. That may let
one pass that does not match, and never keeps one away that does: whoever asks must still try those that are
left, in their order. A set of scenarios is a number here, with a bit for each. Nothing here counts or keeps
anything of a request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

from mockserver.claiming.matching import Absent, look_up
from mockserver.conversation import Json, Request, json_text
from mockserver.scenario.model import Conditions, Scenario
from mockserver.scenario.needs import Need, need_of
from mockserver.text.literals import Literals
from mockserver.values import dataclass

_MANY = 4
"""Fewer scenarios are tried one by one, and an aspect that fewer of them care for is not looked at."""

_ENOUGH = 2
"""So few that are left are sooner tried than looked at further."""

_Kind = Literal["protocol", "model", "key", "header", "tools", "user", "body", "system"]
_KINDS: tuple[_Kind, ...] = ("protocol", "model", "key", "header", "tools", "user", "body", "system")
"""What is looked up first costs least."""


@dataclass(frozen=True, slots=True)
class _Aspect:
    """What of a request is looked at; `name` is that of a header, or a JSON pointer."""

    kind: _Kind
    name: str = ""

    def values(self, request: Request) -> Sequence[Json]:
        """Its values, of which one must be as a scenario needs it."""
        match self.kind:
            case "protocol":
                return [request.protocol, *_families(request.protocol)]
            case "model":
                return [request.model]
            case "key":
                return [request.http.key]
            case "header":
                header = request.http.headers.get(self.name)
                return [] if header is None else [header]
            case "tools":
                return [tool.name for tool in request.tools]
            case "user":
                return [message.text for message in request.messages if message.role == "user"]
            case "body":
                value = look_up(request.body, self.name)
                return [] if isinstance(value, Absent) else [value]
            case "system":
                return [request.system]


_USER = _Aspect("user")


def _families(protocol: str) -> Iterator[str]:
    """The names that a scenario may also call a protocol by."""
    while "." in protocol:
        protocol = protocol.rpartition(".")[0]
        yield protocol


def _needs(conditions: Conditions) -> Iterator[tuple[_Aspect, Need]]:
    if conditions.protocol:
        yield _Aspect("protocol"), Need(frozenset(conditions.protocol))
    if conditions.tools:
        yield _Aspect("tools"), Need(frozenset(conditions.tools[:1]))
    listed = (
        (_Aspect("model"), conditions.model),
        (_Aspect("key"), conditions.key),
        (_Aspect("user"), conditions.user),
        (_Aspect("system"), conditions.system),
        *((_Aspect("header", name), matcher) for name, matcher in conditions.headers),
        *((_Aspect("body", pointer), matcher) for pointer, matcher in conditions.body),
    )
    for aspect, matcher in listed:
        if need := need_of(matcher):
            yield aspect, need


class _Sieve:
    """One aspect, and what each scenario needs of it; those that need nothing are not in `needs`."""

    def __init__(self, aspect: _Aspect, needs: Mapping[int, Need], everyone: int) -> None:
        self.aspect = aspect
        self._exact: dict[Json, int] = {}
        self._indifferent = everyone
        literals: dict[str, int] = {}
        often = Counter(text for need in needs.values() for one in need.literals for text in one)
        for index, need in needs.items():
            bit = 1 << index
            self._indifferent &= ~bit
            for value in need.exact:
                self._exact[value] = self._exact.get(value, 0) | bit
            for literal in need.rarest(often) if need.literals else ():
                literals[literal] = literals.get(literal, 0) | bit
        self._literals = Literals(literals) if literals else None

    def passing_text(self, text: str) -> int:
        """The scenarios that may take this text, which is all that there is of this aspect."""
        passing = self._indifferent | self._exact.get(text, 0)
        return passing | self._literals.owners(text) if self._literals else passing

    def passing(self, request: Request) -> int:
        """The scenarios that may take the request as far as this aspect goes."""
        values = self.aspect.values(request)
        passing = self._indifferent
        if self._exact:
            for value in values:
                passing |= 0 if isinstance(value, list | dict) else self._exact.get(value, 0)
        if self._literals and values:  # what stands across two texts is one too many, which may be
            texts = [value if isinstance(value, str) else json_text(value) for value in values]
            passing |= self._literals.owners("\n".join(texts))
        return passing


class Shortlist:
    """Scenarios in their order, without those that are found by name only."""

    def __init__(self, scenarios: Iterable[Scenario]) -> None:
        self.scenarios = tuple(scenario for scenario in scenarios if not scenario.by_name)
        self.everyone = (1 << len(self.scenarios)) - 1
        self._sieves = tuple(self._made()) if len(self.scenarios) >= _MANY else ()

    def _made(self) -> Iterator[_Sieve]:
        needs: dict[_Aspect, dict[int, Need]] = {}
        for index, scenario in enumerate(self.scenarios):
            for aspect, need in _needs(scenario.match):
                needs.setdefault(aspect, {})[index] = need
        for aspect in sorted(needs, key=lambda aspect: _KINDS.index(aspect.kind)):
            if len(needs[aspect]) >= _MANY:
                yield _Sieve(aspect, needs[aspect], self.everyone)

    def candidates(self, request: Request) -> Iterable[Scenario]:
        """Those that may match the request, in their order; all others do not."""
        if not self._sieves:
            return self.scenarios
        left = self.everyone
        for sieve in self._sieves:
            left &= sieve.passing(request)
            if left.bit_count() <= _ENOUGH:
                break
        return self._picked(left)

    def _picked(self, left: int) -> Iterator[Scenario]:
        while left:
            lowest = left & -left
            yield self.scenarios[lowest.bit_length() - 1]
            left ^= lowest

    def opened_by(self, text: str) -> int:
        """Those that may be opened by this, which is all that the user has said."""
        return self._words.passing_text(text)

    @cached_property
    def _words(self) -> _Sieve:
        for sieve in self._sieves:
            if sieve.aspect == _USER:
                return sieve
        needs = {index: need_of(scenario.match.user) for index, scenario in enumerate(self.scenarios)}
        known = {index: need for index, need in needs.items() if need}
        return _Sieve(_USER, known, self.everyone)


class Lineup:
    """Scenarios that take part together, in their order. The list of those that may match is made when it
    pays: scenarios that a test adds one by one, with a request after each, are tried one by one.
    """

    def __init__(self, scenarios: tuple[Scenario, ...], *, lasts: bool = False) -> None:
        self.scenarios = scenarios
        self._pays = lasts
        if lasts:
            self.shortlist  # noqa: B018 - made at once, while nobody waits

    @cached_property
    def shortlist(self) -> Shortlist:
        return Shortlist(self.scenarios)

    def candidates(self, request: Request) -> Iterable[Scenario]:
        """Those that may match the request, in their order; all others do not."""
        if self._pays:
            return self.shortlist.candidates(request)
        self._pays = True
        return self.scenarios

    @cached_property
    def by_name(self) -> dict[str, Scenario]:
        """The scenarios by name; of several with one name the last."""
        return {scenario.name: scenario for scenario in self.scenarios}

    @cached_property
    def _ids(self) -> frozenset[int]:
        return frozenset(map(id, self.scenarios))

    def __contains__(self, scenario: Scenario) -> bool:
        """Whether it is one of them, and not only says the same."""
        return id(scenario) in self._ids
