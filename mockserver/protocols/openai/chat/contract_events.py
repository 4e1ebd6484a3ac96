"""What the frames of a Chat Completions stream hold, as types.

Mirrors "The chat completion chunk object" of the OpenAI API reference, with the gateway's `reasoning_content`
and the calls of custom tools, which the reference leaves out (2026-11).
"""

from __future__ import annotations

from typing import Literal

from pydantic import RootModel

from mockserver.protocols.openai.chat.contract_answer import (
    Annotation,
    FinishReason,
    Logprobs,
    Moderation,
    ServiceTier,
    Usage,
)
from mockserver.protocols.openai.chat.contract_messages import Shape
from mockserver.protocols.openai.contract_error import ErrorEnvelope


class AudioPiece(Shape):
    id: str | None = None
    data: str | None = None
    expires_at: int | None = None
    transcript: str | None = None


class FunctionPiece(Shape):
    name: str | None = None
    arguments: str | None = None


class CustomPiece(Shape):
    name: str | None = None
    input: str | None = None


class CallPiece(Shape):
    """The first piece of a call has its id, type and name."""

    index: int
    id: str | None = None
    type: Literal["function", "custom"] | None = None
    function: FunctionPiece | None = None
    custom: CustomPiece | None = None


class Delta(Shape):
    role: Literal["developer", "system", "user", "assistant", "tool"] | None = None
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    annotations: list[Annotation] | None = None
    audio: AudioPiece | None = None
    tool_calls: list[CallPiece] | None = None
    function_call: FunctionPiece | None = None


class ChunkChoice(Shape):
    index: int
    delta: Delta
    logprobs: Logprobs | None = None
    finish_reason: FinishReason | None = None


class Chunk(Shape):
    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    service_tier: ServiceTier | None = None
    system_fingerprint: str | None = None
    moderation: Moderation | None = None
    obfuscation: str | None = None


class StreamFrame(RootModel[Chunk | ErrorEnvelope]):
    """What stands in a frame, but for the last one, which is `[DONE]`."""
