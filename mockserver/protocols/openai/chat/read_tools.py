"""The tools that a request offers, and which of them the model may call.

Mirrors `tools`, `tool_choice` and the deprecated `functions` of "Create chat completion" of the OpenAI API
reference (2026-11). That they have the documented shapes was checked before.
"""

from __future__ import annotations

from mockserver.conversation import Json, JsonObject, Tool, ToolChoice
from mockserver.protocols import tolerant

_AS_IT_LIKES = ToolChoice()


def tools_of(asked: JsonObject) -> tuple[Tool, ...]:
    tools = tuple(map(_tool, asked.get("tools", ())))
    return (*tools, *map(_function, asked["functions"])) if "functions" in asked else tools


def _tool(tool: JsonObject) -> Tool:
    if tool["type"] == "custom":
        custom = tool["custom"]
        return Tool(custom["name"], custom.get("description") or "", custom=True)
    return _function(tool["function"])


def _function(function: JsonObject) -> Tool:
    return Tool(function["name"], function.get("description") or "", function.get("parameters"))


def tool_choice_of(asked: JsonObject) -> ToolChoice:
    if asked.get("functions") and not asked.get("tools"):
        return _legacy_choice(asked.get("function_call"))
    choice, parallel = asked.get("tool_choice", "auto"), asked.get("parallel_tool_calls", True)
    match choice:
        case "auto" if parallel:
            return _AS_IT_LIKES
        case {"type": "function", "function": named} | {"type": "custom", "custom": named}:
            return ToolChoice("required", (named["name"],), parallel)
        case {"type": "allowed_tools", "allowed_tools": allowed}:
            return ToolChoice(allowed["mode"], tuple(map(_allowed_name, allowed["tools"])), parallel)
        case _:
            return ToolChoice(choice, parallel=parallel)


def _legacy_choice(choice: Json) -> ToolChoice:
    """The legacy answer has room for a single call."""
    match choice:
        case {"name": name}:
            return ToolChoice("required", (name,), parallel=False)
        case "none":
            return ToolChoice("none", parallel=False)
        case _:
            return ToolChoice(parallel=False)


def _allowed_name(tool: JsonObject) -> str:
    """`{type: function, function: {name}}`; the reference leaves these objects open."""
    named = tool.get(str(tool.get("type")), tool)
    return tolerant.text(tolerant.members(named).get("name"))
