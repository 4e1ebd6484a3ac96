"""Items of the Responses wire, as neutral messages: input items, stored items, and the items of an answer.

Mirrors the input and output items of the Responses API reference (2026-11). Nothing is checked here:
`contract` has done that for requests, and recordings are taken as they are. What is not understood stays
`Native`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.conversation import (
    Attachment,
    Image,
    Json,
    JsonObject,
    Message,
    MessagePart,
    Native,
    Refusal,
    ReplyPart,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    json_text,
)
from mockserver.protocols import tolerant
from mockserver.protocols.openai.arguments import arguments_of
from mockserver.protocols.openai.attachments import FILE, IMAGE, attachment_of, audio_of, file_of
from mockserver.protocols.openai.responses.contract_items import item_type
from mockserver.protocols.tolerant import objects

NAME = "openai.responses"

_SYSTEM_ROLES = ("system", "developer")
_NOT_SAID = ("configuration_update", "additional_tools", "compaction_trigger")
"""Items that set something up and are no part of the conversation."""
_ANSWERS = ("_output", "_approval_response")
"""How the types of the items end in which the client answers a call."""


def role_of(item: JsonObject) -> Role | None:
    """Who speaks in an input item; None for instructions and settings, which are no message."""
    role, kind = item.get("role"), item_type(item)
    if kind in _NOT_SAID or role in _SYSTEM_ROLES:
        return None
    if kind == "message":
        return "assistant" if role == "assistant" else "user"
    return "tool" if str(kind).endswith(_ANSWERS) else "assistant"


def messages_of(items: Iterable[JsonObject], within: str = "") -> tuple[Message, ...]:
    """The conversation that input items tell. What the model said in one go is one message, and so is
    everything that the client's tools answered to it. `within` is the pointer to the items, if it is known.
    """
    messages: list[Message] = []
    for at, item in enumerate(items):
        role = role_of(item)
        if role is None:
            continue
        parts = _parts(role, item)
        place = f"{within}/{at}" if within and role == "assistant" else ""
        if messages and messages[-1].role == role != "user":
            before = messages.pop()
            parts, place = before.parts + parts, before.pointer
        messages.append(Message(role, parts, place))
    return tuple(messages)


def system_of(items: Iterable[JsonObject]) -> Iterator[str]:
    """The texts of the system and developer messages."""
    for item in items:
        if item.get("role") in _SYSTEM_ROLES and item_type(item) == "message":
            yield text_of(item.get("content"))


def text_of(content: Json) -> str:
    """The text of a content that is a string or an array of parts."""
    if isinstance(content, str):
        return content
    return "".join(tolerant.text(part.get("text")) for part in objects(content))


def _parts(role: Role, item: JsonObject) -> tuple[MessagePart, ...]:
    match role:
        case "user":
            return tuple(_asked(item.get("content")))
        case "tool":
            return tuple(_answered(item))
        case "assistant":
            return parts_of(item)


# ------------------------------------------------------------------------------------------- the client's


def _asked(content: Json) -> Iterator[Text | Attachment]:
    if isinstance(content, str):
        yield Text(content)
    for part in objects(content):
        match part:
            case {"type": "input_image"}:
                yield attachment_of(tolerant.text(part.get("image_url") or part.get("file_id")), IMAGE)
            case {"type": "input_file", "file_data": str(data)} if data:
                yield file_of(data)
            case {"type": "input_file"}:
                yield attachment_of(tolerant.text(part.get("file_url") or part.get("file_id")), FILE)
            case {"type": "input_audio", "input_audio": {"data": str(data), "format": str(kind)}}:
                yield audio_of(data, kind)
            case {"text": str(text)}:
                yield Text(text)
            case _:
                pass


def _answered(item: JsonObject) -> Iterator[MessagePart]:
    output = item.get("output", item.get("approve"))
    call = str(item.get("call_id") or item.get("approval_request_id") or "")
    if not isinstance(output, str | list):
        yield ToolResult(call, json_text(output))
        return
    yield ToolResult(call, text_of(output))
    if isinstance(output, list):
        yield from (part for part in _asked(output) if isinstance(part, Attachment))


# -------------------------------------------------------------------------------------------- the model's


def parts_of(item: JsonObject) -> tuple[ReplyPart, ...]:
    """What the model says in an output item, fresh or replayed as input."""
    match item:
        case {"type": "message"} | {"role": "assistant"}:
            return tuple(_said(item.get("content")))
        case {"type": "function_call", "name": str(name), "arguments": str(arguments)}:
            return (ToolCall(name, arguments_of(arguments), _text_or_none(item.get("call_id"))),)
        case {"type": "custom_tool_call", "name": str(name), "input": str(text)}:
            return (ToolCall(name, text, _text_or_none(item.get("call_id"))),)
        case {"type": "reasoning"}:
            signature = _text_or_none(item.get("encrypted_content"))
            return (Thinking(_summary(item), signature),)
        case {"type": "image_generation_call", "result": str(data)}:
            return (Image(f"image/{item.get('output_format') or 'png'}", data),)
        case _:
            return (Native({NAME: item}),)


def _said(content: Json) -> Iterator[Text | Refusal]:
    if isinstance(content, str):
        yield Text(content)
    for part in objects(content):
        match part:
            case {"refusal": str(text)}:
                yield Refusal(text)
            case {"text": str(text)}:
                yield Text(text)
            case _:
                pass


def _summary(item: JsonObject) -> str:
    texts = [part["text"] for part in objects(item.get("summary")) if isinstance(part.get("text"), str)]
    return "\n\n".join(texts) or text_of(item.get("content"))


def _text_or_none(value: Json) -> str | None:
    return value if isinstance(value, str) else None
