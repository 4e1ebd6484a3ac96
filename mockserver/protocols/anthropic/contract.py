"""The body of Create a Message and of Count tokens, as a client sends it.

Mirrors "Create a Message" and "Count tokens in a Message" of the Messages API reference, for the versions
2026-10-21 and 2023-06-01 (2026-11). The members stand in the order in which the API reports their errors.
Rules between members, and which member needs which beta, stand in `rules`; the sentences of errors in
`wording`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mockserver.protocols.anthropic.contract_base import CacheControl, Contract, NotPermitted
from mockserver.protocols.anthropic.contract_content import MessageParam, SystemPrompt
from mockserver.protocols.anthropic.contract_options import (
    BillingPolicy,
    Compaction,
    Container,
    ContextManagement,
    Diagnostics,
    Fallback,
    FallbackCreditToken,
    JsonSchemaFormat,
    McpServer,
    Metadata,
    OutputConfig,
    Speed,
    ThinkingAdaptive,
    ThinkingParam,
    Thread,
)
from mockserver.protocols.anthropic.contract_tools import ChoiceAuto, ToolChoiceParam, ToolParam
from mockserver.protocols.gate import noted


class PromptBody(Contract):
    """What Create a Message and Count tokens have in common."""

    model: Annotated[str, Field(min_length=1)]
    tool_choice: ToolChoiceParam = ChoiceAuto(type="auto")
    tools: Annotated[list[ToolParam], Field(default_factory=list)]
    messages: Annotated[list[MessageParam], Field(max_length=100_000)]
    system: SystemPrompt = ""
    thinking: ThinkingParam = ThinkingAdaptive(type="adaptive")
    output_config: OutputConfig = OutputConfig()
    output_format: Annotated[
        JsonSchemaFormat | None,
        noted("deprecated", "output_format is the beta name of output_config.format."),
    ] = None
    cache_control: CacheControl | None = None
    speed: Speed | None = None
    mcp_servers: list[McpServer] | None = None
    context_management: ContextManagement | None = None
    compaction: Compaction | None = None
    billing_policy: BillingPolicy | None = None


class MessageBody(PromptBody):
    """Create a Message under version 2026-10-21."""

    max_tokens: Annotated[int, Field(ge=0)]
    metadata: Metadata | None = None
    stop_sequences: list[str] | None = None
    service_tier: Literal["auto", "standard_only"] = "auto"
    stream: bool = False
    container: Container | None = None
    inference_geo: str | None = None
    diagnostics: Diagnostics | None = None
    thread: Thread | None = None
    fallbacks: list[Fallback] | Literal["default"] | None = None
    fallback_credit_token: str | FallbackCreditToken | None = None
    temperature: NotPermitted = None
    top_k: NotPermitted = None
    top_p: NotPermitted = None


class SampledMessageBody(MessageBody):
    """Create a Message under version 2023-06-01, which still samples as it is told."""

    temperature: Annotated[float, Field(ge=0, le=1)] = 1.0
    top_k: Annotated[int, Field(ge=0)] = 0
    top_p: Annotated[float, Field(ge=0, le=1)] = 1.0


class CountBody(PromptBody):
    """Count tokens in a Message: what only matters to an answer is refused."""

    max_tokens: NotPermitted = None
    metadata: NotPermitted = None
    stop_sequences: NotPermitted = None
    service_tier: NotPermitted = None
    stream: NotPermitted = None
    container: NotPermitted = None
    inference_geo: NotPermitted = None
    diagnostics: NotPermitted = None
    thread: NotPermitted = None
    fallbacks: NotPermitted = None
    fallback_credit_token: NotPermitted = None
    temperature: NotPermitted = None
    top_k: NotPermitted = None
    top_p: NotPermitted = None
