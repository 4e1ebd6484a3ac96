"""One exchange, from an HTTP request as a value to the steps of its answer.

The order is that of the documented APIs: route, key, body, scenario. Nothing here waits or sends: the edge
(`mockserver.server`) performs the steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from mockserver.conversation import Failure, Http, Reply, Request
from mockserver.engine import Claim, Engine, Unclaimed
from mockserver.journal import Entry, Journal
from mockserver.planning import Plan, Stage, plan, plan_failure
from mockserver.playback import Step, Whole
from mockserver.protocols.base import Answer, Context, Dialect, Vendor
from mockserver.routing import Found, NotFound, Router
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import Attempt, AutoOutcome, Place

FIXED_NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z, the time it always is unless the clock is real."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`auth` None takes any key but wants one; a set takes those alone; "off" wants none. `speed` divides all
    waits, 0 skips them. `seed` is where every id and jitter comes from.
    """

    auth: frozenset[str] | Literal["any", "off"] = "any"
    unmatched: Literal["auto", "error"] = "auto"
    speed: float = 1.0
    seed: str = "0"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The steps to perform, and the journal entry to close when they are done."""

    steps: Iterator[Step]
    entry: Entry


class Service:
    """Answers requests by scenarios."""

    def __init__(
        self, vendors: Sequence[Vendor], engine: Engine, journal: Journal, settings: Settings
    ) -> None:
        self.vendors = vendors
        self._router = Router(vendors)
        self.engine = engine
        self.journal = journal
        self.settings = settings

    def respond(self, http: Http, now: float = FIXED_NOW) -> Exchange:
        """Decide the whole answer to `http`. Synchronous: state moves here and nowhere else."""
        found = self._router.find(http)
        context = self._context(http, now)
        if isinstance(found, NotFound):
            return self._refuse_route(found, http, context)
        entry = self.journal.open(found.http, found.vendor.name)
        if failure := self._refused_key(http):
            return _exchange(entry, found.vendor.refuse(failure, found.http, context), failure)
        if callable(found.route.serve):
            return self._serve_directly(found, context, entry)
        return self._converse(found.route.serve, found.http, context, entry)

    def refuse(self, http: Http, failure: Failure, now: float = FIXED_NOW) -> Exchange:
        """An exchange that fails before its body could be read, in the words of the family of its path."""
        found = self._router.find(http)
        entry = self.journal.open(http, found.vendor.name)
        return _exchange(entry, found.vendor.refuse(failure, http, self._context(http, now)), failure)

    def _context(self, http: Http, now: float) -> Context:
        recall = partial(self.engine.recall, http.key)
        forget = partial(self.engine.forget, http.key)
        return Context(self.engine.identify(http), now, recall, forget, self.engine.models)

    def _refuse_route(self, found: NotFound, http: Http, context: Context) -> Exchange:
        entry = self.journal.open(http, found.vendor.name)
        answer = found.vendor.refuse(found.failure, http, context)
        if found.allowed:
            answer = replace(answer, headers=(*answer.headers, ("allow", ", ".join(found.allowed))))
        return _exchange(entry, answer, found.failure)

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
        answer = found.route.serve(found.http, context)
        if isinstance(answer, Failure):
            return _exchange(entry, found.vendor.refuse(answer, found.http, context), answer)
        return _exchange(entry, answer)

    def _converse(self, dialect: Dialect, http: Http, context: Context, entry: Entry) -> Exchange:
        entry.protocol = dialect.name
        request = dialect.read(http, context)
        if isinstance(request, Failure):
            return _exchange(entry, dialect.refuse(request, http, context), request)
        entry.request = request
        entry.claim = self.engine.claim(request)
        planned = self._plan(Stage(dialect, request, context, self.settings.speed), entry.claim)
        match planned.told:
            case Reply():
                self._keep(dialect, planned.told, request, context)
            case failure:
                entry.failure = failure
        return Exchange(planned.steps, entry)

    def _plan(self, stage: Stage, claim: Claim | Unclaimed) -> Plan:
        """The plan for what was claimed; a broken script is told to the client."""
        try:
            match claim:
                case Claim(unmet=()):
                    return plan(stage, claim.attempt, claim.variables)
                case Claim():
                    return plan_failure(stage, Failure("invalid_request", message=_unmet_message(claim)))
                case Unclaimed(chosen="") if self.settings.unmatched == "auto":
                    return plan(stage, _AUTO, {})
                case Unclaimed():
                    return plan_failure(stage, Failure("not_found", message=claim.message, retry=False))
        except ScriptError as error:
            message = f"The scenario cannot be played. {error}"
            return plan_failure(stage, Failure("server_error", message=message, retry=False))

    def _keep(self, dialect: Dialect, reply: Reply, request: Request, context: Context) -> None:
        kept = dialect.keep(reply, request, context)
        if kept:
            name, stored = kept
            self.engine.keep(request.http.key, name, stored, weight=len(request.http.body))


_AUTO = Attempt(Place("", 0, 0), AutoOutcome())


def _unmet_message(claim: Claim) -> str:
    """What the turn expected and what came, with the place in the scenario file."""
    told = "; ".join(f"{difference} ({difference.place})" for difference in claim.unmet)
    return f"Scenario {claim.scenario.name!r}, turn {claim.turn}, did not get what it expects. {told}"


def _exchange(entry: Entry, answer: Answer, failure: Failure | None = None) -> Exchange:
    entry.failure = failure
    return Exchange(iter((Whole(answer),)), entry)
