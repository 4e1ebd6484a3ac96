"""The documented request of the Responses API as types: they say what is refused, and nothing else.

Mirrors "Create a model response", "Get a model response", "Get input token counts" and "List input items" of
the OpenAI API reference (2026-11). Fields stand in the order in which the live API reports violations.
Whatever is not documented passes. The values are then read from the body itself: only `read`, `stored` and
`replay` need these types.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.openai.unions import by_json_type, by_key, by_variant, tag


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)


# ---------------------------------------------------------------------------------------- content parts


class InputText(_Shape):
    text: str


class InputImage(_Shape):
    detail: Literal["low", "high", "auto", "original"] | None = None
    image_url: str | None = None
    file_id: str | None = None


class InputFile(_Shape):
    file_id: str | None = None
    file_data: str | None = None
    file_url: str | None = None
    filename: str | None = None


class RefusalText(_Shape):
    refusal: str


class OtherPart(_Shape):
    """A part whose inside is not checked."""


ContentPart: TypeAlias = Annotated[
    Annotated[InputText, tag("input_text")]
    | Annotated[InputImage, tag("input_image")]
    | Annotated[OtherPart, tag("input_audio")]
    | Annotated[InputText, tag("output_text")]
    | Annotated[RefusalText, tag("refusal")]
    | Annotated[InputFile, tag("input_file")]
    | Annotated[OtherPart, tag("computer_screenshot")]
    | Annotated[InputText, tag("summary_text")]
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


class InputMessage(_Shape):
    role: Literal["assistant", "system", "developer", "user"]
    content: Content


class FunctionCall(_Shape):
    call_id: str
    name: str
    arguments: str


class CustomToolCall(_Shape):
    call_id: str
    name: str
    input: str


class CallOutput(_Shape):
    call_id: str
    output: Content


class ReasoningItem(_Shape):
    id: str | None = None
    summary: list[JsonObject]
    encrypted_content: str | None = None


class ItemReference(_Shape):
    id: str


class OtherItem(_Shape):
    """A built-in tool's call or output, a compaction, …: taken as it is."""


_ITEM_TYPES = (
    "message",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "reasoning",
    "item_reference",
)


def item_type(item: JsonObject) -> Json:
    """The type of an input item: only messages and references may leave it out."""
    kind = item.get("type")
    if kind is None:
        return "item_reference" if "id" in item and "role" not in item else "message"
    return kind


def _item_variant(item: JsonObject) -> str | None:
    return _listed_or_other(item_type(item), _ITEM_TYPES)


def _listed_or_other(kind: Json, listed: Sequence[str]) -> str | None:
    if not isinstance(kind, str):
        return None
    return kind if kind in listed else "other"


InputItem: TypeAlias = Annotated[
    Annotated[InputMessage, tag("message")]
    | Annotated[FunctionCall, tag("function_call")]
    | Annotated[CallOutput, tag("function_call_output")]
    | Annotated[CustomToolCall, tag("custom_tool_call")]
    | Annotated[CallOutput, tag("custom_tool_call_output")]
    | Annotated[ReasoningItem, tag("reasoning")]
    | Annotated[ItemReference, tag("item_reference")]
    | Annotated[OtherItem, tag("other")],
    by_variant(_item_variant, "type", *_ITEM_TYPES),
]

Input: TypeAlias = Annotated[
    Annotated[str, tag("string")] | Annotated[list[InputItem], tag("array")],
    by_json_type("one of a string or array of input items"),
]

# ------------------------------------------------------------------------------------------------ tools

ToolName: TypeAlias = Annotated[str, Field(max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]


class FunctionTool(_Shape):
    name: ToolName
    parameters: JsonObject | None = None
    strict: bool | None = None
    description: str | None = None


class CustomTool(_Shape):
    name: ToolName
    description: str | None = None
    format: JsonObject | None = None


class NamespaceTool(_Shape):
    name: ToolName
    description: str | None = None
    tools: list[JsonObject]


class HostedTool(_Shape):
    """A tool that the API itself runs: web search, code interpreter, image generation, MCP, …"""


_TOOL_TYPES = ("function", "custom", "namespace")


Tool: TypeAlias = Annotated[
    Annotated[FunctionTool, tag("function")]
    | Annotated[CustomTool, tag("custom")]
    | Annotated[NamespaceTool, tag("namespace")]
    | Annotated[HostedTool, tag("other")],
    by_variant(lambda tool: _listed_or_other(tool.get("type"), _TOOL_TYPES), "type", *_TOOL_TYPES),
]


class NamedChoice(_Shape):
    name: str


class AllowedTools(_Shape):
    mode: Literal["auto", "required"]
    tools: list[JsonObject]


class HostedChoice(_Shape):
    """A built-in tool, by its type alone."""


_CHOICE_TYPES = ("function", "custom", "allowed_tools")


_ChoiceObject: TypeAlias = Annotated[
    Annotated[NamedChoice, tag("function")]
    | Annotated[NamedChoice, tag("custom")]
    | Annotated[AllowedTools, tag("allowed_tools")]
    | Annotated[HostedChoice, tag("other")],
    by_variant(lambda choice: _listed_or_other(choice.get("type"), _CHOICE_TYPES), "type", *_CHOICE_TYPES),
]

ToolChoice: TypeAlias = Annotated[
    Annotated[Literal["none", "auto", "required"], tag("string")] | Annotated[_ChoiceObject, tag("object")],
    by_json_type("one of an object or 'none', 'auto', or 'required'"),
]

# -------------------------------------------------------------------------------------------- requests


class FormatPlain(_Shape):
    pass


class FormatJsonSchema(_Shape):
    name: ToolName
    schema_: JsonObject = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


class TextConfig(_Shape):
    format: (
        Annotated[
            Annotated[FormatPlain, tag("json_object")]
            | Annotated[FormatPlain, tag("text")]
            | Annotated[FormatJsonSchema, tag("json_schema")],
            by_key("type", "json_object", "text", "json_schema"),
        ]
        | None
    ) = None
    verbosity: Literal["low", "medium", "high"] | None = None


class ReasoningConfig(_Shape):
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    summary: Literal["concise", "detailed", "auto"] | None = None
    generate_summary: Literal["concise", "detailed", "auto"] | None = None
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    mode: str | None = None


class StreamOptions(_Shape):
    include_obfuscation: bool | None = None


class PromptCacheOptions(_Shape):
    mode: Literal["implicit", "explicit"] | None = None
    ttl: Literal["30m", "12h"] | None = None
    prewarm: bool | None = None
    comparison_response_id: str | None = None


class WithId(_Shape):
    id: str


class ModerationOptions(_Shape):
    model: str
    policy: JsonObject | None = None


Includable = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]
Metadata: TypeAlias = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
ServiceTier = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]


class ResponseParameters(_Shape):
    """What `POST /responses` takes; `POST /responses/input_tokens` takes a part of it, no member required."""

    model: str | None = None
    input: Input | None = None
    previous_response_id: str | None = None
    conversation: (
        Annotated[
            Annotated[str, tag("string")] | Annotated[WithId, tag("object")],
            by_json_type("one of a string or object"),
        ]
        | None
    ) = None
    prompt: WithId | None = None
    moderation: ModerationOptions | None = None
    include: list[Includable] | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    metadata: Metadata | None = None
    text: TextConfig | None = None
    temperature: float | None = Field(None, ge=0.0, le=2.0)
    top_p: float | None = Field(None, ge=0.0, le=1.0)
    parallel_tool_calls: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    background: bool | None = None
    max_output_tokens: int | None = Field(None, ge=16)
    max_tool_calls: int | None = Field(None, ge=1)
    reasoning: ReasoningConfig | None = None
    user: str | None = None
    safety_identifier: str | None = Field(None, max_length=128)
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    instructions: str | None = None
    store: bool | None = None
    service_tier: ServiceTier | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    context_management: list[JsonObject] | None = None


class CreateResponse(ResponseParameters):
    model: str


class RetrieveResponse(BaseModel):
    """The query of `GET /responses/{id}`; every value comes as text."""

    stream: bool = False
    starting_after: int | None = Field(None, ge=0)
    include_obfuscation: bool = True


class ListInputItems(BaseModel):
    """The query of `GET /responses/{id}/input_items`; every value comes as text."""

    after: str | None = None
    limit: int = Field(20, ge=1, le=100)
    order: Literal["asc", "desc"] = "desc"
