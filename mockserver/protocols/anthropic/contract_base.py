"""What every model of the contract shares. No sentence of an error stands here.

Mirrors how the Messages API reads a body: no coercion between types, no member without a name (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError


class Contract(BaseModel):
    """A JSON object with documented members; one that is not documented is told by the gate."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class OpenContract(BaseModel):
    """A JSON object whose documented members are checked, and whose others are not known well enough."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, defer_build=True)


def type_names(*contracts: type[BaseModel]) -> frozenset[str]:
    """What stands for these in the `type` of a body."""
    return frozenset(
        name for contract in contracts for name in get_args(contract.model_fields["type"].annotation)
    )


class CacheControl(Contract):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class Cacheable(Contract):
    cache_control: CacheControl | None = None


TEXT = "<text>"
"""Tags in angle brackets tell branches apart that the API does not name in its error paths."""

BLOCKS = "<blocks>"


class _TextOrBlocks:
    __name__ = "text_or_blocks"  # what pydantic calls it, as it would a function

    def __call__(self, value: object) -> str:
        return TEXT if isinstance(value, str) else BLOCKS

    def native(self, choices: Mapping[str, Any]) -> Any:
        """Where nothing is told of faults, one may be tried after the other."""
        return {"type": "union", "mode": "left_to_right", "choices": [choices[BLOCKS], choices[TEXT]]}


TEXT_OR_BLOCKS = Discriminator(_TextOrBlocks())
"""A union of a string (tagged `TEXT`) and a list (tagged `BLOCKS`): what is neither is refused as no list."""


def _not_permitted(_: object) -> object:
    raise PydanticCustomError("not_permitted", "Extra inputs are not permitted")


NotPermitted = Annotated[Any, BeforeValidator(_not_permitted), WithJsonSchema({"not": {}})]
"""A member that is documented elsewhere, or was once: here the API refuses it."""

Id = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
