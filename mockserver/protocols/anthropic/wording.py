"""The sentence in which the API refuses a body that breaks the contract: the first fault only, with its path.

Mirrors the messages that the Messages API gives (2026-11): dotted paths in which the type of a block or tool
stands behind its index, then what is wrong. Rules between members have their sentences in `rules`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mockserver.conversation import Failure

_SENTENCES = {
    "list_type": "Input should be a valid array",
    "dict_type": "Input should be an object",
    "model_type": "Input should be an object",
    "model_attributes_type": "Input should be an object",
    "union_tag_not_found": "Field required",
}
"""Kinds of errors that the API words otherwise than the library."""

_SENTENCES_AT = {
    ("role", "literal_error"): "Input should be 'user' or 'assistant'",
    ("max_tokens", "greater_than_equal"): "must be greater than or equal to 0",
    ("temperature", "greater_than_equal"): "range: 0..1",
    ("temperature", "less_than_equal"): "range: 0..1",
    ("top_p", "greater_than_equal"): "range: 0..1",
    ("top_p", "less_than_equal"): "range: 0..1",
}
"""Last step of the path and kind of error -> what the API says there alone."""


def failure_of(error: ValidationError) -> Failure:
    """The first fault, with its path."""
    fault = error.errors(include_url=False, include_input=False)[0]
    steps = _steps(fault)
    path = ".".join(steps)
    sentence = _sentence(fault, steps)
    return Failure("invalid_request", message=f"{path}: {sentence}" if path else sentence, param=path)


def _steps(fault: ErrorDetails) -> list[str]:
    """The path without the branches that the API does not name; a missing discriminator is a field."""
    steps = [str(step) for step in fault["loc"] if not str(step).startswith("<")]
    if fault["type"] == "union_tag_not_found":
        steps.append(str(fault["ctx"]["discriminator"]).strip("'"))
    return steps


def _sentence(fault: ErrorDetails, steps: Sequence[str]) -> str:
    last = steps[-1] if steps else ""
    return _SENTENCES_AT.get((last, fault["type"])) or _SENTENCES.get(fault["type"]) or fault["msg"]
