from __future__ import annotations

import pytest

from mockserver.conversation import Image, Native, Refusal, Reply, Text, Thinking, ToolCall, Usage
from mockserver.events import Begin, Delta, End, PartBegin, PartEnd, events, fold

CALL = ToolCall("get_weather", {"city": "Paris"}, "call_1")

REPLIES = [
    Reply(()),
    Reply((Text("Hello there, world!"),), usage=Usage(3, 4)),
    Reply((Text(""),)),
    Reply((Thinking("Let me see.", "sig"), Text("Yes.")), finish="length"),
    Reply((Thinking("opaque", redacted=True),)),
    Reply((Text("I look."), CALL, ToolCall("get_time", {})), finish="tool_calls"),
    Reply((ToolCall("broken", '{"city": "Lon'),), finish="tool_calls"),
    Reply((Refusal("I can't."),), finish="refusal"),
    Reply((Image("image/png", "aGk="), Native({"gemini": {"executableCode": {}}}))),
]


def test_a_part_opens_streams_its_pieces_and_closes() -> None:
    part = Text("Hi there")
    reply = Reply((part,))

    told = list(events(reply))

    assert told == [
        Begin(reply),
        PartBegin(0, part),
        Delta(0, part, "Hi"),
        Delta(0, part, " there"),
        PartEnd(0, part),
        End(reply),
    ]


def test_a_tool_call_streams_the_json_text_of_its_arguments() -> None:
    deltas = [
        event.text
        for event in events(Reply((CALL,)), lambda text: [text[:4], text[4:]])
        if isinstance(event, Delta)
    ]

    assert deltas == ['{"ci', 'ty":"Paris"}']


@pytest.mark.parametrize("part", [Image("image/png", "aGk="), Native({}), Thinking("x", redacted=True)])
def test_a_part_that_is_sent_whole_has_no_deltas(part: Image | Native | Thinking) -> None:
    kinds = [type(event) for event in events(Reply((part,)))]

    assert kinds == [Begin, PartBegin, PartEnd, End]


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_events_of_a_reply_fold_to_that_reply(reply: Reply, size: int) -> None:
    stream = events(reply, lambda text: [text[at : at + size] for at in range(0, len(text), size)])

    assert fold(stream) == reply


def test_a_stream_without_an_end_does_not_fold() -> None:
    stream = list(events(Reply((Text("Hi"),))))[:-1]

    with pytest.raises(ValueError, match="no end"):
        fold(stream)
