"""What of a scripted answer of Chat Completions is not documented. Used when scenarios are checked, never
while serving.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from pydantic import BaseModel

from mockserver.conversation import Finding, Json
from mockserver.protocols.base import Answer
from mockserver.protocols.documented import undocumented
from mockserver.protocols.openai.chat.contract_answer import ChatCompletion
from mockserver.protocols.openai.chat.contract_events import Chunk
from mockserver.protocols.openai.contract_error import ErrorEnvelope
from mockserver.protocols.openai.unions import is_tag
from mockserver.protocols.sse import read_events


def review(answer: Answer) -> Iterator[Finding]:
    """Of a JSON answer, or of each frame of a stream, whose number then leads the place."""
    whole = _json(answer.body)
    if whole is not None:
        yield from _undocumented(ChatCompletion, whole)
        return
    for at, event in enumerate(read_events(answer.body)):
        told = _json(event.data.encode())
        if told is not None:
            yield from _undocumented(Chunk, told, f"/{at}")


def _undocumented(contract: type[BaseModel], value: Json, within: str = "") -> Iterator[Finding]:
    is_error = isinstance(value, dict) and "error" in value
    return undocumented(ErrorEnvelope if is_error else contract, value, lambda step, _: is_tag(step), within)


def _json(text: bytes) -> Json:
    """The value; None where it is none. What is no JSON is meant to be so."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
