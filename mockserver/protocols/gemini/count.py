"""`countTokens`.

Mirrors "Counting tokens" of the Gemini API reference (2026-11): a prompt is given as bare contents, or as the
whole request it would be sent with.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject, Request
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.cached import cached_tokens
from mockserver.protocols.gemini.contract import CountTokensRequest
from mockserver.protocols.gemini.models import is_known
from mockserver.protocols.gemini.read import read_message, whole_message
from mockserver.protocols.gemini.read_body import read_body
from mockserver.protocols.gemini.rules import broken_rule
from mockserver.protocols.gemini.usage import details, prompt_details, service_tier
from mockserver.protocols.gemini.wire import JSON_TYPE, pretty, shared_headers


def count_tokens(http: Http, context: Context) -> Answer | Failure:
    """The size of the prompt, the same that an answer to it tells in `usageMetadata`."""
    gate = Gate(context.contract)
    request = _read(http, context, gate)
    if isinstance(request, Failure):
        return request
    total, cached = count_input(request), cached_tokens(request.body, context)
    body: JsonObject = {
        "totalTokens": total,
        **({"cachedContentTokenCount": cached} if cached else {}),
        "promptTokensDetails": prompt_details(total, request),
        **({"cacheTokensDetails": details({"TEXT": cached})} if cached else {}),
    }
    headers = (JSON_TYPE, *shared_headers(context, service_tier(request.body)))
    return Answer(200, headers, pretty(body), tuple(gate.findings))


def _read(http: Http, context: Context, gate: Gate) -> Request | Failure:
    body = read_body(http, CountTokensRequest, gate)
    if isinstance(body, Failure):
        return body
    if not is_known(http, context) and (end := gate.refuse(Failure("unknown_model"))):
        return end
    asked = body.get("generateContentRequest")
    if asked is None:
        bare = {"contents": body.get("contents")}
        return broken_rule(bare, gate, root="CountTokensRequest") or read_message(bare, http)
    whole = whole_message(asked, http, context, gate)
    return whole if isinstance(whole, Failure) else read_message(whole, http, sent=asked)
