"""A stream of events that fails before its end, or that holds an event nobody knows."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, of_type, request, types

from mockserver.conversation import Failure, Refusal, Reply, Text, Thinking, ToolCall
from mockserver.events import Begin, Event, PartBegin, PartEnd, events
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.sse import read_events

REPLY = Reply(
    (
        Thinking("I look."),
        Text("Hello, wörld."),
        Refusal("Not that."),
        ToolCall("f", {"a": 1}),
        ToolCall("f", {}),
    )
)


def test_a_failure_midway_is_a_nested_error_and_then_the_failed_response() -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    reply = Reply((Text("Hello"), ToolCall("f", {})))
    said: list[Event] = [Begin(reply), PartBegin(0, reply.parts[0]), PartEnd(0, reply.parts[0])]
    sent = b"".join(frame for event in said for frame in encoder.encode(event))

    frames_of_failure = list(encoder.fail(Failure("quota")))

    error, failed = (orjson.loads(event.data) for event in read_events(b"".join(frames_of_failure)))
    number = len(list(read_events(sent)))
    assert len(frames_of_failure) == 2
    assert frames_of_failure[0].startswith(b"event: error\n")
    assert error == {
        "type": "error",
        "error": {
            "type": "insufficient_quota",
            "code": "insufficient_quota",
            "message": error["error"]["message"],
            "param": None,
        },
        "sequence_number": number,
    }
    assert (failed["type"], failed["sequence_number"]) == ("response.failed", number + 1)
    assert failed["response"]["error"] == {
        "code": "insufficient_quota",
        "message": error["error"]["message"],
    }
    assert (failed["response"]["status"], failed["response"]["usage"]) == ("failed", None)
    assert [item["type"] for item in failed["response"]["output"]] == ["message"]


@pytest.mark.parametrize("background", [False, True])
def test_a_stream_may_fail_behind_any_event(*, background: bool) -> None:
    said = list(events(REPLY))
    fields: dict[str, Any] = {"background": background, "reasoning": {"summary": "auto"}}

    for count in range(len(said) + 1):
        encoder = DIALECT.encoder(request(stream=True, **fields), CONTEXT)
        sent = [frame for event in said[:count] for frame in encoder.encode(event)]
        found = [
            orjson.loads(event.data)
            for event in read_events(b"".join([*sent, *encoder.fail(Failure("overloaded"))]))
        ]

        assert [event["sequence_number"] for event in found] == list(range(len(sent) + 2))
        assert types(found[-2:]) == ["error", "failed"]
        assert found[-1]["response"]["output"] == [
            event["item"] for event in of_type(found, "response.output_item.done")
        ]


def test_an_event_that_nobody_knows_is_counted_like_any_other() -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    sent: list[bytes] = []
    for event in events(Reply((Text("Hello there"),))):
        sent += [encoder.extra(), *encoder.encode(event)]

    found = [orjson.loads(event.data) for event in read_events(b"".join(sent))]

    assert sent[0] == (
        b'event: response.unheard_of\ndata: {"type":"response.unheard_of","sequence_number":0}\n\n'
    )
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
