"""Answers of Chat Completions that deviate, as tests look at them."""

from __future__ import annotations

from typing import Any

from protocols.openai.chat_wire import CONTEXT, completion, request
from protocols.openai.deviating import edited, frames_of

from mockserver.conversation import Reply, Text, Thinking, ToolCall, Usage
from mockserver.protocols.openai.chat import DIALECT
from mockserver.protocols.openai.chat.deviations import DEVIATIONS

HELLO = Reply((Text("Hello you"),), usage=Usage(input=7, output=2))
THOUGHT = Reply((Thinking("Hm."), Text("Hi")))
CALL = Reply((ToolCall("f", {"a": 1}, "call_1"),), "tool_calls")
CUT_TEXT = Reply((Text("Hello"),), "length")
CUT_CALL = Reply((Text("Hi"), ToolCall("f", '{"a', "call_1")), "length")

PLAIN = {"stream_options": {"include_obfuscation": False}}
USAGE = {"stream_options": {"include_usage": True, "include_obfuscation": False}}


def healthy(reply: Reply, **members: Any) -> list[bytes]:
    return frames_of(DIALECT, reply, request(**{"stream": True, **PLAIN, **members}), CONTEXT)


def deviant(name: str, reply: Reply, **members: Any) -> list[bytes]:
    body = completion(reply, **{**members, "stream_options": None})
    return edited(DEVIATIONS[name], healthy(reply, **members), body)


def whole(name: str, reply: Reply, **members: Any) -> Any:
    """The whole answer."""
    edit = DEVIATIONS[name].whole
    assert edit
    return edit(completion(reply, **members))
