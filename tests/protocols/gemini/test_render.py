"""A reply as a whole answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from protocols.gemini.gemini_wire import (
    CONTEXT,
    DIALECT,
    HELLO,
    OLD_MODEL,
    candidate,
    rendered,
    request,
)

from mockserver.conversation import (
    Finish,
    Image,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import Context, header_lookup

SHOW_THOUGHTS: JsonObject = {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
WEATHER = ToolCall("get_weather", {"city": "Paris"}, "call_1")


def parts_of(reply: Reply, **members: Any) -> Any:
    return candidate(reply, **members)["content"].get("parts")


def usage_of(reply: Reply, **members: Any) -> JsonObject:
    found: JsonObject = orjson.loads(rendered(reply, **members).body)["usageMetadata"]
    return found


def test_the_bytes_of_a_whole_answer() -> None:
    answer = rendered(Reply((Text("Grüß dich!"),), usage=Usage(input=7, output=4)))

    assert answer.status == 200
    assert (
        answer.body.decode()
        == """\
{
  "candidates": [
    {
      "content": {
        "parts": [
          {
            "text": "Grüß dich!"
          }
        ],
        "role": "model"
      },
      "finishReason": "STOP",
      "index": 0
    }
  ],
  "usageMetadata": {
    "promptTokenCount": 7,
    "candidatesTokenCount": 4,
    "totalTokenCount": 11,
    "promptTokensDetails": [
      {
        "modality": "TEXT",
        "tokenCount": 7
      }
    ],
    "serviceTier": "standard"
  },
  "modelVersion": "gemini-3.6-flash",
  "responseId": "E10UCk95CsxT0dFvyxh8fHp"
}
"""
    )


def test_the_headers_of_a_whole_answer() -> None:
    answer = rendered(Reply((Text("Hi"),)))

    assert answer.headers == (
        ("content-type", "application/json; charset=UTF-8"),
        ("vary", "Origin"),
        ("vary", "X-Origin"),
        ("vary", "Referer"),
        ("x-xss-protection", "0"),
        ("x-frame-options", "SAMEORIGIN"),
        ("x-content-type-options", "nosniff"),
        ("server-timing", "gfet4t7; dur=582"),
        ("x-gemini-service-tier", "standard"),
    )


@pytest.mark.parametrize(
    ("asked", "served"),
    [("flex", "flex"), ("PRIORITY", "priority"), ("gold", "standard"), (None, "standard")],
)
def test_the_service_tier_is_the_one_asked_for(asked: str | None, served: str) -> None:
    answer = rendered(Reply((Text("Hi"),)), serviceTier=asked)

    assert header_lookup(answer.headers)["x-gemini-service-tier"] == served
    assert orjson.loads(answer.body)["usageMetadata"]["serviceTier"] == served


def test_another_identity_gives_another_response_id() -> None:
    reply, asked = Reply((Text("Hi"),)), request()
    here = orjson.loads(DIALECT.render(reply, asked, CONTEXT).body)
    there = orjson.loads(DIALECT.render(reply, asked, Context(identity=b"other")).body)

    assert here["responseId"] != there["responseId"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Text("a"), {"text": "a"}),
        (Text(""), {"text": ""}),
        (Refusal("I can't."), {"text": "I can't."}),
        (Image("image/png", "aGk="), {"inlineData": {"mimeType": "image/png", "data": "aGk="}}),
        (
            Native({"gemini": {"executableCode": {"language": "PYTHON", "code": "1"}}}),
            {"executableCode": {"language": "PYTHON", "code": "1"}},
        ),
    ],
)
def test_a_part_in_the_shape_of_the_wire(part: ReplyPart, expected: JsonObject) -> None:
    assert parts_of(Reply((part,))) == [expected]


def test_a_call_carries_its_id_and_the_first_one_a_signature() -> None:
    first, second = parts_of(Reply((WEATHER, ToolCall("now", {})), "tool_calls"))

    assert first == {
        "functionCall": {"name": "get_weather", "args": {"city": "Paris"}, "id": "call_1"},
        "thoughtSignature": "bGh3RGNDZllqaUpIeHQ5dFVnYzhFVkYxcG00S2ZxSUVpTUtrd0cxTmk2NmZ3bEMw",
    }
    assert second == {"functionCall": {"name": "now", "args": {}, "id": "6y79a1hm"}}


def test_a_turn_of_calls_stops_with_stop_and_says_so() -> None:
    told = candidate(Reply((Text("I look."), WEATHER), "tool_calls"))

    assert (told["finishReason"], told["index"]) == ("STOP", 0)
    assert told["finishMessage"] == "Model generated function call(s)."


def test_the_older_layout_has_neither_ids_nor_signatures() -> None:
    told = candidate(Reply((ToolCall("now", {}),), "tool_calls"), OLD_MODEL)

    assert told["content"]["parts"] == [{"functionCall": {"name": "now", "args": {}}}]


def test_the_older_layout_signs_the_call_after_thoughts() -> None:
    told = candidate(Reply((Thinking("Hm", "c2ln"), ToolCall("now", {})), "tool_calls"), OLD_MODEL)

    assert told["content"]["parts"] == [
        {"functionCall": {"name": "now", "args": {}}, "thoughtSignature": "c2ln"}
    ]


def test_the_older_layout_keeps_a_scripted_id() -> None:
    told = candidate(Reply((WEATHER,), "tool_calls"), OLD_MODEL)

    assert told["content"]["parts"] == [
        {"functionCall": {"name": "get_weather", "args": {"city": "Paris"}, "id": "call_1"}}
    ]


@pytest.mark.parametrize(
    ("model", "has_id"),
    [
        ("gemini-2.5-pro", False),
        ("gemini-2.5-flash-lite", False),
        ("gemini-2.0-flash-001", False),
        ("gemini-1.5-pro", False),
        ("google/gemini-2.5-pro", False),
        ("gemini-3.6-flash", True),
        ("gemini-flash-latest", True),
        ("mock-weather", True),
    ],
)
def test_the_layout_is_that_of_the_models_generation(model: str, has_id: bool) -> None:
    told = candidate(Reply((ToolCall("now", {}),), "tool_calls"), model)

    assert ("id" in told["content"]["parts"][0]["functionCall"]) is has_id


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [('{"a": 1}', {"a": 1}), ('{"a": ', '{"a": '), ("[1]", "[1]"), ("", "")],
)
def test_arguments_in_text_are_an_object_if_they_can_be(arguments: str, expected: Any) -> None:
    [part] = parts_of(Reply((ToolCall("f", arguments, "c"),), "tool_calls"))

    assert part["functionCall"]["args"] == expected


def test_a_call_cut_short_by_the_limit_is_never_sent() -> None:
    told = candidate(Reply((Text("I look."), ToolCall("f", '{"city": "Pa')), "length"))

    assert told == {
        "content": {"parts": [{"text": "I look."}], "role": "model"},
        "finishReason": "MAX_TOKENS",
        "index": 0,
    }


THOUGHTFUL = Reply((Thinking("Hm", "c2ln"), Text("a"), Text("b")), usage=Usage(5, 9, thinking=6))


def test_thoughts_are_shown_when_asked_for_and_the_last_text_is_signed() -> None:
    assert parts_of(THOUGHTFUL, **SHOW_THOUGHTS) == [
        {"text": "Hm", "thought": True},
        {"text": "a"},
        {"text": "b", "thoughtSignature": "c2ln"},
    ]


def test_hidden_thoughts_still_sign_and_count() -> None:
    assert parts_of(THOUGHTFUL) == [{"text": "a"}, {"text": "b", "thoughtSignature": "c2ln"}]
    assert usage_of(THOUGHTFUL) == {
        "promptTokenCount": 5,
        "candidatesTokenCount": 3,
        "totalTokenCount": 14,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 5}],
        "thoughtsTokenCount": 6,
        "serviceTier": "standard",
    }


def test_redacted_thoughts_have_no_place() -> None:
    reply = Reply((Thinking("b3BhcXVl", redacted=True), Text("a")))

    assert parts_of(reply, **SHOW_THOUGHTS) == [{"text": "a"}]


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "STOP"),
        ("tool_calls", "STOP"),
        ("stop_sequence", "STOP"),
        ("refusal", "STOP"),
        ("pause", "STOP"),
        ("length", "MAX_TOKENS"),
        (NativeFinish("RECITATION"), "RECITATION"),
    ],
)
def test_a_finish_has_its_reason(finish: Finish | NativeFinish, reason: str) -> None:
    assert candidate(Reply((Text("a"),), finish))["finishReason"] == reason


def test_max_tokens_survives_a_turn_of_calls() -> None:
    told = candidate(Reply((WEATHER,), "length"))

    assert told["finishReason"] == "MAX_TOKENS"
    assert "finishMessage" not in told


def test_blocked_content_is_withheld() -> None:
    assert candidate(Reply((Text("a"),), "content_filter")) == {"finishReason": "SAFETY", "index": 0}


def test_a_reply_without_parts_is_a_content_without_parts() -> None:
    assert candidate(Reply((), "length"))["content"] == {"role": "model"}


def test_counters_of_zero_are_left_out() -> None:
    assert usage_of(Reply((Text("a"),))) == {"serviceTier": "standard"}


def test_cached_tokens_are_told_apart() -> None:
    usage = usage_of(Reply((Text("a"),), usage=Usage(input=10, output=1, cached=4)))

    assert usage["cachedContentTokenCount"] == 4
    assert usage["cacheTokensDetails"] == [{"modality": "TEXT", "tokenCount": 4}]


def test_tokens_of_an_attachment_are_told_apart() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "aGk="}}
    contents = [{"parts": [{"text": "What is this?"}, picture]}]

    usage = usage_of(Reply((Text("A cat."),), usage=Usage(input=300)), contents=contents)

    assert usage["promptTokensDetails"] == [
        {"modality": "TEXT", "tokenCount": 8},
        {"modality": "IMAGE", "tokenCount": 292},
    ]


def test_tokens_of_a_generated_image_are_told_apart() -> None:
    reply = Reply((Text("Here:"), Image("image/png", "aGk=")), usage=Usage(output=1292))

    assert usage_of(reply)["candidatesTokensDetails"] == [{"modality": "IMAGE", "tokenCount": 1290}]


def test_every_candidate_is_the_reply_and_costs_its_output() -> None:
    answer = rendered(
        Reply((Text("a"),), usage=Usage(input=3, output=2)), generationConfig={"candidateCount": 3}
    )

    body = orjson.loads(answer.body)

    assert [told["index"] for told in body["candidates"]] == [0, 1, 2]
    assert {told["content"]["parts"][0]["text"] for told in body["candidates"]} == {"a"}
    assert body["usageMetadata"]["candidatesTokenCount"] == 6
    assert body["usageMetadata"]["totalTokenCount"] == 9


def test_native_fields_of_a_candidate_stand_beside_the_content() -> None:
    grounding = {"groundingMetadata": {"webSearchQueries": ["x"]}}
    citations: JsonObject = {"citationMetadata": {"citationSources": []}}
    reply = Reply((Native({"gemini": grounding}), Text("a"), Native({"gemini": citations})))

    assert candidate(reply) == {
        "content": {"parts": [{"text": "a"}], "role": "model"},
        "finishReason": "STOP",
        "index": 0,
        **grounding,
        **citations,
    }


def test_native_parts_of_other_wires_are_left_out() -> None:
    assert parts_of(Reply((Native({"anthropic": {"type": "x"}}), Text("a")))) == [{"text": "a"}]


def test_rendering_changes_nothing_in_the_reply() -> None:
    native = {"executableCode": {"code": "1"}}
    reply = Reply((Thinking("Hm"), Native({"gemini": native})))

    candidate(reply)

    assert native == {"executableCode": {"code": "1"}}
    assert replace(reply) == reply


def test_a_body_that_is_no_vendors_has_every_default() -> None:
    bare = replace(request(HELLO), body={})

    answer = DIALECT.render(Reply((Text("a"),)), bare, CONTEXT)

    assert orjson.loads(answer.body)["usageMetadata"] == {"serviceTier": "standard"}
