"""A recorded answer of the Responses API, JSON or stream, as a neutral reply.

Tolerates real traffic: unknown events and members are passed over, and a stream whose terminal event leaves
the output empty is told by its finished items. Gateways may give usage the names of Chat Completions.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from mockserver.conversation import (
    Finish,
    Json,
    JsonObject,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import Answer, header_lookup
from mockserver.protocols.openai.responses.read_items import parts_of
from mockserver.protocols.sse import read_events
from mockserver.protocols.tolerant import count, members, objects

_FIRST_FAILURE = 400
_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
_FINISHES: dict[str, Finish] = {"max_output_tokens": "length", "content_filter": "content_filter"}


def decode(answer: Answer) -> Reply:
    if answer.status >= _FIRST_FAILURE:
        raise ValueError(f"an answer with status {answer.status} is no reply")
    streamed = "event-stream" in header_lookup(answer.headers).get("content-type", "")
    response = _streamed_response(answer.body) if streamed else _json(answer.body)
    return _reply(response)


def _reply(response: JsonObject) -> Reply:
    output, status = response.get("output"), response.get("status")
    if not isinstance(output, list) or status not in ("completed", "incomplete"):
        raise ValueError(f"a response with status {status!r} is no reply")
    parts = tuple(part for item in objects(output) for part in parts_of(item))
    return Reply(parts, finish_of(response, parts), usage_of(response.get("usage")))


def finish_of(response: JsonObject, parts: tuple[ReplyPart, ...]) -> Finish | NativeFinish:
    """How a response ended: `failed` has no neutral word."""
    if response["status"] == "failed":
        return NativeFinish("failed")
    if response["status"] == "incomplete":
        reason = str(members(response.get("incomplete_details")).get("reason"))
        return _FINISHES.get(reason, NativeFinish(reason))
    if any(isinstance(part, ToolCall) for part in parts):
        return "tool_calls"
    return "refusal" if any(isinstance(part, Refusal) for part in parts) else "stop"


def usage_of(usage: Json) -> Usage:
    told = members(usage)
    inputs = members(told.get("input_tokens_details") or told.get("prompt_tokens_details"))
    outputs = members(told.get("output_tokens_details") or told.get("completion_tokens_details"))
    return Usage(
        input=count(told.get("input_tokens") or told.get("prompt_tokens")),
        output=count(told.get("output_tokens") or told.get("completion_tokens")),
        cached=count(inputs.get("cached_tokens")),
        cache_write=count(inputs.get("cache_write_tokens")),
        thinking=count(outputs.get("reasoning_tokens")),
    )


# ---------------------------------------------------------------------------------------------- bodies


def _streamed_response(body: bytes) -> JsonObject:
    done: dict[int, JsonObject] = {}
    for event in _events(body):
        match event:
            case {"type": "response.output_item.done", "output_index": int(index), "item": dict(item)}:
                done[index] = item
            case {"type": str(kind), "response": dict(response)} if kind in _TERMINAL:
                return response if response.get("output") else response | {"output": _in_order(done)}
            case _:
                pass
    raise ValueError("the stream has no terminal event")


def _events(body: bytes) -> Iterator[JsonObject]:
    return (_json(event.data) for event in read_events(body) if event.data != "[DONE]")


def _in_order(done: dict[int, JsonObject]) -> list[JsonObject]:
    return [done[index] for index in sorted(done)]


def _json(text: bytes | str) -> JsonObject:
    # orjson's error is a ValueError, too.
    value = orjson.loads(text)
    if not isinstance(value, dict):
        raise ValueError("the answer is no JSON object")  # noqa: TRY004 - a wrong recording, not a wrong type
    return value
