"""A request of the Responses API as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create a model response" of the OpenAI API reference (2026-11). The order of the checks is that of
the live API: JSON, schema, model, rules between fields, stored state, rules between items.
"""

from __future__ import annotations

from typing import NamedTuple

from mockserver.conversation import Failure, Format, Http, ImageRequest, JsonObject, Request
from mockserver.protocols import tolerant
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.long_bodies import Beginnings, of_rest
from mockserver.protocols.openai.models import OWN_MODELS
from mockserver.protocols.openai.responses.checking import body_of, checked
from mockserver.protocols.openai.responses.contract import CreateResponse, ResponseParameters
from mockserver.protocols.openai.responses.contract_base import Shape
from mockserver.protocols.openai.responses.history import conversation_of
from mockserver.protocols.openai.responses.order import broken_order
from mockserver.protocols.openai.responses.read_items import NAME
from mockserver.protocols.openai.responses.read_tools import image_tool, tool_choice_of, tools_of
from mockserver.protocols.openai.responses.rules import broken_rules
from mockserver.protocols.plain_shape import is_plain


def read(http: Http, context: Context) -> Request | Failure:
    body = body_of(http, _LONG.parse)
    if isinstance(body, Failure):
        return body
    # A stored prompt brings its own model.
    return read_as(ResponseParameters if body.get("prompt") else CreateResponse, body, http, context)


def read_as(shape: type[Shape], sent: JsonObject, http: Http, context: Context) -> Request | Failure:
    """The request that a body of that shape makes, with all that was noted of it."""
    gate = Gate(context.contract)
    body = checked(sent, shape, gate)
    if isinstance(body, Failure):
        return body
    if end := _unknown_model(body, context, gate):
        return end
    if shape in (CreateResponse, ResponseParameters):
        for failure, pointer in broken_rules(body, shape):
            if end := gate.refuse(failure, pointer):
                return end
    request = _request_of(body, http, context, gate)
    if not gate.findings:
        _LONG.keep(body, shape)
    return request


def _items(items: list[JsonObject]) -> list[JsonObject] | None:
    """The items, if they are right by themselves."""
    return items if is_plain(ResponseParameters, {"input": items}) else None


_LONG = Beginnings("input", _items)


def _unknown_model(body: JsonObject, context: Context, gate: Gate) -> Failure | None:
    model = body.get("model")
    if model is None or (model and context.knows(model, OWN_MODELS)):
        return None
    return gate.refuse(Failure("unknown_model"), "/model")


def _request_of(body: JsonObject, http: Http, context: Context, gate: Gate) -> Request | Failure:
    """The request that a valid body makes, with the stored turns that it goes on from."""
    conversation = conversation_of(body, context, gate)
    if isinstance(conversation, Failure):
        return conversation
    for failure in broken_order(conversation):
        if end := gate.refuse(failure, "/input"):
            return end
    tools, wanted = tools_of(body), of_rest(body, _wanted)
    instructions = body.get("instructions")
    return Request(
        protocol=NAME,
        model=wanted.model,
        messages=conversation.messages,
        http=http,
        body=body,
        system="\n".join((instructions, *conversation.system) if instructions else conversation.system),
        tools=tools,
        tool_choice=tool_choice_of(body, tools),
        format=wanted.format,
        image=wanted.image,
        stream=wanted.stream,
        max_tokens=wanted.max_tokens,
        thinks=wanted.thinks,
        include_thinking=wanted.include_thinking,
        detached=wanted.detached,
        findings=tuple(gate.findings),
    )


class _Wanted(NamedTuple):
    """What a request tells of the answer that it wants, by the names of a `Request`."""

    model: str
    format: Format
    image: ImageRequest | None
    stream: bool
    max_tokens: int | None
    thinks: bool
    include_thinking: bool
    detached: bool


def _wanted(body: JsonObject) -> _Wanted:
    return _Wanted(
        model=body.get("model") or "",
        format=_format(body),
        image=_image(body),
        stream=body.get("stream") is True,
        max_tokens=body.get("max_output_tokens"),
        thinks=(body.get("reasoning") or {}).get("effort") != "none",
        include_thinking=asks_for_summary(body),
        detached=body.get("background") is True,
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
