"""Messages and content blocks, as a client sends them.

Mirrors "Create a Message: messages" of the Messages API reference (2026-11), beta blocks included. Which
block may stand where, and what must answer what, are rules between blocks: `rules`. What clients only hand
back is not read again: the contents of results, of listings and of compactions.
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
    type_names,
)


class Caller(Contract):
    """Who made a call: the model itself, or code that it runs."""

    type: Literal["direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"]
    tool_id: str | None = None


class CitationsConfig(Contract):
    enabled: bool | None = None


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


class Transformations(Contract):
    oversized_image: Literal["downsize", "error"] | None = None


class ImageBlock(Cacheable):
    type: Literal["image"]
    source: Annotated[Base64Image | UrlSource | FileSource, Field(discriminator="type")]
    transformations: Transformations | None = None


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
    citations: CitationsConfig | None = None


class SearchResultBlock(Cacheable):
    type: Literal["search_result"]
    source: str
    title: str
    content: list[TextBlock]
    citations: CitationsConfig | None = None


class ThinkingBlock(Contract):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinkingBlock(Contract):
    type: Literal["redacted_thinking"]
    data: str


class ToolUseBlock(Cacheable):
    """A call of a tool that the client runs."""

    type: Literal["tool_use"]
    id: Id
    name: str
    input: dict[str, Any]
    caller: Caller | None = None
    toolset_name: str | None = None


class ServerToolUseBlock(Cacheable):
    """A call of a tool that the API runs itself."""

    type: Literal["server_tool_use"]
    id: Id
    name: str
    input: dict[str, Any]
    caller: Caller | None = None


class McpToolUseBlock(Cacheable):
    type: Literal["mcp_tool_use"]
    id: Id
    name: str
    server_name: str
    input: dict[str, Any]


class ToolReferencePart(Cacheable):
    type: Literal["tool_reference"]
    tool_name: str


class BrowserStatePart(Cacheable):
    type: Literal["browser_state"]
    tabs: list[Any]
    state_changes: list[Any] | None = None


class ToolResultBlock(Cacheable):
    type: Literal["tool_result"]
    tool_use_id: Id
    content: (
        Annotated[
            Annotated[str, Tag(TEXT)]
            | Annotated[
                list[
                    Annotated[
                        TextBlock
                        | ImageBlock
                        | SearchResultBlock
                        | DocumentBlock
                        | ToolReferencePart
                        | BrowserStatePart,
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
    toolset_name: str | None = None


class ServerToolResultBlock(Cacheable):
    """What a tool that the API ran itself gave; clients only hand it back."""

    type: Literal[
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "advisor_tool_result",
    ]
    tool_use_id: Id
    content: Any
    caller: Caller | None = None


SERVER_RESULTS = type_names(ServerToolResultBlock)


class McpToolResultBlock(Cacheable):
    type: Literal["mcp_tool_result"]
    tool_use_id: Id
    content: Any = None
    is_error: bool | None = None


class ContainerUploadBlock(Cacheable):
    type: Literal["container_upload"]
    file_id: str


class CompactionBlock(Cacheable):
    """The summary that stands for earlier messages."""

    type: Literal["compaction"]
    content: str | None = None
    encrypted_content: str | None = None
    signature: str | None = None
    tool_changes: list[Any] | None = None


class FallbackModel(Contract):
    model: str


class FallbackBlock(Contract):
    """Where another model took over."""

    type: Literal["fallback"]
    from_: Annotated[FallbackModel, Field(alias="from")]
    to: FallbackModel
    trigger: Any = None


class McpToolListingBlock(Contract):
    type: Literal["mcp_tool_listing"]
    mcp_server_name: str
    tools: list[Any]


class ToolChangeBlock(Cacheable):
    """Tools that come or go in the middle of a conversation."""

    type: Literal["tool_addition", "tool_removal"]
    tool: dict[str, Any]


class SystemBlock(Cacheable):
    """What is told to the model at the end of a turn of the user: the older form of a message of its own."""

    type: Literal["mid_conv_system"]
    content: list[Annotated[TextBlock | ToolChangeBlock, Field(discriminator="type")]]


Block = Annotated[
    TextBlock
    | ImageBlock
    | DocumentBlock
    | SearchResultBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | ToolUseBlock
    | ToolResultBlock
    | ServerToolUseBlock
    | ServerToolResultBlock
    | McpToolUseBlock
    | McpToolResultBlock
    | McpToolListingBlock
    | ContainerUploadBlock
    | CompactionBlock
    | FallbackBlock
    | ToolChangeBlock
    | SystemBlock,
    Field(discriminator="type"),
]


class SystemMessageConfig(Contract):
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None


class _Spoken(Contract):
    content: Annotated[
        Annotated[str, Tag(TEXT)] | Annotated[list[Block], Tag(BLOCKS)],
        TEXT_OR_BLOCKS,
    ]


class UserMessage(_Spoken):
    role: Literal["user"]


class AssistantMessage(_Spoken):
    role: Literal["assistant"]


class SystemMessage(Contract):
    """What is told to the model in the middle of a conversation, in words or as a change of its tools."""

    role: Literal["system"]
    content: Annotated[
        Annotated[str, Tag(TEXT)]
        | Annotated[list[Annotated[TextBlock | ToolChangeBlock, Field(discriminator="type")]], Tag(BLOCKS)],
        TEXT_OR_BLOCKS,
    ] = ""
    clear_at: Literal["next_user_message", "never"] | None = None
    output_config: SystemMessageConfig | None = None


MessageParam = Annotated[UserMessage | AssistantMessage | SystemMessage, Field(discriminator="role")]


SystemPrompt = Annotated[
    Annotated[str, Tag(TEXT)] | Annotated[list[TextBlock], Tag(BLOCKS)],
    TEXT_OR_BLOCKS,
]
