"""Strings that stand in one answer alone, taken out of what is handed back of it and put in again."""

from __future__ import annotations

from mockserver.conversation import Image, Native, Refusal, Text, Thinking, ToolCall
from mockserver.history.fidelity import Parts
from mockserver.retelling.own_strings import own_strings, with_strings, without_strings

SAID: Parts = (
    Thinking("Hm.", "signed"),
    Thinking("Unsigned."),
    Text("Let me see."),
    ToolCall("f", {"city": "Paris"}, "call_1", "also signed"),
    ToolCall("g", "{", None),
    Refusal("No."),
)


def test_ids_and_signatures_are_found_in_their_order() -> None:
    assert own_strings(SAID) == ["signed", "call_1", "also signed"]


def test_others_take_their_places() -> None:
    other = with_strings(SAID, iter(["A", "B", "C"]))

    assert own_strings(other) == ["A", "B", "C"]
    assert other == (
        Thinking("Hm.", "A"),
        *SAID[1:3],
        ToolCall("f", {"city": "Paris"}, "B"),
        *SAID[4:],
    )


def test_nothing_else_is_changed() -> None:
    strings = own_strings(SAID)
    assert strings

    assert with_strings(SAID, iter(strings)) == SAID
    assert without_strings(SAID) == without_strings(with_strings(SAID, iter("ABC")))


def test_what_may_have_others_in_it_is_not_told_anew() -> None:
    assert own_strings(()) == []
    for part in (
        Image("image/png", "AAAA"),
        Native({"gemini": {"id": 1}}),
        Thinking("opaque", redacted=True),
    ):
        assert own_strings((Text("Hi."), part)) is None
