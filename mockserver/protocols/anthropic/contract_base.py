"""What every model of the request contract shares. Request side only; no sentence of an error stands here.

Mirrors how the Messages API reads a body: no coercion between types (2026-11).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field


class Contract(BaseModel):
    """A JSON object with documented members; members that are not documented are let through."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, defer_build=True)


class CacheControl(Contract):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class Cacheable(Contract):
    cache_control: CacheControl | None = None


TEXT = "<text>"
"""Tags in angle brackets tell branches apart that the API does not name in its error paths."""

BLOCKS = "<blocks>"


def _text_or_blocks(value: object) -> str:
    return TEXT if isinstance(value, str) else BLOCKS


TEXT_OR_BLOCKS = Discriminator(_text_or_blocks)
"""A union of a string (tagged `TEXT`) and a list (tagged `BLOCKS`): what is neither is refused as no list."""

Id = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
