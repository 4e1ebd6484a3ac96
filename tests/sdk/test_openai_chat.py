"""Chat Completions in one piece, through the official Python SDK."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI
from sdk.openai_strict import Wire

from mockserver.conversation import Attachment, Text
from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]
GREETING = "Hello! How can I help you today?"
CONSTANT = ("id", "object", "created", "model", "service_tier", "system_fingerprint")
NO_DETAILS = {
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": 0,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}
TIME: Any = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object"}}}


def user(content: Any) -> Any:
    return [{"role": "user", "content": content}]


# ------------------------------------------------------------------------------------------------ an answer


def test_a_greeting_is_answered(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)

    (choice,) = completion.choices
    assert (choice.index, choice.finish_reason) == (0, "stop")
    assert (choice.message.role, choice.message.content) == ("assistant", GREETING)
    assert (completion.object, completion.model) == ("chat.completion", "gpt-4o-2024-08-06")
    assert re.fullmatch(r"chatcmpl-\w{29}", completion.id)
    assert completion.created > 0


async def test_a_greeting_is_answered_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    completion = await async_openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)

    assert completion.choices[0].message.content == GREETING


def test_the_members_of_an_answer_are_those_of_the_live_api(openai_client: OpenAI, wire: Wire) -> None:
    openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)

    body = wire.json
    assert set(body) == {*CONSTANT, "choices", "usage"}
    assert body["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": GREETING, "refusal": None, "annotations": []},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]


def test_usage_adds_up_and_prints_every_counter(openai_client: OpenAI, wire: Wire) -> None:
    openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)

    usage = wire.json["usage"]
    prompt, completion = usage["prompt_tokens"], usage["completion_tokens"]
    assert prompt > 0 < completion
    assert usage == {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        **NO_DETAILS,
    }


def test_letters_of_all_lengths_arrive_as_they_are(openai_client: OpenAI, wire: Wire) -> None:
    completion = openai_client.chat.completions.create(model="mock-sdk-text", messages=HELLO)

    assert completion.choices[0].message.content == "Grüße, 世界! 👋 Done."
    assert "Grüße, 世界! 👋 Done.".encode() in wire.last.body


def test_the_headers_of_an_answer_are_those_of_the_live_api(openai_client: OpenAI) -> None:
    raw = openai_client.chat.completions.with_raw_response.create(model="gpt-4o", messages=HELLO)

    headers = raw.headers
    assert raw.parse().choices[0].message.content == GREETING
    assert headers["content-type"] == "application/json"
    assert re.fullmatch("req_[0-9a-f]{32}", raw.request_id or "")
    assert int(headers["openai-processing-ms"]) > 0
    assert headers["openai-version"] == "2020-10-01"
    for bucket in ("requests", "tokens"):
        limit = int(headers[f"x-ratelimit-limit-{bucket}"])
        assert 0 <= int(headers[f"x-ratelimit-remaining-{bucket}"]) < limit
        assert re.fullmatch(r"(\d+m)?(\d+(\.\d+)?)(ms|s)", headers[f"x-ratelimit-reset-{bucket}"])


def test_every_request_has_ids_of_its_own(openai_client: OpenAI) -> None:
    answers = [openai_client.chat.completions.create(model="gpt-4o", messages=HELLO) for _ in range(3)]

    assert len({answer.id for answer in answers}) == 3
    assert len({answer._request_id for answer in answers}) == 3  # noqa: SLF001 - documented, in spite of its name


def test_an_answer_can_be_read_piece_by_piece(openai_client: OpenAI) -> None:
    with openai_client.chat.completions.with_streaming_response.create(
        model="gpt-4o", messages=HELLO
    ) as response:
        body = json.loads(b"".join(response.iter_bytes()))

    assert body["choices"][0]["message"]["content"] == GREETING


# -------------------------------------------------------------------------------------------------- options


def test_several_choices_are_counted_and_paid_for(openai_client: OpenAI) -> None:
    one = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)
    three = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO, n=3)

    assert [choice.index for choice in three.choices] == [0, 1, 2]
    assert {choice.message.content for choice in three.choices} == {GREETING}
    assert one.usage
    assert three.usage
    assert three.usage.completion_tokens == 3 * one.usage.completion_tokens


def test_log_probabilities_tell_the_text_token_by_token(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="mock-sdk-text", messages=HELLO, logprobs=True, top_logprobs=2
    )

    (choice,) = completion.choices
    assert choice.logprobs
    assert choice.logprobs.refusal is None
    entries = choice.logprobs.content or []
    assert "".join(entry.token for entry in entries) == choice.message.content
    for entry in entries:
        assert bytes(entry.bytes or []).decode() == entry.token
        assert entry.logprob <= 0
        assert len(entry.top_logprobs) == 2


def test_log_probabilities_come_without_alternatives_unless_asked(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO, logprobs=True)

    assert completion.choices[0].logprobs
    assert all(entry.top_logprobs == [] for entry in completion.choices[0].logprobs.content or [])


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_limit_of_tokens_holds(openai_client: OpenAI, name: str) -> None:
    limit: Any = {name: 3}
    completion = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO, **limit)

    assert completion.choices[0].finish_reason == "length"
    assert GREETING.startswith(completion.choices[0].message.content or "nothing")
    assert completion.usage
    assert completion.usage.completion_tokens <= 3


@pytest.mark.parametrize("stop", ["help", ["today", "can"]])
def test_a_stop_string_is_never_in_the_answer(openai_client: OpenAI, stop: Any) -> None:
    completion = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO, stop=stop)

    (choice,) = completion.choices
    assert choice.finish_reason == "stop"
    assert choice.message.content == GREETING.partition("help" if stop == "help" else "can")[0]


def test_a_tier_that_was_asked_for_serves(openai_client: OpenAI) -> None:
    tiers = [
        openai_client.chat.completions.create(model="m", messages=HELLO, service_tier=tier).service_tier
        for tier in ("auto", "flex", "priority")
    ]

    assert tiers == ["default", "flex", "priority"]


def test_moderation_is_told_where_it_was_asked_for(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="gpt-4o", messages=HELLO, moderation={"model": "omni-moderation-latest"}
    )

    assert completion.moderation
    assert completion.moderation.input.type == "moderation_results"
    assert not completion.moderation.input.results[0].flagged


def test_a_refusal_is_no_content(openai_client: OpenAI, wire: Wire) -> None:
    openai_client.chat.completions.create(model="mock-refusal", messages=HELLO)

    assert wire.json["choices"][0] == {
        "index": 0,
        "message": {
            "role": "assistant",
            "content": None,
            "refusal": "I'm sorry, but I can't help with that.",
            "annotations": [],
        },
        "logprobs": None,
        "finish_reason": "stop",
    }


def test_reasoning_is_told_beside_the_answer(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(model="mock-thinking", messages=HELLO)

    message = completion.choices[0].message
    assert message.content == 'There are three r\'s in "strawberry".'
    assert (message.model_extra or {})["reasoning_content"].startswith("The user wants to know")
    assert completion.usage
    assert completion.usage.completion_tokens_details
    assert completion.usage.completion_tokens_details.reasoning_tokens


def test_a_model_told_not_to_reason_does_not(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="mock-thinking", messages=HELLO, reasoning_effort="none"
    )

    assert "reasoning_content" not in (completion.choices[0].message.model_extra or {})
    assert completion.usage
    assert completion.usage.completion_tokens_details
    assert completion.usage.completion_tokens_details.reasoning_tokens == 0


def test_what_is_withheld_says_so(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(model="mock-sdk-filtered", messages=HELLO)

    assert completion.choices[0].finish_reason == "content_filter"
    assert completion.choices[0].message.content == ""


# ---------------------------------------------------------------------------------------------- what is sent


def test_images_files_and_sounds_are_taken(openai_client: OpenAI, mock: MockServer) -> None:
    content = [
        {"type": "text", "text": "Hello!"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk=", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/cat.jpg"}},
        {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="}},
    ]

    completion = openai_client.chat.completions.create(model="gpt-4o", messages=user(content))

    assert completion.choices[0].message.content == GREETING
    assert mock.requests[-1].messages[0].parts == (
        Text("Hello!"),
        Attachment("image/png", data="aGk="),
        Attachment("image/*", url="https://example.com/cat.jpg"),
        Attachment("audio/wav", data="aGk="),
        Attachment("application/pdf", data="aGk="),
    )


def test_a_long_history_with_answers_in_any_order_is_taken(openai_client: OpenAI) -> None:
    def call(name: str) -> dict[str, Any]:
        return {"id": name, "type": "function", "function": {"name": "get_time", "arguments": "{}"}}

    messages: Any = [
        {"role": "developer", "content": "Be brief.", "name": "boss"},
        *user("What time is it here and there?"),
        {"role": "assistant", "content": None, "tool_calls": [call("call_a"), call("call_b")]},
        {"role": "tool", "tool_call_id": "call_b", "content": "noon"},
        {"role": "tool", "tool_call_id": "call_a", "content": [{"type": "text", "text": "midnight"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Midnight and noon."}]},
        *HELLO,
    ]

    completion = openai_client.chat.completions.create(model="gpt-4o", messages=messages, tools=[TIME])

    assert completion.choices[0].message.content == GREETING


def test_a_scenario_can_be_chosen_by_header(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="gpt-4o", messages=HELLO, extra_headers={"X-Mock-Scenario": "truncated"}
    )

    assert completion.choices[0].finish_reason == "length"


def test_fields_that_nobody_has_documented_are_let_through(openai_client: OpenAI, mock: MockServer) -> None:
    openai_client.chat.completions.create(
        model="gpt-4o", messages=HELLO, extra_body={"my_option": {"a": 1}}, extra_query={"trace": "1"}
    )

    assert mock.requests[-1].body["my_option"] == {"a": 1}
    assert mock.exchanges[-1].http.query == {"trace": "1"}
