"""The documented envelope of errors, the same on all routes.

Mirrors "Error codes" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


class ErrorObject(_Shape):
    message: str
    type: str
    param: str | None
    code: str | None
    misalignment: Any = None


class ErrorEnvelope(_Shape):
    """`status` stands in the one for a bad key only."""

    error: ErrorObject
    status: int | None = None
