"""Anthropic's SDK: thinking, asked for in every way, shown, omitted, redacted and handed back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from anthropic.types import Message
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client, text_of

from mockserver.conversation import Thinking, ToolCall
from mockserver.runner import MockServer

STRAWBERRY: Any = HELLO | {"messages": [{"role": "user", "content": "How many r are in strawberry?"}]}
ANSWER = 'There are three r\'s in "strawberry".'
WEATHER = {"name": "get_weather", "input_schema": {"type": "object"}}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def create(client: Anthropic, **fields: Any) -> Message:
    message: Message = client.messages.create(**STRAWBERRY | fields)
    return message


@pytest.mark.parametrize(
    "thinking",
    [
        {"type": "adaptive"},
        {"type": "adaptive", "display": "summarized"},
        {"type": "enabled", "budget_tokens": 1024},
        {"type": "between_tools"},
    ],
    ids=str,
)
def test_thinking_comes_before_the_answer_and_is_signed(claude: Anthropic, thinking: Any) -> None:
    message = create(claude, model="mock-thinking", max_tokens=2000, thinking=thinking)

    thought, said = message.content
    assert thought.type == "thinking"
    assert "s-t-r-a-w-b-e-r-r-y" in thought.thinking
    assert len(thought.signature) > 40
    assert said.type == "text"
    assert text_of(message) == ANSWER


async def test_thinking_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        async with client.messages.stream(**STRAWBERRY, thinking={"type": "adaptive"}) as stream:
            thought = "".join([event.thinking async for event in stream if event.type == "thinking"])
        message = await stream.get_final_message()

    assert "s-t-r-a-w-b-e-r-r-y" in thought
    assert text_of(message) == ANSWER


def test_thinking_is_part_of_the_output_that_is_counted(claude: Anthropic) -> None:
    usage = create(claude, thinking={"type": "adaptive"}).usage

    assert usage.output_tokens_details is not None
    assert 0 < usage.output_tokens_details.thinking_tokens < usage.output_tokens


def test_thinking_that_is_turned_off_is_neither_there_nor_counted(claude: Anthropic) -> None:
    model = "claude-sonnet-5"

    message = create(claude, model=model, thinking={"type": "disabled"})

    assert [block.type for block in message.content] == ["text"]
    assert message.usage.output_tokens_details is None
    thoughtful = create(claude, model=model, thinking={"type": "adaptive"})
    assert message.usage.output_tokens < thoughtful.usage.output_tokens


def test_omitted_thinking_leaves_its_signature(claude: Anthropic) -> None:
    thought = create(claude, thinking={"type": "adaptive", "display": "omitted"}).content[0]

    assert thought.type == "thinking"
    assert thought.thinking == ""
    assert len(thought.signature) > 40


def test_omitted_thinking_is_streamed_as_its_signature_alone(claude: Anthropic) -> None:
    asked = STRAWBERRY | {"thinking": {"type": "adaptive", "display": "omitted"}}

    with claude.messages.stream(**asked) as stream:
        told = [event.type for event in stream if event.type in {"thinking", "signature"}]

    assert told == ["signature"]


def test_a_beta_adds_its_count_to_thinking(claude: Anthropic) -> None:
    with claude.beta.messages.stream(**STRAWBERRY, betas=["thinking-token-count-2026-05-13"]) as stream:
        deltas = [event.delta for event in stream if event.type == "content_block_delta"]

    thinking = [delta for delta in deltas if delta.type == "thinking_delta"]
    assert thinking
    assert all(delta.to_dict()["estimated_tokens"] is None for delta in thinking)


def test_redacted_thinking_is_opaque(claude: Anthropic) -> None:
    message = create(claude, model="mock-sdk-redacted")

    assert message.content[0].to_dict() == {"type": "redacted_thinking", "data": "b3BhcXVl"}


@pytest.mark.parametrize("streamed", [False, True])
def test_thinking_is_handed_back_as_it_came(
    server: MockServer, key: str, claude: Anthropic, *, streamed: bool
) -> None:
    asking: Any = HELLO | {"model": "mock-sdk-anthropic-everything", "tools": [WEATHER]}
    first: Message
    if streamed:
        with claude.messages.stream(**asking) as stream:
            first = stream.get_final_message()
    else:
        first = claude.messages.create(**asking)
    results: Any = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "fine"}
        for block in first.content
        if block.type == "tool_use"
    ]

    told = claude.messages.create(
        **asking | {"messages": [*HELLO["messages"], first.to_param(), {"role": "user", "content": results}]}
    )

    parts = server.namespace(key).requests[-1].messages[1].parts
    assert text_of(told) == "Both are fine."
    assert first.content[0].type == "thinking"
    assert parts[0] == Thinking("Two cities, so two calls.", first.content[0].signature)
    assert parts[1] == Thinking("b3BhcXVl", redacted=True)
    assert parts[4] == ToolCall("get_weather", {"city": "東京"}, "toolu_scripted")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"thinking": {"type": "enabled", "budget_tokens": 512}},
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 1024},
            "`max_tokens` must be greater than `thinking.budget_tokens`.",
        ),
        (
            {
                "thinking": {"type": "enabled", "budget_tokens": 1024},
                "max_tokens": 2048,
                "tools": [WEATHER],
                "tool_choice": {"type": "any"},
            },
            "Thinking may not be enabled when tool_choice forces tool use.",
        ),
        ({"thinking": {"type": "enabled"}}, "thinking.enabled.budget_tokens: Field required"),
    ],
    ids=str,
)
def test_thinking_that_cannot_be_is_refused(claude: Anthropic, fields: Any, message: str) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        create(claude, **fields)

    assert str(raised.value.api_message).startswith(message)


def test_thinking_without_its_signature_is_refused(claude: Anthropic) -> None:
    unsigned: Any = {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}]}

    with pytest.raises(anthropic.BadRequestError) as raised:
        create(claude, messages=[*STRAWBERRY["messages"], unsigned])

    assert raised.value.api_message == "messages.1.content.0.thinking.signature: Field required"
