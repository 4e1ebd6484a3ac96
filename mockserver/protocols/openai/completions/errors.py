"""The error answers of legacy completions, and the error inside of a stream.

Mirrors "Error codes" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.errors import SHARED, Documented, Table, error_object, fixed, refuse_by

_TOO_LONG = fixed(
    "This model's maximum context length is 4097 tokens, however you requested 4322 tokens (4306 in your "
    "prompt; 16 for the completion). Please reduce your prompt; or completion length."
)

_TABLE: Table = {**SHARED, "context_length": Documented(400, _TOO_LONG, found_by="limiter")}


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    return refuse_by(_TABLE, failure, http, context)


def streamed_error(failure: Failure, http: Http) -> JsonObject:
    """What the API would have answered instead of the stream, as a chunk."""
    return {"error": error_object(_TABLE, failure, http)}
