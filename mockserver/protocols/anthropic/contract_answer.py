"""What is answered: the message, counts of tokens, models, errors.

Mirrors "Create a Message: returns", "Count tokens", "Get a Model" and "Errors" of the Claude API reference
(2026-11). What older traffic lacks may be left out here; what is named by no page may not be there.
"""

from __future__ import annotations

from typing import Any, Literal

from mockserver.protocols.anthropic.contract_base import Contract, OpenContract
from mockserver.protocols.anthropic.contract_blocks import AnswerBlock

# ------------------------------------------------------------------------------------------------- usage


class CacheCreation(Contract):
    ephemeral_5m_input_tokens: int
    ephemeral_1h_input_tokens: int


class OutputDetails(Contract):
    thinking_tokens: int


class ServerToolUsage(Contract):
    web_search_requests: int
    web_fetch_requests: int = 0


class Iteration(Contract):
    """What one of several models, or one of several rounds, has used."""

    type: Literal["message", "compaction", "advisor_message", "fallback_message"]
    model: str | None = None
    input_tokens: int
    output_tokens: int
    cache_read_input_tokens: int
    cache_creation_input_tokens: int
    cache_creation: CacheCreation | None = None


class CreditStatus(Contract):
    type: Literal["redeemed", "not_applied"]
    reason: str | None = None
    remove_to_redeem: list[str] | None = None


class FallbackCredit(Contract):
    status: CreditStatus


class Counted(Contract):
    """What a whole message and the end of a stream both count."""

    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int
    output_tokens_details: OutputDetails | None = None
    server_tool_use: ServerToolUsage | None = None
    iterations: list[Iteration] | None = None
    fallback_credit: FallbackCredit | None = None


class Usage(Counted):
    input_tokens: int
    cache_creation: CacheCreation | None = None
    service_tier: Literal["standard", "priority", "batch"] | None = None
    speed: Literal["standard", "fast"] | None = None
    inference_geo: str | None = None


# ----------------------------------------------------------------------------------------------- message

StopReason = Literal[
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "compaction",
    "refusal",
    "model_context_window_exceeded",
]


class StopDetails(Contract):
    type: Literal["refusal"]
    category: Literal["cyber", "bio", "frontier_llm", "reasoning_extraction", "general_harms"] | None = None
    explanation: str | None = None
    fallback_credit_token: str | None = None
    fallback_has_prefill_claim: bool | None = None
    recommended_model: str | None = None


class AnswerSkill(Contract):
    type: Literal["anthropic", "custom"]
    skill_id: str
    version: str


class AnswerContainer(Contract):
    id: str
    expires_at: str
    skills: list[AnswerSkill] | None = None


class AppliedEdit(Contract):
    type: Literal["clear_tool_uses_20250919", "clear_thinking_20251015"]
    cleared_input_tokens: int
    cleared_tool_uses: int | None = None
    cleared_thinking_turns: int | None = None


class AppliedEdits(Contract):
    applied_edits: list[AppliedEdit]


class CacheMiss(Contract):
    type: Literal[
        "model_changed",
        "system_changed",
        "tools_changed",
        "messages_changed",
        "previous_message_not_found",
        "unavailable",
    ]
    cache_missed_input_tokens: int | None = None


class AnswerDiagnostics(Contract):
    cache_miss_reason: CacheMiss | None = None


class InputTransformation(Contract):
    """Thinking that was dropped, or let pass, because it belongs to something else."""

    type: Literal["thinking_dropped", "thinking_mismatch_allowed"]
    path: str
    reason: str


class Stopped(Contract):
    """How a message ends."""

    stop_reason: StopReason | None
    stop_sequence: str | None
    stop_details: StopDetails | None = None
    container: AnswerContainer | None = None


class Message(Stopped):
    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    model: str
    content: list[AnswerBlock]
    usage: Usage
    context_management: AppliedEdits | None = None
    diagnostics: AnswerDiagnostics | None = None
    input_transformations: list[InputTransformation] | None = None


# -------------------------------------------------------------------------------------- counts and models


class OriginalCount(Contract):
    original_input_tokens: int


class TokensCount(Contract):
    input_tokens: int
    context_management: OriginalCount | None = None


class Model(Contract):
    """`capabilities` have a member for each thing that a model may be able to do."""

    type: Literal["model"]
    id: str
    display_name: str
    created_at: str
    lifecycle: Literal["active", "deprecated", "retired"]
    deprecated_at: str | None
    retires_at: str | None
    line: Literal["haiku", "sonnet", "opus", "fable", "mythos"] | None
    max_input_tokens: int | None
    max_tokens: int | None
    capabilities: dict[str, Any] | None
    allowed_fallback_models: list[str] | None = None


class ModelList(Contract):
    data: list[Model]
    has_more: bool
    first_id: str | None
    last_id: str | None


# ------------------------------------------------------------------------------------------------- errors


class ErrorDetails(OpenContract):
    """Beside the code stands what each code needs to be told of."""

    error_code: str | None = None


class Error(Contract):
    type: Literal[
        "invalid_request_error",
        "authentication_error",
        "billing_error",
        "permission_error",
        "not_found_error",
        "conflict_error",
        "request_too_large",
        "rate_limit_error",
        "api_error",
        "timeout_error",
        "overloaded_error",
    ]
    message: str
    details: ErrorDetails | None = None


class ErrorEnvelope(Contract):
    type: Literal["error"]
    error: Error
    request_id: str | None = None
