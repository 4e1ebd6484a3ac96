"""The answers of the Gemini API, as typed models: content, models, tokens, embeddings, caches, errors.

Mirrors "GenerateContentResponse", "Models", "Counting tokens", "Embeddings" and "Caching" of the Gemini API
reference, "Error model" of Google's API guides, recorded answers, and the types of google-genai 3.6 for the
Developer API (2026-11). A chunk of a stream is a whole GenerateContentResponse. Used to describe the API and
to review scripted answers, never while serving.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, RootModel

from mockserver.conversation import JsonObject
from mockserver.protocols.gemini.contract_grounding import (
    Answered,
    CitationMetadata,
    GroundingMetadata,
    LogprobsResult,
    SafetyRating,
    UrlContextMetadata,
)

# -------------------------------------------------------------------------------------------------- content


class AnsweredBlob(Answered):
    mime_type: str | None = None
    data: str | None = None
    display_name: str | None = None


class AnsweredFile(Answered):
    mime_type: str | None = None
    file_uri: str | None = None
    display_name: str | None = None


def _broken_on_purpose(value: Any) -> Any:
    return {} if isinstance(value, str) else value


Arguments: TypeAlias = Annotated[JsonObject, BeforeValidator(_broken_on_purpose)]
"""An object. Scripts may send a string instead, to be broken on purpose."""


class AnsweredCall(Answered):
    """`partialArgs` and `willContinue` are of the Agent Platform."""

    id: str | None = None
    name: str | None = None
    args: Arguments | None = None


class AnsweredResponse(Answered):
    id: str | None = None
    name: str | None = None
    response: JsonObject | None = None
    parts: list[JsonObject] | None = None
    will_continue: bool | None = None
    scheduling: str | None = None


class AnsweredCode(Answered):
    id: str | None = None
    language: Literal["LANGUAGE_UNSPECIFIED", "PYTHON"] | None = None
    code: str | None = None


class AnsweredOutcome(Answered):
    id: str | None = None
    outcome: (
        Literal["OUTCOME_UNSPECIFIED", "OUTCOME_OK", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED"] | None
    ) = None
    output: str | None = None


class AnsweredToolCall(Answered):
    id: str | None = None
    tool_type: str | None = None
    args: JsonObject | None = None


class AnsweredToolResponse(Answered):
    id: str | None = None
    tool_type: str | None = None
    response: JsonObject | None = None


class AnsweredPart(Answered):
    """What may stand beside the data of a part is left open."""

    text: str | None = None
    inline_data: AnsweredBlob | None = None
    file_data: AnsweredFile | None = None
    function_call: AnsweredCall | None = None
    function_response: AnsweredResponse | None = None
    executable_code: AnsweredCode | None = None
    code_execution_result: AnsweredOutcome | None = None
    tool_call: AnsweredToolCall | None = None
    tool_response: AnsweredToolResponse | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    video_metadata: JsonObject | None = None
    media_resolution: JsonObject | None = None
    part_metadata: JsonObject | None = None
    media_processing: str | None = None
    audio_transcription: JsonObject | None = None
    speech_metadata: JsonObject | None = None
    document_metadata: JsonObject | None = None
    spreadsheet_metadata: JsonObject | None = None
    audio_metadata: JsonObject | None = None


class AnsweredContent(Answered):
    role: Literal["model"] | None = None
    parts: list[AnsweredPart] | None = None


# ------------------------------------------------------------------------------------------------ candidates

FinishReason: TypeAlias = Literal[
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "OTHER",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_OTHER",
    "NO_IMAGE",
    "IMAGE_RECITATION",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
    "MALFORMED_RESPONSE",
    "ESCALATION",
    "PUP_LIMITED_DISABLED",
    "CONTINUATION",
    "MODEL_ARMOR",
]
BlockReason: TypeAlias = Literal[
    "BLOCKED_REASON_UNSPECIFIED",
    "SAFETY",
    "OTHER",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "IMAGE_SAFETY",
    "MODEL_ARMOR",
    "JAILBREAK",
]
Modality: TypeAlias = Literal["MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"]


class Candidate(Answered):
    content: AnsweredContent | None = None
    finish_reason: FinishReason | None = None
    finish_message: str | None = None
    index: int | None = None
    safety_ratings: list[SafetyRating] | None = None
    citation_metadata: CitationMetadata | None = None
    token_count: int | None = None
    grounding_metadata: GroundingMetadata | None = None
    grounding_attributions: list[JsonObject] | None = None
    avg_logprobs: float | None = None
    logprobs_result: LogprobsResult | None = None
    url_context_metadata: UrlContextMetadata | None = None
    continuation_token: str | None = None


class PromptFeedback(Answered):
    block_reason: BlockReason | None = None
    safety_ratings: list[SafetyRating] | None = None


class ModalityTokenCount(Answered):
    modality: Modality | None = None
    token_count: int | None = None


class UsageMetadata(Answered):
    prompt_token_count: int | None = None
    cached_content_token_count: int | None = None
    candidates_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    thoughts_token_count: int | None = None
    total_token_count: int | None = None
    prompt_tokens_details: list[ModalityTokenCount] | None = None
    cache_tokens_details: list[ModalityTokenCount] | None = None
    candidates_tokens_details: list[ModalityTokenCount] | None = None
    tool_use_prompt_tokens_details: list[ModalityTokenCount] | None = None
    service_tier: Literal["standard", "flex", "priority"] | None = None


class ModelStatus(Answered):
    model_stage: str | None = None
    retirement_time: str | None = None
    message: str | None = None


class GenerateContentResponse(Answered):
    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None
    model_status: ModelStatus | None = None


class GenerateContentArray(RootModel[list[GenerateContentResponse]]):
    """A stream without `alt=sse`."""


# ----------------------------------------------------------------------------------------------- other routes


class CountTokensResponse(Answered):
    total_tokens: int | None = None
    cached_content_token_count: int | None = None
    prompt_tokens_details: list[ModalityTokenCount] | None = None
    cache_tokens_details: list[ModalityTokenCount] | None = None


class ContentEmbedding(Answered):
    values: list[float] | None = None


class EmbeddingUsage(Answered):
    """Some models tell it. Its details are not called as elsewhere."""

    prompt_token_count: int | None = None
    prompt_token_details: list[ModalityTokenCount] | None = None


class EmbedContentResponse(Answered):
    embedding: ContentEmbedding
    usage_metadata: EmbeddingUsage | None = None


class BatchEmbedContentsResponse(Answered):
    embeddings: list[ContentEmbedding] | None = None
    usage_metadata: EmbeddingUsage | None = None


class AnsweredModel(Answered):
    name: str
    base_model_id: str | None = None
    version: str | None = None
    display_name: str | None = None
    description: str | None = None
    input_token_limit: int | None = None
    output_token_limit: int | None = None
    supported_generation_methods: list[str] | None = None
    thinking: bool | None = None
    temperature: float | None = None
    max_temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None


class ListModelsResponse(Answered):
    models: list[AnsweredModel] | None = None
    next_page_token: str | None = None


class CacheUsage(Answered):
    total_token_count: int | None = None


class AnsweredCache(Answered):
    name: str
    model: str | None = None
    display_name: str | None = None
    create_time: str | None = None
    update_time: str | None = None
    expire_time: str | None = None
    usage_metadata: CacheUsage | None = None


class ListCachedContentsResponse(Answered):
    cached_contents: list[AnsweredCache] | None = None
    next_page_token: str | None = None


class Nothing(Answered):
    """An empty message."""


# ---------------------------------------------------------------------------------------------------- errors


class Detail(Answered):
    """One of Google's messages of details; what is in it depends on its type."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(alias="@type")


class Status(Answered):
    code: int
    message: str
    status: str
    details: list[Detail] | None = None


class ErrorAnswer(Answered):
    error: Status


class Refusal(RootModel[ErrorAnswer | list[ErrorAnswer]]):
    """An error as it is sent: in an array where the answer would have been one."""


class GenerateContentEvent(RootModel[GenerateContentResponse | ErrorAnswer]):
    """What a frame of a stream holds: an error ends it."""


# ------------------------------------------------------------------------------------------------- parameters


class StreamQuery(Answered):
    alt: Literal["sse", "json"] | None = None


class PageQuery(Answered):
    page_size: int | None = None
    page_token: str | None = None


class PatchQuery(Answered):
    update_mask: str | None = None
