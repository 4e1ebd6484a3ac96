"""The table of multi-turn rules: what breaks a conversation, and in which words the API says so.

Mirrors "Create a Message: messages" and the sentences of its errors (2026-11). Each row is sent through a
whole server, and again in the mode that refuses nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import HI, WEATHER, body_of, post
from protocols.anthropic.served import Api


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def call(name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": "get_weather", "input": {}}


def result(name: str) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": name, "content": "sunny"}


EMPTY_ASSISTANT = (
    "messages.1: all messages must have non-empty content except for the optional final assistant message"
)
UNANSWERED = (
    "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each "
    "`tool_use` block must have a corresponding `tool_result` block in the next message."
)
UNEXPECTED = (
    "messages.{}: unexpected `tool_use_id` found in `tool_result` blocks: {}. Each `tool_result` block must "
    "have a corresponding `tool_use` block in the previous message."
)
TWO_RESULTS = (
    "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with "
    "id: toolu_1"
)
NO_SEARCH = (
    "messages.1.content.0: unexpected `tool_use_id` found in `web_search_tool_result` blocks: srvtoolu_1. "
    "Each `web_search_tool_result` block must have a corresponding `server_tool_use` block before it."
)
STRIPPED = (
    "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When "
    "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the "
    "lastmost set of `tool_use` and `tool_result` blocks)."
)
NO_PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user message."
)
BUDGET: dict[str, Any] = {
    "model": "claude-sonnet-4-6",
    "thinking": {"type": "enabled", "budget_tokens": 1024},
}
MARKED = text("Hi") | {"cache_control": {"type": "ephemeral"}}
SEARCHED = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
SYSTEM = {"role": "system", "content": "Be brief."}

ROWS: list[tuple[str, dict[str, Any], str, str]] = [
    ("empty list", {"messages": []}, "messages: at least one message is required", "/messages"),
    (
        "first is not user",
        {"messages": [{"role": "assistant", "content": "Hi"}, *HI]},
        'messages: first message must use the "user" role',
        "/messages/0/role",
    ),
    (
        "bad role",
        {"messages": [*HI, {"role": "tool", "content": "Hi"}]},
        "messages.1.role: Input should be 'user' or 'assistant'",
        "/messages/1/role",
    ),
    (
        "system role on an older model",
        {"model": "claude-sonnet-4-6", "messages": [*HI, SYSTEM]},
        "role 'system' is not supported on this model",
        "/messages/1/role",
    ),
    (
        "empty content of an assistant",
        {"messages": [*HI, assistant(), *HI]},
        EMPTY_ASSISTANT,
        "/messages/1/content",
    ),
    (
        "empty content of a user",
        {"messages": [{"role": "user", "content": ""}]},
        "messages.0: user messages must have non-empty content",
        "/messages/0/content",
    ),
    (
        "empty text block",
        {"messages": [user(text(""))]},
        "messages: text content blocks must be non-empty",
        "/messages/0/content/0",
    ),
    (
        "text block of white space",
        {"messages": [user(text(" \n"))]},
        "messages: text content blocks must contain non-whitespace text",
        "/messages/0/content/0",
    ),
    (
        "empty text block of the system",
        {"system": [text("")]},
        "system: text content blocks must be non-empty",
        "/system/0",
    ),
    (
        "system of white space",
        {"system": " "},
        "system: text content blocks must contain non-whitespace text",
        "/system",
    ),
    (
        "missing content",
        {"messages": [{"role": "user"}]},
        "messages.0.content: Field required",
        "/messages/0/content",
    ),
    (
        "missing id",
        {"messages": [*HI, assistant({"type": "tool_use", "name": "f", "input": {}})]},
        "messages.1.content.0.tool_use.id: Field required",
        "/messages/1/content/0/id",
    ),
    (
        "tool_use unanswered at the end",
        {"messages": [*HI, assistant(call("toolu_1"), call("toolu_2"))]},
        UNANSWERED.format("toolu_1, toolu_2"),
        "/messages/1/content/0",
    ),
    (
        "tool_use answered by words",
        {"messages": [*HI, assistant(call("toolu_1")), *HI]},
        UNANSWERED.format("toolu_1"),
        "/messages/1/content/0",
    ),
    (
        "tool_result after other content",
        {"messages": [*HI, assistant(call("toolu_1")), user(text("So:"), result("toolu_1"))]},
        UNANSWERED.format("toolu_1"),
        "/messages/1/content/0",
    ),
    (
        "orphan tool_result",
        {"messages": [user(text("Hi"), result("toolu_9"))]},
        UNEXPECTED.format("0.content.1", "toolu_9"),
        "/messages/0/content/1",
    ),
    (
        "result of another call",
        {"messages": [*HI, assistant(call("toolu_1")), user(result("toolu_1"), result("toolu_9"))]},
        UNEXPECTED.format("2.content.1", "toolu_9"),
        "/messages/2/content/1",
    ),
    ("orphan search result", {"messages": [*HI, assistant(SEARCHED)]}, NO_SEARCH, "/messages/1/content/0"),
    (
        "two results, one id",
        {"messages": [*HI, assistant(call("toolu_1")), user(result("toolu_1"), result("toolu_1"))]},
        TWO_RESULTS,
        "/messages/2/content/1",
    ),
    (
        "duplicate tool_use id",
        {"messages": [*HI, assistant(call("toolu_1"), call("toolu_1")), user(result("toolu_1"))]},
        "messages.1.content.1: `tool_use` ids must be unique",
        "/messages/1/content/1",
    ),
    (
        "tool_use in user",
        {"messages": [user(call("toolu_1"))]},
        "messages.0: `tool_use` blocks can only be in `assistant` messages",
        "/messages/0/content/0",
    ),
    (
        "tool_result in assistant",
        {"messages": [*HI, assistant(result("toolu_1")), *HI]},
        "messages.1: `tool_result` blocks can only be in `user` messages",
        "/messages/1/content/0",
    ),
    (
        "prefill on a newer model",
        {"messages": [*HI, assistant(text("Well,"))]},
        NO_PREFILL,
        "/messages/1",
    ),
    (
        "prefill that ends with white space",
        {"model": "claude-haiku-4-5", "messages": [*HI, {"role": "assistant", "content": "Well, "}]},
        "messages: final assistant content cannot end with trailing whitespace",
        "/messages/1/content",
    ),
    (
        "thinking stripped in an active tool loop",
        BUDGET | {"messages": [*HI, assistant(call("toolu_1")), user(result("toolu_1"))]},
        STRIPPED,
        "/messages/1/content/0",
    ),
    (
        "missing signature",
        {"messages": [*HI, assistant({"type": "thinking", "thinking": "Hm."})]},
        "messages.1.content.0.thinking.signature: Field required",
        "/messages/1/content/0/signature",
    ),
    (
        "signature that says nothing",
        {"messages": [*HI, assistant(THOUGHT | {"signature": ""}, text("Yes")), *HI]},
        "messages.1.content.0: Invalid `signature` in `thinking` block",
        "/messages/1/content/0/signature",
    ),
    (
        "more than four breakpoints",
        {"messages": [user(*[MARKED] * 5)]},
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        "",
    ),
]


@pytest.mark.parametrize(
    ("fields", "sentence", "pointer"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_a_broken_conversation_is_refused_in_the_words_of_the_api(
    fields: dict[str, Any], sentence: str, pointer: str
) -> None:
    api = Api()

    status, body = api.ask(post(body_of(**fields)))

    assert (status, body["type"], body["error"]["type"]) == (400, "error", "invalid_request_error")
    assert body["error"]["message"].startswith(sentence)
    assert api.findings[0] == ("error", "invalid_request", pointer)


@pytest.mark.parametrize("fields", [row[1] for row in ROWS], ids=[row[0] for row in ROWS])
def test_where_nothing_is_refused_a_broken_conversation_is_answered_and_noted(fields: dict[str, Any]) -> None:
    api = Api(contract="off")

    status, body = api.ask(post(body_of(**fields)))

    assert (status, body["type"]) == (200, "message")
    assert api.findings[0][0] == "error"


PROMPTS: list[tuple[str, dict[str, Any]]] = [
    ("two of one role", {"messages": [*HI, *HI, assistant(text("Yes?")), *HI]}),
    (
        "parallel calls answered in two messages",
        {
            "messages": [
                *HI,
                assistant(call("toolu_1"), call("toolu_2")),
                user(result("toolu_1")),
                user(result("toolu_2"), text("So?")),
            ]
        },
    ),
    ("system message at the end", {"messages": [*HI, SYSTEM]}),
    (
        "system message as a block of the user",
        {"messages": [user(text("Hi"), {"type": "mid_conv_system", "content": [text("Be brief.")]})]},
    ),
    ("system message before the assistant", {"messages": [*HI, SYSTEM, assistant(text("Yes?")), *HI]}),
    ("prefill on an older model", {"model": "claude-haiku-4-5", "messages": [*HI, assistant(text("Well,"))]}),
    ("prefill for a scenario", {"model": "mock-hello", "messages": [*HI, assistant(text("Well,"))]}),
    (
        "paused turn",
        {
            "messages": [
                *HI,
                assistant(
                    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
                ),
            ]
        },
    ),
    (
        "paused turn in two messages",
        {
            "messages": [
                *HI,
                assistant({"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}),
                assistant(SEARCHED, text("Found.")),
                *HI,
            ]
        },
    ),
    (
        "thinking behind a compaction in an active tool loop",
        BUDGET
        | {
            "messages": [
                *HI,
                assistant({"type": "compaction", "content": "So far"}, THOUGHT, call("toolu_1")),
                user(result("toolu_1")),
            ]
        },
    ),
    (
        "thinking in an active tool loop",
        BUDGET | {"messages": [*HI, assistant(THOUGHT, call("toolu_1")), user(result("toolu_1"))]},
    ),
    (
        "thinking at the start of a longer loop",
        BUDGET
        | {
            "messages": [
                *HI,
                assistant(THOUGHT, call("toolu_1")),
                user(result("toolu_1")),
                assistant(call("toolu_2")),
                user(result("toolu_2")),
            ]
        },
    ),
    (
        "thinking stripped of a turn that is over",
        BUDGET
        | {
            "messages": [*HI, assistant(call("toolu_1")), user(result("toolu_1")), assistant(text("18")), *HI]
        },
    ),
    (
        "thinking stripped where the model decides",
        {
            "thinking": {"type": "adaptive"},
            "messages": [*HI, assistant(call("toolu_1")), user(result("toolu_1"))],
        },
    ),
    (
        "a compaction in place of what was before",
        {"messages": [assistant({"type": "compaction", "content": "They said hi."}), *HI]},
    ),
]


@pytest.mark.parametrize("fields", [row[1] for row in PROMPTS], ids=[row[0] for row in PROMPTS])
def test_what_looks_wrong_and_is_not_is_answered(fields: dict[str, Any]) -> None:
    api = Api(contract="strict")

    status, body = api.ask(post(body_of(**fields)))

    assert (status, api.findings) == (200, []), body


def test_a_prompt_is_no_longer_than_the_model_reads() -> None:
    api = Api()

    status, body = api.ask(
        post(body_of(model="claude-haiku-4-5", messages=[{"role": "user", "content": "word " * 200_000}]))
    )

    assert status == 400
    assert body["error"]["type"] == "invalid_request_error"
    assert body["error"]["message"].startswith("prompt is too long: ")
    assert body["error"]["message"].endswith(" tokens > 200000 maximum")


CALLS = """
scenario: calls
match: {user: weather}
turns:
  - reply: [{tool_call: get_weather, arguments: {}}]
  - reply: Sunny.
"""


def test_a_turn_that_was_given_without_thinking_is_taken_back_without() -> None:
    api = Api(CALLS)
    asked: dict[str, Any] = BUDGET | {"tools": [WEATHER]}
    opening = [{"role": "user", "content": "How is the weather?"}]
    _, first = api.ask(post(body_of(messages=opening, **asked)))
    (block,) = first["content"]

    status, second = api.ask(
        post(body_of(messages=[*opening, assistant(block), user(result(block["id"]))], **asked))
    )

    assert (status, second["content"]) == (200, [{"type": "text", "text": "Sunny."}])
