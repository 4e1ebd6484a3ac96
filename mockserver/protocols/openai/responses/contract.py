"""The documented requests of the Responses API as types: they say what is refused and what is unknown.

Mirrors "Create a model response", "Get a model response", "Get input token counts", "Compact a response" and
"List input items" of the OpenAI API reference, and the types of the official SDK (2026-11). Fields stand in
the order in which the live API reports violations. The values are then read from the body itself.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.gate import noted
from mockserver.protocols.openai.responses.contract_base import (
    Includable,
    Metadata,
    Query,
    Shape,
    WithId,
)
from mockserver.protocols.openai.responses.contract_items import Input
from mockserver.protocols.openai.responses.contract_tools import ReasoningConfig, TextConfig, Tool, ToolChoice
from mockserver.protocols.openai.unions import by_json_type, tag


class StreamOptions(Shape):
    include_obfuscation: bool | None = None


class PromptCacheOptions(Shape):
    mode: Literal["implicit", "explicit"] | None = None
    ttl: Literal["30m", "12h"] | None = None
    prewarm: bool | None = None
    comparison_response_id: str | None = None


class ModerationMode(Shape):
    mode: Literal["score", "block"]


class ModerationPolicy(Shape):
    input: ModerationMode | None = None
    output: ModerationMode | None = None


class ModerationOptions(Shape):
    model: str
    policy: ModerationPolicy | None = None


class StoredPrompt(Shape):
    id: str
    version: str | None = None
    variables: JsonObject | None = None


class BackgroundOptions(Shape):
    completion_window: Literal["soonest", "2h", "8h"] | None = None
    continuation_id: str | None = None


class ContextManagement(Shape):
    type: Literal["compaction"]
    compact_threshold: int | None = Field(None, ge=1000)


class ImageOptions(Shape):
    context_compression: Literal["auto", "enabled", "disabled"] | None = None


class AccessPrograms(Shape):
    """Which programs there are is told by the SDK alone, and may change."""

    cyber: str | None = None


ServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]
ConversationRef: TypeAlias = Annotated[
    Annotated[str, tag("string")] | Annotated[WithId, tag("object")],
    by_json_type("one of a string or object"),
]

_USER = noted("deprecated", "`user` is deprecated: use `safety_identifier` and `prompt_cache_key`.")
_RETENTION = noted("deprecated", "`prompt_cache_retention` is deprecated: use `prompt_cache_options.ttl`.")


def _ignored(name: str) -> Any:
    return noted("ignored", f"The gateway documents that `{name}` may be ignored.")


class ResponseParameters(Shape):
    """What `POST /responses` takes where no member is required."""

    model: str | None = None
    input: Input | None = None
    previous_response_id: str | None = None
    conversation: ConversationRef | None = None
    prompt: StoredPrompt | None = None
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
    background_options: BackgroundOptions | None = None
    max_output_tokens: int | None = Field(None, ge=16)
    max_tool_calls: int | None = Field(None, ge=1)
    reasoning: ReasoningConfig | None = None
    user: Annotated[str | None, _USER] = None
    safety_identifier: str | None = Field(None, max_length=128)
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: Annotated[Literal["in_memory", "24h"] | None, _RETENTION] = None
    truncation: Literal["auto", "disabled"] | None = None
    instructions: str | None = None
    store: bool | None = None
    service_tier: ServiceTier | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    context_management: list[ContextManagement] | None = Field(None, min_length=1)
    image: ImageOptions | None = None
    access_programs: AccessPrograms | None = None
    presence_penalty: Annotated[Json, _ignored("presence_penalty")] = None
    frequency_penalty: Annotated[Json, _ignored("frequency_penalty")] = None
    logit_bias: Annotated[Json, _ignored("logit_bias")] = None


class CreateResponse(ResponseParameters):
    model: str


class CountInputTokens(Shape):
    """What `POST /responses/input_tokens` takes: no member is required."""

    model: str | None = None
    input: Input | None = None
    previous_response_id: str | None = None
    conversation: ConversationRef | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    text: TextConfig | None = None
    parallel_tool_calls: bool | None = None
    reasoning: ReasoningConfig | None = None
    truncation: Literal["auto", "disabled"] | None = None
    instructions: str | None = None
    personality: str | None = None


class CompactCacheOptions(Shape):
    mode: Literal["implicit", "explicit"] | None = None
    ttl: Literal["30m"] | None = None


class CompactResponse(Shape):
    """What `POST /responses/compact` takes."""

    model: str | None
    input: Input | None = None
    previous_response_id: str | None = None
    instructions: str | None = None
    image: ImageOptions | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: CompactCacheOptions | None = None
    prompt_cache_retention: Annotated[Literal["in_memory", "24h"] | None, _RETENTION] = None
    service_tier: Literal["auto", "default", "fast", "flex", "priority"] | None = None


class RetrieveResponse(Query):
    """The query of `GET /responses/{id}`. There is no more to include."""

    include: str | None = None
    stream: bool = False
    starting_after: int | None = Field(None, ge=0)
    include_obfuscation: bool = True


class ListItems(Query):
    """The query of a list of items. There is no more to include."""

    include: str | None = None
    after: str | None = None
    limit: int = Field(20, ge=1, le=100)
    order: Literal["asc", "desc"] = "desc"
