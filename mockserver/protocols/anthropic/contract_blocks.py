"""The content blocks of an answer, and the citations in its texts.

Mirrors "Create a Message: returns, content" of the Messages API reference (2026-11), beta blocks included.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from mockserver.protocols.anthropic.contract_base import BLOCKS, TEXT, TEXT_OR_BLOCKS, Contract
from mockserver.protocols.anthropic.contract_results import (
    AdvisorResult,
    AnswerCaller,
    BashResult,
    CodeResult,
    EditorResult,
    FetchResult,
    McpTool,
    SearchResult,
    ToolSearchResult,
)

# ---------------------------------------------------------------------------------------------- citations


class _InDocument(Contract):
    cited_text: str
    document_index: int
    document_title: str | None
    file_id: str | None = None


class CharLocation(_InDocument):
    type: Literal["char_location"]
    start_char_index: int
    end_char_index: int


class PageLocation(_InDocument):
    type: Literal["page_location"]
    start_page_number: int
    end_page_number: int


class BlockLocation(_InDocument):
    type: Literal["content_block_location"]
    start_block_index: int
    end_block_index: int


class WebLocation(Contract):
    type: Literal["web_search_result_location"]
    url: str
    title: str | None
    encrypted_index: str
    cited_text: str


class SearchLocation(Contract):
    type: Literal["search_result_location"]
    source: str
    title: str | None
    cited_text: str
    search_result_index: int
    start_block_index: int
    end_block_index: int


Citation = Annotated[
    CharLocation | PageLocation | BlockLocation | WebLocation | SearchLocation, Field(discriminator="type")
]

# ------------------------------------------------------------------------------------------------- blocks


class AnswerText(Contract):
    type: Literal["text"]
    text: str
    citations: list[Citation] | None = None


class AnswerThinking(Contract):
    type: Literal["thinking"]
    thinking: str
    signature: str


class AnswerRedactedThinking(Contract):
    type: Literal["redacted_thinking"]
    data: str


class AnswerToolUse(Contract):
    type: Literal["tool_use"]
    id: str
    name: str
    input: dict[str, Any]
    caller: AnswerCaller | None = None
    toolset_name: str | None = None


class AnswerServerToolUse(Contract):
    type: Literal["server_tool_use"]
    id: str
    name: Literal[
        "advisor",
        "web_search",
        "web_fetch",
        "code_execution",
        "bash_code_execution",
        "text_editor_code_execution",
        "tool_search_tool_regex",
        "tool_search_tool_bm25",
    ]
    input: dict[str, Any]
    caller: AnswerCaller | None = None


class AnswerMcpToolUse(Contract):
    type: Literal["mcp_tool_use"]
    id: str
    name: str
    server_name: str
    input: dict[str, Any]


class AnswerMcpResult(Contract):
    type: Literal["mcp_tool_result"]
    tool_use_id: str
    is_error: bool
    content: Annotated[
        Annotated[str, Tag(TEXT)] | Annotated[list[AnswerText], Tag(BLOCKS)],
        TEXT_OR_BLOCKS,
    ]


class AnswerMcpListing(Contract):
    type: Literal["mcp_tool_listing"]
    mcp_server_name: str
    tools: list[McpTool]


class AnswerUpload(Contract):
    type: Literal["container_upload"]
    file_id: str


class AnswerCompaction(Contract):
    type: Literal["compaction"]
    content: str | None
    encrypted_content: str | None = None
    signature: str | None = None
    tool_changes: list[dict[str, Any]] | None = None


class ModelName(Contract):
    model: str


class FallbackTrigger(Contract):
    type: Literal["refusal"]
    category: str | None = None


class AnswerFallback(Contract):
    type: Literal["fallback"]
    from_: Annotated[ModelName, Field(alias="from")]
    to: ModelName
    trigger: FallbackTrigger


AnswerBlock = Annotated[
    AnswerText
    | AnswerThinking
    | AnswerRedactedThinking
    | AnswerToolUse
    | AnswerServerToolUse
    | SearchResult
    | FetchResult
    | CodeResult
    | BashResult
    | EditorResult
    | ToolSearchResult
    | AdvisorResult
    | AnswerMcpToolUse
    | AnswerMcpResult
    | AnswerMcpListing
    | AnswerUpload
    | AnswerCompaction
    | AnswerFallback,
    Field(discriminator="type"),
]
