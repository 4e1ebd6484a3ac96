"""One exchange, from an HTTP request as a value to the steps of its answer.

The order is that of the documented APIs: route, key, body, scenario. Nothing here waits or sends: the edge
(`mockserver.server`) performs the steps. What a request has that the contract does not is noted in its entry
and told in a header of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Protocol, TypeVar

from mockserver.answering import Answering, Exchange
from mockserver.conversation import Failure, Http
from mockserver.conversing import Conversing, Moment, exceeded
from mockserver.engine import Engine, Fingerprint
from mockserver.journal.entries import Entry
from mockserver.keeping import unplaced
from mockserver.playback.replies import play_timed
from mockserver.playback.steps import gathered
from mockserver.protocols import gateway
from mockserver.protocols.base import Answer, Context, Stored, Stream, Vendor
from mockserver.retelling.familiar import Recall
from mockserver.routing import Found, NotFound, Router
from mockserver.settings import FIXED_NOW, InForce, Settings
from mockserver.state.interface import Exchanges

Result = TypeVar("Result")


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
        self.in_force = InForce(settings, engine)
        self._answering = Answering(settings.profile)
        self._conversing = Conversing(engine, self.in_force, self._answering, self._context)

    async def run(self, act: Callable[[], Result]) -> Result:
        """What `act` on this service gives, where state is shared too. StateLostError if it cannot be had."""
        return await self.engine.state.run(act)

    def respond(self, http: Http, now: float = FIXED_NOW, elapsed: float = 0) -> Exchange:
        """Decide the whole answer to `http`. Synchronous: state moves here and nowhere else. `elapsed` is
        real time in seconds, since whenever.
        """
        key, conversing = http.key, self._conversing
        familiar = conversing.familiar(http)
        fingerprint = familiar.fingerprint if familiar else self.engine.fingerprint(http)
        familiar = familiar or conversing.long_familiar(http, fingerprint)
        # first of all: where state is shared, it tells with it how the key is set up
        moment = Moment(key, self.engine.identify(key, fingerprint), now, elapsed)
        if familiar:
            if conversing.holds(familiar):
                entry = self.journal.open(familiar.http, familiar.dialect.name)
                return conversing.converse_again(familiar, moment, entry)
            conversing.part_from(http)
        elif like := conversing.of_its_kind(http, fingerprint, now):
            entry = self.journal.open(like.http, like.dialect.name)
            return conversing.converse_again(like, moment, entry)
        return self._answer(http, fingerprint, self._context(moment))

    def _answer(self, http: Http, fingerprint: Fingerprint, context: Context) -> Exchange:
        found = self._router.find(http)
        if self._answering.is_gateway and gateway.is_closed(http):
            found = NotFound(found.vendor, Failure("unknown_route"))
        if isinstance(found, NotFound):
            return self._refuse_route(found, http, context)
        entry = self.journal.open(found.http, found.vendor.name)
        if failure := self._refused_key(http):
            return self._answering.refuse(entry, found.vendor, failure, context)
        if callable(found.route.serve):
            return self._serve_directly(found, context, entry)
        return self._conversing.converse(found.route.serve, fingerprint, context, entry)

    def refuse(self, http: Http, failure: Failure, now: float = FIXED_NOW) -> Exchange:
        """An exchange that fails before its body could be read, in the words of the family of its path."""
        found = self._router.find(http)
        entry = self.journal.open(http, found.vendor.name)
        identity = self.engine.identify(http.key, self.engine.fingerprint(http))
        context = self._context(Moment(http.key, identity, now, 0))
        return self._answering.refuse(entry, found.vendor, failure, context)

    def reset(self, key: str) -> None:
        """Forget the scenarios, state and requests of a key."""
        self.engine.reset(key)
        self.journal.clear(key)
        self._conversing.forget(key)

    def _context(self, moment: Moment) -> Context:
        key, identity, now, elapsed = moment
        engine = self.engine
        return Context(
            identity=identity,
            now=now,
            recall=Recall(engine.recall, key),
            forget=partial(engine.forget, key),
            models=self._models(),
            keep=partial(self._keep, key),
            kept=partial(engine.kept, key),
            ask=partial(self._ask, now=now, elapsed=elapsed),
            elapsed=elapsed,
            contract=self.in_force.contract(key),
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
        self.engine.keep(key, name, unplaced(stored), weight=before or len(repr(stored)))

    def _ask(self, http: Http, now: float, elapsed: float) -> Answer:
        """The answer to a request that came inside another: a whole one, and at once."""
        fingerprint = self.engine.fingerprint(http)
        identity = self.engine.identify(http.key, fingerprint)
        context = replace(self._context(Moment(http.key, identity, now, elapsed)), is_inside=True)
        exchange = self._answer(http, fingerprint, context)
        answer, entry = gathered(exchange.steps), exchange.entry
        entry.status, entry.outcome = answer.status, "faulted" if entry.faults else "complete"
        self.journal.close(entry)
        return answer

    def _refuse_route(self, found: NotFound, http: Http, context: Context) -> Exchange:
        entry = self.journal.open(http, found.vendor.name)
        answer = self._answering.refusal(found.vendor, found.failure, http, context)
        if found.allowed and answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
            answer = replace(answer, headers=(*answer.headers, ("allow", ", ".join(found.allowed))))
        return self._answering.answer(entry, answer, context, found.failure)

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
        if account := self.in_force.account(found.http.key, context):
            quota = account.admit(0) if found.route.is_limited else account.state()
            context = replace(context, quota=quota, charge=account.charge)
        if failure := exceeded(context):
            return self._answering.refuse(entry, found.vendor, failure, context)
        match found.route.serve(found.http, context):
            case Failure() as failure:
                return self._answering.refuse(entry, found.vendor, failure, context)
            case Answer() as answer:
                return self._answering.answer(entry, answer, context)
            case Stream() as stream:
                entry.findings = stream.findings
                return self._answering.exchange(entry, play_timed(stream), context)
