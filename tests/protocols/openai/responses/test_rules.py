"""Requests that the Responses API refuses, and its words for it."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.responses_wire import post, read, refused

from mockserver.conversation import Failure, Request
from mockserver.protocols.base import Context
from mockserver.protocols.openai.responses import DIALECT


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"a":' * 300 + b"1" + b"}" * 300])
def test_what_is_no_object_is_no_json(body: bytes) -> None:
    assert DIALECT.read(post(body), Context()) == Failure("malformed_json")


@pytest.mark.parametrize(
    ("fields", "message", "param", "code"),
    [
        ({"model": None}, "you must provide a model parameter", "model", "missing_required_parameter"),
        ({"input": None}, "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
        (
            {"input": []},
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
            None,
            "missing_required_parameter",
        ),
        (
            {"input": 7},
            (
                "Invalid type for 'input': expected one of a string or array of input items, "
                "but got an integer instead."
            ),
            "input",
            "invalid_type",
        ),
        (
            {"max_output_tokens": 15},
            (
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, "
                "but got 15 instead."
            ),
            "max_output_tokens",
            "integer_below_min_value",
        ),
        (
            {"temperature": "hot"},
            "Invalid type for 'temperature': expected a decimal, but got a string instead.",
            "temperature",
            "invalid_type",
        ),
        (
            {"temperature": 2.5},
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
            "temperature",
            "decimal_above_max_value",
        ),
        (
            {"truncation": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'auto' and 'disabled'.",
            "truncation",
            "invalid_value",
        ),
        (
            {"stream": "yes"},
            "Invalid type for 'stream': expected a boolean, but got a string instead.",
            "stream",
            "invalid_type",
        ),
        (
            {"include": ["x"]},
            (
                "Invalid value: 'x'. Supported values are: 'file_search_call.results', "
                "'web_search_call.results', 'web_search_call.action.sources', "
                "'message.input_image.image_url', 'computer_call_output.output.image_url', "
                "'code_interpreter_call.outputs', 'reasoning.encrypted_content', and "
                "'message.output_text.logprobs'."
            ),
            "include[0]",
            "invalid_value",
        ),
        (
            {"reasoning": {"effort": "huge"}},
            (
                "Invalid value: 'huge'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', "
                "'xhigh', and 'max'."
            ),
            "reasoning.effort",
            "invalid_value",
        ),
        (
            {"tools": [{}]},
            "Missing required parameter: 'tools[0].type'.",
            "tools[0].type",
            "missing_required_parameter",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "f"}}]},
            "Missing required parameter: 'tools[0].name'.",
            "tools[0].name",
            "missing_required_parameter",
        ),
        (
            {"tool_choice": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'none', 'auto', and 'required'.",
            "tool_choice",
            "invalid_value",
        ),
        (
            {"tool_choice": 7},
            (
                "Invalid type for 'tool_choice': expected one of an object or 'none', 'auto', or 'required', "
                "but got an integer instead."
            ),
            "tool_choice",
            "invalid_type",
        ),
        (
            {"tool_choice": {"type": "function"}},
            "Missing required parameter: 'tool_choice.name'.",
            "tool_choice.name",
            "missing_required_parameter",
        ),
        (
            {"text": {"format": {"type": "json_schema", "schema": {}}}},
            "Missing required parameter: 'text.format.name'.",
            "text.format.name",
            "missing_required_parameter",
        ),
        (
            {"input": [{"role": "bogus", "content": "Hi"}]},
            "Invalid value: 'bogus'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
            "input[0].role",
            "invalid_value",
        ),
        (
            {"input": [{"role": "user"}]},
            "Missing required parameter: 'input[0].content'.",
            "input[0].content",
            "missing_required_parameter",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
            (
                "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'input_audio', "
                "'output_text', 'refusal', 'input_file', 'computer_screenshot', 'summary_text', and "
                "'encrypted_content'."
            ),
            "input[0].content[0].type",
            "invalid_value",
        ),
        (
            {"input": [{"type": "function_call_output", "output": "18"}]},
            "Missing required parameter: 'input[0].call_id'.",
            "input[0].call_id",
            "missing_required_parameter",
        ),
        (
            {"tools": [{"type": "function", "name": "f", "parameters": {"type": "string"}, "strict": False}]},
            (
                "Invalid schema for function 'f': schema must be a JSON Schema of 'type: \"object\"', "
                "got 'type: \"string\"'."
            ),
            "tools[0].parameters",
            "invalid_function_parameters",
        ),
        (
            {"conversation": "conv_1", "previous_response_id": "resp_1"},
            (
                "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or "
                "'conversation'."
            ),
            None,
            "mutually_exclusive_parameters",
        ),
        (
            {"metadata": {f"k{number}": "v" for number in range(17)}},
            (
                "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, "
                "but got an object with 17 properties instead."
            ),
            "metadata",
            "object_above_max_properties",
        ),
    ],
)
def test_a_violation_is_refused_in_the_words_of_the_api(
    fields: dict[str, Any], message: str, param: str | None, code: str
) -> None:
    assert refused(**fields) == Failure("invalid_request", message=message, param=param, code=code)


@pytest.mark.parametrize("window", ["2h", "8h"])
@pytest.mark.parametrize("fields", [{}, {"background": True, "stream": True}])
def test_a_slow_window_is_for_the_background_without_a_stream(fields: dict[str, Any], window: str) -> None:
    failure = refused(background_options={"completion_window": window}, **fields)

    assert failure.param == "background_options.completion_window"


def test_an_output_without_a_call_must_say_which_tool_it_is_of() -> None:
    output = {"type": "function_call_output", "output": "18"}

    assert refused(input=[output]).param == "input[0].call_id"
    assert isinstance(read(input=[{**output, "name": "f"}]), Request)


def test_an_empty_model_name_is_a_model_that_does_not_exist() -> None:
    assert refused(model="") == Failure("unknown_model")


def test_the_schema_is_checked_before_the_stored_state() -> None:
    assert refused(previous_response_id="resp_1", truncation="bogus").param == "truncation"


@pytest.mark.parametrize(
    "item",
    [
        {"type": "item_reference", "id": "rs_1"},
        {"id": "rs_1"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "item_reference", "id": f"rs_{'0' * 50}"},
    ],
)
def test_an_item_that_was_never_kept_cannot_be_found(item: dict[str, Any]) -> None:
    failure = refused(input=[item, {"role": "assistant", "content": "Hi"}])

    assert failure == Failure(
        "not_found",
        message=f"Item with id '{item['id']}' not found. Items are not persisted when `store` is set to "
        "false. Try again with `store` set to true, or remove this item from your input.",
        param="input",
    )
