"""Which scenario, turn and attempt answers a request; the owner of every counter.

`claim` is synchronous and the only place where state moves, so nothing needs a lock. Which turn a
conversation stands at follows from its messages alone; only attempts, sightings and stored conversations are
kept, per namespace (the API key) and bounded. Nothing here knows a vendor, a socket or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from mockserver.conversation import Http, Json, Message, Request, role_runs, tool_results
from mockserver.matching import Difference, captured, differences
from mockserver.protocols.base import Stored
from mockserver.scenario.matchers import matches
from mockserver.scenario.model import Attempt, Scenario, Turn
from mockserver.scenario.problems import did_you_mean
from mockserver.store import Bounded

MODEL_PREFIX = "mock-"
"""A model of this prefix and a scenario's name chooses that scenario."""

SCENARIO_HEADER = "x-mock-scenario"

_NAMESPACES = 1_000
_ATTEMPTS = 10_000
_SIGHTINGS = 10_000
_CONVERSATIONS = 1_000
_CONVERSATION_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Claim:
    """The attempt that answers. `turn` and `number` (of the attempt) count from 1. `unmet` is what the turn
    expected and did not get.
    """

    scenario: Scenario
    turn: int
    number: int
    attempt: Attempt
    variables: Mapping[str, Json]
    unmet: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """Why one scenario did not answer."""

    scenario: Scenario
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """No scenario answers. `chosen` is the name that was asked for explicitly and is not there."""

    misses: tuple[Miss, ...] = ()
    chosen: str = ""
    known: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What a person needs to know to mend it."""
        if self.chosen:
            return f"There is no scenario {self.chosen!r}: {did_you_mean(self.chosen, self.known)}"
        if not self.misses:
            return "No scenario matches: none is loaded that takes part by match."
        nearest = sorted(self.misses, key=lambda miss: len(miss.reasons))[:3]
        told = "; ".join(
            f"{miss.scenario.name} ({miss.scenario.place}): {', '.join(miss.reasons)}" for miss in nearest
        )
        return f"No scenario matches this request. Nearest: {told}."


@dataclass(frozen=True, slots=True)
class Position:
    """Where a conversation stands in a scenario: the turn, from 0, and the user message that opened it."""

    turn: int
    opening: str


@dataclass(slots=True)
class Namespace:
    """The state of one API key."""

    attempts: Bounded[tuple[str, int, bytes], int] = field(default_factory=lambda: Bounded(_ATTEMPTS))
    sightings: Bounded[bytes, int] = field(default_factory=lambda: Bounded(_SIGHTINGS))
    conversations: Bounded[str, Stored] = field(
        default_factory=lambda: Bounded(_CONVERSATIONS, _CONVERSATION_BYTES)
    )
    scenarios: tuple[Scenario, ...] = ()
    pinned: str = ""


class Engine:
    """`scenarios` take part by match, in their order; `named` are found by name besides."""

    def __init__(
        self, scenarios: Sequence[Scenario] = (), named: Iterable[Scenario] = (), seed: str = "0"
    ) -> None:
        self._seed = seed.encode()
        self._namespaces: Bounded[str, Namespace] = Bounded(_NAMESPACES)
        self.load(scenarios, named)

    def load(self, scenarios: Sequence[Scenario], named: Iterable[Scenario] = ()) -> None:
        """Replace the scenarios that every namespace sees."""
        self._scenarios = tuple(scenarios)
        self._by_name = {scenario.name: scenario for scenario in (*named, *scenarios)}
        self.models = tuple(MODEL_PREFIX + name for name in self._by_name)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return self._scenarios

    def namespace(self, key: str) -> Namespace:
        return self._namespaces.setdefault(key, Namespace)

    def reset(self, key: str) -> None:
        """Forget all that is kept for a key."""
        self._namespaces.drop(key)

    def identify(self, http: Http) -> bytes:
        """An identity for this request: from seed, namespace, path, body, and how often they were seen."""
        sightings = self.namespace(http.key).sightings
        fingerprint = blake2b(f"{http.method} {http.path}\0{http.key}\0".encode(), key=self._seed[:64])
        fingerprint.update(http.body)
        seen = (sightings.get(fingerprint.digest()) or 0) + 1
        sightings.put(fingerprint.digest(), seen)
        fingerprint.update(seen.to_bytes(8, "big"))
        return fingerprint.digest()

    def claim(self, request: Request) -> Claim | Unclaimed:
        """The attempt that answers `request`; counts it."""
        namespace = self.namespace(request.http.key)
        own = {scenario.name: scenario for scenario in namespace.scenarios}
        if chosen := _chosen(request) or namespace.pinned:
            return self._claim_by_name(chosen, self._by_name | own, request)
        misses: list[Miss] = []
        for scenario in (*namespace.scenarios, *self._scenarios):
            found = _find(scenario, request)
            if isinstance(found, Position):
                return self._take(scenario, found, request)
            misses.append(Miss(scenario, found))
        return Unclaimed(tuple(misses))

    def _claim_by_name(self, name: str, known: Mapping[str, Scenario], request: Request) -> Claim | Unclaimed:
        scenario = known.get(name)
        if scenario is None:
            return Unclaimed(chosen=name, known=tuple(known))
        position = locate(scenario, request.messages, chosen=True)
        if position is None:
            return Unclaimed((Miss(scenario, _NO_TURN),))
        return self._take(scenario, position, request)

    def _take(self, scenario: Scenario, position: Position, request: Request) -> Claim:
        turn = scenario.turns[position.turn].on(request.protocol)
        number = self._count(scenario, position, turn, request)
        attempt = turn.attempts[min(number, len(turn.attempts)) - 1]
        unmet = tuple(differences(turn.expect, request, request.user)) if turn.expect else ()
        variables = _variables(scenario, position, turn, request) | {
            "turn": position.turn + 1,
            "attempt": number,
        }
        return Claim(scenario, position.turn + 1, number, attempt, variables, unmet)

    def _count(self, scenario: Scenario, position: Position, turn: Turn, request: Request) -> int:
        """The number of this attempt. One that is the same every time need not be counted."""
        if not turn.counted:
            return 1
        digest = blake2b(repr(request.messages).encode(errors="surrogatepass"), digest_size=16).digest()
        attempts = self.namespace(request.http.key).attempts
        number = (attempts.get((scenario.name, position.turn, digest)) or 0) + 1
        attempts.put((scenario.name, position.turn, digest), number)
        return number


_NO_TURN = ("it has no turn for this point of the conversation",)


def _chosen(request: Request) -> str:
    """The scenario asked for by model or header."""
    header = request.http.headers.get(SCENARIO_HEADER, "")
    if header:
        return header
    return request.model.removeprefix(MODEL_PREFIX) if request.model.startswith(MODEL_PREFIX) else ""


def _find(scenario: Scenario, request: Request) -> Position | tuple[str, ...]:
    """Where the conversation stands in the scenario, or why the scenario does not answer."""
    if scenario.by_name:
        return ("it is found by name only",)
    if reasons := tuple(str(difference) for difference in differences(scenario.match, request)):
        return reasons
    position = locate(scenario, request.messages)
    if position is not None:
        return position
    unopened = tuple(str(difference) for difference in differences(scenario.match, request, request.user))
    return unopened or _NO_TURN


def locate(scenario: Scenario, messages: Sequence[Message], *, chosen: bool = False) -> Position | None:
    """Walk the conversation: a user message opens the scenario, each assistant turn moves it one turn on,
    after its last turn it is closed and may be opened again. A scenario `chosen` by name is opened by any
    user message. Where the walk ends is where the scenario stands.
    """
    position: Position | None = None
    for run in _without_prefill(messages):
        if run[0].role == "assistant" and position:
            position = _advance(scenario, position)
        elif run[0].role == "user" and position is None:
            position = next(_openings(scenario, run, chosen=chosen), None)
    return position


def _without_prefill(messages: Sequence[Message]) -> list[tuple[Message, ...]]:
    """The conversation in runs; assistant words at its end are the start of the answer, not a turn."""
    runs = list(role_runs(messages))
    return runs[:-1] if runs and runs[-1][0].role == "assistant" else runs


def _advance(scenario: Scenario, position: Position) -> Position | None:
    turn = position.turn + 1
    if turn < len(scenario.turns):
        return Position(turn, position.opening)
    return Position(0, position.opening) if scenario.repeat else None


def _openings(scenario: Scenario, run: Iterable[Message], *, chosen: bool) -> Iterator[Position]:
    wanted = scenario.match.user
    for message in run:
        if chosen or wanted is None or matches(wanted, message.text):
            yield Position(0, message.text)


def _variables(scenario: Scenario, position: Position, turn: Turn, request: Request) -> dict[str, Json]:
    """What templates may use: named groups, `user`, `model`, `tools`, `results`."""
    found: dict[str, Json] = dict(captured(scenario.match, request, position.opening))
    if turn.expect:
        found |= captured(turn.expect, request, request.user)
    return found | {
        "user": request.user,
        "model": request.model,
        "tools": [tool.name for tool in request.tools],
        "results": {name: result.value for name, result in tool_results(request.messages).items()},
    }
