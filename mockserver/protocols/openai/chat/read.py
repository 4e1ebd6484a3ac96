"""A request of Chat Completions as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create chat completion" of the OpenAI API reference, and the gateway's additions: `contents` next to
`messages`, a literal `extra_body`, a bare string as `response_format` (2026-11). Order of the checks, as
observed on the live API: JSON, schema, rules between fields.
"""

from __future__ import annotations

import orjson
from pydantic import ValidationError

from mockserver.conversation import (
    Failure,
    Format,
    Http,
    ImageRequest,
    Json,
    JsonObject,
    Request,
    Tool,
    ToolChoice,
)
from mockserver.protocols.base import Context
from mockserver.protocols.openai.chat import contract as wire
from mockserver.protocols.openai.chat.checks import broken_rule
from mockserver.protocols.openai.chat.messages import conversation_of, system_of
from mockserver.protocols.openai.errors import failure_of

NAME = "openai.chat"


def read(http: Http, _: Context) -> Request | Failure:
    try:
        body = orjson.loads(http.body)
    except orjson.JSONDecodeError:
        return Failure("malformed_json")
    if not isinstance(body, dict):
        return Failure("malformed_json")
    try:
        asked = wire.ChatRequest.model_validate(_with_messages(body))
    except ValidationError as error:
        return failure_of(error)
    return broken_rule(asked) or _request(asked, body, http)


def _request(asked: wire.ChatRequest, body: JsonObject, http: Http) -> Request:
    return Request(
        protocol=NAME,
        model=asked.model,
        messages=tuple(conversation_of(asked.messages)),
        http=http,
        body=body,
        system=system_of(asked.messages),
        tools=_tools(asked),
        tool_choice=_tool_choice(asked),
        format=_format(asked.response_format),
        image=_image(asked, body),
        stream=bool(asked.stream),
        choices=asked.n or 1,
        max_tokens=asked.max_completion_tokens or asked.max_tokens,
        stop=(asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ()),
    )


# ---------------------------------------------------------------------------------------------- contents


def _with_messages(body: JsonObject) -> JsonObject:
    """The gateway documents `contents` next to `messages`: it stands in where there are no messages."""
    contents = body.get("contents")
    if "messages" in body or not isinstance(contents, list):
        return body
    return {**body, "messages": [_message_of(entry) for entry in contents]}


def _message_of(entry: Json) -> Json:
    """A plain string, or `{role, parts: [{text}]}`; anything else is left for the schema to refuse."""
    match entry:
        case str(text):
            return {"role": "user", "content": text}
        case {"parts": list(parts)}:
            role = entry.get("role", "user")
            texts = [
                part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)
            ]
            return {"role": "assistant" if role == "model" else role, "content": "".join(texts)}
        case _:
            return entry


# ------------------------------------------------------------------------------------------------- tools


def _tools(asked: wire.ChatRequest) -> tuple[Tool, ...]:
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


def _tool_choice(asked: wire.ChatRequest) -> ToolChoice:
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
    name = named.get("name") if isinstance(named, dict) else None
    return name if isinstance(name, str) else ""


# ---------------------------------------------------------------------------------------- output options


def _format(asked: wire.ResponseFormat) -> Format:
    match asked:
        case "json" | "json_object" | wire.JsonObjectFormat():
            return Format("json")
        case wire.JsonSchemaFormat(json_schema=schema):
            return Format("json_schema", schema.schema_ or {}, schema.name)
        case "text" | wire.NoFormat():
            return Format()


def _image(asked: wire.ChatRequest, body: JsonObject) -> ImageRequest | None:
    """`extra_body` comes as a key of that name from curl, and merged into the body from the SDKs."""
    config = _member(body, "extra_body", "google", "image_config") or _member(body, "google", "image_config")
    if isinstance(config, dict):
        return ImageRequest(_text(config.get("aspect_ratio")), _text(config.get("image_size")))
    return ImageRequest() if "image" in (asked.modalities or ()) else None


def _member(value: Json, *names: str) -> Json:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
