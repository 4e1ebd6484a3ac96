"""The tools of a body, and the choice among them.

Mirrors the members `tools` and `tool_choice` of "Create a Message" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.conversation import Tool, ToolChoice
from mockserver.protocols.anthropic.contract_tools import (
    ChoiceAny,
    ChoiceAuto,
    ChoiceNone,
    ChoiceTool,
    ClientTool,
    CustomTool,
    ToolChoiceParam,
    ToolParam,
    TypedCustomTool,
)


def tools_of(tools: Iterable[ToolParam]) -> Iterator[Tool]:
    """The tools that the client runs, as far as they have names. Server tools never reach the client."""
    for tool in tools:
        if isinstance(tool, CustomTool | TypedCustomTool):
            yield Tool(tool.name, tool.description or "", dict(tool.input_schema))
        elif isinstance(tool, ClientTool):
            yield Tool(tool.name)


def tool_choice_of(choice: ToolChoiceParam) -> ToolChoice:
    match choice:
        case ChoiceNone():
            return ToolChoice("none")
        case ChoiceAuto(disable_parallel_tool_use=single):
            return ToolChoice("auto", parallel=not single)
        case ChoiceAny(disable_parallel_tool_use=single):
            return ToolChoice("required", parallel=not single)
        case ChoiceTool(name=name, disable_parallel_tool_use=single):
            return ToolChoice("required", (name,), parallel=not single)
