"""From the bytes of a body to a checked, normalised message: syntax, field types, then the API's own rules.

Mirrors the order and wording of the Gemini API's 400 answers (2026-11). A normalised message has the
documented lowerCamelCase names at every level that is Google's; what belongs to the client (arguments,
results, JSON Schemas, labels) is left as it came.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from pydantic import ValidationError

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.gemini.contract import PART_DATA, CountTokensRequest, GenerateContentRequest
from mockserver.protocols.gemini.violations import (
    NOT_A_MESSAGE,
    TOO_DEEP,
    Violation,
    already_set,
    failure_of,
    syntax_failure,
    violations_of,
)

ROLES = frozenset({None, "", "user", "model", "function", "tool"})
"""`function` and `tool` are the roles older guides gave to tool results; the API still takes them."""

_MAX_CANDIDATES = 8
_MAX_DEPTH = 80
_ORJSON_DEPTH = 254


def read_message(
    body: bytes, message: type[GenerateContentRequest | CountTokensRequest], version: str
) -> JsonObject | Failure:
    """The normalised message, or what is wrong with the body. An empty body is an empty message."""
    try:
        value = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError:
        return syntax_failure(body)
    if not isinstance(value, dict):
        return failure_of([NOT_A_MESSAGE])
    if _is_too_deep(value, body):
        return failure_of([TOO_DEEP])
    try:
        return message.model_validate(value).model_dump(by_alias=True, exclude_unset=True)
    except ValidationError as error:
        return failure_of(violations_of(error, value, version))


def check_request(body: JsonObject, *, root: str = "GenerateContentRequest") -> Failure | None:
    """What the API would refuse in a message whose fields all have the right types. `root` is its name."""
    if conflicts := list(_conflicts(body)):
        return failure_of(conflicts)
    if complaints := list(_complaints(body, root)):
        return Failure("invalid_request", message="".join(f"* {line}\n" for line in complaints))
    if any(content.get("role") not in ROLES for content in body["contents"]):
        return Failure("invalid_request", message="Please use a valid role: user, model.")
    return None


def part_data(part: JsonObject) -> list[str]:
    """The members of `data` that are set; null is unset."""
    return [name for name in PART_DATA if part.get(name) is not None]


def _is_too_deep(value: JsonObject, body: bytes) -> bool:
    """Whether `value` has more levels than any message. orjson counts them, faster than a walk, but only up
    to a limit of its own: so the value is put that much deeper first.
    """
    if body.count(b"{") + body.count(b"[") <= _MAX_DEPTH:
        return False
    wrapped: Json = value
    for _ in range(_ORJSON_DEPTH - _MAX_DEPTH):
        wrapped = [wrapped]
    try:
        orjson.dumps(wrapped)
    except orjson.JSONEncodeError:
        return True
    return False


def _parts(body: JsonObject) -> Iterator[tuple[str, list[Json]]]:
    for index, content in enumerate(body.get("contents") or ()):
        yield f"contents[{index}]", content.get("parts") or []


def _conflicts(body: JsonObject) -> Iterator[Violation]:
    for place, parts in _parts(body):
        for index, part in enumerate(parts):
            for name in part_data(part)[1:]:
                yield already_set(f"{place}.parts[{index}]", name)


def _complaints(body: JsonObject, root: str) -> Iterator[str]:
    if not body.get("contents"):
        yield f"{root}.contents: contents is not specified"
    for place, parts in _parts(body):
        if not parts:
            yield f"{root}.{place}.parts: contents.parts must not be empty."
        for index, part in enumerate(parts):
            if not part_data(part):
                yield (
                    f"{root}.{place}.parts[{index}].data: "
                    "required oneof field 'data' must have one initialized field"
                )
    count = (body.get("generationConfig") or {}).get("candidateCount") or 1
    if not 1 <= count <= _MAX_CANDIDATES:
        field = f"{root}.generation_config.candidate_count"
        yield f"{field}: candidate_count must be between 1 and {_MAX_CANDIDATES}, inclusive."
