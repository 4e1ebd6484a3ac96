"""A stored response, told once more as a stream of events, from any of them on.

Mirrors the `stream` and `starting_after` of "Get a model response" of the OpenAI API reference (2026-11): the
same events with the same numbers. Text is cut in words, even where the scenario cut it otherwise at first.
"""

from __future__ import annotations

from mockserver.conversation import Attachment, Http, JsonObject, Reply, Request, ToolResult
from mockserver.events import events
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.openai.responses.contract import RetrieveResponse
from mockserver.protocols.openai.responses.decode import finish_of, usage_of
from mockserver.protocols.openai.responses.read import asks_for_summary
from mockserver.protocols.openai.responses.read_items import NAME
from mockserver.protocols.openai.responses.read_tools import tools_of
from mockserver.protocols.openai.responses.stream import ResponsesEncoder


def origin_of(request: Request, context: Context) -> JsonObject:
    """What the events of a stream follow from, beside the reply: plain JSON."""
    return {
        "identity": context.identity.hex(),
        "now": context.now,
        "model": request.model,
        "body": request.body,
    }


def replayed(stored: Stored, query: RetrieveResponse, context: Context) -> Answer:
    """The events after `query.starting_after`, or all of them, in one piece."""
    origin = stored.native["origin"]
    told = Context(bytes.fromhex(origin["identity"]), origin["now"])
    encoder = ResponsesEncoder(_request(origin, query), told)
    frames = [frame for event in events(_reply(stored)) for frame in encoder.encode(event)]
    start = 0 if query.starting_after is None else query.starting_after + 1
    return Answer(200, (EVENT_STREAM, *success_headers(context)), b"".join(frames[start:]))


def _request(origin: JsonObject, query: RetrieveResponse) -> Request:
    """The request, as far as a stream shows it, with the padding that is wanted now."""
    body = {**origin["body"], "stream_options": {"include_obfuscation": query.include_obfuscation}}
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
    """The reply is the last message of what was kept; how it ended is told by the response."""
    response, said = stored.native["response"], stored.messages[-1].parts
    parts = tuple(part for part in said if not isinstance(part, ToolResult | Attachment))
    return Reply(parts, finish_of(response, parts), usage_of(response["usage"]))
