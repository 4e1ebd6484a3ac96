"""The token counts of a message, whole or as the end of a stream tells them.

Mirrors the Usage object of "Create a Message: returns" and "Streaming messages" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.conversation import JsonObject, Native, Reply, Request
from mockserver.protocols.anthropic.blocks import FAMILY
from mockserver.protocols.tolerant import members


def usage_fields(reply: Reply, request: Request) -> JsonObject:
    """The usage of a whole message. `input_tokens` leaves out what was read from or written to the cache."""
    body = request.body
    return {
        **_input_fields(reply),
        "cache_creation": {
            "ephemeral_5m_input_tokens": reply.usage.cache_write,
            "ephemeral_1h_input_tokens": 0,
        },
        **_output_fields(reply, request),
        "service_tier": "standard",
        **({"speed": body["speed"]} if body.get("speed") else {}),
        "inference_geo": body.get("inference_geo") or "global",
    }


def opening_usage(reply: Reply, request: Request) -> JsonObject:
    """The usage as the start of a stream tells it: the input counted, one token out."""
    usage = usage_fields(reply, request)
    usage["output_tokens"] = min(1, usage["output_tokens"])
    usage.pop("output_tokens_details", None)
    usage.pop("server_tool_use", None)
    return usage


def cumulative_usage(reply: Reply, request: Request) -> JsonObject:
    """The usage as the end of a stream tells it."""
    return {**_input_fields(reply), **_output_fields(reply, request)}


def _input_fields(reply: Reply) -> JsonObject:
    usage = reply.usage
    return {
        "input_tokens": max(0, usage.input - usage.cached - usage.cache_write),
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached,
    }


def _output_fields(reply: Reply, request: Request) -> JsonObject:
    if request.max_tokens == 0:
        return {"output_tokens": 0}
    fields: JsonObject = {"output_tokens": reply.usage.output}
    if reply.usage.thinking:
        fields["output_tokens_details"] = {"thinking_tokens": reply.usage.thinking}
    own = [members(part.on(FAMILY)) for part in reply.parts if isinstance(part, Native)]
    searches, fetches = (_calls(own, name) for name in ("web_search", "web_fetch")) if own else (0, 0)
    if searches or fetches:
        fields["server_tool_use"] = {"web_search_requests": searches, "web_fetch_requests": fetches}
    return fields


def _calls(blocks: Iterable[JsonObject], name: str) -> int:
    """How often the API ran a tool of its own."""
    return sum(block.get("type") == "server_tool_use" and block.get("name") == name for block in blocks)
