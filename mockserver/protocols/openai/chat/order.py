"""The order of messages: every tool call is answered, once, by the messages that follow it directly.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11). Paths
are written as the API writes them here: `messages.[1].role`, where schema errors say `messages[1].role`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.long_bodies import same_as_before


def broken_order(messages: Sequence[JsonObject]) -> Iterator[Failure]:
    """The messages that do not follow from those before them."""
    open_calls: dict[str, int | None] = {}
    for at, message in enumerate(messages[(start := _start(messages)) :], start):
        if message["role"] == "tool":
            call = message["tool_call_id"]
            if open_calls.get(call, at) is not None:
                yield _no_answer(call, at, open_calls)
            if call in open_calls:
                open_calls[call] = at
        else:
            if None in open_calls.values():
                yield _unanswered(open_calls, f"messages.[{at}].role")
            calls = message.get("tool_calls") if message["role"] == "assistant" else None
            open_calls = {call["id"]: None for call in calls or ()}
    if None in open_calls.values():
        yield _unanswered(open_calls, "messages")


def _start(messages: Sequence[JsonObject]) -> int:
    """Where the order may first be broken: not before the last message that no call was open at, of those
    that stood so in a body that was in order.
    """
    known = range(same_as_before(messages) - 1, -1, -1)
    return next((at for at in known if messages[at]["role"] != "tool"), 0)


def _no_answer(call: str, at: int, open_calls: Mapping[str, int | None]) -> Failure:
    """Why a tool message cannot stand here."""
    if not open_calls:
        return _invalid(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            f"messages.[{at}].role",
        )
    found = f"'tool_call_id' of '{call}' not found in 'tool_calls' of previous message."
    if call in open_calls:
        before = open_calls[call]
        found = f"Duplicate value for 'tool_call_id' of '{call}', in messages[{before}] and messages[{at}]."
    return _invalid(f"Invalid parameter: {found}", f"messages.[{at}].tool_call_id")


def _unanswered(open_calls: Mapping[str, int | None], param: str) -> Failure:
    missing = [call for call, answer in open_calls.items() if answer is None]
    return _invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(missing)}",
        param,
    )


def _invalid(message: str, param: str) -> Failure:
    return Failure("invalid_request", message=message, param=param)
