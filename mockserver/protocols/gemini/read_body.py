"""From the bytes of a body to a normalised message: syntax, then the types of its fields.

Mirrors the order of the Gemini API's 400 answers (2026-11). A normalised message has the documented
lowerCamelCase names at every level that is Google's; what belongs to the client (arguments, results, JSON
Schemas, labels) is left as it came. What the API refuses beyond types is `rules`' matter.
"""

from __future__ import annotations

from pydantic import ValidationError

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.gemini.contract import CountTokensRequest, GenerateContentRequest
from mockserver.protocols.gemini.wording import (
    NOT_A_MESSAGE,
    TOO_DEEP,
    failure_of,
    failure_with,
    syntax_failure,
)
from mockserver.protocols.json_body import Unreadable, parse_object

_DEEPEST = 80
"""Levels that the API's own parser goes down."""


def read_body(
    body: bytes, message: type[GenerateContentRequest | CountTokensRequest], version: str
) -> JsonObject | Failure:
    """The normalised message, or what is wrong with the body. An empty body is an empty message."""
    value = parse_object(body, _DEEPEST) if body.strip() else {}
    if isinstance(value, Unreadable):
        return _unreadable(value, body)
    try:
        return message.model_validate(value).model_dump(by_alias=True, exclude_unset=True)
    except ValidationError as error:
        return failure_of(error, value, version)


def _unreadable(why: Unreadable, body: bytes) -> Failure:
    match why.reason:
        case "syntax":
            return syntax_failure(body)
        case "not_an_object":
            return failure_with([NOT_A_MESSAGE])
        case "too_deep":
            return failure_with([TOO_DEEP])
