"""Bodies that differ in nothing but the words of a plain conversation: texts, each of which says something,
the client's at the end.

What is checked of such a body follows from its outline: its other members, who speaks in which order, and how
the texts are wrapped. So a body with the outline of one that was read is right or wrong as that was, and only
its messages must be read. No vendor is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import orjson

from mockserver.conversation import Json, JsonObject, Message
from mockserver.protocols.base import Outline
from mockserver.values import dataclass

_MESSAGE = "message"
"""The type of a turn, where turns have types."""


@dataclass(frozen=True, slots=True)
class PlainTalk:
    """How a wire has it: in `member`, as one text or as turns, each with a `role` and what is said in
    `content`, be it a text or parts of these `kinds`; a part without a type has None. A role of None need not
    be told; turns of those that `instruct` are no talk and must be the same. `judges` tells of a body that
    its words are looked at. `read` makes the messages.
    """

    member: str
    read: Callable[[JsonObject], Iterable[Message]]
    content: str = "content"
    roles: tuple[str | None, ...] = ("user", "assistant")
    instruct: tuple[str, ...] = ()
    kinds: tuple[str | None, ...] = ("text",)
    judges: Callable[[JsonObject], bool] = lambda _: False

    def outline(self, body: JsonObject) -> Outline | None:
        said = body.get(self.member)
        marks = _SAID if _says_something(said) else self._marks(said)
        if marks is None or self.judges(body):
            return None
        rest = body.copy()
        del rest[self.member]
        try:
            return orjson.dumps(rest), marks
        except orjson.JSONEncodeError:
            return None

    def messages(self, body: JsonObject) -> tuple[Message, ...]:
        return tuple(self.read(body))

    def last_text(self, body: JsonObject) -> str:
        said = body[self.member]
        content = said if isinstance(said, str) else said[-1][self.content]
        text: str = content if isinstance(content, str) else content[-1]["text"]
        return text

    def _marks(self, turns: Json) -> Outline | None:
        marks: list[object] = []
        role = None
        for turn in turns if isinstance(turns, list) else ():
            mark = self._mark(turn)
            if mark is None:
                return None
            role = turn.get("role", "user")
            marks.append(mark)
        return tuple(marks) if role == "user" else None

    def _mark(self, turn: Json) -> object | None:
        """What a turn is but for its words."""
        if not isinstance(turn, dict):
            return None
        role, kind, content = turn.get("role"), turn.get("type"), turn.get(self.content)
        is_bare = len(turn) == 1 + (role is not None) + (kind == _MESSAGE)
        if not is_bare or role not in self.roles:
            return None
        if role in self.instruct:
            return (role, kind, content) if isinstance(content, str) else None
        if _says_something(content):
            return role, kind
        kinds = tuple(map(self._kind, content)) if isinstance(content, list) else ()
        return (role, kind, kinds) if kinds and all(kinds) else None

    def _kind(self, part: Json) -> tuple[str | None] | None:
        """The type of a part that is a text."""
        if not isinstance(part, dict) or not _says_something(part.get("text")):
            return None
        kind = part.get("type")
        is_bare = len(part) == 1 + (kind is not None)
        return (kind,) if is_bare and kind in self.kinds else None


_SAID: Outline = ("text",)


def _says_something(value: Json) -> bool:
    return isinstance(value, str) and bool(value) and not value.isspace()
