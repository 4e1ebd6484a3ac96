"""What a request has that the API does not know, in each mode; and which models may be asked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from protocols.gemini.gemini_wire import CONTEXT, DIALECT, HELLO, error_of, failure_for, post, violations
from protocols.gemini.test_read_body import PLACES, json_values, planted

from mockserver.conversation import ContractMode, Failure, Finding, Request
from mockserver.protocols.base import Answer
from mockserver.protocols.gemini.count import count_tokens

LEGACY = {**HELLO, "tools": [{"googleSearchRetrieval": {}}]}


def unknown(name: str, place: str = "") -> str:
    at = f" at '{place}'" if place else ""
    return f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'


def read_in(mode: ContractMode, body: Any) -> Request | Failure:
    return DIALECT.read(post(body), replace(CONTEXT, contract=mode))


def declared(schema: Any) -> Any:
    return {**HELLO, "tools": [{"functionDeclarations": [{"name": "f", "parameters": schema}]}]}


# --------------------------------------------------------------------------------------------- unknown names


@pytest.mark.parametrize(
    ("body", "name", "place"),
    [
        ({**HELLO, "stream": True}, "stream", ""),
        ({**HELLO, "max_tokens": 5}, "max_tokens", ""),
        ({**HELLO, "generationConfig": {"foo": 1}}, "foo", "generation_config"),
        ({**HELLO, "generation_config": {"foo": 1}}, "foo", "generation_config"),
        ({**HELLO, "generationConfig": {"audioTimestamp": True}}, "audioTimestamp", "generation_config"),
        (
            {**HELLO, "generationConfig": {"thinkingConfig": {"effort": "low"}}},
            "effort",
            "generation_config.thinking_config",
        ),
        ({"contents": [{"parts": [{"text": "a", "type": "text"}]}]}, "type", "contents[0].parts[0]"),
        ({"contents": {"parts": {"text": "a", "type": "text"}}}, "type", "contents.parts"),
        ({"contents": [{"parts": [{"text": "a"}], "name": "x"}]}, "name", "contents[0]"),
        ({**HELLO, "systemInstruction": {"text": "a"}}, "text", "system_instruction"),
        ({**HELLO, "tools": [{"name": "f"}]}, "name", "tools[0]"),
        (declared({"$schema": "x"}), "$schema", "tools[0].function_declarations[0].parameters"),
        (
            declared({"type": "OBJECT", "properties": {"a": {}, "b": {"const": 1}}}),
            "const",
            "tools[0].function_declarations[0].parameters.properties[1].value",
        ),
        (
            declared({"properties": {"a": {"anyOf": [{"exclusiveMinimum": 0}]}}}),
            "exclusiveMinimum",
            "tools[0].function_declarations[0].parameters.properties[0].value.any_of[0]",
        ),
        (
            {**HELLO, "toolConfig": {"functionCallingConfig": {"streamFunctionCallArguments": True}}},
            "streamFunctionCallArguments",
            "tool_config.function_calling_config",
        ),
        ({**HELLO, "safetySettings": [{"method": "SEVERITY"}]}, "method", "safety_settings[0]"),
    ],
)
def test_an_unknown_name_is_refused_with_its_place(body: Any, name: str, place: str) -> None:
    failure = failure_for(body)

    description = unknown(name, place)
    assert failure.message == description
    assert violations(failure) == [{**({"field": place} if place else {}), "description": description}]
    assert [(found.severity, found.code) for found in failure.findings] == [("error", "unknown_parameter")]


def test_several_unknown_names_are_told_a_line_each() -> None:
    body = {**HELLO, "stream": True, "generationConfig": {"foo": 1, "bar": 2}}

    error = error_of(failure_for(body), post(body))

    lines = error["message"].split("\n")
    [detail] = error["details"]
    assert sorted(lines) == sorted(
        [unknown("stream"), unknown("foo", "generation_config"), unknown("bar", "generation_config")]
    )
    assert [found["description"] for found in detail["fieldViolations"]] == lines
    assert [found.get("field", "") for found in detail["fieldViolations"]].count("") == 1
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("mode", ["documented", "strict"])
def test_an_unknown_name_is_refused_by_default_and_strictly(mode: ContractMode) -> None:
    assert isinstance(read_in(mode, {**HELLO, "stream": True}), Failure)


def test_an_unknown_name_passes_where_nothing_is_refused() -> None:
    found = read_in("off", {**HELLO, "stream": True, "generationConfig": {"foo": 1, "topK": 3}})

    assert isinstance(found, Request)
    assert found.user == "Hello!"
    assert found.body["generationConfig"] == {"topK": 3}
    assert {(finding.pointer, finding.message) for finding in found.findings} == {
        ("/stream", unknown("stream")),
        ("/generationConfig/foo", unknown("foo", "generation_config")),
    }


@pytest.mark.parametrize(
    "extra",
    [
        {"generationConfig": {"_responseJsonSchema": {"$schema": "x"}}},
        {"generationConfig": {"responseJsonSchema": {"$ref": "#/$defs/a", "const": 1}}},
        {"tools": [{"functionDeclarations": [{"name": "f", "parametersJsonSchema": {"const": 1}}]}]},
        {"tools": [{"functionDeclarations": [{"name": "f", "parameters": {"additionalProperties": False}}]}]},
        {"tools": [{"functionDeclarations": [{"name": "f", "parameters": {"defs": {"a": {"ref": "b"}}}}]}]},
        {"tools": [{"googleSearch": {"anything": {"goes": 1}}}, {"mcpServers": [{"name": "x", "y": 1}]}]},
        {"labels": {"any_name": "a"}},
        {"generationConfig": {"mediaResolution": 2, "candidateCount": "1"}},
    ],
)
def test_what_is_the_clients_own_is_not_looked_into(extra: Any) -> None:
    assert isinstance(read_in("strict", {**HELLO, **extra}), Request)


# ---------------------------------------------------------------------------------------------------- modes


def test_a_legacy_tool_is_noted() -> None:
    found = read_in("documented", LEGACY)

    assert isinstance(found, Request)
    assert [(finding.severity, finding.pointer) for finding in found.findings] == [
        ("deprecated", "/tools/0/googleSearchRetrieval")
    ]


def test_a_legacy_tool_is_refused_strictly() -> None:
    assert isinstance(read_in("strict", LEGACY), Failure)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"contents": "hi"},
        {"contents": {"parts": "hi"}},
        {"contents": [{"parts": [{}]}, {"role": "assistant", "parts": [{"text": "a", "fileData": {}}]}]},
        {**HELLO, "generationConfig": {"candidateCount": 1_000_000_000}},
        {**HELLO, "generationConfig": {"candidateCount": -1, "maxOutputTokens": "many"}},
        {**HELLO, "cachedContent": "cachedContents/none"},
    ],
)
def test_a_broken_body_is_a_request_where_nothing_is_refused(body: Any) -> None:
    found = read_in("off", body)

    assert isinstance(found, Request)
    assert {finding.severity for finding in found.findings} == {"error"}
    assert 1 <= found.choices <= 8


@given(place=st.sampled_from(PLACES), value=json_values)
@settings(max_examples=150, deadline=None)
def test_where_nothing_is_refused_any_object_is_a_request(place: tuple[str | int, ...], value: Any) -> None:
    body = json.dumps(planted(place, value)).encode()
    assume(b"Infinity" not in body)

    assert isinstance(read_in("off", body), Request)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_what_is_no_object_is_never_a_request(body: bytes) -> None:
    found = read_in("off", body)

    assert isinstance(found, Failure)
    assert [finding.severity for finding in found.findings] == ["error"]


def test_a_count_carries_what_was_noted() -> None:
    answer = count_tokens(post({"contents": "hi"}), replace(CONTEXT, contract="off"))

    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert [finding.severity for finding in answer.findings] == ["error", "error"]


# --------------------------------------------------------------------------------------------------- models


def found_for(model: str, version: str = "v1beta", **members: Any) -> Request | Failure:
    context = replace(CONTEXT, any_model=False, models=("mock-hello", "mine"), **members)
    return DIALECT.read(post(HELLO, f"/{version}/models/{model}:generateContent"), context)


@pytest.mark.parametrize(
    ("version", "model"),
    [
        ("v1beta", "gemini-3.6-flash"),
        ("v1", "gemini-3.6-flash"),
        ("v1beta", "gemini-pro-latest"),
        ("v1", "mine"),
        ("v1", "mock-hello"),
        ("v1", "mock-none"),
    ],
)
def test_a_known_model_may_be_asked(version: str, model: str) -> None:
    assert isinstance(found_for(model, version), Request)


@pytest.mark.parametrize(
    ("version", "model"), [("v1beta", "gemini-0"), ("v1", "gemini-pro-latest"), ("v1", "gpt-5")]
)
@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent", "countTokens"])
def test_an_unknown_model_is_not_found(version: str, model: str, method: str) -> None:
    http = post(HELLO, f"/{version}/models/{model}:{method}", alt="sse")
    context = replace(CONTEXT, any_model=False)
    failure = count_tokens(http, context) if method == "countTokens" else DIALECT.read(http, context)

    assert isinstance(failure, Failure)
    error = error_of(failure, http)
    assert (error["code"], error["status"]) == (404, "NOT_FOUND")
    assert error["message"] == (
        f"models/{model} is not found for API version {version}, or is not supported for {method}. "
        "Call ListModels to see the list of available models and their supported methods."
    )


def test_an_unknown_model_is_noted_where_nothing_is_refused() -> None:
    found = found_for("gemini-0", contract="off")

    assert isinstance(found, Request)
    sentence = "The model that is asked for is not listed."
    assert found.findings == (Finding("error", "unknown_model", "", sentence),)
