"""What the Gemini API refuses in a message whose fields all have the right types.

Mirrors the order and wording of the API's 400 answers (2026-11). Takes normalised messages; the types of
fields are `contract`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.gemini.contract import PART_DATA
from mockserver.protocols.gemini.wording import Violation, already_set, failure_with

ROLES = frozenset({None, "", "user", "model", "function", "tool"})
"""`function` and `tool` are the roles older guides gave to tool results; the API still takes them."""

_MAX_CANDIDATES = 8
_NO_DATA = "required oneof field 'data' must have one initialized field"


def broken_rule(body: JsonObject, *, root: str = "GenerateContentRequest") -> Failure | None:
    """The first rule that the message breaks. `root` is the message's name."""
    return next((failure for rule in _RULES if (failure := rule(body, root))), None)


def _one_data_each(body: JsonObject, _: str) -> Failure | None:
    conflicts = list(_conflicts(body))
    return failure_with(conflicts) if conflicts else None


def _all_there(body: JsonObject, root: str) -> Failure | None:
    """Each complaint is an item of one list."""
    complaints = "".join(f"* {root}.{line}\n" for line in _complaints(body))
    return Failure("invalid_request", message=complaints) if complaints else None


def _known_roles(body: JsonObject, _: str) -> Failure | None:
    if all(content.get("role") in ROLES for content in body["contents"]):
        return None
    return Failure("invalid_request", message="Please use a valid role: user, model.")


_RULES = (_one_data_each, _all_there, _known_roles)


def _conflicts(body: JsonObject) -> Iterator[Violation]:
    for place, parts in _parts(body):
        for index, part in enumerate(parts):
            for name in _data(part)[1:]:
                yield already_set(f"{place}.parts[{index}]", name)


def _complaints(body: JsonObject) -> Iterator[str]:
    if not body.get("contents"):
        yield "contents: contents is not specified"
    for place, parts in _parts(body):
        if not parts:
            yield f"{place}.parts: contents.parts must not be empty."
        for index, part in enumerate(parts):
            if not _data(part):
                yield f"{place}.parts[{index}].data: {_NO_DATA}"
    count = (body.get("generationConfig") or {}).get("candidateCount") or 1
    if not 1 <= count <= _MAX_CANDIDATES:
        yield (
            "generation_config.candidate_count: "
            f"candidate_count must be between 1 and {_MAX_CANDIDATES}, inclusive."
        )


def _parts(body: JsonObject) -> Iterator[tuple[str, list[Json]]]:
    for index, content in enumerate(body.get("contents") or ()):
        yield f"contents[{index}]", content.get("parts") or []


def _data(part: JsonObject) -> list[str]:
    """The members of `data` that are set; null is unset."""
    return [name for name in PART_DATA if part.get(name) is not None]
