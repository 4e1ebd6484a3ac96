"""The answer to a request of moderation: a verdict for each text, or one for texts and images together.

Mirrors "Create moderation" of the OpenAI API reference (2026-11). Order of the checks: JSON, schema, model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate, check_shape
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.models import OWN_MODELS
from mockserver.protocols.openai.moderation import verdict
from mockserver.protocols.openai.moderations.contract import ImagePart, ModerationRequest, TextPart
from mockserver.protocols.openai.wording import wording

_WORDING = wording({"input": ""})


def moderate(http: Http, context: Context) -> Answer | Failure:
    body = parse_object(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    gate = Gate(context.contract)
    asked = check_shape(ModerationRequest, body, gate, _WORDING)
    if isinstance(asked, Failure):
        return asked
    if not context.knows(asked.model, OWN_MODELS):
        unknown = Failure("unknown_model")
        if end := gate.refuse(unknown, "/model"):
            return end
    told = {
        "id": "modr-" + context.token("modr", 32),
        "model": asked.model,
        "results": list(_results(asked)),
    }
    return replace(json_answer(told, context), findings=tuple(gate.findings))


def _results(asked: ModerationRequest) -> Iterator[JsonObject]:
    if isinstance(asked.input, str):
        yield verdict((asked.input,))
        return
    yield from (verdict((text,)) for text in asked.input if isinstance(text, str))
    parts = [part for part in asked.input if isinstance(part, TextPart | ImagePart)]
    if parts:
        texts = tuple(part.text for part in parts if isinstance(part, TextPart))
        yield verdict(texts, len(parts) - len(texts))
