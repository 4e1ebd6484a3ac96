"""One conversation is told from another by a few bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockserver.conversation import Message, Text, Thinking, ToolCall, ToolResult
from mockserver.history.digests import conversation_digest

CALL = ToolCall("look", {"at": "it"}, "c1")
RESULT = ToolResult("c1", "found", name="look")
SAID = (
    Message("user", (Text("Look"), Text("at it"))),
    Message("assistant", (Thinking("Hm"), CALL)),
    Message("tool", (RESULT,)),
)


def test_equal_conversations_are_one() -> None:
    again = (
        *SAID[:1],
        Message(
            "assistant", (Thinking("Hm"), replace(CALL, signature="of another try")), pointer="/messages/7"
        ),
        *SAID[2:],
    )

    assert again == SAID
    assert conversation_digest(again) == conversation_digest(SAID)


@pytest.mark.parametrize(
    "other",
    [
        SAID[:2],
        (Message("assistant", SAID[0].parts), *SAID[1:]),
        (Message("user", (Text("Look"),)), Message("user", (Text("at it"),)), *SAID[1:]),
        (Message("user", (Text("Looka"), Text("t it"))), *SAID[1:]),
        (Message("user", (Thinking("Look"), Text("at it"))), *SAID[1:]),
        (*SAID[:1], Message("assistant", (Thinking("Hm"), replace(CALL, arguments={"at": "that"}))), SAID[2]),
        *(
            (*SAID[:2], Message("tool", (other,)))
            for other in (
                replace(RESULT, call_id="c2"),
                replace(RESULT, text="lost"),
                replace(RESULT, name="see"),
                replace(RESULT, is_error=True),
            )
        ),
    ],
)
def test_any_other_is_another(other: tuple[Message, ...]) -> None:
    assert conversation_digest(other) != conversation_digest(SAID)


def test_half_a_character_is_taken_too() -> None:
    assert conversation_digest([Message("user", (Text("\ud83d"),))])
