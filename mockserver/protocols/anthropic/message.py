"""The message object but for what it says: its head, why it stops, and what is told on request.

Mirrors "Create a Message: returns" and "Handling stop reasons" of the Claude API documentation (2026-11). A
whole answer (`render`) and a stream (`stream`) are both made of these; usage stands in `usage`.
"""

from __future__ import annotations

from mockserver.conversation import Finish, JsonObject, NativeFinish, Refusal, Reply, Request
from mockserver.protocols.anthropic.catalogue import resolve
from mockserver.protocols.base import Context
from mockserver.protocols.drawing import BASE58

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


def head_fields(request: Request, context: Context) -> JsonObject:
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


def diagnosis_fields(request: Request) -> JsonObject:
    """Why the prompt cache was missed: null, as "no prompt-cache divergence was detected"."""
    return {"diagnostics": None} if request.body.get("diagnostics") else {}


# ------------------------------------------------------------------------------------------ stop reasons


def stop_fields(reply: Reply, request: Request) -> JsonObject:
    reason = "max_tokens" if request.max_tokens == 0 else _stop_reason(reply, request)
    return {
        "stop_reason": reason,
        "stop_sequence": reply.stop_sequence if reason == "stop_sequence" else None,
        "stop_details": _refusal_details(reply) if reason == "refusal" else None,
    }


def _stop_reason(reply: Reply, request: Request) -> str:
    """The reason; a reply that says no more than that it stopped is told by what it holds, or by what was
    asked for.
    """
    match reply.finish:
        case NativeFinish(value=value):
            return value
        case "stop" | "tool_calls" if request.body.get("compaction"):
            return "compaction"
        case "stop" if any(isinstance(part, Refusal) for part in reply.parts):
            return "refusal"
        case "stop" if reply.tool_calls:
            return "tool_use"
        case finish:
            return REASONS[finish]


def _refusal_details(reply: Reply) -> JsonObject:
    said = next((part.text for part in reply.parts if isinstance(part, Refusal)), None)
    return {"type": "refusal", "category": None, "explanation": said}
