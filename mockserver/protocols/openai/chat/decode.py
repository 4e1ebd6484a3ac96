"""A recorded answer of Chat Completions, JSON or a whole stream, as the reply that it tells.

Mirrors "The chat completion object" of the OpenAI API reference (2026-11). Real traffic may hold more than is
documented, and less: unknown members are kept as a native part, missing ones are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from mockserver.conversation import (
    Finish,
    Json,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import Answer
from mockserver.protocols.openai.arguments import arguments_of
from mockserver.protocols.openai.chat.chunks import assemble
from mockserver.protocols.openai.chat.content import content_parts
from mockserver.protocols.openai.chat.read import NAME
from mockserver.protocols.sse import read_events
from mockserver.protocols.tolerant import count, members, objects, text

_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}

_READ = frozenset({"role", "content", "refusal", "reasoning_content", "tool_calls", "function_call"})


def decode(answer: Answer) -> Reply:
    """The reply of the first choice. ValueError if the answer is no chat completion."""
    if answer.body.lstrip().startswith(b"{"):
        completion = orjson.loads(answer.body)
    else:
        completion = assemble(_chunks(answer.body))
    choices = list(objects(completion.get("choices")))
    if not choices:
        raise ValueError("no chat completion: it has no choices")
    parts = tuple(_parts(members(choices[0].get("message"))))
    finish = _finish(choices[0].get("finish_reason"), parts)
    return Reply(parts, finish, _usage(completion.get("usage"), len(choices)))


def _chunks(body: bytes) -> Iterator[Json]:
    for event in read_events(body):
        if event.data.startswith("[DONE]"):
            return
        yield orjson.loads(event.data)


def _parts(message: JsonObject) -> Iterator[ReplyPart]:
    if thinking := text(message.get("reasoning_content")):
        yield Thinking(thinking)
    yield from content_parts(text(message.get("content")))
    if refusal := text(message.get("refusal")):
        yield Refusal(refusal)
    for call in objects(message.get("tool_calls")):
        yield _call(call)
    if isinstance(message.get("function_call"), dict):
        yield _call({"function": message["function_call"]})
    rest = {name: value for name, value in message.items() if name not in _READ and value}
    if rest:
        yield Native({NAME: rest})


def _call(call: JsonObject) -> ToolCall:
    call_id = text(call.get("id")) or None
    if isinstance(call.get("custom"), dict):
        custom: JsonObject = call["custom"]
        return ToolCall(text(custom.get("name")), text(custom.get("input")), call_id)
    function = members(call.get("function"))
    return ToolCall(text(function.get("name")), arguments_of(text(function.get("arguments"))), call_id)


def _finish(reason: Json, parts: tuple[ReplyPart, ...]) -> Finish | NativeFinish:
    if reason == "stop" and any(isinstance(part, Refusal) for part in parts):
        return "refusal"
    told = str(reason or "")
    return _FINISHES.get(told) or NativeFinish(told)


def _usage(usage: Json, choices: int) -> Usage:
    """The counts for one choice: they are told for all of them together."""
    told = members(usage)
    prompt, completion = (
        members(told.get("prompt_tokens_details")),
        members(told.get("completion_tokens_details")),
    )
    return Usage(
        input=count(told.get("prompt_tokens")),
        output=count(told.get("completion_tokens")) // choices,
        cached=count(prompt.get("cached_tokens")),
        cache_write=count(prompt.get("cache_write_tokens")),
        thinking=count(completion.get("reasoning_tokens")) // choices,
    )
