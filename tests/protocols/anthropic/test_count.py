"""Counting the tokens of a prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import CONTEXT, HI, OLD, WEATHER, body_of, post, request
from protocols.anthropic.served import Api

from mockserver.conversation import Failure
from mockserver.limits import count_input
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.count import count_tokens
from mockserver.protocols.base import Answer

BETA = "token-counting-2024-11-01"


def counted(beta: str = "", **fields: Any) -> Any:
    body = {"model": "claude-opus-5-5", "messages": HI, **fields}
    answer = count_tokens(post(body, anthropic_beta=beta), CONTEXT)
    assert isinstance(answer, Answer), answer
    return orjson.loads(answer.body)


def test_the_count_is_all_there_is() -> None:
    assert list(counted()) == ["input_tokens"]


def test_the_count_is_that_of_a_messages_usage() -> None:
    prompt: dict[str, Any] = {"system": "Be brief.", "tools": [WEATHER]}

    assert counted(**prompt)["input_tokens"] == count_input(request(**prompt))


@pytest.mark.parametrize(
    "more", [{"system": "Be brief."}, {"tools": [WEATHER]}, {"messages": [*HI, *HI]}, {"messages": HI * 9}]
)
def test_the_count_grows_with_the_input(more: dict[str, Any]) -> None:
    assert counted(**more)["input_tokens"] > counted()["input_tokens"] > 0


@pytest.mark.parametrize("name", ["max_tokens", "stream", "stop_sequences", "metadata", "temperature"])
def test_members_of_a_message_alone_are_refused(name: str) -> None:
    body = {"model": "m", "messages": HI, name: 1}

    found = count_tokens(post(body, OLD), CONTEXT)

    assert isinstance(found, Failure)
    assert found.message == f"{name}: Extra inputs are not permitted"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": HI}, "model: Field required"),
        ({"model": "m"}, "messages: Field required"),
        ({"model": "m", "messages": []}, "messages: at least one message is required"),
    ],
)
def test_a_prompt_is_checked_like_a_message(body: Any, message: str) -> None:
    found = count_tokens(post(body), CONTEXT)

    assert isinstance(found, Failure)
    assert found.message == message


def test_a_version_is_needed_here_too() -> None:
    assert isinstance(count_tokens(post({"model": "m", "messages": HI}, "2020-01-01"), CONTEXT), Failure)


def test_the_beta_tells_of_the_context_that_was_edited() -> None:
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}

    count = counted()["input_tokens"]

    assert counted(BETA)["context_management"] is None
    assert counted(f"{BETA},context-management-2025-06-27", context_management=edits)[
        "context_management"
    ] == {"original_input_tokens": count}


def test_a_schema_nested_deeply_is_counted() -> None:
    tool = b'{"name":"f","input_schema":' + _nested(180) + b"}"
    content = b'{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[' + tool + b"]}"

    assert isinstance(count_tokens(post(content), CONTEXT), Answer)


def _nested(depth: int) -> bytes:
    """A schema of so many objects in each other."""
    return b'{"type":"object","a":' * depth + b"1" + b"}" * depth


# ------------------------------------------------------------------------- as a message counts, and is judged

CALLED = [
    *HI,
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "18"}]},
]
PROMPTS: list[dict[str, Any]] = [
    {},
    {"system": [{"type": "text", "text": "Be brief."}]},
    {"tools": [WEATHER, {"type": "bash_20250124", "name": "bash"}], "tool_choice": {"type": "auto"}},
    {"thinking": {"type": "adaptive", "display": "omitted"}},
    {"messages": [*HI, {"role": "system", "content": "Be brief."}]},
    {"messages": CALLED, "tools": [WEATHER]},
    {"output_config": {"effort": "low"}, "cache_control": {"type": "ephemeral"}, "speed": "fast"},
]


@pytest.mark.parametrize("prompt", PROMPTS, ids=str)
@pytest.mark.parametrize("stream", [False, True])
def test_a_message_uses_what_was_counted(prompt: dict[str, Any], *, stream: bool) -> None:
    api = Api()

    answer = api.send(post(body_of(stream=stream, **prompt)))

    usage = MESSAGES.decode(answer).usage
    assert usage.input == counted(**prompt)["input_tokens"]


def test_what_is_found_in_a_prompt_is_noted() -> None:
    api = Api()
    http = replace(post({"model": "m", "messages": HI, "some_day": 1}), path="/v1/messages/count_tokens")

    assert api.ask(http)[0] == 200
    assert api.findings == [("unknown", "unknown_parameter", "/some_day")]


def test_a_prompt_is_judged_by_the_rules_of_its_model() -> None:
    body = {
        "model": "claude-haiku-4-5",
        "messages": HI,
        "thinking": {"type": "adaptive"},
    }

    found = count_tokens(post(body), CONTEXT)

    assert isinstance(found, Failure)
    assert found.message == "adaptive thinking is not supported on this model"
