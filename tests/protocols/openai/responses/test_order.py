"""Items that do not follow from each other."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.responses_wire import read, refused

from mockserver.conversation import Failure, Request

CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": '{"a":1}'}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "18"}


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([CALL], "No tool output found for function call call_1."),
        ([OUTPUT], "No tool call found for function call output with call_id call_1."),
        ([CALL, OUTPUT, {**OUTPUT, "call_id": "call_2"}], None),
        (
            [{"type": "custom_tool_call", "call_id": "call_9", "name": "run", "input": ""}],
            "No tool output found for custom tool call call_9.",
        ),
        (
            [
                {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2ln"},
                {"role": "user", "content": "Hi"},
            ],
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        ),
        (
            [{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2ln"}],
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        ),
    ],
)
def test_items_that_do_not_fit_together_are_refused(items: list[Any], message: str | None) -> None:
    wrong = message or "No tool call found for function call output with call_id call_2."

    assert refused(input=items) == Failure("invalid_request", message=wrong, param="input")


def test_a_call_may_be_answered_later_than_at_once() -> None:
    assert isinstance(read(input=[CALL, {"role": "user", "content": "Wait"}, OUTPUT]), Request)
