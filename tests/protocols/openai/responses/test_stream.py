"""A reply as the events of a streamed response."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import (
    CONTEXT,
    CUSTOM,
    frames,
    of_type,
    rendered,
    request,
    streamed,
    types,
)

from mockserver.conversation import (
    Image,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import header_lookup
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.sse import read_events

SUMMARY: dict[str, Any] = {"reasoning": {"summary": "auto"}}
IMAGES = {"type": "image_generation", "partial_images": 2}
ADDED = "response.output_item.added"
GOLDEN = Path(__file__).parent / "golden"

EVERYTHING = Reply(
    (
        Thinking("I look it up."),
        Text("Hello, wörld."),
        Refusal("Not that."),
        ToolCall("get_weather", {"city": "Paris"}, "call_1"),
        ToolCall("get_time", {}, "call_2"),
        ToolCall("run", "ls", "call_3"),
        Image("image/png", "aGk="),
        Native({"openai": {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {}}}),
    ),
    usage=Usage(input=8, output=21, thinking=4),
)
EVERY_OPTION: dict[str, Any] = {**SUMMARY, "tools": [CUSTOM, IMAGES], "store": False}


def stream_of(*parts: ReplyPart, **fields: Any) -> list[str]:
    """The types of the events that lie between the start and the end of the life cycle."""
    found = types(streamed(Reply(parts), **fields))
    assert found[:2] == ["created", "in_progress"]
    assert found[-1] == "completed"
    return found[2:-1]


# ------------------------------------------------------------------------------------------ the sequence


@pytest.mark.parametrize(
    ("name", "reply", "fields"),
    [
        ("text", Reply((Text("Hello there"),), usage=Usage(input=8, output=2)), {}),
        ("everything", EVERYTHING, EVERY_OPTION),
        ("incomplete", Reply((Thinking("Hm"), Text("Hel")), "length", Usage(8, 2)), SUMMARY),
    ],
)
def test_the_bytes_of_a_stream_are_those_that_were_reviewed(
    name: str, reply: Reply, fields: dict[str, Any]
) -> None:
    expected = (GOLDEN / f"{name}.sse").read_bytes()

    assert expected == frames(reply, **fields)


def test_a_text_comes_as_one_message() -> None:
    assert stream_of(Text("Hello there")) == [
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
    ]


def test_a_refusal_has_events_of_its_own() -> None:
    assert stream_of(Refusal("No")) == [
        "output_item.added",
        "content_part.added",
        "refusal.delta",
        "refusal.done",
        "content_part.done",
        "output_item.done",
    ]


def test_texts_in_a_row_are_contents_of_one_message() -> None:
    assert stream_of(Text("One"), Text("Two")) == [
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
    ]


def test_a_tool_call_streams_its_arguments() -> None:
    assert stream_of(ToolCall("f", {})) == [
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
    ]


def test_a_custom_tool_streams_its_input() -> None:
    assert stream_of(ToolCall("run", "ls"), tools=[CUSTOM]) == [
        "output_item.added",
        "custom_tool_call_input.delta",
        "custom_tool_call_input.done",
        "output_item.done",
    ]


def test_reasoning_without_a_summary_is_an_item_and_nothing_else() -> None:
    assert stream_of(Thinking("Hm")) == ["output_item.added", "output_item.done"]


def test_a_reasoning_summary_is_streamed_when_asked_for() -> None:
    assert stream_of(Thinking("Hm"), **SUMMARY) == [
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
    ]


def test_an_image_is_generated_with_as_many_previews_as_asked_for() -> None:
    assert stream_of(Image("image/png", "aGk="), tools=[IMAGES]) == [
        "output_item.added",
        "image_generation_call.in_progress",
        "image_generation_call.generating",
        "image_generation_call.partial_image",
        "image_generation_call.partial_image",
        "image_generation_call.completed",
        "output_item.done",
    ]


@pytest.mark.parametrize(
    ("kind", "stages"),
    [
        ("web_search_call", ["in_progress", "searching", "completed"]),
        ("file_search_call", ["in_progress", "searching", "completed"]),
        ("mcp_list_tools", ["in_progress", "completed"]),
        ("compaction", []),
    ],
)
def test_a_native_item_is_announced_reported_on_and_done(kind: str, stages: list[str]) -> None:
    item = {"id": "x_1", "type": kind}

    assert stream_of(Native({"openai.responses": item})) == [
        "output_item.added",
        *(f"{kind}.{stage}" for stage in stages),
        "output_item.done",
    ]


def test_a_part_that_is_left_out_leaves_no_event() -> None:
    assert stream_of(Native({"gemini": {}}), Text("Hi"), Native({"openai": {}})) == stream_of(Text("Hi"))


def test_an_empty_reply_is_a_life_cycle_without_items() -> None:
    assert stream_of() == []


def test_one_item_is_done_before_the_next_is_added() -> None:
    found = [event for event in stream_of(*EVERYTHING.parts, **EVERY_OPTION) if "output_item" in event]

    assert found == ["output_item.added", "output_item.done"] * 7


# --------------------------------------------------------------------------------------- every event


def test_every_event_is_named_by_its_type_and_numbered_from_zero() -> None:
    found = list(read_events(frames(EVERYTHING, **EVERY_OPTION)))
    data = [orjson.loads(event.data) for event in found]

    assert [event["type"] for event in data] == [event.event for event in found]
    assert [event["sequence_number"] for event in data] == list(range(len(found)))


def test_the_terminal_event_ends_the_stream_without_a_done_mark() -> None:
    found = frames(Reply((Text("Hi"),)))

    assert b"[DONE]" not in found
    assert found.rpartition(b"event: ")[2].startswith(b"response.completed\n")


def test_members_stand_type_first_and_then_by_name() -> None:
    for event in streamed(EVERYTHING, **EVERY_OPTION):
        names = list(event)

        assert names == ["type", *sorted(names[1:])]


def test_every_event_in_an_item_says_which_one() -> None:
    events = streamed(EVERYTHING, **EVERY_OPTION)
    output = events[-1]["response"]["output"]

    inside = [event for event in events if "item_id" in event]

    assert len(inside) > 20
    for event in inside:
        assert output[event["output_index"]]["id"] == event["item_id"]


def test_what_is_done_is_what_the_terminal_event_and_the_json_tell() -> None:
    events = streamed(EVERYTHING, **EVERY_OPTION)

    done = [event["item"] for event in of_type(events, "response.output_item.done")]

    assert done == events[-1]["response"]["output"]
    assert events[-1]["response"] == rendered(EVERYTHING, **EVERY_OPTION)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_deltas_make_up_what_is_done(size: int) -> None:
    events = streamed(
        EVERYTHING,
        lambda text: [text[at : at + size] for at in range(0, len(text), size)],
        **EVERY_OPTION,
    )
    position = ("output_index", "content_index", "summary_index")

    joined: dict[tuple[Any, ...], str] = {}
    for event in events:
        if "delta" in event:
            place = tuple(event.get(name) for name in position)
            joined[place] = joined.get(place, "") + event["delta"]
    done = {
        tuple(event.get(name) for name in position): event[member]
        for event in events
        for member in ("text", "refusal", "arguments", "input")
        if event["type"].endswith(".done") and member in event
    }

    assert len(done) == 6
    assert joined == done


@pytest.mark.parametrize("kind", ["response.created", "response.in_progress"])
def test_what_has_only_started_has_no_output_no_usage_and_the_tier_auto(kind: str) -> None:
    [event] = of_type(streamed(Reply((Text("Hi"),))), kind)
    response = event["response"]

    assert (response["status"], response["service_tier"]) == ("in_progress", "auto")
    assert (response["output"], response["usage"], response["completed_at"]) == ([], None, None)
    assert "billing" not in response


def test_an_announced_item_is_in_progress_and_empty() -> None:
    added = [event["item"] for event in of_type(streamed(EVERYTHING, **EVERY_OPTION), ADDED)]

    reasoning, message, call, _, custom, image, search = added
    assert (reasoning["summary"], "status" in reasoning) == ([], False)
    assert (message["content"], message["status"]) == ([], "in_progress")
    assert (call["arguments"], call["name"], call["call_id"]) == ("", "get_weather", "call_1")
    assert (custom["input"], custom["status"]) == ("", "in_progress")
    assert (image["result"], image["status"]) == (None, "in_progress")
    assert "action" not in search


def test_encrypted_reasoning_differs_between_its_first_and_its_last_event() -> None:
    events = streamed(Reply((Thinking("Hm"),)), store=False)
    [added] = of_type(events, ADDED)
    [done] = of_type(events, "response.output_item.done")

    assert added["item"]["encrypted_content"] != done["item"]["encrypted_content"]
    assert added["item"]["id"] == done["item"]["id"]


# ------------------------------------------------------------------------------------------ obfuscation


def deltas(**fields: Any) -> list[JsonObject]:
    return [event for event in streamed(EVERYTHING, **fields) if event["type"].endswith(".delta")]


def test_obfuscation_brings_every_delta_to_a_multiple_of_sixteen() -> None:
    found = deltas(**EVERY_OPTION)

    assert {(len(event["delta"]) + len(event["obfuscation"])) % 16 for event in found} == {0}
    assert {event["obfuscation"].isalnum() for event in found} == {True}


def test_only_deltas_are_obfuscated() -> None:
    events = streamed(EVERYTHING, **EVERY_OPTION)

    assert {"delta" in event for event in events if "obfuscation" in event} == {True}


def test_obfuscation_can_be_switched_off() -> None:
    found = deltas(**EVERY_OPTION, stream_options={"include_obfuscation": False})

    assert not [event for event in found if "obfuscation" in event]


# ------------------------------------------------------------------------------------- ends of a stream


@pytest.mark.parametrize(
    ("finish", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter")]
)
def test_a_cut_answer_ends_incomplete_after_its_done_events(finish: Any, reason: str) -> None:
    events = streamed(Reply((Text("Hel"),), finish, Usage(input=1, output=1)))

    *_, text_done, part_done, item_done, last = events
    assert types([text_done, part_done, item_done, last]) == [
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "incomplete",
    ]
    assert item_done["item"]["status"] == "incomplete"
    assert last["response"]["incomplete_details"] == {"reason": reason}
    assert last["response"]["usage"]["total_tokens"] == 2


def test_a_summary_that_is_cut_says_so() -> None:
    events = streamed(Reply((Thinking("Hm"),), "length"), **SUMMARY)

    [done] = of_type(events, "response.reasoning_summary_part.done")

    assert done["status"] == "incomplete"


def test_a_response_that_failed_ends_with_the_failed_response() -> None:
    reply = Reply((Text("Hello"),), NativeFinish("failed"), Usage(8, 3))

    *begun, last = streamed(reply)

    assert types(begun)[-1] == "output_item.done"
    assert last["type"] == "response.failed"
    assert last["response"] == rendered(reply, stream=True)


def test_the_headers_are_those_of_an_event_stream() -> None:
    headers = header_lookup(DIALECT.encoder(request(stream=True), CONTEXT).headers)

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        (
            {"type": "response.completed", "n": 1},
            b'event: response.completed\ndata: {"type":"response.completed","n":1}\n\n',
        ),
        ({"n": 1}, b'data: {"n":1}\n\n'),
        ([1], b"data: [1]\n\n"),
        ("[DONE]", b"data: [DONE]\n\n"),
    ],
)
def test_a_scripted_event_is_framed_under_its_type(data: Any, frame: bytes) -> None:
    assert DIALECT.frame(data) == frame
