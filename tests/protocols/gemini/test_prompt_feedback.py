"""A prompt that is blocked is answered with feedback."""

from __future__ import annotations

import orjson
from protocols.gemini.gemini_wire import CONTEXT, DIALECT, HELLO, STREAM, decoded, post

from mockserver.conversation import Failure, Http

SSE = post(HELLO, STREAM, alt="sse")
ARRAY = post(HELLO, STREAM)
WHOLE = post(HELLO)


def test_a_blocked_prompt_is_answered_with_feedback() -> None:
    answer = DIALECT.refuse(Failure("content_filter"), WHOLE, CONTEXT)

    assert answer.status == 200
    assert orjson.loads(answer.body) == {
        "promptFeedback": {"blockReason": "SAFETY"},
        "usageMetadata": {
            "promptTokenCount": 6,
            "totalTokenCount": 6,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 6}],
            "serviceTier": "standard",
        },
        "modelVersion": "gemini-3.6-flash",
        "responseId": "E10UCk95CsxT0dFvyxh8fHp",
    }


def test_a_blocked_stream_is_one_chunk() -> None:
    answer = DIALECT.refuse(Failure("content_filter"), SSE, CONTEXT)

    assert answer.headers[0] == ("content-type", "text/event-stream")
    assert answer.body.startswith(b'data: {"promptFeedback": {"blockReason": "SAFETY"},')
    assert answer.body.endswith(b"}\r\n\r\n")


def test_a_blocked_array_has_one_item() -> None:
    answer = DIALECT.refuse(Failure("content_filter"), ARRAY, CONTEXT)

    assert [next(iter(item)) for item in orjson.loads(answer.body)] == ["promptFeedback"]


def test_the_reason_of_a_block_can_be_scripted() -> None:
    answer = DIALECT.refuse(Failure("content_filter", code="PROHIBITED_CONTENT"), WHOLE, CONTEXT)

    assert orjson.loads(answer.body)["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}


def test_a_block_with_an_error_status_is_an_error() -> None:
    answer = DIALECT.refuse(Failure("content_filter", status=400), WHOLE, CONTEXT)

    assert (answer.status, list(orjson.loads(answer.body))) == (400, ["error"])


def test_a_block_needs_no_prompt() -> None:
    answer = DIALECT.refuse(Failure("content_filter"), Http("POST", "/"), CONTEXT)

    assert answer.status == 200
    assert decoded(answer.body).finish == "content_filter"
