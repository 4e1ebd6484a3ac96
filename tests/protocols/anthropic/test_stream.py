"""A reply as the frames of a stream."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import (
    CONTEXT,
    body_of,
    event_list,
    post,
    rendered,
    request,
    streamed,
)

from mockserver.conversation import (
    Failure,
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.events import Delta, PartBegin
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.headers import request_id

SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
CITATION = {"type": "char_location", "cited_text": "blue"}
CITED = {"type": "text", "text": "The sky is blue.", "citations": [CITATION]}

USAGE = Usage(input=30, output=6, cached=10, cache_write=12, thinking=2)


def blocks(*parts: ReplyPart, **fields: Any) -> list[Any]:
    """The events of the blocks, without what comes before and after."""
    return event_list(Reply(parts), **fields)[1:-2]


def deltas(*parts: ReplyPart, **fields: Any) -> list[Any]:
    return [event["delta"] for event in blocks(*parts, **fields) if event["type"] == "content_block_delta"]


def start(index: int, block: Any) -> Any:
    return {"type": "content_block_start", "index": index, "content_block": block}


def stop(index: int) -> Any:
    return {"type": "content_block_stop", "index": index}


def test_the_bytes_of_a_stream() -> None:
    reply = Reply((Text("Hi there"),), usage=USAGE)

    expected = (
        b"event: message_start\n"
        b'data: {"type":"message_start","message":{"model":"claude-opus-5-5",'
        b'"id":"msg_01sAuhivvXjwP9Q4qWN1mAeg","type":"message","role":"assistant","content":[],'
        b'"stop_reason":null,"stop_sequence":null,"stop_details":null,'
        b'"usage":{"input_tokens":8,"cache_creation_input_tokens":12,"cache_read_input_tokens":10,'
        b'"cache_creation":{"ephemeral_5m_input_tokens":12,"ephemeral_1h_input_tokens":0},'
        b'"output_tokens":1,"service_tier":"standard","inference_geo":"global"}}}\n\n'
        b"event: content_block_start\n"
        b'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
        b"event: ping\n"
        b'data: {"type": "ping"}\n\n'
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n'
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}}\n\n'
        b"event: content_block_stop\n"
        b'data: {"type":"content_block_stop","index":0}\n\n'
        b"event: message_delta\n"
        b'data: {"type":"message_delta",'
        b'"delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null},'
        b'"usage":{"input_tokens":8,"cache_creation_input_tokens":12,"cache_read_input_tokens":10,'
        b'"output_tokens":6,"output_tokens_details":{"thinking_tokens":2}}}\n\n'
        b"event: message_stop\n"
        b'data: {"type":"message_stop"}\n\n'
    )
    assert streamed(reply).body == expected


def test_the_headers_are_those_of_a_stream_and_of_a_success() -> None:
    headers = dict(streamed(Reply(())).headers)

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["request-id"].startswith("req_01")
    assert "anthropic-ratelimit-requests-limit" in headers


def test_there_is_one_ping_behind_the_first_block_opened() -> None:
    lines = streamed(Reply((Text("a"), Text("b")))).body.decode().splitlines()

    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert events[:3] == ["message_start", "content_block_start", "ping"]
    assert events.count("ping") == 1


def test_thinking_ends_with_its_signature_once() -> None:
    assert blocks(Thinking("Hm. So.", "c2ln")) == [
        start(0, {"type": "thinking", "thinking": "", "signature": ""}),
        *[
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "thinking_delta", "thinking": piece},
            }
            for piece in ("Hm", ".", " So", ".")
        ],
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "signature_delta", "signature": "c2ln"},
        },
        stop(0),
    ]


def test_thinking_has_a_place_for_the_count_that_a_beta_asks_for() -> None:
    http = post(body_of(stream=True), anthropic_beta="thinking-token-count-2026-05-13")
    asked = MESSAGES.read(http, CONTEXT)
    assert isinstance(asked, Request)
    part = Thinking("Hm.", "c2ln")
    encoder = MESSAGES.encoder(asked, CONTEXT)
    list(encoder.encode(PartBegin(0, part)))

    (frame,) = encoder.encode(Delta(0, part, "Hm"))

    assert b'"delta":{"type":"thinking_delta","thinking":"Hm","estimated_tokens":null}' in frame


def test_omitted_thinking_streams_its_signature_alone() -> None:
    found = deltas(Thinking("Hm.", "c2ln"), thinking={"type": "adaptive", "display": "omitted"})

    assert found == [{"type": "signature_delta", "signature": "c2ln"}]


def test_redacted_thinking_is_whole_in_its_start() -> None:
    block = {"type": "redacted_thinking", "data": "b3BhcXVl"}

    assert blocks(Thinking("b3BhcXVl", redacted=True)) == [start(0, block), stop(0)]


def test_a_call_opens_with_an_empty_input_and_an_empty_piece() -> None:
    found = blocks(ToolCall("f", {"a": 1}, "toolu_1"))

    head = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}, "caller": {"type": "direct"}}
    assert found[0] == start(0, head)
    pieces = [event["delta"]["partial_json"] for event in found[1:-1]]
    assert pieces[0] == ""
    assert "".join(pieces) == '{"a":1}'


def test_a_call_without_arguments_stays_with_the_empty_piece() -> None:
    assert deltas(ToolCall("f", {})) == [{"type": "input_json_delta", "partial_json": ""}]


@pytest.mark.parametrize("text", ['{"a": ', '{"a":  1}', "{}", "no json"])
def test_scripted_argument_text_is_streamed_as_it_is(text: str) -> None:
    assert "".join(delta["partial_json"] for delta in deltas(ToolCall("f", text))) == text


@pytest.mark.parametrize("part", [Image("image/png", "aGk="), Refusal("[image/png image]")])
def test_what_has_no_block_of_its_own_is_streamed_as_text(part: ReplyPart) -> None:
    assert "".join(delta["text"] for delta in deltas(part)) == "[image/png image]"


# ---------------------------------------------------------------------------------------- native blocks


def test_a_server_tools_call_streams_its_input() -> None:
    assert blocks(Native({"anthropic": SEARCH}))[0] == start(0, SEARCH | {"input": {}})
    assert deltas(Native({"anthropic": SEARCH})) == [
        {"type": "input_json_delta", "partial_json": ""},
        {"type": "input_json_delta", "partial_json": '{"query":"x"}'},
    ]


def test_a_server_tools_result_is_whole_in_its_start() -> None:
    assert blocks(Native({"anthropic": RESULT})) == [start(0, RESULT), stop(0)]


def test_citations_come_before_the_text_they_are_for() -> None:
    assert blocks(Native({"anthropic": CITED}))[0] == start(0, {"type": "text", "text": "", "citations": []})
    assert deltas(Native({"anthropic": CITED})) == [
        {"type": "citations_delta", "citation": CITATION},
        {"type": "text_delta", "text": "The sky is blue."},
    ]


def test_a_compaction_comes_in_one_piece() -> None:
    found = blocks(Native({"anthropic": {"type": "compaction", "content": "So far."}}))

    assert found[0] == start(0, {"type": "compaction", "content": None})
    assert found[1]["delta"] == {"type": "compaction_delta", "content": "So far."}


# ---------------------------------------------------------------------------------------------- grammar


def test_indexes_have_no_gaps_where_parts_are_left_out() -> None:
    parts = (Text(""), Text("a"), Native({"gemini": {}}), ToolCall("f", {}), Text("b"))

    found = blocks(*parts)

    opened = [event["index"] for event in found if event["type"] == "content_block_start"]
    closed = [event["index"] for event in found if event["type"] == "content_block_stop"]
    assert opened == closed == [0, 1, 2]


def test_nothing_said_streams_no_block() -> None:
    assert blocks(Text(""), Text("a")) == blocks(Text("a"))


def test_a_limit_of_no_tokens_streams_no_block() -> None:
    events = event_list(Reply((Text("Hi"),), usage=Usage(input=5, output=3)), max_tokens=0)

    assert [event["type"] for event in events] == ["message_start", "message_delta", "message_stop"]
    assert events[0]["message"]["usage"]["output_tokens"] == 0
    assert events[1]["delta"]["stop_reason"] == "max_tokens"


def test_the_end_tells_a_refusal_with_its_details() -> None:
    end = event_list(Reply((Refusal("No."),), "refusal"))[-2]

    assert end["delta"]["stop_details"] == {"type": "refusal", "category": None, "explanation": "No."}


def test_the_end_tells_what_was_edited_out_of_the_context() -> None:
    events = event_list(Reply((Text("Hi"),)), context_management={"edits": []})

    assert events[-2]["context_management"] == {"applied_edits": []}
    assert "context_management" not in events[0]["message"]


def test_the_start_tells_the_diagnosis() -> None:
    events = event_list(Reply((Text("Hi"),)), diagnostics={"previous_message_id": None})

    assert events[0]["message"]["diagnostics"] is None


def test_a_stream_and_a_whole_answer_have_the_same_ids() -> None:
    reply = Reply((Thinking("Hm."), ToolCall("f", {})))

    whole, events = rendered(reply), event_list(reply)

    assert events[0]["message"]["id"] == whole["id"]
    started = [event["content_block"] for event in events if event["type"] == "content_block_start"]
    assert started[1]["id"] == whole["content"][1]["id"]


# ---------------------------------------------------------------------------------------------- failures


def test_a_stream_in_which_something_failed_ends_with_an_error_event() -> None:
    encoder = MESSAGES.encoder(request(stream=True), CONTEXT)

    frames = list(encoder.fail(Failure("overloaded")))

    expected = (
        b"event: error\n"
        b'data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},'
        b'"request_id":"' + request_id(CONTEXT).encode() + b'"}\n\n'
    )
    assert frames == [expected]


def test_the_error_event_says_what_the_failure_says() -> None:
    encoder = MESSAGES.encoder(request(stream=True), CONTEXT)

    (frame,) = encoder.fail(Failure("server_error", message="Gone.", code="gone", status=503))

    assert b'"error":{"type":"api_error","message":"Gone.","details":{"error_code":"gone"}}' in frame
