"""The documented answer of Moderations as types.

Mirrors "The moderation object" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


OfText: TypeAlias = list[Literal["text"]]
OfAny: TypeAlias = list[Literal["text", "image"]]


class Categories(_Shape):
    harassment: bool
    harassment_threatening: Annotated[bool, Field(alias="harassment/threatening")]
    hate: bool
    hate_threatening: Annotated[bool, Field(alias="hate/threatening")]
    illicit: bool | None
    illicit_violent: Annotated[bool | None, Field(alias="illicit/violent")]
    self_harm: Annotated[bool, Field(alias="self-harm")]
    self_harm_intent: Annotated[bool, Field(alias="self-harm/intent")]
    self_harm_instructions: Annotated[bool, Field(alias="self-harm/instructions")]
    sexual: bool
    sexual_minors: Annotated[bool, Field(alias="sexual/minors")]
    violence: bool
    violence_graphic: Annotated[bool, Field(alias="violence/graphic")]


class CategoryScores(_Shape):
    harassment: float
    harassment_threatening: Annotated[float, Field(alias="harassment/threatening")]
    hate: float
    hate_threatening: Annotated[float, Field(alias="hate/threatening")]
    illicit: float
    illicit_violent: Annotated[float, Field(alias="illicit/violent")]
    self_harm: Annotated[float, Field(alias="self-harm")]
    self_harm_intent: Annotated[float, Field(alias="self-harm/intent")]
    self_harm_instructions: Annotated[float, Field(alias="self-harm/instructions")]
    sexual: float
    sexual_minors: Annotated[float, Field(alias="sexual/minors")]
    violence: float
    violence_graphic: Annotated[float, Field(alias="violence/graphic")]


class CategoryAppliedInputTypes(_Shape):
    harassment: OfText
    harassment_threatening: Annotated[OfText, Field(alias="harassment/threatening")]
    hate: OfText
    hate_threatening: Annotated[OfText, Field(alias="hate/threatening")]
    illicit: OfText
    illicit_violent: Annotated[OfText, Field(alias="illicit/violent")]
    self_harm: Annotated[OfAny, Field(alias="self-harm")]
    self_harm_intent: Annotated[OfAny, Field(alias="self-harm/intent")]
    self_harm_instructions: Annotated[OfAny, Field(alias="self-harm/instructions")]
    sexual: OfAny
    sexual_minors: Annotated[OfText, Field(alias="sexual/minors")]
    violence: OfAny
    violence_graphic: Annotated[OfAny, Field(alias="violence/graphic")]


class Moderation(_Shape):
    flagged: bool
    categories: Categories
    category_scores: CategoryScores
    category_applied_input_types: CategoryAppliedInputTypes


class Moderations(_Shape):
    id: str
    model: str
    results: list[Moderation]
