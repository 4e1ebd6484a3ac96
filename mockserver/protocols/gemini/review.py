"""What of a scripted answer of the Gemini API is not documented. Used when scenarios are checked, never while
serving.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from mockserver.conversation import Finding, Json
from mockserver.protocols.base import Answer
from mockserver.protocols.documented import undocumented
from mockserver.protocols.gemini.contract_answer import ErrorAnswer, GenerateContentResponse
from mockserver.protocols.sse import read_events


def review(answer: Answer) -> Iterator[Finding]:
    """Of a JSON answer; or of each chunk of a stream, be it SSE or one array: its number leads the place."""
    whole = _json(answer.body)
    if isinstance(whole, list):
        chunks = whole
    elif whole is not None:
        yield from _undocumented(whole)
        return
    else:
        chunks = [_json(event.data.encode()) for event in read_events(answer.body)]
    for at, chunk in enumerate(chunks):
        if chunk is not None:
            yield from _undocumented(chunk, f"/{at}")


def _undocumented(value: Json, within: str = "") -> Iterator[Finding]:
    is_error = isinstance(value, dict) and "error" in value
    contract = ErrorAnswer if is_error else GenerateContentResponse
    return undocumented(contract, value, lambda *_: False, within)


def _json(text: bytes) -> Json:
    """The value; None where it is none. What is no JSON is meant to be so."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
