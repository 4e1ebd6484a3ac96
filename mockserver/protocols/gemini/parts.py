"""One neutral part as a Part of a Content; and what a native value is on this wire.

Mirrors "Part" and "Candidate" of the Gemini API reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import (
    Image,
    Json,
    JsonObject,
    Native,
    Refusal,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.protocols.gemini.wire import NAME


def is_streamed(part: ReplyPart) -> bool:
    """Whether the part goes over the wire in pieces. Calls have pieces, but are sent whole."""
    match part:
        case Text() | Refusal() | Thinking():
            return True
        case ToolCall() | Image() | Native():
            return False


def text_part(text: str) -> JsonObject:
    return {"text": text}


def thought_part(text: str) -> JsonObject:
    return {"text": text, "thought": True}


def call_part(call: ToolCall, call_id: str | None) -> JsonObject:
    """The whole call. Arguments that are no object are sent as the string they are: broken on purpose."""
    value = call.arguments_value
    arguments = value if isinstance(value, dict) else call.arguments
    identified = {"id": call_id} if call_id else {}
    return {"functionCall": {"name": call.name, "args": arguments, **identified}}


def image_part(image: Image) -> JsonObject:
    return {"inlineData": {"mimeType": image.media_type, "data": image.data}}


# ------------------------------------------------------------------------------------------ native values

CANDIDATE_FIELDS = frozenset(
    {
        "finishMessage",
        "safetyRatings",
        "citationMetadata",
        "tokenCount",
        "groundingMetadata",
        "groundingAttributions",
        "avgLogprobs",
        "logprobsResult",
        "urlContextMetadata",
        "continuationToken",
    }
)
"""Fields of a Candidate beside its content: a native value with these alone belongs there."""


def native_part(part: Native) -> Json | None:
    """The Part that a native value is; None if it is none, or not for this wire."""
    value = part.on(NAME)
    return None if _is_candidate_level(value) else value


def native_fields(part: Native) -> JsonObject:
    """What a native value adds to the candidate."""
    value: JsonObject = part.on(NAME) or {}
    return value if _is_candidate_level(value) else {}


def _is_candidate_level(value: Json) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= CANDIDATE_FIELDS
