"""What of a scripted answer of this wire is not documented. Used when scenarios are checked, never while
serving.

Mirrors the message object, "Streaming messages" and "Errors" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from mockserver.conversation import Finding, Json
from mockserver.protocols.anthropic.contract_answer import Message
from mockserver.protocols.anthropic.contract_events import StreamEvent
from mockserver.protocols.anthropic.wording import is_tag
from mockserver.protocols.base import Answer
from mockserver.protocols.documented import undocumented
from mockserver.protocols.sse import read_events
from mockserver.protocols.tolerant import members


def review(answer: Answer) -> Iterator[Finding]:
    """Of a JSON answer, or of each event of a stream, whose number then leads the place. An error is the same
    in both.
    """
    whole = _json(answer.body)
    if whole is not None:
        is_error = members(whole).get("type") == "error"
        yield from undocumented(StreamEvent if is_error else Message, whole, is_tag)
        return
    for at, event in enumerate(read_events(answer.body)):
        told = _json(event.data.encode())
        if told is not None:
            yield from undocumented(StreamEvent, told, is_tag, f"/{at}")


def _json(text: bytes) -> Json:
    """The value; None where it is none. What is no JSON is meant to be so."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
