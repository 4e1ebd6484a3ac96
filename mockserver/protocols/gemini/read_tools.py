"""The tools that a client offers, and which of them may be called.

Mirrors "Function calling" of the Gemini API documentation (2026-11). Takes checked values only.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import JsonObject, Tool, ToolChoice
from mockserver.protocols.gemini.schema import json_schema


def read_tools(body: JsonObject) -> tuple[Tool, ...]:
    """The declared functions; tools that run at Google are none of the client's."""
    return tuple(_functions(body))


def _functions(body: JsonObject) -> Iterator[Tool]:
    for tool in body.get("tools") or ():
        for declaration in tool.get("functionDeclarations") or ():
            yield Tool(
                declaration.get("name") or "", declaration.get("description") or "", _parameters(declaration)
            )


def read_tool_choice(body: JsonObject) -> ToolChoice:
    config = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    names = tuple(config.get("allowedFunctionNames") or ())
    match config.get("mode"):
        case "NONE":
            return ToolChoice("none")
        case "ANY":
            return ToolChoice("required", names)
        case _:
            return ToolChoice("auto", names)


def _parameters(declaration: JsonObject) -> JsonObject | None:
    own = declaration.get("parametersJsonSchema")
    if isinstance(own, dict):
        return own
    schema = declaration.get("parameters")
    return None if schema is None else json_schema(schema)
