"""Rules between the members of a body, and what one version refuses and the other takes."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import (
    CONTEXT,
    HI,
    NEW,
    OLD,
    WEATHER,
    body_of,
    post,
    read,
    refused,
    request,
)

from mockserver.conversation import Request
from mockserver.protocols.anthropic import MESSAGES

OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED = OBJECT | {"additionalProperties": False}
NOT_CLOSED = "For 'object' type, 'additionalProperties' must be explicitly set to false"

BRIEF = {"role": "system", "content": "Be brief."}
YES = {"role": "assistant", "content": "Yes?"}
CITED = {"type": "text", "text": "Sky is blue.", "citations": [{"type": "char_location"}]}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_sampling_is_gone_from_the_newest_version(name: str) -> None:
    sent: dict[str, Any] = {name: 1}

    assert refused(version=NEW, **sent) == f"{name}: Extra inputs are not permitted"


def test_sampling_is_taken_by_the_older_version() -> None:
    assert isinstance(
        read(version=OLD, model="claude-sonnet-4-6", temperature=0.5, top_p=0.5, top_k=3), Request
    )


def test_at_least_one_message_is_needed() -> None:
    assert refused(messages=[]) == "messages: at least one message is required"


def test_the_first_message_comes_from_the_user() -> None:
    messages = [{"role": "assistant", "content": "Hi"}, *HI]

    assert refused(messages=messages) == 'messages: first message must use the "user" role'


def test_messages_of_one_role_may_follow_each_other() -> None:
    assert isinstance(read(messages=[*HI, *HI, {"role": "assistant", "content": "Yes?"}, *HI]), Request)


@pytest.mark.parametrize("content", ["", []])
def test_a_user_says_something(content: Any) -> None:
    messages = [*HI, {"role": "assistant", "content": "Yes?"}, {"role": "user", "content": content}]

    assert refused(messages=messages) == "messages.2: user messages must have non-empty content"


@pytest.mark.parametrize("content", ["", []])
def test_only_the_last_message_of_the_assistant_may_be_empty(content: Any) -> None:
    empty = {"role": "assistant", "content": content}
    expected = (
        "messages.1: all messages must have non-empty content except for the optional final assistant message"
    )

    assert refused(messages=[*HI, empty, *HI]) == expected
    assert isinstance(read(model="claude-haiku-4-5", messages=[*HI, empty]), Request)


@pytest.mark.parametrize("role", ["user", "assistant"])
def test_a_text_block_is_not_empty(role: str) -> None:
    messages = [*HI, {"role": role, "content": [{"type": "text", "text": ""}]}]

    assert refused(messages=messages) == "messages: text content blocks must be non-empty"


@pytest.mark.parametrize("content", [" ", [{"type": "text", "text": "\n\t"}]])
def test_a_text_is_more_than_white_space(content: Any) -> None:
    messages = [{"role": "user", "content": content}]

    assert refused(messages=messages) == "messages: text content blocks must contain non-whitespace text"


@pytest.mark.parametrize(
    ("system", "sentence"),
    [
        ([{"type": "text", "text": ""}], "system: text content blocks must be non-empty"),
        (" ", "system: text content blocks must contain non-whitespace text"),
    ],
)
def test_a_system_prompt_says_something(system: Any, sentence: str) -> None:
    assert refused(system=system) == sentence


def test_a_system_prompt_may_be_an_empty_string() -> None:
    assert isinstance(read(system=""), Request)


@pytest.mark.parametrize("sequence", ["", " ", "\n\t"])
def test_stop_sequences_are_more_than_white_space(sequence: str) -> None:
    expected = "stop_sequences: each stop sequence must contain non-whitespace"

    assert refused(stop_sequences=["END", sequence]) == expected


@pytest.mark.parametrize("budget", [2000, 2001])
def test_the_thinking_budget_is_below_the_limit(budget: int) -> None:
    sentence = refused(max_tokens=2000, thinking={"type": "enabled", "budget_tokens": budget})

    assert str(sentence).startswith(
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult"
    )


def test_thinking_between_calls_may_have_a_budget_above_the_limit() -> None:
    thinking = {"type": "enabled", "budget_tokens": 10_000}
    body = body_of(model="claude-sonnet-4-5", max_tokens=2000, thinking=thinking, tools=[WEATHER])
    http = post(body, anthropic_beta="interleaved-thinking-2025-05-14")

    assert isinstance(MESSAGES.read(http, CONTEXT), Request)


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_budget_for_thinking_goes_with_no_forced_call(choice: Any) -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024}

    sentence = refused(
        model="claude-sonnet-4-6", max_tokens=2000, thinking=thinking, tools=[WEATHER], tool_choice=choice
    )

    assert sentence == "Thinking may not be enabled when tool_choice forces tool use."


@pytest.mark.parametrize(
    "model", ["claude-haiku-5-5", "claude-opus-5", "claude-fable-5", "claude-sonnet-4-6"]
)
@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_model_that_thinks_adaptively_can_be_forced(model: str, choice: Any) -> None:
    thinking = {"type": "adaptive"}

    assert isinstance(read(model=model, thinking=thinking, tools=[WEATHER], tool_choice=choice), Request)


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-1"])
@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_some_models_cannot_be_forced(model: str, choice: Any) -> None:
    sentence = refused(model=model, tools=[WEATHER], tool_choice=choice)

    assert sentence == 'tool_choice: type "tool" and "any" are not supported for this model.'


def test_a_forced_call_without_a_word_on_thinking_is_served() -> None:
    assert isinstance(read(model="claude-sonnet-4-6", tools=[WEATHER], tool_choice={"type": "any"}), Request)


@pytest.mark.parametrize("tools", [{}, {"tools": []}])
@pytest.mark.parametrize("choice", ["auto", "any"])
def test_a_choice_needs_tools(tools: dict[str, Any], choice: str) -> None:
    expected = "tool_choice may only be specified while providing tools"

    assert refused(tool_choice={"type": choice}, **tools) == expected


def test_the_chosen_tool_is_among_the_tools() -> None:
    expected = "Tool 'get_time' not found in provided tools"

    assert refused(tools=[WEATHER], tool_choice={"type": "tool", "name": "get_time"}) == expected


def test_a_member_of_a_toolset_may_be_chosen() -> None:
    toolset = {"type": "computer_toolset_20260801"}

    choice = {"type": "tool", "name": "click"}

    assert isinstance(read(model="claude-sonnet-5", tools=[toolset], tool_choice=choice), Request)


def test_tool_names_are_unique() -> None:
    assert refused(tools=[WEATHER, WEATHER]) == "tools: Tool names must be unique."


@pytest.mark.parametrize(
    ("tool_type", "name"),
    [
        ("bash_20250124", "bash"),
        ("text_editor_20250124", "str_replace_editor"),
        ("text_editor_20250728", "str_replace_based_edit_tool"),
        ("memory_20250818", "memory"),
        ("web_search_20260318", "web_search"),
        ("code_execution_20260521", "code_execution"),
        ("tool_search_tool_bm25", "tool_search_tool_bm25"),
        ("tool_search_tool_regex_20251119", "tool_search_tool_regex"),
    ],
)
def test_tools_of_the_api_have_the_names_of_the_api(tool_type: str, name: str) -> None:
    sentence = refused(tools=[{"type": tool_type, "name": "mine"}])

    assert sentence == f"tools.0.{tool_type}.name: Input should be '{name}'"
    assert isinstance(read(tools=[{"type": tool_type, "name": name}]), Request)


@pytest.mark.parametrize("tool_type", ["web_search_20260318", "web_fetch_20250910"])
def test_domains_are_either_allowed_or_blocked(tool_type: str) -> None:
    allowed = {"type": tool_type, "name": tool_type[: tool_type.rindex("_")], "allowed_domains": ["a.com"]}

    assert f"tools.0.{tool_type}: " in str(refused(tools=[allowed | {"blocked_domains": ["b.com"]}]))
    assert isinstance(read(tools=[allowed]), Request)


def test_one_tool_at_hand_is_enough() -> None:
    deferred = WEATHER | {"name": "other", "defer_loading": True}

    assert isinstance(read(tools=[deferred, WEATHER]), Request)
    assert str(refused(tools=[deferred])).startswith("At least one tool must have defer_loading=false")


def test_tools_of_a_server_are_tools_to_choose_from() -> None:
    server = {"type": "url", "url": "https://example.com", "name": "s"}

    assert isinstance(read(mcp_servers=[server], tool_choice={"type": "auto"}), Request)


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        ([BRIEF, *HI], "messages.0: use the top-level 'system' parameter for the initial system prompt; "),
        (
            [*HI, YES, BRIEF],
            "messages.2: role 'system' must follow a 'user' message or an 'assistant' message ",
        ),
        (
            [*HI, BRIEF, *HI],
            "messages.1: role 'system' must precede an 'assistant' message or end the array; ",
        ),
        ([*HI, BRIEF, BRIEF, *HI], "messages.2: role 'system' must precede "),
    ],
)
def test_a_system_message_has_its_place(messages: Any, sentence: str) -> None:
    assert str(refused(messages=messages)).startswith(sentence)


def test_a_system_message_may_follow_what_a_tool_of_the_server_gave() -> None:
    call = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    messages = [*HI, {"role": "assistant", "content": [call, found]}, BRIEF]

    assert isinstance(read(messages=messages), Request)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_directive_may_stand_anywhere(at: int) -> None:
    messages: list[Any] = [*HI, YES, *HI]
    messages.insert(at, {"role": "system", "content": [], "output_config": {"effort": "low"}})
    http = post(body_of(messages=messages), anthropic_beta="mid-conversation-output-config-2026-07-01")

    assert isinstance(MESSAGES.read(http, CONTEXT), Request)


def test_a_model_without_efforts_takes_none() -> None:
    sentence = refused(model="claude-haiku-4-5", output_config={"effort": "low"})

    assert str(sentence).startswith("This model does not support")


def test_a_beta_for_longer_output_lifts_the_cap() -> None:
    http = post(body_of(max_tokens=300_000), anthropic_beta="output-300k-2026-03-24")

    assert isinstance(MESSAGES.read(http, CONTEXT), Request)


# ------------------------------------------------------------------------------------------- content


def test_the_newest_version_takes_no_document_from_the_assistant() -> None:
    messages = [*HI, {"role": "assistant", "content": [DOCUMENT]}, *HI]

    assert str(refused(version=NEW, messages=messages)).startswith("messages.1.content.0: `document` blocks")
    assert isinstance(read(version=OLD, messages=messages), Request)


@pytest.mark.parametrize(
    ("block", "path"),
    [
        (CITED, "0.text"),
        (
            {"type": "search_result", "source": "s", "title": "t", "content": [CITED]},
            "0.search_result.content.0",
        ),
    ],
)
def test_the_newest_version_takes_no_citations_from_the_user(block: Any, path: str) -> None:
    messages = [{"role": "user", "content": [block]}]
    expected = f"messages.0.content.{path}.citations: Extra inputs are not permitted"

    assert refused(version=NEW, messages=messages) == expected
    assert isinstance(read(version=OLD, messages=messages), Request)


def test_the_assistants_citations_may_be_handed_back() -> None:
    assert isinstance(read(messages=[*HI, {"role": "assistant", "content": [CITED]}, *HI]), Request)


# -------------------------------------------------------------------------------------------- caching

MARK = {"cache_control": {"type": "ephemeral"}}
MARKED = {"type": "text", "text": "Hi"} | MARK
MARKED_RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [MARKED]} | MARK
MARKED_CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}} | MARK


@pytest.mark.parametrize(
    "sent",
    [
        {"messages": [{"role": "user", "content": [MARKED] * 5}]},
        {"system": [MARKED] * 5},
        {"system": [MARKED] * 3, "tools": [WEATHER | MARK]} | MARK,
        {
            "tools": [WEATHER | MARK],
            "messages": [
                {"role": "user", "content": [MARKED]},
                {"role": "assistant", "content": [MARKED_CALL]},
                {"role": "user", "content": [MARKED_RESULT]},
            ],
        },
    ],
)
def test_four_places_at_most_are_marked_for_the_cache(sent: dict[str, Any]) -> None:
    assert refused(**sent) == "A maximum of 4 blocks with cache_control may be provided. Found 5."


def test_four_places_may_be_marked_for_the_cache() -> None:
    marked = [{"role": "user", "content": [MARKED] * 3 + [{"type": "text", "text": "Hi"}]}]

    assert isinstance(read(messages=marked, tools=[WEATHER | MARK]), Request)


# ------------------------------------------------------------------------------------------- schemas


@pytest.mark.parametrize(
    "schema",
    [
        OBJECT,
        CLOSED | {"properties": {"inner": OBJECT}},
        {"type": "array", "items": OBJECT},
        CLOSED | {"$defs": {"Inner": OBJECT}},
        {"anyOf": [CLOSED, OBJECT]},
    ],
)
def test_every_object_of_an_output_format_is_closed(schema: Any) -> None:
    sentence = refused(output_config={"format": {"type": "json_schema", "schema": schema}})

    assert sentence == f"output_config.format.schema: {NOT_CLOSED}"


@pytest.mark.parametrize("schema", [CLOSED, CLOSED | {"default": {"type": "object"}}, {"type": "string"}])
def test_a_closed_output_format_is_taken(schema: Any) -> None:
    found = request(output_config={"format": {"type": "json_schema", "schema": schema}})

    assert found.format.schema == schema


def test_a_strict_tool_is_closed() -> None:
    strict = WEATHER | {"strict": True}

    assert refused(tools=[strict]) == f"tools.0.custom: {NOT_CLOSED}"
    assert isinstance(read(tools=[strict | {"input_schema": CLOSED}]), Request)
