"""A recorded answer of the Responses API as a reply."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import answer, frames, rendered

from mockserver.conversation import (
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
from mockserver.protocols.openai.responses import DIALECT

EVENT_STREAM = "text/event-stream; charset=utf-8"
OPTIONS: dict[str, Any] = {
    "store": False,
    "reasoning": {"summary": "auto"},
    "tools": [{"type": "custom", "name": "run"}],
}


def decoded(response: JsonObject) -> Reply:
    return DIALECT.decode(answer(orjson.dumps(response)))


def decoded_stream(*events: JsonObject) -> Reply:
    body = b"".join(b"data: " + orjson.dumps(event) + b"\n\n" for event in events)
    return DIALECT.decode(answer(body, EVENT_STREAM))


def completed(*output: JsonObject, **members: Any) -> JsonObject:
    return {"object": "response", "status": "completed", "output": list(output), **members}


def message(*content: JsonObject) -> JsonObject:
    return {"type": "message", "role": "assistant", "content": list(content)}


# ------------------------------------------------------------------------------------------ own answers


@pytest.mark.parametrize(
    "reply",
    [
        Reply((Text("Hello"),), "stop", Usage(input=8, output=3, cached=2, cache_write=1, thinking=1)),
        Reply((Text("One"), Text("Two"))),
        Reply((Refusal("No"),), "refusal"),
        Reply((Thinking("Hm", "c2ln"), Text("Hi"))),
        Reply(
            (Text("See"), ToolCall("f", {"a": [1, None]}, "call_1"), ToolCall("g", {}, "call_2")),
            "tool_calls",
        ),
        Reply((ToolCall("f", '{"a', "call_1"),), "length"),
        Reply((ToolCall("run", "ls", "call_1"),), "tool_calls"),
        Reply((Image("image/webp", "aGk="),)),
        Reply((Text("Hel"),), "content_filter"),
        Reply((Text("Hel"),), NativeFinish("steered")),
        Reply((Native({"openai.responses": {"type": "web_search_call", "id": "ws_1"}}), Text("Hi"))),
        Reply(()),
    ],
    ids=repr,
)
def test_an_answer_tells_the_reply_it_was_made_of(reply: Reply) -> None:
    assert decoded(rendered(reply, **OPTIONS)) == reply
    assert DIALECT.decode(answer(frames(reply, **OPTIONS), EVENT_STREAM)) == reply


# ----------------------------------------------------------------------------------------- real traffic


def test_a_terminal_event_without_output_is_told_by_the_finished_items() -> None:
    reply = decoded_stream(
        {"type": "response.created", "response": {"id": "resp_1"}},
        {
            "type": "response.output_item.done",
            "output_index": 1,
            "item": message({"type": "output_text", "text": "B"}),
        },
        {
            "type": "response.output_item.done",
            "output_index": 0,
            "item": message({"type": "output_text", "text": "A"}),
        },
        {"type": "response.completed", "response": completed()},
    )

    assert reply.text == "AB"


def test_what_is_unknown_is_passed_over() -> None:
    body = (
        b": keep-alive\n\n"
        b'event: keepalive\ndata: {"type":"keepalive","sequence_number":3}\n\n'
        b"data: "
        + orjson.dumps(
            {"type": "response.completed", "response": completed(message({"text": "Hi", "x": 1}), y=2)}
        )
        + b"\n\ndata: [DONE]\n\n"
    )

    assert DIALECT.decode(answer(body, EVENT_STREAM)).text == "Hi"


def test_content_and_usage_in_the_words_of_a_gateway_are_understood() -> None:
    usage = {
        "prompt_tokens": 8,
        "completion_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1},
    }
    item = {"type": "message", "role": "assistant", "content": "Hi"}

    assert decoded(completed(item, usage=usage)) == Reply(
        (Text("Hi"),), usage=Usage(input=8, output=3, cached=2, thinking=1)
    )


def test_several_summaries_are_one_thought() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [{"text": "A"}, {"text": "B"}]}

    assert decoded(completed(item)).parts == (Thinking("A\n\nB"),)


def test_reasoning_of_an_open_model_is_its_content() -> None:
    item = {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm"}]}

    assert decoded(completed(item)).parts == (Thinking("Hm"),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"error":{"message":"x"}}',
        b'{"status":"failed","output":[],"error":{"code":"server_error"}}',
        b'{"status":"in_progress","output":[]}',
        b'{"status":"completed","output":null}',
    ],
)
def test_what_is_no_finished_response_is_no_reply(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        DIALECT.decode(answer(body))


def test_an_error_is_no_reply() -> None:
    with pytest.raises(ValueError, match="status 429"):
        DIALECT.decode(answer(b"{}", status=429))


def test_a_stream_that_was_cut_is_no_reply() -> None:
    cut = frames(Reply((Text("Hello"),))).rpartition(b"event: ")[0]

    with pytest.raises(ValueError, match="no terminal event"):
        DIALECT.decode(answer(cut, EVENT_STREAM))


def test_a_stream_that_failed_is_no_reply() -> None:
    with pytest.raises(ValueError, match="'failed'"):
        decoded_stream({"type": "response.failed", "response": {"status": "failed", "output": []}})
