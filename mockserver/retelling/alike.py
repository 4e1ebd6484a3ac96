"""Requests that differ in nothing but what was said, and get the same answer: how to tell that they do.

A scripted answer seldom shows what it answers. Whether it does is not read from the script: the answer is
told for a request whose conversation nobody can look at, and whoever looks has shown that the answer follows
from it. Requests are alike that have all else in common, the number of tokens that the conversation takes,
what is attached to it, and what the script takes from it. Bounded. No I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field, fields
from typing import Any, NoReturn, TypeAlias

import orjson

from mockserver.claiming.claims import Claim
from mockserver.conversation import Attachment, Http, JsonObject, Message, Request
from mockserver.playback.steps import Step, plain
from mockserver.protocols.base import Context
from mockserver.retelling.familiar import Familiar, Recurring, Tellings
from mockserver.retelling.holes import NotAgainError
from mockserver.retelling.looks import Looks
from mockserver.scenario.model import Attempt, templates
from mockserver.scenario.templates import variables_of
from mockserver.setup import Setup
from mockserver.store import Bounded
from mockserver.values import dataclass

_ANSWERS = 1_000
_WEIGHT = 16 * 1024 * 1024
_LONGEST_BODY = 64 * 1024

Key: TypeAlias = tuple[Any, ...]
_Way: TypeAlias = tuple[int, str, bool]
"""The id of an attempt, the protocol that it is told in, and whether it is streamed."""


@dataclass(frozen=True, slots=True, eq=False)
class Circle:
    """What requests have in common that may be alike, besides what they claim: one for all of them."""

    key: str


@dataclass(slots=True, weakref_slot=True)
class Shared:
    """The answer of requests that are alike. Once it was told often enough at one time there is an `answer`
    with a template; it is trusted once it has told another request's answer right. `told` is that answer,
    once it was told on.
    """

    key: Key
    attempt: Attempt
    setup: Setup
    way: _Way
    tellings: Tellings = field(default_factory=Tellings)
    answer: Recurring | None = None
    is_trusted: bool = False
    told: Recurring | None = None

    def is_of(self, claim: Claim, familiar: Familiar) -> bool:
        """Whether it is this attempt that answers, under this setup: others may have had their place."""
        return self.attempt is claim.attempt and self.setup is familiar.setup

    def judge(self, steps: Sequence[Step], context: Context) -> None:
        """Trust the answer if it would have been told in these steps, which another request was answered
        with; else none is ever made again.
        """
        self.told = None
        template = self.answer.template if self.answer else None
        if template and template.holds(context.now):
            told, *_ = template.tell(context.identity, context.now)
            self.is_trusted = tuple(plain(told)) == tuple(steps)
        if not self.is_trusted:
            self.answer = None

    def trusted(self, now: float) -> Recurring | None:
        """The answer, if it can be told at that time."""
        answer = self.answer
        if not self.is_trusted or answer is None or answer.template is None:
            return None
        return answer if answer.template.holds(now) else None


class Alike:
    """The answers of requests that are alike, those that came last."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._circles: Bounded[Key, Circle] = Bounded(_ANSWERS, _WEIGHT)
        self._shared: Bounded[Key, Shared] = Bounded(_ANSWERS, _WEIGHT)
        self._differing: Bounded[_Way, Attempt] = Bounded(_ANSWERS)
        self._used: Bounded[int, tuple[Attempt, Sequence[str]]] = Bounded(_ANSWERS)

    def shared(self, familiar: Familiar, tokens: int | None) -> Shared | None:
        """What a request has in common with those that are like it; None where it stands for itself."""
        claim, request = familiar.claim, familiar.request
        if not isinstance(claim, Claim) or claim.unmet or request.findings:
            return None
        way = id(claim.attempt), request.protocol, request.stream
        if self._differing.get(way) is claim.attempt:
            return None
        circle = self.circle(request, familiar.dialect.spoken)
        key = self._key(circle, claim, familiar, tokens) if circle else None
        if key is None:
            return None
        found = self._shared.get(key)
        if found is None or not found.is_of(claim, familiar):
            found = Shared(key, claim.attempt, familiar.setup, way)
            self._shared.put(key, found)
        return found

    def circle(self, request: Request, spoken: AbstractSet[str]) -> Circle | None:
        """That of a request with these `spoken` members in its body, if it may have any like it."""
        http = request.http
        if len(http.body) > _LONGEST_BODY:
            return None
        try:
            rest = orjson.dumps(_rest(request.body, spoken))
        except orjson.JSONEncodeError:
            return None
        key = http.key, request.attachments, rest, *self._looks.head(http)
        circle = self._circles.get(key)
        if circle is None:
            circle = Circle(http.key)
            self._circles.put(key, circle, len(rest))
        return circle

    def known(self, circle: Circle, familiar: Familiar, tokens: int) -> Shared | None:
        """What a request of this circle has in common with others, if any came."""
        claim = familiar.claim
        if not isinstance(claim, Claim) or claim.unmet:
            return None
        key = self._key(circle, claim, familiar, tokens)
        found = self._shared.get(key) if key else None
        return found if found and found.is_of(claim, familiar) else None

    def _key(self, circle: Circle, claim: Claim, familiar: Familiar, tokens: int | None) -> Key | None:
        used, variables = self.used(claim.attempt), b""
        if used:
            try:
                variables = orjson.dumps([claim.variables[name] for name in used])
            except (KeyError, orjson.JSONEncodeError):
                return None
        return circle, id(claim.attempt), id(familiar.setup), familiar.edition, tokens, variables

    def keep(self, shared: Shared, answer: Recurring | None) -> None:
        """Keep the answer of requests that are alike, if they have one in common. Where they have none, the
        attempt shows what was said; it is not looked for again.
        """
        if answer:
            shared.answer = answer
            self._shared.put(shared.key, shared, answer.template.weight if answer.template else 0)
        else:
            self._differing.put(shared.way, shared.attempt)

    def forget(self, key: str) -> None:
        """Forget the answers to an API key."""
        for circle in self._circles.names(lambda each: each[0] == key):
            self._circles.drop(circle)
        for known in self._shared.names(lambda each: each[0].key == key):
            self._shared.drop(known)

    def used(self, attempt: Attempt) -> Sequence[str]:
        """The variables that its script takes."""
        found = self._used.get(id(attempt))
        if found is None or found[0] is not attempt:
            sources = (template.source for template in templates(attempt))
            found = attempt, sorted(frozenset[str]().union(*map(variables_of, sources)))
            self._used.put(id(attempt), found)
        return found[1]


# ------------------------------------------------------------------------------ what nobody can look at


def unheard(request: Request, spoken: frozenset[str]) -> Request:
    """The request, with its conversation where nobody can look at it; `spoken` are the members of its body
    that hold it.
    """
    own = {field.name: getattr(request, field.name) for field in fields(Request)}
    own["messages"] = (Message("user", request.attachments),)
    own["http"] = _unheard(request.http)
    own["body"] = _Rest(_rest(request.body, spoken), spoken)
    return _Unheard(**own)


def _unheard(http: Http) -> Http:
    return _UnheardHttp(**{field.name: getattr(http, field.name) for field in fields(Http)})


def _rest(body: JsonObject, spoken: AbstractSet[str]) -> JsonObject:
    return {name: value for name, value in body.items() if name not in spoken}


class _Unheard(Request):
    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        if name in {"messages", "system", "user"}:
            raise NotAgainError
        return super().__getattribute__(name)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        (message,) = super().__getattribute__("messages")
        return tuple(part for part in message.parts if isinstance(part, Attachment))


class _UnheardHttp(Http):
    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        if name == "body":
            raise NotAgainError
        return super().__getattribute__(name)


class _Rest(dict[str, Any]):
    """What a body has besides what was said: to be asked for by name alone."""

    def __init__(self, rest: JsonObject, spoken: frozenset[str]) -> None:
        super().__init__(rest)
        self._spoken = spoken

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(self._unspoken(name), default)

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(self._unspoken(name))

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._unspoken(name))

    def _unspoken(self, name: Any) -> Any:
        if name in self._spoken:
            raise NotAgainError
        return name

    def _all(self, *_: object) -> NoReturn:
        raise NotAgainError

    __iter__ = keys = values = items = copy = __eq__ = __or__ = __ror__ = _all
    __hash__ = None
