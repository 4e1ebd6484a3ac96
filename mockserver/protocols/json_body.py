"""JSON that a client sent, read so that all of it can be written again.

orjson reads deeper nesting than it writes; what is echoed, stored or put into a journal must be writable. So
what is nested deeper than `DEEPEST` is told apart here, before anything is built on it. In which words a wire
refuses that is the dialect's matter.
"""

from __future__ import annotations

from typing import Literal

import orjson

from mockserver.conversation import Json, JsonObject
from mockserver.values import dataclass

DEEPEST = 200
"""Levels of objects and arrays that are read at most. orjson writes 254: the rest is room for what a wire
puts around a client's value.
"""

_WRITABLE = 254

_LONG = 8_000
"""A text of more letters takes longer to count through than to write again."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a text is not read as a JSON object; `detail` says it in words."""

    reason: Literal["syntax", "not_an_object", "too_deep"]
    detail: str


def parse_object(text: bytes | str, deepest: int = DEEPEST) -> JsonObject | Unreadable:
    """The JSON object that `text` holds, or why it holds none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Unreadable("syntax", str(error))
    if not isinstance(value, dict):
        return Unreadable("not_an_object", "it is no object")
    if _may_nest(text, deepest) and is_deeper(value, deepest):
        return Unreadable("too_deep", f"it is nested deeper than {deepest} levels")
    return value


def parse_objects(text: bytes, deepest: int) -> list[JsonObject] | None:
    """The JSON objects in the list that `text` holds, a level itself; None if it holds none to be read."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return None
    return None if _may_nest(text, deepest) and is_deeper(value, deepest) else value


def is_deeper(value: Json, levels: int) -> bool:
    """Whether objects and arrays, `value` itself included, are nested deeper than `levels`, 254 at most."""
    wrapped = value
    for _ in range(_WRITABLE - levels):
        wrapped = [wrapped]
    try:
        orjson.dumps(wrapped)  # counts levels much faster than a walk could
    except orjson.JSONEncodeError:
        return True
    return False


def _may_nest(text: bytes | str, levels: int) -> bool:
    """Whether there may be brackets enough: most bodies have so few that nothing needs to be measured. Each
    level takes two letters; a long text is measured sooner than its brackets are counted.
    """
    if len(text) <= 2 * levels:
        return False
    if len(text) > _LONG:
        return True
    if isinstance(text, str):
        return text.count("{") + text.count("[") > levels
    return text.count(b"{") + text.count(b"[") > levels
