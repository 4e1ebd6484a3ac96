"""The sentence in which the API refuses a body that breaks the contract: the first fault only, with its path.

Mirrors the messages that the Messages API gives (2026-11): dotted paths in which the type of a block or tool
stands behind its index, then what is wrong. Rules between members have their sentences in `rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mockserver.conversation import Failure, Json
from mockserver.protocols.gate import Wording

_SENTENCES = {
    "list_type": "Input should be a valid array",
    "dict_type": "Input should be an object",
    "model_type": "Input should be an object",
    "model_attributes_type": "Input should be an object",
    "union_tag_not_found": "Field required",
}
"""Kinds of errors that the API words otherwise than the library."""

_SENTENCES_AT = {
    ("role", "union_tag_invalid"): "Input should be 'user' or 'assistant'",
    ("max_tokens", "greater_than_equal"): "must be greater than or equal to 0",
    ("temperature", "greater_than_equal"): "range: 0..1",
    ("temperature", "less_than_equal"): "range: 0..1",
    ("top_p", "greater_than_equal"): "range: 0..1",
    ("top_p", "less_than_equal"): "range: 0..1",
}
"""Last step of the path and kind of error -> what the API says there alone."""

_BRANCHES = frozenset(
    {
        "ContainerParams",
        "FallbackCreditToken",
        "bool",
        "dict[str,any]",
        "list[Fallback]",
        "list[str]",
        "literal['all']",
        "literal['default']",
        "str",
    }
)
"""How the library names the branches of a union that nothing in the body tells apart."""

_ROLES = frozenset({"user", "assistant", "system"})


def wording(stand_ins: Mapping[str, Json]) -> Wording:
    """The words of this API for a contract whose required members have these stand-ins."""
    return Wording(refusal_of, is_tag, stand_ins)


def refusal_of(faults: Sequence[ErrorDetails]) -> Failure:
    """The first of the faults, with its path: the API, too, names one at a time."""
    fault = faults[0]
    steps = _steps(fault)
    path = ".".join(steps)
    sentence = _sentence(fault, steps)
    return Failure("invalid_request", message=f"{path}: {sentence}" if path else sentence, param=path)


def failure_of(error: ValidationError) -> Failure:
    return refusal_of(error.errors(include_url=False, include_input=False))


def is_tag(step: str | int, value: Json) -> bool:
    """Whether a step of a path names the variant that `value` is, and no member of it."""
    if isinstance(step, int):
        return False
    if not isinstance(value, dict) or step.startswith("<") or step in _BRANCHES:
        return True
    kind = value.get("type")
    return step in (kind, value.get("role")) or (kind is None and step == "custom")


def _steps(fault: ErrorDetails) -> list[str]:
    """The path without the branches that the API does not name; a discriminator that is missing, or a role
    that is none, is a field.
    """
    loc = fault["loc"]
    steps = [
        str(step)
        for at, step in enumerate(loc)
        if not str(step).startswith("<") and not (at == _PLACE_OF_ROLE and step in _ROLES)
    ]
    named = str(fault.get("ctx", {}).get("discriminator", "")).strip("'")
    if fault["type"] == "union_tag_not_found" or (fault["type"], named) == ("union_tag_invalid", "role"):
        steps.append(named)
    return steps


_PLACE_OF_ROLE = 2
"""`messages`, the index, then which kind of message it is."""


def _sentence(fault: ErrorDetails, steps: Sequence[str]) -> str:
    last = steps[-1] if steps else ""
    return _SENTENCES_AT.get((last, fault["type"])) or _SENTENCES.get(fault["type"]) or fault["msg"]
