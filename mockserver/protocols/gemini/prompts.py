"""The size of a prompt: which of its texts count, and what kind of file an attachment is.

Mirrors "Understand and count tokens" of the Gemini API documentation (2026-11). How a text is counted is
`mockserver.tokens`' matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import (
    Attachment,
    Image,
    MessagePart,
    Native,
    Refusal,
    Request,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    json_text,
)
from mockserver.tokens import count_tokens

_MEDIA = frozenset({"IMAGE", "VIDEO", "AUDIO"})


def count_prompt(request: Request) -> int:
    """The tokens of all texts of the prompt."""
    return sum(map(count_tokens, _prompt_texts(request)))


def modality(media_type: str) -> str:
    """The API's word for the kind of a file; whatever is no picture, film or sound is a document."""
    kind = media_type.partition("/")[0].upper()
    return kind if kind in _MEDIA else "DOCUMENT"


def _prompt_texts(request: Request) -> Iterator[str]:
    yield request.system
    for message in request.messages:
        for part in message.parts:
            yield from _part_texts(part)
    for tool in request.tools:
        yield tool.name
        yield tool.description
        yield json_text(tool.schema or {})


def _part_texts(part: MessagePart) -> Iterator[str]:
    match part:
        case Text(text=text) | Thinking(text=text) | Refusal(text=text) | ToolResult(text=text):
            yield text
        case ToolCall():
            yield part.name
            yield part.arguments_text
        case Image() | Native() | Attachment():
            pass
