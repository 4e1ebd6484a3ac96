"""The documented input items of the Responses API as types, and the parts of their contents.

Mirrors the `input` of "Create a model response" of the OpenAI API reference and the types of the official SDK
(2026-11). What an answer gave may come back as the SDK dumps it: with nulls, and with what the SDK has
parsed. Calls of built-in tools are taken as they are.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.openai.responses.contract_base import (
    CacheBreakpoint,
    Open,
    Shape,
    Status,
    listed_or_other,
)
from mockserver.protocols.openai.responses.contract_tools import Effort, TextConfig, Tool
from mockserver.protocols.openai.unions import by_json_type, by_key, by_variant, tag

# ---------------------------------------------------------------------------------------- content parts


class _Cacheable(Shape):
    prompt_cache_breakpoint: CacheBreakpoint | None = None


class InputText(_Cacheable):
    type: Literal["input_text"]
    text: str


class InputImage(_Cacheable):
    type: Literal["input_image"]
    detail: Literal["low", "high", "auto", "original"] | None = None
    image_url: str | None = None
    file_id: str | None = None


class InputFile(_Cacheable):
    type: Literal["input_file"]
    detail: Literal["auto", "low", "high"] | None = None
    file_id: str | None = None
    file_data: str | None = None
    file_url: str | None = None
    filename: str | None = None


class OutputText(Shape):
    """`parsed` is what the SDK's helpers add to a text."""

    type: Literal["output_text"]
    text: str
    annotations: list[JsonObject] | None = None
    logprobs: list[JsonObject] | None = None
    parsed: Json = None


class RefusalText(Shape):
    type: Literal["refusal"]
    refusal: str


class SummaryText(Shape):
    type: Literal["summary_text"]
    text: str


class OtherPart(Open):
    """A part whose inside is not checked."""


ContentPart: TypeAlias = Annotated[
    Annotated[InputText, tag("input_text")]
    | Annotated[InputImage, tag("input_image")]
    | Annotated[OtherPart, tag("input_audio")]
    | Annotated[OutputText, tag("output_text")]
    | Annotated[RefusalText, tag("refusal")]
    | Annotated[InputFile, tag("input_file")]
    | Annotated[OtherPart, tag("computer_screenshot")]
    | Annotated[SummaryText, tag("summary_text")]
    | Annotated[OtherPart, tag("encrypted_content")],
    by_key(
        "type",
        "input_text",
        "input_image",
        "input_audio",
        "output_text",
        "refusal",
        "input_file",
        "computer_screenshot",
        "summary_text",
        "encrypted_content",
    ),
]

Content: TypeAlias = Annotated[
    Annotated[str, tag("string")] | Annotated[list[ContentPart], tag("array")],
    by_json_type("one of a string or array of objects"),
]

# ------------------------------------------------------------------------------------------ input items


class InputMessage(Shape):
    type: Literal["message"] | None = None
    role: Literal["assistant", "system", "developer", "user"]
    content: Content
    id: str | None = None
    status: Status = None
    phase: Literal["commentary", "final_answer"] | None = None


class _CallPart(Shape):
    """What calls and their outputs have in common."""

    id: str | None = None
    status: Status = None
    caller: JsonObject | None = None


class _Call(_CallPart):
    call_id: str
    name: str
    namespace: str | None = None
    async_: bool | None = Field(None, alias="async")


class FunctionCall(_Call):
    """`parsed_arguments` is what the SDK's helpers add to a call."""

    type: Literal["function_call"]
    arguments: str
    parsed_arguments: Json = None


class CustomToolCall(_Call):
    type: Literal["custom_tool_call"]
    input: str


class FunctionCallOutput(_CallPart):
    """Only an output that says which tool it is of may leave out the call."""

    type: Literal["function_call_output"]
    call_id: str | None = None
    output: Content
    name: str | None = None
    namespace: str | None = None
    created_by: str | None = None


class CustomToolCallOutput(_CallPart):
    type: Literal["custom_tool_call_output"]
    call_id: str
    output: Content
    created_by: str | None = None


class ReasoningText(Shape):
    type: Literal["reasoning_text"]
    text: str


class ReasoningItem(Shape):
    type: Literal["reasoning"]
    id: str | None = None
    summary: list[SummaryText]
    content: list[ReasoningText] | None = None
    encrypted_content: str | None = None
    status: Status = None


class ItemReference(Shape):
    type: Literal["item_reference"] | None = None
    id: str


class Compaction(Shape):
    type: Literal["compaction"]
    encrypted_content: str
    id: str | None = None
    created_by: str | None = None


class CompactionTrigger(Shape):
    type: Literal["compaction_trigger"]
    id: str | None = None


class ConfiguredReasoning(Shape):
    effort: Effort = None


class ConfigurationUpdate(Shape):
    type: Literal["configuration_update"]
    id: str | None = None
    reasoning: ConfiguredReasoning | None = None
    text: TextConfig | None = None


class AdditionalTools(Shape):
    type: Literal["additional_tools"]
    role: Literal["developer"]
    tools: list[Tool]
    id: str | None = None


class OtherItem(Open):
    """A built-in tool's call or output: taken as it is."""


_ITEM_TYPES = (
    "message",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "reasoning",
    "item_reference",
    "compaction",
    "compaction_trigger",
    "configuration_update",
    "additional_tools",
)

BUILT_IN_ITEMS = frozenset(
    {
        "file_search_call",
        "web_search_call",
        "code_interpreter_call",
        "image_generation_call",
        "computer_call",
        "computer_call_output",
        "local_shell_call",
        "local_shell_call_output",
        "shell_call",
        "shell_call_output",
        "apply_patch_call",
        "apply_patch_call_output",
        "mcp_list_tools",
        "mcp_call",
        "mcp_approval_request",
        "mcp_approval_response",
        "tool_search_call",
        "tool_search_output",
        "program",
        "program_output",
    }
)
DOCUMENTED_ITEMS = BUILT_IN_ITEMS.union(_ITEM_TYPES)


def item_type(item: JsonObject) -> Json:
    """The type of an input item: only messages and references may leave it out."""
    kind = item.get("type")
    if kind is None:
        return "item_reference" if "id" in item and "role" not in item else "message"
    return kind


def _item_variant(item: JsonObject) -> str | None:
    return listed_or_other(item_type(item), _ITEM_TYPES)


InputItem: TypeAlias = Annotated[
    Annotated[InputMessage, tag("message")]
    | Annotated[FunctionCall, tag("function_call")]
    | Annotated[FunctionCallOutput, tag("function_call_output")]
    | Annotated[CustomToolCall, tag("custom_tool_call")]
    | Annotated[CustomToolCallOutput, tag("custom_tool_call_output")]
    | Annotated[ReasoningItem, tag("reasoning")]
    | Annotated[ItemReference, tag("item_reference")]
    | Annotated[Compaction, tag("compaction")]
    | Annotated[CompactionTrigger, tag("compaction_trigger")]
    | Annotated[ConfigurationUpdate, tag("configuration_update")]
    | Annotated[AdditionalTools, tag("additional_tools")]
    | Annotated[OtherItem, tag("other")],
    by_variant(_item_variant, "type", *_ITEM_TYPES),
]

Input: TypeAlias = Annotated[
    Annotated[str, tag("string")] | Annotated[list[InputItem], tag("array")],
    by_json_type("one of a string or array of input items"),
]
