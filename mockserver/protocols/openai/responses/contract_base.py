"""What the shapes of the Responses API share: how strict they are, and the few values that recur.

Mirrors "Create a model response" of the OpenAI API reference and the types of the official SDK (2026-11).
Shapes say what is refused, and nothing else; the values are then read from the body itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockserver.conversation import Json


class Shape(BaseModel):
    """An object of exact JSON types. A member that it does not name is told to be unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True, populate_by_name=True)


class Open(BaseModel):
    """An object whose inside is not checked beyond what is named."""

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)


class Query(BaseModel):
    """A query: every value comes as text."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class WithId(Shape):
    id: str


class CacheBreakpoint(Shape):
    mode: Literal["explicit"]
    ttl: Literal["30m", "12h"] | None = None


Status: TypeAlias = Literal["in_progress", "completed", "incomplete"] | None
ToolName: TypeAlias = Annotated[str, Field(max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
Metadata: TypeAlias = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
Includable = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]


def listed_or_other(kind: Json, listed: Sequence[str]) -> str | None:
    """The variant for a type: itself where it is listed, `other` for any other name."""
    if not isinstance(kind, str):
        return None
    return kind if kind in listed else "other"
