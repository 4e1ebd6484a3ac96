"""Whatever goes wrong with whatever answer on whatever wire: its steps are ones that can be performed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from faults.wires import DIALECTS, request_to
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.conversation import Request
from mockserver.faults.drawing import FAULT_NAMES, FaultError
from mockserver.planning import Plan, Stage, plan
from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole
from mockserver.protocols.base import Context
from mockserver.scenario import delivery
from mockserver.scenario.delivery import (
    AfterChars,
    AfterEvents,
    AfterShare,
    AtByte,
    AtEnd,
    AtStart,
    Fault,
    NamedFault,
    Pace,
    Wire,
)
from mockserver.scenario.model import (
    Attempt,
    AutoOutcome,
    ErrorOutcome,
    ImagePart,
    NativePart,
    RawAnswer,
    RawOutcome,
    RefusalPart,
    ReplyOutcome,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from mockserver.scenario.place import Place

# ----------------------------------------------------------------------------------- what is answered

TEXTS = st.text('ab é🙂東"\\{}\n', max_size=12)
ARGUMENTS = st.one_of(st.dictionaries(TEXTS, TEXTS, max_size=2), TEXTS)
PARTS = st.one_of(
    st.builds(TextPart, TEXTS),
    st.builds(ThinkingPart, TEXTS, redacted=st.booleans()),
    st.builds(ToolCallPart, st.sampled_from(["look", "find"]), ARGUMENTS),
    st.builds(RefusalPart, TEXTS),
    st.just(ImagePart(data="aGk=")),
    st.just(NativePart({"openai": {"type": "web_search_call"}, "anthropic": {"type": "unknown"}})),
)
EVENTS = st.lists(st.one_of(TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=2)), max_size=4).map(tuple)
RAWS = st.one_of(
    st.builds(RawAnswer, st.sampled_from([200, 204, 500]), body=st.one_of(TEXTS, st.just({"a": [1]}))),
    st.builds(RawAnswer, events=EVENTS),
    st.builds(RawAnswer, content=st.binary(max_size=20)),
)
OUTCOMES = st.one_of(
    st.lists(PARTS, max_size=4).map(lambda parts: ReplyOutcome(tuple(parts))),
    st.just(AutoOutcome()),
    st.builds(ErrorOutcome, st.sampled_from(["overloaded", "rate_limit", "context_length"])),
    RAWS.map(lambda raw: RawOutcome(dict.fromkeys(DIALECTS, raw))),
)

# --------------------------------------------------------------------------------------- how it is asked

ASKED: Mapping[str, tuple[str, dict[str, Any]]] = {
    **{wire: (wire, {}) for wire in DIALECTS},
    "two choices": ("openai.chat", {"n": 2}),
    "older functions": ("openai.chat", {"functions": [{"name": "look", "parameters": {}}]}),
    "background": ("openai.responses", {"background": True}),
    "array": ("gemini", {"array": True}),
}
WAYS = st.sampled_from(list(ASKED))

# ----------------------------------------------------------------------------------- what goes wrong

KINDS = st.sampled_from([None, "text", "thinking", "tool_call"])
COUNTS = st.integers(0, 30)
POSITIONS = st.one_of(
    st.just(AtStart()),
    st.just(AtEnd()),
    st.builds(AfterEvents, st.integers(0, 8)),
    st.builds(AfterChars, COUNTS, KINDS),
    st.builds(AfterShare, st.floats(0, 1), KINDS),
    st.builds(AtByte, st.integers(0, 2000)),
)
BYTES = st.sampled_from([b"", b"x", b": hi\n\n", b"\xff"])
HEADERS = st.sampled_from([(), (("x-more", "a"),), (("content-type", None),)])
ACTS = st.one_of(
    st.sampled_from(
        [
            *(delivery.Cut(), delivery.Reset(), delivery.Disconnect(), delivery.Hang(), delivery.KeepOpen()),
            *(delivery.Garble(), delivery.Drop(), delivery.Duplicate(), delivery.Swap(), delivery.Extra()),
        ]
    ),
    st.builds(delivery.Stall, st.floats(0, 9)),
    st.builds(delivery.Fail, st.sampled_from(["overloaded", "rate_limit"])),
    st.builds(delivery.Insert, BYTES),
    st.builds(delivery.Bare, BYTES),
    st.builds(delivery.Rewrite, st.sampled_from([None, 201, 503]), HEADERS, st.none() | BYTES),
)
PROBABILITIES = st.sampled_from([0.0, 0.5, 1.0, 1.0])
FAULTS = st.one_of(
    st.builds(Fault, ACTS, POSITIONS, PROBABILITIES),
    st.builds(NamedFault, st.sampled_from(FAULT_NAMES), PROBABILITIES, st.booleans()),
)
WIRES = st.builds(
    Wire,
    write=st.one_of(st.sampled_from(["event", "whole"]), st.integers(1, 40)),
    split_characters=st.booleans(),
    newline=st.sampled_from([None, "lf", "crlf", "cr"]),
    comments=st.sampled_from([None, "hello"]),
    keep_alive=st.sampled_from([None, 0.5]),
    event_ids=st.booleans(),
    bom=st.booleans(),
    last_blank_line=st.booleans(),
    padding=st.integers(0, 2),
    data_lines=st.integers(1, 3),
    encoding=st.sampled_from([None, None, "gzip", "br", "zstd"]),
    body=st.sampled_from([None, None, "chunked", "length", "close"]),
    close=st.booleans(),
)
PACES = st.builds(
    Pace,
    first=st.sampled_from([0.0, 1.0]),
    gap=st.sampled_from([0.0, 0.1]),
    chunk=st.sampled_from(["word", "char", 3]),
)


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    return Attempt(
        Place("", 0, 0),
        draw(OUTCOMES),
        pace=draw(PACES),
        faults=tuple(draw(st.lists(FAULTS, min_size=1, max_size=4))),
        wire=draw(st.one_of(st.just(Wire()), WIRES)),
    )


def planned(attempt: Attempt, way: str, *, stream: bool, inside: bool = False) -> Plan | None:
    """None where a client asked for what cannot show."""
    wire, members = ASKED[way]
    http = request_to(wire, "m", stream=stream, headers={"accept-encoding": "gzip, br, zstd"}, **members)
    context = Context(identity=b"test", now=1_767_225_600, is_inside=inside)
    request = DIALECTS[wire].read(http, context)
    assert isinstance(request, Request)
    try:
        return plan(Stage(DIALECTS[wire], request, context), attempt, {})
    except FaultError:
        return None


def steps_of(attempt: Attempt, way: str, *, stream: bool) -> list[Step]:
    made = planned(attempt, way, stream=stream)
    return list(made.steps) if made else []


# -------------------------------------------------------------------------------------- what holds


@given(attempt=attempts(), way=WAYS, stream=st.booleans())
@settings(max_examples=400)
def test_steps_come_in_an_order_in_which_they_can_be_performed(
    attempt: Attempt, way: str, *, stream: bool
) -> None:
    steps = steps_of(attempt, way, stream=stream)

    heads = [at for at, step in enumerate(steps) if isinstance(step, Head | Whole)]
    bodies = [at for at, step in enumerate(steps) if isinstance(step, Send)]
    lasts = [at for at, step in enumerate(steps) if isinstance(step, Reset | Disconnect | Hold)]
    assert len(heads) <= 1
    assert not bodies or heads[0] < bodies[0]
    assert not bodies or isinstance(steps[heads[0]], Head)
    assert lasts in ([], [len(steps) - 1])
    assert heads or lasts or not steps
    assert all(isinstance(step, Wait | SendBare) for step in steps[: heads[0] if heads else -1])


@given(attempt=attempts(), way=WAYS, stream=st.booleans())
@settings(max_examples=300)
def test_a_length_that_is_told_is_the_length_that_is_sent_unless_the_connection_breaks(
    attempt: Attempt, way: str, *, stream: bool
) -> None:
    steps = steps_of(attempt, way, stream=stream)

    sent = sum(len(step.data) for step in steps if isinstance(step, Send))
    for head in steps:
        if isinstance(head, Head) and head.body == "length":
            is_broken_off = isinstance(steps[-1], Reset | Disconnect | Hold)
            assert head.length >= sent if is_broken_off else head.length == sent


@given(attempt=attempts(), way=WAYS, stream=st.booleans())
@settings(max_examples=200)
def test_time_never_goes_back(attempt: Attempt, way: str, *, stream: bool) -> None:
    waits = [step.until for step in steps_of(attempt, way, stream=stream) if isinstance(step, Wait)]

    assert waits == sorted(waits)


@given(attempt=attempts(), way=WAYS, stream=st.booleans())
@settings(max_examples=200)
def test_the_same_goes_wrong_in_the_same_bytes(attempt: Attempt, way: str, *, stream: bool) -> None:
    assert steps_of(attempt, way, stream=stream) == steps_of(attempt, way, stream=stream)


@given(attempts(), WAYS)
@settings(max_examples=200)
def test_what_comes_inside_another_request_is_whole(attempt: Attempt, way: str) -> None:
    made = planned(attempt, way, stream=False, inside=True)

    for step in made.steps if made else ():
        assert isinstance(step, Wait | Head | Send | Whole)


@given(attempt=attempts(), way=WAYS, stream=st.booleans())
@settings(max_examples=100)
def test_what_never_happens_changes_nothing(attempt: Attempt, way: str, *, stream: bool) -> None:
    never = replace(attempt, faults=tuple(replace(fault, probability=0.0) for fault in attempt.faults))

    assert steps_of(never, way, stream=stream) == steps_of(replace(attempt, faults=()), way, stream=stream)
