"""The documented answers of the models routes as types.

Mirrors "Models" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


class Model(_Shape):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    shutdown_date: str | None = None


class ModelList(_Shape):
    """All models at once: this list has no pages."""

    object: Literal["list"]
    data: list[Model]


class ModelDeleted(_Shape):
    id: str
    object: str
    deleted: bool
