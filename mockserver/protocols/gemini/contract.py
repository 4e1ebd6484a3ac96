"""The request messages of the Gemini API, as typed models.

Mirrors "Generating content", "Caching" (Content, Part, Tool, Schema) and "Counting tokens" of the Gemini API
reference (2026-11), and the same fields in v1, v1beta and v1alpha. Shapes only: rules that go beyond the type
of a field are in `rules`, words in `wording`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from mockserver.protocols.gemini.proto_types import (
    Bool,
    Bytes,
    Float,
    Int32,
    Int64,
    ProtoMessage,
    Repeated,
    Struct,
    one_of,
)

# ------------------------------------------------------------------------------------------------ content


class Blob(ProtoMessage):
    mime_type: str | None = None
    data: Bytes | None = None
    display_name: str | None = None


class FileData(ProtoMessage):
    mime_type: str | None = None
    file_uri: str | None = None
    display_name: str | None = None


class FunctionCall(ProtoMessage):
    id: str | None = None
    name: str | None = None
    args: Struct | None = None


class FunctionResponsePart(ProtoMessage):
    inline_data: Blob | None = None
    file_data: FileData | None = None


class FunctionResponse(ProtoMessage):
    id: str | None = None
    name: str | None = None
    response: Struct | None = None
    parts: Repeated[FunctionResponsePart] | None = None
    will_continue: Bool | None = None
    scheduling: (
        Annotated[
            str,
            one_of(
                "FunctionResponse.Scheduling", "SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT"
            ),
        ]
        | None
    ) = None


class ExecutableCode(ProtoMessage):
    id: str | None = None
    language: Annotated[str, one_of("ExecutableCode.Language", "LANGUAGE_UNSPECIFIED", "PYTHON")] | None = (
        None
    )
    code: str | None = None


class CodeExecutionResult(ProtoMessage):
    id: str | None = None
    outcome: (
        Annotated[
            str,
            one_of(
                "CodeExecutionResult.Outcome",
                "OUTCOME_UNSPECIFIED",
                "OUTCOME_OK",
                "OUTCOME_FAILED",
                "OUTCOME_DEADLINE_EXCEEDED",
            ),
        ]
        | None
    ) = None
    output: str | None = None


class ToolCall(ProtoMessage):
    """A call of a tool that runs at Google, echoed in history."""

    id: str | None = None
    tool_type: str | None = None
    args: Struct | None = None


class ToolResponse(ProtoMessage):
    id: str | None = None
    tool_type: str | None = None
    response: Struct | None = None


class VideoMetadata(ProtoMessage):
    start_offset: str | None = None
    end_offset: str | None = None
    fps: Float | None = None


PART_DATA = (
    "text",
    "inlineData",
    "functionCall",
    "functionResponse",
    "fileData",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
)
"""The members of a part's `data`; a part has exactly one of them."""


class Part(ProtoMessage):
    text: str | None = None
    inline_data: Blob | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    file_data: FileData | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None
    tool_call: ToolCall | None = None
    tool_response: ToolResponse | None = None
    thought: Bool | None = None
    thought_signature: Bytes | None = None
    video_metadata: VideoMetadata | None = None
    media_resolution: Struct | None = None
    part_metadata: Struct | None = None


class Content(ProtoMessage):
    role: str | None = None
    parts: Repeated[Part] | None = None


# -------------------------------------------------------------------------------------------------- tools


class Schema(ProtoMessage):
    """The subset of an OpenAPI schema object that the API takes."""

    type: (
        Annotated[
            str,
            one_of(
                "Type",
                "TYPE_UNSPECIFIED",
                "STRING",
                "NUMBER",
                "INTEGER",
                "BOOLEAN",
                "ARRAY",
                "OBJECT",
                "NULL",
            ),
        ]
        | None
    ) = None
    format: str | None = None
    title: str | None = None
    description: str | None = None
    nullable: Bool | None = None
    enum: Repeated[str] | None = None
    items: Schema | None = None
    max_items: Int64 | None = None
    min_items: Int64 | None = None
    properties: dict[str, Schema] | None = None
    required: Repeated[str] | None = None
    property_ordering: Repeated[str] | None = None
    min_properties: Int64 | None = None
    max_properties: Int64 | None = None
    minimum: Float | None = None
    maximum: Float | None = None
    min_length: Int64 | None = None
    max_length: Int64 | None = None
    pattern: str | None = None
    any_of: Repeated[Schema] | None = None
    default: Any = None
    example: Any = None
    additional_properties: Any = None
    defs: dict[str, Schema] | None = None
    ref: str | None = None


class FunctionDeclaration(ProtoMessage):
    name: str | None = None
    description: str | None = None
    parameters: Schema | None = None
    parameters_json_schema: Any = None
    response: Schema | None = None
    response_json_schema: Any = None
    behavior: (
        Annotated[str, one_of("FunctionDeclaration.Behavior", "UNSPECIFIED", "BLOCKING", "NON_BLOCKING")]
        | None
    ) = None


class Tool(ProtoMessage):
    function_declarations: Repeated[FunctionDeclaration] | None = None
    google_search: Struct | None = None
    google_search_retrieval: Struct | None = None
    code_execution: Struct | None = None
    url_context: Struct | None = None
    google_maps: Struct | None = None
    file_search: Struct | None = None
    computer_use: Struct | None = None
    mcp_servers: Repeated[Struct] | None = None


class FunctionCallingConfig(ProtoMessage):
    mode: (
        Annotated[
            str,
            one_of("FunctionCallingConfig.Mode", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"),
        ]
        | None
    ) = None
    allowed_function_names: Repeated[str] | None = None


class ToolConfig(ProtoMessage):
    function_calling_config: FunctionCallingConfig | None = None
    retrieval_config: Struct | None = None
    include_server_side_tool_invocations: Bool | None = None


# --------------------------------------------------------------------------------------------- generation

HarmCategory: TypeAlias = Annotated[
    str,
    one_of(
        "HarmCategory",
        "HARM_CATEGORY_UNSPECIFIED",
        "HARM_CATEGORY_DEROGATORY",
        "HARM_CATEGORY_TOXICITY",
        "HARM_CATEGORY_VIOLENCE",
        "HARM_CATEGORY_SEXUAL",
        "HARM_CATEGORY_MEDICAL",
        "HARM_CATEGORY_DANGEROUS",
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
        "HARM_CATEGORY_CIVIC_INTEGRITY",
        "HARM_CATEGORY_JAILBREAK",
        "HARM_CATEGORY_IMAGE_HATE",
        "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT",
        "HARM_CATEGORY_IMAGE_HARASSMENT",
        "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT",
    ),
]

HarmBlockThreshold: TypeAlias = Annotated[
    str,
    one_of(
        "SafetySetting.HarmBlockThreshold",
        "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
        "BLOCK_LOW_AND_ABOVE",
        "BLOCK_MEDIUM_AND_ABOVE",
        "BLOCK_ONLY_HIGH",
        "BLOCK_NONE",
        "OFF",
    ),
]

Modality: TypeAlias = Annotated[
    str,
    one_of("GenerationConfig.Modality", "MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO"),
]


class SafetySetting(ProtoMessage):
    category: HarmCategory | None = None
    threshold: HarmBlockThreshold | None = None


class ThinkingConfig(ProtoMessage):
    include_thoughts: Bool | None = None
    thinking_budget: Int32 | None = None
    thinking_level: (
        Annotated[
            str,
            one_of(
                "ThinkingConfig.ThinkingLevel",
                "THINKING_LEVEL_UNSPECIFIED",
                "LOW",
                "MEDIUM",
                "HIGH",
                "MINIMAL",
                "XHIGH",
            ),
        ]
        | None
    ) = None


class ImageConfig(ProtoMessage):
    aspect_ratio: str | None = None
    image_size: str | None = None


class GenerationConfig(ProtoMessage):
    temperature: Float | None = None
    top_p: Float | None = None
    top_k: Int32 | None = None
    candidate_count: Int32 | None = None
    max_output_tokens: Int32 | None = None
    stop_sequences: Repeated[str] | None = None
    seed: Int32 | None = None
    presence_penalty: Float | None = None
    frequency_penalty: Float | None = None
    response_logprobs: Bool | None = None
    logprobs: Int32 | None = None
    response_mime_type: str | None = None
    response_schema: Schema | None = None
    response_json_schema: Any = None
    response_modalities: Repeated[Modality] | None = None
    media_resolution: str | None = None
    speech_config: Struct | None = None
    thinking_config: ThinkingConfig | None = None
    image_config: ImageConfig | None = None
    enable_enhanced_civic_answers: Bool | None = None


class GenerateContentRequest(ProtoMessage):
    model: str | None = None
    contents: Repeated[Content] | None = None
    system_instruction: Content | None = None
    tools: Repeated[Tool] | None = None
    tool_config: ToolConfig | None = None
    safety_settings: Repeated[SafetySetting] | None = None
    generation_config: GenerationConfig | None = None
    cached_content: str | None = None
    labels: dict[str, str] | None = None
    service_tier: str | None = None
    store: Bool | None = None
    continuation_token: Bytes | None = None


class CountTokensRequest(ProtoMessage):
    contents: Repeated[Content] | None = None
    generate_content_request: GenerateContentRequest | None = None


PROTO_MAPS = frozenset({"properties", "defs", "labels"})
"""Fields that are maps; a path shows their entries as `properties[i].value`."""
