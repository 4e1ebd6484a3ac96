"""A response as a stream of events: the whole life cycle, item after item, and how it fails midway.

Mirrors "Streaming events" of the Responses API reference (2026-11). Every event is `event: <type>` and one
line of data, whose members stand as the live API prints them: type first, the rest by name. There is no
`[DONE]`: the terminal event ends the stream.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import orjson

from mockserver.conversation import Failure, Json, JsonObject, Reply, ReplyPart, Request
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.openai.responses.errors import streamed_error
from mockserver.protocols.openai.responses.ids import response_id
from mockserver.protocols.openai.responses.options import Options
from mockserver.protocols.openai.responses.output import Output, Place, encrypted_content, output_of
from mockserver.protocols.openai.responses.progress import phase
from mockserver.protocols.openai.responses.response import (
    QUEUED,
    STARTED,
    State,
    failed,
    finished,
    in_one_line,
    response_object,
)
from mockserver.protocols.openai.responses.stream_parts import PartWriter, part_writer
from mockserver.protocols.openai.responses.stream_scripted import Moment
from mockserver.protocols.sse import named_frame

_PADDING = 16
_DIFFERS = re.compile(rb'(?<="delta":)""|(?<="obfuscation":)""|(?<="sequence_number":)0')
_START = (("response.created", "response.in_progress"), STARTED)
_QUEUE = (("response.created", "response.queued"), QUEUED)
"""How a stream begins; that of a response in the background waits in a queue until there is more to tell."""


class ResponsesEncoder:
    """Writes one stream. The items are laid out at the start; what follows only tells when they are sent."""

    def __init__(self, request: Request, context: Context) -> None:
        self._request = request
        self._context = context
        self._options = Options(request)
        self._pads = self._options.obfuscation
        self._background = self._waits = self._options.background
        self._output = Output()
        self._writer: PartWriter | None = None
        self._place: Place | None = None
        self._position: JsonObject = {}
        self._piece = b""
        self._sequence = 0
        self._done = 0

    @property
    def headers(self) -> Headers:
        return (EVENT_STREAM, *success_headers(self._context))

    def encode(self, event: Event) -> Iterable[bytes]:
        if self._background:
            return self._encode_in_background(event)
        return self._encode(event)

    def _encode_in_background(self, event: Event) -> Iterator[bytes]:
        """A response in the background waits in a queue until there is more to tell than that it begins. Once
        it is cancelled, its stream has nothing more to say.
        """
        stored = self._context.recall(response_id(self._context))
        if stored is not None and phase(stored, self._context) == "cancelled":
            return
        if self._waits and not isinstance(event, Begin):
            self._waits = False
            yield self._whole("response.in_progress", self._in_state(STARTED))
        yield from self._encode(event)

    def _encode(self, event: Event) -> Iterable[bytes]:
        match event:
            case Delta(text=text):
                if self._piece:
                    return (self._next_piece(text),)
                return self._positioned(self._writer.delta(text) if self._writer else ())
            case PartBegin(index=index, part=part):
                return self._begin(index, part)
            case PartEnd():
                return self._end()
            case Begin(reply=reply):
                return self._start(reply)
            case End(reply=reply):
                state = finished(reply, self._output.items)
                return (self._whole(f"response.{state.status}", self._in_state(state)),)

    def fail(self, failure: Failure) -> Iterator[bytes]:
        """End the stream here and now, as the API does after the first byte: an `error` event, then
        `response.failed`. The live API nests the error that the reference types flat.
        """
        error = streamed_error(failure, self._request.http)
        yield self._frame("error", {"error": error})
        done = self._output.items[: self._done]
        yield self._whole("response.failed", self._in_state(failed(error, done)))

    def extra(self) -> bytes:
        """An event of a type that nobody knows; it is counted like any other."""
        return self._frame("response.unheard_of", {})

    def _start(self, reply: Reply) -> Iterator[bytes]:
        self._output = output_of(reply, self._request, self._context)
        kinds, state = _QUEUE if self._background else _START
        response = self._in_state(state)
        for kind in kinds:
            yield self._whole(kind, response)

    def _begin(self, index: int, part: ReplyPart) -> Iterator[bytes]:
        self._piece = b""
        place = self._place = self._output.places.get(index)
        if place is None:
            self._writer = None
            return
        item = self._output.items[place.output_index]
        self._position = {"item_id": item.get("id"), "output_index": place.output_index}
        cut = item is self._output.items[-1] and self._output.incomplete
        self._writer = part_writer(part, item, place, self._options, cut=cut)
        if place.opens:
            announced = {"item": _announced(item, self._context), "output_index": place.output_index}
            yield self._frame("response.output_item.added", announced)
        yield from self._positioned(self._writer.begin())
        self._piece = self._repeated(self._writer)

    def _end(self) -> Iterator[bytes]:
        if self._writer is None or self._place is None:
            return
        yield from self._positioned(self._writer.end())
        if self._place.closes:
            self._done += 1
            at = self._place.output_index
            yield self._frame(
                "response.output_item.done", {"item": self._output.items[at], "output_index": at}
            )

    def _positioned(self, moments: Iterable[Moment]) -> Iterator[bytes]:
        """The events of the item that is being sent."""
        for event, members in moments:
            yield self._frame(event, {**members, **self._position})

    def _repeated(self, writer: PartWriter) -> bytes:
        """The frame of any piece of a part, with `%b` where its text, its padding and its number are. Empty
        where pieces differ in more than that, as log probabilities do, or where nothing is told of them.
        """
        if self._options.logprobs is not None:
            return b""
        for event, members in writer.delta(""):
            padding = {"obfuscation": ""} if self._pads else {}
            told = _told(event, {**members, **self._position, **padding, "sequence_number": 0})
            return _DIFFERS.sub(b"%b", frame(event, told).replace(b"%", b"%%"))
        return b""

    def _next_piece(self, text: str) -> bytes:
        padding = (b'"%b"' % self._padding(text).encode(),) if self._pads else ()
        told = self._piece % (orjson.dumps(text), *padding, b"%d" % self._sequence)
        self._sequence += 1
        return told

    def _in_state(self, state: State) -> JsonObject:
        return response_object(state, self._request, self._context)

    def _whole(self, event: str, response: JsonObject) -> bytes:
        """An event of the life cycle: it carries the whole response."""
        return self._frame(event, {"response": in_one_line(response, self._request.body)})

    def _frame(self, event: str, members: JsonObject) -> bytes:
        members["sequence_number"] = self._sequence
        if self._pads and "delta" in members:
            members["obfuscation"] = self._padding(members["delta"])
        self._sequence += 1
        return frame(event, _told(event, members))

    def _padding(self, delta: str) -> str:
        """Random letters that bring every delta to a multiple of one length."""
        return self._context.token(f"obfuscation:{self._sequence}", -len(delta) % _PADDING)


def _told(event: str, members: JsonObject) -> JsonObject:
    return {"type": event, **dict(sorted(members.items()))}


def frame(event: str, data: Json) -> bytes:
    return named_frame(event, orjson.dumps(data))


def _announced(item: JsonObject, context: Context) -> JsonObject:
    """The item as it is before any of its content is there."""
    head = {**item, "status": "in_progress"} if "status" in item else {**item}
    match item["type"]:
        case "message":
            return head | {"content": []}
        case "function_call":
            return head | {"arguments": ""}
        case "custom_tool_call":
            return head | {"input": ""}
        case "mcp_call":
            return head | {"arguments": ""}
        case "code_interpreter_call":
            return head | {"code": ""}
        case "image_generation_call":
            return head | {"result": None}
        case "web_search_call":
            head.pop("action", None)
            return head
        case "reasoning" if "encrypted_content" in item:
            # On the live API, too, what is announced differs from what is done.
            hidden = encrypted_content(f"{item.get('id')}:announced", context)
            return head | {"encrypted_content": hidden, "summary": []}
        case "reasoning":
            return head | {"summary": []}
        case _:
            return head
