"""countTokens."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.gemini.gemini_wire import CONTEXT, HELLO, post, request

from mockserver.conversation import Failure, JsonObject
from mockserver.limits import count_input
from mockserver.protocols.base import Answer
from mockserver.protocols.gemini.count import count_tokens

COUNT = "/v1beta/models/gemini-3.6-flash:countTokens"


def counted(body: Any) -> JsonObject:
    answer = count_tokens(post(body, COUNT), CONTEXT)
    assert isinstance(answer, Answer), answer
    found: JsonObject = orjson.loads(answer.body)
    return found


def test_bare_contents_are_counted() -> None:
    assert counted(HELLO) == {
        "totalTokens": 6,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 6}],
    }


def test_a_whole_request_is_counted_with_its_system_text_and_tools() -> None:
    whole = {
        **HELLO,
        "model": "models/gemini-3.6-flash",
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [{"functionDeclarations": [{"name": "get_time", "description": "The time."}]}],
    }

    assert counted({"generateContentRequest": whole})["totalTokens"] == count_input(request(whole))
    assert count_input(request(whole)) > count_input(request(HELLO))


def test_every_part_of_a_history_counts() -> None:
    call = {"functionCall": {"name": "f", "args": {"city": "Paris"}}}
    result = {"functionResponse": {"name": "f", "response": {"result": "sunny"}}}
    picture = {"inlineData": {"mimeType": "image/png", "data": "aGk="}}
    history = [
        {"role": "model", "parts": [{"text": "Hm", "thought": True}, call]},
        {"role": "user", "parts": [result, picture]},
    ]

    # Four for each of three messages; the thought, the name, the arguments, the result; the picture.
    assert counted({"contents": history}) == {
        "totalTokens": 12 + 1 + 1 + 4 + 2 + 85,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 20},
            {"modality": "IMAGE", "tokenCount": 85},
        ],
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "* CountTokensRequest.contents: contents is not specified\n"),
        (
            {"contents": [{"parts": [{}]}]},
            (
                "* CountTokensRequest.contents[0].parts[0].data: "
                "required oneof field 'data' must have one initialized field\n"
            ),
        ),
        (
            {"generateContentRequest": {"contents": []}},
            "* GenerateContentRequest.contents: contents is not specified\n",
        ),
    ],
)
def test_a_refusal_names_the_request_at_fault(body: Any, message: str) -> None:
    failure = count_tokens(post(body, COUNT), CONTEXT)

    assert isinstance(failure, Failure)
    assert failure.message == message


def test_a_wrong_value_inside_the_whole_request_is_told_with_its_place() -> None:
    failure = count_tokens(post({"generateContentRequest": {"contents": 5}}, COUNT), CONTEXT)

    assert isinstance(failure, Failure)
    assert failure.param == "generate_content_request.contents"
