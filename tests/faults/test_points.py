"""Neutral positions: the same point of the reply, whatever the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from faults.heard import Heard, frames, heard, texts_of_choices
from faults.wires import DIALECTS, Wires

from mockserver.conversation import Image, Refusal, Reply, ReplyPart, Text, Thinking, ToolCall
from mockserver.events import Delta, Event, PartBegin, PartEnd, events
from mockserver.faults.points import BEHIND_HEAD, Course, Point, Verbatim, course, placed
from mockserver.playback.steps import Wait
from mockserver.scenario.delivery import (
    Act,
    AfterChars,
    AfterEvents,
    AfterShare,
    AtByte,
    AtEnd,
    AtStart,
    Cut,
    Hang,
    Position,
)

# ------------------------------------------------------------------------------- the table of all wires

SCENARIO = """
scenario: said
reply:
  - thinking: Let me see.
  - text: "Déjà vu: 今日は 🌦!"
  - {tool_call: look, arguments: {city: Paris}}
  - {tool_call: look, arguments: {city: 東京}}
pace: {chunk: 4}
"""
CALL, OTHER = '{"city":"Paris"}', '{"city":"東京"}'
TEXT = "Déjà vu: 今日は 🌦!"

# Of 55 characters: 11 of thinking, 15 of text, 16 and 13 of arguments; in pieces of 4.
# Position, thinking, text, calls: how much of each was said. A call that was not begun is not there.
BEYOND = ("{after: 56 chars}", "{after: 16 events}", "end")
TABLE: Sequence[tuple[str, int, int, tuple[int, ...]]] = [
    ("start", 0, 0, ()),
    ("{after: 0 events}", 0, 0, ()),
    ("{after: 1 event}", 4, 0, ()),
    ("{after: 3 events}", 11, 0, ()),
    ("{after: 4 events}", 11, 4, ()),
    ("{after: 8 events}", 11, 15, (4,)),
    ("{after: 0 chars}", 0, 0, ()),
    ("{after: 1 char}", 1, 0, ()),
    ("{after: 10 chars}", 10, 0, ()),
    ("{after: 11 chars}", 11, 0, ()),
    ("{after: 12 chars}", 11, 1, ()),
    ("{after: 20 chars}", 11, 9, ()),
    ("{after: 21 chars}", 11, 10, ()),
    ("{after: 25 chars}", 11, 14, ()),
    ("{after: 26 chars}", 11, 15, ()),
    ("{after: 27 chars}", 11, 15, (1,)),
    ("{after: 42 chars}", 11, 15, (16,)),
    ("{after: 43 chars}", 11, 15, (16, 1)),
    ("{after: 55 chars}", 11, 15, (16, 13)),
    ("{after: 0%}", 0, 0, ()),
    ("{after: 50%}", 11, 15, (2,)),
    ("{after: 99.5%}", 11, 15, (16, 13)),
    ("{after: 100%}", 11, 15, (16, 13)),
    ("{in: thinking}", 0, 0, ()),
    ("{in: thinking, after: 5 chars}", 5, 0, ()),
    ("{in: thinking, after: 100%}", 11, 0, ()),
    ("{in: text}", 11, 0, ()),
    ("{in: text, after: 12 chars}", 11, 12, ()),
    ("{in: text, after: 50%}", 11, 8, ()),
    ("{in: tool_call}", 11, 15, (0,)),
    ("{in: tool_call, after: 2 chars}", 11, 15, (2,)),
    ("{in: tool_call, after: 100%}", 11, 15, (16,)),
    *((position, 11, 15, (16, 13)) for position in BEYOND),  # nothing goes wrong
]


def carried(wire: str, thinking: int, text: int, calls: Iterable[int], *, whole: bool) -> Heard:
    """What of it the wire can tell."""
    said = [arguments[:count] for arguments, count in zip((CALL, OTHER), calls, strict=False)]
    match wire:
        case "openai.completions":
            return Heard(text=TEXT[:text])
        case "gemini":  # a call comes whole, behind its last character
            done = said if whole else said[:-1]
            return Heard("Let me see."[:thinking], TEXT[:text], done)
        case _:
            return Heard("Let me see."[:thinking], TEXT[:text], said)


@pytest.mark.parametrize("wire", DIALECTS)
@pytest.mark.parametrize(("position", "thinking", "text", "calls"), TABLE, ids=[row[0] for row in TABLE])
def test_a_position_is_the_same_point_of_the_reply_on_every_wire(
    wire: str, position: str, thinking: int, text: int, calls: tuple[int, ...]
) -> None:
    cut = Wires(f"{SCENARIO}fault: {{do: cut, at: {position}}}")

    body = cut.answer(wire).body

    assert heard(wire, body) == carried(wire, thinking, text, calls, whole=position in BEYOND)


@pytest.mark.parametrize("wire", DIALECTS)
def test_behind_no_events_is_before_all_that_a_wire_tells_of_a_reply(wire: str) -> None:
    cut = Wires(f"{SCENARIO}fault: {{do: cut, at: {{after: 0 events}}}}")

    assert cut.answer(wire).body == b""


@pytest.mark.parametrize("wire", ["openai.chat", "openai.completions"])
def test_every_choice_stands_at_the_same_point(wire: str) -> None:
    cut = Wires(f"{SCENARIO}fault: {{do: cut, at: {{in: text, after: 5 chars}}}}")

    first, second = texts_of_choices(cut.answer(wire, n=2).body)

    assert first == second == TEXT[:5]


def test_a_function_of_the_older_kind_stands_at_the_same_point() -> None:
    cut = Wires(f"{SCENARIO}fault: {{do: cut, at: {{in: tool_call, after: 5 chars}}}}")

    body = cut.answer("openai.chat", functions=[{"name": "look", "parameters": {}}]).body

    chunks = [frame["choices"][0]["delta"] for frame in frames(body)]
    told = [chunk["function_call"]["arguments"] for chunk in chunks if "function_call" in chunk]
    assert "".join(told) == CALL[:5]


@pytest.mark.parametrize("wire", ["openai.chat", "openai.responses", "anthropic", "gemini"])
def test_thinking_that_is_hidden_has_no_length(wire: str) -> None:
    cut = Wires(
        """
        scenario: said
        reply: [{thinking: opaque, redacted: true}, {text: Hello there}]
        fault: {do: cut, at: {after: 5 chars}}
        """
    )

    assert heard(wire, cut.answer(wire).body).text == "Hello"


# ------------------------------------------------------------------------------------- points of a reply

THINKING, SAID, CALLED = Thinking("abc"), Text("déf🌦"), ToolCall("f", {"a": 1})
REPLY = Reply((THINKING, SAID, CALLED))
IMAGE, REDACTED = Image("image/png", "aGk="), Thinking("opaque", redacted=True)


def by_twos(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def point(position: Position, *parts: ReplyPart) -> Point | None:
    return course(Reply(parts) if parts else REPLY, by_twos).point(position)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (AfterEvents(0), BEHIND_HEAD),
        (AfterEvents(1), Point(0, 2)),
        (AfterEvents(2), Point(0, 3)),
        (AfterEvents(3), Point(1, 2)),
        (AfterEvents(8), Point(2, 7)),
        (AfterEvents(9), None),
        (AfterChars(0), Point(0, 0)),
        (AfterChars(3), Point(0, 3)),
        (AfterChars(4), Point(1, 1)),
        (AfterChars(14), Point(2, 7)),
        (AfterChars(15), None),
        (AfterShare(0), Point(0, 0)),
        (AfterShare(0.5), Point(1, 4)),
        (AfterShare(1), Point(2, 7)),
        (AfterChars(0, "text"), Point(1, 0)),
        (AfterChars(4, "text"), Point(1, 4)),
        (AfterChars(5, "text"), None),
        (AfterShare(0.5, "thinking"), Point(0, 2)),
        (AfterShare(1, "tool_call"), Point(2, 7)),
        (AtStart(), None),
        (AtEnd(), None),
        (AtByte(3), None),
    ],
)
def test_a_position_has_a_point(position: Position, expected: Point | None) -> None:
    assert point(position) == expected


@pytest.mark.parametrize("parts", [(IMAGE,), (REDACTED,), (Text(""),)])
@pytest.mark.parametrize("position", [AfterShare(0), AfterShare(0.5), AfterShare(1), AfterChars(0)])
def test_a_reply_that_streams_nothing_has_one_point(parts: tuple[ReplyPart, ...], position: Position) -> None:
    assert point(position, *parts) == BEHIND_HEAD


def test_parts_that_stream_nothing_are_passed_over() -> None:
    assert point(AfterChars(0), IMAGE, SAID) == Point(1, 0)
    assert point(AfterChars(1, "thinking"), REDACTED, THINKING) == Point(1, 1)


def test_inside_of_the_first_part_of_a_kind_is_not_inside_of_the_next() -> None:
    assert point(AfterChars(3, "text"), Text("ab"), Text("cde")) is None


def test_a_kind_that_streams_nothing_has_its_beginning() -> None:
    assert point(AfterShare(0.5, "thinking"), SAID, REDACTED) == Point(1, 0)


def test_a_kind_that_is_not_there_has_no_point() -> None:
    assert point(AfterChars(0, "tool_call"), SAID, Refusal("no")) is None


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (AfterEvents(0), 0),
        (AfterEvents(2), 3 / 14),
        (AfterChars(7), 0.5),
        (AfterShare(1, "text"), 0.5),
        (AfterShare(1), 1),
        (AfterChars(15), None),
    ],
)
def test_a_point_is_so_far_into_the_reply(position: Position, expected: float | None) -> None:
    assert course(REPLY, by_twos).share(position) == expected


def test_a_reply_that_streams_nothing_is_not_divided_by() -> None:
    assert Course(Reply((IMAGE,))).share(AfterEvents(0)) == 0


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (AfterEvents(0), 0),
        (AfterEvents(2), 0.5),
        (AfterEvents(4), 1),
        (AfterEvents(5), None),
        (AfterShare(0.3), 0.3),
        (AfterShare(0.3, "text"), None),
        (AfterChars(0), None),
        (AtEnd(), None),
    ],
)
def test_what_is_verbatim_has_frames_and_shares(position: Position, expected: float | None) -> None:
    assert Verbatim(4).share(position) == expected


def test_what_is_verbatim_and_in_one_piece_has_shares() -> None:
    assert [Verbatim().share(at) for at in (AfterEvents(0), AfterEvents(1), AfterShare(0.5))] == [
        0,
        None,
        0.5,
    ]


# -------------------------------------------------------------------------------------- acts at points


def told(points: Sequence[tuple[Point, Act]], *parts: ReplyPart, waits: bool = False) -> list[object]:
    """The events with acts among them, as far as they matter: pieces, beginnings, ends and acts."""
    timed: list[Wait | Event] = []
    for event in events(Reply(parts), by_twos):
        timed += [Wait(1), event] if waits and isinstance(event, Delta) else [event]
    return [_brief(item) for item in placed(timed, points)]


def _brief(item: Wait | Event | Act) -> object:
    match item:
        case Delta(text=text):
            return text
        case PartBegin(index=index):
            return f"<{index}"
        case PartEnd(index=index):
            return f"{index}>"
        case Wait() | Cut() | Hang():
            return item
        case _:
            return "|"


def test_an_act_stands_at_its_point_and_cuts_the_piece_in_which_that_is() -> None:
    assert told([(Point(0, 3), Cut())], Text("abcdef")) == ["|", "<0", "ab", "c", Cut(), "d", "ef", "0>", "|"]


def test_an_act_at_the_end_of_a_piece_stands_before_the_wait_for_the_next() -> None:
    found = told([(Point(0, 2), Cut())], Text("abcd"), waits=True)

    assert found == ["|", "<0", Wait(1), "ab", Cut(), Wait(1), "cd", "0>", "|"]


def test_an_act_at_the_end_of_a_part_stands_before_it_is_closed() -> None:
    assert told([(Point(0, 2), Cut())], Text("ab"), Text("c")) == [
        *("|", "<0", "ab", Cut(), "0>"),
        *("<1", "c", "1>", "|"),
    ]


def test_an_act_at_the_beginning_of_a_part_stands_behind_its_opening() -> None:
    assert told([(Point(1, 0), Cut())], Text("a"), IMAGE) == ["|", "<0", "a", "0>", "<1", Cut(), "1>", "|"]


def test_acts_of_one_point_stand_in_the_order_in_which_they_are_listed() -> None:
    one: list[tuple[Point, Act]] = [
        (Point(0, 1), Cut()),
        (Point(0, 2), Hang()),
        (Point(0, 1), Hang()),
        (Point(0, 0), Hang()),
    ]

    assert told(one, Text("ab")) == ["|", "<0", Hang(), "a", Cut(), Hang(), "b", Hang(), "0>", "|"]


def test_a_piece_without_text_stays() -> None:
    empty = Delta(0, SAID, "")

    assert list(placed([empty], [(Point(0, 0), Cut())])) == [empty]


def test_what_stands_before_the_reply_is_not_placed() -> None:
    assert Cut() not in told([(BEHIND_HEAD, Cut())], Text("ab"))
