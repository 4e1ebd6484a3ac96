"""The documented answers of Chat Completions as types.

Mirrors "The chat completion object", "The chat completion list object" and "The chat completion message list
object" of the OpenAI API reference, and the gateway's page "Create chat completion", which has
`reasoning_content` and more counts (2026-11). What recordings always hold but the reference does not require
may be missing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mockserver.protocols.openai.chat.contract_messages import ImagePart, Shape, TextPart
from mockserver.protocols.openai.unions import by_key, tag

FinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]
ServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"]

# ----------------------------------------------------------------------------------------------- message


class UrlCitation(Shape):
    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(Shape):
    type: Literal["url_citation"]
    url_citation: UrlCitation


class Audio(Shape):
    id: str
    data: str
    expires_at: int
    transcript: str


class CalledFunction(Shape):
    name: str
    arguments: str


class CalledCustom(Shape):
    name: str
    input: str


class FunctionCall(Shape):
    id: str
    type: Literal["function"]
    function: CalledFunction


class CustomCall(Shape):
    id: str
    type: Literal["custom"]
    custom: CalledCustom


Call: TypeAlias = Annotated[
    Annotated[FunctionCall, tag("function")] | Annotated[CustomCall, tag("custom")],
    by_key("type", "function", "custom"),
]


class _Said(Shape):
    """What answers and stored messages have in common. The gateway documents its own members on both."""

    content: str | None
    refusal: str | None = None
    annotations: list[Annotation] | None = None
    tool_calls: Annotated[list[Call], Field(min_length=1)] | None = None
    function_call: CalledFunction | None = None
    reasoning_content: str | None = None
    name: str | None = None
    tool_call_id: str | None = None


class Message(_Said):
    role: Literal["assistant"]
    audio: Audio | None = None


class TokenScore(Shape):
    token: str
    logprob: float
    bytes: list[int] | None


class TokenLogprob(TokenScore):
    top_logprobs: list[TokenScore]


class Logprobs(Shape):
    content: list[TokenLogprob] | None
    refusal: list[TokenLogprob] | None = None


class Choice(Shape):
    index: int
    message: Message
    logprobs: Logprobs | None = None
    finish_reason: FinishReason


# ------------------------------------------------------------------------------------------------ counts


class PromptDetails(Shape):
    """`text_tokens` and `image_tokens` are the gateway's too."""

    cached_tokens: int | None = None
    audio_tokens: int | None = None
    cache_write_tokens: int | None = None
    text_tokens: int | None = None
    image_tokens: int | None = None


class CompletionDetails(Shape):
    reasoning_tokens: int | None = None
    audio_tokens: int | None = None
    accepted_prediction_tokens: int | None = None
    rejected_prediction_tokens: int | None = None
    text_tokens: int | None = None


class Usage(Shape):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: CompletionDetails | None = None


# -------------------------------------------------------------------------------------------- moderation


class ModerationResult(Shape):
    type: Literal["moderation_result"]
    model: str
    flagged: bool
    categories: dict[str, bool]
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[Literal["text", "image"]]]


class ModerationResults(Shape):
    type: Literal["moderation_results"]
    model: str
    results: list[ModerationResult]


class ModerationError(Shape):
    type: Literal["error"]
    code: str
    message: str


ModeratedSide: TypeAlias = Annotated[
    Annotated[ModerationResults, tag("moderation_results")] | Annotated[ModerationError, tag("error")],
    by_key("type", "moderation_results", "error"),
]


class Moderation(Shape):
    input: ModeratedSide
    output: ModeratedSide


# ------------------------------------------------------------------------------------------------ answers


class ChatCompletion(Shape):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage | None = None
    service_tier: ServiceTier | None = None
    system_fingerprint: str | None = None
    metadata: dict[str, str] | None = None
    moderation: Moderation | None = None


class _Page(Shape):
    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


class CompletionList(_Page):
    """Of `GET /chat/completions`."""

    data: list[ChatCompletion]


ListedPart: TypeAlias = Annotated[
    Annotated[TextPart, tag("text")] | Annotated[ImagePart, tag("image_url")],
    by_key("type", "text", "image_url"),
]


class StoredMessage(_Said):
    """A message of any role, as the client had sent it; of its audio the id is all there is."""

    id: str
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content_parts: list[ListedPart] | None = None
    audio: dict[str, Any] | None = None


class StoredMessageList(_Page):
    """Of `GET /chat/completions/{completion_id}/messages`."""

    data: list[StoredMessage]


class CompletionDeleted(Shape):
    object: Literal["chat.completion.deleted"]
    id: str
    deleted: bool
