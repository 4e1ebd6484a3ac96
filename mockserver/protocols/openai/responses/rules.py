"""Rules between the fields of a body: each is a function from the body to a failure or None.

Mirrors what the live API refuses beyond its schema, in its words (2026-11). They are tried in order, after
the schema; the first that is broken is told.
"""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Failure, JsonObject

_INPUTS = ("input", "previous_response_id", "prompt", "conversation")


def broken_rule(body: JsonObject) -> Failure | None:
    return next((failure for rule in _RULES if (failure := rule(body))), None)


def _a_model_has_a_name(body: JsonObject) -> Failure | None:
    return Failure("unknown_model") if body.get("model") == "" else None


def _one_history(body: JsonObject) -> Failure | None:
    if body.get("previous_response_id") is None or body.get("conversation") is None:
        return None
    message = (
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or "
        "'conversation'."
    )
    return _invalid(message, None, "mutually_exclusive_parameters")


def _something_to_answer(body: JsonObject) -> Failure | None:
    if any(body.get(name) for name in _INPUTS):
        return None
    if "input" not in body:
        return _invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter")
    message = "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided."
    return _invalid(message, None, "missing_required_parameter")


def _invalid(message: str, param: str | None, code: str) -> Failure:
    return Failure("invalid_request", message=message, param=param, code=code)


_RULES: tuple[Callable[[JsonObject], Failure | None], ...] = (
    _a_model_has_a_name,
    _one_history,
    _something_to_answer,
)
