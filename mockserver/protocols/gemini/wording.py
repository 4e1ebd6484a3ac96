"""What is wrong with a body, in the words of Google's JSON front end: syntax, unknown names, wrong values.

Mirrors the messages of the Gemini API as quoted in public reports, and `google.rpc.BadRequest` of "Error
model" in Google's API guides (2026-11). Paths use the original field names; entries of maps
show as `[i].value`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import ErrorDetails

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.gate import Wording
from mockserver.protocols.gemini.contract_tools import PROTO_MAPS
from mockserver.protocols.gemini.proto_types import BAD_BASE64
from mockserver.values import dataclass

_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_STRUCT = "type.googleapis.com/google.protobuf.Struct"
_PACKAGE = "type.googleapis.com/google.ai.generativelanguage"

_SCALARS = {
    "string_type": "TYPE_STRING",
    "string_unicode": "TYPE_STRING",
    "bool_type": "TYPE_BOOL",
    "float_type": "TYPE_FLOAT",
    "float_parsing": "TYPE_FLOAT",
    BAD_BASE64: "TYPE_BYTES",
}
_INTEGER = "TYPE_INT32"
_MESSAGES = ("model_type", "model_attributes_type", "dict_type")

MOST_TOLD = 100
"""Violations that one answer tells. There can be as many as the body has values."""

_LONGEST = 1_000
"""Characters of a wrong value or an unknown name that are shown."""

_EXCERPT = 20
"""Characters that an excerpt shows before and after the place of a syntax error."""

_BRACKETS = re.compile(r"[\[\]{}]")

_SYNTAX = {
    "Expecting property name enclosed in double quotes": "Expected an object key or }.",
    "Illegal trailing comma before end of object": "Expected an object key or }.",
    "Illegal trailing comma before end of array": "Expected a value.",
    "Expecting ':' delimiter": "Expected : between key:value pair.",
    "Expecting value": "Expected a value.",
    "Unterminated string starting at": "Closing quote expected in string.",
    "Extra data": "Parsing terminated before end of input.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One complaint; `field` is "" where it is about the whole body."""

    field: str
    description: str

    @property
    def member(self) -> JsonObject:
        """A `FieldViolation`; an empty field is left out, as everywhere in ProtoJSON."""
        place = {"field": self.field} if self.field else {}
        return {**place, "description": self.description}


def bad_request(violations: Sequence[Violation]) -> JsonObject:
    """The error detail that lists them."""
    return {"@type": _BAD_REQUEST, "fieldViolations": [violation.member for violation in violations]}


def failure_with(violations: Sequence[Violation]) -> Failure:
    """All violations in one failure, a line each."""
    message = "\n".join(violation.description for violation in violations)
    param = violations[0].field or None
    return Failure("invalid_request", message=message, param=param, details=(bad_request(violations),))


# ---------------------------------------------------------------------------------------- field violations


def unknown_name(name: str, parent: str, reason: str = "Cannot find field.") -> Violation:
    """A member that the message at `parent` does not have."""
    place = f" at '{parent}'" if parent else ""
    return Violation(parent, f'Invalid JSON payload received. Unknown name "{name}"{place}: {reason}')


def invalid_value(path: str, proto_type: str, complaint: str) -> Violation:
    place = f" at '{path}'" if path else ""
    return Violation(path, f"Invalid value{place} ({proto_type}), {complaint}")


def already_set(path: str, name: str) -> Violation:
    """A part with two members of `data`, the second being `name`."""
    complaint = f"oneof field 'data' is already set. Cannot set '{name}'"
    return invalid_value(path, "oneof", complaint)


def model_message(resource: str, version: str, method: str) -> str:
    return (
        f"{resource} is not found for API version {version}, or is not supported for {method}. "
        "Call ListModels to see the list of available models and their supported methods."
    )


TOO_DEEP = Violation("", "Invalid JSON payload received. Message too deep.")
NOT_A_MESSAGE = unknown_name("", "", "Root element must be a message.")


def wording_of(body: JsonObject, version: str) -> Wording:
    """How schema errors in `body` are told. Names that no message has are errors of this API."""

    def refuse(faults: Sequence[ErrorDetails]) -> Failure:
        return failure_with([_violation(fault, body, version) for fault in faults[:MOST_TOLD]])

    return Wording(refuse, _is_no_step, {}, unknown="error")


def _is_no_step(step: str | int, value: Json) -> bool:
    """A bare value where a list may stand has no index in the body."""
    return isinstance(step, int) and not isinstance(value, list)


def _violation(error: ErrorDetails, body: JsonObject, version: str) -> Violation:
    path, parent, value = _locate(error["loc"], body)
    if error["type"] == "extra_forbidden":
        return unknown_name(_shown(str(error["loc"][-1])), parent)
    name = to_snake(str(error["loc"][-1]))
    proto_type = _proto_type(error, version)
    if isinstance(value, list) and isinstance(error["loc"][-1], str):
        return unknown_name(name, parent, "Proto field is not repeating, cannot start list.")
    if isinstance(value, dict) and error["type"] not in _MESSAGES:
        return invalid_value(parent, name, "Starting an object on a scalar field")
    text = _shown(json.dumps(value, ensure_ascii=False))
    if error["type"] == BAD_BASE64 and isinstance(value, str):
        return invalid_value(path, proto_type, f"Base64 decoding failed for {text}")
    return invalid_value(path, proto_type, text)


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _proto_type(error: ErrorDetails, version: str) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "model_type" | "model_attributes_type":
            return f"{_PACKAGE}.{version}.{context.get('class_name')}"
        case "dict_type":
            return _STRUCT
        case "proto_enum":
            return f"{_PACKAGE}.{version}.{context['proto_type']}"
        case kind:
            return _SCALARS.get(kind, _INTEGER)


def _locate(loc: Sequence[str | int], body: JsonObject) -> tuple[str, str, Json]:
    """The path of a value, the path of the message it stands in, and the value itself.

    A bare value where a list may stand is shown without an index.
    """
    path, parent = "", ""
    value: Json = body
    in_map = False
    for step in loc:
        if isinstance(step, int):
            if isinstance(value, list):
                path, value = f"{path}[{step}]", value[step] if step < len(value) else None
            continue
        parent = path
        if in_map:
            path, in_map = f"{path}[{_index(value, step)}].value", False
        else:
            name = to_snake(step)
            path, in_map = f"{path}.{name}" if path else name, name in PROTO_MAPS
        value = _member(value, step)
    return path, parent, value


def _index(entries: Json, key: str) -> int:
    """Where a map has its entry `key`."""
    return list(entries).index(key) if isinstance(entries, dict) and key in entries else 0


def _member(value: Json, name: str) -> Json:
    """A member by either of its names."""
    if not isinstance(value, dict):
        return None
    return next((value[key] for key in (name, to_snake(name), to_camel(name)) if key in value), None)


# ------------------------------------------------------------------------------------------------- syntax


def syntax_failure(body: bytes) -> Failure:
    """What is wrong with a body that is no JSON, with an excerpt and a caret under the place."""
    text = body.decode(errors="replace")
    message, position = _syntax_error(text)
    start = max(position - _EXCERPT, 0)
    excerpt = text[start : position + _EXCERPT]
    caret = " " * (position - start) + "^"
    description = f"Invalid JSON payload received. {message}\n{excerpt}\n{caret}"
    return Failure(
        "malformed_json", message=description, details=(bad_request([Violation("", description)]),)
    )


def _syntax_error(text: str) -> tuple[str, int]:
    """The front end's complaint and its place. The standard parser tells both; the hot path uses another."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return _complaint(error, text), error.pos
    except (RecursionError, ValueError):
        return "Unexpected token.", 0
    return "Unexpected token.", 0


def _complaint(error: json.JSONDecodeError, text: str) -> str:
    if error.msg == "Expecting ',' delimiter":
        complaint = _missing_comma(text[: error.pos])
    else:
        complaint = _SYNTAX.get(error.msg, "Unexpected token.")
    if error.pos >= len(text):
        return f"Unexpected end of string. {complaint}"
    if error.msg == "Expecting value" and text[error.pos] not in ",]}":
        return "Unexpected token."
    return complaint


def _missing_comma(before: str) -> str:
    """Whether an object or an array was going on is told by the brackets left open."""
    closed = 0
    for bracket in reversed(_BRACKETS.findall(before)):
        if bracket in "}]":
            closed += 1
        elif closed:
            closed -= 1
        elif bracket == "[":
            return "Expected , or ] after array value."
        else:
            break
    return "Expected , or } after key:value pair."


def _no_constant(name: str) -> Any:
    raise ValueError(name)
