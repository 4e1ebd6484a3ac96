"""Calls of tools in Chat Completions, through the official Python SDK."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openai import OpenAI
from sdk.openai_strict import Wire

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
TIME: Any = {"type": "function", "function": {"name": "get_time", "parameters": SCHEMA}}
SHELL: Any = {"type": "custom", "custom": {"name": "shell", "description": "Runs a command"}}


def user(content: Any) -> Any:
    return [{"role": "user", "content": content}]


def calls_of(completion: Any) -> list[Any]:
    (choice,) = completion.choices
    return choice.message.tool_calls or []


def test_a_required_call_has_no_content(openai_client: OpenAI, wire: Wire) -> None:
    completion = openai_client.chat.completions.create(
        model="mock-auto", messages=HELLO, tools=[WEATHER], tool_choice="required"
    )

    (call,) = calls_of(completion)
    assert re.fullmatch(r"call_\w{24}", call.id)
    assert json.loads(call.function.arguments).keys() == {"city"}
    (choice,) = wire.json["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "tool_calls": [call.to_dict()],
        "refusal": None,
        "annotations": [],
    }


def test_parallel_calls_have_different_ids(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="gpt-4o", messages=user("What are weather and time in Paris?"), tools=[WEATHER, TIME]
    )

    calls = calls_of(completion)
    assert [call.function.name for call in calls] == ["get_weather", "get_time"]
    assert len({call.id for call in calls}) == 2


def test_calls_that_may_not_be_parallel_are_one(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="mock-auto",
        messages=user("What are weather and time in Paris?"),
        tools=[WEATHER, TIME],
        parallel_tool_calls=False,
    )

    assert len(calls_of(completion)) == 1


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("none", []),
        ({"type": "function", "function": {"name": "get_time"}}, ["get_time"]),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [TIME]}},
            ["get_time"],
        ),
    ],
    ids=["none", "named", "allowed"],
)
def test_the_choice_of_tool_is_kept(openai_client: OpenAI, choice: Any, names: list[str]) -> None:
    completion = openai_client.chat.completions.create(
        model="mock-auto", messages=user("Weather?"), tools=[WEATHER, TIME], tool_choice=choice
    )

    assert [call.function.name for call in calls_of(completion)] == names
    assert completion.choices[0].finish_reason == ("tool_calls" if names else "stop")


def test_a_custom_tool_is_called_with_free_text_and_answered(openai_client: OpenAI, mock: MockServer) -> None:
    mock.script(
        {
            "scenario": "shell",
            "turns": [
                {"reply": [{"tool_call": "shell", "arguments": "ls -l"}]},
                {"expect": {"tool_result": "shell"}, "reply": "It holds {{ results.shell }}."},
            ],
        }
    )
    messages = user("What is in this folder?")

    first = openai_client.chat.completions.create(model="gpt-4o", messages=messages, tools=[SHELL])
    (call,) = calls_of(first)
    answer: Any = {"role": "tool", "tool_call_id": call.id, "content": "a.txt"}
    messages += [first.choices[0].message, answer]
    second = openai_client.chat.completions.create(model="gpt-4o", messages=messages, tools=[SHELL])

    assert call.to_dict() == {
        "id": call.id,
        "type": "custom",
        "custom": {"name": "shell", "input": "ls -l"},
    }
    assert second.choices[0].message.content == "It holds a.txt."


def test_a_legacy_function_is_called_and_answered(openai_client: OpenAI) -> None:
    functions: Any = [WEATHER["function"]]
    messages = user("What's the weather in Oslo?")

    first = openai_client.chat.completions.create(model="gpt-4o", messages=messages, functions=functions)
    message = first.choices[0].message
    messages += [message, {"role": "function", "name": "get_weather", "content": "cold"}]
    second = openai_client.chat.completions.create(model="gpt-4o", messages=messages, functions=functions)

    assert first.choices[0].finish_reason == "function_call"
    assert message.tool_calls is None
    assert message.function_call
    assert json.loads(message.function_call.arguments) == {"city": "Oslo"}
    assert second.choices[0].message.content == "Here is the weather in Oslo: cold"
