"""How answers depart from the documentation: each deviation, on frames and bodies that this wire writes."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.deviating import (
    ALL,
    CALL,
    CUT_CALL,
    CUT_TEXT,
    HELLO,
    PARALLEL,
    PING,
    STOP,
    edited,
    editor,
    ending,
    frames,
    plain_frames,
    start,
    told,
    whole,
)
from protocols.anthropic.messages_wire import CONTEXT, event_list, rendered, request, streamed

from mockserver.conversation import Failure, Reply, Text
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.headers import request_id

OF_ERRORS_ALONE = {"error-plain"}


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
