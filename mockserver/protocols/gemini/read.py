"""From an HTTP request to a neutral request, or to what is wrong with it.

Mirrors "Generating content", "Thinking" and "Structured output" of the Gemini API documentation (2026-11).
The messages of a request are read by `read_contents`, its tools by `read_tools`.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Format, Http, ImageRequest, JsonObject, Request
from mockserver.protocols.base import Context
from mockserver.protocols.gemini.contract import GenerateContentRequest
from mockserver.protocols.gemini.read_body import read_body
from mockserver.protocols.gemini.read_contents import read_contents, read_system
from mockserver.protocols.gemini.read_tools import read_tool_choice, read_tools
from mockserver.protocols.gemini.rules import broken_rule
from mockserver.protocols.gemini.schema import json_schema
from mockserver.protocols.gemini.wire import NAME, is_stream, target


def read(http: Http, _context: Context) -> Request | Failure:
    """The request to generate content. Nothing is stored, so the context has no say in it."""
    body = read_body(http.body, GenerateContentRequest, target(http).version)
    if isinstance(body, Failure):
        return body
    return broken_rule(body) or read_message(body, http)


def read_message(body: JsonObject, http: Http) -> Request:
    """The request that a normalised message, which breaks no rule, asks."""
    config = body.get("generationConfig") or {}
    thinking = config.get("thinkingConfig") or {}
    return Request(
        protocol=NAME,
        model=target(http).model,
        messages=tuple(read_contents(body)),
        http=http,
        body=body,
        system=read_system(body),
        tools=tuple(read_tools(body)),
        tool_choice=read_tool_choice(body),
        format=_format(config),
        image=_image(config),
        stream=is_stream(http),
        choices=config.get("candidateCount") or 1,
        max_tokens=config.get("maxOutputTokens") or None,
        stop=tuple(config.get("stopSequences") or ()),
        thinks=thinking.get("thinkingBudget") != 0,
        include_thinking=bool(thinking.get("includeThoughts")),
    )


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
