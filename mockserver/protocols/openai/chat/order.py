"""The order of messages: every tool call is answered, once, by the messages that follow it directly.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11). Paths
are written as the API writes them here: `messages.[1].role`, where schema errors say `messages[1].role`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.conversation import Failure
from mockserver.protocols.openai.chat.contract_messages import AssistantMessage, Message, ToolMessage


def broken_order(messages: Sequence[Message]) -> Iterator[Failure]:
    """The messages that do not follow from those before them."""
    open_calls: dict[str, int | None] = {}
    for at, message in enumerate(messages):
        if isinstance(message, ToolMessage):
            yield from _no_answer(message.tool_call_id, at, open_calls)
            if message.tool_call_id in open_calls:
                open_calls[message.tool_call_id] = at
        else:
            yield from _unanswered(open_calls, f"messages.[{at}].role")
            open_calls = _calls(message)
    yield from _unanswered(open_calls, "messages")


def _calls(message: Message) -> dict[str, int | None]:
    """The calls of a message by id, to be filled with the place of their answers."""
    return (
        {call.id: None for call in message.tool_calls or ()} if isinstance(message, AssistantMessage) else {}
    )


def _no_answer(call: str, at: int, open_calls: Mapping[str, int | None]) -> Iterator[Failure]:
    """Why a tool message cannot stand here, if it cannot."""
    param = f"messages.[{at}].tool_call_id"
    if not open_calls:
        yield _invalid(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            f"messages.[{at}].role",
        )
    elif call not in open_calls:
        found = f"'tool_call_id' of '{call}' not found in 'tool_calls' of previous message."
        yield _invalid(f"Invalid parameter: {found}", param)
    elif (before := open_calls[call]) is not None:
        found = f"Duplicate value for 'tool_call_id' of '{call}', in messages[{before}] and messages[{at}]."
        yield _invalid(f"Invalid parameter: {found}", param)


def _unanswered(open_calls: Mapping[str, int | None], param: str) -> Iterator[Failure]:
    missing = [call for call, answer in open_calls.items() if answer is None]
    if not missing:
        return
    yield _invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(missing)}",
        param,
    )


def _invalid(message: str, param: str) -> Failure:
    return Failure("invalid_request", message=message, param=param)
