"""What holds for every deviation of Responses: it shows, it stays in its place, and it breaks on nothing."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.openai.responses_deviating import (
    BODIES,
    CALLS,
    COMPLETED,
    CUT,
    CUT_CALL,
    DONE,
    FAILED,
    FIELDS,
    REASONED,
    REFUSAL,
    REPLIES,
    STREAMS,
    TEXT,
    body,
    deviating,
    failing,
    healthy,
)
from protocols.openai.responses_wire import CONTEXT, rendered, request

from mockserver.conversation import Json, JsonObject, Reply
from mockserver.events import events
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.playing import DeviatingEncoder
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.openai.responses.deviations import DEVIATIONS
from mockserver.protocols.sse import data_frame, read_events

NUMBERS = {"sequence-missing", "sequence-gap", "sequence-constant"}


def test_every_deviation_is_listed_among_the_faults() -> None:
    assert DEVIATIONS.keys() <= {known.name for known in KNOWN_FAULTS}


@pytest.mark.parametrize("name", STREAMS)
def test_every_deviation_shows_on_some_stream(name: str) -> None:
    streams = [*map(healthy, REPLIES), failing(TEXT)]

    assert any(deviating(name, frames) != frames for frames in streams)


@pytest.mark.parametrize("name", BODIES)
def test_every_deviation_of_the_json_shows_on_some_body(name: str) -> None:
    assert any(body(name, reply) != rendered(reply, **FIELDS) for reply in REPLIES)


@pytest.mark.parametrize("name", sorted({*STREAMS} - NUMBERS))
@pytest.mark.parametrize("frames", [healthy(CUT), healthy(CALLS), failing(TEXT)])
def test_what_is_sent_is_numbered_without_a_gap(name: str, frames: list[bytes]) -> None:
    numbers = [
        orjson.loads(event.data)["sequence_number"]
        for event in read_events(b"".join(deviating(name, frames)))
        if "sequence_number" in event.data
    ]

    assert numbers == list(range(len(numbers)))


def test_an_event_that_nobody_knows_is_numbered_among_those_that_are_left() -> None:
    encoder = DeviatingEncoder(
        DIALECT.encoder(request(stream=True), CONTEXT), [DEVIATIONS["created-missing"]], dict
    )
    sent = b""
    for event in events(TEXT):
        sent += b"".join(encoder.encode(event)) + encoder.extra()

    numbers = [orjson.loads(event.data)["sequence_number"] for event in read_events(sent)]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("call-id-missing", REASONED),
        ("call-name-empty", REASONED),
        ("call-arguments-object", CUT_CALL),
        ("signature-missing", TEXT),
        ("role-missing", CALLS),
        ("content-null", CALLS),
        ("annotations-missing", CALLS),
        ("logprobs-missing", REFUSAL),
        ("empty-delta", CALLS),
        ("part-added-missing", CALLS),
        ("output-index-constant", TEXT),
        ("finish-lies", REASONED),
        ("item-status-lies", REASONED),
        ("incomplete-named-completed", CALLS),
        ("error-plain", FAILED),
        ("error-flat", FAILED),
    ],
)
def test_where_there_is_nothing_to_show_the_bytes_are_the_same(name: str, reply: Reply) -> None:
    assert deviating(name, healthy(reply)) == healthy(reply)
    if name in BODIES:
        assert body(name, reply) == rendered(reply, **FIELDS)


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("frame", [b": ping\n\n", data_frame(b"[DONE]"), data_frame(b'{"a": 1}'), b"\xff\n"])
def test_what_is_no_event_passes_as_it_is(name: str, frame: bytes) -> None:
    assert deviating(name, [frame]) == [frame]


@pytest.mark.parametrize("name", STREAMS)
def test_one_stream_leaves_no_trace_in_the_next(name: str) -> None:
    assert deviating(name, healthy(CUT)) == deviating(name, healthy(CUT))


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("given", [{"error": {"message": "Boom", "type": "server_error"}}, {"data": []}])
def test_a_body_that_is_no_response_stays_as_it_is(name: str, given: JsonObject) -> None:
    whole = DEVIATIONS[name].whole
    assert whole is not None

    assert whole(given) == given


WORDS = [
    "item",
    "response",
    "output",
    "content",
    "usage",
    "status",
    "id",
    "arguments",
    "error",
    "part",
    "delta",
]
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(list(DEVIATIONS)), st.dictionaries(st.sampled_from(WORDS), odd_values), odd_values)
@settings(max_examples=400, deadline=None)
def test_no_scripted_event_and_no_body_is_too_odd_to_edit(name: str, given: JsonObject, odd: Json) -> None:
    kinds = ("error", COMPLETED, DONE, "response.output_text.delta", "response.function_call_arguments.done")

    if name in STREAMS:
        deviating(name, [DIALECT.frame({**given, "type": kind, "sequence_number": odd}) for kind in kinds])
    if (whole := DEVIATIONS[name].whole) is not None:
        whole({**given, "object": "response"})
