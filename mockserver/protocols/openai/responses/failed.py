"""A response that failed after the first byte was sent, when no HTTP status can tell it any more.

Mirrors "The response object" (`error`) and the `error` event of the Responses API reference, and live
streams (2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Context
from mockserver.protocols.openai.errors import refuse
from mockserver.protocols.openai.responses.response import State


def error_of(failure: Failure, http: Http, context: Context) -> JsonObject:
    """What the API would have answered instead of the stream, as an `error` event has it."""
    error: JsonObject = orjson.loads(refuse(failure, http, context).body)["error"]
    return {name: error.pop(name) for name in ("type", "code", "message", "param")} | error


def failed(error: JsonObject, output: Sequence[JsonObject] = ()) -> State:
    """When `error` has ended it: what was done of the output stays, and there is no usage."""
    told = {"code": error["code"] or error["type"], "message": error["message"]}
    return State("failed", output, error=told)
