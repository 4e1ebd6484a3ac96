"""What a body asks for besides its prompt: thinking, output, context, containers, servers, threads.

Mirrors "Create a Message" of the Messages API reference (2026-11), its beta parameters included.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from mockserver.protocols.anthropic.contract_base import TEXT, Contract, NotPermitted, OpenContract

Effort = Literal["low", "medium", "high", "xhigh", "max"]
Speed = Literal["standard", "fast"]

# ------------------------------------------------------------------------------------------------ thinking


class BlockBinding(Contract):
    prefix_mismatch_behavior: Literal["error", "drop_block"] | None = None


class _Shown(Contract):
    display: Literal["summarized", "omitted", "updates"] | None = None
    block_binding: BlockBinding | None = None


class ThinkingAdaptive(_Shown):
    type: Literal["adaptive"]


class ThinkingEnabled(_Shown):
    type: Literal["enabled"]
    budget_tokens: Annotated[int, Field(ge=1024)]


class ThinkingDisabled(Contract):
    type: Literal["disabled"]


class ThinkingBetweenTools(Contract):
    type: Literal["between_tools"]


ThinkingParam = Annotated[
    ThinkingAdaptive | ThinkingDisabled | ThinkingEnabled | ThinkingBetweenTools, Field(discriminator="type")
]

# -------------------------------------------------------------------------------------------------- output


class JsonSchemaFormat(Contract):
    type: Literal["json_schema"]
    json_schema: Annotated[dict[str, Any], Field(alias="schema")]


class TaskBudget(Contract):
    type: Literal["tokens"]
    total: int
    remaining: int | None = None


class OutputConfig(Contract):
    effort: Effort | None = None
    format: JsonSchemaFormat | None = None
    task_budget: TaskBudget | None = None


class Metadata(OpenContract):
    """The API refuses whatever else is in it."""

    __pydantic_extra__: dict[str, NotPermitted] = Field(init=False)

    user_id: Annotated[str, Field(max_length=256)] | None = None


class Diagnostics(Contract):
    previous_message_id: str | None = None


# ------------------------------------------------------------------------------------------------- context


class ClearToolUses(Contract):
    type: Literal["clear_tool_uses_20250919"]
    clear_at_least: dict[str, Any] | None = None
    clear_tool_inputs: bool | list[str] | None = None
    exclude_tools: list[str] | None = None
    keep: dict[str, Any] | None = None
    trigger: dict[str, Any] | None = None


class ClearThinking(Contract):
    type: Literal["clear_thinking_20251015"]
    keep: dict[str, Any] | Literal["all"] | None = None


class Compact(Contract):
    type: Literal["compact_20260112"]
    instructions: str | None = None
    pause_after_compaction: bool | None = None
    trigger: dict[str, Any] | None = None


class ContextManagement(Contract):
    edits: list[Annotated[ClearToolUses | ClearThinking | Compact, Field(discriminator="type")]] | None = None


class Compaction(Contract):
    type: Literal["summarize"]
    instructions: str | None = None


class ThreadCreate(Contract):
    type: Literal["create"]


class ThreadContinue(Contract):
    type: Literal["continue"]
    previous_message_id: str


Thread = Annotated[ThreadCreate | ThreadContinue, Field(discriminator="type")]

# --------------------------------------------------------------------------------- containers and servers


class Skill(Contract):
    type: Literal["anthropic", "custom"]
    skill_id: str
    version: str | None = None


class ContainerParams(Contract):
    id: str | None = None
    skills: list[Skill] | None = None


def _container_kind(value: object) -> str:
    return TEXT if isinstance(value, str) else "ContainerParams"


Container = Annotated[
    Annotated[str, Tag(TEXT)] | Annotated[ContainerParams, Tag("ContainerParams")],
    Discriminator(_container_kind),
]


class McpServerTools(Contract):
    enabled: bool | None = None
    allowed_tools: list[str] | None = None


class McpServer(Contract):
    type: Literal["url"]
    url: str
    name: str
    authorization_token: str | None = None
    tool_configuration: McpServerTools | None = None


# --------------------------------------------------------------------------------- other models, accounts


class Fallback(Contract):
    """A model to ask when the first declines, and what is asked otherwise of it."""

    model: str
    max_tokens: int | None = None
    output_config: OutputConfig | None = None
    speed: Speed | None = None
    thinking: ThinkingParam | None = None


class FallbackCreditToken(Contract):
    token: str
    mode: Literal["strict", "best_effort"] | None = None


class BillingPolicy(Contract):
    type: Literal["billing_policy"]
    bill_to: Literal["self", "user_profile"] | None = None
