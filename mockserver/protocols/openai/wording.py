"""Schema errors of a request in the OpenAI API's own words: pydantic's error -> message, param and code.

Mirrors the wording of the live API as quoted in "Error codes" and its public forum (2026-11). The unions of
the request contracts must be built with `unions`, or their tags would show in the path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from mockserver.conversation import Failure, Json
from mockserver.protocols.gate import Wording
from mockserver.protocols.openai.unions import UNKNOWN_VARIANT, WRONG_JSON_TYPE, is_tag

_EXPECTED = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_parsing": "an integer",
    "int_from_float": "an integer",
    "float_type": "a decimal",
    "finite_number": "a decimal",
    "bool_type": "a boolean",
    "bool_parsing": "a boolean",
    "list_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}

_KEY = "[key]"
"""How pydantic says that the key of a mapping is at fault, not its value."""

_ARRAYS_OF_OBJECTS = frozenset({"messages", "tools", "tool_calls", "functions"})


def wording(stand_ins: Mapping[str, Json]) -> Wording:
    """The words of this API for a contract whose required members have these stand-ins."""
    return Wording(refusal_of, lambda step, _: is_tag(step), stand_ins)


def refusal_of(faults: Sequence[ErrorDetails]) -> Failure:
    """The first of the faults; the API, too, names one at a time."""
    details = faults[0]
    param = path(details["loc"], ends_in_member=details["type"] in ("missing", "extra_forbidden"))
    describe = _DESCRIBE.get(details["type"])
    if describe is not None:
        return describe(param, details)
    if details["type"] == "list_type" and details["loc"][-1] in _ARRAYS_OF_OBJECTS:
        return _wrong_type(param, "an array of objects", details["input"])
    if details["type"] in _EXPECTED:
        return _wrong_type(param, _EXPECTED[details["type"]], details["input"])
    return _failure(f"Invalid value for '{param}': {details['msg']}.", param, "invalid_value")


def path(steps: Sequence[str | int], *, ends_in_member: bool = False) -> str:
    """`messages[1].role`; tags of unions are no part of it, but a member may have the name of one."""
    text, last = "", len(steps) - 1
    for at, step in enumerate(steps):
        if isinstance(step, int):
            text += f"[{step}]"
        elif (ends_in_member and at == last) or not (is_tag(step) or step == _KEY):
            text += f".{step}" if text else step
    return text


def json_type(value: Any) -> str:
    """What the client sent, with its article: `a string`, `an array`, `null`."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def _failure(message: str, param: str, code: str) -> Failure:
    return Failure("invalid_request", message=message, param=param, code=code)


def _wrong_type(param: str, expected: str, value: Any) -> Failure:
    message = f"Invalid type for '{param}': expected {expected}, but got {json_type(value)} instead."
    return _failure(message, param, "invalid_type")


def _missing(param: str, _: ErrorDetails | None = None) -> Failure:
    message = f"Missing required parameter: '{param}'."
    if param == "model":
        message = "you must provide a model parameter"
    return _failure(message, param, "missing_required_parameter")


def _unknown(param: str, _: ErrorDetails) -> Failure:
    return _failure(f"Unknown parameter: '{param}'.", param, "unknown_parameter")


def _unsupported(param: str, value: Any, supported: str) -> Failure:
    if not isinstance(value, str):
        return _wrong_type(param, "one of " + " or ".join(supported.rsplit(" and ", 1)), value)
    message = f"Invalid value: '{value}'. Supported values are: {supported}."
    return _failure(message, param, "invalid_value")


def _literal(param: str, details: ErrorDetails) -> Failure:
    # pydantic: 'a', 'b' or 'c'; the API: 'a', 'b', and 'c'.
    first, _, last = details["ctx"]["expected"].rpartition(" or ")
    joined = (", and " if ", " in first else " and ").join(filter(None, (first, last)))
    return _unsupported(param, details["input"], joined)


def _variant(param: str, details: ErrorDetails) -> Failure:
    value, context = details["input"], details["ctx"]
    if not isinstance(value, dict):
        return _wrong_type(param, "an object", value)
    inner = path([param, context["key"]]) if param else context["key"]
    if context["key"] not in value:
        return _missing(inner)
    return _unsupported(inner, value[context["key"]], context["values"])


def _json_type_of_union(param: str, details: ErrorDetails) -> Failure:
    expected: str = details["ctx"]["expected"]
    if details["input"] is None and expected.startswith("one of a string"):
        expected = "a string"
    return _wrong_type(param, expected, details["input"])


def _bound(side: str, sign: str, key: str) -> Callable[[str, ErrorDetails], Failure]:
    def describe(param: str, details: ErrorDetails) -> Failure:
        bound = details["ctx"][key]
        number = "decimal" if isinstance(bound, float) else "integer"
        extreme = "minimum" if side == "below" else "maximum"
        message = (
            f"Invalid '{param}': {number} {side} {extreme} value. "
            f"Expected a value {sign} {bound:.15g}, but got {details['input']} instead."
        )
        return _failure(message, param, f"{number}_{side}_{extreme[:3]}_value")

    return describe


def _too_short(param: str, details: ErrorDetails) -> Failure:
    least, length = details["ctx"]["min_length"], len(details["input"])
    if not length:
        return _size(
            param, "empty array", f"an array with minimum length {least}", "an empty array", "empty_array"
        )
    return _size(
        param,
        "array too short",
        f"an array with minimum length {least}",
        f"an array with length {length}",
        "array_below_min_length",
    )


def _too_long(param: str, details: ErrorDetails) -> Failure:
    most, length = details["ctx"]["max_length"], len(details["input"])
    if isinstance(details["input"], dict):
        return _size(
            param,
            "too many properties",
            f"an object with at most {most} properties",
            f"an object with {length} properties",
            "object_above_max_properties",
        )
    return _size(
        param,
        "array too long",
        f"an array with maximum length {most}",
        f"an array with length {length}",
        "array_above_max_length",
    )


def _string_too_short(param: str, details: ErrorDetails) -> Failure:
    least = details["ctx"]["min_length"]
    return _size(
        param, "empty string", f"a string with minimum length {least}", "an empty string", "empty_string"
    )


def _string_too_long(param: str, details: ErrorDetails) -> Failure:
    return _size(
        param,
        "string too long",
        f"a string with maximum length {details['ctx']['max_length']}",
        f"a string with length {len(details['input'])}",
        "string_above_max_length",
    )


def _size(param: str, problem: str, expected: str, got: str, code: str) -> Failure:
    return _failure(f"Invalid '{param}': {problem}. Expected {expected}, but got {got} instead.", param, code)


def _pattern(param: str, details: ErrorDetails) -> Failure:
    expected = f"Expected a string that matches the pattern '{details['ctx']['pattern']}'."
    return _failure(f"Invalid '{param}': string does not match pattern. {expected}", param, "invalid_value")


_DESCRIBE: Mapping[str, Callable[[str, ErrorDetails], Failure]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _literal,
    UNKNOWN_VARIANT: _variant,
    WRONG_JSON_TYPE: _json_type_of_union,
    "greater_than_equal": _bound("below", ">=", "ge"),
    "less_than_equal": _bound("above", "<=", "le"),
    "too_short": _too_short,
    "too_long": _too_long,
    "string_too_short": _string_too_short,
    "string_too_long": _string_too_long,
    "string_pattern_mismatch": _pattern,
}
