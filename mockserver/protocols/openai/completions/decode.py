"""A recorded answer of legacy completions, JSON or a whole stream, as the reply that it tells.

Mirrors "The completion object (legacy)" of the OpenAI API reference (2026-11). Real traffic may lack what is
documented: what is missing is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from mockserver.conversation import Finish, Json, JsonObject, NativeFinish, Reply, Text, Usage
from mockserver.protocols.base import Answer
from mockserver.protocols.sse import read_events
from mockserver.protocols.tolerant import count, members, objects, text

_FINISHES: dict[str, Finish] = {"stop": "stop", "length": "length", "content_filter": "content_filter"}


def decode(answer: Answer) -> Reply:
    """The reply of the first choice. ValueError if the answer is no completion."""
    chunks = list(_chunks(answer.body))
    error = next((chunk["error"] for chunk in chunks if chunk.get("error")), None)
    if error:
        raise ValueError(f"the answer is an error: {error}")
    choices = [choice for chunk in chunks for choice in objects(chunk.get("choices"))]
    if not choices:
        raise ValueError("no completion: it has no choices")
    first = [choice for choice in choices if count(choice.get("index")) == 0]
    reason = next((told for choice in first if (told := text(choice.get("finish_reason")))), "")
    usage = next((members(chunk["usage"]) for chunk in chunks if chunk.get("usage")), {})
    whole = "".join(text(choice.get("text")) for choice in first)
    numbers = {count(choice.get("index")) for choice in choices}
    return Reply((Text(whole),), _FINISHES.get(reason) or NativeFinish(reason), _usage(usage, len(numbers)))


def _chunks(body: bytes) -> Iterator[JsonObject]:
    if body.lstrip().startswith(b"{"):
        yield members(orjson.loads(body))
        return
    for event in read_events(body):
        if event.data.startswith("[DONE]"):
            return
        yield members(orjson.loads(event.data))


def _usage(told: Json, choices: int) -> Usage:
    """The counts for one choice: they are told for all of them together."""
    details = members(told.get("prompt_tokens_details"))
    return Usage(
        input=count(told.get("prompt_tokens")),
        output=count(told.get("completion_tokens")) // choices,
        cached=count(details.get("cached_tokens")),
    )
