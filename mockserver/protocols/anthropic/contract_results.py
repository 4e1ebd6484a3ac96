"""What the tools gave that the API runs itself, as blocks of an answer hold it.

Mirrors "Server tools" and the content blocks of the Messages API reference (2026-11). The blocks of the
model itself stand in `contract_blocks`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from mockserver.protocols.anthropic.contract_base import BLOCKS, Contract

_Unavailable = Literal["invalid_tool_input", "unavailable", "too_many_requests"]
_Interrupted = Literal["execution_time_exceeded"]


class AnswerCaller(Contract):
    """Who made a call: the model itself, or code that it runs."""

    type: Literal["direct", "code_execution_20250825", "code_execution_20260120"]
    tool_id: str | None = None


class _Result(Contract):
    tool_use_id: str


# ------------------------------------------------------------------------------------------ search and fetch


class SearchError(Contract):
    type: Literal["web_search_tool_result_error"]
    error_code: _Unavailable | Literal["max_uses_exceeded", "query_too_long", "request_too_large"]


class SearchHit(Contract):
    type: Literal["web_search_result"]
    url: str
    title: str
    encrypted_content: str
    page_age: str | None = None


_FAILED = "<failed>"


def _hits_or_error(value: object) -> str:
    return _FAILED if isinstance(value, dict) else BLOCKS


class SearchResult(_Result):
    type: Literal["web_search_tool_result"]
    content: Annotated[
        Annotated[SearchError, Tag(_FAILED)] | Annotated[list[SearchHit], Tag(BLOCKS)],
        Discriminator(_hits_or_error),
    ]
    caller: AnswerCaller | None = None


class FetchError(Contract):
    type: Literal["web_fetch_tool_result_error"]
    error_code: (
        _Unavailable
        | Literal[
            "url_too_long",
            "url_not_allowed",
            "url_not_in_prior_context",
            "url_not_accessible",
            "unsupported_content_type",
            "max_uses_exceeded",
            "content_too_large",
        ]
    )


class FetchedPdf(Contract):
    type: Literal["base64"]
    media_type: Literal["application/pdf"]
    data: str


class FetchedText(Contract):
    type: Literal["text"]
    media_type: Literal["text/plain"]
    data: str


class DocumentCitations(Contract):
    enabled: bool


class FetchedDocument(Contract):
    type: Literal["document"]
    source: Annotated[FetchedPdf | FetchedText, Field(discriminator="type")]
    title: str | None = None
    citations: DocumentCitations | None = None


class Fetched(Contract):
    type: Literal["web_fetch_result"]
    url: str
    content: FetchedDocument
    retrieved_at: str | None = None


class FetchResult(_Result):
    type: Literal["web_fetch_tool_result"]
    content: Annotated[FetchError | Fetched, Field(discriminator="type")]
    caller: AnswerCaller | None = None


# --------------------------------------------------------------------------------------------------- code


class CodeOutput(Contract):
    type: Literal["code_execution_output"]
    file_id: str


class CodeError(Contract):
    type: Literal["code_execution_tool_result_error"]
    error_code: _Unavailable | _Interrupted


class CodeDone(Contract):
    type: Literal["code_execution_result"]
    stdout: str
    stderr: str
    return_code: int
    content: list[CodeOutput]


class CodeDoneInSecret(Contract):
    type: Literal["encrypted_code_execution_result"]
    encrypted_stdout: str
    stderr: str
    return_code: int
    content: list[CodeOutput]


class CodeResult(_Result):
    type: Literal["code_execution_tool_result"]
    content: Annotated[CodeError | CodeDone | CodeDoneInSecret, Field(discriminator="type")]


class BashOutput(Contract):
    type: Literal["bash_code_execution_output"]
    file_id: str


class BashError(Contract):
    type: Literal["bash_code_execution_tool_result_error"]
    error_code: _Unavailable | _Interrupted | Literal["output_file_too_large"]


class BashDone(Contract):
    type: Literal["bash_code_execution_result"]
    stdout: str
    stderr: str
    return_code: int
    content: list[BashOutput]


class BashResult(_Result):
    type: Literal["bash_code_execution_tool_result"]
    content: Annotated[BashError | BashDone, Field(discriminator="type")]


class EditorError(Contract):
    type: Literal["text_editor_code_execution_tool_result_error"]
    error_code: _Unavailable | _Interrupted | Literal["file_not_found"]
    error_message: str | None = None


class Viewed(Contract):
    type: Literal["text_editor_code_execution_view_result"]
    content: str
    file_type: Literal["text", "image", "pdf"]
    num_lines: int | None = None
    start_line: int | None = None
    total_lines: int | None = None


class FileMade(Contract):
    type: Literal["text_editor_code_execution_create_result"]
    is_file_update: bool


class Replaced(Contract):
    type: Literal["text_editor_code_execution_str_replace_result"]
    lines: list[str] | None = None
    new_lines: int | None = None
    new_start: int | None = None
    old_lines: int | None = None
    old_start: int | None = None


class EditorResult(_Result):
    type: Literal["text_editor_code_execution_tool_result"]
    content: Annotated[EditorError | Viewed | FileMade | Replaced, Field(discriminator="type")]


# ------------------------------------------------------------------------------- tools, advisors, servers


class ToolReference(Contract):
    type: Literal["tool_reference"]
    tool_name: str


class ToolSearchError(Contract):
    type: Literal["tool_search_tool_result_error"]
    error_code: _Unavailable | _Interrupted
    error_message: str | None = None


class ToolsFound(Contract):
    type: Literal["tool_search_tool_search_result"]
    tool_references: list[ToolReference]


class ToolSearchResult(_Result):
    type: Literal["tool_search_tool_result"]
    content: Annotated[ToolSearchError | ToolsFound, Field(discriminator="type")]


class AdvisorError(Contract):
    type: Literal["advisor_tool_result_error"]
    error_code: Literal[
        "max_uses_exceeded",
        "prompt_too_long",
        "too_many_requests",
        "overloaded",
        "unavailable",
        "execution_time_exceeded",
        "model_not_found",
    ]


class Advice(Contract):
    type: Literal["advisor_result"]
    text: str
    stop_reason: str | None = None


class SecretAdvice(Contract):
    type: Literal["advisor_redacted_result"]
    encrypted_content: str
    stop_reason: str | None = None


class AdvisorResult(_Result):
    type: Literal["advisor_tool_result"]
    content: Annotated[AdvisorError | Advice | SecretAdvice, Field(discriminator="type")]


class McpTool(Contract):
    name: str
    input_schema: dict[str, Any]
    description: str | None = None
