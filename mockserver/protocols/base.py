"""What a protocol is to the rest of the server: structural types, and the values that cross the border.

A vendor folder offers one `Vendor`: its routes, and how it refuses. A route that talks to a model names a
`Dialect`; any other route is answered by a plain function. Nothing here knows a vendor.

The verbs of a dialect: `read` (HTTP -> Request or Failure), `render` (Reply -> JSON answer), `encoder`
(events -> frames, one event at a time), `refuse` (Failure -> error answer), `decode` (a recorded answer ->
Reply), `said` (Reply -> what a client hands back of it), `review` (a scripted answer -> what is not
documented of it). They are pure: what is not in the request comes in the `Context`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Protocol, TypeAlias

from pydantic import BaseModel

from mockserver.conversation import (
    ContractMode,
    Failure,
    Finding,
    Http,
    Json,
    JsonObject,
    Message,
    MessagePart,
    Reply,
    Request,
    Usage,
)
from mockserver.events import Event
from mockserver.protocols.drawing import Identified
from mockserver.quotas import Allowance, Quota
from mockserver.values import dataclass

Headers: TypeAlias = tuple[tuple[str, str], ...]

MODEL_PREFIX = "mock-"
"""A model of this prefix and a scenario's name chooses that scenario."""

FAULT_MARK = "+"
"""Between the name of a scenario and those of the faults that its answer is to have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer. `findings` are what was noted of the request, where no dialect has read it."""

    status: int
    headers: Headers
    body: bytes
    findings: tuple[Finding, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that comes in pieces: each with the moment it is due, in seconds since the request came.
    `findings` are what was noted of the request.
    """

    status: int
    headers: Headers
    frames: Sequence[tuple[float, bytes]]
    findings: tuple[Finding, ...] = field(default=(), compare=False)


Timed: TypeAlias = Sequence[tuple[float, str]]
"""The pieces of a reply, each with the moment it is there, in seconds since the request came."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept under a name, so that a later request can show it or go on from it.

    `messages` are a conversation that ends with a reply, where it is one. `native` is whatever else the wire
    needs: plain JSON.
    """

    messages: tuple[Message, ...] = ()
    native: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context(Identified):
    """Everything a dialect may use that is not in the request. The same context gives the same bytes.

    `now` is in Unix seconds. `elapsed` is real time, in seconds since some moment, for what gets on while
    nobody asks.

    What this namespace keeps: `recall` finds it by name, `keep` puts it there or replaces it, `forget` drops
    it and tells whether it was there, `kept` lists the names that begin so, those first kept first. What has
    not been used for long may be gone.

    `models` are the model names to list besides the vendor's own (`mock-<scenario>`); with `any_model` False
    those that are on neither list are unknown. `contract` is how requests are judged. `ask` answers another
    request as if a client had sent it, without its waits.

    `quota` is how far the limits of this request are used up, if there are any; `charge` counts what a reply
    takes and gives the new state. With `is_inside` the request came inside another, which was counted.
    """

    now: float = 0
    recall: Callable[[str], Stored | None] = lambda _: None
    forget: Callable[[str], bool] = lambda _: False
    models: Sequence[str] = ()
    keep: Callable[[str, Stored], None] = lambda *_: None
    kept: Callable[[str], Sequence[str]] = lambda _: ()
    ask: Callable[[Http], Answer] = lambda _: Answer(501, (), b"")
    elapsed: float = 0
    contract: ContractMode = "documented"
    any_model: bool = True
    quota: Quota | None = None
    charge: Callable[[Usage], Quota | None] = lambda _: None
    is_inside: bool = False

    def knows(self, model: str, own: Container[str]) -> bool:
        """Whether `model` may be asked: one of the vendor's `own`, one that is listed besides, or a scenario
        by its name, be it there or not.
        """
        return self.any_model or model in own or model in self.models or model.startswith(MODEL_PREFIX)

    @property
    def exceeded(self) -> Allowance | None:
        """The limit that refuses this request, if one does."""
        return self.quota.exceeded if self.quota else None

    def charged(self, usage: Usage) -> Context:
        """This context once a reply has taken that much of the limits."""
        return replace(self, quota=self.charge(usage)) if self.quota else self


class Encoder(Protocol):
    """Writes one streamed answer. `headers` are those of the answer; `encode` is called once per event, in
    order, and gives the bytes that are due with it, one item per frame. `fail` gives the vendor's own
    frames for a failure after the stream has begun, at any point of it; nothing follows them. `extra` gives a
    frame of a type that nobody knows, which the stream may hold anywhere and goes on behind.
    """

    @property
    def headers(self) -> Headers: ...

    def encode(self, event: Event) -> Iterable[bytes]: ...

    def fail(self, failure: Failure) -> Iterable[bytes]: ...

    def extra(self) -> bytes: ...


FrameEdit: TypeAlias = Callable[[bytes], Iterable[bytes]]
"""What is sent instead of a frame of a stream; it is given every frame, in order."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How an answer of one wire departs from its documentation. `stream` makes an editor of frames, a new one
    for each stream; `whole` edits the body of an answer in JSON. None where there is nothing to depart from.
    `informed` stands instead of `stream` where an editor must know what no frame has told yet, or will tell:
    it is given the body of the same answer in JSON. `asks` are members of a request, where only the answer
    to a request that has them can depart, and `asks_of_streams` those of one for a stream.
    """

    stream: Callable[[], FrameEdit] | None = None
    whole: Callable[[JsonObject], Json] | None = None
    informed: Callable[[JsonObject], FrameEdit] | None = None
    asks: JsonObject = field(default_factory=dict)
    asks_of_streams: JsonObject = field(default_factory=dict)


Outline: TypeAlias = bytes
"""What a body is but for the words of its conversation."""


class Talk(Protocol):
    """How a wire has conversations of nothing but texts, calls of tools and what these gave."""

    def outline(self, body: JsonObject) -> Outline | None:
        """None where more than that is said. All bodies that have an outline in common are refused, noted
        and read alike, but for their messages, and for what names a call; as long as nothing was recalled for
        them.
        """
        ...

    def messages(self, body: JsonObject) -> tuple[Message, ...]:
        """Those of a body of which there is an outline, as `read` has them."""
        ...

    def last_text(self, body: JsonObject) -> str:
        """The last text of such a body, if it ends with one."""
        ...


class Dialect(Protocol):
    """One wire: `name` is `family` or `family.kind`, the word that scenarios use."""

    @property
    def name(self) -> str: ...

    @property
    def carries(self) -> frozenset[str]:
        """Part kinds this wire has a place for, in scenario words; the rest becomes text or is left out."""
        ...

    @property
    def spoken(self) -> frozenset[str]:
        """The members of a body that hold what was said, and who says it."""
        ...

    @property
    def talk(self) -> Talk | None:
        """How plain conversations are read, where that is quicker than to read any."""
        ...

    @property
    def deviations(self) -> Mapping[str, Deviation]:
        """The faults that only this wire can show, by their names in the catalogue of faults."""
        ...

    def read(self, http: Http, context: Context) -> Request | Failure: ...

    def render(self, reply: Reply, request: Request, context: Context) -> Answer: ...

    def encoder(self, request: Request, context: Context) -> Encoder: ...

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer: ...

    def decode(self, answer: Answer) -> Reply:
        """The reply that a recorded answer (JSON, or a whole stream) tells. ValueError if it is none."""
        ...

    def frame(self, data: Json) -> bytes:
        """One stream frame with `data`, a JSON value or verbatim text, as this wire frames it."""
        ...

    def said(self, reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
        """The reply as `read` finds it in the history of a client that hands it back unchanged: with the ids
        and signatures that went over the wire, without what the wire leaves out.
        """
        ...

    def review(self, answer: Answer) -> Iterable[Finding]:
        """What of a scripted answer, JSON or a whole stream, is not in the documented response."""
        ...

    def keep(
        self,
        reply: Reply,
        request: Request,
        context: Context,
        due: Timed = (),
        failure: Failure | None = None,
    ) -> tuple[str, Stored] | None:
        """What to store once this reply is given, with its name; None where the wire keeps nothing. Of a
        detached request, `due` are the pieces of the reply, each with the moment it is there. Where its
        stream ended in a `failure`, the reply is what was told whole before.
        """
        ...

    def keeps_as(self, request: Request, context: Context) -> str | None:
        """The name that `keep` will give what is stored, whatever that is, where it can as well be asked
        later: where nothing was recalled for the request. None where it must be asked at once, or keeps
        nothing.
        """
        ...


Respond: TypeAlias = Callable[[Http, Context], "Answer | Stream | Failure"]
"""Answers a route that needs no scenario: a list of models, a count of tokens."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route takes and gives, for the served description of the API. `query` is a model whose fields
    are the query parameters; `event` is what each frame of its stream holds. `media` is the type of the
    answer: of lines of JSON each is an `answer`. `errors` are the statuses it may have besides `status`.
    """

    summary: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    event: type[BaseModel] | None = None
    media: str = "application/json"
    status: int = 200
    errors: tuple[int, ...] = (400, 401, 403, 404, 413, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Description:
    """What a vendor's routes take and give, by method and path, and the envelope of their errors."""

    operations: Mapping[tuple[str, str], Operation] = field(default_factory=dict)
    error: type[BaseModel] | None = None


def always(_: Http) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is literal but for `{name}`, which matches any run of characters, slashes too.

    Several vendors may share a path; the first registered whose `when` holds has it. `is_limited` means that
    a model answers, so that rate limits count it; a `Dialect` is always limited.
    """

    method: str
    path: str
    serve: Dialect | Respond
    when: Callable[[Http], bool] = always
    is_limited: bool = False


@dataclass(frozen=True, slots=True)
class Sdk:
    """How this vendor's official SDKs are pointed here: by a base URL (`base_path` behind the server's
    address) and environment variables. `misleading` are variables that would lead them elsewhere.
    """

    title: str
    base_path: str
    url_variable: str
    key_variable: str
    misleading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor folder. `owns` tells whether an unknown path belongs to this family. `refuse` is how the
    family refuses what no dialect has read. `describe` is asked only by who describes the API: most servers
    never load what answers look like.
    """

    name: str
    routes: Sequence[Route]
    refuse: Callable[[Failure, Http, Context], Answer]
    owns: Callable[[Http], bool]
    dialects: Sequence[Dialect] = ()
    sdk: Sdk | None = None
    describe: Callable[[], Description] = Description

    @property
    def protocols(self) -> tuple[str, ...]:
        """The names that scenarios may use, the family's own first."""
        return tuple(dict.fromkeys([self.name, *(dialect.name for dialect in self.dialects)]))


def merge_headers(headers: Headers, stronger: Headers) -> Headers:
    """`headers` and the stronger ones, which replace those of their name."""
    replaced = {name.lower() for name, _ in stronger}
    return (*stronger, *(item for item in headers if item[0].lower() not in replaced))


def header_lookup(headers: Headers) -> Mapping[str, str]:
    """Headers by lower-case name; the last of a repeated name wins."""
    return {name.lower(): value for name, value in headers}
