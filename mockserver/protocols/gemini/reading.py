"""A normalised GenerateContentRequest as a neutral request.

Mirrors "Generating content", "Function calling", "Thinking" and "Structured output" of the Gemini API
documentation (2026-11). Takes checked values only; a single part of a message is `parts`' matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from mockserver.conversation import (
    Format,
    Http,
    ImageRequest,
    JsonObject,
    Message,
    MessagePart,
    Request,
    Role,
    Tool,
    ToolChoice,
)
from mockserver.protocols.gemini.parts import read_part
from mockserver.protocols.gemini.schema import json_schema
from mockserver.protocols.gemini.wire import is_stream, target


def neutral_request(name: str, body: JsonObject, http: Http) -> Request:
    """The request that `body` asks; `name` is the dialect's."""
    config = body.get("generationConfig") or {}
    thinking = config.get("thinkingConfig") or {}
    return Request(
        protocol=name,
        model=target(http).model,
        messages=tuple(read_contents(body)),
        http=http,
        body=body,
        system=read_system(body),
        tools=tuple(read_tools(body)),
        tool_choice=_tool_choice(body),
        format=_format(config),
        image=_image(config),
        stream=is_stream(http),
        choices=config.get("candidateCount") or 1,
        max_tokens=config.get("maxOutputTokens") or None,
        stop=tuple(config.get("stopSequences") or ()),
        include_thinking=bool(thinking.get("includeThoughts")),
    )


def read_contents(body: JsonObject) -> Iterator[Message]:
    """The messages; tool results stand in messages of their own, whatever role they came under."""
    for content in body.get("contents") or ():
        own: Role = "assistant" if content.get("role") == "model" else "user"
        sorted_parts = [(_role_of(part, own), part) for part in content.get("parts") or ()]
        for role, run in groupby(sorted_parts, key=lambda item: item[0]):
            yield Message(role, tuple(_read_parts(part for _, part in run)))


def read_system(body: JsonObject) -> str:
    """The texts of the system instruction, a line each."""
    parts = (body.get("systemInstruction") or {}).get("parts") or ()
    return "\n".join(part["text"] for part in parts if part.get("text"))


def read_tools(body: JsonObject) -> Iterator[Tool]:
    """The declared functions; tools that run at Google are none of the client's."""
    for tool in body.get("tools") or ():
        for declaration in tool.get("functionDeclarations") or ():
            yield Tool(
                declaration.get("name") or "", declaration.get("description") or "", _parameters(declaration)
            )


def _role_of(part: JsonObject, own: Role) -> Role:
    return "tool" if part.get("functionResponse") is not None else own


def _read_parts(parts: Iterator[JsonObject]) -> Iterator[MessagePart]:
    for part in parts:
        yield from read_part(part)


def _parameters(declaration: JsonObject) -> JsonObject | None:
    own = declaration.get("parametersJsonSchema")
    if isinstance(own, dict):
        return own
    schema = declaration.get("parameters")
    return None if schema is None else json_schema(schema)


def _tool_choice(body: JsonObject) -> ToolChoice:
    config = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    names = tuple(config.get("allowedFunctionNames") or ())
    match config.get("mode"):
        case "NONE":
            return ToolChoice("none")
        case "ANY":
            return ToolChoice("required", names)
        case _:
            return ToolChoice("auto", names)


def _format(config: JsonObject) -> Format:
    """`text/x.enum` wants one of the enum's values as bare text: a text format that carries its schema."""
    own = config.get("responseJsonSchema")
    schema = config.get("responseSchema")
    asked = own if isinstance(own, dict) else None if schema is None else json_schema(schema)
    match config.get("responseMimeType"):
        case "application/json":
            return Format("json") if asked is None else Format("json_schema", asked)
        case "text/x.enum":
            return Format("text", asked)
        case _:
            return Format()


def _image(config: JsonObject) -> ImageRequest | None:
    wanted = config.get("imageConfig")
    if wanted is None and "IMAGE" not in (config.get("responseModalities") or ()):
        return None
    wanted = wanted or {}
    return ImageRequest(wanted.get("aspectRatio") or "", wanted.get("imageSize") or "")
