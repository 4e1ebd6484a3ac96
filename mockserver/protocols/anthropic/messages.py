"""The Messages dialect: Create a Message, whole and streamed.

Mirrors "Create a Message" of the Messages API reference (2026-11). What each verb does stands in a module of
its own; here they are put together.
"""

from __future__ import annotations

import orjson

from mockserver.conversation import Failure, Http, Json, Reply, Request, json_text
from mockserver.protocols.anthropic.blocks import FAMILY
from mockserver.protocols.anthropic.decoding import decode_answer
from mockserver.protocols.anthropic.errors import refuse
from mockserver.protocols.anthropic.headers import json_answer
from mockserver.protocols.anthropic.reading import read_message
from mockserver.protocols.anthropic.replies import whole_message
from mockserver.protocols.anthropic.streaming import PING, MessageStream
from mockserver.protocols.anthropic.threads import keep_thread
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.sse import data_frame, named_frame


class Messages:
    """The wire of `/v1/messages`."""

    name = FAMILY
    carries = frozenset({"text", "json", "thinking", "tool_call", "refusal", "native"})

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read_message(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        return json_answer(whole_message(reply, request, context), context)

    def encoder(self, request: Request, context: Context) -> MessageStream:
        return MessageStream(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode_answer(answer)

    def frame(self, data: Json) -> bytes:
        """A frame whose event has the name that the data gives as its type; without one, a nameless frame."""
        text = data if isinstance(data, str) else json_text(data)
        name = _event_name(text)
        if name == "ping":
            return PING
        lines = text.replace("\n", "\ndata: ").encode()
        return named_frame(name, lines) if name else data_frame(lines)

    def keep(self, reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
        return keep_thread(reply, request, context)


def _event_name(text: str) -> str:
    try:
        event = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    name = event.get("type") if isinstance(event, dict) else None
    return name if isinstance(name, str) else ""
