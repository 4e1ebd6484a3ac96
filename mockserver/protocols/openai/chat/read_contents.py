"""The gateway's `contents`: what stands in for `messages` where there are none.

Mirrors the gateway's page "Create chat completion" (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Json, JsonObject
from mockserver.protocols import tolerant


def with_messages(body: JsonObject) -> JsonObject:
    """The gateway documents `contents` next to `messages`: it stands in where there are no messages."""
    contents = body.get("contents")
    if "messages" in body or not isinstance(contents, list):
        return body
    return {**body, "messages": [_message_of(entry) for entry in contents]}


def _message_of(entry: Json) -> Json:
    """A plain string, or `{role, parts: [{text}]}`; anything else is left for the schema to refuse."""
    match entry:
        case str(text):
            return {"role": "user", "content": text}
        case {"parts": list(parts)}:
            role = entry.get("role", "user")
            texts = (tolerant.text(part.get("text")) for part in tolerant.objects(parts))
            return {"role": "assistant" if role == "model" else role, "content": "".join(texts)}
        case _:
            return entry
