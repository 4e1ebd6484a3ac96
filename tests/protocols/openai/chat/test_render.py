"""The JSON answer, member by member."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from protocols.openai.chat_wire import CONTEXT, answer, completion, request

from mockserver.conversation import (
    Finish,
    Image,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Request,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import header_lookup
from mockserver.protocols.openai.chat import DIALECT

CALL = ToolCall("get_weather", {"city": "Paris"}, "call_1")
SHELL = {"type": "custom", "custom": {"name": "shell"}}

HELLO = """{
  "id": "chatcmpl-kSqf5ql7RutlAOi8bKWDP8rCqseDv",
  "object": "chat.completion",
  "created": 1767225600,
  "model": "gpt-4o-2024-08-06",
  "choices": [
    {
      "index": 0,
      "message": {
        "role": "assistant",
        "content": "Grüß dich 👋",
        "refusal": null,
        "annotations": []
      },
      "logprobs": null,
      "finish_reason": "stop"
    }
  ],
  "usage": {
    "prompt_tokens": 20,
    "completion_tokens": 7,
    "total_tokens": 27,
    "prompt_tokens_details": {
      "cached_tokens": 5,
      "audio_tokens": 0
    },
    "completion_tokens_details": {
      "reasoning_tokens": 3,
      "audio_tokens": 0,
      "accepted_prediction_tokens": 0,
      "rejected_prediction_tokens": 0
    }
  },
  "service_tier": "default",
  "system_fingerprint": "fp_55f84aad1d"
}"""


def message(*parts: Any, **members: Any) -> Any:
    return completion(Reply(parts), **members)["choices"][0]["message"]


def test_the_body_is_printed_with_two_spaces() -> None:
    reply = Reply((Text("Grüß dich 👋"),), usage=Usage(input=20, output=7, cached=5, thinking=3))

    assert answer(reply).body.decode() == HELLO


def test_the_answer_carries_the_documented_headers() -> None:
    headers = header_lookup(answer(Reply((Text("Hi"),))).headers)

    assert headers["content-type"] == "application/json"
    assert headers["openai-version"] == "2020-10-01"
    assert headers["x-request-id"] == "req_" + CONTEXT.token("request", 32, "0123456789abcdef")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), {"content": "", "refusal": None, "annotations": []}),
        ((Text("a"), Text("b")), {"content": "ab", "refusal": None, "annotations": []}),
        ((Refusal("No."),), {"content": None, "refusal": "No.", "annotations": []}),
        (
            (Thinking("Hm."), Text("Hi")),
            {"content": "Hi", "reasoning_content": "Hm.", "refusal": None, "annotations": []},
        ),
        (
            (Thinking("opaque", redacted=True), Text("Hi")),
            {"content": "Hi", "refusal": None, "annotations": []},
        ),
        (
            (Text("See "), Image("image/png", "aGk=")),
            {"content": "See ![image](data:image/png;base64,aGk=)", "refusal": None, "annotations": []},
        ),
        (
            (
                Text("Hi"),
                Native({"openai.chat": {"annotations": [{"type": "url_citation"}], "audio": {"id": "a"}}}),
            ),
            {
                "content": "Hi",
                "refusal": None,
                "annotations": [{"type": "url_citation"}],
                "audio": {"id": "a"},
            },
        ),
        (
            (Text("Hi"), Native({"anthropic": {"annotations": [1]}})),
            {"content": "Hi", "refusal": None, "annotations": []},
        ),
    ],
)
def test_a_message_shows_its_parts(parts: Any, expected: dict[str, Any]) -> None:
    assert message(*parts) == {"role": "assistant", **expected}


def test_a_tool_call_leaves_the_content_null() -> None:
    assert message(CALL) == {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
            }
        ],
        "refusal": None,
        "annotations": [],
    }


def test_text_before_a_tool_call_is_content() -> None:
    told = message(Text("Let me see."), CALL)

    assert told["content"] == "Let me see."
    assert len(told["tool_calls"]) == 1


def test_broken_arguments_are_sent_as_they_stand() -> None:
    assert message(ToolCall("f", '{"a":', "c"))["tool_calls"][0]["function"]["arguments"] == '{"a":'


def test_parallel_calls_without_ids_get_ids_of_their_own() -> None:
    ids = [call["id"] for call in message(ToolCall("f", {}), ToolCall("f", {}))["tool_calls"]]

    assert ids == ["call_" + CONTEXT.token("call:0:0", 24), "call_" + CONTEXT.token("call:0:1", 24)]


def test_what_was_offered_as_custom_is_called_as_custom() -> None:
    calls = message(ToolCall("shell", "ls -l", "call_1"), ToolCall("f", {}, "call_2"), tools=[SHELL])[
        "tool_calls"
    ]

    assert calls == [
        {"id": "call_1", "type": "custom", "custom": {"name": "shell", "input": "ls -l"}},
        {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    ]


def test_who_offers_functions_gets_a_function_call() -> None:
    reply = Reply((CALL, ToolCall("f", {})), "tool_calls")

    choice = completion(reply, functions=[{"name": "get_weather"}])["choices"][0]

    assert choice["message"]["function_call"] == {"name": "get_weather", "arguments": '{"city":"Paris"}'}
    assert "tool_calls" not in choice["message"]
    assert choice["finish_reason"] == "function_call"


@pytest.mark.parametrize(
    ("finish", "expected"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("content_filter", "content_filter"),
        ("stop_sequence", "stop"),
        ("refusal", "stop"),
        ("pause", "stop"),
        (NativeFinish("insufficient_system_resource"), "insufficient_system_resource"),
    ],
)
def test_every_finish_has_its_word(finish: Finish | NativeFinish, expected: str) -> None:
    assert completion(Reply((CALL,), finish))["choices"][0]["finish_reason"] == expected


def test_each_of_n_choices_is_the_reply_and_is_paid_for() -> None:
    body = completion(Reply((CALL, ToolCall("f", {})), usage=Usage(10, 4, thinking=1)), n=3)

    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2]
    assert len({choice["message"]["tool_calls"][1]["id"] for choice in body["choices"]}) == 3
    assert body["usage"]["completion_tokens"] == 12
    assert body["usage"]["total_tokens"] == 22
    assert body["usage"]["completion_tokens_details"]["reasoning_tokens"] == 3


def test_tokens_written_to_the_cache_are_told_when_there_are_any() -> None:
    usage = completion(Reply((), usage=Usage(input=9, cache_write=4)))["usage"]

    assert usage["prompt_tokens_details"] == {"cached_tokens": 0, "audio_tokens": 0, "cache_write_tokens": 4}


@pytest.mark.parametrize(
    ("asked", "served"),
    [(None, "default"), ("auto", "default"), ("default", "default"), ("flex", "flex"), ("fast", "priority")],
)
def test_the_service_tier_is_the_one_that_served(asked: str | None, served: str) -> None:
    assert completion(Reply(()), service_tier=asked)["service_tier"] == served


@pytest.mark.parametrize(("asked", "named"), [("gpt-4o", "gpt-4o-2024-08-06"), ("mock-hello", "mock-hello")])
def test_an_alias_is_answered_by_its_snapshot(asked: str, named: str) -> None:
    assert completion(Reply(()), model=asked)["model"] == named


# ------------------------------------------------------------------------------------------- logprobs


def test_logprobs_cover_the_content_and_its_bytes() -> None:
    text = "Grüß dich, the 👋!"
    logprobs = completion(Reply((Text(text),)), logprobs=True, top_logprobs=3)["choices"][0]["logprobs"]
    entries = logprobs["content"]

    assert "".join(entry["token"] for entry in entries) == text
    assert b"".join(bytes(entry["bytes"]) for entry in entries).decode() == text
    assert logprobs["refusal"] is None
    for entry in entries:
        best, *others = entry["top_logprobs"]
        assert best == {name: entry[name] for name in ("token", "logprob", "bytes")}
        assert len({entry["token"], *(other["token"] for other in others)}) == 3
        assert 0 > entry["logprob"] >= others[0]["logprob"] > others[1]["logprob"]
        assert sum(math.exp(top["logprob"]) for top in entry["top_logprobs"]) <= 1


def test_logprobs_without_alternatives_have_none() -> None:
    entry = completion(Reply((Text("Hi"),)), logprobs=True)["choices"][0]["logprobs"]["content"][0]

    assert entry["top_logprobs"] == []


def test_all_twenty_alternatives_can_be_had() -> None:
    entry = completion(Reply((Text("the"),)), logprobs=True, top_logprobs=20)["choices"][0]["logprobs"][
        "content"
    ][0]

    assert len({top["token"] for top in entry["top_logprobs"]}) == 20


def test_a_refusal_has_logprobs_of_its_own() -> None:
    logprobs = completion(Reply((Refusal("No."),)), logprobs=True)["choices"][0]["logprobs"]

    assert logprobs["content"] is None
    assert [entry["token"] for entry in logprobs["refusal"]] == ["No", "."]


def test_a_call_has_no_logprobs() -> None:
    assert completion(Reply((CALL,)), logprobs=True)["choices"][0]["logprobs"] is None


# ------------------------------------------------------------------------------------------ moderation


def test_a_moderated_completion_tells_that_both_sides_are_harmless() -> None:
    moderation = completion(Reply((Text("Hi"),)), moderation={"model": "omni-moderation-latest"})[
        "moderation"
    ]

    assert list(moderation) == ["input", "output"]
    (result,) = moderation["output"]["results"]
    assert (result["type"], result["model"]) == ("moderation_result", "omni-moderation-latest")
    assert not result["flagged"]
    assert len(result["categories"]) == len(result["category_scores"]) == 13


def test_each_side_of_a_moderated_completion_is_judged_as_the_moderations_are() -> None:
    told = completion(Reply((Text("I murder time."),)), moderation={"model": "m"})["moderation"]

    assert [told[side]["results"][0]["flagged"] for side in ("input", "output")] == [False, True]
    assert told["output"]["results"][0]["categories"]["violence"]


# -------------------------------------------------------------------------------------------- defaults


def test_a_request_without_a_body_is_answered_with_the_defaults() -> None:
    bare = Request("openai.chat", "m", (), request().http)

    body = orjson.loads(DIALECT.render(Reply((Text("Hi"),)), bare, CONTEXT).body)

    assert body["choices"][0]["logprobs"] is None
    assert body["service_tier"] == "default"


def test_a_completion_that_is_to_be_stored_tells_its_metadata() -> None:
    reply, metadata = Reply((Text("Hi"),)), {"run": "7"}

    assert completion(reply, store=True, metadata=metadata)["metadata"] == metadata
    assert completion(reply, store=True)["metadata"] == {}
    assert "metadata" not in completion(reply, metadata=metadata)


def test_the_same_context_gives_the_same_bytes() -> None:
    reply = Reply((Text("Hi"), ToolCall("f", {})))

    assert answer(reply) == answer(reply)


def test_nothing_is_kept() -> None:
    assert DIALECT.keep(Reply(()), request(), CONTEXT) is None
