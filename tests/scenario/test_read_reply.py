"""Replies: a text, parts, or `auto`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.scenario.model import AutoOutcome, Outcome, Part, ReplyOutcome, TextPart, ToolCallPart

Parts = Callable[[str], tuple[Part, ...]]
Outcomes = Callable[[str], Outcome]
Problems = Callable[[str], list[str]]


@pytest.mark.parametrize(("text", "read"), [("Hello!", "Hello!"), ("~", "~"), ('""', ""), ("1.0", "1.0")])
def test_a_text_is_a_reply_of_one_part(parts: Parts, text: str, read: str) -> None:
    assert parts(f"reply: {text}") == (TextPart(read),)


@pytest.mark.parametrize("word", ["auto", "'auto'"])
def test_the_word_auto_asks_for_an_answer_without_script(outcome: Outcomes, word: str) -> None:
    assert outcome(f"reply: {word}") == AutoOutcome()


def test_a_part_can_say_auto(parts: Parts) -> None:
    assert parts("reply: [{text: auto}, auto]") == (TextPart("auto"), TextPart("auto"))


def test_an_empty_list_is_a_reply_without_content(outcome: Outcomes) -> None:
    assert outcome("reply: []") == ReplyOutcome(())


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ("{}", {}),
        ('""', ""),
        ("'{\"a\": '", '{"a": '),
        ("12", "12"),
        ('\'{"a": "{{ b }}"\'', '{"a": "{{ b }}"'),
    ],
)
def test_arguments_are_a_mapping_or_a_text_sent_as_it_is(parts: Parts, arguments: str, read: Any) -> None:
    assert parts(f"reply: [{{tool_call: f, arguments: {arguments}}}]") == (ToolCallPart("f", read),)


def test_every_bad_part_is_told_once(problems: Problems) -> None:
    assert problems(
        """\
        reply:
          - txt: a
          - {text: a, refusal: b, colour: red}
          - text: a
          - redacted: true
          - {thinking: a, redacted: maybe}
        """
    ) == [
        "2:5 `reply`: `txt` is no kind of part",
        "3:15 `reply`: `refusal` stands beside `text`, but a part is of one kind",
        "5:5 `reply`: the part does not say of which kind it is",
        "6:29 `redacted`: expected true or false, found `maybe`",
    ]
