"""Streams with chunks left out, put in or held back, seen by their candidates."""

from __future__ import annotations

import pytest
from protocols.gemini.deviating import (
    BLOCKED,
    CALL,
    CALLS,
    CUT_BEFORE_A_WORD,
    HELLO_REPLY,
    MIXED,
    REPLIES,
    SHOW_THOUGHTS,
    THOUGHT,
    TRUNCATED,
    candidates,
    deviating_chunks,
    deviating_frames,
    edited,
    failing_frames,
    healthy_candidates,
    part,
    parts,
)
from protocols.gemini.gemini_wire import NEW_MODEL, OLD_MODEL, chunks, frames

from mockserver.conversation import JsonObject, Reply

TWO: JsonObject = {"generationConfig": {"candidateCount": 2}}
FIRST_CALL = {"functionCall": {"name": "get_weather", "args": {"dayCount": 2}, "id": "call_1"}}
SECOND_CALL = {"functionCall": {"name": "now", "args": {}, "id": "call_2"}}
CALL_MESSAGE = "Model generated function call(s)."

# ---------------------------------------------------------------------------------------------- the finish


@pytest.mark.parametrize("reply", [HELLO_REPLY, THOUGHT, CALLS, TRUNCATED, BLOCKED])
def test_the_chunk_that_only_finishes_never_comes(reply: Reply) -> None:
    assert deviating_frames("finish-missing", reply) == frames(reply)[:-1]


def test_a_call_that_finishes_too_only_loses_the_finish() -> None:
    assert candidates("finish-missing", CALLS, OLD_MODEL) == [
        part(FIRST_CALL),
        part(SECOND_CALL),
    ]


@pytest.mark.parametrize(("alt", "left"), [("sse", []), ("json", [b"[]"])])
def test_an_answer_that_only_finishes_is_no_chunk_at_all(alt: str, left: list[bytes]) -> None:
    assert deviating_frames("finish-missing", CUT_BEFORE_A_WORD, alt=alt) == left


def test_an_empty_finish_leads_what_is_said() -> None:
    leading = {"content": {"parts": [], "role": "model"}, "finishReason": "STOP", "index": 0}

    assert candidates("finish-first", HELLO_REPLY) == [leading, *healthy_candidates(HELLO_REPLY)]


@pytest.mark.parametrize(("reply", "reason"), [(HELLO_REPLY, "STOP"), (TRUNCATED, "MAX_TOKENS")])
def test_every_chunk_finishes(reply: Reply, reason: str) -> None:
    assert candidates("finish-everywhere", reply) == [
        part({"text": "Hello"}, finishReason="STOP"),
        part({"text": " there"}, finishReason="STOP"),
        part({"text": ""}, finishReason=reason),
    ]


@pytest.mark.parametrize("reply", [CALL, CALLS, MIXED])
@pytest.mark.parametrize(
    ("name", "model", "other"),
    [("finish-with-call", NEW_MODEL, OLD_MODEL), ("finish-after-call", OLD_MODEL, NEW_MODEL)],
)
def test_a_model_finishes_calls_as_the_other_generation_does(
    name: str, model: str, other: str, reply: Reply
) -> None:
    """But for signatures, which are each generation's own."""
    found = candidates(name, reply, model)

    assert [_unsigned(candidate) for candidate in found] == [
        _unsigned(candidate) for candidate in healthy_candidates(reply, other)
    ]


def _unsigned(candidate: JsonObject) -> JsonObject:
    parts = [
        {k: v for k, v in part.items() if k != "thoughtSignature"} for part in candidate["content"]["parts"]
    ]
    return {**candidate, "content": {**candidate["content"], "parts": parts}}


def test_a_finishing_call_brings_the_last_counts() -> None:
    *_, last = deviating_chunks("finish-with-call", CALLS)

    assert last["usageMetadata"] == chunks(CALLS)[-1]["usageMetadata"]
    assert last["candidates"] == [part(SECOND_CALL, finishReason="STOP") | {"finishMessage": CALL_MESSAGE}]


@pytest.mark.parametrize("name", ["finish-with-call", "calls-together"])
def test_a_call_that_is_held_back_comes_before_an_error(name: str) -> None:
    error = failing_frames(told=0)

    found = edited(name, [*frames(CALLS)[:2], *error])

    assert found[-1:] == error
    assert b"".join(found[:-1]).count(b'"functionCall"') == 2


# ------------------------------------------------------------------------------------------------ the calls


def test_calls_come_together_in_one_chunk() -> None:
    first, *_ = healthy_candidates(CALLS)
    [signed] = parts(first)
    together = {"parts": [signed, SECOND_CALL], "role": "model"}

    assert candidates("calls-together", CALLS) == [
        {"content": together, "index": 0},
        part({"text": ""}, finishReason="STOP"),
    ]


def test_calls_come_together_with_the_finish_of_the_older_layout() -> None:
    together = {"parts": [FIRST_CALL, SECOND_CALL], "role": "model"}

    assert candidates("calls-together", CALLS, OLD_MODEL) == [
        {"content": together, "finishReason": "STOP", "index": 0, "finishMessage": CALL_MESSAGE}
    ]


NAMED = part({"functionCall": {"name": "get_weather", "args": {}, "id": "call_1"}})
ARGUMENTS = {"functionCall": {"args": {"dayCount": 2}}}


def test_a_call_comes_as_its_name_and_then_its_arguments() -> None:
    _, head, *tail = candidates("call-in-pieces", CALL)

    assert _unsigned(head) == NAMED
    assert tail == [part(ARGUMENTS), part({"text": ""}, finishReason="STOP")]


def test_the_arguments_alone_bring_the_finish_of_the_older_layout() -> None:
    _, *found = candidates("call-in-pieces", CALL, OLD_MODEL)

    assert found == [NAMED, part(ARGUMENTS, finishReason="STOP") | {"finishMessage": CALL_MESSAGE}]


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
def test_instead_of_calls_there_is_word_of_a_malformed_one(model: str) -> None:
    assert candidates("call-malformed", CALL, model) == [
        part({"text": "Look"}),
        {
            "finishReason": "MALFORMED_FUNCTION_CALL",
            "index": 0,
            "finishMessage": "Malformed function call",
        },
    ]


# ------------------------------------------------------------------------------------------------- content


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
@pytest.mark.parametrize(("reply", "reason"), [(THOUGHT, "STOP"), (CALLS, "STOP"), (TRUNCATED, "MAX_TOKENS")])
def test_an_empty_answer_is_nothing_but_a_finish(reply: Reply, reason: str, model: str) -> None:
    found = candidates("answer-empty", reply, model)

    assert found == [{"content": {"role": "model"}, "finishReason": reason, "index": 0}]


def test_the_last_chunk_has_no_parts() -> None:
    *before, last = candidates("parts-missing", THOUGHT)

    assert before == healthy_candidates(THOUGHT)[:-1]
    assert last == {"content": {"role": "model"}, "finishReason": "STOP", "index": 0}


def test_the_content_of_the_last_chunk_is_null() -> None:
    *before, last = candidates("content-null", TRUNCATED)

    assert before == healthy_candidates(TRUNCATED)[:-1]
    assert last == {"content": None, "finishReason": "MAX_TOKENS", "index": 0}


def test_a_signature_comes_without_any_text() -> None:
    *_, last = candidates("signature-alone", THOUGHT)

    assert last == part({"thoughtSignature": "c2ln"}, finishReason="STOP")


def test_behind_every_text_comes_an_empty_one() -> None:
    said = [
        candidate["content"]["parts"] for candidate in candidates("empty-delta", THOUGHT, **SHOW_THOUGHTS)
    ]

    assert said == [
        [{"text": "Let", "thought": True}],
        [{"text": "", "thought": True}],
        [{"text": " me", "thought": True}],
        [{"text": "", "thought": True}],
        [{"text": "Hi"}],
        [{"text": ""}],
        [{"text": "", "thoughtSignature": "c2ln"}],
    ]


def test_all_of_the_text_comes_again_before_the_finish() -> None:
    healthy = healthy_candidates(THOUGHT, **SHOW_THOUGHTS)

    found = candidates("text-repeated", THOUGHT, **SHOW_THOUGHTS)

    assert found == [*healthy[:-1], part({"text": "Hi"}), healthy[-1]]


def test_each_candidate_repeats_its_own_text() -> None:
    found = candidates("text-repeated", HELLO_REPLY, **TWO)

    repeated = [c["index"] for c in found if parts(c) == [{"text": "Hello there"}]]
    assert repeated == [0, 1]


def test_in_the_middle_stands_a_chunk_that_only_counts() -> None:
    first, *others = deviating_chunks("candidates-missing", HELLO_REPLY)

    assert others[0] == {name: value for name, value in first.items() if name != "candidates"}
    assert [first, *others[1:]] == chunks(HELLO_REPLY)


def test_in_the_middle_stands_an_empty_candidate() -> None:
    first, *others = healthy_candidates(HELLO_REPLY)

    assert candidates("candidate-empty", HELLO_REPLY) == [first, {"index": 0}, *others]


# ---------------------------------------------------------------------------------- ids, counts and framing


def test_each_chunk_has_an_id_of_its_own() -> None:
    ids = [chunk["responseId"] for chunk in deviating_chunks("id-changes", HELLO_REPLY)]

    assert ids == ["E10UCk95CsxT0dFvyxh8fHp", "10UCk95CsxT0dFvyxh8fHpE", "0UCk95CsxT0dFvyxh8fHpE1"]


def test_usage_stands_on_the_last_chunk_only() -> None:
    found = deviating_chunks("usage-last-only", HELLO_REPLY)

    assert ["usageMetadata" in chunk for chunk in found] == [False, False, True]


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_a_marker_closes_the_stream(reply: Reply, model: str) -> None:
    healthy = frames(reply, model)

    assert deviating_frames("done-marker", reply, model) == [*healthy, b"data: [DONE]\r\n\r\n"]


EMPTY = Reply(())


@pytest.mark.parametrize("reply", [HELLO_REPLY, EMPTY])
def test_a_marker_waits_for_all_candidates(reply: Reply) -> None:
    assert deviating_frames("done-marker", reply, **TWO)[:-1] == frames(reply, **TWO)


def test_a_marker_follows_an_error() -> None:
    assert edited("done-marker", failing_frames()) == [*failing_frames(), b"data: [DONE]\r\n\r\n"]


def test_an_array_has_no_place_for_a_marker() -> None:
    assert deviating_frames("done-marker", HELLO_REPLY, alt="") == frames(HELLO_REPLY, alt="")


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_an_array_comes_though_events_were_asked_for(reply: Reply, model: str) -> None:
    """The very bytes that come to who asks for an array."""
    found = b"".join(deviating_frames("json-array", reply, model))

    assert found == b"".join(frames(reply, model, alt=""))


@pytest.mark.parametrize("reply", [HELLO_REPLY, EMPTY])
def test_the_array_waits_for_all_candidates(reply: Reply) -> None:
    found = b"".join(deviating_frames("json-array", reply, **TWO))

    assert found == b"".join(frames(reply, alt="", **TWO))


def test_the_array_closes_behind_an_error() -> None:
    found = edited("json-array", failing_frames())

    assert b"".join(found) == b"".join(failing_frames(alt=""))
