"""The documented request of Moderations as types.

Mirrors "Create moderation" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from mockserver.protocols.openai.unions import by_items, by_key, tag


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


class TextPart(_Shape):
    type: Literal["text"]
    text: str


class ImageUrl(_Shape):
    url: str


class ImagePart(_Shape):
    type: Literal["image_url"]
    image_url: ImageUrl


Part: TypeAlias = Annotated[
    Annotated[TextPart, tag("text")] | Annotated[ImagePart, tag("image_url")],
    by_key("type", "text", "image_url"),
]

Input: TypeAlias = Annotated[
    Annotated[str, tag("string")]
    | Annotated[list[str], tag("strings")]
    | Annotated[list[Part], tag("objects")],
    by_items("one of a string, array of strings, or array of objects"),
]


class ModerationRequest(_Shape):
    """The body."""

    input: Input
    model: str = "omni-moderation-latest"
