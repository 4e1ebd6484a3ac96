"""What tells one conversation from another, in a few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from mockserver.conversation import Message, Text, ToolResult


def conversation_digest(messages: Iterable[Message]) -> bytes:
    """The same for equal messages, in any process, and for no others."""
    digest = sha256()
    for message in messages:
        for piece in _pieces(message):
            written = piece.encode(errors="surrogatepass")
            digest.update(b"%d:" % len(written))
            digest.update(written)
    return digest.digest()


def _pieces(message: Message) -> Iterator[str]:
    """All that a message says. Long texts are taken as they are: to write them as Python does takes longer
    than all else.
    """
    yield message.role
    for part in message.parts:
        match part:
            case Text(text=text):
                yield "Text"
                yield text
            case ToolResult(call_id=call_id, text=text, name=name, is_error=is_error):
                yield f"ToolResult {is_error}"
                yield from (call_id, name, text)
            case _:
                yield repr(part)
    yield "end"
