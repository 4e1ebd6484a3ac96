"""What one turn demands of the next: every call of a client tool is answered, once, right after it.

Mirrors "Handle tool calls" and "Preserving thinking blocks" of the guides on tool use and thinking, and the
sentences of their errors (2026-11). Turns are merged before they are checked: consecutive messages of one
role are one turn. Calls of tools that the API runs itself are answered by the API, in the turn that makes
them or in the one that resumes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from types import MappingProxyType
from typing import NamedTuple

from mockserver.protocols.anthropic.asked import Asked, Broken
from mockserver.protocols.anthropic.contract_content import (
    CompactionBlock,
    MessageParam,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    SystemMessage,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)


class _Place(NamedTuple):
    """A block, and where the client wrote it."""

    message: int
    place: int
    block: object

    @property
    def path(self) -> str:
        return f"messages.{self.message}.content.{self.place}"

    @property
    def pointer(self) -> str:
        return f"/messages/{self.message}/content/{self.place}"

    def broken(self, sentence: str) -> Broken:
        return Broken(f"{self.path}: {sentence}", self.pointer)


class _Turn(NamedTuple):
    """Consecutive messages of one role: what stands in them, the calls of client tools each with its place
    (those of a turn that the server has kept have none), and the results.
    """

    role: str
    places: Sequence[_Place] = ()
    calls: Mapping[str, _Place | None] = MappingProxyType({})
    results: Sequence[tuple[_Place, str]] = ()

    def answered(self) -> set[str]:
        """The calls that are answered before anything else is said."""
        first = takewhile(lambda place: isinstance(place.block, ToolResultBlock), self.places)
        return {place.block.tool_use_id for place in first if isinstance(place.block, ToolResultBlock)}


def unpaired(asked: Asked) -> Iterator[Broken]:
    """Each call without its result, and each result without its call."""
    turns = _turns(asked.body.messages)
    stored = dict.fromkeys(asked.stored_calls)
    before = _Turn("assistant", calls=stored) if asked.continues else _Turn("user")
    for turn in turns:
        yield from _misplaced(turn)
        if turn.role != before.role or not stored:
            yield from _unanswered(before, turn)
            yield from _unexpected(before, turn)
        before = turn
    yield from _unanswered(before, _Turn("user"))
    yield from _twice_called(turns)
    if not asked.continues:
        yield from _never_called(turns)


def _turns(messages: Sequence[MessageParam]) -> list[_Turn]:
    spoken = [item for item in enumerate(messages) if not isinstance(item[1], SystemMessage)]
    return [_turn(role, run) for role, run in groupby(spoken, key=lambda item: item[1].role)]


def _turn(role: str, messages: Iterable[tuple[int, MessageParam]]) -> _Turn:
    places: list[_Place] = []
    calls: dict[str, _Place | None] = {}
    results: list[tuple[_Place, str]] = []
    for at, message in messages:
        content = message.content
        for index, block in enumerate([content] if isinstance(content, str) else content):
            place = _Place(at, index, block)
            places.append(place)
            if isinstance(block, ToolUseBlock):
                calls[block.id] = place
            elif isinstance(block, ToolResultBlock):
                results.append((place, block.tool_use_id))
    return _Turn(role, places, calls, results)


def _misplaced(turn: _Turn) -> Iterator[Broken]:
    if turn.role == "user":
        misplaced = [place for place in turn.calls.values() if place]
        sentence = "`tool_use` blocks can only be in `assistant` messages"
    else:
        misplaced = [place for place, _ in turn.results]
        sentence = "`tool_result` blocks can only be in `user` messages"
    for place in misplaced:
        yield Broken(f"messages.{place.message}: {sentence}", place.pointer)


def _unanswered(before: _Turn, turn: _Turn) -> Iterator[Broken]:
    calls = before.calls if before.role == "assistant" else {}
    answered = turn.answered() if calls else set()
    missing = [call for call in calls if call not in answered]
    if not missing:
        return
    place = calls[missing[0]]
    yield Broken(
        f"messages.{place.message if place else 0}: `tool_use` ids were found without `tool_result` blocks "
        f"immediately after: {', '.join(missing)}. Each `tool_use` block must have a corresponding "
        "`tool_result` block in the next message.",
        place.pointer if place else "/messages/0",
    )


def _unexpected(before: _Turn, turn: _Turn) -> Iterator[Broken]:
    if turn.role != "user":
        return
    seen = set[str]()
    for place, call in turn.results:
        if call not in before.calls:
            yield place.broken(
                f"unexpected `tool_use_id` found in `tool_result` blocks: {call}. Each `tool_result` block "
                "must have a corresponding `tool_use` block in the previous message."
            )
        elif call in seen:
            yield place.broken(
                "each tool_use must have a single result. Found multiple `tool_result` blocks with id: "
                f"{call}"
            )
        seen.add(call)


def _twice_called(turns: Sequence[_Turn]) -> Iterator[Broken]:
    seen = set[str]()
    for place in (place for turn in turns for place in turn.places):
        if isinstance(place.block, ToolUseBlock | ServerToolUseBlock):
            if place.block.id in seen:
                yield place.broken("`tool_use` ids must be unique")
            seen.add(place.block.id)


def _never_called(turns: Sequence[_Turn]) -> Iterator[Broken]:
    """Results of tools that the API runs, of which there was no call."""
    seen = set[str]()
    for place in (place for turn in turns for place in turn.places):
        block = place.block
        if isinstance(block, ServerToolUseBlock):
            seen.add(block.id)
        elif isinstance(block, ServerToolResultBlock) and block.tool_use_id not in seen:
            yield place.broken(
                f"unexpected `tool_use_id` found in `{block.type}` blocks: {block.tool_use_id}. Each "
                f"`{block.type}` block must have a corresponding `server_tool_use` block before it."
            )


# ------------------------------------------------------------------------------------------------ thinking


def unthought(asked: Asked) -> Iterator[Broken]:
    """The turn of calls and results that is still going on, where it does not begin with thinking; a
    compaction stands before it. A turn that was given here without thinking cannot be handed back with it.
    """
    opening = _opening_of_loop(_turns(asked.body.messages))
    places = opening.places if opening else ()
    first = next((place for place in places if not isinstance(place.block, CompactionBlock)), None)
    if opening is None or first is None:
        return
    if isinstance(first.block, ThinkingBlock | RedactedThinkingBlock):
        return
    if any(asked.was_unthought(call) for call in opening.calls):
        return
    found = getattr(first.block, "type", "text")
    yield Broken(
        f"{first.path}.type: Expected `thinking` or `redacted_thinking`, but found `{found}`. When "
        "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the "
        "lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from "
        "previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
        first.pointer,
    )


def _opening_of_loop(turns: Sequence[_Turn]) -> _Turn | None:
    """The first turn of the assistant of those that ask for results, up to the results at the end."""
    opening: _Turn | None = None
    for turn in reversed(turns):
        if turn.role == "assistant":
            opening = turn
        elif not turn.answered():
            break
    return opening if turns and turns[-1].role == "user" and turns[-1].answered() else None
