"""Requests that are new, but differ in nothing but the words of a plain conversation from one that came: what
is known of that holds for them too, and only what follows from the words is worked out.

A kind is what such requests have in common. It holds as long as nothing else is set up. Bounded. No I/O, no
clock; how a wire tells a kind is its own matter (`mockserver.protocols.base.Talk`).
"""

from __future__ import annotations

from typing import TypeAlias

import orjson

from mockserver.alike import Alike, Circle, of_http
from mockserver.claims import Claim
from mockserver.conversation import Http, JsonObject, Request
from mockserver.engine import Engine, Fingerprint
from mockserver.familiar import Familiar
from mockserver.fidelity import followed
from mockserver.limits import count_input
from mockserver.protocols.base import Dialect, Outline, Talk
from mockserver.setup import Setup
from mockserver.store import Bounded
from mockserver.values import dataclass

_KINDS = 1_000
_WEIGHT = 16 * 1024 * 1024
_LONGEST_BODY = 64 * 1024
"""Bytes."""

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
class _Kind:
    """What a `sample` has in common with all of its kind: how it was read, and the circle of those that may
    be alike.
    """

    place: _Place
    sample: Request
    circle: Circle | None
    setup: Setup
    edition: int


class Kindred:
    """The kinds of requests that came last."""

    def __init__(self, engine: Engine, alike: Alike) -> None:
        self._engine = engine
        self._alike = alike
        self._places: Bounded[_Head, _Place] = Bounded(_KINDS)
        self._kinds: Bounded[tuple[_Place, Outline], _Kind] = Bounded(_KINDS, _WEIGHT)

    def meet(self, familiar: Familiar) -> None:
        """Note the kind of a request that was read, for which nothing was recalled."""
        request, talk = familiar.request, familiar.dialect.talk
        if talk is None or request.detached or len(request.http.body) > _LONGEST_BODY:
            return
        body = orjson.loads(request.http.body)
        outline = talk.outline(body)
        if outline is None or talk.messages(body) != request.messages or not _same(body, request.body):
            return
        place = self._places.setdefault(
            _head(request.http), lambda: _Place(familiar.dialect, talk, request.http)
        )
        circle = None if request.findings else self._alike.circle(request, familiar.dialect.spoken)
        kind = _Kind(place, request, circle, familiar.setup, familiar.edition)
        self._kinds.put((place, outline), kind, len(request.http.body))

    def find(self, http: Http, fingerprint: Fingerprint) -> Familiar | None:
        """What is known of a request from others of its kind. Nothing of it is counted yet."""
        place = self._places.get(_head(http))
        if place is None or len(http.body) > _LONGEST_BODY:
            return None
        try:
            body = orjson.loads(http.body)
        except orjson.JSONDecodeError:
            return None
        outline = place.talk.outline(body) if isinstance(body, dict) else None
        kind = self._kinds.get((place, outline)) if outline else None
        if kind is None or kind.edition != self._engine.edition:
            return None
        if kind.setup is not self._engine.setup(http.key):
            return None
        return self._familiar(kind, place.http(http), body, fingerprint)

    def _familiar(self, kind: _Kind, http: Http, body: JsonObject, fingerprint: Fingerprint) -> Familiar:
        engine, dialect = self._engine, kind.place.dialect
        request = kind.sample.reworded(kind.place.talk.messages(body), http, body)
        claim = engine.propose(request)
        familiar = Familiar(
            dialect=dialect,
            fingerprint=fingerprint,
            request=request,
            conversation=followed(request.messages, request.system, engine.state.mark),
            claim=claim,
            is_counted=engine.is_counted(claim, request),
            setup=kind.setup,
            edition=kind.edition,
        )
        if kind.circle and isinstance(claim, Claim):
            scripted = claim.attempt.usage.input
            tokens = count_input(request) if scripted is None else scripted
            familiar.answer = self._alike.told(kind.circle, familiar, tokens)
        return familiar

    def forget(self, key: str) -> None:
        """Forget the requests that came with an API key."""
        for place, outline in self._kinds.names(lambda each: each[0].sample.key == key):
            self._kinds.drop((place, outline))
        for head in self._places.names(lambda each: key in each):
            self._places.drop(head)


def _same(one: JsonObject, other: JsonObject) -> bool:
    """Whether two bodies say the same; to Python, true is 1."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def _head(http: Http) -> _Head:
    return http.key, *of_http(http)
