"""Recorded answers tell the reply they were made from, whichever way they were sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.gemini.gemini_wire import NEW_MODEL, OLD_MODEL, decoded, frames, rendered

from mockserver.conversation import (
    Image,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)

# One event of a stream as the service sent it in July 2026, and the one that ended it; the signature is cut.
LIVE = (
    b'data: {"candidates": [{"content": {"parts": [{"text": "Hello wire."}],"role": "model"},"index": 0}],'
    b'"usageMetadata": {"promptTokenCount": 9,"candidatesTokenCount": 4,"totalTokenCount": 94,'
    b'"promptTokensDetails": [{"modality": "TEXT","tokenCount": 9}],"thoughtsTokenCount": 81,'
    b'"serviceTier": "standard"},"modelVersion": "gemini-x","responseId": "XCZRarmyK9jQz7IP"}\r\n\r\n'
    b'data: {"candidates": [{"content": {"parts": [{"text": "","thoughtSignature": "EqMDCqAD"}],'
    b'"role": "model"},"finishReason": "STOP","index": 0}],'
    b'"usageMetadata": {"promptTokenCount": 9,"candidatesTokenCount": 4,"totalTokenCount": 94,'
    b'"promptTokensDetails": [{"modality": "TEXT","tokenCount": 9}],"thoughtsTokenCount": 81,'
    b'"serviceTier": "standard"},"modelVersion": "gemini-x","responseId": "XCZRarmyK9jQz7IP"}\r\n\r\n'
)


def test_a_recorded_stream_is_read() -> None:
    assert decoded(LIVE) == Reply((Text("Hello wire."),), "stop", Usage(input=9, output=85, thinking=81))


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
natives = st.sampled_from(
    [
        {"executableCode": {"language": "PYTHON", "code": "1"}},
        {"groundingMetadata": {"webSearchQueries": ["x"]}},
        {"safetyRatings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW"}]},
    ]
)
parts = st.one_of(
    words.map(Text),
    st.builds(Thinking, words, st.none() | st.just("c2ln"), st.booleans()),
    st.builds(
        ToolCall,
        st.sampled_from(["a", "b"]),
        st.dictionaries(words, words, max_size=2) | st.just('{"broken": '),
        st.none() | st.just("call_1"),
    ),
    words.map(Refusal),
    st.just(Image("image/png", "aGk=")),
    natives.map(lambda value: Native({"gemini": value})),
    st.just(Native({"openai": {"type": "x"}})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=5).map(tuple),
    st.sampled_from(["stop", "length", "tool_calls", "content_filter", "stop_sequence", "refusal"])
    | st.just(NativeFinish("RECITATION")),
    st.builds(Usage, st.integers(0, 90), st.integers(50, 90), st.integers(0, 9), thinking=st.integers(0, 50)),
)


@given(
    reply=replies,
    size=st.sampled_from([1, 3, 100]),
    alt=st.sampled_from(["sse", ""]),
    thoughts=st.booleans(),
    model=st.sampled_from([NEW_MODEL, OLD_MODEL]),
)
@settings(max_examples=300, deadline=None)
def test_a_stream_and_a_whole_answer_tell_the_same_reply(
    reply: Reply,
    size: int,
    alt: str,
    thoughts: bool,
    model: str,
) -> None:
    config = {"generationConfig": {"thinkingConfig": {"includeThoughts": thoughts}}}
    whole = rendered(reply, model, **config).body
    streamed = frames(
        reply,
        model,
        lambda text: [text[at : at + size] for at in range(0, len(text), size)],
        alt,
        **config,
    )

    assert decoded(b"".join(streamed)) == decoded(whole)


def test_a_reply_comes_back_as_it_was() -> None:
    reply = Reply(
        (
            Thinking("Let me look.", "c2ln"),
            Text("I look."),
            ToolCall("get_weather", {"city": "Paris"}, "call_1"),
            ToolCall("now", {}, "call_2"),
            Image("image/png", "aGk="),
            Native({"gemini": {"executableCode": {"language": "PYTHON", "code": "1"}}}),
            Native({"gemini": {"groundingMetadata": {"webSearchQueries": ["x"]}}}),
        ),
        "tool_calls",
        Usage(input=5, output=9, cached=2, thinking=3),
    )

    shown = rendered(reply, generationConfig={"thinkingConfig": {"includeThoughts": True}})

    assert decoded(shown.body) == reply


def test_a_recorded_call_without_an_id_has_none() -> None:
    body = (
        b'{"candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}, "finishReason": "STOP"}]}'
    )

    assert decoded(body) == Reply((ToolCall("f", {}),), "tool_calls")


def test_only_the_first_candidate_is_told() -> None:
    body = b"".join(frames(Reply((Text("a b"),), usage=Usage(1, 1)), generationConfig={"candidateCount": 2}))

    assert decoded(body).parts == (Text("a b"),)


def test_a_blocked_prompt_is_a_blocked_reply() -> None:
    assert decoded(b'{"promptFeedback": {"blockReason": "OTHER"}}') == Reply((), "content_filter")


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        ("OTHER", NativeFinish("OTHER")),
    ],
)
def test_a_reason_is_a_finish(reason: str, finish: Any) -> None:
    assert decoded(b'{"candidates": [{"finishReason": "%s"}]}' % reason.encode()).finish == finish


def test_sound_is_native() -> None:
    part = {"inlineData": {"mimeType": "audio/wav", "data": "aGk="}}
    reply = Reply((Native({"gemini": part}),))

    assert decoded(rendered(reply).body) == reply


@pytest.mark.parametrize(
    "body",
    [
        b'{"candidates": [5, {"content": 5}, {"content": {"parts": 5}}, {"finishReason": 5}]}',
        b'{"candidates": 5, "usageMetadata": 5}',
        b'{"candidates": [{"content": {"parts": [5, {}, {"text": 5}, {"functionCall": 5}]}}]}',
        b'data: {"candidates": [{"content": {"parts": [{"new": {}}]}, "new": 1}]}\n\n',
        b'{"candidates": [], "usageMetadata": {"promptTokenCount": "x"}}',
        b'[{"candidates": []}, 5]',
    ],
)
def test_what_no_reference_names_is_passed_over(body: bytes) -> None:
    assert isinstance(decoded(body), Reply)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b"[]",
        b"{}",
        b"5",
        b'{"error": {"code": 500}}',
        b'[{"error": {"code": 500}}]',
        LIVE + b'data: {"error": {"code": 503}}\r\n\r\n',
        b"data: [DONE]\n\n",
        b"data: {\n\n",
        b"\xff\xfe",
    ],
)
def test_what_is_no_answer_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decoded(body)
