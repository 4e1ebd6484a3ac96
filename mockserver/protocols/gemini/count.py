"""`countTokens`.

Mirrors "Counting tokens" of the Gemini API reference (2026-11): a prompt is given as bare contents, or as the
whole request it would be sent with.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject, Request
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gemini.contract import CountTokensRequest
from mockserver.protocols.gemini.read import read_message
from mockserver.protocols.gemini.read_body import read_body
from mockserver.protocols.gemini.rules import broken_rule
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
    body = read_body(http.body, CountTokensRequest, target(http).version)
    if isinstance(body, Failure):
        return body
    whole = body.get("generateContentRequest")
    if whole is not None:
        return broken_rule(whole) or read_message(whole, http)
    bare = {"contents": body.get("contents")}
    return broken_rule(bare, root="CountTokensRequest") or read_message(bare, http)
