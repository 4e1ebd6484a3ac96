"""The dialect `openai.responses`: the verbs of this folder under one name."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.conversation import Failure, Finding, Http, Json, MessagePart, Reply, Request, json_text
from mockserver.protocols.base import Answer, Context, Stored, Timed
from mockserver.protocols.openai.responses.decode import decode
from mockserver.protocols.openai.responses.deviations import DEVIATIONS
from mockserver.protocols.openai.responses.errors import refuse
from mockserver.protocols.openai.responses.ids import response_id
from mockserver.protocols.openai.responses.options import Options
from mockserver.protocols.openai.responses.read import read
from mockserver.protocols.openai.responses.read_items import NAME
from mockserver.protocols.openai.responses.render import render
from mockserver.protocols.openai.responses.stored import keep, said
from mockserver.protocols.openai.responses.stream import ResponsesEncoder, frame
from mockserver.protocols.openai.responses.talk import TALK
from mockserver.protocols.sse import data_frame


class Responses:
    """The wire of `POST /v1/responses`."""

    name = NAME
    carries = frozenset({"text", "thinking", "tool_call", "refusal", "json", "image", "native"})
    spoken = frozenset({"input"})
    talk = TALK
    deviations = DEVIATIONS

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        return render(reply, request, context)

    def encoder(self, request: Request, context: Context) -> ResponsesEncoder:
        return ResponsesEncoder(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode(answer)

    def frame(self, data: Json) -> bytes:
        """An event under its own type; whatever has no type is data alone."""
        if isinstance(data, str):
            return data_frame(data.encode())
        kind = data.get("type") if isinstance(data, dict) else None
        return frame(kind, data) if isinstance(kind, str) else data_frame(json_text(data).encode())

    def said(self, reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
        return said(reply, request, context)

    def review(self, answer: Answer) -> Iterable[Finding]:
        from mockserver.protocols.openai.responses.review import review

        return review(answer)

    def keeps_as(self, request: Request, context: Context) -> str | None:
        return response_id(context) if Options(request).store else None

    def keep(
        self,
        reply: Reply,
        request: Request,
        context: Context,
        due: Timed = (),
        failure: Failure | None = None,
    ) -> tuple[str, Stored] | None:
        return keep(reply, request, context, due, failure)
