"""What of a scripted answer is not documented, whatever its route: a JSON body, or the events of a stream.

Errors are the same on all routes; the models of everything else come from the dialect.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from pydantic import BaseModel

from mockserver.conversation import Finding, Json
from mockserver.protocols.base import Answer
from mockserver.protocols.documented import undocumented
from mockserver.protocols.openai.contract_error import ErrorEnvelope
from mockserver.protocols.openai.unions import is_tag
from mockserver.protocols.sse import read_events

_FIRST_FAILURE = 400


def review_by(whole: type[BaseModel], event: type[BaseModel], answer: Answer) -> Iterator[Finding]:
    """The findings of a JSON body, or of each event of a stream behind its number. What is no JSON is
    scripted so on purpose.
    """
    body = _json(answer.body)
    if body is not None:
        is_error = answer.status >= _FIRST_FAILURE or _tells_an_error(body)
        yield from undocumented(ErrorEnvelope if is_error else whole, body, _is_tag)
        return
    for number, told in enumerate(read_events(answer.body)):
        value = _json(told.data)
        if value is not None:
            model = ErrorEnvelope if _tells_an_error(value) else event
            yield from undocumented(model, value, _is_tag, f"/{number}")


def _json(text: bytes | str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _tells_an_error(value: Json) -> bool:
    return isinstance(value, dict) and "error" in value


def _is_tag(step: str | int, _: Json) -> bool:
    return is_tag(step)
