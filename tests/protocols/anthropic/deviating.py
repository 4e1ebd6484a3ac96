"""Answers of the Messages wire that depart from the documentation, as tests look at them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from protocols.anthropic.messages_wire import CONTEXT, rendered, request

from mockserver.conversation import Reply, ReplyPart, Text, Thinking, ToolCall, Usage
from mockserver.events import events
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.base import FrameEdit
from mockserver.protocols.sse import read_events

USAGE = Usage(input=30, output=6, cached=10, cache_write=12, thinking=2)
HELLO = Reply((Text("Hi there"),), usage=USAGE)
THOUGHT = Reply((Thinking("Hm", "c2ln"), Text("Hi")))
REDACTED = Reply((Thinking("b3BhcXVl", redacted=True), Text("Hi")))
CALL = Reply((ToolCall("f", {"a": 1}, "toolu_1"),), "tool_calls")
PARALLEL = Reply((Text("Look."), ToolCall("f", {"a": 1}, "toolu_1"), ToolCall("g", {"b": 2}, "toolu_2")))
PLAIN_CALL = Reply((ToolCall("f", {}, "toolu_1"),))
CUT_TEXT = Reply((Text("Hi"),), "length")
CUT_CALL = Reply((ToolCall("f", '{"a": ', "toolu_1"),), "length")
ALL = (HELLO, THOUGHT, REDACTED, CALL, PARALLEL, PLAIN_CALL, CUT_TEXT, CUT_CALL)

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


def editor(name: str, reply: Reply) -> FrameEdit:
    deviation = MESSAGES.deviations[name]
    if deviation.informed is not None:
        return deviation.informed(rendered(reply))
    assert deviation.stream is not None
    return deviation.stream()


def plain_frames(reply: Reply) -> list[bytes]:
    encoder = MESSAGES.encoder(request(stream=True), CONTEXT)
    return [frame for event in events(reply) for frame in encoder.encode(event)]


def edited(edit: FrameEdit, frames: Iterable[bytes]) -> list[bytes]:
    return [sent for frame in frames for sent in edit(frame)]


def frames(name: str, reply: Reply) -> list[bytes]:
    return edited(editor(name, reply), plain_frames(reply))


def told(name: str, reply: Reply) -> list[Any]:
    """The events of a deviating stream, but for pings."""
    found = [orjson.loads(event.data) for event in read_events(b"".join(frames(name, reply)))]
    return [event for event in found if event.get("type") != "ping"]


def outline(name: str, reply: Reply) -> list[str]:
    """The events of the blocks in short: `+` starts, `-` stops, what else is a delta; with their indexes."""
    return [_short(event) for event in told(name, reply) if "index" in event]


def _short(event: Any) -> str:
    index = event["index"]
    match event["type"]:
        case "content_block_start":
            return f"+{index} {event['content_block']['type']}"
        case "content_block_stop":
            return f"-{index}"
        case _:
            return f" {index} {next(value for name, value in event['delta'].items() if name != 'type')}"


def one(events: list[Any], type_: str) -> Any:
    (found,) = [event for event in events if event["type"] == type_]
    return found


def start(name: str, reply: Reply) -> Any:
    """The message as a deviating stream announces it."""
    return one(told(name, reply), "message_start")["message"]


def ending(name: str, reply: Reply) -> Any:
    return one(told(name, reply), "message_delta")


def opened(name: str, *parts: ReplyPart) -> list[Any]:
    """The blocks as a deviating stream opens them."""
    found = told(name, Reply(parts))
    return [event["content_block"] for event in found if event["type"] == "content_block_start"]


def deltas_of(name: str, reply: Reply) -> list[Any]:
    return [event["delta"] for event in told(name, reply) if event["type"] == "content_block_delta"]


def whole(name: str, reply: Reply) -> Any:
    edit = MESSAGES.deviations[name].whole
    assert edit is not None
    return edit(rendered(reply))
