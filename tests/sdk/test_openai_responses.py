"""The Responses API in one piece, through the official Python SDK."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, OpenAI
from sdk.openai_strict import Wire

GREETING = "Hello! How can I help you today?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}
TIME: Any = {"type": "function", "name": "get_time", "parameters": SCHEMA, "strict": True}
SHELL: Any = {"type": "custom", "name": "shell"}
LIVE_MEMBERS = {
    "background",
    "billing",
    "completed_at",
    "created_at",
    "error",
    "frequency_penalty",
    "id",
    "incomplete_details",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "object",
    "output",
    "parallel_tool_calls",
    "presence_penalty",
    "previous_response_id",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "status",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tool_usage",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "usage",
    "user",
}


# ------------------------------------------------------------------------------------------------ an answer


def test_a_greeting_is_answered(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(model="gpt-4o", input="Hello!")

    assert response.output_text == GREETING
    assert (response.object, response.status) == ("response", "completed")
    assert response.model == "gpt-4o-2024-08-06"
    assert re.fullmatch("resp_[0-9a-f]{48,50}", response.id)
    assert response.completed_at
    assert response.completed_at >= response.created_at
    (message,) = response.output
    assert message.type == "message"
    assert (message.status, message.role) == ("completed", "assistant")
    assert message.id.removeprefix("msg_")[:16] == response.id.removeprefix("resp_")[:16]


async def test_a_greeting_is_answered_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    response = await async_openai_client.responses.create(
        model="gpt-4o", input=[{"role": "user", "content": [{"type": "input_text", "text": "Hello!"}]}]
    )

    assert response.output_text == GREETING


def test_the_members_of_a_response_are_those_of_the_live_api(openai_client: OpenAI, wire: Wire) -> None:
    openai_client.responses.create(model="gpt-4o", input="Hello!")

    body = wire.json
    assert set(body) == LIVE_MEMBERS
    (item,) = body["output"]
    assert item == {
        "id": item["id"],
        "type": "message",
        "status": "completed",
        "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": GREETING}],
        "role": "assistant",
    }
    usage = body["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 2
    assert usage["input_tokens_details"] == {"cache_write_tokens": 0, "cached_tokens": 0}
    assert usage["output_tokens_details"] == {"reasoning_tokens": 0}


def test_parameters_come_back_with_their_defaults(openai_client: OpenAI, wire: Wire) -> None:
    openai_client.responses.create(model="gpt-4o", input="Hello!")

    defaults = {
        "temperature": 1.0,
        "top_p": 1.0,
        "truncation": "disabled",
        "store": True,
        "tool_choice": "auto",
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "service_tier": "default",
        "metadata": {},
        "tools": [],
    }
    assert {name: wire.json[name] for name in defaults} == defaults


def test_parameters_come_back_as_they_were_given(openai_client: OpenAI) -> None:
    given: dict[str, Any] = {
        "instructions": "Be brief.",
        "metadata": {"run": "7"},
        "temperature": 0.5,
        "top_p": 0.9,
        "max_output_tokens": 100,
        "max_tool_calls": 3,
        "parallel_tool_calls": False,
        "prompt_cache_key": "k",
        "safety_identifier": "me",
        "truncation": "auto",
        "background": True,
    }

    response = openai_client.responses.create(model="gpt-4o", input="Hello!", **given)

    told = response.to_dict(mode="json")
    assert {name: told[name] for name in given} == given


def test_tools_come_back_with_their_defaults(openai_client: OpenAI, wire: Wire) -> None:
    bare: Any = {"type": "function", "name": "f"}
    openai_client.responses.create(model="mock-auto", input="Hello!", tools=[bare, SHELL])

    assert wire.json["tools"] == [
        {
            "type": "function",
            "description": None,
            "name": "f",
            "output_schema": None,
            "parameters": None,
            "strict": True,
        },
        {"type": "custom", "description": None, "format": {"type": "text"}, "name": "shell"},
    ]


def test_the_headers_of_a_response_are_those_of_the_live_api(openai_client: OpenAI) -> None:
    raw = openai_client.responses.with_raw_response.create(model="gpt-4o", input="Hello!")

    assert raw.parse().output_text == GREETING
    assert raw.headers["openai-version"] == "2020-10-01"
    assert raw.headers["x-ratelimit-remaining-tokens"].isdecimal()
    assert raw.request_id == raw.parse()._request_id  # noqa: SLF001 - documented, in spite of its name


# -------------------------------------------------------------------------------------------------- options


def test_an_answer_that_reached_the_limit_is_incomplete(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(model="mock-sdk-long", input="Hello!", max_output_tokens=16)

    assert response.status == "incomplete"
    assert response.incomplete_details
    assert response.incomplete_details.reason == "max_output_tokens"
    assert response.completed_at is None
    assert response.output[0].type == "message"
    assert response.output[0].status == "incomplete"
    assert response.output_text.startswith("one two three")
    assert response.usage
    assert response.usage.output_tokens == 16


def test_a_limit_below_sixteen_is_refused(openai_client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as raised:
        openai_client.responses.create(model="gpt-4o", input="Hello!", max_output_tokens=15)

    assert (raised.value.code, raised.value.param) == ("integer_below_min_value", "max_output_tokens")


def test_what_is_withheld_says_so(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(model="mock-sdk-filtered", input="Hello!")

    assert response.status == "incomplete"
    assert response.incomplete_details
    assert response.incomplete_details.reason == "content_filter"


def test_log_probabilities_come_where_they_are_included(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(
        model="gpt-4o", input="Hello!", include=["message.output_text.logprobs"], top_logprobs=2
    )

    assert response.output[0].type == "message"
    assert response.output[0].content[0].type == "output_text"
    entries = response.output[0].content[0].logprobs or []
    assert "".join(entry.token for entry in entries) == GREETING
    assert all(len(entry.top_logprobs) == 2 for entry in entries)


def test_moderation_is_told_where_it_was_asked_for(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(
        model="gpt-4o", input="Hello!", moderation={"model": "omni-moderation-latest"}
    )

    assert response.moderation
    assert response.moderation.input.type == "moderation_result"
    assert not response.moderation.input.flagged


def test_a_refusal_is_a_content_of_its_own(openai_client: OpenAI, wire: Wire) -> None:
    response = openai_client.responses.create(model="mock-refusal", input="Hello!")

    assert (response.status, response.output_text) == ("completed", "")
    assert wire.json["output"][0]["content"] == [
        {"type": "refusal", "refusal": "I'm sorry, but I can't help with that."}
    ]


# ------------------------------------------------------------------------------------------------ reasoning


def test_reasoning_is_an_item_and_says_nothing_unless_asked(openai_client: OpenAI, wire: Wire) -> None:
    response = openai_client.responses.create(model="mock-thinking", input="Hello!")

    assert [item.type for item in response.output] == ["reasoning", "message"]
    reasoning = wire.json["output"][0]
    assert reasoning == {"id": reasoning["id"], "type": "reasoning", "summary": []}
    assert re.fullmatch("rs_[0-9a-f]{48,50}", reasoning["id"])
    assert response.usage
    assert response.usage.output_tokens_details.reasoning_tokens > 0


def test_a_summary_of_reasoning_comes_when_asked(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(
        model="mock-thinking", input="Hello!", reasoning={"effort": "low", "summary": "auto"}
    )

    assert response.output[0].type == "reasoning"
    (summary,) = response.output[0].summary
    assert summary.text.startswith("The user wants to know")
    assert response.reasoning
    assert (response.reasoning.effort, response.reasoning.summary) == ("low", "auto")


@pytest.mark.parametrize(
    ("members", "encrypted"),
    [
        ({}, False),
        ({"include": ["reasoning.encrypted_content"]}, True),
        ({"store": False, "include": ["reasoning.encrypted_content"]}, True),
    ],
    ids=["unasked", "asked", "stateless"],
)
def test_reasoning_is_encrypted_for_those_who_ask(
    openai_client: OpenAI, members: Any, *, encrypted: bool
) -> None:
    response = openai_client.responses.create(model="mock-thinking", input="Hello!", **members)

    assert response.output[0].type == "reasoning"
    assert bool(response.output[0].encrypted_content) == encrypted


# ---------------------------------------------------------------------------------------------------- tools


def test_a_required_call_is_an_item(openai_client: OpenAI, wire: Wire) -> None:
    openai_client.responses.create(model="mock-auto", input="Hello!", tools=[WEATHER], tool_choice="required")

    (call,) = wire.json["output"]
    assert call == {
        "id": call["id"],
        "type": "function_call",
        "status": "completed",
        "arguments": call["arguments"],
        "call_id": call["call_id"],
        "name": "get_weather",
    }
    assert json.loads(call["arguments"]).keys() == {"city"}
    assert re.fullmatch("fc_[0-9a-f]{48,50}", call["id"])
    assert re.fullmatch(r"call_\w{24}", call["call_id"])


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("none", []),
        ({"type": "function", "name": "get_time"}, ["get_time"]),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "get_time"}],
            },
            ["get_time"],
        ),
    ],
    ids=["none", "named", "allowed"],
)
def test_the_choice_of_tool_is_kept(openai_client: OpenAI, choice: Any, names: list[str]) -> None:
    response = openai_client.responses.create(
        model="mock-auto", input="Weather?", tools=[WEATHER, TIME], tool_choice=choice
    )

    assert [item.name for item in response.output if item.type == "function_call"] == names


def test_calls_that_may_not_be_parallel_are_one(openai_client: OpenAI) -> None:
    def calls(*, parallel: bool) -> int:
        response = openai_client.responses.create(
            model="mock-auto",
            input="What are weather and time in Paris?",
            tools=[WEATHER, TIME],
            parallel_tool_calls=parallel,
        )
        return sum(item.type == "function_call" for item in response.output)

    assert (calls(parallel=True), calls(parallel=False)) == (2, 1)


def test_a_custom_tool_is_called_with_free_text(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(
        model="mock-auto", input="Hello!", tools=[SHELL], tool_choice="required"
    )

    (call,) = response.output
    assert call.type == "custom_tool_call"
    assert (call.name, call.input) == ("shell", "echo hello")
    assert call.id
    assert call.id.startswith("ctc_")


def test_an_image_is_an_item_of_its_own(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(
        model="gpt-4o", input="Draw a cat", tools=[{"type": "image_generation"}]
    )

    assert [item.type for item in response.output] == ["message", "image_generation_call"]
    assert response.output[1].type == "image_generation_call"
    assert (response.output[1].result or "").startswith("iVBOR")
