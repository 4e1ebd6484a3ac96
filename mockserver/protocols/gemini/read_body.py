"""From the bytes of a body to a normalised message: syntax, then the names and types of its fields.

Mirrors the order of the Gemini API's 400 answers (2026-11). A normalised message has the documented
lowerCamelCase names at every level that is Google's; what belongs to the client (arguments, results, JSON
Schemas, labels) is left as it came. What the API refuses beyond types is `rules`' and `turns`' matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.gate import Gate, check_shape
from mockserver.protocols.gemini.proto_types import ProtoMessage
from mockserver.protocols.gemini.wire import target
from mockserver.protocols.gemini.wording import (
    NOT_A_MESSAGE,
    TOO_DEEP,
    failure_with,
    syntax_failure,
    wording_of,
)
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.long_bodies import is_right, plainly, reread
from mockserver.protocols.plain_shape import as_plain, written

DEEPEST = 80
"""Levels that the API's own parser goes down."""

Parse: TypeAlias = Callable[[bytes], JsonObject | Unreadable]


def _parsed(text: bytes) -> JsonObject | Unreadable:
    return parse_object(text, DEEPEST)


def read_body(
    http: Http, message: type[ProtoMessage], gate: Gate, parse: Parse = _parsed
) -> JsonObject | Failure:
    """The normalised message, or what is wrong with the body. An empty body is an empty message."""
    value = parse(http.body) if http.body.strip() else {}
    if isinstance(value, Unreadable):
        failure = _unreadable(value, http.body)
        return gate.refuse(failure) or gate.end(failure)
    if is_right(message, value):
        return value
    sent, value = value, plainly(value)
    plain = as_plain(message, value)
    if plain is not None:
        return reread(sent, plain)
    shaped = check_shape(message, value, gate, wording_of(value, target(http).version))
    return shaped if isinstance(shaped, Failure) else written(shaped)


def _unreadable(why: Unreadable, body: bytes) -> Failure:
    match why.reason:
        case "syntax":
            return syntax_failure(body)
        case "not_an_object":
            return failure_with([NOT_A_MESSAGE])
        case "too_deep":
            return failure_with([TOO_DEEP])
