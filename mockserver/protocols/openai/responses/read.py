"""A request of the Responses API as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create a model response" of the OpenAI API reference (2026-11). The order of the checks is that of
the live API: JSON, schema, model, stored state, rules between items.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from mockserver.protocols.openai.errors import failure_of
from mockserver.protocols.openai.responses.contract import CreateResponse, ResponseParameters
from mockserver.protocols.openai.responses.history import broken_rule, conversation_of
from mockserver.protocols.openai.responses.items import NAME

_DEEP = 200
_INPUTS = ("input", "previous_response_id", "prompt", "conversation")


def read(http: Http, context: Context) -> Request | Failure:
    body = body_of(http)
    if isinstance(body, Failure):
        return body
    # A stored prompt brings its own model.
    shape = ResponseParameters if body.get("prompt") else CreateResponse
    if failure := violation(body, shape) or _unusable(body):
        return failure
    return request_of(body, http, context)


def body_of(http: Http) -> JsonObject | Failure:
    try:
        body = orjson.loads(http.body)
    except orjson.JSONDecodeError:
        return Failure("malformed_json")
    if not isinstance(body, dict) or _too_deep(body, http):
        return Failure("malformed_json")
    return body


def _too_deep(body: JsonObject, http: Http) -> bool:
    """Whether the body is nested deeper than JSON can be written, so that nothing of it could be echoed."""
    if http.body.count(b"{") + http.body.count(b"[") < _DEEP:
        return False
    try:
        orjson.dumps([[[[[[body]]]]]])
    except TypeError:
        return True
    return False


def violation(body: JsonObject, shape: type[ResponseParameters]) -> Failure | None:
    """Where the body is not what the documentation says."""
    try:
        shape.model_validate(body)
    except ValidationError as error:
        return failure_of(error)
    return None


def request_of(body: JsonObject, http: Http, context: Context) -> Request | Failure:
    """The request that a valid body makes, with the stored turns that it goes on from."""
    conversation = conversation_of(body, context)
    if isinstance(conversation, Failure):
        return conversation
    if failure := broken_rule(conversation):
        return failure
    tools = tuple(offered_tools(body))
    instructions = body.get("instructions")
    return Request(
        protocol=NAME,
        model=body.get("model") or "",
        messages=conversation.messages,
        http=http,
        body=body,
        system="\n".join((instructions, *conversation.system) if instructions else conversation.system),
        tools=tools,
        tool_choice=_tool_choice(body, tools),
        format=_format(body),
        image=_image(body),
        stream=body.get("stream") is True,
        max_tokens=body.get("max_output_tokens"),
        include_thinking=asks_for_summary(body),
    )


def asks_for_summary(body: JsonObject) -> bool:
    reasoning = body.get("reasoning") or {}
    return bool(reasoning.get("summary") or reasoning.get("generate_summary"))


# ------------------------------------------------------------------------------------- beyond the schema


def _unusable(body: JsonObject) -> Failure | None:
    """What the schema lets pass, though no model could answer it."""
    if body.get("model") == "":
        return Failure("unknown_model")
    if body.get("previous_response_id") is not None and body.get("conversation") is not None:
        return Failure(
            "invalid_request",
            message="Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or "
            "'conversation'.",
            code="mutually_exclusive_parameters",
        )
    if any(body.get(name) for name in _INPUTS):
        return None
    return _empty_input() if "input" in body else _no_input()


def _no_input() -> Failure:
    return Failure(
        "invalid_request",
        message="Missing required parameter: 'input'.",
        param="input",
        code="missing_required_parameter",
    )


def _empty_input() -> Failure:
    return Failure(
        "invalid_request",
        message='One of "input" or "previous_response_id" or '
        "'prompt' or 'conversation' must be provided.",
        code="missing_required_parameter",
    )


# ------------------------------------------------------------------------------------------------- tools


def offered_tools(body: JsonObject) -> Iterator[Tool]:
    """The client's own tools; those that the API itself runs cannot be called over the wire."""
    yield from _callable(body.get("tools"))
    given = body.get("input")
    for item in given if isinstance(given, list) else ():
        if item.get("type") == "additional_tools":
            yield from _callable(item.get("tools"))


def _callable(tools: Json) -> Iterator[Tool]:
    for tool in tools if isinstance(tools, list) else ():
        match tool:
            case {"type": "function", "name": str(name)}:
                schema = tool.get("parameters")
                yield Tool(name, _description(tool), schema if isinstance(schema, dict) else None)
            case {"type": "custom", "name": str(name)}:
                yield Tool(name, _description(tool), custom=True)
            case {"type": "namespace", "tools": inner}:
                yield from _callable(inner)
            case _:
                pass


def _description(tool: JsonObject) -> str:
    text = tool.get("description")
    return text if isinstance(text, str) else ""


def _tool_choice(body: JsonObject, tools: tuple[Tool, ...]) -> ToolChoice:
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
    for tool in allowed:
        if isinstance(tool, dict) and tool.get("name") in offered:
            yield tool["name"]


# ------------------------------------------------------------------------------------------------ output


def _format(body: JsonObject) -> Format:
    match (body.get("text") or {}).get("format"):
        case {"type": "json_object"}:
            return Format("json")
        case {"type": "json_schema", "schema": dict(schema), "name": str(name)}:
            return Format("json_schema", schema, name)
        case _:
            return Format()


def _image(body: JsonObject) -> ImageRequest | None:
    """An image is wanted where the choice of tool names the one that draws."""
    match body.get("tool_choice"):
        case {"type": "image_generation"}:
            size = image_tool(body).get("size")
            return ImageRequest(size=size if isinstance(size, str) and size != "auto" else "")
        case _:
            return None


def image_tool(body: JsonObject) -> JsonObject:
    """The image generation tool as it was offered; empty when it was not."""
    tools = body.get("tools") or ()
    return next((tool for tool in tools if tool.get("type") == "image_generation"), {})
