"""What a protocol is to the rest of the server: structural types, and the values that cross the border.

A vendor folder offers one `Vendor`: its routes, and how it refuses. A route that talks to a model names a
`Dialect`; any other route is answered by a plain function. Nothing here knows a vendor.

The five verbs of a dialect: `read` (HTTP -> Request or Failure), `render` (Reply -> JSON answer), `encoder`
(events -> frames, one event at a time), `refuse` (Failure -> error answer), `decode` (a recorded answer ->
Reply). They are pure: what is not in the request comes in the `Context`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol, TypeAlias

from mockserver.conversation import Failure, Http, Json, JsonObject, Message, Reply, Request
from mockserver.events import Event

Headers: TypeAlias = tuple[tuple[str, str], ...]

ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HEX = "0123456789abcdef"

_TABLES = {
    alphabet: bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
    for alphabet in (ALPHANUMERIC, BASE58, HEX)
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation kept under a response or thread id, so that a later request can go on from it.

    `messages` end with the reply. `native` is whatever else the wire needs to show or inherit.
    """

    messages: tuple[Message, ...]
    native: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a dialect may use that is not in the request. The same context gives the same bytes.

    `identity` follows from seed, namespace, body and how often that body was seen. `now` is in Unix seconds.
    `recall` finds a stored conversation of this namespace; `forget` drops it and tells whether it was there.
    `models` are the extra model names to list (`mock-<scenario>`).
    """

    identity: bytes = b""
    now: float = 0
    recall: Callable[[str], Stored | None] = lambda _: None
    forget: Callable[[str], bool] = lambda _: False
    models: Sequence[str] = ()

    def token(self, label: str, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """A string of `length` letters of `alphabet`: always the same for the same label in this context."""
        digest = blake2b(label.encode(), key=self.identity, digest_size=64).digest()
        return digest[:length].translate(_TABLES[alphabet]).decode()

    def random(self, label: str) -> random.Random:
        """A generator of its own for each label."""
        return random.Random(blake2b(label.encode(), key=self.identity).digest())  # noqa: S311 - not for secrets


class Encoder(Protocol):
    """Writes one streamed answer. `headers` are those of the answer; `encode` is called once per event, in
    order, and gives the bytes that are due with it, one item per frame. `fail` gives the vendor's own
    frames for a failure after the stream has begun, at any point of it; nothing follows them.
    """

    @property
    def headers(self) -> Headers: ...

    def encode(self, event: Event) -> Iterable[bytes]: ...

    def fail(self, failure: Failure) -> Iterable[bytes]: ...


class Dialect(Protocol):
    """One wire: `name` is `family` or `family.kind`, the word that scenarios use."""

    @property
    def name(self) -> str: ...

    @property
    def carries(self) -> frozenset[str]:
        """Part kinds this wire has a place for, in scenario words; the rest becomes text or is left out."""
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

    def keep(self, reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
        """The conversation to store once this reply is given, with its id; None where the wire keeps none."""
        ...


Respond: TypeAlias = Callable[[Http, Context], "Answer | Failure"]
"""Answers a route that needs no scenario: a list of models, a count of tokens."""


def always(_: Http) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is literal but for `{name}`, which matches any run of characters, slashes too.

    Several vendors may share a path; the first registered whose `when` holds has it.
    """

    method: str
    path: str
    serve: Dialect | Respond
    when: Callable[[Http], bool] = always


@dataclass(frozen=True, slots=True)
class Sdk:
    """How this vendor's official SDKs are pointed here: by a base URL (`base_path` behind the server's
    address) and environment variables.
    """

    title: str
    base_path: str
    url_variable: str
    key_variable: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor folder. `owns` tells whether an unknown path belongs to this family. `refuse` is how the
    family refuses what no dialect has read.
    """

    name: str
    routes: Sequence[Route]
    refuse: Callable[[Failure, Http, Context], Answer]
    owns: Callable[[Http], bool]
    dialects: Sequence[Dialect] = ()
    sdk: Sdk | None = None

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
