"""Chat Completions as tests use it: bodies in, answers out, without a socket.

Keyword arguments are members of a body that is otherwise a plain hello.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.conversation import Failure, Http, Reply, Request
from mockserver.events import Chunker, events
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.chat import DIALECT
from mockserver.tokens import split_tokens

HELLO = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello!"}]}
CONTEXT = Context(identity=b"test", now=1_767_225_600.5)


def read_body(body: Any) -> Request | Failure:
    http = Http("POST", "/v1/chat/completions", body=orjson.dumps(body), key="sk-test")
    return DIALECT.read(http, CONTEXT)


def read(**members: Any) -> Request | Failure:
    return read_body({**HELLO, **members})


def request(**members: Any) -> Request:
    outcome = read(**members)
    assert isinstance(outcome, Request), outcome
    return outcome


def answer(reply: Reply, **members: Any) -> Answer:
    return DIALECT.render(reply, request(**members), CONTEXT)


def completion(reply: Reply, **members: Any) -> Any:
    """The JSON answer, parsed."""
    return orjson.loads(answer(reply, **members).body)


def stream(reply: Reply, chunk: Chunker = split_tokens, **members: Any) -> Answer:
    """The whole stream as a recorded answer."""
    encoder = DIALECT.encoder(request(stream=True, **members), CONTEXT)
    frames = [frame for event in events(reply, chunk) for frame in encoder.encode(event)]
    return Answer(200, encoder.headers, b"".join(frames))


def chunks(reply: Reply, **members: Any) -> list[Any]:
    """The chunks of the stream, parsed, without its end."""
    frames = stream(reply, **members).body.decode().split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    return [orjson.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]


def choices(reply: Reply, choice: int = 0, **members: Any) -> list[Any]:
    """What the chunks say of one choice."""
    said = (item for chunk in chunks(reply, **members) for item in chunk["choices"])
    return [item for item in said if item["index"] == choice]


def deltas(reply: Reply, **members: Any) -> list[Any]:
    """The deltas of the first choice, without the one that finishes it."""
    said = [item["delta"] for item in choices(reply, **members)]
    assert said[-1] == {}
    return said[:-1]
