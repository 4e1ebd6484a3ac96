"""The messages of a request as neutral messages.

Mirrors the `messages` of "Create chat completion" of the OpenAI API reference (2026-11), with the gateway's
`reasoning_content` and the deprecated `function_call`. That they have the documented shapes was checked
before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mockserver.conversation import (
    Attachment,
    Json,
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
from mockserver.protocols.long_bodies import each
from mockserver.protocols.openai.arguments import arguments_of
from mockserver.protocols.openai.attachments import FILE, IMAGE, attachment_of, audio_of, file_of
from mockserver.protocols.openai.chat.content import content_parts


def system_of(messages: Sequence[JsonObject]) -> str:
    """The system and developer texts, one below the other."""
    return "\n".join(
        [_text(message["content"]) for message in messages if message["role"] in ("system", "developer")]
    )


def conversation_of(messages: Sequence[JsonObject]) -> tuple[Message, ...]:
    """All but the system messages."""
    return tuple(message for message in each(messages, _message) if message)


def _message(message: JsonObject, at: int) -> Message | None:
    match message["role"]:
        case "assistant":
            return Message("assistant", assistant_parts(message), f"/messages/{at}")
        case "tool":
            return Message("tool", (ToolResult(message["tool_call_id"], _text(message["content"])),))
        case "user":
            return Message("user", _parts(message["content"]))
        case "function":
            name = message["name"]
            return Message("tool", (ToolResult(name, message["content"] or "", name),))
        case _:
            return None


def _parts(content: Json) -> tuple[MessagePart, ...]:
    return (Text(content),) if isinstance(content, str) else tuple(map(_part, content))


def _part(part: JsonObject) -> MessagePart:
    match part:
        case {"type": "image_url", "image_url": image}:
            return attachment_of(image["url"], IMAGE)
        case {"type": "input_audio", "input_audio": audio}:
            return audio_of(audio["data"], audio["format"])
        case {"type": "file", "file": file}:
            return _file(file)
        case _:
            return Text(part["text"])


def _file(file: JsonObject) -> Attachment:
    data = file.get("file_data")
    return Attachment(FILE, url=file.get("file_id") or "") if data is None else file_of(data)


def assistant_parts(message: JsonObject) -> tuple[ReplyPart, ...]:
    """The parts of a turn of the assistant: reasoning, what is said, then the calls."""
    parts: list[ReplyPart] = []
    if thoughts := message.get("reasoning_content"):
        parts.append(Thinking(thoughts))
    if content := message.get("content"):
        parts += content_parts(content) if isinstance(content, str) else _said(content)
    if refusal := message.get("refusal"):
        parts.append(Refusal(refusal))
    if calls := message.get("tool_calls"):
        parts += map(_call, calls)
    if called := message.get("function_call"):
        parts.append(ToolCall(called["name"], arguments_of(called["arguments"])))
    return tuple(parts)


def _said(content: Iterable[JsonObject]) -> Iterator[ReplyPart]:
    for part in content:
        if part["type"] == "refusal":
            yield Refusal(part["refusal"])
        else:
            yield from content_parts(part["text"])


def _call(call: JsonObject) -> ToolCall:
    if call["type"] == "custom":
        custom = call["custom"]
        return ToolCall(custom["name"], custom["input"], call["id"])
    function = call["function"]
    return ToolCall(function["name"], arguments_of(function["arguments"]), call["id"])


def _text(content: Json) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")
