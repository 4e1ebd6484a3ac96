"""The documented request of Embeddings as types.

Mirrors "Create embeddings" of the OpenAI API reference and "Create engine embedding" of the gateway's
documentation (2026-11). How many tokens and dimensions a model takes is checked in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockserver.protocols.openai.unions import by_items, tag

_MOST_INPUTS = 2048

String: TypeAlias = Annotated[str, Field(min_length=1)]
Tokens: TypeAlias = Annotated[list[int], Field(min_length=1)]

Input: TypeAlias = Annotated[
    Annotated[String, tag("string")]
    | Annotated[list[String], Field(min_length=1, max_length=_MOST_INPUTS), tag("strings")]
    | Annotated[list[int], Field(min_length=1, max_length=_MOST_INPUTS), tag("integers")]
    | Annotated[list[Tokens], Field(min_length=1, max_length=_MOST_INPUTS), tag("arrays")],
    by_items("one of a string, array of strings, array of integers, or array of arrays"),
]


class EmbeddingsRequest(BaseModel):
    """The body."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    input: Input
    model: str
    dimensions: Annotated[int, Field(ge=1)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: str | None = None


class EngineRequest(EmbeddingsRequest):
    """The body where the path names the model; the body may name it too."""

    model: str = ""
