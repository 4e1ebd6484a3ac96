"""What is noted of a request, and what is refused in which mode."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, Memory, post, read, refused, request

from mockserver.conversation import Failure, Reply, Request, Text
from mockserver.events import events
from mockserver.limits import count_input
from mockserver.protocols.openai.responses import DIALECT

STRICT = replace(CONTEXT, contract="strict")
OFF = replace(CONTEXT, contract="off")
KNOWN = replace(CONTEXT, any_model=False, models=("mock-hello",))
REPLY = Reply((Text("Hello"),))

SAID = {"role": "user", "content": "Hi"}


def noted(**fields: Any) -> list[str]:
    found = request(**fields)
    return [f"{finding.severity} {finding.code} {finding.pointer}" for finding in found.findings]


# -------------------------------------------------------------------------------------- unknown members


@pytest.mark.parametrize(
    ("fields", "pointer", "param"),
    [
        ({"quality": "hd"}, "/quality", "quality"),
        ({"n": 2}, "/n", "n"),
        ({"messages": []}, "/messages", "messages"),
        ({"input": [{**SAID, "name": "Ada"}]}, "/input/0/name", "input[0].name"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi", "x": 1}]}]},
            "/input/0/content/0/x",
            "input[0].content[0].x",
        ),
        ({"tools": [{"type": "function", "name": "f", "x": 1}]}, "/tools/0/x", "tools[0].x"),
        ({"text": {"format": {"type": "text"}, "x": 1}}, "/text/x", "text.x"),
        ({"reasoning": {"budget": 9}}, "/reasoning/budget", "reasoning.budget"),
        ({"stream_options": {"include_usage": True}}, "/stream_options/include_usage", None),
    ],
)
def test_what_is_not_documented_is_served_and_noted_and_refused_where_that_is_strict(
    fields: dict[str, Any], pointer: str, param: str | None
) -> None:
    assert noted(**fields) == [f"unknown unknown_parameter {pointer}"]

    failure = refused(STRICT, **fields)

    name = param or pointer[1:].replace("/", ".")
    assert failure == Failure(
        "invalid_request", message=f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"tool_choice": {"type": "teleport"}},
        {"tools": [{"type": "teleport"}]},
        {"input": [SAID, {"type": "teleport_call"}]},
    ],
)
def test_types_that_nobody_documents_are_served_and_noted(fields: dict[str, Any]) -> None:
    [finding] = request(**fields).findings

    assert (finding.severity, finding.code) == ("unknown", "unknown_type")
    assert refused(STRICT, **fields).message == finding.message


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "web_search", "anything": 1}, {"type": "mcp", "server_label": "x"}]},
        {"input": [SAID, {"type": "web_search_call", "id": "ws_1", "action": {}, "status": "completed"}]},
        {"tool_choice": {"type": "mcp", "server_label": "x"}},
        {"prompt": {"id": "p", "variables": {"a": "b"}}},
        {"background": True, "background_options": {"completion_window": "8h"}},
        {"context_management": [{"type": "compaction", "compact_threshold": 1000}]},
        {"image": {"context_compression": "auto"}, "access_programs": {"cyber": "standard"}},
        {"service_tier": "ultrafast", "reasoning": {"mode": "pro", "context": "all_turns"}},
    ],
)
def test_what_is_documented_is_not_noted(fields: dict[str, Any]) -> None:
    assert noted(**fields) == []
    assert isinstance(read(STRICT, **fields), Request)


# ----------------------------------------------------------------------------------- deprecated, ignored


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"user": "u"}, "/user"),
        ({"prompt_cache_retention": "24h"}, "/prompt_cache_retention"),
        ({"reasoning": {"generate_summary": "auto"}}, "/reasoning/generate_summary"),
    ],
)
def test_what_is_deprecated_is_served_and_noted_and_refused_where_that_is_strict(
    fields: dict[str, Any], pointer: str
) -> None:
    assert noted(**fields) == [f"deprecated deprecated_parameter {pointer}"]
    assert "is deprecated" in str(refused(STRICT, **fields).message)


@pytest.mark.parametrize("name", ["presence_penalty", "frequency_penalty", "logit_bias"])
def test_what_the_gateway_may_ignore_is_noted_and_never_refused(name: str) -> None:
    assert noted(**{name: 1}) == [f"ignored ignored_parameter /{name}"]
    assert isinstance(read(STRICT, **{name: 1}), Request)


def test_null_is_not_sent() -> None:
    body = {"model": "m", "input": "Hi", "user": None, "presence_penalty": None}

    found = DIALECT.read(post(body), STRICT)

    assert isinstance(found, Request)


# ---------------------------------------------------------------------------------------------- no gate


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"temperature": 9}, ["decimal_above_max_value"]),
        ({"temperature": "hot", "top_p": 2}, ["invalid_type", "decimal_above_max_value"]),
        ({"input": [{"role": "user"}, SAID]}, ["missing_required_parameter"]),
        ({"model": ""}, ["unknown_model"]),
        ({"input": None}, ["missing_required_parameter"]),
        ({"previous_response_id": "resp_x"}, ["previous_response_not_found"]),
        ({"conversation": "conv_x"}, ["not_found"]),
        (
            {"conversation": "conv_x", "previous_response_id": "resp_x"},
            ["mutually_exclusive_parameters", "previous_response_not_found"],
        ),
        ({"input": [{"type": "item_reference", "id": "msg_x"}, SAID]}, ["not_found"]),
        (
            {"input": [{"type": "function_call_output", "call_id": "call_x", "output": "18"}]},
            ["invalid_request"],
        ),
        ({"text": {"format": {"type": "json_schema"}}}, ["missing_required_parameter"] * 2),
        ({"tools": [{"type": "function"}], "tool_choice": 7}, ["missing_required_parameter", "invalid_type"]),
    ],
)
def test_where_nothing_is_refused_everything_is_noted_and_answered(
    fields: dict[str, Any], codes: list[str]
) -> None:
    found = read(OFF, **fields)

    assert isinstance(found, Request)
    assert [finding.code for finding in found.findings] == codes
    assert {finding.severity for finding in found.findings} == {"error"}
    assert count_input(found)
    assert orjson.loads(DIALECT.render(REPLY, found, OFF).body)["status"] == "completed"
    assert [frame for event in events(REPLY) for frame in DIALECT.encoder(found, OFF).encode(event)]
    assert DIALECT.keep(REPLY, found, OFF)


def test_a_refusal_tells_all_that_was_noted_up_to_it() -> None:
    failure = refused(quality="hd", previous_response_id="resp_x")

    assert [finding.code for finding in failure.findings] == [
        "unknown_parameter",
        "previous_response_not_found",
    ]


def test_a_broken_conversation_is_kept_where_nothing_is_refused() -> None:
    memory = Memory()
    context = memory.context(contract="off")
    kept = DIALECT.keep(REPLY, request(context, previous_response_id="resp_x"), context)
    assert kept
    memory.kept |= [kept]

    again = request(memory.context(), previous_response_id=kept[0], input="And?")

    assert [message.text for message in again.messages] == ["Hi", "Hello", "And?"]


# ---------------------------------------------------------------------------------------- known models


@pytest.mark.parametrize("model", ["gpt-5.5", "gpt-5.5-2026-04-23", "mock-hello", "mock-not-there"])
def test_a_known_model_is_answered(model: str) -> None:
    assert isinstance(read(KNOWN, model=model), Request)


def test_an_unknown_model_does_not_exist() -> None:
    failure = refused(KNOWN, model="x")

    answer = DIALECT.refuse(failure, post({"model": "x"}), KNOWN)
    assert answer.status == 400
    assert orjson.loads(answer.body) == {
        "error": {
            "message": "The requested model 'x' does not exist.",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }
    }


def test_the_model_is_checked_after_the_schema_and_before_the_conversation() -> None:
    assert refused(KNOWN, model="x", temperature=9).param == "temperature"
    assert refused(KNOWN, model="x", previous_response_id="resp_x").kind == "unknown_model"


def test_a_stored_prompt_brings_its_own_model() -> None:
    assert isinstance(read(KNOWN, model=None, prompt={"id": "p"}), Request)
