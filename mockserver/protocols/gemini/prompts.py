"""What a prompt is made of: how much of it is text, and what kind of file an attachment is.

Mirrors "Understand and count tokens" of the Gemini API documentation (2026-11). How many tokens a prompt has
is `mockserver.limits`' matter.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Attachment, Message, Request
from mockserver.limits import count_input

_MEDIA = frozenset({"IMAGE", "VIDEO", "AUDIO"})


def count_texts(request: Request) -> int:
    """The tokens of the prompt without its attachments."""
    return count_input(replace(request, messages=tuple(map(_without_files, request.messages))))


def _without_files(message: Message) -> Message:
    texts = tuple(part for part in message.parts if not isinstance(part, Attachment))
    return replace(message, parts=texts)


def modality(media_type: str) -> str:
    """The API's word for the kind of a file; whatever is no picture, film or sound is a document."""
    kind = media_type.partition("/")[0].upper()
    return kind if kind in _MEDIA else "DOCUMENT"
