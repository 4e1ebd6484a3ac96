"""The events of a streamed message.

Mirrors "Streaming messages" of the Claude API documentation (2026-11), beta deltas included.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from mockserver.protocols.anthropic.contract_answer import (
    AppliedEdits,
    Counted,
    ErrorEnvelope,
    InputTransformation,
    Message,
    Stopped,
)
from mockserver.protocols.anthropic.contract_base import Contract
from mockserver.protocols.anthropic.contract_blocks import AnswerBlock, Citation


class TextDelta(Contract):
    type: Literal["text_delta"]
    text: str


class InputJsonDelta(Contract):
    type: Literal["input_json_delta"]
    partial_json: str


class CitationsDelta(Contract):
    type: Literal["citations_delta"]
    citation: Citation


class ThinkingDelta(Contract):
    type: Literal["thinking_delta"]
    thinking: str
    estimated_tokens: int | None = None


class SignatureDelta(Contract):
    type: Literal["signature_delta"]
    signature: str


class CompactionDelta(Contract):
    type: Literal["compaction_delta"]
    content: str | None
    encrypted_content: str | None = None


Delta = Annotated[
    TextDelta | InputJsonDelta | CitationsDelta | ThinkingDelta | SignatureDelta | CompactionDelta,
    Field(discriminator="type"),
]


class MessageStart(Contract):
    type: Literal["message_start"]
    message: Message


class BlockStart(Contract):
    type: Literal["content_block_start"]
    index: int
    content_block: AnswerBlock


class BlockDelta(Contract):
    type: Literal["content_block_delta"]
    index: int
    delta: Delta


class BlockStop(Contract):
    type: Literal["content_block_stop"]
    index: int


class CumulativeUsage(Counted):
    input_tokens: int | None = None


class MessageDelta(Contract):
    type: Literal["message_delta"]
    delta: Stopped
    usage: CumulativeUsage
    context_management: AppliedEdits | None = None
    input_transformations: list[InputTransformation] | None = None


class MessageStop(Contract):
    type: Literal["message_stop"]


class Ping(Contract):
    type: Literal["ping"]


class StreamEvent(
    RootModel[
        Annotated[
            MessageStart
            | BlockStart
            | BlockDelta
            | BlockStop
            | MessageDelta
            | MessageStop
            | Ping
            | ErrorEnvelope,
            Field(discriminator="type"),
        ]
    ]
):
    """One event; its name is its type."""
