"""Histories as the official Python SDK keeps them: nothing in them is refused, noted or taken for altered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "What is the weather and the time in Oslo?"}]
TOOLS: Any = [{"type": "function", "function": {"name": name}} for name in ("get_weather", "get_time")]
TURNS = {
    "text": {"reply": "Fine, thank you."},
    "refusal": {"reply": [{"refusal": "I can't."}]},
    "reasoning": {"reply": [{"thinking": "Hm."}, {"text": "Fine."}]},
    "calls": {
        "reply": [
            {"text": "Let me see."},
            {"tool_call": "get_weather", "arguments": {"city": "Oslo", "days": [1, 2.5]}},
            {"tool_call": "get_time", "arguments": {}},
        ]
    },
}
Asking = Callable[[OpenAI, Any], Any]


def whole(client: OpenAI, messages: Any) -> Any:
    answer = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS)
    return answer.choices[0].message


def dumped(client: OpenAI, messages: Any) -> Any:
    return whole(client, messages).model_dump()


def last_of_several(client: OpenAI, messages: Any) -> Any:
    answer = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS, n=3)
    return answer.choices[-1].message


def streamed(client: OpenAI, messages: Any) -> Any:
    with client.chat.completions.stream(model="gpt-4o", messages=messages, tools=TOOLS) as stream:
        return stream.get_final_completion().choices[0].message


def streamed_and_dumped(client: OpenAI, messages: Any) -> Any:
    return streamed(client, messages).model_dump()


def gone_on(messages: Any, message: Any) -> Any:
    """The history with an answer in it, with results for its calls or the next question."""
    read = message if isinstance(message, dict) else message.model_dump()
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": "x"} for call in read["tool_calls"] or ()
    ]
    return [*messages, message, *(results or [{"role": "user", "content": "And you?"}])]


@pytest.mark.parametrize("ask", [whole, dumped, last_of_several, streamed, streamed_and_dumped])
@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_a_history_is_taken_as_it_is(openai_client: OpenAI, mock: MockServer, turn: Any, ask: Asking) -> None:
    mock.script({"scenario": "talk", "turns": [turn, turn, {"reply": "Bye."}]})
    mock.judge("strict")

    messages = HELLO
    for _ in range(3):
        messages = gone_on(messages, ask(openai_client, messages))

    assert [entry.findings for entry in mock.exchanges] == [(), (), ()]
    assert [exchange.answered_by for exchange in mock.exchanges] == ["talk/1", "talk/2", "talk/3"]


async def test_a_history_of_the_async_client_is_taken_as_it_is(
    async_openai_client: AsyncOpenAI, mock: MockServer
) -> None:
    mock.script({"scenario": "talk", "turns": [TURNS["calls"], {"reply": "Bye."}]})
    completions = async_openai_client.chat.completions

    async with completions.stream(model="gpt-4o", messages=HELLO, tools=TOOLS) as stream:
        first = (await stream.get_final_completion()).choices[0].message
    await completions.create(model="gpt-4o", messages=gone_on(HELLO, first), tools=TOOLS)

    assert [entry.findings for entry in mock.exchanges] == [(), ()]


@pytest.mark.alters
def test_a_client_that_loses_a_call_is_told(openai_client: OpenAI, mock: MockServer) -> None:
    mock.script({"scenario": "talk", "turns": [TURNS["calls"], {"reply": "Bye."}]})
    message = dumped(openai_client, HELLO)
    message["tool_calls"].pop()

    whole(openai_client, gone_on(HELLO, message))

    (finding,) = mock.exchanges[-1].findings
    assert (finding.severity, finding.code) == ("altered", "tool_calls_altered")
