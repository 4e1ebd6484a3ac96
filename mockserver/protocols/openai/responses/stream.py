"""A response as a stream of events: the whole life cycle, item after item, and how it fails midway.

Mirrors "Streaming events" of the Responses API reference (2026-11). Every event is `event: <type>` and one
line of data, whose members stand as the live API prints them: type first, the rest by name. There is no
`[DONE]`: the terminal event ends the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from mockserver.conversation import Failure, Json, JsonObject, ReplyPart, Request
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.openai.responses.errors import streamed_error
from mockserver.protocols.openai.responses.ids import response_id
from mockserver.protocols.openai.responses.options import Options, options_of
from mockserver.protocols.openai.responses.output import Output, Place, encrypted_content, output_of
from mockserver.protocols.openai.responses.progress import phase
from mockserver.protocols.openai.responses.response import (
    QUEUED,
    STARTED,
    State,
    failed,
    finished,
    response_object,
)
from mockserver.protocols.openai.responses.stream_parts import PartWriter, part_writer
from mockserver.protocols.openai.responses.stream_scripted import Moment
from mockserver.protocols.sse import named_frame

_PADDING = 16
_START = (("response.created", STARTED), ("response.in_progress", STARTED))
_QUEUE = (("response.created", QUEUED), ("response.queued", QUEUED))
"""How a stream begins; that of a response in the background waits in a queue until there is more to tell."""


@dataclass(slots=True)
class ResponsesEncoder:
    """Writes one stream. The items are laid out at the start; what follows only tells when they are sent."""

    request: Request
    context: Context
    _options: Options = field(init=False)
    _output: Output = field(init=False, default=Output())
    _writer: PartWriter | None = field(init=False, default=None)
    _place: Place | None = field(init=False, default=None)
    _sequence: int = field(init=False, default=0)
    _done: int = field(init=False, default=0)
    _waits: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._options = options_of(self.request)

    @property
    def headers(self) -> Headers:
        return (EVENT_STREAM, *success_headers(self.context))

    def encode(self, event: Event) -> Iterator[bytes]:
        if self._is_cancelled():
            return
        if self._waits and not isinstance(event, Begin):
            self._waits = False
            yield self._whole("response.in_progress", STARTED)
        match event:
            case Begin(reply=reply):
                self._output = output_of(reply, self.request, self.context)
                self._waits = self._options.background
                for kind, state in _QUEUE if self._waits else _START:
                    yield self._whole(kind, state)
            case PartBegin(index=index, part=part):
                yield from self._begin(index, part)
            case Delta(text=text):
                yield from self._positioned(self._writer.delta(text) if self._writer else ())
            case PartEnd():
                yield from self._end()
            case End(reply=reply):
                state = finished(reply, self._output.items)
                yield self._whole(f"response.{state.status}", state)

    def fail(self, failure: Failure) -> Iterator[bytes]:
        """End the stream here and now, as the API does after the first byte: an `error` event, then
        `response.failed`. The live API nests the error that the reference types flat.
        """
        error = streamed_error(failure, self.request.http)
        yield self._frame("error", {"error": error})
        yield self._whole("response.failed", failed(error, self._output.items[: self._done]))

    def extra(self) -> bytes:
        """An event of a type that nobody knows; it is counted like any other."""
        return self._frame("response.unheard_of", {})

    def _is_cancelled(self) -> bool:
        """Whether a response in the background was cancelled: its stream has nothing more to say."""
        if not self._options.background:
            return False
        stored = self.context.recall(response_id(self.context))
        return stored is not None and phase(stored, self.context) == "cancelled"

    def _begin(self, index: int, part: ReplyPart) -> Iterator[bytes]:
        place = self._place = self._output.places.get(index)
        if place is None:
            self._writer = None
            return
        item = self._output.items[place.output_index]
        cut = item is self._output.items[-1] and self._output.incomplete
        self._writer = part_writer(part, item, place, self._options, cut=cut)
        if place.opens:
            announced = {"item": _announced(item, self.context), "output_index": place.output_index}
            yield self._frame("response.output_item.added", announced)
        yield from self._positioned(self._writer.begin())

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
        if self._place is None:
            return
        at = self._place.output_index
        identity = self._output.items[at].get("id")
        for event, members in moments:
            yield self._frame(event, {**members, "item_id": identity, "output_index": at})

    def _whole(self, event: str, state: State) -> bytes:
        """An event of the life cycle: it carries the whole response."""
        return self._frame(event, {"response": response_object(state, self.request, self.context)})

    def _frame(self, event: str, members: JsonObject) -> bytes:
        members["sequence_number"] = self._sequence
        if self._options.obfuscation and "delta" in members:
            members["obfuscation"] = self._padding(members["delta"])
        self._sequence += 1
        return frame(event, {"type": event, **dict(sorted(members.items()))})

    def _padding(self, delta: str) -> str:
        """Random letters that bring every delta to a multiple of one length."""
        return self.context.token(f"obfuscation:{self._sequence}", -len(delta) % _PADDING)


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
