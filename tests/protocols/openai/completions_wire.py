"""Legacy completions as tests use them: bodies in, answers out, without a socket.

Keyword arguments are members of a body that is otherwise a plain hello.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.conversation import Failure, Http, Reply, Request
from mockserver.events import Chunker, events
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.completions import DIALECT
from mockserver.text.tokens import split_tokens

HELLO = {"model": "gpt-3.5-turbo-instruct", "prompt": "Hello!"}
CONTEXT = Context(identity=b"test", now=1_767_225_600.5)


def read_body(body: Any, context: Context = CONTEXT) -> Request | Failure:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return DIALECT.read(Http("POST", "/v1/completions", body=content, key="sk-test"), context)


def request(context: Context = CONTEXT, **members: Any) -> Request:
    outcome = read_body({**HELLO, **members}, context)
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
