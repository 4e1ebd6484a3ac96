"""A request of Chat Completions as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create chat completion" of the OpenAI API reference, and the gateway's additions: `contents` next to
`messages`, a literal `extra_body`, a bare string as `response_format` (2026-11). Order of the checks, as
observed on the live API: JSON, schema, model, rules between fields.
"""

from __future__ import annotations

from mockserver.conversation import (
    Failure,
    Finding,
    Format,
    Http,
    ImageRequest,
    Json,
    JsonObject,
    Request,
)
from mockserver.protocols import tolerant
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate, check_shape, note_members
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.chat import contract as wire
from mockserver.protocols.openai.chat.contract_messages import AssistantMessage, FunctionMessage
from mockserver.protocols.openai.chat.read_contents import with_messages
from mockserver.protocols.openai.chat.read_messages import conversation_of, system_of
from mockserver.protocols.openai.chat.read_tools import tool_choice_of, tools_of
from mockserver.protocols.openai.chat.rules import broken_rules, pointer_to
from mockserver.protocols.openai.models import OWN_MODELS
from mockserver.protocols.openai.wording import wording

NAME = "openai.chat"

_WORDING = wording({"model": "unknown", "messages": [{"role": "user", "content": ""}]})


def read(http: Http, context: Context) -> Request | Failure:
    body = parse_object(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    gate = Gate(context.contract)
    asked = check_shape(wire.ChatRequest, with_messages(body), gate, _WORDING)
    if isinstance(asked, Failure):
        return asked
    return _refused(asked, body, gate, context) or _request(asked, body, http, gate)


def _refused(asked: wire.ChatRequest, body: JsonObject, gate: Gate, context: Context) -> Failure | None:
    """What ends the request, of all that its shape does not tell: what the API refuses comes first."""
    outdated = note_members(wire.ChatRequest, body, gate) or _note_messages(asked, gate)
    is_known = not asked.model or context.knows(asked.model, OWN_MODELS)
    if not is_known and (end := gate.refuse(Failure("unknown_model"), "/model")):
        return end
    for failure in broken_rules(asked):
        if end := gate.refuse(failure, pointer_to(failure.param)):
            return end
    return outdated


def _note_messages(asked: wire.ChatRequest, gate: Gate) -> Failure | None:
    """Note the messages of the time before tools."""
    for at, message in enumerate(asked.messages):
        match message:
            case FunctionMessage():
                sentence = "Messages of role 'function' are deprecated: use role 'tool' instead."
                finding = Finding("deprecated", "deprecated_value", f"/messages/{at}/role", sentence)
            case AssistantMessage(function_call=called) if called:
                sentence = "'function_call' is deprecated: use 'tool_calls' instead."
                place = f"/messages/{at}/function_call"
                finding = Finding("deprecated", "deprecated_parameter", place, sentence)
            case _:
                continue
        if end := gate.note(finding):
            return end
    return None


def _request(asked: wire.ChatRequest, body: JsonObject, http: Http, gate: Gate) -> Request:
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
        findings=tuple(gate.findings),
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
