"""Messages and content blocks, as a client sends them.

Mirrors "Create a Message: messages" of the Messages API reference (2026-11). Which block may stand where, and
what must answer what, are rules between blocks: `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from mockserver.protocols.anthropic.contract_base import (
    BLOCKS,
    TEXT,
    TEXT_OR_BLOCKS,
    Cacheable,
    Contract,
    Id,
)


class TextBlock(Cacheable):
    type: Literal["text"]
    text: str
    citations: list[Any] | None = None


class Base64Image(Contract):
    type: Literal["base64"]
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp"]
    data: str


class UrlSource(Contract):
    type: Literal["url"]
    url: str


class FileSource(Contract):
    type: Literal["file"]
    file_id: str


class ImageBlock(Cacheable):
    type: Literal["image"]
    source: Annotated[Base64Image | UrlSource | FileSource, Field(discriminator="type")]


class Base64Document(Contract):
    type: Literal["base64"]
    media_type: Literal["application/pdf"]
    data: str


class PlainText(Contract):
    type: Literal["text"]
    media_type: Literal["text/plain"]
    data: str


class ContentSource(Contract):
    type: Literal["content"]
    content: Annotated[
        Annotated[str, Tag(TEXT)]
        | Annotated[
            list[Annotated[TextBlock | ImageBlock, Field(discriminator="type")]],
            Tag(BLOCKS),
        ],
        TEXT_OR_BLOCKS,
    ]


class DocumentBlock(Cacheable):
    type: Literal["document"]
    source: Annotated[
        Base64Document | PlainText | ContentSource | UrlSource | FileSource, Field(discriminator="type")
    ]
    title: str | None = None
    context: str | None = None


class SearchResultBlock(Cacheable):
    type: Literal["search_result"]
    source: str
    title: str
    content: list[TextBlock]


class ThinkingBlock(Contract):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinkingBlock(Contract):
    type: Literal["redacted_thinking"]
    data: str


class ToolUseBlock(Cacheable):
    """A call: of a client tool, of a tool that the API runs itself, or of an MCP server's tool."""

    type: Literal["tool_use", "server_tool_use", "mcp_tool_use"]
    id: Id
    name: str
    input: dict[str, Any]


class OpaqueBlock(Cacheable):
    """Blocks that are only handed back, or that only newer betas know; their insides are not read."""

    type: Literal[
        "container_upload",
        "compaction",
        "fallback",
        "mcp_tool_listing",
        "tool_addition",
        "tool_removal",
    ]


class OpaqueResultPart(Cacheable):
    type: Literal["tool_reference", "browser_state"]


class ToolResultBlock(Cacheable):
    type: Literal["tool_result"]
    tool_use_id: Id
    content: (
        Annotated[
            Annotated[str, Tag(TEXT)]
            | Annotated[
                list[
                    Annotated[
                        TextBlock | ImageBlock | SearchResultBlock | DocumentBlock | OpaqueResultPart,
                        Field(discriminator="type"),
                    ]
                ],
                Tag(BLOCKS),
            ],
            TEXT_OR_BLOCKS,
        ]
        | None
    ) = None
    is_error: bool | None = None


class ServerToolResultBlock(Cacheable):
    """What a tool that the API ran itself gave; clients only hand it back."""

    type: Literal[
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "mcp_tool_result",
        "advisor_tool_result",
    ]
    tool_use_id: Id


Block = Annotated[
    TextBlock
    | ImageBlock
    | DocumentBlock
    | SearchResultBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | ToolUseBlock
    | ToolResultBlock
    | ServerToolResultBlock
    | OpaqueBlock,
    Field(discriminator="type"),
]


class MessageParam(Contract):
    role: Literal["user", "assistant", "system"]
    content: Annotated[
        Annotated[str, Tag(TEXT)] | Annotated[list[Block], Tag(BLOCKS)],
        TEXT_OR_BLOCKS,
    ]


SystemPrompt = Annotated[
    Annotated[str, Tag(TEXT)] | Annotated[list[TextBlock], Tag(BLOCKS)],
    TEXT_OR_BLOCKS,
]
