"""Responses in the background, and stored responses told once more as a stream."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import Memory, request, streamed, types

from mockserver.conversation import (
    Failure,
    Http,
    Image,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.events import events
from mockserver.protocols.base import Answer, Stream, header_lookup
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.openai.responses.stored import retrieve
from mockserver.protocols.sse import read_events

REPLY = Reply((Thinking("Hm"), Text("Hello there"), ToolCall("f", {"a": 1})), "tool_calls")


def asked_again(memory: Memory, name: str, **query: str) -> Answer | Stream | Failure:
    http = Http("GET", f"/v1/responses/{name}", query=query, params={"response_id": name})
    return retrieve(http, memory.context())


def replayed(memory: Memory, name: str, **query: str) -> bytes:
    stream = asked_again(memory, name, stream="true", **query)
    assert isinstance(stream, Stream), stream
    assert header_lookup(stream.headers)["content-type"] == "text/event-stream; charset=utf-8"
    assert {due for due, _ in stream.frames} <= {0.0}
    return b"".join(frame for _, frame in stream.frames)


def told(memory: Memory, reply: Reply = REPLY, **fields: Any) -> tuple[str, bytes]:
    """The id and the stream of a response that the memory keeps."""
    context = memory.context()
    asked = request(context, stream=True, **fields)
    kept = DIALECT.keep(reply, asked, context)
    assert kept
    memory.kept |= [kept]
    encoder = DIALECT.encoder(asked, context)
    return kept[0], b"".join(frame for event in events(reply) for frame in encoder.encode(event))


def numbers(stream: bytes) -> list[int]:
    return [orjson.loads(event.data)["sequence_number"] for event in read_events(stream)]


@pytest.mark.parametrize("fields", [{}, {"background": True}, {"reasoning": {"summary": "auto"}}])
def test_a_replay_is_the_stream_that_was(fields: dict[str, Any]) -> None:
    memory = Memory()
    name, stream = told(memory, **fields)

    assert replayed(memory, name) == stream


@pytest.mark.parametrize(
    "reply",
    [
        Reply((), usage=Usage(8, 3, 2, 1, 1)),
        Reply((Text("Hel"),), "length"),
        Reply((Text("Hel"),), NativeFinish("failed"), Usage(8, 3)),
        Reply((Refusal("No."), Image("image/png", "aGk="), Thinking("x", redacted=True))),
        Reply((ToolCall("shell", "ls -l"), ToolCall("f", "{", "call_1"))),
        Reply((Native({"openai": {"type": "web_search_call", "status": "completed"}}), Text("Found."))),
    ],
)
def test_every_reply_is_replayed_as_it_was_told(reply: Reply) -> None:
    memory = Memory()
    name, stream = told(memory, reply, tools=[{"type": "custom", "name": "shell"}], model="gpt-4o")

    assert replayed(memory, name) == stream


def test_what_is_kept_beside_the_messages_is_plain_json() -> None:
    memory = Memory()
    name, _ = told(memory)

    native = memory.kept[name].native

    assert orjson.loads(orjson.dumps(native, option=orjson.OPT_PASSTHROUGH_DATACLASS)) == native


def test_a_replay_goes_on_after_the_event_that_came_last() -> None:
    memory = Memory()
    name, stream = told(memory)

    rest = replayed(memory, name, starting_after="4")

    assert stream.endswith(rest)
    assert numbers(rest) == numbers(stream)[5:]


def test_after_the_last_event_there_is_nothing_to_replay() -> None:
    memory = Memory()
    name, _ = told(memory)

    assert replayed(memory, name, starting_after="1000") == b""


def test_a_replay_can_do_without_padding() -> None:
    memory = Memory()
    name, _ = told(memory)

    assert b"obfuscation" in replayed(memory, name)
    assert b"obfuscation" not in replayed(memory, name, include_obfuscation="false")


@pytest.mark.parametrize("query", [{"starting_after": "x"}, {"starting_after": "-1"}, {"stream": "perhaps"}])
def test_a_wrong_query_is_refused(query: dict[str, str]) -> None:
    memory = Memory()
    name, _ = told(memory)

    failure = asked_again(memory, name, **query)

    assert isinstance(failure, Failure)
    assert failure.param == next(iter(query))


def test_a_wrong_query_is_only_noted_where_nothing_is_refused() -> None:
    memory = Memory("off")
    name, _ = told(memory)

    answer = asked_again(memory, name, stream="true", starting_after="-1")

    assert isinstance(answer, Stream)
    assert [found.pointer for found in answer.findings] == ["/starting_after"]


# ------------------------------------------------------------------------------------------- background


def test_a_response_in_the_background_is_queued_and_done_when_asked_for() -> None:
    memory = Memory()

    queued = memory.converse(REPLY, background=True)
    done = asked_again(memory, queued["id"])

    assert (queued["status"], queued["output"], queued["usage"]) == ("queued", [], None)
    assert (queued["completed_at"], queued["service_tier"], "billing" in queued) == (None, "auto", False)
    assert isinstance(done, Answer)
    completed: JsonObject = orjson.loads(done.body)
    assert (completed["id"], completed["status"]) == (queued["id"], "completed")
    assert len(completed["output"]) == len(REPLY.parts)


def test_a_response_in_the_background_is_kept_until_it_is_asked_for() -> None:
    memory = Memory()

    queued = memory.converse(REPLY, background=True, store=False)

    assert isinstance(asked_again(memory, queued["id"]), Answer)


def test_a_stream_in_the_background_waits_in_a_queue_first() -> None:
    stream = streamed(REPLY, background=True)

    assert types(stream)[:4] == ["created", "queued", "in_progress", "output_item.added"]
    assert [event["response"]["status"] for event in stream[:3]] == ["queued", "queued", "in_progress"]
    assert stream[-1]["response"]["status"] == "completed"
