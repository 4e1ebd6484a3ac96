"""Rules between the fields of a body: each is a function from the body to the failures that break it, and
stands with the member that it is about, if it is about one: without that, it holds.

Mirrors what the live API refuses beyond its schema, in its words (2026-11). They are tried in order, after
the schema and the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.long_bodies import is_right, new_objects
from mockserver.protocols.openai.functions import refused_parameters, takes_object
from mockserver.protocols.tolerant import objects

Broken: TypeAlias = Iterator[tuple[Failure, str]]
"""Failures, each with the pointer to what is at fault."""

_INPUTS = ("input", "previous_response_id", "prompt", "conversation")


def broken_rules(body: JsonObject, shape: type) -> Broken:
    """The rules that a body of that shape breaks."""
    if is_right(shape, body):  # but for its new items, it is as one that broke none
        yield from _outputs_name_their_call(body)
        return
    for member, rule in _RULES:
        if member is None or member in body:
            yield from rule(body)


def _one_history(body: JsonObject) -> Broken:
    if body.get("previous_response_id") is None or body.get("conversation") is None:
        return
    message = (
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or "
        "'conversation'."
    )
    yield _invalid(message, None, "mutually_exclusive_parameters"), "/conversation"


def _something_to_answer(body: JsonObject) -> Broken:
    if any(body.get(name) for name in _INPUTS):
        return
    if "input" not in body:
        yield _missing("input"), "/input"
        return
    message = "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided."
    yield _invalid(message, None, "missing_required_parameter"), "/input"


def _outputs_name_their_call(body: JsonObject) -> Broken:
    for at, item in new_objects(body.get("input")):
        if item.get("type") == "function_call_output" and not (item.get("call_id") or item.get("name")):
            yield _missing(f"input[{at}].call_id"), f"/input/{at}/call_id"


def _functions_take_objects(body: JsonObject) -> Broken:
    for at, tool in enumerate(objects(body.get("tools"))):
        if tool.get("type") == "function" and not takes_object(tool.get("parameters")):
            yield refused_parameters(tool, f"tools[{at}].parameters"), f"/tools/{at}/parameters"


def _slow_windows_are_for_the_background(body: JsonObject) -> Broken:
    """The reference says that these windows need `background` and no stream."""
    window = (body.get("background_options") or {}).get("completion_window")
    if window not in ("2h", "8h") or (body.get("background") and not body.get("stream")):
        return
    place = "background_options.completion_window"
    message = (
        f"Invalid value for '{place}': '{window}' needs 'background' to be true and 'stream' to be false."
    )
    yield _invalid(message, place, "invalid_value"), "/background_options/completion_window"


def _missing(param: str) -> Failure:
    return _invalid(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def _invalid(message: str, param: str | None, code: str) -> Failure:
    return Failure("invalid_request", message=message, param=param, code=code)


_RULES: tuple[tuple[str | None, Callable[[JsonObject], Broken]], ...] = (
    ("tools", _functions_take_objects),
    ("input", _outputs_name_their_call),
    ("conversation", _one_history),
    (None, _something_to_answer),
    ("background_options", _slow_windows_are_for_the_background),
)
