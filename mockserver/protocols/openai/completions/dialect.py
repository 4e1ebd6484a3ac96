"""The dialect `openai.completions`: the verbs of this folder under one name."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.conversation import (
    Failure,
    Finding,
    Http,
    Json,
    MessagePart,
    Reply,
    Request,
    Text,
    json_text,
)
from mockserver.protocols.base import Answer, Context, Stored, Timed
from mockserver.protocols.openai.completions.decode import decode
from mockserver.protocols.openai.completions.deviations import DEVIATIONS
from mockserver.protocols.openai.completions.errors import refuse
from mockserver.protocols.openai.completions.read import NAME, read
from mockserver.protocols.openai.completions.render import render, text_of
from mockserver.protocols.openai.completions.stream import CompletionEncoder
from mockserver.protocols.sse import data_frame


class LegacyCompletions:
    """Legacy completions carry text alone: what else a reply has is left out. Nothing is kept."""

    name = NAME
    carries = frozenset({"text", "json"})
    spoken = frozenset({"prompt"})
    talk = None
    deviations = DEVIATIONS

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        return render(reply, request, context)

    def encoder(self, request: Request, context: Context) -> CompletionEncoder:
        return CompletionEncoder(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode(answer)

    def frame(self, data: Json) -> bytes:
        text = data if isinstance(data, str) else json_text(data)
        return data_frame(text.replace("\n", "\ndata: ").encode())

    def said(self, reply: Reply, _request: Request, _context: Context) -> tuple[MessagePart, ...]:
        return (Text(text_of(reply)),)

    def review(self, answer: Answer) -> Iterable[Finding]:
        from mockserver.protocols.openai.completions.contract_answer import Completion, CompletionChunk
        from mockserver.protocols.openai.review import review_by

        return review_by(Completion, CompletionChunk, answer)

    def keeps_as(self, _request: Request, _context: Context) -> str | None:
        return None

    def keep(
        self,
        _reply: Reply,
        _request: Request,
        _context: Context,
        _due: Timed = (),
        _failure: Failure | None = None,
    ) -> tuple[str, Stored] | None:
        return None
