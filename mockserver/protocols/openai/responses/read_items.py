"""Items of the Responses wire, as neutral messages: input items, stored items, and the items of an answer.

Mirrors the input and output items of the Responses API reference (2026-11). Nothing is checked here:
`contract` has done that for requests, and recordings are taken as they are. What is not understood stays
`Native`.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence

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
from mockserver.protocols.long_bodies import Entries, chosen
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
    if role in _SYSTEM_ROLES or kind in _NOT_SAID:
        return None
    if kind == "message":
        return "assistant" if role == "assistant" else "user"
    return "tool" if str(kind).endswith(_ANSWERS) else "assistant"


def messages_of(items: Sequence[JsonObject], within: str = "") -> tuple[Message, ...]:
    """The conversation that input items tell. What the model said in one go is one message, and so is
    everything that the client's tools answered to it. `within` is the pointer to the items, if it is known.
    """
    start, starts, messages = _known(items, within) if isinstance(items, Entries) else (0, [], [])
    for at, message in _messages(items[start:], start, within):
        starts.append(at)
        messages.append(message)
    if isinstance(items, Entries):
        items.facts[messages_of] = within, [*starts, len(items)], messages
    return tuple(messages)


def _known(items: Entries, within: str) -> tuple[int, list[int], list[Message]]:
    """The first messages, as they are known from before: at which item what follows them begins, and where
    each of them does.
    """
    known, starts, messages = items.before.get(messages_of, (None, [], []))
    begun = bisect(starts, items.same - 1) if known == within else 0
    if not begun:
        return 0, [], []
    if starts[begun] == items.same and not _goes_on(messages[begun - 1], items):
        return items.same, starts[:begun], messages[:begun]
    begun -= 1  # the last may have gone on, or have been longer
    return starts[begun], starts[:begun], messages[:begun]


def _goes_on(last: Message, items: Entries) -> bool:
    """Whether the last message among the same items may go on in what follows them."""
    following = role_of(items[items.same]) if items.same < len(items) else "user"
    return following is None or (following == last.role and following != "user")


def _messages(items: Iterable[JsonObject], start: int, within: str) -> Iterator[tuple[int, Message]]:
    """The messages that items tell, each behind the number of its first item. They count from `start`."""
    speaker, parts, first = None, list[MessagePart](), start
    for at, item in enumerate(items, start):
        role = role_of(item)
        if role is None:
            continue
        if role != speaker or role == "user":
            if speaker:
                yield first, _message(speaker, parts, first, within)
            speaker, parts, first = role, [], at
        parts += _parts(role, item)
    if speaker:
        yield first, _message(speaker, parts, first, within)


def _message(role: Role, parts: Iterable[MessagePart], at: int, within: str) -> Message:
    return Message(role, tuple(parts), f"{within}/{at}" if within and role == "assistant" else "")


def system_of(items: Sequence[JsonObject]) -> tuple[str, ...]:
    """The texts of the system and developer messages."""
    return tuple(text_of(item.get("content")) for item in chosen(items, _is_of_system))


def _is_of_system(item: JsonObject) -> bool:
    return item.get("role") in _SYSTEM_ROLES and item_type(item) == "message"


def text_of(content: Json) -> str:
    """The text of a content that is a string or an array of parts."""
    if isinstance(content, str):
        return content
    return "".join(tolerant.text(part.get("text")) for part in objects(content))


def _parts(role: Role, item: JsonObject) -> tuple[MessagePart, ...]:
    match role:
        case "user":
            content = item.get("content")
            return (Text(content),) if isinstance(content, str) else tuple(_asked(content))
        case "tool":
            return _answered(item)
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


def _answered(item: JsonObject) -> tuple[MessagePart, ...]:
    output = item.get("output", item.get("approve"))
    call = str(item.get("call_id") or item.get("approval_request_id") or "")
    if isinstance(output, str):
        return (ToolResult(call, output),)
    if not isinstance(output, list):
        return (ToolResult(call, json_text(output)),)
    shown = (part for part in _asked(output) if isinstance(part, Attachment))
    return (ToolResult(call, text_of(output)), *shown)


# -------------------------------------------------------------------------------------------- the model's

_ARGUMENTS = {"function_call": "arguments", "custom_tool_call": "input"}
"""Type of a call -> the member that holds its arguments."""


def parts_of(item: JsonObject) -> tuple[ReplyPart, ...]:
    """What the model says in an output item, fresh or replayed as input."""
    kind = item.get("type")
    if kind == "message" or item.get("role") == "assistant":
        return _said(item.get("content"))
    part: ReplyPart | None = None
    match kind:
        case "function_call" | "custom_tool_call":
            part = _call(item, kind)
        case "reasoning":
            part = Thinking(_summary(item), _text_or_none(item.get("encrypted_content")))
        case "image_generation_call":
            data = item.get("result")
            kind = item.get("output_format") or "png"
            part = Image(f"image/{kind}", data) if isinstance(data, str) else None
        case _:
            pass
    return (part or Native({NAME: item}),)


def _call(item: JsonObject, kind: str) -> ToolCall | None:
    name, arguments = item.get("name"), item.get(_ARGUMENTS[kind])
    if not (isinstance(name, str) and isinstance(arguments, str)):
        return None
    told = arguments_of(arguments) if kind == "function_call" else arguments
    return ToolCall(name, told, _text_or_none(item.get("call_id")))


def _said(content: Json) -> tuple[Text | Refusal, ...]:
    if isinstance(content, str):
        return (Text(content),)
    return tuple(said for part in objects(content) if (said := _said_part(part)))


def _said_part(part: JsonObject) -> Text | Refusal | None:
    if isinstance(text := part.get("refusal"), str):
        return Refusal(text)
    return Text(text) if isinstance(text := part.get("text"), str) else None


def _summary(item: JsonObject) -> str:
    texts = [part["text"] for part in objects(item.get("summary")) if isinstance(part.get("text"), str)]
    return "\n\n".join(texts) or text_of(item.get("content"))


def _text_or_none(value: Json) -> str | None:
    return value if isinstance(value, str) else None
