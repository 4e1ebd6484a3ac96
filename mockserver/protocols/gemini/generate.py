"""The `gemini` dialect: generateContent and streamGenerateContent.

Mirrors "Generating content" of the Gemini API reference (2026-11). This module says which room does what; no
field name stands here but those of a blocked prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.conversation import Failure, Http, Json, JsonObject, Reply, Request, Usage
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context, Encoder, Stored
from mockserver.protocols.gemini import errors
from mockserver.protocols.gemini.checks import check_request, read_message
from mockserver.protocols.gemini.contract import GenerateContentRequest
from mockserver.protocols.gemini.parts import NAME
from mockserver.protocols.gemini.reading import neutral_request
from mockserver.protocols.gemini.recorded import read_reply
from mockserver.protocols.gemini.replies import Layout, candidate, envelope, provenance, voice
from mockserver.protocols.gemini.stream import StreamEncoder
from mockserver.protocols.gemini.usage import Meter, service_tier
from mockserver.protocols.gemini.wire import (
    ARRAY_CLOSE,
    ARRAY_OPEN,
    EVENT_STREAM_TYPE,
    JSON_TYPE,
    data_frame,
    is_array,
    is_stream,
    one_line,
    pretty,
    shared_headers,
    target,
)

_BLOCKED_STATUS = 200


@dataclass(frozen=True, slots=True)
class GenerateContent:
    """One wire for both methods. `layout` is how a turn with tool calls ends."""

    layout: Layout = Layout.FINISH_AFTER_CALL
    name: str = NAME
    carries: frozenset[str] = frozenset({"text", "thinking", "tool_call", "json", "image", "native"})

    def read(self, http: Http, context: Context) -> Request | Failure:  # noqa: ARG002 - nothing is stored
        body = read_message(http.body, GenerateContentRequest, target(http).version)
        if isinstance(body, Failure):
            return body
        return check_request(body) or neutral_request(self.name, body, http)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        told = voice(reply, request, context, self.layout)
        candidates = [candidate(told, index) for index in range(request.choices)]
        body = envelope(candidates, Meter(reply, request).final(), provenance(request, context))
        headers = (JSON_TYPE, *shared_headers(context, service_tier(request.body)))
        return Answer(200, headers, pretty(body))

    def encoder(self, request: Request, context: Context) -> Encoder:
        return StreamEncoder(request, context, self.layout)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        if failure.kind == "content_filter" and failure.status in (None, _BLOCKED_STATUS):
            return self._block_prompt(failure, http, context)
        return errors.refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return read_reply(answer.body)

    def frame(self, data: Json) -> bytes:
        return data_frame(data.encode() if isinstance(data, str) else one_line(data))

    def keep(self, reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:  # noqa: ARG002
        """The API keeps no conversation of these methods."""
        return None

    def _block_prompt(self, failure: Failure, http: Http, context: Context) -> Answer:
        """A prompt that is blocked is answered, with feedback instead of candidates."""
        request = self.read(http, context)
        if isinstance(request, Failure):  # blocked without a prompt to count, as for `mockserver show`
            request = Request(self.name, target(http).model, (), http)
        usage = Meter(Reply((), usage=Usage(input=count_input(request))), request).final()
        feedback: JsonObject = {"promptFeedback": {"blockReason": failure.code or "SAFETY"}}
        body = feedback | envelope([], usage, provenance(request, context))
        tier = service_tier(request.body)
        if not is_stream(http):
            return Answer(200, (JSON_TYPE, *shared_headers(context, tier)), pretty(body))
        if is_array(http):
            content = ARRAY_OPEN + pretty(body) + ARRAY_CLOSE
            return Answer(200, (JSON_TYPE, *shared_headers(context, tier)), content)
        return Answer(200, (EVENT_STREAM_TYPE, *shared_headers(context, tier)), self.frame(body))
