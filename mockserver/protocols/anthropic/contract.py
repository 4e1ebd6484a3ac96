"""The body of Create a Message and of Count tokens, as a client sends it.

Mirrors "Create a Message" and "Count tokens in a Message" of the Messages API reference, for the versions
2026-10-21 and 2023-06-01 (2026-11). The members stand in the order in which the API reports their errors.
Rules between members stand in `rules`, the sentences of errors in `wording`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from mockserver.protocols.anthropic.contract_base import TEXT, CacheControl, Contract
from mockserver.protocols.anthropic.contract_content import MessageParam, SystemPrompt
from mockserver.protocols.anthropic.contract_tools import ChoiceAuto, ToolChoiceParam, ToolParam

Display = Literal["summarized", "omitted"]


class ThinkingAdaptive(Contract):
    type: Literal["adaptive"]
    display: Display | None = None


class ThinkingEnabled(Contract):
    type: Literal["enabled"]
    budget_tokens: Annotated[int, Field(ge=1024)]
    display: Display | None = None


class ThinkingDisabled(Contract):
    type: Literal["disabled"]


class ThinkingBetweenTools(Contract):
    type: Literal["between_tools"]


ThinkingParam = Annotated[
    ThinkingAdaptive | ThinkingDisabled | ThinkingEnabled | ThinkingBetweenTools, Field(discriminator="type")
]


class JsonSchemaFormat(Contract):
    type: Literal["json_schema"]
    json_schema: Annotated[dict[str, Any], Field(alias="schema")]


class OutputConfig(Contract):
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: JsonSchemaFormat | None = None


class PromptBody(Contract):
    """What Create a Message and Count tokens have in common."""

    model: Annotated[str, Field(min_length=1)]
    tool_choice: ToolChoiceParam = ChoiceAuto(type="auto")
    tools: Annotated[list[ToolParam], Field(default_factory=list)]
    messages: Annotated[list[MessageParam], Field(max_length=100_000)]
    system: SystemPrompt = ""
    thinking: ThinkingParam = ThinkingAdaptive(type="adaptive")
    output_config: OutputConfig = OutputConfig()
    cache_control: CacheControl | None = None
    speed: Literal["standard", "fast"] | None = None


class Metadata(Contract):
    model_config = ConfigDict(extra="forbid")

    user_id: str | None = None


class ContainerParams(Contract):
    id: str | None = None
    skills: list[dict[str, Any]] | None = None


def _container_kind(value: object) -> str:
    return TEXT if isinstance(value, str) else "ContainerParams"


class Diagnostics(Contract):
    previous_message_id: str | None = None


class ThreadCreate(Contract):
    type: Literal["create"]


class ThreadContinue(Contract):
    type: Literal["continue"]
    previous_message_id: str


class MessageBody(PromptBody):
    """Create a Message under version 2026-10-21."""

    max_tokens: Annotated[int, Field(ge=0)]
    metadata: Metadata | None = None
    stop_sequences: list[str] | None = None
    service_tier: Literal["auto", "standard_only"] = "auto"
    stream: bool = False
    container: (
        Annotated[
            Annotated[str, Tag(TEXT)] | Annotated[ContainerParams, Tag("ContainerParams")],
            Discriminator(_container_kind),
        ]
        | None
    ) = None
    inference_geo: str | None = None
    diagnostics: Diagnostics | None = None
    thread: Annotated[ThreadCreate | ThreadContinue, Field(discriminator="type")] | None = None


class SampledMessageBody(MessageBody):
    """Create a Message under version 2023-06-01, which still samples as it is told."""

    temperature: Annotated[float, Field(ge=0, le=1)] = 1.0
    top_k: Annotated[int, Field(ge=0)] = 0
    top_p: Annotated[float, Field(ge=0, le=1)] = 1.0


class CountBody(PromptBody):
    """Count tokens in a Message."""


SAMPLING = ("temperature", "top_k", "top_p")
"""Members that version 2026-10-21 has no more."""

NOT_COUNTED = tuple(name for name in SampledMessageBody.model_fields if name not in PromptBody.model_fields)
"""Members of Create a Message that Count tokens does not take."""
