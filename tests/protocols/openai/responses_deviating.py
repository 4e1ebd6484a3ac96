"""Responses that deviate, as tests look at them: replies of every kind, healthy and deviating by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from protocols.openai.responses_wire import CONTEXT, rendered, request, types

from mockserver.conversation import (
    Failure,
    Json,
    JsonObject,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.events import events
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.openai.responses.deviations import DEVIATIONS
from mockserver.protocols.sse import read_events

TEXT = Reply((Text("Hello there"),), usage=Usage(input=8, output=2, cached=4))
REASONED = Reply((Thinking("Hm"), Text("Hello there")))
CALL = Reply((ToolCall("f", {"a": 1}, "call_1"),), "tool_calls")
CALLS = Reply((ToolCall("f", {"a": 1}, "call_1"), ToolCall("run", "ls", "call_2")), "tool_calls")
REFUSAL = Reply((Refusal("Not that"),), "refusal")
CUT = Reply((Thinking("Hm"), Text("Hello th")), "length", Usage(input=8, output=2))
CUT_CALL = Reply((ToolCall("f", '{"a": ', "call_1"),), "length")
FAILED = Reply((Text("Hello"),), NativeFinish("failed"))
FIELDS: dict[str, Any] = {
    "tools": [{"type": "custom", "name": "run"}],
    "reasoning": {"summary": "auto"},
    "store": False,
}
REPLIES = [TEXT, REASONED, CALL, CALLS, REFUSAL, CUT, CUT_CALL, FAILED, Reply(())]
STREAMS = [name for name, deviation in DEVIATIONS.items() if deviation.stream]
BODIES = [name for name, deviation in DEVIATIONS.items() if deviation.whole]
ADDED, DONE = "response.output_item.added", "response.output_item.done"
COMPLETED = "response.completed"


def healthy(reply: Reply) -> list[bytes]:
    encoder = DIALECT.encoder(request(stream=True, **FIELDS), CONTEXT)
    return [frame for event in events(reply) for frame in encoder.encode(event)]


def failing(reply: Reply) -> list[bytes]:
    """The frames of a stream that fails in the middle of its first part."""
    encoder = DIALECT.encoder(request(stream=True, **FIELDS), CONTEXT)
    begun = [frame for event in list(events(reply))[:3] for frame in encoder.encode(event)]
    return [*begun, *encoder.fail(Failure("server_error", message="Boom"))]


def deviating(name: str, frames: Iterable[bytes]) -> list[bytes]:
    stream = DEVIATIONS[name].stream
    assert stream is not None
    edit = stream()
    return [sent for frame in frames for sent in edit(frame)]


def data_of(frames: Iterable[bytes]) -> list[Any]:
    return [orjson.loads(event.data) for event in read_events(b"".join(frames))]


def stream(name: str, reply: Reply) -> list[JsonObject]:
    return data_of(deviating(name, healthy(reply)))


def body(name: str, reply: Reply) -> Any:
    whole = DEVIATIONS[name].whole
    assert whole is not None
    return whole(rendered(reply, **FIELDS))


def missing(name: str, reply: Reply) -> list[str]:
    """The types of the events that a healthy stream has besides."""
    kept = types(stream(name, reply))
    left = []
    for kind in types(data_of(healthy(reply))):
        if kept and kept[0] == kind:
            kept.pop(0)
        else:
            left.append(kind)
    assert not kept
    return left


def values(name: str, value: Json) -> list[Json]:
    """All members of that name, however deep they stand."""
    if isinstance(value, dict):
        own = [value[name]] if name in value else []
        return own + [found for member in value.values() for found in values(name, member)]
    return [found for item in value for found in values(name, item)] if isinstance(value, list) else []
