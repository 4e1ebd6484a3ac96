"""The answer to a request of embeddings: a vector for each input, always the same for the same input.

Mirrors "Create embeddings" of the OpenAI API reference (2026-11). Order of the checks: JSON, schema, model,
limits.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from struct import Struct

from mockserver.conversation import Failure, Http, JsonObject, Usage
from mockserver.embedding import unit_vector
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate, check_shape
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest, EngineRequest
from mockserver.protocols.openai.embeddings.inputs import Entry, inputs_of, text_of, tokens_of
from mockserver.protocols.openai.embeddings.rules import (
    DEFAULT_DIMENSIONS,
    DIMENSIONS,
    MOST_DIMENSIONS,
    broken_rules,
)
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.models import OWN_MODELS
from mockserver.protocols.openai.wording import wording

_WORDING = wording({"input": " ", "model": "text-embedding-3-small"})


def embed(http: Http, context: Context) -> Answer | Failure:
    return _embed(http, context, EmbeddingsRequest)


def embed_with_engine(http: Http, context: Context) -> Answer | Failure:
    """The same where the path names the model."""
    return _embed(http, context, EngineRequest)


def _embed(http: Http, context: Context, contract: type[EmbeddingsRequest]) -> Answer | Failure:
    gate = Gate(context.contract)
    asked = _read(http, context, gate, contract)
    if isinstance(asked, Failure):
        return asked
    entries = list(inputs_of(asked.input))
    tokens = sum(map(tokens_of, entries))
    answer = json_answer(_embeddings(asked, entries, tokens), context.charged(Usage(input=tokens)))
    return replace(answer, findings=tuple(gate.findings))


def _read(
    http: Http, context: Context, gate: Gate, contract: type[EmbeddingsRequest]
) -> EmbeddingsRequest | Failure:
    body = parse_object(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    asked = check_shape(contract, body, gate, _WORDING)
    if isinstance(asked, Failure):
        return asked
    asked = asked.model_copy(update={"model": http.params.get("model", asked.model)})
    if not asked.model:
        message = "you must provide a model parameter"
        nameless = Failure("invalid_request", message, param="model", code="missing_required_parameter")
        if end := gate.refuse(nameless, "/model"):
            return end
    elif not context.knows(asked.model, OWN_MODELS) and (
        end := gate.refuse(Failure("unknown_model"), "/model")
    ):
        return end
    for place, failure in broken_rules(asked):
        if end := gate.refuse(failure, place):
            return end
    return asked


def _embeddings(asked: EmbeddingsRequest, entries: Iterable[Entry], tokens: int) -> JsonObject:
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": _vector(text_of(entry), asked)}
            for index, entry in enumerate(entries)
        ],
        "model": asked.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _vector(text: str, asked: EmbeddingsRequest) -> list[float] | str:
    """The vector as it is asked for. Numbers are those of 32 bits in both forms, so that they are equal."""
    dimensions = asked.dimensions or DIMENSIONS.get(asked.model, DEFAULT_DIMENSIONS)
    vector = unit_vector(text, min(dimensions, MOST_DIMENSIONS))
    single = Struct(f"<{len(vector)}f")
    packed = single.pack(*vector)
    return b64encode(packed).decode() if asked.encoding_format == "base64" else list(single.unpack(packed))
