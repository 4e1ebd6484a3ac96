"""A request of the Responses API as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create a model response" of the OpenAI API reference (2026-11). The order of the checks is that of
the live API: JSON, schema, model, stored state, rules between items.
"""

from __future__ import annotations

from pydantic import ValidationError

from mockserver.conversation import Failure, Format, Http, ImageRequest, JsonObject, Request
from mockserver.protocols import tolerant
from mockserver.protocols.base import Context
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.responses.contract import CreateResponse, ResponseParameters
from mockserver.protocols.openai.responses.history import conversation_of
from mockserver.protocols.openai.responses.order import broken_order
from mockserver.protocols.openai.responses.read_items import NAME
from mockserver.protocols.openai.responses.read_tools import image_tool, tool_choice_of, tools_of
from mockserver.protocols.openai.responses.rules import broken_rule
from mockserver.protocols.openai.wording import failure_of


def read(http: Http, context: Context) -> Request | Failure:
    body = body_of(http)
    if isinstance(body, Failure):
        return body
    # A stored prompt brings its own model.
    shape = ResponseParameters if body.get("prompt") else CreateResponse
    if failure := violation(body, shape) or broken_rule(body):
        return failure
    return request_of(body, http, context)


def body_of(http: Http) -> JsonObject | Failure:
    match parse_object(http.body):
        case Unreadable():
            return Failure("malformed_json")
        case body:
            return body


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
    if failure := broken_order(conversation):
        return failure
    tools = tuple(tools_of(body))
    instructions = body.get("instructions")
    return Request(
        protocol=NAME,
        model=body.get("model") or "",
        messages=conversation.messages,
        http=http,
        body=body,
        system="\n".join((instructions, *conversation.system) if instructions else conversation.system),
        tools=tools,
        tool_choice=tool_choice_of(body, tools),
        format=_format(body),
        image=_image(body),
        stream=body.get("stream") is True,
        max_tokens=body.get("max_output_tokens"),
        thinks=(body.get("reasoning") or {}).get("effort") != "none",
        include_thinking=asks_for_summary(body),
    )


def asks_for_summary(body: JsonObject) -> bool:
    reasoning = body.get("reasoning") or {}
    return bool(reasoning.get("summary") or reasoning.get("generate_summary"))


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
            size = tolerant.text(image_tool(body).get("size"))
            return ImageRequest(size="" if size == "auto" else size)
        case _:
            return None
