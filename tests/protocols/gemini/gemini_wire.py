"""What the tests of the Gemini wire share: requests read from a body, answers as JSON and as streams."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from mockserver.conversation import Failure, Http, JsonObject, Reply, Request
from mockserver.events import Chunker, events
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gemini import VENDOR
from mockserver.protocols.gemini.dialect import GenerateContent
from mockserver.text.tokens import split_tokens

CONTEXT = Context(identity=b"test", now=1_767_225_600)
DIALECT = GenerateContent()
NEW_MODEL = "gemini-3.6-flash"
OLD_MODEL = "gemini-2.5-flash"

UNARY = f"/v1beta/models/{NEW_MODEL}:generateContent"
STREAM = f"/v1beta/models/{NEW_MODEL}:streamGenerateContent"
HELLO: JsonObject = {"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]}


def post(body: Any, path: str = UNARY, **query: str) -> Http:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Http("POST", path, query=query, body=content, key="k")


def read(body: Any, path: str = UNARY, **query: str) -> Request | Failure:
    return DIALECT.read(post(body, path, **query), CONTEXT)


def request(body: Any = HELLO, path: str = UNARY, **query: str) -> Request:
    found = read(body, path, **query)
    assert isinstance(found, Request), found
    return found


def unjudged(body: Any) -> Request:
    """The request that a body asks where nothing is refused: a piece of a conversation may stand alone."""
    found = DIALECT.read(post(body), replace(CONTEXT, contract="off"))
    assert isinstance(found, Request), found
    return found


def failure_for(body: Any, path: str = UNARY) -> Failure:
    found = read(body, path)
    assert isinstance(found, Failure), found
    return found


def rendered(reply: Reply, model: str = NEW_MODEL, **members: Any) -> Answer:
    asked = request({**HELLO, **members}, UNARY.replace(NEW_MODEL, model))
    return DIALECT.render(reply, asked, CONTEXT)


def candidate(reply: Reply, model: str = NEW_MODEL, **members: Any) -> JsonObject:
    found: JsonObject = orjson.loads(rendered(reply, model, **members).body)["candidates"][0]
    return found


def frames(
    reply: Reply,
    model: str = NEW_MODEL,
    chunk: Chunker = split_tokens,
    alt: str = "sse",
    **members: Any,
) -> list[bytes]:
    asked = request({**HELLO, **members}, STREAM.replace(NEW_MODEL, model), alt=alt)
    encoder = DIALECT.encoder(asked, CONTEXT)
    return [frame for event in events(reply, chunk) for frame in encoder.encode(event)]


def chunks(reply: Reply, model: str = NEW_MODEL, **members: Any) -> list[JsonObject]:
    """The data of every event."""
    return [orjson.loads(frame.removeprefix(b"data: ")) for frame in frames(reply, model, **members)]


def decoded(body: bytes) -> Reply:
    return DIALECT.decode(Answer(200, (), body))


def error_of(failure: Failure, http: Http) -> JsonObject:
    """The envelope's content."""
    found = orjson.loads(VENDOR.refuse(failure, http, CONTEXT).body)
    error: JsonObject = (found[0] if isinstance(found, list) else found)["error"]
    return error


def violations(failure: Failure) -> list[JsonObject]:
    """What the failure's detail lists."""
    [detail] = failure.details
    found: list[JsonObject] = detail["fieldViolations"]
    return found
