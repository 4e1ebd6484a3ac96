"""Requests that the API refuses, and its words for it: status, envelope, `param` and `code`."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.chat_wire import CONTEXT, Server, findings_told, read_body

from mockserver.conversation import Failure, Http
from mockserver.protocols.openai.chat import DIALECT

WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
NO_JSON_SPOKEN_OF = (
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
)
DEEP = b'{"a":' * 300 + b"1" + b"}" * 300
FUNCTION_CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def called(call: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [call], **members}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff", b"[" * 2000, DEEP])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    failure = DIALECT.read(Http("POST", "/v1/chat/completions", body=body), CONTEXT)

    assert failure == Failure("malformed_json")


REFUSED: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    # required fields
    ({"model": ""}, "you must provide a model parameter", "model", "missing_required_parameter"),
    (
        {"messages": [{"content": "x"}]},
        "Missing required parameter: 'messages[0].role'.",
        "messages[0].role",
        "missing_required_parameter",
    ),
    (
        {"messages": [user([{"text": "x"}])]},
        "Missing required parameter: 'messages[0].content[0].type'.",
        "messages[0].content[0].type",
        "missing_required_parameter",
    ),
    (
        {"messages": [{"role": "tool", "content": "x"}]},
        "Missing required parameter: 'messages[0].tool_call_id'.",
        "messages[0].tool_call_id",
        "missing_required_parameter",
    ),
    (
        {"tools": [{"type": "function", "function": {}}]},
        "Missing required parameter: 'tools[0].function.name'.",
        "tools[0].function.name",
        "missing_required_parameter",
    ),
    (
        {"messages": [{"role": "assistant"}]},
        "Missing required parameter: 'messages[0].content'.",
        "messages[0].content",
        "missing_required_parameter",
    ),
    # types
    (
        {"temperature": "hot"},
        "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        "temperature",
        "invalid_type",
    ),
    (
        {"n": 1.5},
        "Invalid type for 'n': expected an integer, but got a decimal instead.",
        "n",
        "invalid_type",
    ),
    (
        {"messages": "Hello!"},
        "Invalid type for 'messages': expected an array of objects, but got a string instead.",
        "messages",
        "invalid_type",
    ),
    (
        {"messages": [user({})]},
        (
            "Invalid type for 'messages[0].content': expected one of a string or array of objects, "
            "but got an object instead."
        ),
        "messages[0].content",
        "invalid_type",
    ),
    (
        {"messages": [user(None)]},
        "Invalid type for 'messages[0].content': expected a string, but got null instead.",
        "messages[0].content",
        "invalid_type",
    ),
    (
        {"messages": [{"role": "assistant", "content": None}]},
        "Invalid type for 'messages[0].content': expected a string, but got null instead.",
        "messages[0].content",
        "invalid_type",
    ),
    (
        {"messages": [7]},
        "Invalid type for 'messages[0]': expected an object, but got an integer instead.",
        "messages[0]",
        "invalid_type",
    ),
    (
        {"tools": None},
        "Invalid type for 'tools': expected an array of objects, but got null instead.",
        "tools",
        "invalid_type",
    ),
    # values
    (
        {"messages": [{"role": "robot", "content": "x"}]},
        (
            "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', "
            "'tool', and 'developer'."
        ),
        "messages[0].role",
        "invalid_value",
    ),
    (
        {"verbosity": "loud"},
        "Invalid value: 'loud'. Supported values are: 'low', 'medium', and 'high'.",
        "verbosity",
        "invalid_value",
    ),
    (
        {"tools": [WEATHER], "tool_choice": "always"},
        "Invalid value: 'always'. Supported values are: 'none', 'auto', and 'required'.",
        "tool_choice",
        "invalid_value",
    ),
    (
        {"tools": [{"type": "function", "function": {"name": "get weather"}}]},
        (
            "Invalid 'tools[0].function.name': string does not match pattern. "
            "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        ),
        "tools[0].function.name",
        "invalid_value",
    ),
    (
        {
            "messages": [
                {
                    "role": "tool",
                    "tool_call_id": "c",
                    "content": [{"type": "image_url", "image_url": {"url": "x"}}],
                }
            ]
        },
        "Invalid 'messages[0]'. Content blocks are expected to be either text or image_url type.",
        "messages[0]",
        "invalid_value",
    ),
    (
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "string"}}}]},
        (
            "Invalid schema for function 'f': schema must be a JSON Schema of 'type: \"object\"', got "
            "'type: \"string\"'."
        ),
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    # ranges and sizes
    (
        {"temperature": -1},
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        "temperature",
        "decimal_below_min_value",
    ),
    (
        {"top_p": 1.5},
        "Invalid 'top_p': decimal above maximum value. Expected a value <= 1, but got 1.5 instead.",
        "top_p",
        "decimal_above_max_value",
    ),
    (
        {"n": 0},
        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        "n",
        "integer_below_min_value",
    ),
    (
        {"n": 129},
        "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
        "n",
        "integer_above_max_value",
    ),
    (
        {"messages": []},
        (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got "
            "an empty array instead."
        ),
        "messages",
        "empty_array",
    ),
    (
        {"messages": [{"role": "assistant", "content": "x", "tool_calls": []}]},
        (
            "Invalid 'messages[0].tool_calls': empty array. Expected an array with minimum length 1, but got "
            "an empty array instead."
        ),
        "messages[0].tool_calls",
        "empty_array",
    ),
    (
        {"stop": ["a", "b", "c", "d", "e"]},
        (
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with "
            "length 5 instead."
        ),
        "stop",
        "array_above_max_length",
    ),
    (
        {"messages": [called({**FUNCTION_CALL, "id": "c" * 41})]},
        (
            "Invalid 'messages[0].tool_calls[0].id': string too long. Expected a string with maximum length "
            "40, but got a string with length 41 instead."
        ),
        "messages[0].tool_calls[0].id",
        "string_above_max_length",
    ),
    # rules between fields
    (
        {"stream_options": {"include_usage": True}},
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        "stream_options",
        None,
    ),
    (
        {"tool_choice": "auto"},
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        "tool_choice",
        None,
    ),
    (
        {"parallel_tool_calls": True},
        (
            "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are "
            "specified."
        ),
        "parallel_tool_calls",
        None,
    ),
    (
        {"function_call": "auto"},
        "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.",
        "function_call",
        None,
    ),
    (
        {"max_tokens": 1, "max_completion_tokens": 1},
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        None,
        "invalid_parameter_combination",
    ),
    (
        {"response_format": {"type": "json_object"}},
        NO_JSON_SPOKEN_OF,
        "messages",
        None,
    ),
    (
        {"top_logprobs": 2},
        "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
        "top_logprobs",
        None,
    ),
]


@pytest.mark.parametrize(
    ("members", "message", "param", "code"), REFUSED, ids=[row[1][:60] for row in REFUSED]
)
def test_a_wrong_request_is_refused_in_the_words_of_the_api(
    members: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    answer = Server().post(**members)

    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert (answer.status, orjson.loads(answer.body)) == (400, {"error": error})


@pytest.mark.parametrize(("members", "code"), [(row[0], row[3]) for row in REFUSED])
def test_what_is_refused_is_found(members: dict[str, Any], code: str | None) -> None:
    answer = Server().post(**members)

    assert f"error {code or 'invalid_request'}" in findings_told(answer)


@pytest.mark.parametrize("members", [row[0] for row in REFUSED])
def test_what_the_api_refuses_is_served_and_noted_where_nothing_is_refused(members: dict[str, Any]) -> None:
    answer = Server(contract="off").post(**members)

    assert answer.status == 200
    assert "error " in findings_told(answer)


def test_odd_contents_are_refused_like_messages() -> None:
    failure = read_body({"model": "m", "contents": ["Hi", 7]})

    assert isinstance(failure, Failure)
    assert failure.param == "messages[1]"


@pytest.mark.parametrize(
    ("body", "param"), [({"messages": []}, "model"), ({"model": "gpt-4o"}, "messages"), ({}, "model")]
)
def test_model_and_messages_are_required(body: dict[str, Any], param: str) -> None:
    failure = read_body(body)

    assert isinstance(failure, Failure)
    assert (failure.param, failure.code) == (param, "missing_required_parameter")
