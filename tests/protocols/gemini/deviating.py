"""What the tests of deviations share: replies of every kind, and their frames and bodies as edited."""

from __future__ import annotations

from typing import Any

import orjson
from protocols.gemini.gemini_wire import (
    CONTEXT,
    DIALECT,
    NEW_MODEL,
    STREAM,
    chunks,
    frames,
    rendered,
    request,
)

from mockserver.conversation import Failure, JsonObject, Reply, Text, Thinking, ToolCall, Usage
from mockserver.events import events
from mockserver.protocols.gemini.deviations import DEVIATIONS

SHOW_THOUGHTS: JsonObject = {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
WEATHER = ToolCall("get_weather", {"dayCount": 2}, "call_1")
NOW = ToolCall("now", {}, "call_2")

HELLO_REPLY = Reply((Text("Hello there"),), usage=Usage(input=7, output=2))
THOUGHT = Reply((Thinking("Let me", "c2ln"), Text("Hi")))
CALL = Reply((Text("Look"), WEATHER), "tool_calls")
CALLS = Reply((WEATHER, NOW), "tool_calls", Usage(input=7, output=4))
MIXED = Reply(
    (Thinking("Hm", "c2ln"), Text("Look"), WEATHER, NOW), "tool_calls", Usage(input=7, output=9, thinking=2)
)
TRUNCATED = Reply((Text("Hello there"),), "length")
CUT_BEFORE_A_WORD = Reply((Thinking("Hm"),), "length")
CUT_IN_A_CALL = Reply((Text("Look"), ToolCall("f", '{"city": "Pa')), "length")
BLOCKED = Reply((Text("Well"),), "content_filter")
BLOCKED_AT_ONCE = Reply((), "content_filter")

REPLIES = {
    "text": HELLO_REPLY,
    "thought": THOUGHT,
    "call": CALL,
    "calls": CALLS,
    "mixed": MIXED,
    "truncated": TRUNCATED,
    "cut before a word": CUT_BEFORE_A_WORD,
    "cut in a call": CUT_IN_A_CALL,
    "blocked": BLOCKED,
    "blocked at once": BLOCKED_AT_ONCE,
    "empty": Reply(()),
}


def edited(name: str, pieces: list[bytes], body: JsonObject | None = None) -> list[bytes]:
    """The frames of one stream after the deviation. `body` is the same answer in JSON."""
    deviation = DEVIATIONS[name]
    if deviation.informed:
        edit = deviation.informed(body or healthy_body(HELLO_REPLY))
    else:
        assert deviation.stream is not None
        edit = deviation.stream()
    return [told for frame in pieces for told in edit(frame)]


def deviating_frames(
    name: str, reply: Reply, model: str = NEW_MODEL, alt: str = "sse", **members: Any
) -> list[bytes]:
    return edited(name, frames(reply, model, alt=alt, **members), healthy_body(reply, model, **members))


def deviating_chunks(name: str, reply: Reply, model: str = NEW_MODEL, **members: Any) -> list[JsonObject]:
    return [
        orjson.loads(frame.removeprefix(b"data: "))
        for frame in deviating_frames(name, reply, model, **members)
    ]


def candidates(name: str, reply: Reply, model: str = NEW_MODEL, **members: Any) -> list[Any]:
    """The candidate of each chunk; None where there is none."""
    found = deviating_chunks(name, reply, model, **members)
    return [chunk["candidates"][0] if "candidates" in chunk else None for chunk in found]


def healthy_candidates(reply: Reply, model: str = NEW_MODEL, **members: Any) -> list[Any]:
    return [chunk["candidates"][0] for chunk in chunks(reply, model, **members)]


def healthy_body(reply: Reply, model: str = NEW_MODEL, **members: Any) -> JsonObject:
    body: JsonObject = orjson.loads(rendered(reply, model, **members).body)
    return body


def deviating_body(name: str, reply: Reply, model: str = NEW_MODEL, **members: Any) -> Any:
    change = DEVIATIONS[name].whole
    assert change is not None
    return change(healthy_body(reply, model, **members))


def failing_frames(told: int = 3, alt: str = "sse") -> list[bytes]:
    """The frames of a stream that fails after so many events."""
    encoder = DIALECT.encoder(request(path=STREAM, alt=alt), CONTEXT)
    pieces = [frame for event in list(events(HELLO_REPLY))[:told] for frame in encoder.encode(event)]
    return [*pieces, *encoder.fail(Failure("overloaded", message="Later."))]


def part(told: JsonObject, **members: Any) -> JsonObject:
    """A candidate that says one part."""
    return {"content": {"parts": [told], "role": "model"}, **members, "index": 0}


def parts(candidate: JsonObject) -> list[JsonObject]:
    found: list[JsonObject] = candidate["content"]["parts"]
    return found
