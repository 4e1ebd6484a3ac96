"""The messages of a request as neutral messages; and, the same way, the message of an answer as reply parts.

Mirrors the `messages` of "Create chat completion" of the OpenAI API reference (2026-11), with the gateway's
`reasoning_content` and the deprecated `function_call`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.conversation import (
    Attachment,
    JsonObject,
    Message,
    MessagePart,
    Refusal,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from mockserver.protocols.openai.chat import contract_messages as wire
from mockserver.protocols.openai.chat.content import content_parts

_DEEPEST_ARGUMENTS = 200
"""orjson reads deeper than it writes; what could not be written again stays text."""

_AUDIO_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}


def system_of(messages: Iterable[wire.Message]) -> str:
    """The system and developer texts, one below the other."""
    return "\n".join(
        _text(message.content) for message in messages if isinstance(message, wire.SystemMessage)
    )


def conversation_of(messages: Iterable[wire.Message]) -> Iterator[Message]:
    """All but the system messages."""
    for message in messages:
        match message:
            case wire.SystemMessage():
                pass
            case wire.UserMessage(content=content):
                yield Message("user", tuple(_parts(content)))
            case wire.AssistantMessage():
                yield Message("assistant", tuple(_assistant_parts(message)))
            case wire.ToolMessage(tool_call_id=call_id, content=content):
                yield Message("tool", (ToolResult(call_id, _text(content)),))
            case wire.FunctionMessage(name=name, content=content):
                yield Message("tool", (ToolResult(name, content or "", name),))


def arguments_of(text: str) -> JsonObject | str:
    """The arguments as an object, or as they stand if they are none."""
    if text.count("{") + text.count("[") > _DEEPEST_ARGUMENTS:
        return text
    value = ToolCall("", text).arguments_value
    return value if isinstance(value, dict) else text


def _parts(content: str | Iterable[wire.UserPart]) -> Iterator[MessagePart]:
    if isinstance(content, str):
        yield Text(content)
        return
    for part in content:
        match part:
            case wire.TextPart(text=text):
                yield Text(text)
            case wire.ImagePart(image_url=image):
                yield _attachment("image/*", image.url)
            case wire.AudioPart(input_audio=audio):
                yield Attachment(_AUDIO_TYPES[audio.format], data=audio.data)
            case wire.FilePart(file=file):
                yield _file(file)


def _file(file: wire.File) -> Attachment:
    if file.file_data is None:
        return Attachment("application/octet-stream", url=file.file_id or "")
    if file.file_data.startswith("data:"):
        return _attachment("application/octet-stream", file.file_data)
    return Attachment("application/octet-stream", data=file.file_data)


def _attachment(media_type: str, url: str) -> Attachment:
    """What stands under an address; `media_type` is what it is where the address does not tell."""
    head, comma, data = url.partition(",")
    if not (comma and head.startswith("data:") and head.endswith(";base64")):
        return Attachment(media_type, url=url)
    told = head.removeprefix("data:").partition(";")[0]
    return Attachment(told or media_type, data=data)


def _assistant_parts(message: wire.AssistantMessage) -> Iterator[ReplyPart]:
    if message.reasoning_content:
        yield Thinking(message.reasoning_content)
    yield from _said(message.content or "")
    if message.refusal:
        yield Refusal(message.refusal)
    for call in message.tool_calls:
        match call:
            case wire.FunctionCall(id=call_id, function=function):
                yield ToolCall(function.name, arguments_of(function.arguments), call_id)
            case wire.CustomCall(id=call_id, custom=custom):
                yield ToolCall(custom.name, custom.input, call_id)
    if message.function_call:
        yield ToolCall(message.function_call.name, arguments_of(message.function_call.arguments))


def _said(content: str | Iterable[wire.AssistantPart]) -> Iterator[ReplyPart]:
    if isinstance(content, str):
        yield from content_parts(content)
        return
    for part in content:
        match part:
            case wire.TextPart(text=text):
                yield from content_parts(text)
            case wire.RefusalPart(refusal=refusal):
                yield Refusal(refusal)


def _text(content: str | Iterable[wire.UserPart]) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.text for part in content if isinstance(part, wire.TextPart))
