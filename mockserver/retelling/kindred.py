"""Requests that are new, but differ from one that came in nothing but the words of a plain conversation, its
calls of tools and their results: what is known of that holds for them too, and only what follows from these
is worked out.

A kind is what such requests have in common. It holds as long as nothing else is set up. Bounded. No I/O, no
clock; how a wire tells a kind is its own matter (`mockserver.protocols.base.Talk`).
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias
from weakref import ref

import orjson

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.claiming.openings import Chosen, Opening, Openings
from mockserver.conversation import Http, JsonObject, Message, Request, Text, ToolCall, ToolResult
from mockserver.engine import Engine, Fingerprint
from mockserver.history.fidelity import Conversation, begun, followed
from mockserver.history.latest import LONG
from mockserver.limits import count_input, count_messages, estimate
from mockserver.protocols.base import Dialect, Outline, Talk
from mockserver.retelling.alike import Alike, Circle, Shared
from mockserver.retelling.familiar import Familiar, Recurring
from mockserver.retelling.first_words import Around, around
from mockserver.retelling.looks import Looks
from mockserver.retelling.opened import Opened, Way
from mockserver.scenario.model import Attempt
from mockserver.setup import Setup
from mockserver.store import Bounded
from mockserver.values import dataclass

_KINDS = 1_000
_WEIGHT = 16 * 1024 * 1024
_LATEST = 8
_Head: TypeAlias = tuple[object, ...]


@dataclass(slots=True, eq=False)
class _Place:
    """Where requests come in that have all but their bodies in common; `sample` is one of them without its
    body, with what the route gave it. `latest` are kinds of first messages that came last, if they are still
    kept.
    """

    dialect: Dialect
    talk: Talk
    sample: Http
    latest: tuple[ref[_Kind], ...] = ()

    def http(self, http: Http) -> Http:
        """The request with what the route gives it."""
        params = self.sample.params
        if not params:
            return http
        return Http(
            http.method, http.path, http.headers, http.query, http.body, params, http.key, http.origin
        )


@dataclass(frozen=True, slots=True, eq=False)
class _First:
    """What follows from a kind in which the user has said but one text: the `tokens` of input besides it, the
    place in the memory that it is said at, what it may claim, and where it stands.
    """

    tokens: int
    place: int
    openings: Openings | Chosen | None
    stands: Around
    ways: dict[int, Way] = field(default_factory=dict)


@dataclass(slots=True, eq=False, weakref_slot=True)
class _Kind:
    """What a `sample` has in common with all of its kind: so many `tokens` besides those of messages. The
    `circle` is that of those that may be alike, `shared` are their answers that were told last, by attempt
    and tokens, if they are still kept.
    """

    place: _Place
    sample: Request
    setup: Setup
    edition: int
    is_known: bool = False
    tokens: int = 0
    circle: Circle | None = None
    first: _First | None = None
    shared: dict[tuple[int, int], ref[Shared]] = field(default_factory=dict)


class Kindred:
    """The kinds of requests that came last. One is looked at closer when the second request of it comes."""

    def __init__(self, engine: Engine, alike: Alike, looks: Looks) -> None:
        self._engine = engine
        self._looks = looks
        self._alike = alike
        self._places: Bounded[_Head, _Place] = Bounded(_KINDS)
        self._by_object: dict[int, tuple[Http, _Place, int]] = {}
        self._kinds: Bounded[tuple[_Place, Outline], _Kind] = Bounded(_KINDS, _WEIGHT)

    def meet(self, familiar: Familiar) -> None:
        """Note the kind of a request that was read, for which nothing was recalled."""
        request, dialect = familiar.request, familiar.dialect
        http, talk = request.http, dialect.talk
        if talk is None or len(http.body) >= LONG or request.detached or _stands_alone(request):
            return
        body = _object(http.body)  # as it came: so are all of its kind looked at
        outline = None if body is None else talk.outline(body)
        if outline:
            place = self._places.setdefault(self._head(http), lambda: _Place(dialect, talk, _bodiless(http)))
            kind = _Kind(place, request, familiar.setup, familiar.edition)
            self._kinds.put((place, outline), kind, len(http.body) + len(outline))

    def opened(self, http: Http, now: float) -> Opened | None:
        """What is known of a request from words that others of its kind have said, if that is all it takes
        to answer it. Nothing of it is counted yet.
        """
        place = self._place(http)
        for latest in place.latest if place else ():
            kind = latest()
            first = kind.first if kind else None
            if not kind or not first or not (text := first.stands.text(http.body)) or not self._holds(kind):
                continue
            # what can be printed, and has neither quotes nor backslashes, is JSON between quotes
            opening = first.openings.sure(text) if first.openings and text.isprintable() else None
            return self._opened(kind, first, opening, text, http, now) if opening else None
        return None

    def _opened(  # noqa: PLR0913, PLR0917 - all that there is of a request
        self, kind: _Kind, first: _First, opening: Opening, text: str, http: Http, now: float
    ) -> Opened | None:
        attempt, tokens = opening.attempt, first.tokens + estimate(text)
        answer = _told_of(kind, attempt, tokens)
        template = answer.template if answer else None
        if not answer or not template or template.said is None or not template.holds(now):
            return None
        if answer.keeps and not template.is_named:
            return None
        way = first.ways.get(id(opening)) or _way(kind, first, opening)
        conversation = begun(first.place, text, self._engine.state.mark)
        return Opened(kind.place.http(http), way, conversation, answer.plan, template)

    def find(self, http: Http, fingerprint: Fingerprint) -> Familiar | None:
        """What is known of a request from others of its kind. Nothing of it is counted yet."""
        place = self._place(http)
        if place is None:
            return None
        body = _object(http.body)
        if body is None:
            return None
        for latest in place.latest:
            known = latest()
            first = known.first if known else None
            if known and first and (text := first.stands.text(http.body)) and self._holds(known):
                return self._first(known, first, text, body, http, fingerprint)
        kind = self._kind(place, body)
        if kind is None:
            return None
        if kind.first:
            others = (other for other in place.latest if other() not in (None, kind))
            place.latest = (ref(kind), *others)[:_LATEST]
            return self._first(kind, kind.first, place.talk.last_text(body), body, http, fingerprint)
        request = reworded(kind.sample, place.talk.messages(body), place.http(http), body)
        conversation = followed(request.messages, request.system, self._engine.state.mark)
        claim, tokens = self._engine.propose(request), kind.tokens + count_messages(request.messages)
        return self._familiar(kind, request, conversation, claim, tokens, fingerprint)

    def _holds(self, kind: _Kind) -> bool:
        """Whether nothing else has been set up since."""
        engine = self._engine
        return kind.edition == engine.edition and kind.setup is engine.setup(kind.sample.http.key)

    def _place(self, http: Http) -> _Place | None:
        """Where the request comes in. Of one whose head is the very one of another nothing is looked at."""
        found = self._by_object.get(id(http.headers))
        if found and _has_same_head(found[0], http) and found[2] == self._looks.epoch:
            return found[1]
        place = self._places.get(self._head(http))
        if place:
            if len(self._by_object) >= _KINDS:
                self._by_object.clear()
            self._by_object[id(http.headers)] = _bodiless(http), place, self._looks.epoch
        return place

    def _head(self, http: Http) -> _Head:
        """What of a request may be looked at besides its body."""
        return http.key, *self._looks.head(http)

    def _kind(self, place: _Place, body: JsonObject) -> _Kind | None:
        """The kind of a body, by its outline."""
        outline = place.talk.outline(body)
        kind = self._kinds.get((place, outline)) if outline else None
        if kind is None or outline is None or not self._holds(kind):
            return None
        if not kind.is_known:
            if not _is_as_sent(kind):
                self._kinds.drop((place, outline))
                return None
            epoch = self._looks.epoch
            self._look_at(kind, outline)
            if self._looks.epoch != epoch:  # at more than was known, which may tell the two apart
                return None
        return kind

    def _look_at(self, kind: _Kind, outline: Outline) -> None:
        request, engine, talk = kind.sample, self._engine, kind.place.talk
        kind.is_known, kind.tokens = True, count_input(request) - count_messages(request.messages)
        if not request.findings:
            kind.circle = self._alike.circle(request, kind.place.dialect.spoken)
        text = talk.last_text(request.body)
        if request.messages == _opening(text):
            place = engine.state.mark(request.system)
            tokens = count_input(request) - estimate(text)
            stands = around(talk, request.http.body, text, outline)
            kind.first = _First(tokens, place, engine.openings(request), stands)

    def _first(  # noqa: PLR0913, PLR0917 - all that there is of a request
        self, kind: _Kind, first: _First, text: str, body: JsonObject, http: Http, fingerprint: Fingerprint
    ) -> Familiar:
        """A request in which the user has said but this."""
        request = reworded(kind.sample, _opening(text), kind.place.http(http), body)
        claim = first.openings.propose(request, text) if first.openings else self._engine.propose(request)
        conversation = begun(first.place, text, self._engine.state.mark)
        return self._familiar(kind, request, conversation, claim, first.tokens + estimate(text), fingerprint)

    def _familiar(  # noqa: PLR0913, PLR0917 - all that there is of a request
        self,
        kind: _Kind,
        request: Request,
        conversation: Conversation,
        claim: Claim | Unclaimed,
        tokens: int,
        fingerprint: Fingerprint,
    ) -> Familiar:
        familiar = Familiar(
            http=request.http,
            dialect=kind.place.dialect,
            fingerprint=fingerprint,
            request=request,
            conversation=conversation,
            claim=claim,
            is_counted=self._engine.is_counted(claim, request),
            setup=kind.setup,
            edition=kind.edition,
        )
        if isinstance(claim, Claim) and kind.circle:
            familiar.answer = self._told(kind, kind.circle, familiar, claim, tokens)
        return familiar

    def _told(
        self, kind: _Kind, circle: Circle, familiar: Familiar, claim: Claim, tokens: int
    ) -> Recurring | None:
        """How others were answered that are like it."""
        attempt = claim.attempt
        name = _shared_as(attempt, tokens)
        kept = None if claim.unmet else kind.shared.get(name)
        shared = kept() if kept else None
        if shared is None or shared.attempt is not attempt:
            shared = self._alike.known(circle, familiar, name[1])
            if shared and not self._alike.used(attempt):
                if len(kind.shared) >= _LATEST:
                    kind.shared.clear()
                kind.shared[name] = ref(shared)
        return shared.told if shared and shared.is_trusted else None

    def forget(self, key: str) -> None:
        """Forget the requests that came with an API key."""
        for place, outline in self._kinds.names(lambda each: each[0].sample.key == key):
            self._kinds.drop((place, outline))
        for head in self._places.names(lambda each: key in each):
            self._places.drop(head)
        self._by_object.clear()


def _stands_alone(request: Request) -> bool:
    """Whether something was found in it that others like it may not share: what was put right before it was
    read, or what may tell of calls, which are others in each request.
    """
    if any(finding.severity == "error" for finding in request.findings):
        return True
    parts = (part for message in request.messages for part in message.parts)
    return bool(request.findings) and any(isinstance(part, ToolCall | ToolResult) for part in parts)


def _object(body: bytes) -> JsonObject | None:
    """The JSON object that a body plainly is."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


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


def _way(kind: _Kind, first: _First, opening: Opening) -> Way:
    """The one for all that open this. It is kept with what tells of that."""
    openings = first.openings

    def read(http: Http) -> tuple[Request, Claim | Unclaimed]:
        assert openings  # noqa: S101 - the opening is one of these
        text = first.stands.text(http.body)
        request = reworded(kind.sample, _opening(text), http, orjson.loads(http.body))
        return request, openings.propose(request, text)

    way = first.ways[id(opening)] = Way(kind.place.dialect, f"{opening.scenario.name}/1", read)
    return way


def _told_of(kind: _Kind, attempt: Attempt, tokens: int) -> Recurring | None:
    """How others were answered that open the same, with as many tokens."""
    kept = kind.shared.get(_shared_as(attempt, tokens))
    shared = kept() if kept else None
    if shared is None or shared.attempt is not attempt or not shared.is_trusted:
        return None
    return shared.told


def _shared_as(attempt: Attempt, tokens: int) -> tuple[int, int]:
    """What the answers of an attempt have in common that tell so many tokens of input."""
    return id(attempt), attempt.usage.input_of(tokens)


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
