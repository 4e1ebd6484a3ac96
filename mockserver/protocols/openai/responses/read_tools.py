"""The tools that a request offers, and which of them the model may call.

Mirrors `tools` and `tool_choice` of "Create a model response" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Json, JsonObject, Tool, ToolChoice
from mockserver.protocols.long_bodies import chosen, of_rest
from mockserver.protocols.tolerant import objects, text


def tools_of(body: JsonObject) -> tuple[Tool, ...]:
    """The client's own tools; those that the API itself runs cannot be called over the wire."""
    given = body.get("input")
    adding = chosen(given, _adds_tools) if isinstance(given, list) else ()
    tools = of_rest(body, _of_body)
    return (*tools, *(tool for item in adding for tool in _callable(item.get("tools")))) if adding else tools


def _of_body(body: JsonObject) -> tuple[Tool, ...]:
    return tuple(_callable(body.get("tools")))


def _adds_tools(item: Json) -> bool:
    return isinstance(item, dict) and item.get("type") == "additional_tools"


def _callable(tools: Json) -> Iterator[Tool]:
    for tool in objects(tools):
        kind, name = tool.get("type"), tool.get("name")
        if kind == "namespace":
            yield from _callable(tool.get("tools"))
        elif kind == "function" and isinstance(name, str):
            schema = tool.get("parameters")
            yield Tool(name, text(tool.get("description")), schema if isinstance(schema, dict) else None)
        elif kind == "custom" and isinstance(name, str):
            yield Tool(name, text(tool.get("description")), custom=True)


def tool_choice_of(body: JsonObject, tools: tuple[Tool, ...]) -> ToolChoice:
    parallel = body.get("parallel_tool_calls") is not False
    match body.get("tool_choice"):
        case "none":
            return ToolChoice("none", parallel=parallel)
        case "required":
            return ToolChoice("required", parallel=parallel)
        case {"type": "function" | "custom", "name": str(name)}:
            return ToolChoice("required", (name,), parallel)
        case {"type": "allowed_tools", "mode": "auto" | "required" as mode, "tools": list(allowed)}:
            return ToolChoice(mode, tuple(_names(allowed, tools)), parallel)
        case {"type": str()}:
            # The API is told to run a tool of its own, so it calls none of the client's.
            return ToolChoice("none", parallel=parallel)
        case _:
            return ToolChoice(parallel=parallel)


def _names(allowed: list[Json], tools: tuple[Tool, ...]) -> Iterator[str]:
    offered = [tool.name for tool in tools]
    yield from (tool["name"] for tool in objects(allowed) if tool.get("name") in offered)


def image_tool(body: JsonObject) -> JsonObject:
    """The image generation tool as it was offered; empty when it was not."""
    return next((tool for tool in objects(body.get("tools")) if tool.get("type") == "image_generation"), {})
