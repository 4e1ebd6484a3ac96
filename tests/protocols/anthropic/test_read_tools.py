"""Tools of a body, and the choice among them."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import WEATHER, request

from mockserver.conversation import Tool, ToolChoice


def test_tools_keep_name_description_and_schema() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools = [
        {"name": "f", "description": "Does f.", "input_schema": schema},
        {"type": "custom", "name": "g", "input_schema": {"type": "object"}},
        {"type": "bash_20250124", "name": "bash"},
    ]

    found = request(tools=tools).tools

    assert found == (Tool("f", "Does f.", schema), Tool("g", schema={"type": "object"}), Tool("bash"))


def test_tools_that_the_api_runs_are_none_of_the_clients() -> None:
    tools = [{"type": "web_search_20260318", "name": "web_search"}, {"type": "computer_toolset_20260801"}]

    assert request(tools=tools).tools == ()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"type": "auto"}, ToolChoice("auto")),
        ({"type": "auto", "disable_parallel_tool_use": True}, ToolChoice("auto", parallel=False)),
        ({"type": "any", "disable_parallel_tool_use": False}, ToolChoice("required")),
        ({"type": "tool", "name": "get_weather"}, ToolChoice("required", ("get_weather",))),
        ({"type": "none"}, ToolChoice("none")),
    ],
)
def test_the_choice_among_tools(choice: Any, expected: ToolChoice) -> None:
    assert request(model="claude-sonnet-5", tools=[WEATHER], tool_choice=choice).tool_choice == expected
