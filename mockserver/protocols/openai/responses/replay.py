"""A stored response, told once more as a stream of events, from any of them on.

Mirrors the `stream` and `starting_after` of "Get a model response" of the OpenAI API reference (2026-11): the
same events with the same numbers. Text is cut in words, even where the scenario cut it otherwise at first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mockserver.conversation import Reply, Request
from mockserver.events import events
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.openai.responses.contract import RetrieveResponse
from mockserver.protocols.openai.responses.stream import ResponsesEncoder


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the events of a stream follow from."""

    reply: Reply
    request: Request
    context: Context


def replayed(told: Told, query: RetrieveResponse, context: Context) -> Answer:
    """The events after `query.starting_after`, or all of them, in one piece."""
    options = {"include_obfuscation": query.include_obfuscation}
    request = replace(told.request, body={**told.request.body, "stream_options": options})
    encoder = ResponsesEncoder(request, told.context)
    frames = [frame for event in events(told.reply) for frame in encoder.encode(event)]
    start = 0 if query.starting_after is None else query.starting_after + 1
    return Answer(200, (EVENT_STREAM, *success_headers(context)), b"".join(frames[start:]))
