"""A stored response as it is by now: as an object, or told once more as a stream of events.

Mirrors the `stream` and `starting_after` of "Get a model response" and "Background mode" of the OpenAI
documentation (2026-11): the same events with the same numbers as the first time. Those that are due already
come at once, the others when they are due; a stream that is cancelled ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, overload

from mockserver.conversation import (
    Http,
    Image,
    Json,
    JsonObject,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import Begin, Chunker, Delta, events
from mockserver.protocols.base import Context, Stored, Stream
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.openai.responses.contract import RetrieveResponse
from mockserver.protocols.openai.responses.decode import finish_of, usage_of
from mockserver.protocols.openai.responses.progress import elapsed_since, phase
from mockserver.protocols.openai.responses.read import asks_for_summary
from mockserver.protocols.openai.responses.read_items import NAME
from mockserver.protocols.openai.responses.read_tools import tools_of
from mockserver.protocols.openai.responses.response import CANCELLED, QUEUED, STARTED, response_object
from mockserver.protocols.openai.responses.stream import ResponsesEncoder
from mockserver.text.tokens import split_words
from mockserver.values import dataclass

_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (Text, Thinking, ToolCall, Refusal, Image, Native)}


def origin_of(reply: Reply, request: Request, context: Context) -> JsonObject:
    """What a response and its stream follow from: plain JSON."""
    return {
        "identity": context.identity.hex(),
        "now": context.now,
        "model": request.model,
        "body": request.body,
        "parts": [{"kind": type(part).__name__, **_members(part)} for part in reply.parts],
    }


def _members(part: ReplyPart) -> JsonObject:
    return {"values": dict(part.values)} if isinstance(part, Native) else asdict(part)


def response_at(stored: Stored, context: Context) -> JsonObject:
    """The response object as it is by now."""
    match phase(stored, context):
        case "done":
            response: JsonObject = stored.native["response"]
            return response
        case "queued":
            state = QUEUED
        case "in_progress":
            state = STARTED
        case "cancelled":
            state = CANCELLED
    origin = stored.native["origin"]
    return response_object(state, _request(origin, {}), _told_in(origin))


def replayed(stored: Stored, query: RetrieveResponse, context: Context) -> Stream:
    """The events after `query.starting_after`, or all of them."""
    timed = list(_timed(stored, query, elapsed_since(stored, context)))
    start = 0 if query.starting_after is None else query.starting_after + 1
    frames = _Frames(timed[start:], stored.native["response"]["id"], context)
    return Stream(200, (EVENT_STREAM, *success_headers(context)), frames)


def _timed(stored: Stored, query: RetrieveResponse, since: float) -> Iterator[tuple[float, bytes]]:
    """The frames of the whole stream, each with the seconds until it is due; what a cancelled response has
    not said will never be due.
    """
    origin, due = stored.native["origin"], stored.native.get("due") or [0.0]
    padding = {"stream_options": {"include_obfuscation": query.include_obfuscation}}
    encoder = ResponsesEncoder(_request(origin, padding), _told_in(origin))
    end = stored.native.get("cancelled")
    piece, moment = 0, due[0]
    for event in events(_reply(stored), _cut_as(stored.native.get("pieces"))):
        if isinstance(event, Delta):
            moment = due[min(piece, len(due) - 1)]
            piece += 1
        at = 0.0 if isinstance(event, Begin) else moment
        for frame in encoder.encode(event):
            if end is None or at <= end:
                yield max(0.0, at - since), frame


def _cut_as(pieces: Sequence[str] | None) -> Chunker:
    """Cuts the texts of a reply, one after the other, as they were cut at first; in words if nobody knows."""
    if pieces is None:
        return split_words
    left = deque(pieces)

    def chunk(text: str) -> Iterator[str]:
        size = 0
        while left and size < len(text):
            size += len(left[0])
            yield left.popleft()

    return chunk


@dataclass(frozen=True, slots=True)
class _Frames(Sequence[tuple[float, bytes]]):
    """Frames that are told as long as their response is not cancelled, be it while they are waited for."""

    timed: Sequence[tuple[float, bytes]]
    response: str
    context: Context

    @overload
    def __getitem__(self, at: int) -> tuple[float, bytes]: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[tuple[float, bytes]]: ...

    def __getitem__(self, at: int | slice) -> tuple[float, bytes] | Sequence[tuple[float, bytes]]:
        return self.timed[at]

    def __len__(self) -> int:
        return len(self.timed)

    def __iter__(self) -> Iterator[tuple[float, bytes]]:
        for due, frame in self.timed:
            if due > 0:
                yield due, b""  # the wait; only after it is known whether there is anything to say
                if self._is_cancelled():
                    return
            yield due, frame

    def _is_cancelled(self) -> bool:
        stored = self.context.recall(self.response)
        return stored is not None and phase(stored, self.context) == "cancelled"


def _told_in(origin: JsonObject) -> Context:
    return Context(bytes.fromhex(origin["identity"]), origin["now"])


def _request(origin: JsonObject, changed: JsonObject) -> Request:
    """The request, as far as its answer shows it."""
    body = {**origin["body"], **changed}
    return Request(
        protocol=NAME,
        model=origin["model"],
        messages=(),
        http=Http("POST", "/v1/responses"),
        body=body,
        tools=tuple(tools_of(body)),
        include_thinking=asks_for_summary(body),
    )


def _reply(stored: Stored) -> Reply:
    """How it ended is told by the response."""
    response = stored.native["response"]
    parts = tuple(_part(**told) for told in stored.native["origin"]["parts"])
    return Reply(parts, finish_of(response, parts), usage_of(response["usage"]))


def _part(kind: str, **told: Json) -> ReplyPart:
    part: ReplyPart = _KINDS[kind](**told)
    return part
