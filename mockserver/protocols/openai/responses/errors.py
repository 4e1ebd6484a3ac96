"""The error answers of the Responses API, and the error that ends a stream or a response.

Mirrors "Error codes" and the `error` event of the OpenAI API reference, and live streams (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.errors import (
    SHARED,
    Documented,
    Table,
    error_object,
    fixed,
    model_named,
    refuse_by,
)


def _no_such_model(_: Failure, http: Http) -> str:
    return f"The requested model '{model_named(http)}' does not exist."


_TOO_LONG = fixed(
    "Your input exceeds the context window of this model. Please adjust your input and try again."
)

_TABLE: Table = {
    **SHARED,
    "unknown_model": Documented(400, _no_such_model, code="model_not_found", param="model"),
    "context_length": Documented(
        400, _TOO_LONG, code="context_length_exceeded", param="input", found_by="limiter"
    ),
}


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    return refuse_by(_TABLE, failure, http, context)


def streamed_error(failure: Failure, http: Http) -> JsonObject:
    """What the API would have answered instead of the stream, as an `error` event has it."""
    error = error_object(_TABLE, failure, http)
    return {name: error.pop(name) for name in ("type", "code", "message", "param")} | error
