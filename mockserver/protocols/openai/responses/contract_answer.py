"""The documented answers of the Responses API as types.

Mirrors "The response object" and the answers of its routes in the OpenAI API reference, the types of the
official SDK, and the members of live answers (2026-11). What the gateway's page shows of a response is all
that is required.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.openai.responses.contract import AccessPrograms, StoredPrompt
from mockserver.protocols.openai.responses.contract_base import Metadata, Shape, WithId
from mockserver.protocols.openai.responses.contract_items import InputItem, InputMessage
from mockserver.protocols.openai.responses.contract_output import OutputItem
from mockserver.protocols.openai.responses.contract_tools import ReasoningConfig, TextConfig, Tool, ToolChoice

# ------------------------------------------------------------------------------------------------- usage


class CacheWrites(Shape):
    ttl_12h_tokens: int
    ttl_30m_tokens: int


class InputDetails(Shape):
    cached_tokens: int
    cache_write_tokens: int | None = None
    cache_write_tokens_details: CacheWrites | None = None


class OutputDetails(Shape):
    reasoning_tokens: int


class Usage(Shape):
    """The gateway may add its counts under the names of Chat Completions."""

    input_tokens: int
    input_tokens_details: InputDetails | None = None
    output_tokens: int
    output_tokens_details: OutputDetails | None = None
    total_tokens: int
    prompt_tokens: int | None = None
    prompt_tokens_details: JsonObject | None = None
    completion_tokens: int | None = None
    completion_tokens_details: JsonObject | None = None


class ModalityTokens(Shape):
    image_tokens: int
    text_tokens: int


class CachedModalityTokens(Shape):
    cached_image_tokens: int
    cached_text_tokens: int


class ImageUsage(Shape):
    input_tokens: int
    input_tokens_details: ModalityTokens
    output_tokens: int
    output_tokens_details: ModalityTokens | None = None
    total_tokens: int
    cached_tokens: int | None = None
    cached_tokens_details: CachedModalityTokens | None = None


class SearchUsage(Shape):
    num_requests: int


class ToolUsage(Shape):
    image_gen: ImageUsage
    web_search: SearchUsage


# ---------------------------------------------------------------------------------------- the response


class ResponseError(Shape):
    """Live answers have codes that the reference does not list."""

    code: str | None
    message: str
    type: str | None = None
    param: str | None = None
    misalignment: JsonObject | None = None


class IncompleteDetails(Shape):
    reason: Literal["max_output_tokens", "max_messages", "content_filter", "steered"] | None = None


class InputTransformation(Shape):
    type: Literal["reasoning"]
    id: str
    action: Literal["removed"]
    reason: Literal[
        "organization_mismatch", "end_user_mismatch", "model_mismatch", "prefix_mismatch", "turn_boundary"
    ]


class ModerationVerdict(Shape):
    type: Literal["moderation_result"]
    model: str
    flagged: bool
    categories: dict[str, bool]
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[Literal["text", "image"]]]


class ModerationError(Shape):
    type: Literal["error"]
    code: str
    message: str


_Verdict: TypeAlias = Annotated[ModerationVerdict | ModerationError, Field(discriminator="type")]


class Moderation(Shape):
    input: _Verdict
    output: _Verdict


class EffectiveCacheOptions(Shape):
    mode: Literal["implicit", "explicit"]
    ttl: Literal["30m", "12h"]
    comparison_response_id: str | None = None


class EffectiveImage(Shape):
    context_compression: Literal["enabled", "disabled"]


class Billing(Shape):
    payer: str


class Response(Shape):
    id: str
    object: Literal["response"]
    created_at: float
    model: str
    output: list[OutputItem]
    status: Literal["completed", "failed", "in_progress", "cancelled", "queued", "incomplete"] | None = None
    usage: Usage | None = None
    access_programs: AccessPrograms | None = None
    background: bool | None = None
    billing: Billing | None = None
    completed_at: float | None = None
    conversation: WithId | None = None
    error: ResponseError | None = None
    frequency_penalty: float | None = None
    image: EffectiveImage | None = None
    incomplete_details: IncompleteDetails | None = None
    input_transformations: list[InputTransformation] | None = None
    instructions: Json = None
    max_output_tokens: int | None = None
    max_tool_calls: int | None = None
    metadata: Metadata | None = None
    moderation: Moderation | None = None
    parallel_tool_calls: bool | None = None
    presence_penalty: float | None = None
    previous_response_id: str | None = None
    prompt: StoredPrompt | None = None
    prompt_cache_diagnostics: JsonObject | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: EffectiveCacheOptions | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None
    reasoning: ReasoningConfig | None = None
    safety_identifier: str | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"] | None = None
    store: bool | None = None
    temperature: float | None = None
    text: TextConfig | None = None
    tool_choice: ToolChoice | None = None
    tool_usage: ToolUsage | None = None
    tools: list[Tool] | None = None
    top_logprobs: int | None = None
    top_p: float | None = None
    truncation: Literal["auto", "disabled"] | None = None
    user: str | None = None


# ------------------------------------------------------------------------------------------ other answers


class DeletedResponse(Shape):
    id: str
    object: Literal["response"]
    deleted: bool


class CountedTokens(Shape):
    object: Literal["response.input_tokens"]
    input_tokens: int


class ItemList(Shape):
    object: Literal["list"]
    data: list[InputItem]
    first_id: str | None
    last_id: str | None
    has_more: bool


class CompactedResponse(Shape):
    id: str
    object: Literal["response.compaction"]
    created_at: float
    output: list[InputMessage | OutputItem]
    usage: Usage
    image: EffectiveImage | None = None
