"""The Messages dialect: Create a Message, whole and streamed.

Mirrors "Create a Message" of the Messages API reference (2026-11). What each verb does stands in a module of
its own; here they are put together.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.conversation import Failure, Finding, Http, Json, MessagePart, Reply, Request, json_text
from mockserver.protocols.anthropic.blocks import FAMILY, said_parts
from mockserver.protocols.anthropic.decode import decode
from mockserver.protocols.anthropic.deviations import DEVIATIONS
from mockserver.protocols.anthropic.errors import refuse
from mockserver.protocols.anthropic.read import read
from mockserver.protocols.anthropic.render import render
from mockserver.protocols.anthropic.stream import PING, MessagesEncoder
from mockserver.protocols.anthropic.talk import TALK
from mockserver.protocols.anthropic.threads import keep_thread
from mockserver.protocols.anthropic.unthought import keep_unthought
from mockserver.protocols.base import Answer, Context, Stored, Timed
from mockserver.protocols.json_body import parse_object
from mockserver.protocols.sse import data_frame, named_frame
from mockserver.protocols.tolerant import members, text


class Messages:
    """The wire of `/v1/messages`."""

    name = FAMILY
    carries = frozenset({"text", "json", "thinking", "tool_call", "refusal", "native"})
    spoken = frozenset({"messages", "metadata"})
    talk = TALK
    deviations = DEVIATIONS

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        return render(reply, request, context)

    def encoder(self, request: Request, context: Context) -> MessagesEncoder:
        return MessagesEncoder(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode(answer)

    def frame(self, data: Json) -> bytes:
        """A frame whose event has the name that the data gives as its type; without one, a nameless frame."""
        content = data if isinstance(data, str) else json_text(data)
        name = text(members(parse_object(content)).get("type"))
        if name == "ping":
            return PING
        lines = content.replace("\n", "\ndata: ").encode()
        return named_frame(name, lines) if name else data_frame(lines)

    def said(self, reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
        return tuple(said_parts(reply, request, context))

    def review(self, answer: Answer) -> Iterable[Finding]:
        from mockserver.protocols.anthropic.review import review

        return review(answer)

    def keeps_as(self, _request: Request, _context: Context) -> str | None:
        return None

    def keep(
        self,
        reply: Reply,
        request: Request,
        context: Context,
        _due: Timed = (),
        failure: Failure | None = None,
    ) -> tuple[str, Stored] | None:
        if failure:
            return None
        return keep_thread(reply, request, context) or keep_unthought(reply, request, context)
