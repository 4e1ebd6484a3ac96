"""A recorded answer of this wire, JSON or a whole stream, as the reply it tells.

Mirrors the message object and "Streaming messages" of the Claude API documentation (2026-11). Tolerates what
real traffic has besides: unknown events, fields and blocks. Streams are put together to the message object
first, so that both forms are read by the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from mockserver.conversation import (
    Finish,
    Json,
    JsonObject,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Usage,
)
from mockserver.protocols.anthropic.blocks import part_from_block
from mockserver.protocols.anthropic.message import REASONS
from mockserver.protocols.base import Answer
from mockserver.protocols.json_body import parse_object
from mockserver.protocols.sse import read_events
from mockserver.protocols.tolerant import count, members, objects, text

_FINISHES: dict[str, Finish] = {
    reason: finish for finish, reason in REASONS.items() if finish != "content_filter"
}


def decode(answer: Answer) -> Reply:
    """The reply in `answer`. ValueError if it holds none, or not a whole one."""
    if answer.body.lstrip().startswith(b"{"):
        return _reply_from_message(orjson.loads(answer.body))
    return _reply_from_message(_assemble(_stream_events(answer.body)))


# --------------------------------------------------------------------------------- message object -> reply


def _reply_from_message(message: Json) -> Reply:
    if not isinstance(message, dict) or message.get("type") != "message":
        raise ValueError("the answer is no message object; its `type` should be 'message'")
    if message.get("stop_reason") is None:
        raise ValueError("the message has no `stop_reason`; was the stream cut?")
    reason = str(message["stop_reason"])
    parts = [part_from_block(block) for block in objects(message.get("content"))]
    if reason == "refusal":
        parts = _with_refusal(parts, message.get("stop_details"))
    return Reply(
        parts=tuple(parts),
        finish=_FINISHES.get(reason) or NativeFinish(reason),
        usage=_usage(message.get("usage")),
        stop_sequence=text(message.get("stop_sequence")) or None,
    )


def _with_refusal(parts: list[ReplyPart], details: Json) -> list[ReplyPart]:
    """The text that the details give as the explanation is the refusal."""
    explanation = members(details).get("explanation")
    for at, part in enumerate(parts):
        if isinstance(part, Text) and part.text == explanation:
            return [*parts[:at], Refusal(part.text), *parts[at + 1 :]]
    return parts


def _usage(value: Json) -> Usage:
    usage = members(value)
    cached = count(usage.get("cache_read_input_tokens"))
    written = count(usage.get("cache_creation_input_tokens"))
    return Usage(
        input=count(usage.get("input_tokens")) + cached + written,
        output=count(usage.get("output_tokens")),
        cached=cached,
        cache_write=written,
        thinking=count(members(usage.get("output_tokens_details")).get("thinking_tokens")),
    )


# --------------------------------------------------------------------------------- stream -> message object


def _stream_events(body: bytes) -> Iterator[JsonObject]:
    """The events as JSON objects; what is no JSON object is passed over, as the SDKs do with `[DONE]`."""
    for event in read_events(body):
        try:
            yield from objects([orjson.loads(event.data)])
        except orjson.JSONDecodeError:
            continue


def _assemble(events: Iterable[JsonObject]) -> JsonObject:
    message: JsonObject = {}
    blocks: dict[Json, _OpenBlock] = {}
    for event in events:
        match event:
            case {"type": "message_start", "message": dict(start)}:
                message = dict(start)
            case {"type": "content_block_start", "index": int(index), "content_block": dict(block)}:
                blocks[index] = _OpenBlock(block)
            case {"type": "content_block_delta", "index": int(index), "delta": dict(delta)}:
                if index in blocks:
                    blocks[index].add(delta)
            case {"type": "message_delta"}:
                message = _with_end(message, event)
            case {"type": "error", "error": error}:
                raise ValueError(f"the stream ends with an error: {error}")
            case _:
                pass
    return message | {"content": [blocks[index].close() for index in sorted(blocks)]}


def _with_end(message: JsonObject, event: JsonObject) -> JsonObject:
    """The message with what its end says; null counts leave those of its start."""
    counted = {name: value for name, value in members(event.get("usage")).items() if value is not None}
    return message | members(event.get("delta")) | {"usage": members(message.get("usage")) | counted}


class _OpenBlock:
    """A block whose deltas are still coming."""

    def __init__(self, head: JsonObject) -> None:
        self._block = dict(head)
        self._input: list[str] = []

    def add(self, delta: JsonObject) -> None:
        match delta:
            case {"type": "text_delta", "text": str(piece)}:
                self._append("text", piece)
            case {"type": "thinking_delta", "thinking": str(piece)}:
                self._append("thinking", piece)
            case {"type": "signature_delta", "signature": str(signature)}:
                self._block["signature"] = signature
            case {"type": "input_json_delta", "partial_json": str(piece)}:
                self._input.append(piece)
            case {"type": "citations_delta", "citation": citation}:
                self._block["citations"] = [*(self._block.get("citations") or []), citation]
            case {"type": "compaction_delta"}:
                self._block |= delta | {"type": "compaction"}
            case _:
                pass

    def _append(self, name: str, piece: str) -> None:
        self._block[name] = text(self._block.get(name)) + piece

    def close(self) -> JsonObject:
        pieces = "".join(self._input)
        return self._block | {"input": _input(pieces)} if pieces else self._block


def _input(pieces: str) -> JsonObject | str:
    """The object that the pieces make up; pieces of something else stay text."""
    value = parse_object(pieces)
    return value if isinstance(value, dict) else pieces
