"""What of a scripted answer is not in the documented response: of its JSON, or of each event of its stream.

Mirrors "The response object" and "Streaming events" of the OpenAI API reference (2026-11). A `[DONE]` at the
end is passed over, for the official SDKs do so too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import orjson
from pydantic import BaseModel

from mockserver.conversation import Finding, Json
from mockserver.protocols.base import Answer, header_lookup
from mockserver.protocols.documented import undocumented
from mockserver.protocols.openai import unions
from mockserver.protocols.openai.contract_error import ErrorEnvelope
from mockserver.protocols.openai.responses.contract_answer import Response
from mockserver.protocols.openai.responses.contract_events import StreamEvent
from mockserver.protocols.sse import read_events

_FIRST_FAILURE = 400
_OF_ALL_TYPES = "input should be one of"
_NO_SUCH_TYPE = "no such type is documented"


def review(answer: Answer) -> Iterator[Finding]:
    if "event-stream" in header_lookup(answer.headers).get("content-type", ""):
        for at, event in enumerate(read_events(answer.body)):
            if event.data != "[DONE]":
                yield from _reviewed(StreamEvent, event.data.encode(), f"/{at}")
        return
    yield from _reviewed(ErrorEnvelope if answer.status >= _FIRST_FAILURE else Response, answer.body, "")


def _reviewed(contract: type[BaseModel], text: bytes, within: str) -> Iterator[Finding]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        yield Finding("error", "undocumented_value", within, "it is no JSON, but the documented response is")
        return
    for finding in undocumented(contract, value, _is_tag, within):
        # All the types that there are would be a sentence of a page.
        yield replace(finding, message=_NO_SUCH_TYPE) if _OF_ALL_TYPES in finding.message else finding


def _is_tag(step: str | int, value: Json) -> bool:
    """Whether a step of an error's path names the variant that was chosen, by its type or by ours."""
    if unions.is_tag(step):
        return True
    return isinstance(value, dict) and step == value.get("type") and step not in value
