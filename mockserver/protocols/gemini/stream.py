"""The events of a reply as chunks of a stream, framed as SSE or as one JSON array.

Mirrors "streamGenerateContent" of the Gemini API reference and recorded streams (2026-11): each chunk is a
whole GenerateContentResponse with the next piece; a call, an image or a native part comes whole. Nothing
terminates the stream; an error inside it is its last item.
"""

from __future__ import annotations

from collections.abc import Sequence

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


class GenerateEncoder:
    """One streamed answer. Every candidate is told each piece, in a chunk of its own."""

    def __init__(self, request: Request, context: Context) -> None:
        self._request = request
        self._context = context
        self._array = is_array(request.http)
        self._origin = provenance(request, context)
        self._sent = 0
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
                return ()
            case PartBegin():
                return ()
            case Delta():
                self._meter.advance(event)
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
        match delta.part:
            case Text() | Refusal():
                return self._chunks({"content": content([text_part(delta.text)])})
            case Thinking() if self._request.include_thinking:
                return self._chunks({"content": content([thought_part(delta.text)])})
            case Thinking() | ToolCall() | Image() | Native():
                return ()

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
        usage = self._meter.so_far()
        return [self._frame({**told, "index": index}, usage) for index in range(self._request.choices)]

    def _final_chunks(self, told: JsonObject, message: str = "") -> list[bytes]:
        reply = self._voice.reply
        usage = self._meter.final()
        ending = {**({"finishMessage": message} if message else {}), **candidate_fields(reply)}
        return [
            self._frame({**told, "finishReason": finish_reason(reply), "index": index, **ending}, usage)
            for index in range(self._request.choices)
        ]

    def _frame(self, candidate: JsonObject, usage: JsonObject) -> bytes:
        return self._framed(envelope([candidate], usage, self._origin))

    def _framed(self, item: JsonObject) -> bytes:
        self._sent += 1
        if not self._array:
            return data_frame(one_line(item))
        return (ARRAY_OPEN if self._sent == 1 else ARRAY_COMMA) + pretty(item)
