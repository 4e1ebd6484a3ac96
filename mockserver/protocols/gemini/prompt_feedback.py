"""A prompt that is blocked: answered, with feedback instead of candidates.

Mirrors "PromptFeedback" of the Gemini API reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject, Reply, Request, Usage
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gemini.cached import cached_tokens
from mockserver.protocols.gemini.read import read
from mockserver.protocols.gemini.response import envelope, provenance
from mockserver.protocols.gemini.usage import Meter, service_tier
from mockserver.protocols.gemini.wire import (
    ARRAY_CLOSE,
    ARRAY_OPEN,
    EVENT_STREAM_TYPE,
    JSON_TYPE,
    NAME,
    data_frame,
    is_array,
    is_stream,
    one_line,
    pretty,
    shared_headers,
    target,
)

_STATUS = 200


def is_blocked(failure: Failure) -> bool:
    """Whether the failure is feedback. With another status it is an error like any."""
    return failure.kind == "content_filter" and failure.status in (None, _STATUS)


def block(failure: Failure, http: Http, context: Context) -> Answer:
    """The answer, whole or as the only chunk of a stream. The failure's code is the reason."""
    request = _prompt(http, context)
    reply = Reply((), usage=Usage(input=count_input(request)))
    usage = Meter(reply, request, cached_tokens(request.body, context)).final()
    feedback: JsonObject = {"promptFeedback": {"blockReason": failure.code or "SAFETY"}}
    body = feedback | envelope([], usage, provenance(request, context))
    headers = shared_headers(context, service_tier(request.body))
    if not is_stream(http):
        return Answer(_STATUS, (JSON_TYPE, *headers), pretty(body))
    if is_array(http):
        return Answer(_STATUS, (JSON_TYPE, *headers), ARRAY_OPEN + pretty(body) + ARRAY_CLOSE)
    return Answer(_STATUS, (EVENT_STREAM_TYPE, *headers), data_frame(one_line(body)))


def _prompt(http: Http, context: Context) -> Request:
    """The prompt to count; none where a block is shown without one."""
    request = read(http, context)
    return Request(NAME, target(http).model, (), http) if isinstance(request, Failure) else request
