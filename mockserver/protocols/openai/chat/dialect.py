"""The dialect `openai.chat`: the verbs of this folder under one name."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.conversation import Failure, Finding, Http, Json, MessagePart, Reply, Request, json_text
from mockserver.protocols.base import Answer, Context, Stored, Timed
from mockserver.protocols.openai.chat.decode import decode
from mockserver.protocols.openai.chat.deviations import DEVIATIONS
from mockserver.protocols.openai.chat.errors import refuse
from mockserver.protocols.openai.chat.read import NAME, read
from mockserver.protocols.openai.chat.render import render
from mockserver.protocols.openai.chat.said import said
from mockserver.protocols.openai.chat.stored import keep
from mockserver.protocols.openai.chat.stream import ChatEncoder
from mockserver.protocols.openai.chat.talk import TALK
from mockserver.protocols.sse import data_frame


class ChatCompletions:
    """Chat Completions. What is stored is only shown: the client sends the whole conversation every time."""

    name = NAME
    carries = frozenset({"text", "thinking", "tool_call", "refusal", "json", "image", "native"})
    spoken = frozenset({"messages", "contents", "safety_identifier", "prompt_cache_key"})
    talk = TALK
    deviations = DEVIATIONS

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        return render(reply, request, context)

    def encoder(self, request: Request, context: Context) -> ChatEncoder:
        return ChatEncoder(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode(answer)

    def frame(self, data: Json) -> bytes:
        text = data if isinstance(data, str) else json_text(data)
        return data_frame(text.replace("\n", "\ndata: ").encode())

    def said(self, reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
        return said(reply, request, context)

    def review(self, answer: Answer) -> Iterable[Finding]:
        from mockserver.protocols.openai.chat.contract_answer import ChatCompletion
        from mockserver.protocols.openai.chat.contract_events import Chunk
        from mockserver.protocols.openai.review import review_by

        return review_by(ChatCompletion, Chunk, answer)

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
        return None if failure else keep(reply, request, context)
