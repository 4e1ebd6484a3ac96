"""Requests that are new, but differ in nothing but the words of a plain conversation from one that came: what
is known of that holds for them too, and only what follows from the words is worked out.

A kind is what such requests have in common. It holds as long as nothing else is set up. Bounded. No I/O, no
clock; how a wire tells a kind is its own matter (`mockserver.protocols.base.Talk`).
"""

from __future__ import annotations

from typing import TypeAlias

import orjson

from mockserver.alike import Alike, Circle, of_http
from mockserver.claims import Unclaimed
from mockserver.conversation import Http, JsonObject, Message, Request, Text
from mockserver.engine import Engine, Fingerprint
from mockserver.familiar import Familiar, Recurring
from mockserver.fidelity import followed
from mockserver.histories import LONG
from mockserver.limits import count_input, estimate
from mockserver.openings import Chosen, Openings
from mockserver.protocols.base import Dialect, Outline, Talk
from mockserver.setup import Setup
from mockserver.store import Bounded
from mockserver.values import dataclass

_KINDS = 1_000
_WEIGHT = 16 * 1024 * 1024
_Head: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where requests come in that have all but their bodies in common; `sample` is one of them, with what the
    route gave it.
    """

    dialect: Dialect
    talk: Talk
    sample: Http

    def http(self, http: Http) -> Http:
        """The request with what the route gives it."""
        if not self.sample.params:
            return http
        params = self.sample.params
        return Http(
            http.method, http.path, http.headers, http.query, http.body, params, http.key, http.origin
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Common:
    """What follows from a kind: `circle` is that of those that may be alike. If the user has said but one
    text yet, it takes so many `tokens` of input besides that, and what it may claim is known where there are
    `openings`.
    """

    circle: Circle | None
    tokens: int | None = None
    openings: Openings | Chosen | None = None


@dataclass(slots=True, eq=False)
class _Kind:
    """What a `sample` has in common with all of its kind; `common` is worked out when the second comes."""

    place: _Place
    sample: Request
    setup: Setup
    edition: int
    common: _Common | None = None


class Kindred:
    """The kinds of requests that came last."""

    def __init__(self, engine: Engine, alike: Alike) -> None:
        self._engine = engine
        self._alike = alike
        self._places: Bounded[_Head, _Place] = Bounded(_KINDS)
        self._by_object: dict[int, tuple[Http, _Place]] = {}
        self._kinds: Bounded[tuple[_Place, Outline], _Kind] = Bounded(_KINDS, _WEIGHT)

    def meet(self, familiar: Familiar) -> None:
        """Note the kind of a request that was read, for which nothing was recalled."""
        request, dialect = familiar.request, familiar.dialect
        http, talk = request.http, dialect.talk
        outline = talk.outline(request.body) if talk and len(http.body) < LONG else None
        if talk and outline and not request.detached:
            place = self._places.setdefault(_head(http), lambda: _Place(dialect, talk, http))
            kind = _Kind(place, request, familiar.setup, familiar.edition)
            self._kinds.put((place, outline), kind, len(http.body))

    def find(self, http: Http, fingerprint: Fingerprint) -> Familiar | None:
        """What is known of a request from others of its kind. Nothing of it is counted yet."""
        place = self._place(http)
        if place is None or len(http.body) >= LONG:
            return None
        try:
            body = orjson.loads(http.body)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(body, dict) or not (outline := place.talk.outline(body)):
            return None
        kind = self._kinds.get((place, outline))
        if kind is None or kind.edition != self._engine.edition:
            return None
        if kind.setup is not self._engine.setup(http.key):
            return None
        if kind.common is None:
            if not _is_as_sent(kind):
                self._kinds.drop((place, outline))
                return None
            kind.common = self._common(kind)
        return self._familiar(kind, kind.common, place.http(http), body, fingerprint)

    def _place(self, http: Http) -> _Place | None:
        """Where the request comes in. Of one whose head is the very one of another nothing is looked at."""
        found = self._by_object.get(id(http.headers))
        if found and _has_same_head(found[0], http):
            return found[1]
        place = self._places.get(_head(http))
        if place:
            if len(self._by_object) >= _KINDS:
                self._by_object.clear()
            self._by_object[id(http.headers)] = _bodiless(http), place
        return place

    def _common(self, kind: _Kind) -> _Common:
        request, talk = kind.sample, kind.place.talk
        circle = None if request.findings else self._alike.circle(request, kind.place.dialect.spoken)
        text = talk.last_text(request.body)
        if request.messages != _opening(text):
            return _Common(circle)
        return _Common(circle, count_input(request) - estimate(text), self._engine.openings(request))

    def _familiar(
        self, kind: _Kind, common: _Common, http: Http, body: JsonObject, fingerprint: Fingerprint
    ) -> Familiar:
        engine, talk, claim = self._engine, kind.place.talk, None
        if common.tokens is None:
            request = reworded(kind.sample, talk.messages(body), http, body)
            tokens = count_input(request)
        else:
            text = talk.last_text(body)
            request = reworded(kind.sample, _opening(text), http, body)
            tokens = common.tokens + estimate(text)
            claim = common.openings.propose(request, text) if common.openings else None
        claim = claim or engine.propose(request)
        familiar = Familiar(
            dialect=kind.place.dialect,
            fingerprint=fingerprint,
            request=request,
            conversation=followed(request.messages, request.system, engine.state.mark),
            claim=claim,
            is_counted=engine.is_counted(claim, request),
            setup=kind.setup,
            edition=kind.edition,
        )
        familiar.answer = self._told(common.circle, familiar, tokens)
        return familiar

    def _told(self, circle: Circle | None, familiar: Familiar, tokens: int) -> Recurring | None:
        """How others were answered that are like it."""
        claim = familiar.claim
        if circle is None or isinstance(claim, Unclaimed):
            return None
        scripted = claim.attempt.usage.input
        return self._alike.told(circle, familiar, tokens if scripted is None else scripted)

    def forget(self, key: str) -> None:
        """Forget the requests that came with an API key."""
        for place, outline in self._kinds.names(lambda each: each[0].sample.key == key):
            self._kinds.drop((place, outline))
        for head in self._places.names(lambda each: key in each):
            self._places.drop(head)
        self._by_object.clear()


def reworded(sample: Request, messages: tuple[Message, ...], http: Http, body: JsonObject) -> Request:
    """The same request, but for the words of its conversation."""
    return Request(
        sample.protocol,
        sample.model,
        messages,
        http,
        body,
        sample.system,
        sample.tools,
        sample.tool_choice,
        sample.format,
        sample.image,
        sample.stream,
        sample.choices,
        sample.max_tokens,
        sample.stop,
        sample.thinks,
        sample.include_thinking,
        sample.detached,
        sample.findings,
    )


def _opening(text: str) -> tuple[Message, ...]:
    """A conversation of which the user has said but one text."""
    return (Message("user", (Text(text),)),)


def _is_as_sent(kind: _Kind) -> bool:
    """Whether the sample was read from its body as it came, and not as it was mended or put in other words.
    To Python, true is 1.
    """
    sample = kind.sample
    sent, read = (
        orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        for body in (orjson.loads(sample.http.body), sample.body)
    )
    return sent == read and kind.place.talk.messages(sample.body) == sample.messages


def _bodiless(http: Http) -> Http:
    return Http(http.method, http.path, http.headers, http.query, b"", http.params, http.key, http.origin)


def _has_same_head(one: Http, other: Http) -> bool:
    """Whether they are the same but for their bodies, as is seen at once."""
    return (
        one.headers is other.headers
        and one.query is other.query
        and one.path == other.path
        and one.method == other.method
        and one.key == other.key
        and one.origin == other.origin
    )


def _head(http: Http) -> _Head:
    return http.key, *of_http(http)
