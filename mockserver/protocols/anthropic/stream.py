"""A reply as the events of a stream, frame by frame.

Mirrors "Streaming messages" of the Claude API documentation and recorded traffic (2026-11): one block after
the other, indexes without gaps, a ping behind the first opened block, compact JSON but for that ping.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from mockserver.conversation import (
    Failure,
    JsonObject,
    Native,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd, streamed_text
from mockserver.protocols.anthropic.blocks import (
    FAMILY,
    SettledPart,
    block_from_part,
    head_of_call,
    settle,
)
from mockserver.protocols.anthropic.errors import error_body
from mockserver.protocols.anthropic.headers import EVENT_STREAM, success_headers
from mockserver.protocols.anthropic.message import diagnosis_fields, edit_fields, head_fields, stop_fields
from mockserver.protocols.anthropic.native_blocks import native_deltas, native_head
from mockserver.protocols.anthropic.usage import cumulative_usage, opening_usage
from mockserver.protocols.anthropic.versions import betas_of
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.sse import named_frame
from mockserver.protocols.tolerant import members

_BETA_OF_COUNTS = "thinking-token-count-2026-05-13"

PING = named_frame("ping", b'{"type": "ping"}')


def _event_frame(event: JsonObject) -> bytes:
    """The frame of an event; its name is its type."""
    return named_frame(event["type"], orjson.dumps(event))


class MessagesEncoder:
    """Writes one streamed message. All it remembers is the block that is open."""

    def __init__(self, request: Request, context: Context) -> None:
        self._request = request
        self._context = context
        # "Present whenever the beta is set; null unless `thinking.display` resolves to omitted".
        is_counted = _BETA_OF_COUNTS in betas_of(request.http)
        self._thinking_extras: JsonObject = {"estimated_tokens": None} if is_counted else {}
        self._index = -1
        self._open: SettledPart | None = None

    @property
    def headers(self) -> Headers:
        return (*EVENT_STREAM, *success_headers(self._context))

    def encode(self, event: Event) -> Iterator[bytes]:
        match event:
            case Begin(reply=reply):
                message = _opening_message(reply, self._request, self._context)
                yield _event_frame({"type": "message_start", "message": message})
            case PartBegin(index=index, part=part):
                yield from self._begin(part, index)
            case Delta(text=text):
                yield from self._continue(text)
            case PartEnd():
                yield from self._end()
            case End(reply=reply):
                yield _event_frame(_message_delta(reply, self._request))
                yield _event_frame({"type": "message_stop"})

    def fail(self, failure: Failure) -> Iterator[bytes]:
        """The event that ends a stream in which something failed: after it comes nothing more."""
        yield named_frame("error", error_body(failure, self._request.http, self._context))

    def extra(self) -> bytes:
        """An event of a type that nobody knows: the documentation asks clients to be ready for it."""
        return _event_frame({"type": "unheard_of"})

    def _begin(self, part: ReplyPart, index: int) -> Iterator[bytes]:
        self._open = settle(part, index, self._request, self._context)
        if self._open is None:
            return
        self._index += 1
        head = _head(self._open, self._request)
        yield _event_frame({"type": "content_block_start", "index": self._index, "content_block": head})
        if self._index == 0:
            yield PING
        for delta in _first_deltas(part, self._open):
            yield self._delta(delta)

    def _continue(self, text: str) -> Iterator[bytes]:
        match self._open:
            case Text():
                yield self._delta({"type": "text_delta", "text": text})
            case Thinking(text=shown):
                if shown:
                    yield self._delta({"type": "thinking_delta", "thinking": text} | self._thinking_extras)
            case ToolCall(arguments=arguments):
                if arguments:
                    yield self._delta({"type": "input_json_delta", "partial_json": text})
            case Native() | None:
                pass

    def _end(self) -> Iterator[bytes]:
        match self._open:
            case None:
                return
            case Thinking(redacted=False, signature=signature):
                yield self._delta({"type": "signature_delta", "signature": signature})
            case Thinking() | Text() | ToolCall() | Native():
                pass
        yield _event_frame({"type": "content_block_stop", "index": self._index})

    def _delta(self, delta: JsonObject) -> bytes:
        return _event_frame({"type": "content_block_delta", "index": self._index, "delta": delta})


def _opening_message(reply: Reply, request: Request, context: Context) -> JsonObject:
    """The message as a stream announces it: nothing said yet, the input counted, one token out."""
    return (
        head_fields(request, context)
        | {"content": [], "stop_reason": None, "stop_sequence": None, "stop_details": None}
        | {"usage": opening_usage(reply, request)}
        | diagnosis_fields(request)
    )


def _message_delta(reply: Reply, request: Request) -> JsonObject:
    """How the message ends."""
    delta, usage = stop_fields(reply, request), cumulative_usage(reply, request)
    return {"type": "message_delta", "delta": delta, "usage": usage} | edit_fields(request)


def _head(part: SettledPart, request: Request) -> JsonObject:
    """The block as a stream opens it."""
    match part:
        case Text():
            return {"type": "text", "text": ""}
        case Thinking(redacted=False):
            return {"type": "thinking", "thinking": "", "signature": ""}
        case ToolCall():
            return head_of_call(part, request)
        case Native():
            return native_head(block_from_part(part, request))
        case Thinking():
            return block_from_part(part, request)


def _first_deltas(part: ReplyPart, settled: SettledPart) -> list[JsonObject]:
    """The deltas that no event of the part itself brings."""
    match settled:
        case ToolCall():
            return [{"type": "input_json_delta", "partial_json": ""}]
        case Native():
            return native_deltas(members(settled.on(FAMILY)))
        case Text(text=text):
            return [] if streamed_text(part) else [{"type": "text_delta", "text": text}]
        case Thinking():
            return []
