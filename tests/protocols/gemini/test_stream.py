"""A reply as a stream: SSE with `alt=sse`, one JSON array without."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import pytest
from protocols.gemini.gemini_wire import (
    CONTEXT,
    DIALECT,
    NEW_MODEL,
    OLD_MODEL,
    STREAM,
    chunks,
    frames,
    request,
)

from mockserver.conversation import (
    ERROR_KINDS,
    ErrorKind,
    Failure,
    Image,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.events import events

SHOW_THOUGHTS: JsonObject = {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
HELLO_REPLY = Reply((Text("Hello there!"),), usage=Usage(input=7, output=3))
WEATHER = ToolCall("get_weather", {"city": "Paris"}, "call_1")


def contents(reply: Reply, model: str = NEW_MODEL, **members: Any) -> list[Any]:
    """The content of each chunk's candidate, as a list of parts; None where there is none."""
    return [
        found["candidates"][0].get("content", {}).get("parts") for found in chunks(reply, model, **members)
    ]


def reasons(reply: Reply, model: str = NEW_MODEL) -> list[str | None]:
    return [found["candidates"][0].get("finishReason") for found in chunks(reply, model)]


def event(candidate: str, answer: int) -> str:
    """An event of a stream that answers 7 tokens and has `answer` up to here."""
    return (
        f'data: {{"candidates": [{candidate}],"usageMetadata": {{"promptTokenCount": 7,'
        f'"candidatesTokenCount": {answer},"totalTokenCount": {7 + answer},'
        '"promptTokensDetails": [{"modality": "TEXT","tokenCount": 7}],"serviceTier": "standard"},'
        '"modelVersion": "gemini-3.6-flash","responseId": "E10UCk95CsxT0dFvyxh8fHp"}\r\n\r\n'
    )


def test_the_bytes_of_a_stream() -> None:
    assert [frame.decode() for frame in frames(HELLO_REPLY)] == [
        event('{"content": {"parts": [{"text": "Hello"}],"role": "model"},"index": 0}', 2),
        event('{"content": {"parts": [{"text": " there"}],"role": "model"},"index": 0}', 3),
        event('{"content": {"parts": [{"text": "!"}],"role": "model"},"index": 0}', 3),
        event('{"content": {"parts": [{"text": ""}],"role": "model"},"finishReason": "STOP","index": 0}', 3),
    ]


def test_text_beyond_ascii_is_sent_as_it_is() -> None:
    [frame, _] = frames(Reply((Text("„ü“\u2028\u0085'<👋"),)), chunk=lambda text: [text])

    assert '"text": "„ü“\u2028\u0085\'<👋"' in frame.decode()


@pytest.mark.parametrize(
    ("alt", "content_type"),
    [("sse", "text/event-stream"), ("json", "application/json; charset=UTF-8")],
)
def test_the_headers_of_a_stream(alt: str, content_type: str) -> None:
    headers = DIALECT.encoder(request(path=STREAM, alt=alt), CONTEXT).headers

    assert headers[0] == ("content-type", content_type)
    assert [value for name, value in headers if name == "vary"] == ["Origin", "X-Origin", "Referer"]
    assert headers[-1] == ("x-gemini-service-tier", "standard")


def test_without_sse_the_chunks_are_one_array() -> None:
    pieces = frames(HELLO_REPLY, alt="")

    assert pieces[0].startswith(b'[{\n  "candidates": [\n')
    assert all(piece.startswith(b',\r\n{\n  "candidates"') for piece in pieces[1:-1])
    assert pieces[-1] == b"]"
    assert orjson.loads(b"".join(pieces)) == chunks(HELLO_REPLY)


def test_the_finish_reason_stands_on_the_last_chunk_only() -> None:
    assert reasons(HELLO_REPLY) == [None, None, None, "STOP"]


def test_usage_stands_on_every_chunk_and_grows() -> None:
    reply = Reply((Thinking("One two three."), Text("Four five six.")), usage=Usage(9, 40, thinking=25))

    usages = [found["usageMetadata"] for found in chunks(reply, **SHOW_THOUGHTS)]

    counts = [(usage.get("thoughtsTokenCount", 0), usage.get("candidatesTokenCount", 0)) for usage in usages]
    assert all(before <= after for before, after in pairwise(counts))
    assert (counts[0][1], counts[-1]) == (0, (25, 15))
    assert "candidatesTokenCount" not in usages[0]
    assert all(
        usage["totalTokenCount"] == 9 + sum(count) for usage, count in zip(usages, counts, strict=True)
    )


def test_hidden_thoughts_are_counted_before_the_first_chunk() -> None:
    reply = Reply((Thinking("One two three."), Text("Four")), usage=Usage(9, 40, thinking=25))

    assert chunks(reply)[0]["usageMetadata"]["thoughtsTokenCount"] == 25


def test_thoughts_come_first_and_the_signature_last() -> None:
    reply = Reply((Thinking("Let me", "c2ln"), Text("Hi you")))

    assert contents(reply, **SHOW_THOUGHTS) == [
        [{"text": "Let", "thought": True}],
        [{"text": " me", "thought": True}],
        [{"text": "Hi"}],
        [{"text": " you"}],
        [{"text": "", "thoughtSignature": "c2ln"}],
    ]


def test_thoughts_are_hidden_unless_asked_for() -> None:
    reply = Reply((Thinking("Let me", "c2ln"), Text("Hi")))

    assert contents(reply) == [[{"text": "Hi"}], [{"text": "", "thoughtSignature": "c2ln"}]]


CALLS = Reply((Text("Look."), WEATHER, ToolCall("now", {}, "call_2")), "tool_calls")


def test_each_call_comes_whole_and_an_empty_text_brings_the_stop() -> None:
    signature = contents(CALLS)[2][0]["thoughtSignature"]

    assert contents(CALLS)[2:] == [
        [
            {
                "functionCall": {"name": "get_weather", "args": {"city": "Paris"}, "id": "call_1"},
                "thoughtSignature": signature,
            }
        ],
        [{"functionCall": {"name": "now", "args": {}, "id": "call_2"}}],
        [{"text": ""}],
    ]
    assert reasons(CALLS) == [None, None, None, None, "STOP"]


def test_the_older_layout_stops_with_the_last_call() -> None:
    *_, last = chunks(CALLS, OLD_MODEL)

    assert last["candidates"] == [
        {
            "content": {
                "parts": [{"functionCall": {"name": "now", "args": {}, "id": "call_2"}}],
                "role": "model",
            },
            "finishReason": "STOP",
            "index": 0,
            "finishMessage": "Model generated function call(s).",
        }
    ]
    assert reasons(CALLS, OLD_MODEL) == [None, None, None, "STOP"]


@pytest.mark.parametrize("reply", [Reply(()), Reply((WEATHER, Text("a"))), Reply((WEATHER,), "length")])
def test_the_older_layout_ends_other_turns_with_a_chunk_of_their_own(reply: Reply) -> None:
    assert reasons(reply, OLD_MODEL)[-1] is not None
    assert contents(reply, OLD_MODEL)[-1] == [{"text": ""}]


def test_the_older_layout_closes_the_array() -> None:
    assert orjson.loads(b"".join(frames(CALLS, OLD_MODEL, alt=""))) == chunks(CALLS, OLD_MODEL)


def test_broken_arguments_are_sent_as_the_string_they_are() -> None:
    reply = Reply((ToolCall("f", '{"a": ', "c"),), "tool_calls")

    assert contents(reply)[0][0]["functionCall"]["args"] == '{"a": '


def test_a_call_cut_short_by_the_limit_is_never_sent() -> None:
    reply = Reply((Text("Look"), ToolCall("f", '{"city": "Pa')), "length")

    assert contents(reply) == [[{"text": "Look"}], [{"text": ""}]]
    assert reasons(reply)[-1] == "MAX_TOKENS"


def test_an_image_is_one_part_of_one_chunk() -> None:
    reply = Reply((Text("Here"), Image("image/png", "aGk=")))

    assert contents(reply) == [
        [{"text": "Here"}],
        [{"inlineData": {"mimeType": "image/png", "data": "aGk="}}],
        [{"text": ""}],
    ]


def test_a_signed_image_carries_the_signature_itself() -> None:
    reply = Reply((Thinking("Hm", "c2ln"), Image("image/png", "aGk=")))

    assert contents(reply) == [
        [{"inlineData": {"mimeType": "image/png", "data": "aGk="}, "thoughtSignature": "c2ln"}],
        [{"text": ""}],
    ]


def test_a_refusal_is_plain_text() -> None:
    assert contents(Reply((Refusal("No"),), "refusal")) == [[{"text": "No"}], [{"text": ""}]]


def test_a_native_part_is_one_chunk_and_native_fields_stand_on_the_last() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "1"}}
    grounding = {"groundingMetadata": {"webSearchQueries": ["x"]}}
    reply = Reply((Native({"gemini": code}), Native({"gemini": grounding}), Text("a")))

    *_, last = chunks(reply)

    assert contents(reply) == [[code], [{"text": "a"}], [{"text": ""}]]
    assert last["candidates"][0]["groundingMetadata"] == {"webSearchQueries": ["x"]}


def test_a_blocked_answer_ends_without_content() -> None:
    *_, last = chunks(Reply((Text("Well"),), "content_filter"))

    assert last["candidates"] == [{"finishReason": "SAFETY", "index": 0}]


def test_a_native_finish_is_sent_as_it_is() -> None:
    assert reasons(Reply((Text("a"),), NativeFinish("OTHER"))) == [None, "OTHER"]


def test_a_limit_before_the_first_word_leaves_no_parts() -> None:
    [only] = chunks(Reply((Thinking("Hm"),), "length"))

    assert only["candidates"] == [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}]


def test_candidates_are_told_apart_by_their_index() -> None:
    found = chunks(HELLO_REPLY, generationConfig={"candidateCount": 2})

    assert [chunk["candidates"][0]["index"] for chunk in found] == [0, 1] * 4
    assert all(len(chunk["candidates"]) == 1 for chunk in found)
    assert found[-1]["usageMetadata"]["candidatesTokenCount"] == 6


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"candidates": [{"index": 0}], "a": 1}, b'data: {"candidates": [{"index": 0}],"a": 1}\r\n\r\n'),
        ("[DONE]", b"data: [DONE]\r\n\r\n"),
    ],
)
def test_scripted_data_is_framed_as_the_wire_frames_it(data: Any, expected: bytes) -> None:
    assert DIALECT.frame(data) == expected


# ------------------------------------------------------------------------------------------------ failures


def failing(failure: Failure, told: int = 0, alt: str = "sse") -> list[bytes]:
    """The frames of a stream that fails after `told` events."""
    encoder = DIALECT.encoder(request(path=STREAM, alt=alt), CONTEXT)
    pieces = [frame for event in list(events(HELLO_REPLY))[:told] for frame in encoder.encode(event)]
    return [*pieces, *encoder.fail(failure)]


def test_an_error_inside_a_stream_begins_with_its_error_and_has_a_number() -> None:
    assert failing(Failure("overloaded", message="Later.")) == [
        b'data: {"error": {"code": 503,"message": "Later.","status": "UNAVAILABLE"}}\r\n\r\n'
    ]


@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_every_kind_can_be_told_inside_a_stream(kind: ErrorKind) -> None:
    [frame] = failing(Failure(kind))

    data = orjson.loads(frame.removeprefix(b"data: "))

    assert list(data) == ["error"]
    assert 400 <= data["error"]["code"] < 600


@pytest.mark.parametrize(("told", "keys"), [(0, ["error"]), (3, ["candidates", "error"])])
def test_an_error_inside_an_array_is_its_last_item(told: int, keys: list[str]) -> None:
    pieces = failing(Failure("overloaded"), told, alt="")

    assert [next(iter(item)) for item in orjson.loads(b"".join(pieces))] == keys
