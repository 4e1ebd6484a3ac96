"""Bodies that differ in nothing but the words of a conversation: texts, calls of tools and what these gave.

What is checked of such a body follows from its outline: all of it, but that in place of words there stands
only that they say something, and in place of the id of a call which of those in the body it is. So a body
with the outline of one that was read is right or wrong as that was, and only its messages must be read. No
vendor is known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import TypeAlias

import orjson

from mockserver.conversation import Json, JsonObject, Message
from mockserver.protocols.base import Outline
from mockserver.values import dataclass

_Names: TypeAlias = dict[str, int]
"""The ids in a body, each with its number among them."""

Mark: TypeAlias = "Callable[[Json, Marks, _Names], Json]"
"""What stands in an outline for the value of a member. _OutOfPlaceError where that is not plain."""

Marks: TypeAlias = Mapping[str, Mark]
"""How members are marked, by their names: all that may be in what is said."""

_WORDS = "words"
_VALUES = "values"
_LEVELS = 20
"""So deep values may be nested that are not looked into: what is read of a body has room for them."""


class _OutOfPlaceError(Exception):
    """More is said than is known of conversations."""


@dataclass(frozen=True, slots=True)
class PlainTalk:
    """How a wire has it: in `member`, as one text or as turns. `marks` are those of the members of a turn,
    and of what is in them. The model is the `speaker` that no conversation ends with; turns of those that
    `instruct` are no talk and must be the same. `judges` tells of a body that its words are looked at.
    `besides` are the marks of other members of a body: what tells who asks. `read` makes the messages.
    """

    member: str
    read: Callable[[JsonObject], Iterable[Message]]
    marks: Marks
    content: str = "content"
    speaker: str = "assistant"
    instruct: tuple[str, ...] = ()
    judges: Callable[[JsonObject], bool] = lambda _: False
    besides: Marks = field(default_factory=dict)

    def outline(self, body: JsonObject) -> Outline | None:
        said = body.get(self.member)
        if not said or self.judges(body):
            return None
        try:
            marked = words(said, self.marks, {}) if isinstance(said, str) else self._turns(said)
            besides = {
                name: mark(body[name], self.marks, {}) for name, mark in self.besides.items() if name in body
            }
            return orjson.dumps({**body, **besides, self.member: marked})
        except (_OutOfPlaceError, KeyError, RecursionError, orjson.JSONEncodeError):
            return None

    def messages(self, body: JsonObject) -> tuple[Message, ...]:
        return tuple(self.read(body))

    def last_text(self, body: JsonObject) -> str:
        said = body[self.member]
        content = said if isinstance(said, str) else said[-1].get(self.content)
        if isinstance(content, list) and content:
            content = content[-1].get("text")
        return content if isinstance(content, str) else ""

    def _turns(self, turns: Json) -> Json:
        marked: list[Json] = []
        names: _Names = {}
        role: Json = self.speaker
        for turn in turns if isinstance(turns, list) else ():
            if not isinstance(turn, dict):
                raise _OutOfPlaceError
            role = turn.get("role")
            marked.append(turn if role in self.instruct else within(turn, self.marks, names))
        if role == self.speaker:
            raise _OutOfPlaceError
        return marked


# ------------------------------------------------------------------------------------------------ marks


def same(value: Json, *_: object) -> Json:
    """It must be the same."""
    return value


def words(value: Json, marks: Marks, names: _Names) -> Json:
    """A text, of which only that it says something; or parts."""
    if isinstance(value, str):
        return _WORDS if value and not value.isspace() else value
    return within(value, marks, names)


def within(value: Json, marks: Marks, names: _Names) -> Json:
    """What is in it, by the marks of its members."""
    if isinstance(value, dict):
        return {name: marks[name](inner, marks, names) for name, inner in value.items()}
    return [within(inner, marks, names) for inner in value] if isinstance(value, list) else value


def values(value: Json, *_: object) -> Json:
    """An object that nobody looks into, or null."""
    if value is None:
        return value
    if not isinstance(value, dict) or not _is_shallow(value, _LEVELS):
        raise _OutOfPlaceError
    return _VALUES


def one_of(*known: str | None) -> Mark:
    """One of these values, and the same."""

    def mark(value: Json, *_: object) -> Json:
        if value not in known:
            raise _OutOfPlaceError
        return value

    return mark


def ids(longest: int) -> Mark:
    """An id of plain letters: which of those in the body it is."""
    plain = re.compile(rf"[a-zA-Z0-9_-]{{1,{longest}}}")

    def mark(value: Json, _: object, names: _Names) -> Json:
        if not isinstance(value, str) or not plain.fullmatch(value):
            raise _OutOfPlaceError
        return names.setdefault(value, len(names))

    return mark


def written(shape: str) -> Mark:
    """A text of this shape, which is a regular expression."""
    wanted = re.compile(shape)

    def mark(value: Json, *_: object) -> Json:
        if not isinstance(value, str) or not wanted.fullmatch(value):
            raise _OutOfPlaceError
        return _WORDS

    return mark


def _is_shallow(value: Json, levels: int) -> bool:
    """Whether objects and arrays in it are nested no deeper than that."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is None or (levels > 0 and all(_is_shallow(one, levels - 1) for one in inner))
