"""What a deviation changes alike in a stream and in a whole answer, and what all of them leave alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.gemini.deviating import (
    BLOCKED,
    BLOCKED_AT_ONCE,
    CALL,
    CALLS,
    CUT_BEFORE_A_WORD,
    CUT_IN_A_CALL,
    HELLO_REPLY,
    MIXED,
    NOW,
    REPLIES,
    SHOW_THOUGHTS,
    THOUGHT,
    TRUNCATED,
    WEATHER,
    candidates,
    deviating_body,
    deviating_chunks,
    deviating_frames,
    edited,
    failing_frames,
    healthy_body,
    healthy_candidates,
    parts,
)
from protocols.gemini.gemini_wire import NEW_MODEL, OLD_MODEL, chunks, frames

from mockserver.conversation import Json, JsonObject, Reply, ToolCall
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.protocols.gemini.deviations import DEVIATIONS

IN_STREAMS = [name for name, deviation in DEVIATIONS.items() if deviation.stream or deviation.informed]
IN_WHOLE_ANSWERS = [name for name, deviation in DEVIATIONS.items() if deviation.whole]
ABOUT_FRAMES = {"done-marker", "json-array"}
ABOUT_ERRORS = {"error-plain", "error-array"}

# ------------------------------------------------------------------------------------------- all of them


def test_each_is_listed_among_the_faults() -> None:
    assert DEVIATIONS.keys() <= {known.name for known in KNOWN_FAULTS}


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
@pytest.mark.parametrize("name", [name for name in IN_STREAMS if name not in ABOUT_FRAMES])
def test_an_array_stays_sound_and_tells_what_the_events_tell(name: str, reply: Reply, model: str) -> None:
    array = deviating_frames(name, reply, model, alt="", **SHOW_THOUGHTS)

    assert orjson.loads(b"".join(array)) == deviating_chunks(name, reply, model, **SHOW_THOUGHTS)
    assert array[-1] in {b"]", b"[]"}


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
@pytest.mark.parametrize("name", [name for name in IN_STREAMS if name not in ABOUT_FRAMES])
def test_nothing_is_lost_of_two_candidates(name: str, model: str) -> None:
    """Each candidate deviates as the only one does; what is put in once is of the first."""
    two = {"generationConfig": {"candidateCount": 2}}

    told = [candidate["index"] for candidate in candidates(name, CALLS, model, **two) if candidate]

    alone = [candidate for candidate in candidates(name, CALLS, model) if candidate]
    once = int(name in {"finish-first", "candidate-empty"})
    assert (told.count(0), told.count(1)) == (len(alone), len(alone) - once)


SHOWN = {
    "finish-lies": TRUNCATED,
    "signature-alone": THOUGHT,
    "parts-missing": HELLO_REPLY,
    "content-null": HELLO_REPLY,
}
MODELS = {"finish-after-call": OLD_MODEL}


@pytest.mark.parametrize("name", [name for name in IN_STREAMS if name not in ABOUT_ERRORS])
def test_each_shows_in_a_stream(name: str) -> None:
    reply, model = SHOWN.get(name, MIXED), MODELS.get(name, NEW_MODEL)

    found = deviating_frames(name, reply, model, **SHOW_THOUGHTS)

    assert found != frames(reply, model, **SHOW_THOUGHTS)


@pytest.mark.parametrize("name", [name for name in IN_WHOLE_ANSWERS if name not in ABOUT_ERRORS])
def test_each_that_may_shows_in_a_whole_answer(name: str) -> None:
    reply = SHOWN.get(name, MIXED)

    assert deviating_body(name, reply, **SHOW_THOUGHTS) != healthy_body(reply, **SHOW_THOUGHTS)


NOTHING_TO_SHOW = [
    *((name, HELLO_REPLY, NEW_MODEL) for name in DEVIATIONS if name.startswith("call")),
    *((name, HELLO_REPLY, NEW_MODEL) for name in sorted(ABOUT_ERRORS)),
    ("finish-lies", MIXED, NEW_MODEL),
    ("finish-with-call", CALLS, OLD_MODEL),
    ("finish-with-call", CUT_IN_A_CALL, NEW_MODEL),
    ("finish-after-call", CALLS, NEW_MODEL),
    ("finish-after-call", HELLO_REPLY, OLD_MODEL),
    ("finish-first", CUT_BEFORE_A_WORD, NEW_MODEL),
    ("calls-together", CALL, NEW_MODEL),
    ("thought-unmarked", HELLO_REPLY, NEW_MODEL),
    ("signature-missing", HELLO_REPLY, NEW_MODEL),
    ("call-in-pieces", Reply((NOW,), "tool_calls"), NEW_MODEL),
    ("answer-empty", BLOCKED_AT_ONCE, NEW_MODEL),
    ("signature-alone", CALLS, NEW_MODEL),
    ("text-repeated", CALLS, NEW_MODEL),
    ("empty-delta", CALLS, NEW_MODEL),
    ("candidates-missing", CUT_BEFORE_A_WORD, NEW_MODEL),
    ("candidate-empty", CUT_BEFORE_A_WORD, NEW_MODEL),
    ("parts-missing", CALLS, OLD_MODEL),
    ("content-null", BLOCKED, NEW_MODEL),
]


@pytest.mark.parametrize(("name", "reply", "model"), NOTHING_TO_SHOW)
@pytest.mark.parametrize("alt", ["sse", "json"])
def test_where_there_is_nothing_to_show_the_bytes_stay_the_same(
    name: str, reply: Reply, model: str, alt: str
) -> None:
    assert deviating_frames(name, reply, model, alt) == frames(reply, model, alt=alt)


ARGUMENTS: list[Json] = [
    {"a": 1.50, "b": 10**25, "c": [1e16, -0.0, None, True], "e": '„\u2028\\":'},
    '{"a": ',
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
@pytest.mark.parametrize("alt", ["sse", "json"])
def test_what_does_not_deviate_is_written_as_it_was(arguments: Any, alt: str) -> None:
    reply = Reply((ToolCall("f", arguments, "c"),), "tool_calls")
    model_missing = deviating_frames("model-missing", reply, alt=alt)

    text = b"".join(model_missing).decode()

    call = b"".join(frames(reply, alt=alt)).decode().partition('"functionCall"')[2].partition('"index"')[0]
    assert call in text


@pytest.mark.parametrize(
    "frame", [b": comment\r\n\r\n", b"data: [DONE]\r\n\r\n", b"data: {oops\r\n\r\n", b"data: 1"]
)
@pytest.mark.parametrize("name", IN_STREAMS)
def test_a_frame_without_a_chunk_stays_what_it_is(name: str, frame: bytes) -> None:
    assert edited(name, [frame]) == [frame]


@pytest.mark.parametrize("name", [name for name in IN_STREAMS if name not in ABOUT_ERRORS | {"snake-case"}])
@pytest.mark.parametrize("alt", ["sse", "json"])
def test_an_error_is_told_whatever_else_deviates(name: str, alt: str) -> None:
    error = b'"message": "Later."'

    assert sum(error in frame for frame in edited(name, failing_frames(alt=alt))) == 1


# ---------------------------------------------------------------------------- members, left out or changed


@pytest.mark.parametrize(
    ("name", "member"),
    [("usage-missing", "usageMetadata"), ("id-missing", "responseId"), ("model-missing", "modelVersion")],
)
def test_a_member_of_the_envelope_is_left_out(name: str, member: str) -> None:
    assert [chunk.keys() for chunk in deviating_chunks(name, HELLO_REPLY)] == [
        chunk.keys() - {member} for chunk in chunks(HELLO_REPLY)
    ]
    assert deviating_body(name, HELLO_REPLY).keys() == healthy_body(HELLO_REPLY).keys() - {member}


ZERO = {
    "promptTokenCount": 0,
    "candidatesTokenCount": 0,
    "totalTokenCount": 0,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 0}],
    "serviceTier": "standard",
}


@pytest.mark.parametrize(
    ("name", "usage"),
    [("usage-null", None), ("usage-zero", ZERO), ("usage-without-counts", {"serviceTier": "standard"})],
)
def test_usage_tells_no_tokens(name: str, usage: Any) -> None:
    assert [chunk["usageMetadata"] for chunk in deviating_chunks(name, HELLO_REPLY)] == [usage] * 3
    assert deviating_body(name, HELLO_REPLY)["usageMetadata"] == usage


def every_content(name: str, reply: Reply, **members: Any) -> list[Any]:
    """The contents of the stream, and behind them that of the whole answer."""
    streamed = candidates(name, reply, **members)
    whole = deviating_body(name, reply, **members)["candidates"][0]
    return [candidate["content"] for candidate in [*streamed, whole]]


def test_no_content_has_a_role() -> None:
    assert every_content("role-missing", HELLO_REPLY) == [
        {"parts": [{"text": text}]} for text in ("Hello", " there", "", "Hello there")
    ]


def test_thoughts_are_text_like_any() -> None:
    contents = every_content("thought-unmarked", THOUGHT, **SHOW_THOUGHTS)

    assert [content["parts"] for content in contents] == [
        [{"text": "Let"}],
        [{"text": " me"}],
        [{"text": "Hi"}],
        [{"text": "", "thoughtSignature": "c2ln"}],
        [{"text": "Let me"}, {"text": "Hi", "thoughtSignature": "c2ln"}],
    ]


@pytest.mark.parametrize("reply", [THOUGHT, MIXED])
def test_nothing_is_signed(reply: Reply) -> None:
    assert "thoughtSignature" in str(healthy_body(reply))
    assert "thoughtSignature" not in str(every_content("signature-missing", reply))


CALLED: dict[str, list[JsonObject]] = {
    "call-id-missing": [{"name": "get_weather", "args": {"dayCount": 2}}, {"name": "now", "args": {}}],
    "call-args-missing": [{"name": "get_weather", "id": "call_1"}, {"name": "now", "id": "call_2"}],
    "call-arguments-text": [
        {"name": "get_weather", "args": '{"dayCount":2}', "id": "call_1"},
        {"name": "now", "args": "{}", "id": "call_2"},
    ],
}


@pytest.mark.parametrize(("name", "calls"), CALLED.items())
@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
def test_calls_lose_a_member_or_have_another_one(name: str, calls: list[JsonObject], model: str) -> None:
    streamed = [
        part["functionCall"]
        for candidate in candidates(name, CALLS, model)
        for part in candidate["content"]["parts"]
        if "functionCall" in part
    ]
    whole = [
        part["functionCall"]
        for part in deviating_body(name, CALLS, model)["candidates"][0]["content"]["parts"]
    ]

    assert streamed == whole == calls


# ----------------------------------------------------------------------------------------------- the finish


@pytest.mark.parametrize("model", [NEW_MODEL, OLD_MODEL])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_without_a_finish_all_else_is_there(reply: Reply, model: str) -> None:
    silent = ("finishReason", "finishMessage")

    assert candidates("finish-null", reply, model) == [
        {name: value for name, value in candidate.items() if name not in silent}
        for candidate in healthy_candidates(reply, model)
    ]
    [whole] = deviating_body("finish-null", reply, model)["candidates"]
    assert not whole.keys() & {*silent}


@pytest.mark.parametrize("reply", [TRUNCATED, CUT_BEFORE_A_WORD, CUT_IN_A_CALL, BLOCKED])
def test_what_was_cut_or_blocked_says_that_it_is_complete(reply: Reply) -> None:
    *_, last = candidates("finish-lies", reply)
    *_, healthy = healthy_candidates(reply)

    assert healthy["finishReason"] in {"MAX_TOKENS", "SAFETY"}
    assert last == {**healthy, "finishReason": "STOP"}
    assert deviating_body("finish-lies", reply)["candidates"][0]["finishReason"] == "STOP"


# ------------------------------------------------------------------------------------------------- spelling


def test_names_are_in_snake_case_but_for_those_of_the_caller() -> None:
    whole = deviating_body("snake-case", CALLS)

    [candidate] = whole["candidates"]
    first, _ = parts(candidate)
    assert first["function_call"] == {"name": "get_weather", "args": {"dayCount": 2}, "id": "call_1"}
    assert "thought_signature" in first
    assert (candidate["finish_reason"], candidate["finish_message"]) == (
        "STOP",
        "Model generated function call(s).",
    )
    assert whole.keys() == {"candidates", "usage_metadata", "model_version", "response_id"}
    assert whole["usage_metadata"].keys() == {
        "prompt_token_count",
        "candidates_token_count",
        "total_token_count",
        "prompt_tokens_details",
        "service_tier",
    }


def test_chunks_are_in_snake_case_too() -> None:
    assert deviating_frames("snake-case", HELLO_REPLY)[-1] == (
        b'data: {"candidates": [{"content": {"parts": [{"text": ""}],"role": "model"},'
        b'"finish_reason": "STOP","index": 0}],"usage_metadata": {"prompt_token_count": 7,'
        b'"candidates_token_count": 2,"total_token_count": 9,'
        b'"prompt_tokens_details": [{"modality": "TEXT","token_count": 7}],"service_tier": "standard"},'
        b'"model_version": "gemini-3.6-flash","response_id": "E10UCk95CsxT0dFvyxh8fHp"}\r\n\r\n'
    )


# -------------------------------------------------------------------------------------------------- content


@pytest.mark.parametrize(
    ("reply", "reason"), [(HELLO_REPLY, "STOP"), (CALLS, "STOP"), (TRUNCATED, "MAX_TOKENS")]
)
def test_a_whole_answer_is_empty(reply: Reply, reason: str) -> None:
    [candidate] = deviating_body("answer-empty", reply)["candidates"]

    assert candidate == {"content": {"role": "model"}, "finishReason": reason, "index": 0}


def test_a_whole_answer_has_no_content() -> None:
    [candidate] = deviating_body("content-null", HELLO_REPLY)["candidates"]

    assert candidate == {"content": None, "finishReason": "STOP", "index": 0}


def test_a_whole_answer_has_empty_texts_strewn_in() -> None:
    [candidate] = deviating_body("empty-delta", THOUGHT, **SHOW_THOUGHTS)["candidates"]

    assert parts(candidate) == [
        {"text": "Let me", "thought": True},
        {"text": "", "thought": True},
        {"text": "Hi", "thoughtSignature": "c2ln"},
        {"text": ""},
    ]


@pytest.mark.parametrize(
    ("reply", "content"),
    [
        (CALL, {"content": {"parts": [{"text": "Look"}], "role": "model"}}),
        (Reply((WEATHER, NOW), "tool_calls"), {}),
    ],
)
def test_a_whole_answer_has_only_malformed_calls(reply: Reply, content: JsonObject) -> None:
    [candidate] = deviating_body("call-malformed", reply)["candidates"]

    assert candidate == {
        **content,
        "finishReason": "MALFORMED_FUNCTION_CALL",
        "index": 0,
        "finishMessage": "Malformed function call",
    }


# --------------------------------------------------------------------------------------------------- errors

ERROR: JsonObject = {"error": {"code": 503, "message": "Later.", "status": "UNAVAILABLE"}}


def test_an_error_is_a_mere_text() -> None:
    change = DEVIATIONS["error-plain"].whole
    assert change is not None

    assert edited("error-plain", failing_frames())[-1] == b'data: {"error": "Later."}\r\n\r\n'
    assert edited("error-plain", failing_frames(alt=""))[-2:] == [b',\r\n{\n  "error": "Later."\n}\n', b"]"]
    assert change(ERROR) == {"error": "Later."}


def test_an_error_stands_in_an_array() -> None:
    change = DEVIATIONS["error-array"].whole
    assert change is not None

    assert edited("error-array", failing_frames())[-1] == (
        b'data: [{"error": {"code": 503,"message": "Later.","status": "UNAVAILABLE"}}]\r\n\r\n'
    )
    assert change(ERROR) == [ERROR]
