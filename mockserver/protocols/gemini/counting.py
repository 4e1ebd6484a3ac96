"""`countTokens`.

Mirrors "Counting tokens" of the Gemini API reference (2026-11): a prompt is given as bare contents, or as the
whole request it would be sent with.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject, Request
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gemini.checks import check_request, read_message
from mockserver.protocols.gemini.contract import CountTokensRequest
from mockserver.protocols.gemini.parts import NAME
from mockserver.protocols.gemini.reading import neutral_request
from mockserver.protocols.gemini.usage import prompt_details, service_tier
from mockserver.protocols.gemini.wire import JSON_TYPE, pretty, shared_headers, target


def count_tokens(http: Http, context: Context) -> Answer | Failure:
    """The size of the prompt, the same that an answer to it tells in `usageMetadata`."""
    request = _read(http)
    if isinstance(request, Failure):
        return request
    total = count_input(request)
    body: JsonObject = {"totalTokens": total, "promptTokensDetails": prompt_details(total, request)}
    return Answer(200, (JSON_TYPE, *shared_headers(context, service_tier(request.body))), pretty(body))


def _read(http: Http) -> Request | Failure:
    body = read_message(http.body, CountTokensRequest, target(http).version)
    if isinstance(body, Failure):
        return body
    whole = body.get("generateContentRequest")
    if whole is not None:
        return check_request(whole) or neutral_request(NAME, whole, http)
    bare = {"contents": body.get("contents")}
    return check_request(bare, root="CountTokensRequest") or neutral_request(NAME, bare, http)
