"""The tools of a body, and the choice among them.

Mirrors the members `tools` and `tool_choice` of "Create a Message" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.conversation import JsonObject, Tool, ToolChoice
from mockserver.protocols.anthropic.contract_tools import CLIENT_TOOLS, CUSTOM


def tools_of(tools: Iterable[JsonObject]) -> Iterator[Tool]:
    """The tools that the client runs, as far as they have names. Server tools never reach the client."""
    for tool in tools:
        kind = tool.get("type")
        if kind in CUSTOM:
            yield Tool(tool["name"], tool.get("description") or "", tool["input_schema"])
        elif kind in CLIENT_TOOLS:
            yield Tool(tool["name"])


def tool_choice_of(choice: JsonObject | None) -> ToolChoice:
    if choice is None:
        return _ANY_OR_NONE
    is_parallel = not choice.get("disable_parallel_tool_use")
    match choice["type"]:
        case "none":
            return ToolChoice("none")
        case "any":
            return ToolChoice("required", parallel=is_parallel)
        case "tool":
            return ToolChoice("required", (choice["name"],), parallel=is_parallel)
        case _:
            return ToolChoice("auto", parallel=is_parallel)


_ANY_OR_NONE = ToolChoice()
