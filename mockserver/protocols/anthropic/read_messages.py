"""The messages of a body as the neutral conversation, and what they say to the system.

Mirrors the members `messages` and `system` of "Create a Message" (2026-11). The blocks of assistants are read
in `blocks`. What is read here has passed its models.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mockserver.conversation import Attachment, Json, JsonObject, Message, MessagePart, Text, ToolResult
from mockserver.protocols.anthropic.blocks import part_from_block
from mockserver.protocols.anthropic.contract import PromptBody
from mockserver.protocols.anthropic.contract_content import SystemBlock, SystemMessage, TextBlock


def system_of(body: PromptBody) -> str:
    """The system prompt, and what is added to it later, in messages of role `system` or in blocks."""
    texts: list[str] = []
    for content in (body.system, *_told_later(body)):
        if isinstance(content, str):
            texts.append(content)
        else:
            texts += [block.text for block in content if isinstance(block, TextBlock)]
    return "\n".join(text for text in texts if text)


def _told_later(body: PromptBody) -> Iterator[str | Sequence[object]]:
    for message in body.messages:
        if isinstance(message, SystemMessage):
            yield message.content
        elif message.content and isinstance(block := message.content[-1], SystemBlock):
            yield block.content


def conversation_of(values: Iterable[JsonObject]) -> Iterator[Message]:
    """The messages but those of role `system`, whose texts stand with the system prompt."""
    for at, value in enumerate(values):
        blocks = _blocks(value.get("content"))
        if value["role"] == "assistant":
            yield Message("assistant", tuple(part_from_block(block) for block in blocks), f"/messages/{at}")
        elif value["role"] == "user":
            yield from _user_messages(blocks)


def _blocks(content: Json) -> list[JsonObject]:
    """Content as blocks: a string "is shorthand for an array of one content block of type text"."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _user_messages(blocks: list[JsonObject]) -> Iterator[Message]:
    """A user message, with the tool results in it as messages of their own, without words to the system."""
    said = blocks[:-1] if blocks and blocks[-1]["type"] == "mid_conv_system" else blocks
    for is_result, run in groupby(said, key=lambda block: block["type"] == "tool_result"):
        if is_result:
            yield Message("tool", tuple(_tool_result(block) for block in run))
        else:
            yield Message("user", tuple(_user_part(block) for block in run))


def _tool_result(block: JsonObject) -> ToolResult:
    texts = _texts(_blocks(block.get("content")))
    return ToolResult(block["tool_use_id"], "\n".join(texts), is_error=bool(block.get("is_error")))


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
            yield from _texts(_blocks(source["content"]))
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
