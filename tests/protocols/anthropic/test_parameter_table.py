"""The tables of parameters, tools and thinking: what the API refuses of them, and in which words.

Mirrors "Create a Message", "Define tools", "Effort" and "Thinking" of the Messages API documentation
(2026-11). Each row is sent through a whole server, in every mode.
"""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import HI, NEW, OLD, WEATHER, body_of, post
from protocols.anthropic.served import Api

from mockserver.protocols.anthropic.versions import BETAS_OF_MEMBERS

CLOSED = "For 'object' type, 'additionalProperties' must be explicitly set to false"
OPEN_SCHEMA = {"type": "object", "properties": {}}
FORMAT = {"format": {"type": "json_schema", "schema": OPEN_SCHEMA}}
CAP = "max_tokens: {} > {}, which is the maximum allowed number of output tokens for {}"
ENABLED = (
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
    '"output_config.effort" to control thinking behavior.'
)
FORCED = {"tools": [WEATHER], "tool_choice": {"type": "any"}}

ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"max_tokens": ...}, "max_tokens: Field required", "/max_tokens"),
    (
        {"max_tokens": 128_001},
        CAP.format(128_001, 128_000, "claude-opus-5-5"),
        "/max_tokens",
    ),
    (
        {"model": "claude-haiku-4-5", "max_tokens": 64_001},
        CAP.format(64_001, 64_000, "claude-haiku-4-5"),
        "/max_tokens",
    ),
    (
        {"stop_sequences": [" "]},
        "stop_sequences: each stop sequence must contain non-whitespace",
        "/stop_sequences",
    ),
    (
        {"model": "claude-sonnet-4-6", "output_config": {"effort": "xhigh"}},
        "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
        "/output_config/effort",
    ),
    ({"output_config": FORMAT}, f"output_config.format.schema: {CLOSED}", "/output_config/format/schema"),
    (
        {"tool_choice": {"type": "any"}},
        "tool_choice may only be specified while providing tools",
        "/tool_choice",
    ),
    (FORCED, 'tool_choice: type "tool" and "any" are not supported for this model.', "/tool_choice/type"),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "none", "disable_parallel_tool_use": True}},
        "tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted",
        "/tool_choice/disable_parallel_tool_use",
    ),
    ({"metadata": {"user": "x"}}, "metadata.user: Extra inputs are not permitted", "/metadata/user"),
    ({"temperature": 1.0}, "temperature: Extra inputs are not permitted", "/temperature"),
    ({"top_p": 0.99}, "top_p: Extra inputs are not permitted", "/top_p"),
    ({"top_k": 0}, "top_k: Extra inputs are not permitted", "/top_k"),
    # tools
    (
        {"tools": [WEATHER | {"name": "a b"}]},
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        "/tools/0/name",
    ),
    (
        {"tools": [{"name": "f"}]},
        "tools.0.custom.input_schema: Field required",
        "/tools/0/input_schema",
    ),
    (
        {"tools": [{"name": "f", "input_schema": {}}]},
        "tools.0.custom.input_schema.type: Field required",
        "/tools/0/input_schema/type",
    ),
    ({"tools": [WEATHER, WEATHER]}, "tools: Tool names must be unique.", "/tools"),
    (
        {"tools": [WEATHER | {"defer_loading": True}]},
        "At least one tool must have defer_loading=false",
        "/tools",
    ),
    # thinking
    (
        {"model": "claude-sonnet-4-6", "thinking": {"type": "enabled", "budget_tokens": 512}},
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        "/thinking/budget_tokens",
    ),
    (
        {"model": "claude-sonnet-4-6", "thinking": {"type": "enabled", "budget_tokens": 4096}},
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at ",
        "/max_tokens",
    ),
    (
        {
            "model": "claude-sonnet-4-6",
            "thinking": {"type": "enabled", "budget_tokens": 1024},
            "max_tokens": 2048,
            **FORCED,
        },
        "Thinking may not be enabled when tool_choice forces tool use.",
        "/tool_choice",
    ),
    (
        {"model": "claude-opus-4-7", "thinking": {"type": "enabled", "budget_tokens": 1024}},
        ENABLED,
        "/thinking/type",
    ),
    (
        {"model": "claude-haiku-4-5", "thinking": {"type": "adaptive"}},
        "adaptive thinking is not supported on this model",
        "/thinking/type",
    ),
    (
        {"model": "claude-fable-5", "thinking": {"type": "disabled"}},
        '"thinking.type.disabled" is not supported for this model. Use ',
        "/thinking/type",
    ),
]


@pytest.mark.parametrize(("fields", "sentence", "pointer"), ROWS, ids=[row[1] for row in ROWS])
def test_what_the_api_refuses_is_refused_in_its_words(
    fields: dict[str, Any], sentence: str, pointer: str
) -> None:
    api = Api()

    status, body = api.ask(post(body_of(**fields)))

    assert (status, body["error"]["type"]) == (400, "invalid_request_error")
    assert body["error"]["message"].startswith(sentence)
    assert api.findings[0] == ("error", "invalid_request", pointer)


@pytest.mark.parametrize("fields", [row[0] for row in ROWS], ids=[row[1] for row in ROWS])
def test_where_nothing_is_refused_it_is_answered_and_noted(fields: dict[str, Any]) -> None:
    api = Api(contract="off")

    status, body = api.ask(post(body_of(**fields)))

    assert (status, body["type"]) == (200, "message")
    assert api.findings[0][0] == "error"


@pytest.mark.parametrize("model", ["mock-hello", "some-model"])
@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": 1_000_000},
        {"thinking": {"type": "disabled"}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"output_config": {"effort": "xhigh"}},
        FORCED,
    ],
    ids=str,
)
def test_nothing_is_known_of_a_model_that_is_not_in_the_catalogue(model: str, fields: dict[str, Any]) -> None:
    api = Api(contract="strict")

    assert api.ask(post(body_of(**{"model": model} | fields)))[0] == 200


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_newer_models_sample_as_they_like_in_the_older_version_too(name: str) -> None:
    value = {"temperature": 0.5, "top_p": 0.5, "top_k": 5}[name]

    status, _ = Api().ask(post(body_of(model="claude-opus-4-7", **{name: value}), OLD))

    assert status == 400


# -------------------------------------------------------------------------------------------- unknown members

UNKNOWN: list[tuple[dict[str, Any], str, str]] = [
    ({"some_day": 1}, "some_day: Extra inputs are not permitted", "/some_day"),
    (
        {"messages": [{"role": "user", "content": "Hi", "name": "Ann"}]},
        "messages.0.name: Extra inputs are not permitted",
        "/messages/0/name",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi", "lang": "en"}]}]},
        "messages.0.content.0.text.lang: Extra inputs are not permitted",
        "/messages/0/content/0/lang",
    ),
    (
        {"tools": [WEATHER | {"parameters": {}}]},
        "tools.0.custom.parameters: Extra inputs are not permitted",
        "/tools/0/parameters",
    ),
    (
        {"tools": [{"type": "bash_20250124", "name": "bash", "shell": "zsh"}]},
        "tools.0.bash_20250124.shell: Extra inputs are not permitted",
        "/tools/0/shell",
    ),
    (
        {"thinking": {"type": "adaptive", "depth": 3}},
        "thinking.adaptive.depth: Extra inputs are not permitted",
        "/thinking/depth",
    ),
]


@pytest.mark.parametrize(("fields", "sentence", "pointer"), UNKNOWN, ids=[row[1] for row in UNKNOWN])
def test_a_member_that_is_not_documented_is_served_and_noted(
    fields: dict[str, Any], sentence: str, pointer: str
) -> None:
    api = Api()

    answer = api.send(post(body_of(**fields)))

    assert answer.status == 200
    assert api.findings == [("unknown", "unknown_parameter", pointer)]
    assert ("x-mock-findings", f"unknown unknown_parameter {pointer}") in answer.headers
    assert sentence in str(api.service.journal.entries("k")[-1].findings[0])


@pytest.mark.parametrize(
    ("fields", "sentence"), [row[:2] for row in UNKNOWN], ids=[row[1] for row in UNKNOWN]
)
def test_a_member_that_is_not_documented_is_refused_where_that_is_asked_for(
    fields: dict[str, Any], sentence: str
) -> None:
    status, body = Api(contract="strict").ask(post(body_of(**fields)))

    assert (status, body["error"]["message"]) == (400, sentence)


# ---------------------------------------------------------------------------------------------- betas

BETA_MEMBERS: dict[str, Any] = {
    "mcp_servers": [{"type": "url", "url": "https://example.com", "name": "example"}],
    "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]},
    "compaction": {"type": "summarize"},
    "fallbacks": "default",
    "fallback_credit_token": "t",
    "billing_policy": {"type": "billing_policy"},
    "output_format": {"type": "json_schema", "schema": OPEN_SCHEMA | {"additionalProperties": False}},
    "thread": {"type": "create"},
}


def test_each_member_of_a_beta_is_tested() -> None:
    assert set(BETA_MEMBERS) == set(BETAS_OF_MEMBERS)


@pytest.mark.parametrize("version", [NEW, OLD])
@pytest.mark.parametrize("name", BETA_MEMBERS)
def test_a_member_of_a_beta_needs_its_beta(name: str, version: str) -> None:
    body = body_of(**{name: BETA_MEMBERS[name]})

    status, refusal = Api().ask(post(body, version, anthropic_beta="context-1m-2025-08-07"))

    assert (status, refusal["error"]["message"]) == (400, f"{name}: Extra inputs are not permitted")
    assert Api().ask(post(body, version))[0] == 200


NESTED: list[tuple[dict[str, Any], str, str]] = [
    (
        {"output_config": {"task_budget": {"type": "tokens", "total": 9}}},
        "task-budgets-2026-03-13",
        "output_config.task_budget",
    ),
    (
        {"thinking": {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}}},
        "thinking-binding-controls-2026-08-01",
        "thinking.adaptive.block_binding",
    ),
    (
        {"messages": [*HI, {"role": "system", "content": "Be brief.", "clear_at": "never"}]},
        "mid-conversation-system-clear-at-2026-08-21",
        "messages.1.clear_at",
    ),
    (
        {"messages": [*HI, {"role": "system", "output_config": {"effort": "low"}}]},
        "mid-conversation-output-config-2026-07-01",
        "messages.1.output_config",
    ),
]


@pytest.mark.parametrize(("fields", "beta", "path"), NESTED, ids=[row[2] for row in NESTED])
def test_a_nested_member_of_a_beta_needs_its_beta(fields: dict[str, Any], beta: str, path: str) -> None:
    api = Api(contract="strict")

    status, refusal = api.ask(post(body_of(**fields)))

    assert (status, refusal["error"]["message"]) == (400, f"{path}: Extra inputs are not permitted")
    assert api.findings[0][2] == "/" + path.replace("adaptive.", "").replace(".", "/")
    assert api.ask(post(body_of(**fields), anthropic_beta=beta))[0] == 200


def test_a_beta_that_nobody_has_named_is_noted() -> None:
    api = Api()

    assert api.ask(post(body_of(), anthropic_beta="dreams-2030-01-01"))[0] == 200
    assert api.findings == [("unknown", "unknown_beta", "")]


def test_a_beta_that_nobody_has_named_is_refused_where_that_is_asked_for() -> None:
    status, body = Api(contract="strict").ask(
        post(body_of(), anthropic_beta="pdfs-2024-09-25,dreams-2030-01-01")
    )

    assert (status, body["error"]["type"]) == (400, "invalid_request_error")
    assert body["error"]["message"] == (
        "Unexpected value(s) `dreams-2030-01-01` for the `anthropic-beta` header. Please consult our "
        "documentation at platform.claude.com/docs or try again without the header."
    )


def test_the_beta_name_of_a_format_is_served_and_noted_as_deprecated() -> None:
    api = Api()

    assert api.ask(post(body_of(output_format=BETA_MEMBERS["output_format"])))[0] == 200
    assert api.findings == [("deprecated", "deprecated_parameter", "/output_format")]


# --------------------------------------------------------------------------------------------- models


@pytest.mark.parametrize("path", ["/anthropic/v1/messages", "/anthropic/v1/messages/count_tokens"])
def test_a_model_that_is_not_listed_is_unknown_where_models_are_known(path: str) -> None:
    body = {"model": "gpt-4o", "messages": HI} | ({} if "count" in path else {"max_tokens": 9})
    http = post(body)

    status, refusal = Api(models="known").ask(type(http)("POST", path, http.headers, body=http.body, key="k"))

    assert status == 404
    assert refusal["error"] == {"type": "not_found_error", "message": "model: gpt-4o"}


@pytest.mark.parametrize(
    "model", ["claude-opus-5-5", "claude-haiku-4-5", "claude-haiku-4-5-20251001", "mock-hello", "our-own"]
)
def test_listed_models_and_scenarios_are_known(model: str) -> None:
    api = Api(models="known", more_models=("our-own",))

    assert api.ask(post(body_of(model=model)))[0] == 200


def test_a_model_that_is_not_listed_is_served_where_any_may_be_asked() -> None:
    assert Api().ask(post(body_of(model="gpt-4o")))[0] == 200
