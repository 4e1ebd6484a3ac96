"""What of a request is noted and let pass, and what the other modes make of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.chat_wire import Server, findings, findings_told, judged, read_body

from mockserver.conversation import Failure, Request, ToolCall

USER = {"role": "user", "content": "Hi"}
LEGACY_CALL = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
LEGACY_RESULT = {"role": "function", "name": "f", "content": "x"}
FUNCTION = {"type": "function", "function": {"name": "f"}}

# What is sent, how it is noted, and what strict mode says of it; None where it is served there too.
NOTED: list[tuple[dict[str, Any], str, str | None]] = [
    ({"top_k": 40}, "unknown unknown_parameter /top_k", "Unknown parameter: 'top_k'."),
    (
        {"messages": [{**USER, "mood": "good"}]},
        "unknown unknown_parameter /messages/0/mood",
        "Unknown parameter: 'messages[0].mood'.",
    ),
    (
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "x"}}]}
            ]
        },
        "unknown unknown_parameter /messages/0/content/0/cache_control",
        "Unknown parameter: 'messages[0].content[0].cache_control'.",
    ),
    (
        {"tools": [{**FUNCTION, "eager": True}]},
        "unknown unknown_parameter /tools/0/eager",
        "Unknown parameter: 'tools[0].eager'.",
    ),
    ({"frequency_penalty": 1}, "ignored ignored_parameter /frequency_penalty", None),
    ({"presence_penalty": 0}, "ignored ignored_parameter /presence_penalty", None),
    ({"logit_bias": {"1": 2}}, "ignored ignored_parameter /logit_bias", None),
    (
        {"functions": [{"name": "f"}]},
        "deprecated deprecated_parameter /functions",
        "'functions' is deprecated: use 'tools' instead.",
    ),
    (
        {"max_tokens": 9},
        "deprecated deprecated_parameter /max_tokens",
        "'max_tokens' is deprecated: use 'max_completion_tokens' instead.",
    ),
    (
        {"user": "u"},
        "deprecated deprecated_parameter /user",
        "'user' is deprecated: use 'safety_identifier' and 'prompt_cache_key' instead.",
    ),
    (
        {"prompt_cache_retention": "24h"},
        "deprecated deprecated_parameter /prompt_cache_retention",
        "'prompt_cache_retention' is deprecated: use 'prompt_cache_options' instead.",
    ),
    (
        {"messages": [USER, LEGACY_CALL, USER]},
        "deprecated deprecated_parameter /messages/1/function_call",
        "'function_call' is deprecated: use 'tool_calls' instead.",
    ),
    (
        {"messages": [USER, LEGACY_RESULT]},
        "deprecated deprecated_value /messages/1/role",
        "Messages of role 'function' are deprecated: use role 'tool' instead.",
    ),
]
every_noted = pytest.mark.parametrize(
    ("members", "finding", "refusal"), NOTED, ids=[row[1].rpartition("/")[2] for row in NOTED]
)


@every_noted
def test_what_the_api_lets_pass_is_served_and_noted(
    members: dict[str, Any], finding: str, refusal: str | None
) -> None:
    answer = Server().post(**members)

    assert (answer.status, findings_told(answer)) == (200, finding)


@every_noted
def test_strict_mode_refuses_what_is_unknown_or_deprecated(
    members: dict[str, Any], finding: str, refusal: str | None
) -> None:
    answer = Server(contract="strict").post(**members)

    assert findings_told(answer) == finding
    assert answer.status == (400 if refusal else 200)
    if refusal:
        assert orjson.loads(answer.body)["error"]["message"] == refusal


def test_an_unknown_parameter_is_refused_by_its_name() -> None:
    answer = Server(contract="strict").post(top_k=40)

    error = {
        "message": "Unknown parameter: 'top_k'.",
        "type": "invalid_request_error",
        "param": "top_k",
        "code": "unknown_parameter",
    }
    assert orjson.loads(answer.body) == {"error": error}


def test_a_choice_among_functions_is_deprecated_like_them() -> None:
    assert findings(functions=[{"name": "f"}], function_call="auto") == [
        "deprecated deprecated_parameter /functions",
        "deprecated deprecated_parameter /function_call",
    ]


@pytest.mark.parametrize("name", ["frequency_penalty", "logit_bias", "max_tokens", "prompt_cache_retention"])
def test_null_is_not_noted(name: str) -> None:
    assert findings(**{name: None}) == []


GATEWAY: list[dict[str, Any]] = [
    {"contents": ["Hi"]},
    {"extra_body": {"google": {"image_config": {"aspect_ratio": "16:9"}}}},
    {"google": {"image_config": {"image_size": "2K"}}},
    {"response_format": "json"},
    {"messages": [{**USER, "name": "ann", "tool_call_id": None, "tool_calls": None}]},
    {"messages": [USER, {"role": "assistant", "content": "Hi", "reasoning_content": "Hm."}, USER]},
]


@pytest.mark.parametrize(
    "members", GATEWAY, ids=[str([*row])[2:-2] + str(at) for at, row in enumerate(GATEWAY)]
)
def test_what_the_gateway_documents_is_known(members: dict[str, Any]) -> None:
    assert findings(**members) == []
    assert isinstance(judged("strict", **members), Request)


def test_all_that_is_found_is_in_the_journal() -> None:
    server = Server()

    server.post(top_k=40, user="u")

    (entry,) = server.journal.entries("sk-test")
    assert [str(finding) for finding in entry.findings] == [
        "unknown: Unknown parameter: 'top_k'. (unknown_parameter at /top_k)",
        (
            "deprecated: 'user' is deprecated: use 'safety_identifier' and 'prompt_cache_key' instead. "
            "(deprecated_parameter at /user)"
        ),
    ]


def test_a_refusal_tells_what_was_noted_before_it() -> None:
    failure = judged("documented", user="u", stream_options={})

    assert isinstance(failure, Failure)
    assert [finding.severity for finding in failure.findings] == ["deprecated", "error"]


def test_strict_mode_tells_first_what_the_api_refuses() -> None:
    failure = judged("strict", user="u", stream_options={})

    assert isinstance(failure, Failure)
    assert failure.param == "stream_options"


# --------------------------------------------------------------------------------------------- models

UNKNOWN_MODEL = "The model `gpt-9` does not exist or you do not have access to it."


@pytest.mark.parametrize("model", ["gpt-9", "gpt-4o", "mine"])
def test_any_model_may_be_asked_unless_only_known_ones_are(model: str) -> None:
    assert Server().post(model=model).status == 200


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4o-2024-08-06", "mine"])
def test_a_known_model_may_be_asked(model: str) -> None:
    assert Server(models="known", more_models=("mine",)).post(model=model).status == 200


def test_an_unknown_model_is_not_found() -> None:
    answer = Server(models="known").post(model="gpt-9")

    error = {
        "message": UNKNOWN_MODEL,
        "type": "invalid_request_error",
        "param": None,
        "code": "model_not_found",
    }
    assert (answer.status, orjson.loads(answer.body)) == (404, {"error": error})


@pytest.mark.parametrize(
    ("members", "status"), [({"temperature": 3}, 400), ({"stream_options": {}}, 404)], ids=["shape", "rules"]
)
def test_the_model_is_looked_for_after_the_shape_and_before_the_rules(
    members: dict[str, Any], status: int
) -> None:
    assert Server(models="known").post(model="gpt-9", **members).status == status


# ------------------------------------------------------------------------------------ nothing is refused


@pytest.mark.parametrize(
    "body", [{}, {"model": 1, "messages": 2}, {"model": "m", "messages": [{"role": "x"}]}]
)
def test_what_has_no_model_or_messages_is_read_where_nothing_is_refused(body: dict[str, Any]) -> None:
    outcome = read_body(body, "off")

    assert isinstance(outcome, Request)
    assert outcome.findings


def test_a_call_with_too_long_an_id_is_read_where_nothing_is_refused() -> None:
    long = "c" * 41
    call = {"id": long, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    said = {"role": "assistant", "content": None, "tool_calls": [call]}
    result = {"role": "tool", "tool_call_id": long, "content": "18"}

    outcome = read_body({"model": "m", "messages": [USER, said, result], "tools": [FUNCTION]}, "off")

    assert isinstance(outcome, Request)
    assert [finding.code for finding in outcome.findings] == ["string_above_max_length"]
    assert outcome.messages[1].parts == (ToolCall("f", {}, long),)
