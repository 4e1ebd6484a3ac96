"""Legacy completions, through the official Python SDK."""

from __future__ import annotations

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from mockserver.runner import MockServer

MODEL = "gpt-3.5-turbo-instruct"


def test_a_prompt_is_completed(openai_client: OpenAI) -> None:
    answer = openai_client.completions.create(model=MODEL, prompt="Hello!")

    assert answer.id.startswith("cmpl-")
    assert answer.choices[0].text == "Hello! How can I help you today?"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_a_completion_is_streamed(async_openai_client: AsyncOpenAI) -> None:
    chunks = await async_openai_client.completions.create(
        model=MODEL, prompt="Hello!", stream=True, stream_options={"include_usage": True}
    )
    told = [chunk async for chunk in chunks]

    assert "".join(chunk.choices[0].text for chunk in told if chunk.choices) == (
        "Hello! How can I help you today?"
    )
    assert told[-2].choices[0].finish_reason == "stop"
    assert told[-1].usage


def test_a_scenario_may_be_for_this_wire_alone(openai_client: OpenAI, mock: MockServer) -> None:
    mock.script({"scenario": "legacy", "match": {"protocol": "openai.completions"}, "reply": "As of old."})

    assert openai_client.completions.create(model=MODEL, prompt="Hello!").choices[0].text == "As of old."
    chat = openai_client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Hello!"}]
    )
    assert chat.choices[0].message.content != "As of old."


def test_several_prompts_and_choices_come_in_their_order(openai_client: OpenAI) -> None:
    answer = openai_client.completions.create(model=MODEL, prompt=["Hello! ", "Bye! "], n=2, echo=True)

    assert [choice.text[:5] for choice in answer.choices] == ["Hello", "Hello", "Bye! ", "Bye! "]
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]


def test_an_error_in_the_scenario_is_the_apis_own(openai_client: OpenAI) -> None:
    with pytest.raises(openai.RateLimitError) as raised:
        openai_client.completions.create(model="mock-rate-limit", prompt="Hello!")

    assert raised.value.code == "rate_limit_exceeded"
