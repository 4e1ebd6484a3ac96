"""The table of what the Responses API refuses, row by row, through the service.

Rows about state have an answered request before them: `{id}` stands for the id of its response, `{call}` for
that of its call, `{item}` for that of its first output item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
import pytest
from protocols.openai.chat_wire import Server

INVALID = "invalid_request_error"
PATH = "/v1/responses"
CALLING = """
scenario: calling
match: by-name
reply: [{tool_call: f, arguments: {a: 1}}]
---
scenario: thinking
match: by-name
reply: [{thinking: Hm}, {text: So.}]
---
scenario: talking
match: by-name
reply: Hello!
"""

Told: TypeAlias = tuple[int, str, str | None, str | None, str]
"""Status, type, code, param and message."""

OUTPUT: Any = {"type": "function_call_output", "call_id": "call_x", "output": "18"}
CALL: Any = {"type": "function_call", "call_id": "call_x", "name": "f", "arguments": "{}"}
SAID: Any = {"role": "user", "content": "Hi"}


def not_stored(name: str) -> Told:
    return (
        404,
        INVALID,
        None,
        "input",
        (
            f"Item with id '{name}' not found. Items are not persisted when `store` is set to false. "
            "Try again with `store` set to true, or remove this item from your input."
        ),
    )


def unknown_chain(name: str) -> Told:
    return (
        400,
        INVALID,
        "previous_response_not_found",
        "previous_response_id",
        f"Previous response with id '{name}' not found.",
    )


def no_response(name: str) -> Told:
    return 404, INVALID, None, None, f"Response with id '{name}' not found."


def refused(answer: Any) -> Told:
    error = orjson.loads(answer.body)["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return answer.status, error["type"], error["code"], error["param"], error["message"]


# ------------------------------------------------------------------------------------------- one request

ALONE: dict[str, tuple[dict[str, Any], Told]] = {
    "fewer output tokens than sixteen": (
        {"max_output_tokens": 15},
        (
            *(400, INVALID, "integer_below_min_value", "max_output_tokens"),
            (
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= "
                "16, but got 15 "
                "instead."
            ),
        ),
    ),
    "more alternatives than twenty": (
        {"top_logprobs": 21},
        (
            *(400, INVALID, "integer_above_max_value", "top_logprobs"),
            (
                "Invalid 'top_logprobs': integer above maximum value. Expected a value <= 20, but got "
                "21 instead."
            ),
        ),
    ),
    "nothing to manage the context by": (
        {"context_management": []},
        (
            *(400, INVALID, "empty_array", "context_management"),
            (
                "Invalid 'context_management': empty array. Expected an array with minimum "
                "length 1, but got an "
                "empty array instead."
            ),
        ),
    ),
    "a compaction after less than a thousand tokens": (
        {"context_management": [{"type": "compaction", "compact_threshold": 999}]},
        (
            *(400, INVALID, "integer_below_min_value", "context_management[0].compact_threshold"),
            (
                "Invalid 'context_management[0].compact_threshold': integer below minimum value. Expected a "
                "value >= 1000, but got 999 instead."
            ),
        ),
    ),
    "a model that is not known": (
        {"model": "x"},
        (400, INVALID, "model_not_found", "model", "The requested model 'x' does not exist."),
    ),
    "a chain that is not known": ({"previous_response_id": "resp_x"}, unknown_chain("resp_x")),
    "a call without its output": (
        {"input": [SAID, CALL]},
        (400, INVALID, None, "input", "No tool output found for function call call_x."),
    ),
    "an output without its call": (
        {"input": [SAID, OUTPUT]},
        (400, INVALID, None, "input", "No tool call found for function call output with call_id call_x."),
    ),
    "reasoning that leads to nothing": (
        {"input": [SAID, {"type": "reasoning", "id": "rs_x", "summary": [], "encrypted_content": "a"}, SAID]},
        (
            *(400, INVALID, None, "input"),
            "Item 'rs_x' of type 'reasoning' was provided without its required following item.",
        ),
    ),
    "a reference to what was never kept": (
        {"input": [SAID, {"type": "item_reference", "id": "msg_x"}]},
        not_stored("msg_x"),
    ),
    "reasoning by its id that was never kept": (
        {"input": [SAID, {"type": "reasoning", "id": "rs_x", "summary": []}]},
        not_stored("rs_x"),
    ),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("row", ALONE)
def test_a_request_by_itself(row: str, *, stream: bool) -> None:
    fields, told = ALONE[row]
    body = {"model": "gpt-5.5", "input": "Hi", "stream": stream, **fields}

    assert refused(Server(models="known").answer("POST", PATH, body)) == told


# --------------------------------------------------------------------------------------- after another


@dataclass(frozen=True)
class Row:
    """`before` is answered by the scenario `model`, then `then` is asked. Nothing of it is told: 200."""

    model: str
    then: tuple[str, str, Any]
    told: Told | None = None
    before: Any = None
    meanwhile: tuple[str, str] | None = None


def on(**fields: Any) -> tuple[str, str, Any]:
    return "POST", PATH, {"model": "gpt-5.5", "input": "And?", **fields}


GET = ("GET", f"{PATH}/{{id}}", None)
CHAIN = on(previous_response_id="{id}")
DELETED = ("DELETE", f"{PATH}/{{id}}")
NOT_STORED = {"store": False}

AFTER: dict[str, Row] = {
    "what is stored is fetched": Row("talking", GET),
    "what is stored is gone on from": Row("talking", CHAIN),
    "what is not stored cannot be fetched": Row("talking", GET, no_response("{id}"), NOT_STORED),
    "what is not stored cannot be gone on from": Row("talking", CHAIN, unknown_chain("{id}"), NOT_STORED),
    "what is deleted cannot be fetched": Row("talking", GET, no_response("{id}"), meanwhile=DELETED),
    "what is deleted cannot be deleted again": Row(
        "talking", (*DELETED, None), no_response("{id}"), meanwhile=DELETED
    ),
    "what is deleted cannot be gone on from": Row("talking", CHAIN, unknown_chain("{id}"), meanwhile=DELETED),
    "an item of it may be referred to": Row("talking", on(input=[{"id": "{item}"}, SAID])),
    "an item of what was not stored may not": Row(
        "talking", on(input=[{"id": "{item}"}, SAID]), not_stored("{item}"), NOT_STORED
    ),
    "its call is not answered": Row(
        "calling", CHAIN, (400, INVALID, None, "input", "No tool output found for function call {call}.")
    ),
    "its call is answered": Row(
        "calling", on(previous_response_id="{id}", input=[{**OUTPUT, "call_id": "{call}"}])
    ),
    "another call is answered, too": Row(
        "calling",
        on(previous_response_id="{id}", input=[{**OUTPUT, "call_id": "{call}"}, OUTPUT]),
        (400, INVALID, None, "input", "No tool call found for function call output with call_id call_x."),
    ),
    "its reasoning comes back without what followed": Row(
        "thinking",
        on(input=[SAID, {"type": "item_reference", "id": "{item}"}]),
        (
            *(400, INVALID, None, "input"),
            "Item '{item}' of type 'reasoning' was provided without its required following item.",
        ),
    ),
    "it was waited for and cannot be cancelled": Row(
        "talking",
        ("POST", f"{PATH}/{{id}}/cancel", None),
        (400, INVALID, None, None, "Cannot cancel a synchronous response."),
    ),
    "it was in the background and may be cancelled": Row(
        "talking", ("POST", f"{PATH}/{{id}}/cancel", None), before={"background": True}
    ),
    "its input is listed": Row("talking", ("GET", f"{PATH}/{{id}}/input_items", None)),
    "it is compacted": Row(
        "talking", ("POST", f"{PATH}/compact", {"model": "gpt-5.5", "previous_response_id": "{id}"})
    ),
    "its tokens are counted": Row(
        "talking", ("POST", f"{PATH}/input_tokens", {"input": "And?", "previous_response_id": "{id}"})
    ),
}


@pytest.mark.parametrize("row", AFTER)
def test_a_request_after_another(row: str) -> None:
    asked, server = AFTER[row], Server(CALLING, unmatched="auto")
    first = {"model": f"mock-{asked.model}", "input": "Hi", **(asked.before or {})}
    names = names_in(orjson.loads(server.answer("POST", PATH, first).body))
    method, path, body = filled(asked.then, names)
    if asked.meanwhile:
        server.answer(*filled(asked.meanwhile, names))

    answer = server.answer(method, path, body)

    if asked.told is None:
        assert answer.status == 200, answer.body
    else:
        assert refused(answer) == filled(asked.told, names)


def names_in(response: Any) -> dict[str, str]:
    items = response["output"]
    call = next((item["call_id"] for item in items if "call_id" in item), "")
    return {"{id}": response["id"], "{call}": call, "{item}": items[0]["id"] if items else ""}


def filled(template: Any, names: dict[str, str]) -> Any:
    """The template with the names in their places."""
    match template:
        case str():
            for place, name in names.items():
                template = template.replace(place, name)
            return template
        case dict():
            return {key: filled(value, names) for key, value in template.items()}
        case list() | tuple():
            return type(template)(filled(value, names) for value in template)
        case _:
            return template
