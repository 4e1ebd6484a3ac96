"""One exchange, from an HTTP request as a value to the steps of its answer.

The order is that of the documented APIs: route, key, body, scenario. Nothing here waits or sends: the edge
(`mockserver.server`) performs the steps. What a request has that the contract does not is noted in its entry
and told in a header of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Literal, Protocol

from mockserver.claims import Claim, Unclaimed
from mockserver.conversation import ContractMode, Failure, Http, Reply, Request
from mockserver.engine import Engine
from mockserver.faults.drawing import FaultError
from mockserver.fidelity import followed
from mockserver.findings import told, with_header
from mockserver.journal import Entry
from mockserver.limits import count_input
from mockserver.planning import Plan, Stage, plan, plan_failure
from mockserver.playback import play_timed
from mockserver.protocols import gateway
from mockserver.protocols.base import Answer, Context, Dialect, Stored, Stream, Vendor
from mockserver.quotas import Limit
from mockserver.routing import Found, NotFound, Router
from mockserver.scenario.delivery import NamedFault
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import Attempt, AutoOutcome
from mockserver.scenario.place import Place
from mockserver.setup import Unmatched
from mockserver.state.interface import Counted, Exchanges
from mockserver.steps import Step, Whole, gathered

FIXED_NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z, the time it always is unless the clock is real."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`auth` "any" takes any key but wants one; a set takes those alone; "off" wants none. `speed` divides
    all waits, 0 skips them. `seed` is where every id and jitter comes from. `contract` is how requests are
    judged. `profile` says who refuses keys, routes, quotas and models: each vendor natively, or the gateway
    in front of them. `models` tells whether any model may be asked or only those that are listed, among them
    `more_models`. `faults` are those that every answer has. `limits` are for each key, and for all that it
    asks of models; their windows move with its requests unless `time_passes`.
    """

    auth: frozenset[str] | Literal["any", "off"] = "any"
    unmatched: Unmatched = "auto"
    speed: float = 1.0
    seed: str = "0"
    contract: ContractMode = "documented"
    profile: gateway.Profile = "native"
    models: Literal["any", "known"] = "any"
    more_models: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    time_passes: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """The steps to perform, and the journal entry to close when they are done."""

    steps: Iterator[Step]
    entry: Entry


class Crew(Protocol):
    """The processes that answer as one server, of which this is one."""

    wanted: int

    @property
    def alive(self) -> int: ...


class Service:
    """Answers requests by scenarios. `crew` is None where it does so alone."""

    def __init__(
        self, vendors: Sequence[Vendor], engine: Engine, journal: Exchanges, settings: Settings
    ) -> None:
        self.vendors = vendors
        self._router = Router(vendors)
        self.engine = engine
        self.journal = journal
        self.settings = settings
        self.crew: Crew | None = None

    def respond(self, http: Http, now: float = FIXED_NOW, elapsed: float = 0) -> Exchange:
        """Decide the whole answer to `http`. Synchronous: state moves here and nowhere else. `elapsed` is
        real time in seconds, since whenever.
        """
        context = self._context(http, now, elapsed)
        return self._stamped(self._answer(http, context), context)

    def _answer(self, http: Http, context: Context) -> Exchange:
        found = self._router.find(http)
        if self._is_gateway and gateway.is_closed(http):
            found = NotFound(found.vendor, Failure("unknown_route"))
        if isinstance(found, NotFound):
            return self._refuse_route(found, http, context)
        entry = self.journal.open(found.http, found.vendor.name)
        if failure := self._refused_key(http):
            return self._refuse(entry, found.vendor, failure, context)
        if callable(found.route.serve):
            return self._serve_directly(found, context, entry)
        return self._converse(found.route.serve, context, entry)

    def refuse(self, http: Http, failure: Failure, now: float = FIXED_NOW) -> Exchange:
        """An exchange that fails before its body could be read, in the words of the family of its path."""
        found = self._router.find(http)
        entry = self.journal.open(http, found.vendor.name)
        context = self._context(http, now, 0)
        return self._stamped(self._refuse(entry, found.vendor, failure, context), context)

    @property
    def _is_gateway(self) -> bool:
        return self.settings.profile == "gateway"

    def _stamped(self, exchange: Exchange, context: Context) -> Exchange:
        """The exchange with the header that the gateway gives to every answer."""
        if not self._is_gateway:
            return exchange
        header = (gateway.REQUEST_ID, gateway.request_id(context))
        return replace(exchange, steps=with_header(exchange.steps, header))

    def reset(self, key: str) -> None:
        """Forget the scenarios, state and requests of a key."""
        self.engine.reset(key)
        self.journal.clear(key)

    def contract(self, key: str) -> ContractMode:
        """How the requests of a key are judged."""
        return self.engine.setup(key).contract or self.settings.contract

    def default_faults(self, key: str) -> tuple[str, ...]:
        """The faults that the answers of a key have, where they can show them."""
        faults = self.engine.setup(key).faults
        return self.settings.faults if faults is None else faults

    def speed(self, key: str) -> float:
        """What the waits in the answers of a key are divided by; 0 skips them."""
        speed = self.engine.setup(key).speed
        return self.settings.speed if speed is None else speed

    def unmatched(self, key: str) -> Unmatched:
        """What answers a key where no scenario matches."""
        return self.engine.setup(key).unmatched or self.settings.unmatched

    def _context(self, http: Http, now: float, elapsed: float) -> Context:
        key, engine = http.key, self.engine
        return Context(
            identity=engine.identify(http),
            now=now,
            recall=partial(engine.recall, key),
            forget=partial(engine.forget, key),
            models=self._models(),
            keep=partial(self._keep, key),
            kept=partial(engine.kept, key),
            ask=partial(self._ask, now=now, elapsed=elapsed),
            elapsed=elapsed,
            contract=self.contract(key),
            any_model=self.settings.models == "any",
        )

    def _models(self) -> tuple[str, ...]:
        """The models to list besides the vendors' own."""
        more, named = self.settings.more_models, self.engine.models
        return (*more, *named) if more else named  # there may be a model for each of thousands of scenarios

    def _keep(self, key: str, name: str, stored: Stored) -> None:
        """A conversation that is only changed weighs what it did: most of its messages it shares with what it
        goes on from, and they were weighed with the bodies that they came in.
        """
        before = self.engine.weight(key, name) if stored.messages else 0
        self.engine.keep(key, name, _unplaced(stored), weight=before or len(repr(stored)))

    def _ask(self, http: Http, now: float, elapsed: float) -> Answer:
        """The answer to a request that came inside another: a whole one, and at once."""
        context = replace(self._context(http, now, elapsed), is_inside=True)
        exchange = self._stamped(self._answer(http, context), context)
        answer, entry = gathered(exchange.steps), exchange.entry
        entry.status, entry.outcome = answer.status, "faulted" if entry.faults else "complete"
        self.journal.close(entry)
        return answer

    def _refuse_route(self, found: NotFound, http: Http, context: Context) -> Exchange:
        entry = self.journal.open(http, found.vendor.name)
        answer = self._refusal(found.vendor, found.failure, http, context)
        if found.allowed and answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
            answer = replace(answer, headers=(*answer.headers, ("allow", ", ".join(found.allowed))))
        return _exchange(entry, answer, found.failure)

    def _refuse(self, entry: Entry, by: Vendor | Dialect, failure: Failure, context: Context) -> Exchange:
        return _exchange(entry, self._refusal(by, failure, entry.http, context), failure)

    def _refusal(self, by: Vendor | Dialect, failure: Failure, http: Http, context: Context) -> Answer:
        """The answer to a failure, by whoever refuses it."""
        return self._front(failure, http, context) or by.refuse(failure, http, context)

    def _front(self, failure: Failure, http: Http, context: Context) -> Answer | None:
        """What the gateway answers to a failure, if it is there and has a say in it."""
        return gateway.refuse(failure, http, context) if self._is_gateway else None

    def _refused_key(self, http: Http) -> Failure | None:
        match self.settings.auth:
            case "off":
                return None
            case "any":
                return None if http.key else Failure("missing_key")
            case accepted if http.key:
                return None if http.key in accepted else Failure("authentication")
            case _:
                return Failure("missing_key")

    def _serve_directly(self, found: Found, context: Context, entry: Entry) -> Exchange:
        assert callable(found.route.serve)  # noqa: S101 - narrows the type; the caller has checked
        if account := self._account(found.http, context):
            quota = account.admit(0) if found.route.is_limited else account.state()
            context = replace(context, quota=quota, charge=account.charge)
        if failure := _exceeded(context):
            return self._refuse(entry, found.vendor, failure, context)
        match found.route.serve(found.http, context):
            case Failure() as failure:
                return self._refuse(entry, found.vendor, failure, context)
            case Answer() as answer:
                return _exchange(entry, answer)
            case Stream() as stream:
                entry.findings = stream.findings
                return Exchange(told(play_timed(stream), entry.findings), entry)

    def _converse(self, dialect: Dialect, context: Context, entry: Entry) -> Exchange:
        entry.protocol = dialect.name
        request = dialect.read(entry.http, context)
        if isinstance(request, Failure):
            context = self._admitted(entry.http, context)
            return self._refuse(entry, dialect, _exceeded(context) or request, context)
        entry.request = request
        memory = self.engine.memory(request.http.key)
        conversation = followed(request.messages, request.system)
        entry.findings = (*request.findings, *memory.differences(conversation))
        claim = self.engine.claim(request)
        context = self._admitted(entry.http, context, request, claim)
        if failure := _exceeded(context):
            self.engine.release(claim, request)
            return self._refuse(entry, dialect, failure, context)
        entry.claim = claim
        stage = Stage(dialect, request, context, self.speed(request.http.key), self._front)
        planned = self._plan(stage, claim)
        entry.faults = planned.faults
        match planned.told:
            case Reply():
                said = dialect.said(planned.told, request, context)
                memory.remember(conversation, said, entry.delivery.is_whole)
                self._store(dialect, planned, request, context)
            case failure:
                entry.failure = failure
                self._store(dialect, planned, request, context, failure)
        return Exchange(told(planned.steps, entry.findings), entry)

    def _admitted(
        self,
        http: Http,
        context: Context,
        request: Request | None = None,
        claim: Claim | Unclaimed | None = None,
    ) -> Context:
        """The context with what is left of the limits. The request is counted unless they refuse it."""
        account = self._account(http, context, claim)
        if account is None:
            return context
        tokens = _input(request, claim) if request else 0
        return replace(context, quota=account.admit(tokens), charge=account.charge)

    def _account(
        self, http: Http, context: Context, claim: Claim | Unclaimed | None = None
    ) -> Counted | None:
        """What the request is counted by: the limits of all, and of its scenario; None without any."""
        limits = [("", limit) for limit in self.settings.limits]
        if isinstance(claim, Claim):
            scope = self.engine.scope(claim.scenario)
            limits += [(scope, limit) for limit in claim.scenario.limits]
        if not limits or context.is_inside:
            return None
        moment = context.elapsed if self.settings.time_passes else None
        return self.engine.ledger(http.key).account(limits, moment)

    def _plan(self, stage: Stage, claim: Claim | Unclaimed) -> Plan:
        """The plan for what was claimed. Where a fault cannot be had the claim is released."""
        try:
            planned = self._planned(stage, claim)
        except FaultError as error:
            self.engine.release(claim, stage.request)
            return plan_failure(stage, Failure("invalid_request", message=str(error)))
        self.engine.note_played(claim, stage.request)
        return planned

    def _planned(self, stage: Stage, claim: Claim | Unclaimed) -> Plan:
        """The plan for what was claimed; a broken script is told to the client."""
        try:
            match claim:
                case Claim(unmet=()):
                    return plan(stage, self._faulty(claim.attempt, stage.request), claim.variables)
                case Claim():
                    return plan_failure(stage, Failure("invalid_request", message=_unmet_message(claim)))
                case Unclaimed(chosen="") if self.unmatched(stage.request.http.key) == "auto":
                    return plan(stage, self._faulty(_AUTO, stage.request), {})
                case Unclaimed():
                    return plan_failure(stage, Failure("not_found", message=claim.message, retry=False))
        except ScriptError as error:
            message = f"The scenario cannot be played. {error}"
            return plan_failure(stage, Failure("server_error", message=message, retry=False))

    def _faulty(self, attempt: Attempt, request: Request) -> Attempt:
        """The attempt, with the faults that the client asks for, or else those set for its key or for all.
        What it asks for must show in the first turn: a loop that calls tools asks for the same in every turn.
        """
        asked = self.engine.asked_faults(request)
        names = asked or self.default_faults(request.http.key)
        if not names:
            return attempt
        begins = not any(message.role == "assistant" for message in request.messages)
        named = tuple(NamedFault(name, asked=bool(asked) and begins) for name in names)
        return replace(attempt, faults=(*attempt.faults, *named))

    def _store(
        self,
        dialect: Dialect,
        planned: Plan,
        request: Request,
        context: Context,
        failure: Failure | None = None,
    ) -> None:
        reply = planned.told if isinstance(planned.told, Reply) else planned.before
        kept = dialect.keep(reply, request, context, planned.due, failure) if reply else None
        if kept:
            name, stored = kept
            self.engine.keep(request.http.key, name, _unplaced(stored), weight=len(request.http.body))


_AUTO = Attempt(Place("", 0, 0), AutoOutcome())


def _exceeded(context: Context) -> Failure | None:
    """How a request is refused that exceeds a limit."""
    exceeded = context.exceeded
    return Failure("rate_limit", retry_after=exceeded.reset) if exceeded else None


def _input(request: Request, claim: Claim | Unclaimed | None) -> int:
    """The input tokens that the usage of the reply will tell."""
    scripted = claim.attempt.usage.input if isinstance(claim, Claim) else None
    return count_input(request) if scripted is None else scripted


def _unplaced(stored: Stored) -> Stored:
    """Without the places of messages: those were of the body that they came in."""
    messages = (replace(message, pointer="") if message.pointer else message for message in stored.messages)
    return replace(stored, messages=tuple(messages))


def _unmet_message(claim: Claim) -> str:
    """What the turn expected and what came, with the place in the scenario file."""
    told = "; ".join(f"{difference} ({difference.place})" for difference in claim.unmet)
    return f"Scenario {claim.scenario.name!r}, turn {claim.turn}, did not get what it expects. {told}"


def _exchange(entry: Entry, answer: Answer, failure: Failure | None = None) -> Exchange:
    entry.failure = failure
    entry.findings = failure.findings if failure else answer.findings
    return Exchange(told(iter((Whole(answer),)), entry.findings), entry)
