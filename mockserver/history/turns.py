"""What follows from the messages of a conversation: who had the word for how long, and what tools gave. No
I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mockserver.conversation import Message, ToolCall, ToolResult


def role_runs(messages: Iterable[Message]) -> Iterator[tuple[Message, ...]]:
    """The messages in runs of one role: some clients keep one assistant turn as several messages."""
    run: list[Message] = []
    for message in messages:
        if run and run[-1].role != message.role:
            yield tuple(run)
            run = []
        run.append(message)
    if run:
        yield tuple(run)


def tool_results(messages: Iterable[Message]) -> dict[str, ToolResult]:
    """The latest result of each tool, by tool name; names are looked up from the calls where needed."""
    names: dict[str, str] = {}
    results: dict[str, ToolResult] = {}
    for message in messages:
        if message.role == "user":
            continue
        for part in message.parts:
            if isinstance(part, ToolResult):
                results[part.name or names.get(part.call_id, part.call_id)] = part
            elif isinstance(part, ToolCall) and part.id is not None:
                names[part.id] = part.name
    return results


def latest_results(messages: Sequence[Message]) -> dict[str, ToolResult]:
    """The results of this turn: those that came after the last assistant message, by tool name."""
    since = len(messages)
    while since and messages[since - 1].role != "assistant":
        since -= 1
    results = [message for message in messages[since:] if message.role == "tool"]
    current = [part for message in results for part in message.parts if isinstance(part, ToolResult)]
    if len(current) <= 1:  # as most turns have
        return {result.name or _called(messages[:since], result.call_id): result for result in current}
    ids = set(map(id, current))
    return {name: result for name, result in tool_results(messages).items() if id(result) in ids}


def _called(messages: Sequence[Message], call_id: str) -> str:
    """The name of the tool that was called so last; the id where none was."""
    for message in reversed(messages):
        for part in reversed(message.parts):
            if isinstance(part, ToolCall) and part.id == call_id and message.role != "user":
                return part.name
    return call_id
