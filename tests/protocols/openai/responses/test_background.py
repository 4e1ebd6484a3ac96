"""Responses in the background: queued, in progress, done or cancelled, as time goes by."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import Memory, refused, request, types

from mockserver.conversation import Failure, JsonObject, Reply, Request, Text, Thinking, ToolCall
from mockserver.events import Begin, Delta, Event, events
from mockserver.protocols.base import Context, Stream
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.openai.responses.stream import ResponsesEncoder
from mockserver.protocols.sse import read_events

REPLY = Reply((Text("Hello there"),))
DUE = ((1.0, "Hello"), (3.0, " there"))
"""When its two words are there."""
STARTED = 100.0
NO_SUCH_RESPONSE = "Previous response with id '{}' not found."


def begun(memory: Memory, **fields: Any) -> str:
    """The id of a response that was begun in the background."""
    queued = memory.converse(REPLY, DUE, STARTED, background=True, **fields)
    assert queued["status"] == "queued"
    return str(queued["id"])


def kept(memory: Memory, asked: Request, context: Context) -> str:
    """The id under which the answer to a request is kept."""
    found = DIALECT.keep(REPLY, asked, context, DUE)
    assert found
    memory.kept |= [found]
    return found[0]


def polled(memory: Memory, name: str, since: float) -> Any:
    return memory.told("GET", f"/v1/responses/{name}", elapsed=STARTED + since)


def cancelled(memory: Memory, name: str, since: float) -> Any:
    return memory.told("POST", f"/v1/responses/{name}/cancel", elapsed=STARTED + since)


def resumed(memory: Memory, name: str, since: float, **query: str) -> list[tuple[float, JsonObject]]:
    """The events of a stream that is asked for again, each with the seconds until it is due."""
    stream = memory.ask("GET", f"/v1/responses/{name}", elapsed=STARTED + since, stream="true", **query)
    assert isinstance(stream, Stream), stream
    return [(due, orjson.loads(event.data)) for due, frame in stream.frames for event in read_events(frame)]


# ----------------------------------------------------------------------------------------------- polling


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (0.0, "queued"),
        (0.9, "queued"),
        (1.0, "in_progress"),
        (2.9, "in_progress"),
        (3.0, "completed"),
        (60.0, "completed"),
    ],
)
def test_a_response_gets_on_while_nobody_asks(since: float, status: str) -> None:
    memory = Memory()
    name = begun(memory)

    assert polled(memory, name, since)["status"] == status


def test_there_is_no_output_before_the_end() -> None:
    memory = Memory()
    name = begun(memory, metadata={"a": "b"})

    running, done = (polled(memory, name, since) for since in (2.0, 3.0))

    assert (running["output"], running["usage"], running["completed_at"]) == ([], None, None)
    assert (running["service_tier"], "billing" in running) == ("auto", False)
    assert done["output"][0]["content"][0]["text"] == "Hello there"
    assert {key: running[key] for key in ("id", "metadata", "created_at", "background")} == {
        key: done[key] for key in ("id", "metadata", "created_at", "background")
    }


def test_where_nothing_waits_the_first_poll_finds_it_done() -> None:
    memory = Memory()
    queued = memory.converse(REPLY, ((0.0, "Hello"), (0.0, " there")), STARTED, background=True)

    assert polled(memory, queued["id"], 0.0)["status"] == "completed"


def test_a_response_in_the_background_is_not_waited_for() -> None:
    assert request(background=True).detached
    assert not request(background=False).detached


# ---------------------------------------------------------------------------------------------- resuming


def test_a_stream_tells_at_once_what_is_due_and_the_rest_when_it_is_due() -> None:
    memory = Memory()
    name = begun(memory)

    stream = resumed(memory, name, 0.5)

    assert [(due, event["type"].removeprefix("response.")) for due, event in stream] == [
        (0.0, "created"),
        (0.0, "queued"),
        (0.5, "in_progress"),
        (0.5, "output_item.added"),
        (0.5, "content_part.added"),
        (0.5, "output_text.delta"),
        (2.5, "output_text.delta"),
        (2.5, "output_text.done"),
        (2.5, "content_part.done"),
        (2.5, "output_item.done"),
        (2.5, "completed"),
    ]


@pytest.mark.parametrize("since", [0.0, 2.0, 9.0])
@pytest.mark.parametrize("after", [0, 1, 6, 10])
def test_a_stream_is_resumed_with_the_numbers_it_had(since: float, after: int) -> None:
    memory = Memory()
    name = begun(memory)
    whole = [event for _, event in resumed(memory, name, 0.0)]

    rest = [event for _, event in resumed(memory, name, since, starting_after=str(after))]

    assert rest == whole[after + 1 :]
    assert [event["sequence_number"] for event in whole] == list(range(len(whole)))


def test_a_resumed_stream_is_cut_as_the_scenario_cut_it() -> None:
    memory = Memory()
    reply = Reply((Thinking("Hmm"), Text("Hello"), ToolCall("f", {"a": 1})), "tool_calls")
    due = [(float(at), piece) for at, piece in enumerate(["Hm", "m", "He", "l", "lo", '{"a"', ":1}"])]
    name = memory.converse(reply, due, STARTED, background=True)["id"]

    told = [event for _, event in resumed(memory, name, 99.0)]

    assert [event["delta"] for event in told if "delta" in event] == ["He", "l", "lo", '{"a"', ":1}"]


def test_a_stream_in_the_background_is_resumed_as_it_began() -> None:
    memory = Memory()
    context = memory.context(STARTED)
    asked = request(context, background=True, stream=True)
    encoder = ResponsesEncoder(asked, context)
    first = [frame for event in events(REPLY) for frame in encoder.encode(event)]
    name = kept(memory, asked, context)

    again = resumed(memory, name, 9.0)

    assert [event for _, event in again] == [
        orjson.loads(event.data) for frame in first for event in read_events(frame)
    ]


# -------------------------------------------------------------------------------------------- cancelling


def test_what_is_running_is_cancelled_once_and_stays_so() -> None:
    memory = Memory()
    name = begun(memory)

    first, again = cancelled(memory, name, 2.0), cancelled(memory, name, 60.0)

    assert first == again == polled(memory, name, 99.0)
    assert (first["status"], first["output"], first["completed_at"]) == ("cancelled", [], None)


def test_what_is_done_is_not_cancelled_any_more() -> None:
    memory = Memory()
    name = begun(memory)

    assert cancelled(memory, name, 3.0) == polled(memory, name, 3.0)
    assert polled(memory, name, 3.0)["status"] == "completed"


def test_a_response_that_was_waited_for_cannot_be_cancelled() -> None:
    memory = Memory()
    name = memory.converse(REPLY)["id"]

    assert memory.not_told("POST", f"/v1/responses/{name}/cancel") == Failure(
        "invalid_request", message="Cannot cancel a synchronous response."
    )


def test_the_stream_of_a_cancelled_response_ends_with_what_was_said_by_then() -> None:
    memory = Memory()
    name = begun(memory)
    cancelled(memory, name, 2.0)

    told = [event for _, event in resumed(memory, name, 9.0)]

    assert types(told)[-2:] == ["content_part.added", "output_text.delta"]
    assert told[-1]["delta"] == "Hello"


def test_a_resumed_stream_ends_when_its_response_is_cancelled_meanwhile() -> None:
    memory = Memory()
    name = begun(memory)
    stream = memory.ask("GET", f"/v1/responses/{name}", elapsed=STARTED, stream="true")
    assert isinstance(stream, Stream)

    frames = iter(stream.frames)
    told = [frame for _, frame in [next(frames) for _ in range(3)]]
    cancelled(memory, name, 0.5)

    assert [frame for _, frame in frames] == []
    assert len(stream.frames) == len(stream.frames[:]) > len(told)
    assert (b"response.created" in told[0], b"response.queued" in told[1], told[2]) == (True, True, b"")


def test_a_stream_ends_when_its_response_is_cancelled_meanwhile() -> None:
    memory = Memory()
    context = memory.context(STARTED)
    asked = request(context, background=True, stream=True)
    encoder = ResponsesEncoder(asked, context)
    name = kept(memory, asked, context)

    def encoded(event: Event) -> list[bytes]:
        return list(encoder.encode(event))

    begin, *others = events(REPLY)
    assert isinstance(begin, Begin)
    assert len(encoded(begin)) == 2
    cancelled(memory, name, 2.0)

    assert any(isinstance(event, Delta) for event in others)
    assert [frame for event in others for frame in encoded(event)] == []


# ---------------------------------------------------------------------------------------------- going on


@pytest.mark.parametrize("since", [0.0, 2.0])
def test_what_is_still_running_cannot_be_gone_on_from(since: float) -> None:
    memory = Memory()
    name = begun(memory)

    failure = refused(memory.context(STARTED + since), previous_response_id=name)

    assert (failure.message, failure.code) == (
        NO_SUCH_RESPONSE.format(name),
        "previous_response_not_found",
    )


def test_what_is_done_can_be_gone_on_from() -> None:
    memory = Memory()
    name = begun(memory)

    found = request(memory.context(STARTED + 3), previous_response_id=name, input="And?")

    assert [message.text for message in found.messages] == ["Hi", "Hello there", "And?"]


def test_what_was_cancelled_cannot_be_gone_on_from() -> None:
    memory = Memory()
    name = begun(memory)
    cancelled(memory, name, 1.0)

    assert refused(memory.context(STARTED + 9), previous_response_id=name).code == (
        "previous_response_not_found"
    )


def test_what_is_not_stored_can_be_polled_but_not_gone_on_from() -> None:
    memory = Memory()
    name = begun(memory, store=False)

    assert polled(memory, name, 3.0)["status"] == "completed"
    assert refused(memory.context(STARTED + 3), previous_response_id=name).code == (
        "previous_response_not_found"
    )
