"""The documented request of legacy completions as types.

Mirrors "Create completion" of the OpenAI API reference (2026-11). Rules between fields are in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockserver.protocols.gate import noted
from mockserver.protocols.openai.unions import by_items, by_json_type, tag

_MOST_CHOICES = 128
_MOST_CANDIDATES = 20
_MOST_LOGPROBS = 5
_MOST_STOPS = 4

Penalty: TypeAlias = Annotated[float, Field(ge=-2, le=2)]
LogitBias: TypeAlias = dict[str, Annotated[int, Field(ge=-100, le=100)]]

Prompt: TypeAlias = Annotated[
    Annotated[str, tag("string")]
    | Annotated[list[str], Field(min_length=1), tag("strings")]
    | Annotated[list[int], tag("integers")]
    | Annotated[list[list[int]], tag("arrays")],
    by_items("one of a string, array of strings, array of integers, or array of arrays"),
]

Stop: TypeAlias = Annotated[
    Annotated[str, tag("string")]
    | Annotated[list[str], Field(min_length=1, max_length=_MOST_STOPS), tag("array")],
    by_json_type("one of a string or array of strings"),
]


def _ignored(name: str) -> Any:
    return noted("ignored", f"'{name}' may be ignored: some models of the gateway do not take it.")


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


class StreamOptions(_Shape):
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class CompletionRequest(_Shape):
    """The body."""

    model: str
    prompt: Prompt | None
    best_of: Annotated[int, Field(ge=0, le=_MOST_CANDIDATES)] | None = None
    echo: bool | None = None
    frequency_penalty: Annotated[Penalty | None, _ignored("frequency_penalty")] = None
    logit_bias: Annotated[LogitBias | None, _ignored("logit_bias")] = None
    logprobs: Annotated[int, Field(ge=0, le=_MOST_LOGPROBS)] | None = None
    max_tokens: Annotated[int, Field(ge=0)] | None = None
    n: Annotated[int, Field(ge=1, le=_MOST_CHOICES)] | None = None
    presence_penalty: Annotated[Penalty | None, _ignored("presence_penalty")] = None
    seed: int | None = None
    stop: Stop | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    suffix: str | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    user: str | None = None
