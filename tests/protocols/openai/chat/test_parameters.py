"""The parameters of "Create chat completion": what each takes, and how what it does not take is refused.

The tables read like those of the reference. What a parameter needs besides (a stream, tools) is sent with it.
"""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.chat_wire import judged

from mockserver.conversation import Failure, Request

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}}
FUNCTION: dict[str, Any] = {"type": "function", "function": {"name": "f", "parameters": SCHEMA}}
CUSTOM: dict[str, Any] = {"type": "custom", "custom": {"name": "c"}}
GRAMMAR = {"definition": "start: WORD", "syntax": "lark"}
LONGEST = "x" * 64

WITH: dict[str, dict[str, Any]] = {
    "stream_options": {"stream": True},
    "tool_choice": {"tools": [FUNCTION, CUSTOM]},
    "parallel_tool_calls": {"tools": [FUNCTION]},
    "top_logprobs": {"logprobs": True},
    "function_call": {"functions": [{"name": "f"}]},
}
"""What a parameter is refused without."""


def location(**approximate: str) -> dict[str, Any]:
    return {"user_location": {"type": "approximate", "approximate": approximate}}


TAKEN: dict[str, list[Any]] = {
    "model": ["gpt-4o", "anything"],
    "audio": [
        None,
        {"format": "wav", "voice": "alloy"},
        *({"format": kind, "voice": {"id": "voice_1"}} for kind in ("aac", "mp3", "flac", "opus", "pcm16")),
    ],
    "frequency_penalty": [None, -2, 0.5, 2],
    "presence_penalty": [None, -2, 0.5, 2],
    "logit_bias": [None, {}, {"50256": -100}, {"1": 100}],
    "logprobs": [None, True, False],
    "top_logprobs": [None, 0, 20],
    "max_completion_tokens": [None, 1, 100_000],
    "max_tokens": [None, 1],
    "metadata": [None, {}, {LONGEST: "v" * 512}, {str(key): "v" for key in range(16)}],
    "modalities": [None, ["text"], ["text", "audio"]],
    "moderation": [
        None,
        {"model": "omni-moderation-latest"},
        {"model": "m", "policy": None},
        {"model": "m", "policy": {"input": {"mode": "score"}, "output": {"mode": "block"}}},
    ],
    "n": [None, 1, 128],
    "parallel_tool_calls": [True, False],
    "prediction": [
        None,
        {"type": "content", "content": "x"},
        {"type": "content", "content": [{"type": "text", "text": "x"}]},
    ],
    "prompt_cache_key": [None, "k"],
    "prompt_cache_options": [{}, {"mode": "implicit"}, {"mode": "explicit", "ttl": "30m"}],
    "prompt_cache_retention": [None, "in_memory", "24h"],
    "reasoning_effort": [None, "none", "minimal", "low", "medium", "high", "xhigh", "max"],
    "response_format": [
        {"type": "text"},
        {"type": "json_schema", "json_schema": {"name": "n"}},
        {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}},
        {"type": "json_schema", "json_schema": {"name": "n", "description": "d", "strict": None}},
    ],
    "safety_identifier": [None, "s" * 128],
    "seed": [None, -1, 2**62],
    "service_tier": [None, "auto", "default", "flex", "scale", "priority", "fast"],
    "stop": [None, "END", ["a"], ["a", "b", "c", "d"]],
    "store": [None, True, False],
    "stream": [None, True, False],
    "stream_options": [None, {}, {"include_usage": True, "include_obfuscation": False}],
    "temperature": [None, 0, 0.7, 2],
    "top_p": [None, 0, 0.5, 1],
    "tools": [
        [FUNCTION],
        [FUNCTION] * 128,
        [{"type": "function", "function": {"name": LONGEST}}],
        [{"type": "function", "function": {"name": "f", "description": "d", "strict": False}}],
        [CUSTOM],
        [{"type": "custom", "custom": {"name": "c", "description": "d", "format": {"type": "text"}}}],
        [
            {
                "type": "custom",
                "custom": {"name": "c", "format": {"type": "grammar", "grammar": GRAMMAR}},
            }
        ],
    ],
    "tool_choice": [
        *("none", "auto", "required"),
        {"type": "function", "function": {"name": "f"}},
        {"type": "custom", "custom": {"name": "c"}},
        {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [FUNCTION]}},
    ],
    "user": ["u"],
    "verbosity": [None, "low", "medium", "high"],
    "web_search_options": [
        {},
        *({"search_context_size": size} for size in ("low", "medium", "high")),
        location(city="Oslo", country="NO", region="Oslo", timezone="Europe/Oslo"),
        {"user_location": None},
    ],
    "functions": [[{"name": "f"}], [{"name": "f", "description": "d", "parameters": SCHEMA}] * 128],
    "function_call": ["none", "auto", {"name": "f"}],
}

REFUSED: list[tuple[str, Any, str, str]] = [
    # parameter, value, where it is at fault, code
    ("model", None, "model", "invalid_type"),
    ("messages", None, "messages", "invalid_type"),
    ("audio", {"format": "midi", "voice": "alloy"}, "audio.format", "invalid_value"),
    ("audio", {"format": "wav"}, "audio.voice", "missing_required_parameter"),
    ("frequency_penalty", 2.5, "frequency_penalty", "decimal_above_max_value"),
    ("presence_penalty", -2.5, "presence_penalty", "decimal_below_min_value"),
    ("logit_bias", {"1": 101}, "logit_bias.1", "integer_above_max_value"),
    ("logprobs", 5, "logprobs", "invalid_type"),
    ("top_logprobs", 21, "top_logprobs", "integer_above_max_value"),
    ("top_logprobs", -1, "top_logprobs", "integer_below_min_value"),
    ("max_completion_tokens", 0, "max_completion_tokens", "integer_below_min_value"),
    ("max_tokens", 0, "max_tokens", "integer_below_min_value"),
    ("metadata", {LONGEST + "x": "v"}, f"metadata.{LONGEST}x", "string_above_max_length"),
    ("metadata", {"k": "v" * 513}, "metadata.k", "string_above_max_length"),
    ("metadata", {"k": 1}, "metadata.k", "invalid_type"),
    ("metadata", {str(key): "v" for key in range(17)}, "metadata", "object_above_max_properties"),
    ("modalities", ["smell"], "modalities[0]", "invalid_value"),
    ("moderation", {}, "moderation.model", "missing_required_parameter"),
    (
        "moderation",
        {"model": "m", "policy": {"input": {"mode": "x"}}},
        "moderation.policy.input.mode",
        "invalid_value",
    ),
    ("n", 0, "n", "integer_below_min_value"),
    ("n", 129, "n", "integer_above_max_value"),
    ("parallel_tool_calls", None, "parallel_tool_calls", "invalid_type"),
    ("prediction", {"type": "text", "content": "x"}, "prediction.type", "invalid_value"),
    ("prompt_cache_options", {"ttl": "12h"}, "prompt_cache_options.ttl", "invalid_value"),
    ("prompt_cache_retention", "48h", "prompt_cache_retention", "invalid_value"),
    ("reasoning_effort", "some", "reasoning_effort", "invalid_value"),
    ("response_format", {"type": "xml"}, "response_format.type", "invalid_value"),
    ("response_format", {}, "response_format.type", "missing_required_parameter"),
    (
        "response_format",
        {"type": "json_schema"},
        "response_format.json_schema",
        "missing_required_parameter",
    ),
    (
        "response_format",
        {"type": "json_schema", "json_schema": {"schema": {}}},
        "response_format.json_schema.name",
        "missing_required_parameter",
    ),
    ("safety_identifier", "s" * 129, "safety_identifier", "string_above_max_length"),
    ("seed", 1.5, "seed", "invalid_type"),
    ("service_tier", "slow", "service_tier", "invalid_value"),
    ("stop", [], "stop", "empty_array"),
    ("stop", ["a"] * 5, "stop", "array_above_max_length"),
    ("stream", "yes", "stream", "invalid_type"),
    ("stream_options", {"include_usage": 1}, "stream_options.include_usage", "invalid_type"),
    ("temperature", 2.1, "temperature", "decimal_above_max_value"),
    ("temperature", -0.1, "temperature", "decimal_below_min_value"),
    ("top_p", 1.1, "top_p", "decimal_above_max_value"),
    ("top_p", -0.1, "top_p", "decimal_below_min_value"),
    ("tools", [], "tools", "empty_array"),
    ("tools", [FUNCTION] * 129, "tools", "array_above_max_length"),
    ("tools", [{"type": "retrieval"}], "tools[0].type", "invalid_value"),
    ("tools", [{"type": "function"}], "tools[0].function", "missing_required_parameter"),
    (
        "tools",
        [{"type": "function", "function": {"name": "a b"}}],
        "tools[0].function.name",
        "invalid_value",
    ),
    (
        "tools",
        [{"type": "function", "function": {"name": LONGEST + "x"}}],
        "tools[0].function.name",
        "string_above_max_length",
    ),
    (
        "tools",
        [{"type": "custom", "custom": {"name": "c", "format": {"type": "grammar"}}}],
        "tools[0].custom.format.grammar",
        "missing_required_parameter",
    ),
    ("tool_choice", "any", "tool_choice", "invalid_value"),
    ("tool_choice", {"type": "tool"}, "tool_choice.type", "invalid_value"),
    ("tool_choice", {"type": "function"}, "tool_choice.function", "missing_required_parameter"),
    ("verbosity", "loud", "verbosity", "invalid_value"),
    (
        "web_search_options",
        {"search_context_size": "huge"},
        "web_search_options.search_context_size",
        "invalid_value",
    ),
    ("functions", [], "functions", "empty_array"),
    ("function_call", "required", "function_call", "invalid_value"),
]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in TAKEN.items() for value in values]
)
def test_a_documented_value_is_taken(name: str, value: Any) -> None:
    asked = judged("documented", **WITH.get(name, {}), **{name: value})

    assert isinstance(asked, Request), asked
    assert not [finding for finding in asked.findings if finding.severity in {"error", "unknown"}]


@pytest.mark.parametrize(("name", "value", "param", "code"), REFUSED)
def test_any_other_value_is_refused_at_its_place(name: str, value: Any, param: str, code: str) -> None:
    failure = judged("documented", **WITH.get(name, {}), **{name: value})

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.param, failure.code) == ("invalid_request", param, code)


# --------------------------------------------------------------------------------------------- messages

CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "x"}
TEXT = {"type": "text", "text": "x"}
CACHED = {**TEXT, "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}

MESSAGES_TAKEN: list[dict[str, Any]] = [
    {"role": "developer", "content": "x", "name": "n"},
    {"role": "system", "content": [TEXT, CACHED]},
    {"role": "user", "content": "x", "name": "ann"},
    {
        "role": "user",
        "content": [
            CACHED,
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk=", "detail": "original"}},
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}},
            {"type": "file", "file": {"file_data": "aGk=", "filename": "a.txt"}},
            {"type": "file", "file": {"file_id": "file_1"}},
        ],
    },
    {"role": "assistant", "content": "x", "name": "bob"},
    {"role": "assistant", "content": [TEXT, {"type": "refusal", "refusal": "no"}]},
    {"role": "assistant", "content": None, "refusal": "no"},
    {"role": "assistant", "audio": {"id": "audio_1"}},
    {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
    {"role": "function", "name": "f", "content": None},
]

MESSAGES_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # message, where it is at fault, code
    ({"role": "system"}, "content", "missing_required_parameter"),
    ({"role": "user"}, "content", "missing_required_parameter"),
    ({"role": "user", "content": "x", "name": "a b"}, "name", "invalid_value"),
    ({"role": "user", "content": [{"type": "video"}]}, "content[0].type", "invalid_value"),
    ({"role": "user", "content": [{"type": "text"}]}, "content[0].text", "missing_required_parameter"),
    (
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x", "detail": "some"}}]},
        "content[0].image_url.detail",
        "invalid_value",
    ),
    (
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "aac"}}]},
        "content[0].input_audio.format",
        "invalid_value",
    ),
    (
        {"role": "assistant", "tool_calls": [{"type": "function"}]},
        "tool_calls[0].id",
        "missing_required_parameter",
    ),
    (
        {"role": "assistant", "tool_calls": [{"id": "c", "type": "web"}]},
        "tool_calls[0].type",
        "invalid_value",
    ),
    (
        {"role": "assistant", "tool_calls": [{**CALL, "function": {"name": "f", "arguments": {}}}]},
        "tool_calls[0].function.arguments",
        "invalid_type",
    ),
    ({"role": "tool", "content": "x"}, "tool_call_id", "missing_required_parameter"),
    ({"role": "tool", "tool_call_id": "call_1"}, "content", "missing_required_parameter"),
    ({"role": "function", "content": "x"}, "name", "missing_required_parameter"),
]


@pytest.mark.parametrize("message", MESSAGES_TAKEN)
def test_a_documented_message_is_taken(message: dict[str, Any]) -> None:
    asked = judged("documented", messages=[message])

    assert isinstance(asked, Request), asked
    assert not [finding for finding in asked.findings if finding.severity in {"error", "unknown"}]


@pytest.mark.parametrize(
    "call", [CALL, {"id": "call_1", "type": "custom", "custom": {"name": "c", "input": "x"}}]
)
@pytest.mark.parametrize("content", ["x", [TEXT, CACHED]])
def test_documented_calls_and_results_are_taken(call: dict[str, Any], content: Any) -> None:
    messages = [{"role": "assistant", "tool_calls": [call]}, {**RESULT, "content": content}]

    asked = judged("strict", messages=messages)

    assert isinstance(asked, Request), asked


@pytest.mark.parametrize(("message", "param", "code"), MESSAGES_REFUSED)
def test_any_other_message_is_refused_at_its_place(message: dict[str, Any], param: str, code: str) -> None:
    failure = judged("documented", messages=[message])

    assert isinstance(failure, Failure)
    assert (failure.param, failure.code) == (f"messages[0].{param}", code)
