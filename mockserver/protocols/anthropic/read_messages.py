"""The messages of a body as the neutral conversation, and what they say to the system.

Mirrors the members `messages` and `system` of "Create a Message" (2026-11). The blocks of assistants are read
in `blocks`. What is read here has passed its models.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from mockserver.conversation import Attachment, JsonObject, Message, MessagePart, Role, Text, ToolResult
from mockserver.protocols.anthropic.blocks import part_from_block
from mockserver.protocols.anthropic.spoken import Spoken, as_blocks
from mockserver.protocols.long_bodies import each


def system_of(body: JsonObject, spoken: Spoken) -> str:
    """The system prompt, and what is added to it later, in messages of role `system` or in blocks."""
    told = body.get("system", "")
    if not spoken.system and "mid_conv_system" not in spoken.kinds and isinstance(told, str):
        return told
    contents = [as_blocks(told), *_told_later(spoken)]
    texts = (block["text"] for blocks in contents for block in blocks if block["type"] == "text")
    return "\n".join(text for text in texts if text)


def _told_later(spoken: Spoken) -> Iterator[list[JsonObject]]:
    if spoken.plain:
        return
    later = [(at, message.get("content")) for at, message in spoken.system]
    for at, index, block in spoken.blocks.get("mid_conv_system", ()):
        if index == len(spoken.messages[at]["content"]) - 1:
            later.append((at, block["content"]))
    for _, content in sorted(later, key=lambda item: item[0]):
        yield as_blocks(content)


def conversation_of(values: Sequence[JsonObject]) -> tuple[Message, ...]:
    """The messages but those of role `system`, whose texts stand with the system prompt."""
    return tuple(chain.from_iterable(each(values, _messages)))


def _messages(value: JsonObject, at: int) -> Sequence[Message]:
    content = value.get("content")
    match value["role"]:
        case "assistant":
            return (Message("assistant", tuple(map(part_from_block, as_blocks(content))), f"/messages/{at}"),)
        case "user":
            return tuple(_user_messages(as_blocks(content)))
        case _:
            return ()


def _user_messages(blocks: list[JsonObject]) -> Iterator[Message]:
    """A user message, with the tool results in it as messages of their own, without words to the system."""
    said = blocks[:-1] if blocks and blocks[-1]["type"] == "mid_conv_system" else blocks
    role: Role = "user"
    parts: list[MessagePart] = []
    for block in said:
        is_result = block["type"] == "tool_result"
        if is_result != (role == "tool"):
            if parts:
                yield Message(role, tuple(parts))
            role, parts = ("tool" if is_result else "user"), []
        parts.append(_tool_result(block) if is_result else _user_part(block))
    if parts:
        yield Message(role, tuple(parts))


def _tool_result(block: JsonObject) -> ToolResult:
    content = block.get("content")
    told = content if isinstance(content, str) else "\n".join(_texts(content or ()))
    return ToolResult(block["tool_use_id"], told, is_error=bool(block.get("is_error")))


def _texts(blocks: Iterable[JsonObject]) -> Iterator[str]:
    """The words in blocks, search results and documents in plain text included."""
    for block in blocks:
        match block["type"]:
            case "text":
                yield block["text"]
            case "search_result":
                yield from _texts(block["content"])
            case "document":
                yield from _document_texts(block["source"])
            case _:
                pass


def _document_texts(source: JsonObject) -> Iterator[str]:
    match source["type"]:
        case "text":
            yield source["data"]
        case "content":
            yield from _texts(as_blocks(source["content"]))
        case _:
            pass


def _user_part(block: JsonObject) -> MessagePart:
    match block["type"]:
        case "text":
            return Text(block["text"])
        case "image":
            return _attachment(block["source"], "image/*")
        case "document":
            return _attachment(block["source"], "application/pdf")
        case "search_result":
            return _text_attachment("\n".join(_texts(block["content"])), block["source"])
        case _:
            return part_from_block(block)


def _attachment(source: JsonObject, media_type: str) -> Attachment:
    """A file the user sent; `media_type` is that of sources which do not tell it."""
    match source["type"]:
        case "base64":
            return Attachment(source["media_type"], data=source["data"])
        case "text" | "content":
            return _text_attachment("\n".join(_document_texts(source)))
        case "url":
            return Attachment(media_type, url=source["url"])
        case _:
            return Attachment(media_type, url=source["file_id"])


def _text_attachment(text: str, url: str = "") -> Attachment:
    return Attachment("text/plain", data=b64encode(text.encode()).decode(), url=url)
