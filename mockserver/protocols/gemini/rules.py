"""What the Gemini API refuses in a message whose fields all have the right types.

Mirrors the order and wording of the API's 400 answers (2026-11). Takes normalised messages; the types of
fields are `contract`'s matter, the order of turns is that of `turns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from mockserver.conversation import Failure, Finding, JsonObject
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.contract_parts import PART_DATA
from mockserver.protocols.gemini.wording import MOST_TOLD, Violation, already_set, failure_with
from mockserver.protocols.long_bodies import new_in

ROLES = frozenset({None, "", "user", "model", "function", "tool"})
"""`function` and `tool` are the roles older guides gave to tool results; the API still takes them."""

MAX_CANDIDATES = 8
NO_DATA = "required oneof field 'data' must have one initialized field"


def broken_rule(body: JsonObject, gate: Gate, *, root: str = "GenerateContentRequest") -> Failure | None:
    """The first broken rule that ends the request. `root` is the message's name."""
    for failure, pointer in _broken(body, root):
        if end := gate.refuse(failure, pointer):
            return end
    return note_tools(body, gate)


def note_tools(body: JsonObject, gate: Gate) -> Failure | None:
    """Note the tools that the guides call legacy."""
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("googleSearchRetrieval") is not None:
            at = f"/tools/{index}/googleSearchRetrieval"
            if end := gate.note(Finding("deprecated", "deprecated_parameter", at, _LEGACY_SEARCH)):
                return end
    return None


_LEGACY_SEARCH = "google_search_retrieval is the search tool of Gemini 1.5: use google_search."


def _broken(body: JsonObject, root: str) -> Iterator[tuple[Failure, str]]:
    contents = body.get("contents") or ()
    odd = list(_odd(contents))
    if odd and (conflicts := list(islice(_conflicts(odd), MOST_TOLD))):
        yield failure_with(conflicts), "/contents"
    if complaints := list(islice(_complaints(body, odd), MOST_TOLD)):
        yield Failure("invalid_request", message="".join(f"* {root}.{line}\n" for line in complaints)), ""
    for index, content in new_in(contents):
        if content.get("role") not in ROLES:
            message = "Please use a valid role: user, model."
            yield Failure("invalid_request", message=message), f"/contents/{index}/role"


_Odd: TypeAlias = tuple[str, Sequence[str] | None]
"""The place of a part with none or several members of `data`, and which; or of a content without parts."""


def _odd(contents: Sequence[JsonObject]) -> Iterator[_Odd]:
    for at, content in new_in(contents):
        parts = content.get("parts")
        if not parts:
            yield f"contents[{at}]", None
            continue
        for index, part in enumerate(parts):
            data = data_of(part)
            if len(data) != 1:
                yield f"contents[{at}].parts[{index}]", data


def _conflicts(odd: Iterable[_Odd]) -> Iterator[Violation]:
    for place, data in odd:
        for name in (data or ())[1:]:
            yield already_set(place, name)


def _complaints(body: JsonObject, odd: Iterable[_Odd]) -> Iterator[str]:
    """Each complaint is an item of one list."""
    if not body.get("contents"):
        yield "contents: contents is not specified"
    for place, data in odd:
        if data is None:
            yield f"{place}.parts: contents.parts must not be empty."
        elif not data:
            yield f"{place}.data: {NO_DATA}"
    count = (body.get("generationConfig") or {}).get("candidateCount") or 1
    if not 1 <= count <= MAX_CANDIDATES:
        yield (
            "generation_config.candidate_count: "
            f"candidate_count must be between 1 and {MAX_CANDIDATES}, inclusive."
        )


def data_of(part: JsonObject) -> list[str]:
    """The members of `data` that are set; null is unset. Their order is that of the contract."""
    return [name for name, value in part.items() if name in PART_DATA and value is not None]
