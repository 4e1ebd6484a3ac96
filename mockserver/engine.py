"""Which scenario, turn and attempt answers a request.

Which turn a conversation stands at follows from its messages alone; only attempts, sightings, what was said
and what is stored are kept, per namespace (the API key) and bounded, by a `mockserver.state`. Nothing here
knows where, nor a vendor, a socket or a clock.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import chain

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.claiming.openings import Chosen, Openings
from mockserver.claiming.shortlist import Lineup
from mockserver.claiming.standing import Course, claim_at, course_of, find, locate
from mockserver.conversation import (
    ContractMode,
    Http,
    Request,
)
from mockserver.history.digests import conversation_digest
from mockserver.history.latest import LONG
from mockserver.history.long_digests import LongDigests
from mockserver.played import Unplayed
from mockserver.protocols.base import FAULT_MARK, MODEL_PREFIX
from mockserver.scenario.model import Scenario, Turn
from mockserver.setup import Setup, Unmatched, Written
from mockserver.state.interface import State
from mockserver.state.memory import MemoryState
from mockserver.store import Bounded
from mockserver.values import dataclass

SCENARIO_HEADER = "x-mock-scenario"
FAULT_HEADER = "x-mock-fault"

_LINEUPS = 10_000

_NOBODY = Lineup(())


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A request told from others, to be gone on from."""

    made: blake2b
    digest: bytes


class Engine:
    """`scenarios` take part by match, in their order; `named` are found by name besides."""

    def __init__(
        self,
        scenarios: Sequence[Scenario] = (),
        named: Iterable[Scenario] = (),
        seed: str = "0",
        state: State | None = None,
    ) -> None:
        self._seeded = blake2b(key=seed.encode()[:64])
        self.state: State = state or MemoryState()
        self._keeps_by(self.state)
        self._own: Bounded[str, Lineup] = Bounded(_LINEUPS)
        self._named = tuple(named)
        self._by_name: dict[str, Scenario] = {}
        self._editions: dict[str, int] = {}
        self._digests = LongDigests()
        self._loads = 0
        self.load(scenarios)

    def load(self, scenarios: Sequence[Scenario]) -> list[str]:
        """Replace the scenarios that take part by match, in every namespace; the names of those that are new,
        gone or changed. What is counted of a scenario that says the same as before goes on.
        """
        self._loads += 1
        before = self._by_name
        self._common = Lineup(tuple(scenarios), lasts=True)
        self._by_name = {scenario.name: scenario for scenario in (*self._named, *scenarios)}
        self.models = tuple(MODEL_PREFIX + name for name in self._by_name)
        changed = [name for name, scenario in self._by_name.items() if not _same(scenario, before.get(name))]
        new = dict.fromkeys(changed, self._loads)
        self._editions = {name: new.get(name) or self._editions[name] for name in self._by_name}
        return [*changed, *(name for name in before if name not in self._by_name)]

    def _keeps_by(self, state: State) -> None:
        """Offer the acts of the state as they are: most requests need several of them."""
        self.setup, self.memory, self.ledger = state.setup, state.memory, state.ledger
        self.recall, self.keep, self.forget = state.recall, state.keep, state.forget
        self.kept, self.weight, self.keep_later = state.kept, state.weight, state.keep_later

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that have something set up."""
        return self.state.keys

    @property
    def edition(self) -> int:
        """Another number for every set of scenarios that was loaded."""
        return self._loads

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return self._common.scenarios

    def scope(self, scenario: Scenario) -> str:
        """What the counters of a scenario are kept under: another one as soon as the scenario has changed."""
        if self._by_name.get(scenario.name) is not scenario:  # one of a key's own
            return scenario.name
        return f"{scenario.name}@{self.state.edition(scenario, self._editions[scenario.name])}"

    def named(self, name: str) -> Scenario | None:
        """A scenario that every key can choose by its name."""
        return self._by_name.get(name)

    # ------------------------------------------------------------------------------------ one key

    def add(
        self,
        key: str,
        scenarios: Sequence[Scenario],
        written: Written | None = None,
        *,
        first: bool = False,
    ) -> None:
        """Let a key have scenarios of its own; those added later are tried later, or `first` of all. Where
        state is shared it must be said what they were read from.
        """
        self.state.add(key, scenarios, written, first=first)

    def remove(self, key: str, name: str) -> bool:
        """Take a scenario of its own away from a key; whether it was there."""
        self.state.played(key).forget(name)
        return self.state.remove(key, name)

    def unplayed(self, key: str) -> list[Unplayed]:
        """The scenarios of its own that a key has not played to their end."""
        return self.state.played(key).unplayed(self.setup(key).scenarios)

    def pin(self, key: str, name: str) -> None:
        """Let one scenario answer every request of a key."""
        self.state.alter(key, pinned=name)

    def judge(self, key: str, contract: ContractMode | None) -> None:
        """Judge the requests of a key in this mode; None is how the server judges all others."""
        self.state.alter(key, contract=contract)

    def spoil(self, key: str, faults: tuple[str, ...] | None) -> None:
        """Let the answers of a key have these faults; None is those of the server."""
        self.state.alter(key, faults=faults)

    def hasten(self, key: str, speed: float | None) -> None:
        """Divide the waits in the answers of a key by this, 0 skips them; None is as the server does."""
        self.state.alter(key, speed=speed)

    def fall_back(self, key: str, unmatched: Unmatched | None) -> None:
        """Answer a key in this way where no scenario matches; None is as the server does."""
        self.state.alter(key, unmatched=unmatched)

    def reset(self, key: str) -> None:
        """Forget all that is kept for a key."""
        self._own.drop(key)
        self.state.reset(key)

    # ------------------------------------------------------------------------------------ requests

    def fingerprint(self, http: Http) -> Fingerprint:
        """What tells this request from others: seed, namespace, path and body."""
        head, body = f"{http.method} {http.path}\0{http.key}\0".encode(), http.body
        made = self._seeded.copy()
        if len(body) < LONG:
            made.update(head + body)
        else:
            made.update(head)
            made = self._digests.digested(made, head, body)
        return Fingerprint(made, made.digest())

    def identify(self, key: str, fingerprint: Fingerprint) -> bytes:
        """An identity for a request of a key: from its fingerprint, and how often that was seen."""
        identity = fingerprint.made.copy()
        identity.update(self.state.seen(key, fingerprint.digest).to_bytes(8, "big"))
        return identity.digest()

    def asked_faults(self, request: Request) -> tuple[str, ...]:
        """The faults that a client asks for: behind the name of a scenario, and in a header."""
        chosen = self._chosen(request), _by_model(request)
        listed = request.http.headers.get(FAULT_HEADER, "")
        if not listed and not any(chosen):
            return ()
        named = [name for scenario in dict.fromkeys(chosen) for name in _named(scenario)[1]]
        return (*named, *(name for part in listed.split(",") if (name := part.strip())))

    def claim(self, request: Request) -> Claim | Unclaimed:
        """The attempt that answers `request`; counts it."""
        return self.claim_again(self.propose(request), request)

    def propose(self, request: Request) -> Claim | Unclaimed:
        """The first attempt of the turn that answers `request`; counts nothing."""
        key = request.http.key
        course = course_of(request.messages)
        if chosen := self._chosen(request):
            return self._claim_by_name(_named(chosen)[0], self.known(key), request, course)
        own, common = self._lineups(key)
        tried = own.scenarios, common.scenarios
        for scenario in chain(own.candidates(request), common.candidates(request)):
            if position := find(scenario, request, course):
                return claim_at(scenario, position, request, tried)
        return Unclaimed(request, tried)

    def openings(self, request: Request) -> Openings | Chosen | None:
        """What requests may claim that differ from this one, the first of a conversation, in nothing but its
        words. None where a scenario is chosen that there is not.
        """
        key = request.http.key
        if chosen := self._chosen(request):
            scenario = self.known(key).get(_named(chosen)[0])
            return Chosen(scenario, request) if scenario else None
        lineups = self._lineups(key)
        tried = tuple(lineup.scenarios for lineup in lineups)
        return Openings([lineup.shortlist for lineup in lineups], request, tried)

    def _lineups(self, key: str) -> tuple[Lineup, Lineup]:
        """The scenarios that are tried first, and those behind."""
        return self._lineup(key, self.setup(key)), self._common

    def is_counted(self, claim: Claim | Unclaimed, request: Request) -> bool:
        """Whether the same request claims another attempt each time."""
        return isinstance(claim, Claim) and claim.scenario.turns[claim.turn - 1].on(request.protocol).counted

    def claim_again(self, claim: Claim | Unclaimed, request: Request) -> Claim | Unclaimed:
        """What a request claims that is the same as the one of this claim; counts it."""
        if isinstance(claim, Unclaimed) or not self.is_counted(claim, request):
            return claim
        turn = claim.scenario.turns[claim.turn - 1].on(request.protocol)
        number = self._count(claim.scenario, claim.turn - 1, turn, request)
        attempt = turn.attempts[min(number, len(turn.attempts)) - 1]
        return replace(
            claim, number=number, attempt=attempt, variables={**claim.variables, "attempt": number}
        )

    def _lineup(self, key: str, setup: Setup) -> Lineup:
        """The scenarios of a key's own: one lineup for many requests."""
        if not setup.scenarios:
            return _NOBODY
        lineup = self._own.get(key)
        if lineup is None or lineup.scenarios is not setup.scenarios:
            lineup = Lineup(setup.scenarios)
            self._own.put(key, lineup)
        return lineup

    def release(self, claim: Claim | Unclaimed, request: Request) -> None:
        """Take back a claim: the request is not answered, and so was no attempt."""
        if isinstance(claim, Claim):
            turn = claim.scenario.turns[claim.turn - 1].on(request.protocol)
            self._count(claim.scenario, claim.turn - 1, turn, request, -1)

    def note_played(self, claim: Claim | Unclaimed, request: Request) -> None:
        """Note that a claim is answered and will not be released, if the scenario is one of the key's own."""
        key = request.http.key
        if isinstance(claim, Claim) and claim.scenario in self._lineup(key, self.setup(key)):
            attempts = len(claim.scenario.turns[claim.turn - 1].on(request.protocol).attempts)
            self.state.played(key).note(claim.scenario, claim.turn, claim.number, attempts)

    def _chosen(self, request: Request) -> str:
        """The scenario asked for by header or model, or else pinned; "" if there is none."""
        asked = request.http.headers.get(SCENARIO_HEADER) or _by_model(request)
        return asked or self.setup(request.http.key).pinned

    def known(self, key: str) -> Mapping[str, Scenario]:
        """The scenarios that a key can choose by name."""
        return ChainMap(self._lineup(key, self.setup(key)).by_name, self._by_name)

    def _claim_by_name(
        self, name: str, known: Mapping[str, Scenario], request: Request, course: Course
    ) -> Claim | Unclaimed:
        scenario = known.get(name)
        position = locate(scenario, course, chosen=True) if scenario else None
        if scenario is None or position is None:
            return Unclaimed(request, chosen=name, known=tuple(known))
        return claim_at(scenario, position, request)

    def _count(self, scenario: Scenario, index: int, turn: Turn, request: Request, by: int = 1) -> int:
        """The number of this attempt. One that is the same every time need not be counted."""
        if not turn.counted:
            return 1
        counter = self.scope(scenario), index, conversation_digest(request.messages)
        return self.state.count(request.http.key, counter, by)


def _same(scenario: Scenario, before: Scenario | None) -> bool:
    return scenario is before or scenario == before


def _by_model(request: Request) -> str:
    """The scenario asked for by the name of a model."""
    return request.model.removeprefix(MODEL_PREFIX) if request.model.startswith(MODEL_PREFIX) else ""


def _named(chosen: str) -> tuple[str, list[str]]:
    """The scenario and the faults of `<name>+<fault>+<fault>`. No name holds a plus."""
    name, *faults = chosen.split(FAULT_MARK)
    return name, faults
