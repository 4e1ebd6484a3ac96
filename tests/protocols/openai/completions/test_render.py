"""A reply as a legacy completion, whole and streamed."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.completions_wire import CONTEXT, answer, chunks, completion, request, stream

from mockserver.conversation import Image, NativeFinish, Refusal, Reply, Text, Thinking, ToolCall, Usage
from mockserver.protocols.base import Answer
from mockserver.protocols.openai.completions import DIALECT

HI = Reply((Text("Hi there, you!"),), usage=Usage(3, 4))


def texts(body: Any) -> list[str]:
    return [choice["text"] for choice in body["choices"]]


def joined(reply: Reply, index: int = 0, **members: Any) -> str:
    said = [choice for chunk in chunks(reply, **members) for choice in chunk["choices"]]
    return "".join(choice["text"] for choice in said if choice["index"] == index)


# ------------------------------------------------------------------------------------------------- whole


def test_a_reply_is_a_text_completion() -> None:
    body = completion(HI)

    assert body.pop("id").startswith("cmpl-")
    assert body.pop("system_fingerprint").startswith("fp_")
    assert body == {
        "object": "text_completion",
        "created": 1_767_225_600,
        "model": "gpt-3.5-turbo-instruct",
        "choices": [{"text": "Hi there, you!", "index": 0, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }


def test_each_choice_is_paid_for() -> None:
    body = completion(HI, prompt=["a", "b"], n=2)

    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2, 3]
    assert body["usage"] == {"prompt_tokens": 3, "completion_tokens": 16, "total_tokens": 19}


def test_an_echo_tells_each_prompt_before_its_choices() -> None:
    body = completion(HI, prompt=["A ", "B "], n=2, echo=True)

    assert texts(body) == ["A Hi there, you!"] * 2 + ["B Hi there, you!"] * 2


def test_what_is_no_text_is_left_out() -> None:
    parts = (Thinking("Hm."), Text("Yes. "), ToolCall("f", {}), Image("image/png", "aGk="), Refusal("No."))

    assert texts(completion(Reply(parts))) == ["Yes. No."]


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "stop"),
        ("content_filter", "content_filter"),
        (NativeFinish("weird"), "weird"),
    ],
)
def test_the_finish_is_in_the_words_of_this_wire(finish: Any, reason: str) -> None:
    assert completion(Reply((Text("x"),), finish))["choices"][0]["finish_reason"] == reason


def test_logprobs_are_parallel_lists_with_the_chosen_token_among_the_alternatives() -> None:
    logprobs = completion(HI, logprobs=2)["choices"][0]["logprobs"]

    assert logprobs["tokens"] == ["Hi", " there", ",", " you", "!"]
    assert logprobs["text_offset"] == [0, 2, 8, 9, 13]
    for token, own, top in zip(
        logprobs["tokens"], logprobs["token_logprobs"], logprobs["top_logprobs"], strict=True
    ):
        assert (len(top), top[token]) == (2, own)


def test_nothing_is_known_of_the_first_token_of_an_echo() -> None:
    logprobs = completion(HI, prompt="Say it.", echo=True, logprobs=0)["choices"][0]["logprobs"]

    assert logprobs["tokens"][:3] == ["Say", " it", "."]
    assert (logprobs["token_logprobs"][0], logprobs["top_logprobs"][0]) == (None, None)
    assert logprobs["token_logprobs"][1] < 0


def test_cached_tokens_are_told_where_there_are_some() -> None:
    body = completion(Reply((Text("x"),), usage=Usage(9, 1, cached=5)))

    assert body["usage"]["prompt_tokens_details"] == {"cached_tokens": 5}


# ------------------------------------------------------------------------------------------------ stream


def test_a_stream_is_data_frames_of_the_same_shape() -> None:
    body = stream(HI).body.decode()
    reasons = [choice["finish_reason"] for chunk in chunks(HI) for choice in chunk["choices"]]

    assert body.endswith("data: [DONE]\n\n")
    assert {chunk["object"] for chunk in chunks(HI)} == {"text_completion"}
    assert (set(reasons[:-1]), reasons[-1]) == ({None}, "stop")
    assert joined(HI) == "Hi there, you!"


def test_usage_is_told_in_a_chunk_of_its_own_where_it_is_asked_for() -> None:
    *before, last = chunks(HI, stream_options={"include_usage": True})

    assert {chunk["usage"] for chunk in before} == {None}
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 7)
    assert all("usage" not in chunk for chunk in chunks(HI))


def test_an_echo_comes_first_in_a_stream_too() -> None:
    members = {"prompt": ["A ", "B "], "echo": True}

    assert [joined(HI, index, **members) for index in (0, 1)] == ["A Hi there, you!", "B Hi there, you!"]


def test_the_offsets_of_a_stream_are_those_of_the_whole() -> None:
    members = {"prompt": "Say it. ", "echo": True, "logprobs": 1}
    offsets = [
        offset
        for chunk in chunks(HI, **members)
        for choice in chunk["choices"]
        if choice["logprobs"]
        for offset in choice["logprobs"]["text_offset"]
    ]

    assert offsets == completion(HI, **members)["choices"][0]["logprobs"]["text_offset"]


# ---------------------------------------------------------------------------------------------- back again


def test_what_was_said_is_the_text_that_was_told() -> None:
    reply = Reply((Thinking("Hm."), Text("Yes. "), Refusal("No.")))

    assert DIALECT.said(reply, request(), CONTEXT) == (Text("Yes. No."),)


def test_a_recorded_completion_is_read_back() -> None:
    assert DIALECT.decode(answer(HI, n=2)) == HI
    assert DIALECT.decode(stream(HI, stream_options={"include_usage": True})) == HI


@pytest.mark.parametrize("body", [b'{"error":{"message":"no"}}', b"{}", b'data: {"error":"x"}\n\n'])
def test_what_is_no_completion_cannot_be_read(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"error|choices"):
        DIALECT.decode(Answer(200, (), body))
