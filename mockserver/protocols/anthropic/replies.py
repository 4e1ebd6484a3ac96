"""A reply as the message object, whole or as a stream begins and ends it.

Mirrors "Create a Message: returns" and "Handling stop reasons" of the Claude API documentation (2026-11).
Blocks are made in `blocks`.
"""

from __future__ import annotations

from mockserver.conversation import (
    Finish,
    Json,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Request,
)
from mockserver.protocols.anthropic.blocks import FAMILY, block_from_part, settle_parts
from mockserver.protocols.anthropic.catalogue import resolve
from mockserver.protocols.base import BASE58, Context

REASONS: dict[Finish, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
    "stop_sequence": "stop_sequence",
    "refusal": "refusal",
    "pause": "pause_turn",
}


def message_id(context: Context) -> str:
    return "msg_01" + context.token("message", 22, BASE58)


def whole_message(reply: Reply, request: Request, context: Context) -> JsonObject:
    content = [block_from_part(part, request) for part in settle_parts(reply, request, context)]
    return (
        _message(request, context)
        | {"content": content}
        | stop_fields(reply, request)
        | {"usage": usage_fields(reply, request)}
        | edit_fields(request)
        | _diagnosis(request)
    )


def opening_message(reply: Reply, request: Request, context: Context) -> JsonObject:
    """The message as a stream announces it: nothing said yet, the input counted, one token out."""
    usage = usage_fields(reply, request)
    usage["output_tokens"] = min(1, usage["output_tokens"])
    usage.pop("output_tokens_details", None)
    usage.pop("server_tool_use", None)
    nothing = {"stop_reason": None, "stop_sequence": None, "stop_details": None}
    return _message(request, context) | {"content": []} | nothing | {"usage": usage} | _diagnosis(request)


def _message(request: Request, context: Context) -> JsonObject:
    return {
        "model": resolve(request.model),
        "id": message_id(context),
        "type": "message",
        "role": "assistant",
    }


# --------------------------------------------------------------------------------------- told on request


def edit_fields(request: Request) -> JsonObject:
    """What was edited out of the context, told to those who asked for edits: here nothing ever is."""
    return {"context_management": {"applied_edits": []}} if request.body.get("context_management") else {}


def _diagnosis(request: Request) -> JsonObject:
    """Why the prompt cache was missed: null, as "no prompt-cache divergence was detected"."""
    return {"diagnostics": None} if request.body.get("diagnostics") else {}


# ------------------------------------------------------------------------------------------ stop reasons


def stop_fields(reply: Reply, request: Request) -> JsonObject:
    reason = "max_tokens" if request.max_tokens == 0 else _stop_reason(reply)
    return {
        "stop_reason": reason,
        "stop_sequence": reply.stop_sequence if reason == "stop_sequence" else None,
        "stop_details": _refusal_details(reply) if reason == "refusal" else None,
    }


def _stop_reason(reply: Reply) -> str:
    """The reason; a reply that says no more than that it stopped is told by what it holds."""
    match reply.finish:
        case NativeFinish(value=value):
            return value
        case "stop" if any(isinstance(part, Refusal) for part in reply.parts):
            return "refusal"
        case "stop" if reply.tool_calls:
            return "tool_use"
        case finish:
            return REASONS[finish]


def _refusal_details(reply: Reply) -> JsonObject:
    said = next((part.text for part in reply.parts if isinstance(part, Refusal)), None)
    return {"type": "refusal", "category": None, "explanation": said}


# ------------------------------------------------------------------------------------------------ usage


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
    searches, fetches = (_server_calls(reply, name) for name in ("web_search", "web_fetch"))
    if searches or fetches:
        fields["server_tool_use"] = {"web_search_requests": searches, "web_fetch_requests": fetches}
    return fields


def _server_calls(reply: Reply, name: str) -> int:
    """How often the API ran a tool of its own."""
    blocks: list[Json] = [part.on(FAMILY) for part in reply.parts if isinstance(part, Native)]
    return sum(
        isinstance(block, dict) and block.get("type") == "server_tool_use" and block.get("name") == name
        for block in blocks
    )
