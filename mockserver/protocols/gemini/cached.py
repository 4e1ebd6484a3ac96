"""A conversation that goes on from cached contents.

Mirrors "Context caching" of the Gemini API documentation and recorded answers (2026-11): what is cached
stands before what is sent, and counts as part of the prompt. How caches are made is `caches`' matter.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.wire import target

COLLECTION = "cachedContents"

CACHEABLE = ("systemInstruction", "tools", "toolConfig")
_TWICE = (
    "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
    "tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request."
)

NOT_FOUND = Failure("not_found", message="CachedContent not found (or permission denied)", status=403)
"""What is gone, what never was, and what belongs to another key are told alike."""


def find_cache(name: str, context: Context) -> JsonObject | None:
    """The kept cache of that name; None once it has expired. `resource` is what the API shows of it,
    `message` what is cached, `tokens` its size, `expires` when it ends, in Unix seconds.
    """
    stored = context.recall(name) if name.startswith(f"{COLLECTION}/") else None
    return stored.native if stored and stored.native["expires"] > context.now else None


def with_cached(body: JsonObject, http: Http, context: Context, gate: Gate) -> JsonObject | Failure:
    """The message with what it has cached before its own contents."""
    name = body.get("cachedContent")
    if not name:
        return body
    found = find_cache(name, context)
    for failure in _refusals(body, http, found):
        if end := gate.refuse(failure, "/cachedContent"):
            return end
    if found is None:
        return body
    message = found["message"]
    contents = [*(message.get("contents") or ()), *(body.get("contents") or ())]
    return {**body, **{key: message[key] for key in CACHEABLE if key in message}, "contents": contents}


def cached_tokens(body: JsonObject, context: Context) -> int:
    """How many tokens of the prompt come from a cache."""
    found = find_cache(body.get("cachedContent") or "", context)
    return found["tokens"] if found else 0


def _refusals(body: JsonObject, http: Http, found: JsonObject | None) -> list[Failure]:
    if found is None:
        return [NOT_FOUND]
    failures = []
    if any(body.get(key) for key in CACHEABLE):
        failures.append(Failure("invalid_request", message=_TWICE))
    resource, model = target(http).resource, found["resource"]["model"]
    if resource != model:
        message = (
            f"Model used by GenerateContent request ({resource}) and CachedContent ({model}) "
            "has to be the same."
        )
        failures.append(Failure("invalid_request", message=message))
    return failures
