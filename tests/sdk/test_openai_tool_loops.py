"""Whole conversations as agents hold them: ask, run the tools that are called, answer, and so on.

The loops are written by hand, as frameworks write them, one for each way of talking to the two APIs; every
scenario goes through all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from openai import AsyncOpenAI, OpenAI

from mockserver.conversation import Thinking, ToolCall
from mockserver.history.turns import role_runs
from mockserver.runner import MockServer

Tools: TypeAlias = dict[str, Callable[..., str]]
Loop: TypeAlias = Callable[[OpenAI, str, str], str]

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: Tools = {
    "get_weather": lambda city: json.dumps({"city": city, "temp_c": 18}),
    "get_time": lambda city: f"noon in {city}",
}
CHAT_TOOLS: Any = [
    {"type": "function", "function": {"name": name, "description": name, "parameters": CITY}}
    for name in TOOLS
]
RESPONSES_TOOLS: Any = [
    {"type": "function", "name": name, "description": name, "parameters": CITY, "strict": True}
    for name in TOOLS
]
TURNS = 5
"""More than any of the scenarios takes."""


def run(name: str, arguments: str) -> str:
    return TOOLS[name](**json.loads(arguments))


# ----------------------------------------------------------------------------------------- Chat Completions


def answers(message: Any) -> list[Any]:
    """What the tools answer to the calls of a message."""
    return [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "content": run(call.function.name, call.function.arguments),
        }
        for call in message.tool_calls or ()
    ]


def chat(client: OpenAI, model: str, question: str) -> str:
    messages: Any = [{"role": "user", "content": question}]
    for _ in range(TURNS):
        completion = client.chat.completions.create(model=model, messages=messages, tools=CHAT_TOOLS)
        message = completion.choices[0].message
        if not message.tool_calls:
            return message.content or ""
        messages += [message, *answers(message)]
    raise AssertionError("the model calls tools for ever")


def chat_streamed(client: OpenAI, model: str, question: str) -> str:
    messages: Any = [{"role": "user", "content": question}]
    for _ in range(TURNS):
        with client.chat.completions.stream(model=model, messages=messages, tools=CHAT_TOOLS) as stream:
            message = stream.get_final_completion().choices[0].message
        if not message.tool_calls:
            return message.content or ""
        messages += [message, *answers(message)]
    raise AssertionError("the model calls tools for ever")


def chat_assembled(client: OpenAI, model: str, question: str) -> str:
    """With the chunks put together by hand, as many clients do."""
    messages: Any = [{"role": "user", "content": question}]
    for _ in range(TURNS):
        message = assembled(client, model, messages)
        messages.append(message)
        if "tool_calls" not in message:
            return str(message["content"])
        for call in message["tool_calls"]:
            function = call["function"]
            content = run(function["name"], function["arguments"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    raise AssertionError("the model calls tools for ever")


def assembled(client: OpenAI, model: str, messages: Any) -> dict[str, Any]:
    text, reasoning, calls = "", "", list[dict[str, Any]]()
    for chunk in client.chat.completions.create(
        model=model, messages=messages, tools=CHAT_TOOLS, stream=True
    ):
        delta = chunk.choices[0].delta
        text += delta.content or ""
        reasoning += (delta.model_extra or {}).get("reasoning_content", "")
        for piece in delta.tool_calls or ():
            if piece.index == len(calls):
                calls.append(piece.model_dump(exclude={"index"}))
            elif piece.function:
                calls[piece.index]["function"]["arguments"] += piece.function.arguments
    return {
        "role": "assistant",
        "content": text or None,
        **({"reasoning_content": reasoning} if reasoning else {}),
        **({"tool_calls": calls} if calls else {}),
    }


# ------------------------------------------------------------------------------------------------ Responses


def outputs(response: Any) -> list[Any]:
    """What the tools answer to the calls in a response."""
    return [
        {
            "type": "function_call_output",
            "call_id": item.call_id,
            "output": run(item.name, item.arguments),
        }
        for item in response.output
        if item.type == "function_call"
    ]


def responses_chained(client: OpenAI, model: str, question: str) -> str:
    given: Any = question
    before = None
    for _ in range(TURNS):
        response = client.responses.create(
            model=model, input=given, previous_response_id=before, tools=RESPONSES_TOOLS
        )
        given, before = outputs(response), response.id
        if not given:
            return response.output_text
    raise AssertionError("the model calls tools for ever")


def responses_stateless(client: OpenAI, model: str, question: str) -> str:
    history: Any = [{"role": "user", "content": question}]
    for _ in range(TURNS):
        response = client.responses.create(
            model=model,
            input=history,
            tools=RESPONSES_TOOLS,
            store=False,
            include=["reasoning.encrypted_content"],
            reasoning={"summary": "auto"},
        )
        history += [*response.output, *outputs(response)]
        if history[-1] == response.output[-1]:
            return response.output_text
    raise AssertionError("the model calls tools for ever")


def responses_streamed(client: OpenAI, model: str, question: str) -> str:
    given: Any = [{"role": "user", "content": question}]
    before = None
    for _ in range(TURNS):
        chain: Any = {"previous_response_id": before} if before else {}
        with client.responses.stream(model=model, input=given, tools=RESPONSES_TOOLS, **chain) as stream:
            response = stream.get_final_response()
        given, before = outputs(response), response.id
        if not given:
            return response.output_text
    raise AssertionError("the model calls tools for ever")


# ---------------------------------------------------------------------------------------------------- tests

LOOPS: list[Loop] = [
    chat,
    chat_streamed,
    chat_assembled,
    responses_chained,
    responses_stateless,
    responses_streamed,
]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is asked, what is answered in the end, and the calls on the way."""

    model: str
    question: str
    answer: str
    calls: list[tuple[str, dict[str, str]]]


SCENARIOS = [
    Scenario(
        "gpt-4o",
        "What's the weather in Oslo?",
        'Here is the weather in Oslo: {"city": "Oslo", "temp_c": 18}',
        [("get_weather", {"city": "Oslo"})],
    ),
    Scenario(
        "gpt-4o-mini",
        "What time is it in Paris, and how is it outside?",
        'Weather: {"city": "Paris", "temp_c": 18}. Time: noon in Paris.',
        [("get_weather", {"city": "Paris"}), ("get_time", {"city": "Paris"})],
    ),
    Scenario(
        "mock-sdk-thinking-tools",
        "How is it in Paris?",
        'In Paris: {"city": "Paris", "temp_c": 18}',
        [("get_weather", {"city": "Paris"})],
    ),
]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=["weather", "parallel-tools", "thinking-tools"])
def test_a_loop_ends_with_what_the_tools_said(
    openai_client: OpenAI, mock: MockServer, loop: Loop, scenario: Scenario
) -> None:
    told = loop(openai_client, scenario.model, scenario.question)

    assert without_spacing(told) == without_spacing(scenario.answer)
    first, second = mock.requests
    assert [message.role for message in first.messages] == ["user"]
    assert [spoken[0].role for spoken in role_runs(second.messages)] == ["user", "assistant", "tool"]
    made = [part for part in second.messages[1].parts if isinstance(part, ToolCall)]
    assert [(call.name, call.arguments) for call in made] == scenario.calls
    assert len({call.id for call in made}) == len(made)


def without_spacing(text: str) -> str:
    """Templates print values in their own spacing and quotes."""
    return text.replace("'", '"').replace(" ", "")


@pytest.mark.parametrize("loop", [chat_assembled, responses_chained, responses_stateless])
def test_reasoning_comes_back_to_the_model(openai_client: OpenAI, mock: MockServer, loop: Loop) -> None:
    loop(openai_client, "mock-sdk-thinking-tools", "How is it in Paris?")

    said = mock.requests[-1].messages[1].parts
    assert isinstance(said[0], Thinking)
    assert said[0].text in ("I need the weather in Paris.", "")


async def test_a_loop_may_be_asynchronous(async_openai_client: AsyncOpenAI) -> None:
    messages: Any = [{"role": "user", "content": "What's the weather in Oslo?"}]
    first = await async_openai_client.chat.completions.create(
        model="gpt-4o", messages=messages, tools=CHAT_TOOLS
    )
    messages += [first.choices[0].message, *answers(first.choices[0].message)]
    second = await async_openai_client.chat.completions.create(
        model="gpt-4o", messages=messages, tools=CHAT_TOOLS
    )

    assert (second.choices[0].message.content or "").startswith("Here is the weather in Oslo: ")


async def test_a_chain_may_be_asynchronous(async_openai_client: AsyncOpenAI) -> None:
    asked: Any = {"model": "gpt-4o", "tools": RESPONSES_TOOLS}
    first = await async_openai_client.responses.create(input="What's the weather in Oslo?", **asked)
    second = await async_openai_client.responses.create(
        input=outputs(first), previous_response_id=first.id, **asked
    )

    assert second.output_text.startswith("Here is the weather in Oslo: ")


def test_a_talk_goes_on_after_the_tools(openai_client: OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "What's the weather in Oslo?"}]
    for _ in range(2):
        message = (
            openai_client.chat.completions.create(model="gpt-4o", messages=messages, tools=CHAT_TOOLS)
            .choices[0]
            .message
        )
        messages += [message, *answers(message)]
    messages.append({"role": "user", "content": "And the weather in Rome?"})

    again = openai_client.chat.completions.create(model="gpt-4o", messages=messages, tools=CHAT_TOOLS)

    (call,) = again.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert json.loads(call.function.arguments) == {"city": "Rome"}
