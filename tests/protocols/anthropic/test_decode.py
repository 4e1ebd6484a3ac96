"""A recorded answer as the reply it tells."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.anthropic.messages_wire import CONTEXT, request, streamed

from mockserver.conversation import (
    FINISHES,
    Finish,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.base import Answer

SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [{"url": "u"}]}
CITED = {"type": "text", "text": "Blue.", "citations": [{"type": "char_location", "cited_text": "b"}]}
COMPACTION = {"type": "compaction", "content": "So far.", "encrypted_content": None}
NATIVES = [SEARCH, SEARCH | {"input": {}}, RESULT, CITED, COMPACTION, {"type": "some_day", "input": 1}]


def json_answer(**fields: Any) -> Answer:
    message = {"type": "message", "role": "assistant", "content": [], "stop_reason": "end_turn", **fields}
    return Answer(200, (), orjson.dumps(message))


def stream_answer(*events: Any) -> Answer:
    frames = (f"event: {event.get('type')}\ndata: {orjson.dumps(event).decode()}\n\n" for event in events)
    return Answer(200, (), "".join(frames).encode())


START = {
    "type": "message_start",
    "message": {"type": "message", "usage": {"input_tokens": 9, "output_tokens": 1}},
}
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}}
STOP = {"type": "message_stop"}


# ------------------------------------------------------------------------------------- both forms, one reply

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words, lambda inner: st.lists(inner, max_size=2)
)
parts = st.one_of(
    words.map(Text),
    st.builds(Thinking, words, st.none() | st.just("c2ln")),
    words.map(lambda data: Thinking(data, redacted=True)),
    st.builds(ToolCall, st.just("f"), st.dictionaries(words, values, max_size=3) | words, st.just("toolu_1")),
    words.map(Refusal),
    st.sampled_from(NATIVES).map(lambda block: Native({"anthropic": block})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=5).map(tuple),
    finish=st.sampled_from([*FINISHES, NativeFinish("model_context_window_exceeded")]),
    usage=st.builds(Usage, st.integers(40, 99), *[st.integers(0, 20)] * 4),
    stop_sequence=st.just("END"),
)


@given(reply=replies, size=st.sampled_from([1, 3, 100]))
@settings(deadline=None)
def test_stream_and_json_of_a_reply_tell_the_same(reply: Reply, size: int) -> None:
    whole = MESSAGES.render(reply, request(), CONTEXT)
    stream = streamed(reply, lambda text: [text[at : at + size] for at in range(0, len(text), size)])

    assert MESSAGES.decode(stream) == MESSAGES.decode(whole)


@pytest.mark.parametrize("block", NATIVES, ids=lambda block: block["type"])
def test_a_native_block_comes_back_as_it_was(block: Any) -> None:
    reply = Reply((Native({"anthropic": block}),))

    assert MESSAGES.decode(streamed(reply)) == reply


def test_a_whole_reply_comes_back_as_it_was() -> None:
    reply = Reply(
        (Thinking("Hm.", "c2ln"), Text("I look."), ToolCall("f", {"a": [1, None]}, "toolu_1")),
        "tool_calls",
        Usage(input=30, output=20, cached=10, cache_write=5, thinking=3),
    )

    assert MESSAGES.decode(MESSAGES.render(reply, request(), CONTEXT)) == reply


@pytest.mark.parametrize("finish", sorted(set(FINISHES) - {"content_filter"}))
def test_a_finish_comes_back_as_it_was(finish: Finish) -> None:
    reply = Reply((Text("Hi"),), finish)

    assert MESSAGES.decode(streamed(reply)) == reply


def test_a_refusal_comes_back_as_a_refusal() -> None:
    reply = Reply((Text("Well. "), Refusal("I can't.")), "refusal")

    assert MESSAGES.decode(MESSAGES.render(reply, request(), CONTEXT)) == reply


# --------------------------------------------------------------------------------------- recorded traffic


def test_unknown_members_blocks_and_events_are_tolerated() -> None:
    answer = stream_answer(
        {"type": "ping"},
        START,
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Hel"}},
        {"type": "some_day", "index": 0},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}, "p": 1},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "some_day_delta"}},
        {"type": "content_block_delta", "index": 7, "delta": {"type": "text_delta", "text": "lost"}},
        {"type": "content_block_stop", "index": 0},
        END,
        STOP,
    )

    assert MESSAGES.decode(answer) == Reply((Text("Hello"),), usage=Usage(input=9, output=4))


def test_what_is_no_json_in_a_stream_is_passed_over() -> None:
    body = stream_answer(START, END, STOP).body + b"data: [DONE]\n\n: comment\n\n"

    assert MESSAGES.decode(Answer(200, (), body)).usage == Usage(input=9, output=4)


def test_a_stream_of_crlf_lines_and_padded_json_is_read() -> None:
    body = stream_answer(START, END, STOP).body.replace(b"}\n", b"       }\n").replace(b"\n", b"\r\n")

    assert MESSAGES.decode(Answer(200, (), body.replace(b"       }", b"}      "))).finish == "stop"


def test_null_counts_at_the_end_leave_those_of_the_start() -> None:
    end = END | {"usage": {"input_tokens": None, "output_tokens": 4}}

    assert MESSAGES.decode(stream_answer(START, end, STOP)).usage == Usage(input=9, output=4)


def test_an_older_message_without_the_newer_members_is_read() -> None:
    answer = json_answer(
        content=[{"type": "tool_use", "id": "t", "name": "f", "input": {}}], stop_reason="tool_use"
    )

    assert MESSAGES.decode(answer) == Reply((ToolCall("f", {}, "t"),), "tool_calls")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json_answer(type="error"), "no message object"),
        (json_answer(stop_reason=None), "no `stop_reason`"),
        (stream_answer(START), "no `stop_reason`"),
        (stream_answer(END, STOP), "no message object"),
        (stream_answer(START, {"type": "error", "error": {"type": "overloaded_error"}}), "overloaded_error"),
        (Answer(200, (), b""), "no message object"),
        (Answer(200, (), b"{"), "unexpected end|expected"),
        (Answer(200, (), b"\xff"), "no message object"),
    ],
)
def test_what_tells_no_whole_reply_is_an_error(answer: Answer, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        MESSAGES.decode(answer)


@given(
    content=st.lists(st.dictionaries(st.sampled_from(["type", "text", "input", "id", "data"]), values))
    | values
)
@settings(deadline=None)
def test_no_content_of_a_recording_breaks_the_decoder(content: Any) -> None:
    assert MESSAGES.decode(json_answer(content=content)).finish == "stop"
