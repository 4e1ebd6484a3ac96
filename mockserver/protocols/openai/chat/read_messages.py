"""The messages of a request as neutral messages.

Mirrors the `messages` of "Create chat completion" of the OpenAI API reference (2026-11), with the gateway's
`reasoning_content` and the deprecated `function_call`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.conversation import (
    Attachment,
    Message,
    MessagePart,
    Refusal,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from mockserver.protocols.openai.arguments import arguments_of
from mockserver.protocols.openai.attachments import FILE, IMAGE, attachment_of, audio_of, file_of
from mockserver.protocols.openai.chat import contract_messages as wire
from mockserver.protocols.openai.chat.content import content_parts


def system_of(messages: Iterable[wire.Message]) -> str:
    """The system and developer texts, one below the other."""
    return "\n".join(
        _text(message.content) for message in messages if isinstance(message, wire.SystemMessage)
    )


def conversation_of(messages: Iterable[wire.Message]) -> Iterator[Message]:
    """All but the system messages."""
    for at, message in enumerate(messages):
        match message:
            case wire.SystemMessage():
                pass
            case wire.UserMessage(content=content):
                yield Message("user", tuple(_parts(content)))
            case wire.AssistantMessage():
                yield Message("assistant", tuple(assistant_parts(message)), f"/messages/{at}")
            case wire.ToolMessage(tool_call_id=call_id, content=content):
                yield Message("tool", (ToolResult(call_id, _text(content)),))
            case wire.FunctionMessage(name=name, content=content):
                yield Message("tool", (ToolResult(name, content or "", name),))


def _parts(content: str | Iterable[wire.UserPart]) -> Iterator[MessagePart]:
    if isinstance(content, str):
        yield Text(content)
        return
    for part in content:
        match part:
            case wire.TextPart(text=text):
                yield Text(text)
            case wire.ImagePart(image_url=image):
                yield attachment_of(image.url, IMAGE)
            case wire.AudioPart(input_audio=audio):
                yield audio_of(audio.data, audio.format)
            case wire.FilePart(file=file):
                yield _file(file)


def _file(file: wire.File) -> Attachment:
    return Attachment(FILE, url=file.file_id or "") if file.file_data is None else file_of(file.file_data)


def assistant_parts(message: wire.AssistantMessage) -> Iterator[ReplyPart]:
    """The parts of a turn of the assistant: reasoning, what is said, then the calls."""
    if message.reasoning_content:
        yield Thinking(message.reasoning_content)
    yield from _said(message.content or "")
    if message.refusal:
        yield Refusal(message.refusal)
    for call in message.tool_calls or ():
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
