"""The documented output items of the Responses API as types, and the contents of messages.

Mirrors the `output` of "The response object" of the OpenAI API reference, the types of the official SDK, and
the members of live answers (2026-11). What a built-in tool did is named one level deep; below, it is taken as
it is.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.openai.responses.contract_base import Shape, Status
from mockserver.protocols.openai.responses.contract_items import (
    InputFile,
    InputImage,
    InputText,
    ReasoningText,
    SummaryText,
)
from mockserver.protocols.openai.responses.contract_tools import Tool

_BY_TYPE = Field(discriminator="type")
Phase: TypeAlias = Literal["commentary", "final_answer"] | None

# ------------------------------------------------------------------------------------------- the contents


class FileCitation(Shape):
    type: Literal["file_citation"]
    file_id: str
    filename: str
    index: int


class UrlCitation(Shape):
    type: Literal["url_citation"]
    start_index: int
    end_index: int
    title: str
    url: str


class ContainerFileCitation(Shape):
    type: Literal["container_file_citation"]
    container_id: str
    file_id: str
    filename: str
    start_index: int
    end_index: int


class FilePath(Shape):
    type: Literal["file_path"]
    file_id: str
    index: int


Annotation: TypeAlias = Annotated[FileCitation | UrlCitation | ContainerFileCitation | FilePath, _BY_TYPE]


class TopLogprob(Shape):
    token: str
    logprob: float
    bytes: list[int] | None = None


class Logprob(TopLogprob):
    top_logprobs: list[TopLogprob] | None = None


class TextContent(Shape):
    type: Literal["output_text"]
    text: str
    annotations: list[Annotation]
    logprobs: list[Logprob] | None = None


class RefusalContent(Shape):
    type: Literal["refusal"]
    refusal: str


MessageContent: TypeAlias = Annotated[TextContent | RefusalContent, _BY_TYPE]
StreamedPart: TypeAlias = Annotated[TextContent | RefusalContent | ReasoningText, _BY_TYPE]
_ToolOutput: TypeAlias = str | list[Annotated[InputText | InputImage | InputFile, _BY_TYPE]]

# ---------------------------------------------------------------------------------------------- the items


class _Item(Shape):
    id: str


class _CalledItem(_Item):
    call_id: str
    status: Status = None
    caller: JsonObject | None = None
    created_by: str | None = None


class OutputMessage(_Item):
    type: Literal["message"]
    role: Literal["assistant"]
    status: Status
    content: list[MessageContent]
    phase: Phase = None


class OutputReasoning(_Item):
    type: Literal["reasoning"]
    summary: list[SummaryText]
    content: list[ReasoningText] | None = None
    encrypted_content: str | None = None
    status: Status = None


class OutputFunctionCall(_CalledItem):
    type: Literal["function_call"]
    name: str
    arguments: str
    namespace: str | None = None
    async_: bool | None = Field(None, alias="async")


class OutputCustomCall(_CalledItem):
    type: Literal["custom_tool_call"]
    name: str
    input: str
    namespace: str | None = None
    async_: bool | None = Field(None, alias="async")


class FunctionOutput(_Item):
    type: Literal["function_call_output"]
    output: _ToolOutput
    call_id: str | None = None
    status: Status = None
    caller: JsonObject | None = None
    created_by: str | None = None
    name: str | None = None
    namespace: str | None = None


class CustomOutput(_CalledItem):
    type: Literal["custom_tool_call_output"]
    output: _ToolOutput


class FileSearchCall(_Item):
    type: Literal["file_search_call"]
    status: Literal["in_progress", "searching", "completed", "incomplete", "failed"]
    queries: list[str]
    results: list[JsonObject] | None = None


class WebSearchCall(_Item):
    """What it did is not known yet when it is announced."""

    type: Literal["web_search_call"]
    status: Literal["in_progress", "searching", "completed", "failed", "incomplete"]
    action: JsonObject | None = None


class ComputerCall(_CalledItem):
    type: Literal["computer_call"]
    pending_safety_checks: list[JsonObject]
    action: JsonObject | None = None
    actions: list[JsonObject] | None = None


class ComputerOutput(_Item):
    type: Literal["computer_call_output"]
    call_id: str
    output: JsonObject
    status: Literal["completed", "incomplete", "failed", "in_progress"]
    acknowledged_safety_checks: list[JsonObject] | None = None
    created_by: str | None = None


class Program(_Item):
    type: Literal["program"]
    call_id: str
    code: str
    fingerprint: str


class ProgramOutput(_Item):
    type: Literal["program_output"]
    call_id: str
    result: str
    status: Literal["completed", "incomplete"]


class ToolSearchCall(_Item):
    type: Literal["tool_search_call"]
    arguments: Json
    call_id: str | None
    execution: Literal["server", "client"]
    status: Status
    created_by: str | None = None


class ToolSearchOutput(_Item):
    type: Literal["tool_search_output"]
    call_id: str | None
    execution: Literal["server", "client"]
    status: Status
    tools: list[Tool]
    created_by: str | None = None


class OutputTools(_Item):
    type: Literal["additional_tools"]
    role: str
    tools: list[Tool]


class OutputCompaction(_Item):
    type: Literal["compaction"]
    encrypted_content: str
    created_by: str | None = None


class ImageCall(_Item):
    type: Literal["image_generation_call"]
    status: Literal["in_progress", "completed", "generating", "failed"]
    result: str | None
    action: Literal["generate", "edit", "auto"] | None = None
    background: Literal["transparent", "opaque", "auto"] | None = None
    error: JsonObject | None = None
    output_format: Literal["png", "webp", "jpeg", "gif", "svg"] | None = None
    quality: Literal["low", "medium", "high", "xhigh", "max", "auto"] | None = None
    revised_prompt: str | None = None
    size: str | None = None
    svg_usage: JsonObject | None = None


class CodeCall(_Item):
    type: Literal["code_interpreter_call"]
    status: Literal["in_progress", "completed", "incomplete", "interpreting", "failed"]
    code: str | None
    container_id: str
    outputs: list[JsonObject] | None = None


class LocalShellCall(_Item):
    type: Literal["local_shell_call"]
    action: JsonObject
    call_id: str
    status: Status


class LocalShellOutput(_Item):
    type: Literal["local_shell_call_output"]
    output: str
    status: Status = None


class ShellCall(_CalledItem):
    type: Literal["shell_call"]
    action: JsonObject
    environment: JsonObject | None = None


class ShellOutput(_CalledItem):
    type: Literal["shell_call_output"]
    output: list[JsonObject]
    max_output_length: int | None = None


class PatchCall(_CalledItem):
    type: Literal["apply_patch_call"]
    operation: JsonObject


class PatchOutput(_Item):
    type: Literal["apply_patch_call_output"]
    call_id: str
    status: Literal["completed", "failed"]
    output: str | None = None
    caller: JsonObject | None = None
    created_by: str | None = None


class McpCall(_Item):
    type: Literal["mcp_call"]
    arguments: str
    name: str
    server_label: str
    approval_request_id: str | None = None
    error: Any = None
    output: str | None = None
    status: Literal["in_progress", "completed", "incomplete", "calling", "failed"] | None = None


class McpTools(_Item):
    type: Literal["mcp_list_tools"]
    server_label: str
    tools: list[JsonObject]
    error: Any = None


class McpRequest(_Item):
    type: Literal["mcp_approval_request"]
    arguments: str
    name: str
    server_label: str


class McpAnswer(_Item):
    type: Literal["mcp_approval_response"]
    approval_request_id: str
    approve: bool
    reason: str | None = None


OutputItem: TypeAlias = Annotated[
    OutputMessage
    | OutputReasoning
    | OutputFunctionCall
    | OutputCustomCall
    | FunctionOutput
    | CustomOutput
    | FileSearchCall
    | WebSearchCall
    | ComputerCall
    | ComputerOutput
    | Program
    | ProgramOutput
    | ToolSearchCall
    | ToolSearchOutput
    | OutputTools
    | OutputCompaction
    | ImageCall
    | CodeCall
    | LocalShellCall
    | LocalShellOutput
    | ShellCall
    | ShellOutput
    | PatchCall
    | PatchOutput
    | McpCall
    | McpTools
    | McpRequest
    | McpAnswer,
    _BY_TYPE,
]
