"""The dialect `gemini`: the verbs of this folder under one name."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.conversation import Failure, Finding, Http, Json, MessagePart, Reply, Request
from mockserver.protocols.base import Answer, Context, Stored, Timed
from mockserver.protocols.gemini.decode import decode
from mockserver.protocols.gemini.deviations import DEVIATIONS
from mockserver.protocols.gemini.errors import refuse
from mockserver.protocols.gemini.prompt_feedback import block, is_blocked
from mockserver.protocols.gemini.read import read
from mockserver.protocols.gemini.read_contents import said
from mockserver.protocols.gemini.render import render
from mockserver.protocols.gemini.response import voice
from mockserver.protocols.gemini.stream import GenerateEncoder
from mockserver.protocols.gemini.talk import TALK
from mockserver.protocols.gemini.wire import NAME, data_frame, one_line


class GenerateContent:
    """One wire for both methods, generateContent and streamGenerateContent."""

    name = NAME
    carries = frozenset({"text", "thinking", "tool_call", "json", "image", "native"})
    spoken = frozenset({"contents"})
    talk = TALK
    deviations = DEVIATIONS

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        return render(reply, request, context)

    def encoder(self, request: Request, context: Context) -> GenerateEncoder:
        return GenerateEncoder(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        """The error answer; but a prompt that is blocked is answered like any other."""
        return block(failure, http, context) if is_blocked(failure) else refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode(answer)

    def frame(self, data: Json) -> bytes:
        return data_frame(data.encode() if isinstance(data, str) else one_line(data))

    def said(self, reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
        return said(voice(reply, request, context))

    def review(self, answer: Answer) -> Iterable[Finding]:
        from mockserver.protocols.gemini.review import review

        return review(answer)

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
        """The API keeps no conversation of these methods."""
        return None
