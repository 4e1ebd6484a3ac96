"""What one turn demands of the next: every call of a client tool is answered, once, right after it.

Mirrors "Handle tool calls" of the guide on tool use, and the sentences of its errors (2026-11). Turns are
merged before they are checked: consecutive messages of one role are one turn. Calls of tools that the API
runs itself are answered by the API, so they are none of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from mockserver.protocols.anthropic.contract_content import MessageParam, ToolResultBlock, ToolUseBlock


@dataclass(frozen=True, slots=True)
class _Place:
    """A block, and where the client wrote it."""

    message: int
    index: int
    block: object

    @property
    def path(self) -> str:
        return f"messages.{self.message}.content.{self.index}"


@dataclass(frozen=True, slots=True)
class _Turn:
    """Consecutive messages of one role."""

    role: str
    places: tuple[_Place, ...]

    def calls(self) -> dict[str, _Place]:
        return {
            place.block.id: place
            for place in self.places
            if isinstance(place.block, ToolUseBlock) and place.block.type == "tool_use"
        }

    def results(self) -> Iterator[tuple[_Place, str]]:
        for place in self.places:
            if isinstance(place.block, ToolResultBlock):
                yield place, place.block.tool_use_id

    def answered(self) -> set[str]:
        """The calls that are answered before anything else is said."""
        first = takewhile(lambda place: isinstance(place.block, ToolResultBlock), self.places)
        return {place.block.tool_use_id for place in first if isinstance(place.block, ToolResultBlock)}


def unpaired(messages: Sequence[MessageParam], *, continues: bool) -> str | None:
    """The sentence of the first call without its result, or result without its call. Where a stored
    conversation goes on, the first turn may answer what is stored.
    """
    turns = _turns(messages)
    before = _Turn("user", ())
    for turn in turns:
        sentence = _misplaced(turn) or _unanswered(before, turn)
        if not sentence and not (continues and turn is turns[0]):
            sentence = _unexpected(before, turn)
        if sentence:
            return sentence
        before = turn
    return _twice_called(turns) or _unanswered(before, _Turn("user", ()))


def _turns(messages: Sequence[MessageParam]) -> list[_Turn]:
    spoken = [item for item in enumerate(messages) if item[1].role != "system"]
    return [
        _Turn(role, tuple(place for at, message in run for place in _places(at, message)))
        for role, run in groupby(spoken, key=lambda item: item[1].role)
    ]


def _places(at: int, message: MessageParam) -> Iterator[_Place]:
    if not isinstance(message.content, str):
        for index, block in enumerate(message.content):
            yield _Place(at, index, block)
    elif message.content:
        yield _Place(at, 0, message.content)


def _misplaced(turn: _Turn) -> str | None:
    if turn.role == "user":
        for place in turn.calls().values():
            return f"messages.{place.message}: `tool_use` blocks can only be in `assistant` messages"
    else:
        for place, _ in turn.results():
            return f"messages.{place.message}: `tool_result` blocks can only be in `user` messages"
    return None


def _unanswered(before: _Turn, turn: _Turn) -> str | None:
    calls = before.calls()
    answered = turn.answered() if calls else set()
    missing = [call for call in calls if call not in answered]
    if not missing:
        return None
    return (
        f"messages.{calls[missing[0]].message}: `tool_use` ids were found without `tool_result` blocks "
        f"immediately after: {', '.join(missing)}. Each `tool_use` block must have a corresponding "
        "`tool_result` block in the next message."
    )


def _unexpected(before: _Turn, turn: _Turn) -> str | None:
    calls, seen = before.calls(), set[str]()
    for place, call in turn.results():
        if call not in calls:
            return (
                f"{place.path}: unexpected `tool_use_id` found in `tool_result` blocks: {call}. Each "
                "`tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        if call in seen:
            return (
                f"{place.path}: each tool_use must have a single result. Found multiple `tool_result` "
                f"blocks with id: {call}"
            )
        seen.add(call)
    return None


def _twice_called(turns: Sequence[_Turn]) -> str | None:
    seen = set[str]()
    for place in (place for turn in turns for place in turn.places):
        if isinstance(place.block, ToolUseBlock):
            if place.block.id in seen:
                return f"{place.path}: `tool_use` ids must be unique"
            seen.add(place.block.id)
    return None
