"""A body as the JSON object that it must be, or the words in which the API refuses one that is none.

Mirrors "Errors" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.gate import Gate
from mockserver.protocols.json_body import Unreadable, parse_object


def sent_object(
    http: Http, gate: Gate, parse: Callable[[bytes], JsonObject | Unreadable] = parse_object
) -> JsonObject | Failure:
    sent = parse(http.body)
    if not isinstance(sent, Unreadable):
        return sent
    if sent.reason == "not_an_object":
        return gate.end(Failure("invalid_request", message="Input should be an object"))
    message = f"The request body is not valid JSON: {sent.detail}"
    return gate.end(Failure("malformed_json", message=message))
