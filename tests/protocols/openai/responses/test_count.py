"""Counting the tokens of an input."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, Memory, post, request

from mockserver.conversation import Failure, Reply, Text
from mockserver.limits import count_input
from mockserver.protocols.base import Answer
from mockserver.protocols.openai.responses.count import count_input_tokens


def counted(memory: Memory, **body: Any) -> Any:
    answer = count_input_tokens(post(body), memory.context())
    return orjson.loads(answer.body) if isinstance(answer, Answer) else answer


def test_input_tokens_are_those_that_usage_would_tell() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "c", "output": "18"}
    tool = {"type": "function", "name": "f", "parameters": {"type": "object"}}
    fields: dict[str, Any] = {
        "input": [{"role": "user", "content": "Hi"}, call, output],
        "tools": [tool],
        "instructions": "Be",
    }

    count = counted(Memory(), **fields)

    assert count == {"object": "response.input_tokens", "input_tokens": count_input(request(**fields))}


def test_stored_turns_count() -> None:
    memory = Memory()
    name = memory.converse(Reply((Text("Hello"),)))["id"]

    alone, chained = counted(memory, input="Hi"), counted(memory, input="Hi", previous_response_id=name)

    assert chained["input_tokens"] > alone["input_tokens"]


@pytest.mark.parametrize(
    ("body", "param"), [({"input": 7}, "input"), ({"previous_response_id": "resp_x"}, "previous_response_id")]
)
def test_counting_refuses_what_creating_refuses(body: dict[str, Any], param: str) -> None:
    failure = counted(Memory(), **body)

    assert isinstance(failure, Failure)
    assert failure.param == param


def test_counting_needs_json() -> None:
    assert count_input_tokens(post(b"{"), CONTEXT) == Failure("malformed_json")
