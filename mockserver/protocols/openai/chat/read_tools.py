"""The tools that a request offers, and which of them the model may call.

Mirrors `tools`, `tool_choice` and the deprecated `functions` of "Create chat completion" of the OpenAI API
reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import JsonObject, Tool, ToolChoice
from mockserver.protocols import tolerant
from mockserver.protocols.openai.chat import contract as wire


def tools_of(asked: wire.ChatRequest) -> tuple[Tool, ...]:
    functions = (_function(function) for function in asked.functions)
    return (*(_tool(tool) for tool in asked.tools), *functions)


def _tool(tool: wire.Tool) -> Tool:
    match tool:
        case wire.FunctionTool(function=function):
            return _function(function)
        case wire.CustomTool(custom=custom):
            return Tool(custom.name, custom.description or "", custom=True)


def _function(function: wire.FunctionDefinition) -> Tool:
    return Tool(function.name, function.description or "", function.parameters)


def tool_choice_of(asked: wire.ChatRequest) -> ToolChoice:
    if asked.functions and not asked.tools:
        return _legacy_choice(asked.function_call)
    parallel = asked.parallel_tool_calls
    match asked.tool_choice:
        case "none" | "auto" | "required" as mode:
            return ToolChoice(mode, parallel=parallel)
        case wire.FunctionChoice(function=named) | wire.CustomChoice(custom=named):
            return ToolChoice("required", (named.name,), parallel)
        case wire.AllowedToolsChoice(allowed_tools=allowed):
            return ToolChoice(allowed.mode, tuple(map(_allowed_name, allowed.tools)), parallel)


def _legacy_choice(choice: wire.LegacyChoice) -> ToolChoice:
    """The legacy answer has room for a single call."""
    match choice:
        case "none" | "auto" as mode:
            return ToolChoice(mode, parallel=False)
        case wire.Named(name=name):
            return ToolChoice("required", (name,), parallel=False)


def _allowed_name(tool: JsonObject) -> str:
    """`{type: function, function: {name}}`; the reference leaves these objects open."""
    named = tool.get(str(tool.get("type")), tool)
    return tolerant.text(tolerant.members(named).get("name"))
