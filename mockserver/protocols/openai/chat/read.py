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
from mockserver.protocols.gate import Gate, check_body, note_members
from mockserver.protocols.json_body import Unreadable
from mockserver.protocols.long_bodies import Beginnings, new_in, of_rest
from mockserver.protocols.openai.chat.contract import ChatRequest
from mockserver.protocols.openai.chat.read_contents import with_messages
from mockserver.protocols.openai.chat.read_messages import conversation_of, system_of
from mockserver.protocols.openai.chat.read_tools import tool_choice_of, tools_of
from mockserver.protocols.openai.chat.rules import broken_rules, pointer_to
from mockserver.protocols.openai.models import OWN_MODELS
from mockserver.protocols.openai.wording import wording
from mockserver.protocols.plain_shape import is_plain

NAME = "openai.chat"

_PROSE = Format()

_WORDING = wording({"model": "unknown", "messages": [{"role": "user", "content": ""}]})


def read(http: Http, context: Context) -> Request | Failure:
    body = _LONG.parse(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    gate = Gate(context.contract)
    asked = check_body(ChatRequest, with_messages(body), gate, _WORDING)
    if isinstance(asked, Failure):
        return asked
    refused = _refused(asked, body, gate, context)
    if refused:
        return refused
    request = _request(asked, body, http, gate)
    if not gate.findings:
        _LONG.keep(body, ChatRequest)
    return request


def _entries(messages: list[JsonObject]) -> list[JsonObject] | None:
    """The messages, if they are right by themselves."""
    return messages if is_plain(ChatRequest, {"model": "", "messages": messages}) else None


_LONG = Beginnings("messages", _entries)


def _refused(asked: JsonObject, body: JsonObject, gate: Gate, context: Context) -> Failure | None:
    """What ends the request, of all that its shape does not tell: what the API refuses comes first."""
    outdated = note_members(ChatRequest, body, gate) or _note_messages(asked, gate)
    model = asked["model"]
    is_known = not model or context.knows(model, OWN_MODELS)
    if not is_known and (end := gate.refuse(Failure("unknown_model"), "/model")):
        return end
    for failure in broken_rules(asked):
        if end := gate.refuse(failure, pointer_to(failure.param)):
            return end
    return outdated


def _note_messages(asked: JsonObject, gate: Gate) -> Failure | None:
    """Note the messages of the time before tools."""
    for at, message in new_in(asked["messages"]):
        if message["role"] == "function":
            sentence = "Messages of role 'function' are deprecated: use role 'tool' instead."
            finding = Finding("deprecated", "deprecated_value", f"/messages/{at}/role", sentence)
        elif message.get("function_call"):
            sentence = "'function_call' is deprecated: use 'tool_calls' instead."
            place = f"/messages/{at}/function_call"
            finding = Finding("deprecated", "deprecated_parameter", place, sentence)
        else:
            continue
        if end := gate.note(finding):
            return end
    return None


def _request(asked: JsonObject, body: JsonObject, http: Http, gate: Gate) -> Request:
    stop = asked.get("stop") or ()
    return Request(
        protocol=NAME,
        model=asked["model"],
        messages=conversation_of(asked["messages"]),
        http=http,
        body=body,
        system=system_of(asked["messages"]),
        tools=of_rest(asked, tools_of),
        tool_choice=tool_choice_of(asked),
        format=_format(asked.get("response_format")),
        image=_image(asked, body),
        stream=bool(asked.get("stream")),
        choices=asked.get("n") or 1,
        max_tokens=asked.get("max_completion_tokens") or asked.get("max_tokens"),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        thinks=asked.get("reasoning_effort") != "none",
        findings=tuple(gate.findings),
    )


def _format(asked: Json) -> Format:
    match asked:
        case "json" | "json_object" | {"type": "json_object"}:
            return Format("json")
        case {"type": "json_schema", "json_schema": named}:
            return Format("json_schema", named.get("schema") or {}, named["name"])
        case _:
            return _PROSE


def _image(asked: JsonObject, body: JsonObject) -> ImageRequest | None:
    """`extra_body` comes as a key of that name from curl, and merged into the body from the SDKs."""
    if "extra_body" in body or "google" in body:
        config = _member(body, "extra_body", "google", "image_config")
        config = config or _member(body, "google", "image_config")
        if isinstance(config, dict):
            return ImageRequest(
                tolerant.text(config.get("aspect_ratio")), tolerant.text(config.get("image_size"))
            )
    return ImageRequest() if "image" in (asked.get("modalities") or ()) else None


def _member(value: Json, *names: str) -> Json:
    for name in names:
        value = tolerant.members(value).get(name)
    return value
