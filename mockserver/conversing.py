"""Requests that talk to a model: read, claimed by a scenario, planned, remembered.

What was worked out for a request is kept for the next one that is like it (`mockserver.retelling`). Nothing
here waits, sends or knows what time it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mockserver.answering import Answering, Exchange
from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import Failure, Finding, Http, Reply, Request
from mockserver.engine import Engine, Fingerprint
from mockserver.faults.drawing import FaultError
from mockserver.history import histories
from mockserver.history.fidelity import Conversation, Parts, followed
from mockserver.history.latest import LONG
from mockserver.journal.entries import Entry
from mockserver.keeping import handed_back, kept, stored, unplaced, whole_reply
from mockserver.limits import count_input
from mockserver.planning import Plan, Stage, plan, plan_failure
from mockserver.playback.steps import plain
from mockserver.protocols.base import Context, Dialect, Stored
from mockserver.retelling.alike import Alike, Shared, unheard
from mockserver.retelling.familiar import Acquaintance, Familiar, Recall, Recurring, recurring
from mockserver.retelling.kindred import Kindred, reworded
from mockserver.retelling.looks import Looks, Watched
from mockserver.retelling.opened import Opened, Way
from mockserver.retelling.templates import Telling, Template, template_of
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import Attempt, AutoOutcome
from mockserver.scenario.place import Place
from mockserver.settings import InForce

_AUTO = Attempt(Place("", 0, 0), AutoOutcome())


class Moment(NamedTuple):
    """What is not in a request that came before, but in this one: all that its context is made of. Most of
    what is told again does without.
    """

    key: str
    identity: bytes
    now: float
    elapsed: float


class Conversing:
    """Answers requests by scenarios, or without one. `context` makes the context of a moment."""

    def __init__(
        self,
        engine: Engine,
        in_force: InForce,
        answering: Answering,
        context: Callable[[Moment], Context],
    ) -> None:
        self._engine = engine
        self._in_force = in_force
        self._answering = answering
        self._context = context
        self._acquaintance = Acquaintance()
        self._looks = Looks()
        self._alike = Alike(self._looks)
        self._kindred = Kindred(engine, self._alike, self._looks)

    def familiar(self, http: Http) -> Familiar | None:
        """What is known of this request, if it came before."""
        return self._acquaintance.find(http)

    def long_familiar(self, http: Http, fingerprint: Fingerprint) -> Familiar | None:
        """The same of a request with a long body."""
        return self._acquaintance.find_long(http, fingerprint)

    def of_its_kind(self, http: Http, fingerprint: Fingerprint, now: float) -> Familiar | Opened | None:
        """What is known of a request that is new, if it differs in nothing but words from one that came."""
        if len(http.body) >= LONG:  # no kind has long bodies
            return None
        has_met = self._acquaintance.has_met(http)
        if not has_met and (opened := self._kindred.opened(http, now)):
            return opened
        familiar = self._kindred.find(http, fingerprint)
        if familiar and has_met:
            self._acquaintance.keep(familiar)
        return familiar

    def part_from(self, http: Http) -> None:
        """Forget what was known of a request, which does not hold any more."""
        self._acquaintance.part_from(http)

    def forget(self, key: str) -> None:
        """Forget the requests that came with a key."""
        self._acquaintance.forget(key)
        self._alike.forget(key)
        self._kindred.forget(key)

    def holds(self, familiar: Familiar) -> bool:
        """Whether nothing else has been set up since a request came before."""
        key, engine = familiar.request.http.key, self._engine
        return familiar.edition == engine.edition and familiar.setup is engine.setup(key)

    def converse(
        self, dialect: Dialect, fingerprint: Fingerprint, context: Context, entry: Entry
    ) -> Exchange:
        """Answer a request of which nothing is known."""
        entry.protocol = dialect.name
        request = dialect.read(self._looks.through(entry.http), context)
        if isinstance(request, Failure):
            context = self._admitted(entry.http.key, context)
            return self._answering.refuse(entry, dialect, exceeded(context) or request, context)
        histories.enter(request.messages, len(entry.http.body))
        claim = self._engine.claim(request)
        familiar = Familiar(
            http=entry.http,
            dialect=dialect,
            fingerprint=fingerprint,
            request=request,
            conversation=followed(request.messages, request.system, self._engine.state.mark),
            claim=claim,
            is_counted=self._engine.is_counted(claim, request),
            setup=self._engine.setup(request.http.key),
            edition=self._engine.edition,
        )
        if _has_recalled(context):
            return self._answer(familiar, claim, context, entry)
        self._acquaintance.keep(familiar)
        exchange = self._answer(familiar, claim, context, entry)
        self._kindred.meet(familiar)  # now that it is known what was looked at
        return exchange

    def converse_again(self, familiar: Familiar | Opened, moment: Moment, entry: Entry) -> Exchange:
        """Answer a request that is the same as one before. Where attempts are counted, it claims another."""
        if isinstance(familiar, Opened):
            return self._tell_opened(familiar, moment, entry)
        if familiar.is_counted:
            claim = self._engine.claim_again(familiar.claim, familiar.request)
            return self._answer(familiar, claim, self._context(moment), entry)
        answer = familiar.answer
        template = answer.template if answer else None
        if answer is None or template is None or not template.holds(moment.now) or self._altered(familiar):
            return self._answer(familiar, familiar.claim, self._context(moment), entry)
        return self._tell_again(familiar, answer, template, moment, entry)

    def _answer(
        self, familiar: Familiar, claim: Claim | Unclaimed, context: Context, entry: Entry
    ) -> Exchange:
        request = entry.request = familiar.request = self._watched(familiar.request)
        context = self._admitted(request.http.key, context, request, claim)
        if failure := exceeded(context):
            self._engine.release(claim, request)
            return self._answering.refuse(entry, familiar.dialect, failure, context)
        entry.claim = claim
        altered = self._altered(familiar)
        entry.findings = (*request.findings, *altered)
        is_alike = claim is familiar.claim and not (altered or context.quota)
        may_recur = is_alike and not (context.is_inside or request.detached)
        return self._tell(familiar, claim, context, entry, may_recur=may_recur)

    def _watched(self, request: Request) -> Request:
        """The same request, so that it is known what of its head the answer follows from."""
        if isinstance(request.http.headers, Watched):
            return request
        return reworded(request, request.messages, self._looks.through(request.http), request.body)

    def _altered(self, familiar: Familiar) -> tuple[Finding, ...]:
        """Where the client does not hand back what it was told."""
        if not familiar.conversation.turns:
            return ()
        memory = self._engine.memory(familiar.request.http.key)
        return tuple(memory.differences(familiar.conversation))

    # ---------------------------------------------------------------------------------- telling

    def _tell(
        self,
        familiar: Familiar,
        claim: Claim | Unclaimed,
        context: Context,
        entry: Entry,
        *,
        may_recur: bool,
    ) -> Exchange:
        """Plan the answer, and note what it tells. Where a fault cannot be had the claim is released."""
        request, stage = familiar.request, self._stage(familiar, claim, context)
        is_known = may_recur and not _has_recalled(context)
        shared = self._alike.shared(familiar, stage.tokens) if is_known else None
        if shared and (answer := shared.trusted(context.now)):
            return self._tell_alike(familiar, shared, answer, context, entry)
        try:
            planned = self._planned(stage, claim)
        except FaultError as error:
            self._engine.release(claim, request)
            entry.failure = Failure("invalid_request", message=str(error))
            return self._answering.exchange(entry, plan_failure(stage, entry.failure).steps, context)
        if familiar.setup.scenarios:
            self._engine.note_played(claim, request)
        said = handed_back(familiar.dialect, request, planned, context)
        self._note(familiar.conversation, planned, said, entry)
        self._keep(familiar, planned, context, is_pure=may_recur)
        if may_recur and familiar.tellings.note(context.now):
            template = template_of(partial(self._told, familiar, claim), context)
            familiar.answer = recurring(planned, template)
            self._acquaintance.keep(familiar)
        exchange = self._answering.exchange(entry, planned.steps, context)
        if shared is None:
            return exchange
        return self._compare(shared, familiar, partial(recurring, planned), exchange, context)

    def _told(self, familiar: Familiar, claim: Claim | Unclaimed, context: Context) -> Telling:
        """What `_tell` tells, with nothing noted of it."""
        request, planned = familiar.request, self._planned(self._stage(familiar, claim, context), claim)
        steps = self._answering.headed(planned.steps, request.findings, context)
        keeps = kept(familiar.dialect, request, planned, context)
        said = handed_back(familiar.dialect, request, planned, context)
        return Telling(tuple(steps), keeps[0] if keeps else "", said)

    def _tell_again(
        self, familiar: Familiar, answer: Recurring, template: Template, moment: Moment, entry: Entry
    ) -> Exchange:
        """Tell an answer from its template, and note what it tells."""
        request, planned = familiar.request, answer.plan
        entry.request, entry.claim, entry.findings = request, familiar.claim, request.findings
        if familiar.setup.scenarios:
            self._engine.note_played(familiar.claim, request)
        steps, name, said = template.tell(moment.identity, moment.now)
        if said is None:
            said = handed_back(familiar.dialect, request, planned, self._context(moment))
        self._note(familiar.conversation, planned, said, entry)
        if name:
            make = partial(self._stored_then, familiar, planned, moment)
            self._engine.keep_later(moment.key, name, make, weight=len(request.http.body))
        elif answer.keeps:
            self._keep(familiar, planned, self._context(moment), is_pure=True)
        return Exchange(steps, entry)

    def _tell_opened(self, opened: Opened, moment: Moment, entry: Entry) -> Exchange:
        """Tell an answer from its template where nothing was read of the request."""
        http, way, conversation, planned, template = opened
        entry.unread = way
        if self._engine.setup(moment.key).scenarios and entry.claim and entry.request:
            self._engine.note_played(entry.claim, entry.request)
        steps, name, said = template.tell(moment.identity, moment.now)
        assert said is not None  # noqa: S101 - else more of the request would be known
        self._note(conversation, planned, said, entry)
        if name:
            make = partial(self._stored_unread, http, way, planned, moment)
            self._engine.keep_later(moment.key, name, make, weight=len(http.body))
        return Exchange(steps, entry)

    def _stored_unread(self, http: Http, way: Way, planned: Plan, moment: Moment) -> Stored:
        """What was stored of an answer to a request of which nothing was read."""
        request, _ = way.read(http)
        return stored(way.dialect, request, planned, self._context(moment))

    def _stored_then(self, familiar: Familiar, planned: Plan, moment: Moment) -> Stored:
        """What was stored of an answer that was told in a moment."""
        return stored(familiar.dialect, familiar.request, planned, self._context(moment))

    def _tell_alike(
        self, familiar: Familiar, shared: Shared, answer: Recurring, context: Context, entry: Entry
    ) -> Exchange:
        """Tell what was told in answer to a request like this one."""
        request, planned = familiar.request, answer.plan
        self._engine.note_played(familiar.claim, request)
        assert answer.template is not None  # noqa: S101 - it is what was trusted
        steps, _, said = answer.template.tell(context.identity, context.now)
        if said is None:
            said = handed_back(familiar.dialect, request, planned, context)
        self._note(familiar.conversation, planned, said, entry)
        keeps = self._keep(familiar, planned, context, is_pure=True)
        familiar.answer = shared.told = replace(answer, keeps=True) if keeps else answer
        return Exchange(steps, entry)

    def _compare(
        self,
        shared: Shared,
        familiar: Familiar,
        told: Callable[[Template], Recurring],
        exchange: Exchange,
        context: Context,
    ) -> Exchange:
        """See whether the answer would have come out the same for any request like this one. What was told
        once is told on.
        """
        if shared.answer:
            steps = tuple(plain(exchange.steps))
            shared.judge(steps, context)
            return replace(exchange, steps=iter(steps))
        if shared.tellings.note(context.now):
            request = unheard(familiar.request, familiar.dialect.spoken)
            template = template_of(partial(self._told_unheard, familiar, request), context)
            self._alike.keep(shared, told(template) if template else None)
        return exchange

    def _told_unheard(self, familiar: Familiar, request: Request, context: Context) -> Telling:
        """What is told where nobody can look at what was said."""
        assert isinstance(familiar.claim, Claim)  # noqa: S101 - only scripts are shared
        claim = familiar.claim
        used = self._alike.used(claim.attempt)
        claim = replace(claim, variables={name: claim.variables[name] for name in used})
        planned = self._planned(replace(self._stage(familiar, claim, context), request=request), claim)
        steps = self._answering.headed(planned.steps, (), context)
        name = familiar.dialect.keeps_as(request, context) if whole_reply(planned) else None
        return Telling(tuple(steps), name or "", handed_back(familiar.dialect, request, planned, context))

    def _keep(self, familiar: Familiar, planned: Plan, context: Context, *, is_pure: bool) -> bool:
        """Store what is to be stored of an answer; whether anything is. Where nothing but the request tells
        what that is, it may be made later.
        """
        request = familiar.request
        key, weight = request.http.key, len(request.http.body)
        can_wait = is_pure and whole_reply(planned) is not None and not _has_recalled(context)
        if can_wait and (name := familiar.dialect.keeps_as(request, context)):
            make = partial(stored, familiar.dialect, request, planned, context)
            self._engine.keep_later(key, name, make, weight)
            return True
        if found := kept(familiar.dialect, request, planned, context):
            self._engine.keep(key, found[0], unplaced(found[1]), weight)
        return found is not None

    def _note(self, conversation: Conversation, planned: Plan, said: Parts, entry: Entry) -> None:
        entry.faults = planned.faults
        if isinstance(planned.told, Reply):
            memory = self._engine.memory(entry.http.key)
            memory.remember(conversation, said, entry.delivery.is_whole)
        else:
            entry.failure = planned.told

    def _stage(self, familiar: Familiar, claim: Claim | Unclaimed, context: Context) -> Stage:
        request = familiar.request
        speed, tokens = self._in_force.speed(request.http.key), _input(request, claim)
        return Stage(familiar.dialect, request, context, speed, self._answering.front, tokens)

    def _planned(self, stage: Stage, claim: Claim | Unclaimed) -> Plan:
        """The plan for what was claimed; a broken script is told to the client."""
        try:
            match claim:
                case Claim(unmet=()):
                    attempt = self._in_force.faulty(claim.attempt, stage.request)
                    return plan(stage, attempt, claim.variables)
                case Claim():
                    return plan_failure(stage, Failure("invalid_request", message=_unmet_message(claim)))
                case Unclaimed(chosen="") if self._in_force.unmatched(stage.request.http.key) == "auto":
                    return plan(stage, self._in_force.faulty(_AUTO, stage.request), {})
                case Unclaimed():
                    return plan_failure(stage, Failure("not_found", message=claim.message, retry=False))
        except ScriptError as error:
            message = f"The scenario cannot be played. {error}"
            return plan_failure(stage, Failure("server_error", message=message, retry=False))

    # ---------------------------------------------------------------------------------- counting

    def _admitted(
        self,
        key: str,
        context: Context,
        request: Request | None = None,
        claim: Claim | Unclaimed | None = None,
    ) -> Context:
        """The context with what is left of the limits. The request is counted unless they refuse it."""
        account = self._in_force.account(key, context, claim)
        if account is None:
            return context
        tokens = _input(request, claim) if request else 0
        return replace(context, quota=account.admit(tokens), charge=account.charge)


def exceeded(context: Context) -> Failure | None:
    """How a request is refused that exceeds a limit."""
    limit = context.exceeded
    return Failure("rate_limit", retry_after=limit.reset) if limit else None


def _has_recalled(context: Context) -> bool:
    """Whether what was read of a request follows from more than the request."""
    return not isinstance(context.recall, Recall) or context.recall.is_used


def _input(request: Request, claim: Claim | Unclaimed | None) -> int:
    """The input tokens that the usage of the reply will tell."""
    if not isinstance(claim, Claim):
        return count_input(request)
    scripted = claim.attempt.usage
    return scripted.input_of(count_input(request)) if scripted.input is None else scripted.input


def _unmet_message(claim: Claim) -> str:
    """What the turn expected and what came, with the place in the scenario file."""
    told = "; ".join(f"{difference} ({difference.place})" for difference in claim.unmet)
    return f"Scenario {claim.scenario.name!r}, turn {claim.turn}, did not get what it expects. {told}"
