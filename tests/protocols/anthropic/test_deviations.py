"""How answers depart from the documentation: each deviation, on frames and bodies that this wire writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import CONTEXT, event_list, rendered, request, streamed

from mockserver.conversation import Failure, Reply, ReplyPart, Text, Thinking, ToolCall, Usage
from mockserver.events import events
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.headers import request_id
from mockserver.protocols.base import FrameEdit
from mockserver.protocols.sse import read_events

USAGE = Usage(input=30, output=6, cached=10, cache_write=12, thinking=2)
HELLO = Reply((Text("Hi there"),), usage=USAGE)
THOUGHT = Reply((Thinking("Hm", "c2ln"), Text("Hi")))
REDACTED = Reply((Thinking("b3BhcXVl", redacted=True), Text("Hi")))
CALL = Reply((ToolCall("f", {"a": 1}, "toolu_1"),), "tool_calls")
PARALLEL = Reply((Text("Look."), ToolCall("f", {"a": 1}, "toolu_1"), ToolCall("g", {"b": 2}, "toolu_2")))
PLAIN_CALL = Reply((ToolCall("f", {}, "toolu_1"),))
CUT_TEXT = Reply((Text("Hi"),), "length")
CUT_CALL = Reply((ToolCall("f", '{"a": ', "toolu_1"),), "length")
ALL = (HELLO, THOUGHT, REDACTED, CALL, PARALLEL, PLAIN_CALL, CUT_TEXT, CUT_CALL)

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'

OF_ERRORS_ALONE = {"error-plain"}


def editor(name: str, reply: Reply) -> FrameEdit:
    deviation = MESSAGES.deviations[name]
    if deviation.informed is not None:
        return deviation.informed(rendered(reply))
    assert deviation.stream is not None
    return deviation.stream()


def plain_frames(reply: Reply) -> list[bytes]:
    encoder = MESSAGES.encoder(request(stream=True), CONTEXT)
    return [frame for event in events(reply) for frame in encoder.encode(event)]


def edited(edit: FrameEdit, frames: Iterable[bytes]) -> list[bytes]:
    return [sent for frame in frames for sent in edit(frame)]


def frames(name: str, reply: Reply) -> list[bytes]:
    return edited(editor(name, reply), plain_frames(reply))


def told(name: str, reply: Reply) -> list[Any]:
    """The events of a deviating stream, but for pings."""
    found = [orjson.loads(event.data) for event in read_events(b"".join(frames(name, reply)))]
    return [event for event in found if event.get("type") != "ping"]


def outline(name: str, reply: Reply) -> list[str]:
    """The events of the blocks in short: `+` starts, `-` stops, what else is a delta; with their indexes."""
    return [_short(event) for event in told(name, reply) if "index" in event]


def _short(event: Any) -> str:
    index = event["index"]
    match event["type"]:
        case "content_block_start":
            return f"+{index} {event['content_block']['type']}"
        case "content_block_stop":
            return f"-{index}"
        case _:
            return f" {index} {next(value for name, value in event['delta'].items() if name != 'type')}"


def one(events: list[Any], type_: str) -> Any:
    (found,) = [event for event in events if event["type"] == type_]
    return found


def start(name: str, reply: Reply) -> Any:
    """The message as a deviating stream announces it."""
    return one(told(name, reply), "message_start")["message"]


def ending(name: str, reply: Reply) -> Any:
    return one(told(name, reply), "message_delta")


def opened(name: str, *parts: ReplyPart) -> list[Any]:
    """The blocks as a deviating stream opens them."""
    found = told(name, Reply(parts))
    return [event["content_block"] for event in found if event["type"] == "content_block_start"]


def deltas_of(name: str, reply: Reply) -> list[Any]:
    return [event["delta"] for event in told(name, reply) if event["type"] == "content_block_delta"]


def whole(name: str, reply: Reply) -> Any:
    edit = MESSAGES.deviations[name].whole
    assert edit is not None
    return edit(rendered(reply))


# ------------------------------------------------------------------------------------------- every deviation


def test_each_is_listed_among_the_faults() -> None:
    assert MESSAGES.deviations.keys() <= {known.name for known in KNOWN_FAULTS}


@pytest.mark.parametrize("name", sorted(MESSAGES.deviations.keys() - OF_ERRORS_ALONE))
def test_each_shows_on_some_stream(name: str) -> None:
    assert any(b"".join(frames(name, reply)) != streamed(reply).body for reply in ALL)


@pytest.mark.parametrize("name", [n for n, found in MESSAGES.deviations.items() if found.whole])
def test_each_that_is_listed_for_json_shows_there(name: str) -> None:
    assert any(whole(name, reply) != rendered(reply) for reply in ALL)


@pytest.mark.parametrize("name", sorted(MESSAGES.deviations))
def test_an_edit_begins_anew_with_each_stream(name: str) -> None:
    for reply in ALL:
        assert frames(name, reply) == frames(name, reply)


@pytest.mark.parametrize("name", sorted(MESSAGES.deviations))
@pytest.mark.parametrize("frame", [b"data: [DONE]\n\n", b": kept alive\n\n", b"data: {\n\n", b"data: 1\n\n"])
def test_what_is_no_event_is_sent_as_it_is(name: str, frame: bytes) -> None:
    sent = b"".join(edited(editor(name, HELLO), [frame]))

    assert sent.replace(PING, b"").removeprefix(b"event: message\n") == frame


@pytest.mark.parametrize("name", sorted(MESSAGES.deviations.keys() - OF_ERRORS_ALONE))
def test_an_error_is_told_at_once_wherever_a_stream_breaks_off(name: str) -> None:
    error = b"".join(MESSAGES.encoder(request(stream=True), CONTEXT).fail(Failure("overloaded")))
    for reply in ALL:
        sent = plain_frames(reply)
        for at in range(len(sent)):
            edit = editor(name, reply)
            edited(edit, sent[:at])

            assert error.partition(b"\n")[2] in b"".join(edit(error))


@pytest.mark.parametrize("name", sorted(MESSAGES.deviations))
def test_a_whole_error_is_left_as_it_is(name: str) -> None:
    edit = MESSAGES.deviations[name].whole
    error = {"type": "error", "error": {"type": "api_error", "message": "Gone."}, "request_id": "req_1"}

    assert edit is None or edit(error) == error


@pytest.mark.parametrize(
    "event",
    [
        {"type": "content_block_start"},
        {"type": "content_block_start", "content_block": {"type": "tool_use"}},
        {"type": "content_block_delta", "delta": {"type": "input_json_delta"}},
        {"type": "content_block_delta", "index": "0", "delta": {"type": "text_delta"}},
        {"type": "content_block_stop"},
        {"type": "message_start", "message": None},
        {"type": "message_delta", "delta": 1, "usage": 2},
        {"type": "unheard_of"},
        {"no": "type"},
    ],
)
@pytest.mark.parametrize("name", sorted(MESSAGES.deviations))
def test_scripted_events_may_lack_what_an_edit_looks_for(name: str, event: Any) -> None:
    edit = editor(name, CALL)

    sent = edited(edit, [*[MESSAGES.frame(event)] * 2, *plain_frames(CALL)])

    assert sent


# ---------------------------------------------------------------------------------------------- why it ends


def test_nothing_says_why_a_message_ended() -> None:
    types = [event["type"] for event in told("finish-missing", HELLO)]

    assert types[0] == "message_start"
    assert types[-1] == "content_block_stop"


def test_the_reason_is_null_and_all_else_is_there() -> None:
    assert ending("finish-null", HELLO)["delta"] == {
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
    }
    assert frames("finish-null", HELLO)[-1] == STOP
    assert whole("finish-null", HELLO) == rendered(HELLO) | {"stop_reason": None}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (CUT_TEXT, "end_turn"),
        (CUT_CALL, "tool_use"),
        (Reply((Text("Hi"),), "content_filter"), "end_turn"),
        (HELLO, "end_turn"),
        (CALL, "tool_use"),
        (Reply((Text("Hi"),), "pause"), "pause_turn"),
    ],
)
def test_an_answer_that_was_cut_short_claims_not_to_be(reply: Reply, reason: str) -> None:
    assert ending("finish-lies", reply)["delta"]["stop_reason"] == reason
    assert whole("finish-lies", reply)["stop_reason"] == reason


def test_a_filtered_answer_that_claims_to_be_whole_has_no_details_of_a_refusal() -> None:
    filtered = Reply((Text("Hi"),), "content_filter")

    assert ending("finish-lies", filtered)["delta"]["stop_details"] is None
    assert whole("finish-lies", filtered)["stop_details"] is None


@pytest.mark.parametrize(("reply", "reason"), [(PARALLEL, "end_turn"), (CUT_CALL, "max_tokens")])
def test_calls_end_with_the_ordinary_reason(reply: Reply, reason: str) -> None:
    assert ending("finish-stop-for-tools", reply)["delta"]["stop_reason"] == reason
    assert whole("finish-stop-for-tools", reply)["stop_reason"] == reason


def test_the_end_is_told_twice() -> None:
    plain, found = plain_frames(HELLO), frames("message-delta-repeated", HELLO)

    assert found == [*plain[:-2], plain[-2], plain[-2], STOP]


def test_the_last_event_is_missing() -> None:
    assert frames("message-stop-missing", HELLO) == plain_frames(HELLO)[:-1]


MARKERS = [("done-marker", b"data: [DONE]\n\n"), ("done-event", b"event: done\ndata: [DONE]\n\n")]


@pytest.mark.parametrize(("name", "marker"), MARKERS)
def test_the_marker_of_another_wire_comes_last(name: str, marker: bytes) -> None:
    assert frames(name, HELLO) == [*plain_frames(HELLO), marker]


@pytest.mark.parametrize(("name", "marker"), MARKERS)
def test_the_marker_of_another_wire_follows_an_error_too(name: str, marker: bytes) -> None:
    (error,) = MESSAGES.encoder(request(stream=True), CONTEXT).fail(Failure("overloaded"))

    assert edited(editor(name, HELLO), [error]) == [error, marker]


def test_an_error_in_a_stream_is_a_plain_text() -> None:
    (error,) = MESSAGES.encoder(request(stream=True), CONTEXT).fail(Failure("overloaded"))
    assert request_id(CONTEXT).encode() in error

    assert edited(editor("error-plain", HELLO), [error]) == [
        b'event: error\ndata: {"error":"Overloaded"}\n\n'
    ]
    assert frames("error-plain", HELLO) == plain_frames(HELLO)


# -------------------------------------------------------------------------------------------------- usage


def test_usage_is_missing_everywhere() -> None:
    assert "usage" not in start("usage-missing", HELLO)
    assert "usage" not in ending("usage-missing", HELLO)
    assert "usage" not in whole("usage-missing", HELLO)


def test_usage_is_null_everywhere() -> None:
    assert start("usage-null", HELLO)["usage"] is None
    assert ending("usage-null", HELLO)["usage"] is None
    assert whole("usage-null", HELLO)["usage"] is None


ZERO_INPUT = {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
ZERO_CREATION = {"cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}}
ZERO_OUTPUT = {"output_tokens": 0, "output_tokens_details": {"thinking_tokens": 0}}
SERVED = {"service_tier": "standard", "inference_geo": "global"}


def test_usage_counts_nothing() -> None:
    at_start = {**ZERO_INPUT, **ZERO_CREATION, "output_tokens": 0, **SERVED}

    assert start("usage-zero", HELLO)["usage"] == at_start
    assert ending("usage-zero", HELLO)["usage"] == {**ZERO_INPUT, **ZERO_OUTPUT}
    assert whole("usage-zero", HELLO)["usage"] == {**ZERO_INPUT, **ZERO_CREATION, **ZERO_OUTPUT, **SERVED}


def test_usage_is_counted_at_the_end_only() -> None:
    assert start("usage-start-zero", HELLO)["usage"]["input_tokens"] == 0
    assert ending("usage-start-zero", HELLO) == event_list(HELLO)[-2]


def test_the_end_counts_nothing_at_all() -> None:
    assert "usage" in start("usage-end-missing", HELLO)
    assert ending("usage-end-missing", HELLO).keys() == {"type", "delta"}


def test_what_was_cached_is_counted_as_input_once_more() -> None:
    usage = {"input_tokens": 30, "cache_creation_input_tokens": 12, "cache_read_input_tokens": 10}

    assert start("usage-cached-in-input", HELLO)["usage"].items() >= usage.items()
    assert ending("usage-cached-in-input", HELLO)["usage"].items() >= usage.items()
    assert whole("usage-cached-in-input", HELLO)["usage"].items() >= usage.items()


def test_the_end_counts_output_only() -> None:
    assert start("usage-output-only", HELLO) == event_list(HELLO)[0]["message"]
    assert ending("usage-output-only", HELLO)["usage"] == {"output_tokens": 6}


# --------------------------------------------------------------------------------------------- the message


def test_the_first_event_is_missing() -> None:
    assert frames("message-start-missing", HELLO) == plain_frames(HELLO)[1:]


def test_the_first_event_comes_twice() -> None:
    plain = plain_frames(HELLO)

    assert frames("message-start-repeated", HELLO) == [plain[0], *plain]


def test_a_second_start_has_another_id() -> None:
    first, *others = [event for event in told("id-changes", HELLO) if event["type"] == "message_start"]
    types = [event["type"] for event in told("id-changes", HELLO)]

    (second,) = others
    assert types[2:5] == ["content_block_delta", "message_start", "content_block_delta"]
    assert first["message"]["id"] == rendered(HELLO)["id"] != second["message"]["id"]
    assert second["message"] == first["message"] | {"id": second["message"]["id"]}


@pytest.mark.parametrize("member", ["role", "model"])
def test_a_member_of_the_message_is_missing(member: str) -> None:
    announced, message = start(f"{member}-missing", HELLO), whole(f"{member}-missing", HELLO)

    assert event_list(HELLO)[0]["message"].keys() - announced.keys() == {member}
    assert rendered(HELLO).keys() - message.keys() == {member}


def test_content_is_null() -> None:
    assert start("content-null", HELLO)["content"] is None
    assert whole("content-null", HELLO) == rendered(HELLO) | {"content": None}


# ------------------------------------------------------------------------------------- the names of events


def test_no_event_has_a_name() -> None:
    assert frames("event-names-missing", HELLO) == [
        frame.partition(b"\n")[2] for frame in plain_frames(HELLO)
    ]
    assert frames("event-names-missing", HELLO)[-1] == b'data: {"type":"message_stop"}\n\n'


def test_all_events_have_one_name() -> None:
    found = frames("event-name-message", HELLO)

    assert found[2] == b'event: message\ndata: {"type": "ping"}\n\n'
    assert found[-1] == b'event: message\ndata: {"type":"message_stop"}\n\n'
    assert {frame.partition(b"\n")[0] for frame in found} == {b"event: message"}


def test_an_event_has_no_data() -> None:
    found = frames("event-without-data", HELLO)

    at = found.index(b"event: content_block_delta\n\n")
    assert [*found[:at], *found[at + 1 :]] == plain_frames(HELLO)
    assert found[at + 1].startswith(b"event: content_block_stop\n")


def test_a_storm_of_pings_is_made_of_the_pings_of_the_wire() -> None:
    found = frames("ping-storm", HELLO)

    assert found[:4] == [PING, PING, PING, plain_frames(HELLO)[0]]
    assert [frame for frame in found if frame != PING] == [
        frame for frame in plain_frames(HELLO) if frame != PING
    ]
    assert found.count(PING) == 3 * len(plain_frames(HELLO)) + 1


# -------------------------------------------------------------------------------------------------- blocks

OUTLINES = [
    ("block-start-missing", THOUGHT, [" 0 Hm", " 0 c2ln", "-0", " 1 Hi", "-1"]),
    ("block-stop-missing", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "+1 text", " 1 Hi"]),
    ("block-stop-early", THOUGHT, ["+0 thinking", " 0 Hm", "-0", " 0 c2ln", "+1 text", "-1", " 1 Hi"]),
    ("block-stop-early", REDACTED, ["+0 redacted_thinking", "-0", "+1 text", "-1", " 1 Hi"]),
    ("block-stops-late", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "+1 text", " 1 Hi", "-0", "-1"]),
    ("block-index-gap", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "-0", "+2 text", " 2 Hi", "-2"]),
    ("block-index-from-one", THOUGHT, ["+1 thinking", " 1 Hm", " 1 c2ln", "-1", "+2 text", " 2 Hi", "-2"]),
    ("block-index-constant", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "-0", "+0 text", " 0 Hi", "-0"]),
    ("empty-delta", HELLO, ["+0 text", " 0 ", " 0 Hi", " 0 ", " 0  there", "-0"]),
    ("text-in-start", HELLO, ["+0 text", " 0  there", "-0"]),
    ("phantom-text-block", PLAIN_CALL, ["+0 text", "-0", "+1 tool_use", " 1 ", "-1"]),
    ("tool-blocks-missing", PARALLEL, ["+0 text", " 0 Look", " 0 .", "-0"]),
    ("tool-blocks-missing", PLAIN_CALL, []),
    ("tool-blocks-missing", Reply((ToolCall("f", {}), Text("Hi"))), ["+0 text", " 0 Hi", "-0"]),
    ("tool-delta-empty", CALL, ["+0 tool_use", " 0 ", "-0"]),
    ("tool-delta-empty", CUT_CALL, ["+0 tool_use", " 0 ", "-0"]),
    ("tool-input-in-start", CALL, ["+0 tool_use", "-0"]),
    ("call-arguments-object", CALL, ["+0 tool_use", " 0 {'a': 1}", "-0"]),
    ("call-arguments-object", PLAIN_CALL, ["+0 tool_use", " 0 {}", "-0"]),
    ("signature-missing", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
    ("signature-empty", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
    ("signature-in-start", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
    ("signature-late", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1", " 0 c2ln"]),
    ("thinking-in-text-block", THOUGHT, ["+0 text", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
]


@pytest.mark.parametrize(("name", "reply", "expected"), OUTLINES)
def test_the_blocks_of_a_deviating_stream(name: str, reply: Reply, expected: list[str]) -> None:
    assert outline(name, reply) == expected


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        *[(name, HELLO) for name in MESSAGES.deviations if name.startswith(("tool-", "call-", "signature-"))],
        ("phantom-text-block", HELLO),
        ("thinking-in-text-block", HELLO),
        ("block-index-gap", HELLO),
        ("empty-delta", CALL),
        ("text-in-start", CALL),
        ("tool-delta-empty", PLAIN_CALL),
        ("signature-missing", REDACTED),
        ("signature-in-start", REDACTED),
        ("finish-lies", HELLO),
        ("finish-stop-for-tools", HELLO),
    ],
)
def test_an_answer_with_nothing_to_show_keeps_its_bytes(name: str, reply: Reply) -> None:
    assert b"".join(frames(name, reply)) == streamed(reply).body


def test_the_blocks_after_a_phantom_are_numbered_on() -> None:
    indexes = [event["index"] for event in told("phantom-text-block", PARALLEL) if "content_block" in event]

    assert indexes == [0, 1, 2, 3]
    assert opened("phantom-text-block", *PARALLEL.parts)[1] == {"type": "text", "text": ""}


def test_a_phantom_stands_before_the_first_call_in_json() -> None:
    blocks = whole("phantom-text-block", PARALLEL)["content"]

    assert [block["type"] for block in blocks] == ["text", "text", "tool_use", "tool_use"]
    assert blocks[1] == {"type": "text", "text": ""}


def test_an_answer_ends_for_calls_that_never_came() -> None:
    message = whole("tool-blocks-missing", PARALLEL)

    assert [block["type"] for block in message["content"]] == ["text"]
    assert message["stop_reason"] == "tool_use"
    assert ending("tool-blocks-missing", PARALLEL)["delta"]["stop_reason"] == "tool_use"


def test_the_first_piece_of_a_text_stands_in_its_start() -> None:
    assert opened("text-in-start", Text("Hi there")) == [{"type": "text", "text": "Hi"}]


# --------------------------------------------------------------------------------------------------- calls


@pytest.mark.parametrize(("name", "member"), [("tool-input-missing", "input"), ("call-id-missing", "id")])
def test_a_member_of_a_call_is_missing(name: str, member: str) -> None:
    (plain,) = rendered(CALL)["content"]
    (started,), (block,) = opened(name, *CALL.parts), whole(name, CALL)["content"]

    assert plain.keys() - started.keys() == {member}
    assert plain.keys() - block.keys() == {member}


def test_the_whole_input_stands_in_the_start() -> None:
    blocks = opened("tool-input-in-start", *PARALLEL.parts)

    assert [block.get("input") for block in blocks] == [None, {"a": 1}, {"b": 2}]


def test_input_that_makes_no_object_stands_in_the_start_as_it_is() -> None:
    (block,) = opened("tool-input-in-start", *CUT_CALL.parts)

    assert block["input"] == '{"a": '


def test_arguments_are_a_text_where_an_object_is_due() -> None:
    assert opened("call-arguments-text", *CALL.parts)[0]["input"] == "{}"
    assert whole("call-arguments-text", CALL)["content"][0]["input"] == '{"a":1}'


def test_arguments_are_an_object_where_a_text_is_due() -> None:
    deltas = deltas_of("call-arguments-object", PARALLEL)

    assert [delta["partial_json"] for delta in deltas if "partial_json" in delta] == [{"a": 1}, {"b": 2}]


# ------------------------------------------------------------------------------------------------ thinking


def test_thinking_has_no_signature() -> None:
    blocks = whole("signature-missing", THOUGHT)["content"]

    assert opened("signature-missing", *THOUGHT.parts)[0] == {"type": "thinking", "thinking": ""}
    assert blocks[0] == {"type": "thinking", "thinking": "Hm"}


def test_thinking_has_an_empty_signature() -> None:
    block = {"type": "thinking", "thinking": "Hm", "signature": ""}

    assert opened("signature-empty", *THOUGHT.parts)[0] == block | {"thinking": ""}
    assert whole("signature-empty", THOUGHT)["content"] == [block, {"type": "text", "text": "Hi"}]


def test_the_signature_stands_in_the_start() -> None:
    block = opened("signature-in-start", *THOUGHT.parts)[0]

    assert block == {"type": "thinking", "thinking": "", "signature": "c2ln"}


def test_thinking_comes_into_a_block_of_text() -> None:
    assert opened("thinking-in-text-block", *THOUGHT.parts)[0] == {"type": "text", "text": ""}
    assert deltas_of("thinking-in-text-block", THOUGHT) == [
        {"type": "thinking_delta", "thinking": "Hm"},
        {"type": "text_delta", "text": "Hi"},
    ]
