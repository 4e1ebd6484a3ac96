"""The events of a reply as chunks of a stream, framed as SSE or as one JSON array.

Mirrors "streamGenerateContent" of the Gemini API reference and recorded streams (2026-11): each chunk is a
whole GenerateContentResponse with the next piece; a call, an image or a native part comes whole. Nothing
terminates the stream; an error inside it is its last item.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import orjson

from mockserver.conversation import (
    Failure,
    Image,
    JsonObject,
    Native,
    Refusal,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.gemini.cached import cached_tokens
from mockserver.protocols.gemini.errors import error_envelope
from mockserver.protocols.gemini.parts import is_streamed, text_part, thought_part
from mockserver.protocols.gemini.response import (
    CALL_MESSAGE,
    Layout,
    Voice,
    candidate_fields,
    content,
    envelope,
    finish_reason,
    provenance,
    says_call,
    voice,
)
from mockserver.protocols.gemini.usage import Meter, service_tier
from mockserver.protocols.gemini.wire import (
    ARRAY_CLOSE,
    ARRAY_COMMA,
    ARRAY_OPEN,
    EVENT_STREAM_TYPE,
    JSON_TYPE,
    data_frame,
    is_array,
    one_line,
    pretty,
    shared_headers,
)

_MakePart: TypeAlias = Callable[[str], JsonObject]

_PLACE = "\0"
_JSON = orjson.dumps(_PLACE)


class GenerateEncoder:
    """One streamed answer. Every candidate is told each piece, in a chunk of its own."""

    def __init__(self, request: Request, context: Context) -> None:
        self._request = request
        self._context = context
        self._array = is_array(request.http)
        self._origin = provenance(request, context)
        self._sent = 0
        self._candidates = range(request.choices)
        self._kind: tuple[_MakePart, bool, bool, bool] | None = None
        self._templates: list[bytes] = []
        self._voice: Voice
        self._meter: Meter

    @property
    def headers(self) -> Headers:
        kind = JSON_TYPE if self._array else EVENT_STREAM_TYPE
        return (kind, *shared_headers(self._context, service_tier(self._request.body)))

    def encode(self, event: Event) -> Sequence[bytes]:
        match event:
            case Begin(reply=reply):
                self._voice = voice(reply, self._request, self._context)
                cached = cached_tokens(self._request.body, self._context)
                self._meter = Meter(reply, self._request, cached)
                self._meter.begin()
                return ()
            case PartBegin():
                return ()
            case Delta():
                return self._encode_delta(event)
            case PartEnd():
                return self._encode_whole(event)
            case End():
                return self._encode_end()

    def fail(self, failure: Failure) -> Sequence[bytes]:
        frame = self._framed(error_envelope(failure, self._request.http))
        return [frame, ARRAY_CLOSE] if self._array else [frame]

    def extra(self) -> bytes:
        """A chunk with nothing but a member that nobody knows."""
        return self._framed({"unheardOf": {}})

    def _encode_delta(self, delta: Delta) -> Sequence[bytes]:
        counts = self._meter.advance(delta)
        match delta.part:
            case Text() | Refusal():
                return self._pieces(text_part, delta.text, counts)
            case Thinking() if self._request.include_thinking:
                return self._pieces(thought_part, delta.text, counts)
            case Thinking() | ToolCall() | Image() | Native():
                return ()

    def _pieces(self, part: _MakePart, text: str, counts: tuple[int, int, int]) -> list[bytes]:
        """The chunks of a piece of text. Most of them is the same as in the last, and written once."""
        answer, total, thoughts = counts
        kind = (part, answer > 0, total > 0, thoughts > 0)
        if kind != self._kind:
            self._kind, self._templates = kind, self._templates_of(*kind)
        told = (orjson.dumps(text), *filter(None, counts))
        return [self._prefixed(template % told) for template in self._templates]

    def _templates_of(self, part: _MakePart, *present: bool) -> list[bytes]:
        """The chunk of each candidate, with places for its text and for those counters that are not zero."""
        usage = self._meter.metadata(*(_PLACE if is_present else 0 for is_present in present))
        candidates = ({"content": content([part(_PLACE)]), "index": index} for index in self._candidates)
        chunks = (self._item(envelope([candidate], usage, self._origin)) for candidate in candidates)
        # What the client has named stands behind all places.
        return [
            chunk.replace(b"%", b"%%").replace(_JSON, b"%b", 1).replace(_JSON, b"%d", sum(present))
            for chunk in chunks
        ]

    def _encode_whole(self, end: PartEnd) -> Sequence[bytes]:
        part = None if is_streamed(end.part) else self._voice.part(end.index)
        if part is None:
            return ()
        if self._finishes_with(end.index):
            return self._final_chunks({"content": content([part])}, CALL_MESSAGE)
        return self._chunks({"content": content([part])})

    def _finishes_with(self, index: int) -> bool:
        """Whether the chunk of part `index`, a call, is the last of the stream."""
        if self._voice.layout is not Layout.FINISH_WITH_CALL or not says_call(self._voice.reply):
            return False
        last = len(self._voice.reply.parts) - 1
        return index == last and isinstance(self._voice.reply.parts[last], ToolCall)

    def _encode_end(self) -> Sequence[bytes]:
        last = len(self._voice.reply.parts) - 1
        chunks = [] if self._finishes_with(last) else self._final_chunks(self._last_content())
        return [*chunks, ARRAY_CLOSE] if self._array else chunks

    def _last_content(self) -> JsonObject:
        """What stands beside the finish reason: an empty text, which carries the signature of a thinking
        model; no parts where none came before the limit; nothing where the answer was blocked.
        """
        reply = self._voice.reply
        if reply.finish == "content_filter":
            return {}
        if reply.finish == "length" and not self._sent:
            return {"content": content([])}
        return {"content": content([self._signed(text_part(""))])}

    def _signed(self, part: JsonObject) -> JsonObject:
        carrier = self._voice.carrier
        if carrier is None or not is_streamed(self._voice.reply.parts[carrier]):
            return part
        return {**part, "thoughtSignature": self._voice.signature}

    def _chunks(self, told: JsonObject) -> list[bytes]:
        usage = self._meter.metadata(*self._meter.so_far())
        return [self._frame({**told, "index": index}, usage) for index in self._candidates]

    def _final_chunks(self, told: JsonObject, message: str = "") -> list[bytes]:
        reply = self._voice.reply
        usage = self._meter.final()
        ending = {**({"finishMessage": message} if message else {}), **candidate_fields(reply)}
        return [
            self._frame({**told, "finishReason": finish_reason(reply), "index": index, **ending}, usage)
            for index in self._candidates
        ]

    def _frame(self, candidate: JsonObject, usage: JsonObject) -> bytes:
        return self._framed(envelope([candidate], usage, self._origin))

    def _framed(self, item: JsonObject) -> bytes:
        return self._prefixed(self._item(item))

    def _item(self, item: JsonObject) -> bytes:
        return pretty(item) if self._array else data_frame(one_line(item))

    def _prefixed(self, item: bytes) -> bytes:
        """The next item, with what stands before it in an array."""
        self._sent += 1
        if not self._array:
            return item
        return (ARRAY_OPEN if self._sent == 1 else ARRAY_COMMA) + item
