"""Typed access to untyped JSON, as recorded traffic and unchecked members need it: what has another type than
the one asked for is as good as absent. For what must be refused instead, there are the models of a contract.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Json, JsonObject


def text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def members(value: Json) -> JsonObject:
    """The members of an object; none of anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: Json) -> Iterator[JsonObject]:
    """The objects in a list; none in anything else."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())
