"""A request of Chat Completions as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create chat completion" of the OpenAI API reference, and the gateway's additions: `contents` next to
`messages`, a literal `extra_body`, a bare string as `response_format` (2026-11). Order of the checks, as
observed on the live API: JSON, schema, rules between fields.
"""

from __future__ import annotations

from pydantic import ValidationError

from mockserver.conversation import Failure, Format, Http, ImageRequest, Json, JsonObject, Request
from mockserver.protocols import tolerant
from mockserver.protocols.base import Context
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.chat import contract as wire
from mockserver.protocols.openai.chat.read_contents import with_messages
from mockserver.protocols.openai.chat.read_messages import conversation_of, system_of
from mockserver.protocols.openai.chat.read_tools import tool_choice_of, tools_of
from mockserver.protocols.openai.chat.rules import broken_rule
from mockserver.protocols.openai.wording import failure_of

NAME = "openai.chat"


def read(http: Http, _: Context) -> Request | Failure:
    body = parse_object(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    try:
        asked = wire.ChatRequest.model_validate(with_messages(body))
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
        tools=tools_of(asked),
        tool_choice=tool_choice_of(asked),
        format=_format(asked.response_format),
        image=_image(asked, body),
        stream=bool(asked.stream),
        choices=asked.n or 1,
        max_tokens=asked.max_completion_tokens or asked.max_tokens,
        stop=(asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ()),
        thinks=asked.reasoning_effort != "none",
    )


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
        return ImageRequest(
            tolerant.text(config.get("aspect_ratio")), tolerant.text(config.get("image_size"))
        )
    return ImageRequest() if "image" in (asked.modalities or ()) else None


def _member(value: Json, *names: str) -> Json:
    for name in names:
        value = tolerant.members(value).get(name)
    return value
