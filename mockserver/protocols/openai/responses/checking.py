"""Checking a body against its documented shape, and noting what is documented otherwise.

Mirrors "Create a model response" of the OpenAI API reference (2026-11). Which shape a route takes is the
route's matter; rules between fields stand in `rules`, those between items in `order`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeGuard, TypeVar

from mockserver.conversation import Failure, Finding, Http, Json, JsonObject
from mockserver.protocols.gate import Gate, check_body, check_shape, note_members
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.long_bodies import is_right, new_objects
from mockserver.protocols.openai.responses.contract_base import Query, Shape
from mockserver.protocols.openai.responses.contract_items import DOCUMENTED_ITEMS, item_type
from mockserver.protocols.openai.responses.contract_tools import DOCUMENTED_CHOICES, DOCUMENTED_TOOLS
from mockserver.protocols.openai.wording import wording
from mockserver.protocols.tolerant import members, objects

Asked = TypeVar("Asked", bound=Query)

_WORDING = wording({"model": "unknown", "items": [], "metadata": {}})
_GENERATE_SUMMARY = Finding(
    "deprecated",
    "deprecated_parameter",
    "/reasoning/generate_summary",
    "`reasoning.generate_summary` is deprecated: use `reasoning.summary`.",
)


def body_of(
    http: Http, parse: Callable[[bytes], JsonObject | Unreadable] = parse_object
) -> JsonObject | Failure:
    match parse(http.body):
        case Unreadable():
            return Failure("malformed_json")
        case body:
            return body


def checked(body: JsonObject, shape: type[Shape], gate: Gate) -> JsonObject | Failure:
    """The body as it may be read, or the failure that ends the request. Where nothing is refused, what is at
    fault is no longer in it.
    """
    if is_right(shape, body):  # but for its new items, it is as one that nothing was found in
        return _noted(_unlisted_items(body), gate) or body
    right = check_body(shape, body, gate, _WORDING)
    if isinstance(right, Failure):
        return right
    if failure := note_members(shape, body, gate):
        return failure
    if failure := _noted((*_deprecated(body), *_unlisted(body)), gate):
        return failure
    if any(finding.severity == "error" for finding in gate.findings):
        # What was mended may lack the word that tells its kind, of which pydantic would warn.
        typed = shape.model_validate(right)
        return typed.model_dump(by_alias=True, exclude_unset=True, warnings=False)
    return body


def _noted(findings: Iterable[Finding], gate: Gate) -> Failure | None:
    return next(filter(None, map(gate.note, findings)), None)


def queried(http: Http, query: type[Asked], gate: Gate) -> Asked | Failure:
    """The query as it may be read. SDKs put brackets behind the name of a list."""
    sent = {name.removesuffix("[]"): value for name, value in http.query.items()}
    return check_shape(query, sent, gate, _WORDING)


def _deprecated(body: JsonObject) -> Iterator[Finding]:
    if members(body.get("reasoning")).get("generate_summary") is not None:
        yield _GENERATE_SUMMARY


def _unlisted(body: JsonObject) -> Iterator[Finding]:
    """Tools, choices and items of types that no page names; what is in them is not checked."""
    for at, tool in enumerate(objects(body.get("tools"))):
        if _is_unlisted(kind := tool.get("type"), DOCUMENTED_TOOLS):
            yield _unlisted_type(kind, f"/tools/{at}/type")
    if _is_unlisted(kind := members(body.get("tool_choice")).get("type"), DOCUMENTED_CHOICES):
        yield _unlisted_type(kind, "/tool_choice/type")
    yield from _unlisted_items(body)


def _unlisted_items(body: JsonObject) -> Iterator[Finding]:
    for place in ("input", "items"):
        for at, item in new_objects(body.get(place)):
            if _is_unlisted(kind := item_type(item), DOCUMENTED_ITEMS):
                yield _unlisted_type(kind, f"/{place}/{at}/type")


def _is_unlisted(kind: Json, documented: frozenset[str]) -> TypeGuard[str]:
    return isinstance(kind, str) and kind not in documented


def _unlisted_type(kind: str, pointer: str) -> Finding:
    return Finding("unknown", "unknown_type", pointer, f"Nothing of type '{kind}' is documented here.")
