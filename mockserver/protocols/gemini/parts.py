"""One Part of a Content, read as neutral parts and written from one.

Mirrors "Part" of the Gemini API reference and "Thought signatures" (2026-11). The same shapes come from
clients (checked) and from recordings (not checked), so reading tolerates whatever a member may hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import (
    Attachment,
    Image,
    Json,
    JsonObject,
    MessagePart,
    Native,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    json_text,
)

NAME = "gemini"
"""The protocol's name in scenarios; the dialect and its native values are called by it."""

_WRAPPERS = ("result", "output")
"""Keys under which SDKs and guides put a plain result, as a function's response must be an object."""

_MARKS = frozenset({"thought", "thoughtSignature"})
"""What a part may hold beside its data and yet say nothing by itself."""

# ------------------------------------------------------------------------------------------- wire -> parts


def read_part(part: JsonObject) -> Iterator[MessagePart]:
    """The neutral parts of a Part of a conversation. The signature on anything but a thought has no place
    among them.
    """
    if part.get("thought") and isinstance(part.get("text"), str):
        yield Thinking(part["text"], part.get("thoughtSignature"))
    else:
        yield from _read_data(part)


def _read_data(part: Json) -> Iterator[MessagePart]:
    match part:
        case {"text": str(text)}:
            yield Text(text)
        case {"functionCall": dict() as call}:
            yield _read_call(call)
        case {"functionResponse": dict() as response}:
            yield _read_result(response)
            yield from _read_media(response.get("parts"))
        case {"inlineData": dict() as blob}:
            yield Attachment(blob.get("mimeType") or "", data=blob.get("data") or "")
        case {"fileData": dict() as file}:
            yield Attachment(file.get("mimeType") or "", url=file.get("fileUri") or "")
        case dict() if part.keys() - _MARKS:
            yield Native({NAME: part})
        case _:
            pass


def _read_media(parts: Json) -> Iterator[MessagePart]:
    """The pictures and files that came with a function's response."""
    if isinstance(parts, list):
        for part in parts:
            yield from _read_data(part)


def _read_call(call: JsonObject) -> ToolCall:
    arguments = call.get("args")
    return ToolCall(
        call.get("name") or "",
        arguments if isinstance(arguments, dict | str) else {},
        call.get("id") or None,
    )


def _read_result(response: JsonObject) -> ToolResult:
    value, is_error = _unwrap(response.get("response") or {})
    text = value if isinstance(value, str) else json_text(value)
    return ToolResult(response.get("id") or "", text, response.get("name") or "", is_error)


def _unwrap(response: JsonObject) -> tuple[Json, bool]:
    """The result without the object it was wrapped in, and whether it is an error."""
    if len(response) != 1:
        return response, False
    [(key, value)] = response.items()
    if key == "error":
        return value, True
    return (value if key in _WRAPPERS else response), False


# ------------------------------------------------------------------------------------------- parts -> wire


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


# -------------------------------------------------------------------------------- parts beside the content

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
