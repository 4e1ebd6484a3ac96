"""What the deviations of all wires are made of: changes of JSON objects, and of what is in them.

No wire's words stand here. A change builds a new object and leaves the one it was given alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.base import FrameEdit

Change: TypeAlias = Callable[[JsonObject], JsonObject]
"""What stands instead of an object of the wire."""


def without(*names: str) -> Change:
    """Leaves members out."""
    return lambda value: {name: member for name, member in value.items() if name not in names}


def replacing(**members: Json) -> Change:
    """Gives members another value; one that is not there is not added."""
    return lambda value: {name: members.get(name, member) for name, member in value.items()}


def renaming(names: Mapping[str, str]) -> Change:
    """Gives members another name, at their place."""
    return lambda value: {names.get(name, name): member for name, member in value.items()}


def at(name: str, change: Change) -> Change:
    """Changes the object that is member `name`, or each object in the list that it is."""

    def changed(value: JsonObject) -> JsonObject:
        match value.get(name):
            case dict() as member:
                return {**value, name: change(member)}
            case list() as listed:
                return {**value, name: [change(item) if isinstance(item, dict) else item for item in listed]}
            case _:
                return value

    return changed


def zeroed(value: Json) -> Json:
    """The value with zero for each whole number in it, at any depth."""
    match value:
        case dict():
            return {name: zeroed(member) for name, member in value.items()}
        case list():
            return [zeroed(item) for item in value]
        case int() if not isinstance(value, bool):
            return 0
        case _:
            return value


def respelt(value: Json, spell: Callable[[str], str], free: frozenset[str]) -> Json:
    """The value with the names of all members spelt otherwise, but for what is in the `free` ones: there,
    somebody else than the API gives the names.
    """
    match value:
        case dict():
            return {
                spell(name): member if name in free else respelt(member, spell, free)
                for name, member in value.items()
            }
        case list():
            return [respelt(item, spell, free) for item in value]
        case _:
            return value


def chained(first: Callable[[], FrameEdit], second: Callable[[], FrameEdit]) -> Callable[[], FrameEdit]:
    """Edits of streams, the second done to what the first one sends."""

    def editor() -> FrameEdit:
        before, after = first(), second()
        return lambda frame: [sent for between in before(frame) for sent in after(between)]

    return editor
