"""What the tests of the Responses wire share: requests read from a body, answers as JSON and as events, and a
memory for what the API keeps.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.conversation import ContractMode, Failure, Http, JsonObject, Reply, Request
from mockserver.events import Chunker, events
from mockserver.protocols.base import Answer, Context, Stored, Stream, Timed
from mockserver.protocols.openai import VENDOR
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.sse import read_events
from mockserver.routing import Found, Router
from mockserver.text.tokens import split_tokens

NOW = 1_767_225_600
CONTEXT = Context(identity=b"test", now=NOW)
ROUTER = Router([VENDOR])
CUSTOM = {"type": "custom", "name": "run"}
"""A tool that takes free text."""


def post(body: Any, path: str = "/v1/responses") -> Http:
    return Http("POST", path, body=body if isinstance(body, bytes) else orjson.dumps(body), key="sk-test")


def read(context: Context = CONTEXT, **fields: Any) -> Request | Failure:
    """What a body makes; a field that is None is left out."""
    body = {"model": "gpt-4o-2024-08-06", "input": "Hi", **fields}
    return DIALECT.read(post({name: value for name, value in body.items() if value is not None}), context)


def request(context: Context = CONTEXT, **fields: Any) -> Request:
    found = read(context, **fields)
    assert isinstance(found, Request), found
    return found


def refused(context: Context = CONTEXT, **fields: Any) -> Failure:
    found = read(context, **fields)
    assert isinstance(found, Failure), found
    return found


def rendered(reply: Reply, **fields: Any) -> JsonObject:
    body: JsonObject = orjson.loads(DIALECT.render(reply, request(**fields), CONTEXT).body)
    return body


def frames(reply: Reply, chunk: Chunker = split_tokens, **fields: Any) -> bytes:
    encoder = DIALECT.encoder(request(stream=True, **fields), CONTEXT)
    return b"".join(frame for event in events(reply, chunk) for frame in encoder.encode(event))


def streamed(reply: Reply, chunk: Chunker = split_tokens, **fields: Any) -> list[JsonObject]:
    """The data of every event."""
    return [orjson.loads(event.data) for event in read_events(frames(reply, chunk, **fields))]


def types(stream: list[JsonObject]) -> list[str]:
    return [event["type"].removeprefix("response.") for event in stream]


def of_type(stream: list[JsonObject], kind: str) -> list[JsonObject]:
    return [event for event in stream if event["type"] == kind]


def answer(body: bytes, content_type: str = "application/json", status: int = 200) -> Answer:
    return Answer(status, (("content-type", content_type),), body)


class Memory:
    """Keeps conversations as the server does. Every context has an identity of its own."""

    def __init__(self, contract: ContractMode = "documented") -> None:
        self.contract = contract
        self.kept: dict[str, Stored] = {}
        self._asked = 0

    def context(self, elapsed: float = 0, contract: ContractMode | None = None) -> Context:
        self._asked += 1
        return Context(
            b"%d" % self._asked,
            NOW,
            recall=self.kept.get,
            keep=self.kept.__setitem__,
            forget=lambda name: self.kept.pop(name, None) is not None,
            elapsed=elapsed,
            contract=contract or self.contract,
        )

    def converse(self, reply: Reply, due: Timed = (), elapsed: float = 0, **fields: Any) -> JsonObject:
        """One whole turn: read, answer, keep."""
        context = self.context(elapsed)
        asked = request(context, **fields)
        if kept := DIALECT.keep(reply, asked, context, due):
            self.kept |= [kept]
        body: JsonObject = orjson.loads(DIALECT.render(reply, asked, context).body)
        return body

    def http(self, method: str, path: str, body: Any = None, **query: str) -> Http:
        return Http(method, path, query=query, body=b"" if body is None else orjson.dumps(body))

    def ask(
        self, method: str, path: str, body: Any = None, *, elapsed: float = 0, **query: str
    ) -> Answer | Stream | Failure:
        """What a route that needs no scenario answers."""
        found = ROUTER.find(self.http(method, path, body, **query))
        assert isinstance(found, Found), found
        assert callable(found.route.serve)
        return found.route.serve(found.http, self.context(elapsed))

    def told(self, method: str, path: str, body: Any = None, *, elapsed: float = 0, **query: str) -> Any:
        """The JSON of what is answered."""
        found = self.ask(method, path, body, elapsed=elapsed, **query)
        assert isinstance(found, Answer), found
        return orjson.loads(found.body)

    def not_told(self, method: str, path: str, body: Any = None, *, elapsed: float = 0) -> Failure:
        found = self.ask(method, path, body, elapsed=elapsed)
        assert isinstance(found, Failure), found
        return found
