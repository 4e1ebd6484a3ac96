"""The messages of a body, walked through once: their blocks by type, and the turns that they make.

Consecutive messages of one role are one turn, as for the API; messages of role `system` are none. Rules judge
what stands here, so that a long conversation is not gone through for each of them. One that is plain
(`mockserver.protocols.anthropic.plain`) is not even walked through, unless a rule asks for more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from mockserver.conversation import Json, JsonObject
from mockserver.values import dataclass

Place: TypeAlias = tuple[int, int, JsonObject]
"""A block, behind the number of its message and its own number in that."""


@dataclass(slots=True)
class Turn:
    """What one side says, until the other does: all blocks, and of them the results, and the calls of client
    tools by their ids. The calls of a turn that the server has kept have no place.
    """

    role: str
    places: list[Place]
    calls: dict[str, Place | None]
    results: list[Place]

    def answered(self) -> set[str]:
        """The calls that are answered before anything else is said."""
        answered = set[str]()
        for _, _, block in self.places:
            if block["type"] != "tool_result":
                break
            answered.add(block["tool_use_id"])
        return answered


@dataclass(frozen=True, slots=True)
class _Walked:
    turns: Sequence[Turn]
    system: Sequence[tuple[int, JsonObject]]
    blocks: Mapping[str, Sequence[Place]]


class Spoken:
    """What is said in `messages` that have passed their models. `plain` are the types of blocks in a plain
    conversation, which is walked through only if somebody asks for more; None in any other.
    """

    def __init__(self, messages: Sequence[JsonObject], plain: frozenset[str] | None = None) -> None:
        self.messages = messages
        self.plain = plain
        self._found: _Walked | None = None

    @property
    def _walked(self) -> _Walked:
        if self._found is None:
            self._found = _walk(self.messages)
        return self._found

    @property
    def turns(self) -> Sequence[Turn]:
        return self._walked.turns

    @property
    def system(self) -> Sequence[tuple[int, JsonObject]]:
        """The messages of that role, each with its number."""
        return () if self.plain else self._walked.system

    @property
    def blocks(self) -> Mapping[str, Sequence[Place]]:
        """The blocks of all messages, by their types."""
        return self._walked.blocks

    @property
    def kinds(self) -> AbstractSet[str]:
        """The types of blocks that there are."""
        return self._walked.blocks.keys() if self.plain is None else self.plain

    def of_types(self, kinds: Iterable[str]) -> Sequence[Place]:
        """The blocks of these types, in the order of the conversation."""
        found = [self.blocks[kind] for kind in kinds if kind in self.blocks]
        if len(found) == 1:
            return found[0]
        return sorted((place for places in found for place in places), key=lambda place: place[:2])


def as_blocks(content: Json) -> list[JsonObject]:
    """Content as blocks: a string "is shorthand for an array of one content block of type text"."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _walk(messages: Sequence[JsonObject]) -> _Walked:
    turns: list[Turn] = []
    system: list[tuple[int, JsonObject]] = []
    blocks: dict[str, list[Place]] = defaultdict(list)
    for at, message in enumerate(messages):
        role = message["role"]
        if role == "system":
            system.append((at, message))
            turn = Turn(role, [], {}, [])
        elif turns and turns[-1].role == role:
            turn = turns[-1]
        else:
            turn = Turn(role, [], {}, [])
            turns.append(turn)
        for index, block in enumerate(as_blocks(message.get("content"))):
            place, kind = (at, index, block), block["type"]
            blocks[kind].append(place)
            turn.places.append(place)
            if kind == "tool_use":
                turn.calls[block["id"]] = place
            elif kind == "tool_result":
                turn.results.append(place)
    return _Walked(turns, system, blocks)
