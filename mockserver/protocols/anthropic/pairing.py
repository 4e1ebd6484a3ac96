"""What one turn demands of the next: every call of a client tool is answered, once, right after it.

Mirrors "Handle tool calls" and "Preserving thinking blocks" of the guides on tool use and thinking, and the
sentences of their errors (2026-11). Turns are merged before they are checked: consecutive messages of one
role are one turn. Calls of tools that the API runs itself are answered by the API, in the turn that makes
them or in the one that resumes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.protocols.anthropic.asked import Asked, Broken
from mockserver.protocols.anthropic.contract_content import SERVER_RESULTS
from mockserver.protocols.anthropic.spoken import Place, Spoken, Turn

PAIRED = SERVER_RESULTS | {"tool_use", "tool_result", "server_tool_use"}
"""The types of blocks that belong together."""


def _broken(place: Place, sentence: str) -> Broken:
    at, index, _ = place
    return Broken(f"messages.{at}.content.{index}: {sentence}", _pointer(place))


def _pointer(place: Place) -> str:
    at, index, _ = place
    return f"/messages/{at}/content/{index}"


def unpaired(asked: Asked) -> Iterator[Broken]:
    """Each call without its result, and each result without its call."""
    stored: dict[str, Place | None] = dict.fromkeys(asked.stored_calls)
    before = Turn("assistant", [], stored, []) if asked.continues else _NOTHING
    for turn in asked.spoken.turns:
        if turn.calls if turn.role == "user" else turn.results:
            yield from _misplaced(turn)
        if (turn.role != before.role or not stored) and not _is_paired(before, turn):
            yield from _unanswered(before, turn)
            yield from _unexpected(before, turn)
        before = turn
    yield from _unanswered(before, _NOTHING)
    yield from _twice_called(asked.spoken)
    if not asked.continues:
        yield from _never_called(asked.spoken)


_NOTHING = Turn("user", [], {}, [])


def _is_paired(before: Turn, turn: Turn) -> bool:
    """Whether plainly each call is answered once and each result asked for, as in nearly all turns."""
    if not before.calls and not turn.results:
        return True
    answered = turn.answered()
    is_in_order = before.role == "assistant" and turn.role == "user"
    return is_in_order and len(turn.results) == len(answered) and answered == before.calls.keys()


def _misplaced(turn: Turn) -> Iterator[Broken]:
    if turn.role == "user":
        misplaced = [place for place in turn.calls.values() if place]
        sentence = "`tool_use` blocks can only be in `assistant` messages"
    else:
        misplaced = turn.results
        sentence = "`tool_result` blocks can only be in `user` messages"
    for place in misplaced:
        yield Broken(f"messages.{place[0]}: {sentence}", _pointer(place))


def _unanswered(before: Turn, turn: Turn) -> Iterator[Broken]:
    calls = before.calls if before.role == "assistant" else {}
    answered = turn.answered() if calls else set()
    missing = [call for call in calls if call not in answered]
    if not missing:
        return
    place = calls[missing[0]]
    yield Broken(
        f"messages.{place[0] if place else 0}: `tool_use` ids were found without `tool_result` blocks "
        f"immediately after: {', '.join(missing)}. Each `tool_use` block must have a corresponding "
        "`tool_result` block in the next message.",
        _pointer(place) if place else "/messages/0",
    )


def _unexpected(before: Turn, turn: Turn) -> Iterator[Broken]:
    if turn.role != "user":
        return
    seen = set[str]()
    for place in turn.results:
        call = place[2]["tool_use_id"]
        if call not in before.calls:
            yield _broken(
                place,
                f"unexpected `tool_use_id` found in `tool_result` blocks: {call}. Each `tool_result` block "
                "must have a corresponding `tool_use` block in the previous message.",
            )
        elif call in seen:
            yield _broken(
                place,
                "each tool_use must have a single result. Found multiple `tool_result` blocks with id: "
                f"{call}",
            )
        seen.add(call)


def _twice_called(spoken: Spoken) -> Iterator[Broken]:
    seen = set[str]()
    for place in spoken.of_types(("tool_use", "server_tool_use")):
        call = place[2]["id"]
        if call in seen:
            yield _broken(place, "`tool_use` ids must be unique")
        seen.add(call)


def _never_called(spoken: Spoken) -> Iterator[Broken]:
    """Results of tools that the API runs, of which there was no call."""
    if SERVER_RESULTS.isdisjoint(spoken.blocks):
        return
    seen = set[str]()
    for place in spoken.of_types(("server_tool_use", *SERVER_RESULTS)):
        block = place[2]
        if block["type"] == "server_tool_use":
            seen.add(block["id"])
        elif block["tool_use_id"] not in seen:
            kind = block["type"]
            yield _broken(
                place,
                f"unexpected `tool_use_id` found in `{kind}` blocks: {block['tool_use_id']}. Each "
                f"`{kind}` block must have a corresponding `server_tool_use` block before it.",
            )


# ------------------------------------------------------------------------------------------------ thinking


def unthought(asked: Asked) -> Iterator[Broken]:
    """The turn of calls and results that is still going on, where it does not begin with thinking; a
    compaction stands before it. A turn that was given here without thinking cannot be handed back with it.
    """
    opening = _opening_of_loop(asked.spoken.turns)
    places = opening.places if opening else ()
    first = next((place for place in places if place[2]["type"] != "compaction"), None)
    if opening is None or first is None:
        return
    found = first[2]["type"]
    if found in ("thinking", "redacted_thinking"):
        return
    if any(asked.was_unthought(call) for call in opening.calls):
        return
    yield Broken(
        f"messages.{first[0]}.content.{first[1]}.type: Expected `thinking` or `redacted_thinking`, but found "
        f"`{found}`. When `thinking` is enabled, a final `assistant` message must start with a thinking "
        "block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you "
        "include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please "
        "consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
        _pointer(first),
    )


def _opening_of_loop(turns: Sequence[Turn]) -> Turn | None:
    """The first turn of the assistant of those that ask for results, up to the results at the end."""
    opening: Turn | None = None
    for turn in reversed(turns):
        if turn.role == "assistant":
            opening = turn
        elif not turn.answered():
            break
    return opening if turns and turns[-1].role == "user" and turns[-1].answered() else None
