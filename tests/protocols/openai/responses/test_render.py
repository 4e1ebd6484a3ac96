"""A reply as the JSON of a response."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, CUSTOM, NOW, rendered, request

from mockserver.conversation import (
    Http,
    Reply,
    Request,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import header_lookup
from mockserver.protocols.openai.responses import DIALECT

HELLO = Reply((Text("Hello"),), usage=Usage(input=8, output=3, cached=2, cache_write=1, thinking=1))
FUNCTION = {"type": "function", "name": "f", "parameters": {"type": "object"}}


def test_a_plain_answer_has_every_member_in_the_order_of_the_live_api() -> None:
    response = rendered(HELLO)

    identity, message = response["id"], response["output"][0]["id"]
    expected = {
        "id": identity,
        "object": "response",
        "created_at": NOW,
        "status": "completed",
        "background": False,
        "billing": {"payer": "developer"},
        "completed_at": NOW,
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "model": "gpt-4o-2024-08-06",
        "moderation": None,
        "output": [
            {
                "id": message,
                "type": "message",
                "status": "completed",
                "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello"}],
                "role": "assistant",
            }
        ],
        "parallel_tool_calls": True,
        "presence_penalty": 0.0,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "prompt_cache_retention": None,
        "reasoning": {"context": None, "effort": None, "mode": "standard", "summary": None},
        "safety_identifier": None,
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tool_usage": {
            "image_gen": {
                "input_tokens": 0,
                "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
                "total_tokens": 0,
            },
            "web_search": {"num_requests": 0},
        },
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": 8,
            "input_tokens_details": {"cache_write_tokens": 1, "cached_tokens": 2},
            "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 1},
            "total_tokens": 11,
        },
        "user": None,
        "metadata": {},
    }

    assert orjson.dumps(expected) == orjson.dumps(response)


def test_the_body_is_printed_with_two_spaces_and_has_the_headers_of_the_api() -> None:
    answer = DIALECT.render(HELLO, request(), CONTEXT)

    headers = header_lookup(answer.headers)

    assert answer.body.startswith(b'{\n  "id": "resp_')
    assert (answer.status, headers["content-type"]) == (200, "application/json")
    assert headers["x-request-id"].startswith("req_")


def test_items_share_the_first_sixteen_digits_with_their_response() -> None:
    response = rendered(Reply((Thinking("…"), Text("Hi"), ToolCall("f", {}))))

    ids = [response["id"], *(item["id"] for item in response["output"])]
    digits = [identity.partition("_")[2] for identity in ids]

    assert [identity.partition("_")[0] for identity in ids] == ["resp", "rs", "msg", "fc"]
    assert {50} == {len(found) for found in digits}
    assert len({found[:16] for found in digits}) == 1
    assert len({found[16:] for found in digits}) == 4


def test_a_request_without_a_body_is_answered_with_the_defaults() -> None:
    bare = Request("openai.responses", "m", (), Http("POST", "/"))

    answer = DIALECT.render(HELLO, bare, CONTEXT)

    assert rendered(HELLO) | {"model": "m"} == orjson.loads(answer.body)


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        ({"temperature": 0.5}, {"temperature": 0.5}),
        ({"top_p": 0.3}, {"top_p": 0.3}),
        ({"instructions": "Be terse."}, {"instructions": "Be terse."}),
        ({"max_output_tokens": 16}, {"max_output_tokens": 16}),
        ({"max_tool_calls": 2}, {"max_tool_calls": 2}),
        ({"metadata": {"a": "b"}}, {"metadata": {"a": "b"}}),
        ({"parallel_tool_calls": False}, {"parallel_tool_calls": False}),
        ({"store": False}, {"store": False}),
        ({"background": True}, {"background": True}),
        ({"truncation": "auto"}, {"truncation": "auto"}),
        ({"user": "u"}, {"user": "u"}),
        ({"safety_identifier": "s"}, {"safety_identifier": "s"}),
        ({"prompt_cache_key": "k"}, {"prompt_cache_key": "k"}),
        ({"prompt_cache_retention": "24h"}, {"prompt_cache_retention": "24h"}),
        (
            {"prompt_cache_options": {"ttl": "12h", "prewarm": True}},
            {"prompt_cache_options": {"mode": "implicit", "ttl": "12h"}},
        ),
        ({"top_logprobs": 3}, {"top_logprobs": 3}),
        ({"service_tier": "auto"}, {"service_tier": "default"}),
        ({"service_tier": "fast"}, {"service_tier": "priority"}),
        ({"service_tier": "flex"}, {"service_tier": "flex"}),
        (
            {"reasoning": {"effort": "low", "summary": "detailed", "context": "all_turns"}},
            {
                "reasoning": {
                    "context": "all_turns",
                    "effort": "low",
                    "mode": "standard",
                    "summary": "detailed",
                }
            },
        ),
        (
            {"text": {"format": {"type": "json_object"}, "verbosity": "low"}},
            {"text": {"format": {"type": "json_object"}, "verbosity": "low"}},
        ),
        (
            {"text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}}}},
            {
                "text": {
                    "format": {
                        "type": "json_schema",
                        "description": None,
                        "name": "n",
                        "schema": {"type": "object"},
                        "strict": False,
                    },
                    "verbosity": "medium",
                }
            },
        ),
        (
            {"tools": [FUNCTION], "tool_choice": {"type": "function", "name": "f"}},
            {"tool_choice": {"type": "function", "name": "f"}},
        ),
        ({"prompt": {"id": "pmpt_1"}}, {"prompt": {"id": "pmpt_1"}}),
    ],
)
def test_a_parameter_is_echoed(sent: dict[str, Any], echoed: dict[str, Any]) -> None:
    response = rendered(HELLO, **sent)

    assert echoed == {name: response[name] for name in echoed}


@pytest.mark.parametrize(
    ("tool", "echoed"),
    [
        (
            FUNCTION,
            {
                "type": "function",
                "description": None,
                "name": "f",
                "output_schema": None,
                "parameters": {"type": "object"},
                "strict": True,
            },
        ),
        (
            {**FUNCTION, "strict": False, "description": "d", "defer_loading": True},
            {
                "type": "function",
                "defer_loading": True,
                "description": "d",
                "name": "f",
                "output_schema": None,
                "parameters": {"type": "object"},
                "strict": False,
            },
        ),
        (CUSTOM, {"type": "custom", "description": None, "format": {"type": "text"}, "name": "run"}),
        ({"type": "web_search", "filters": None}, {"type": "web_search", "filters": None}),
    ],
)
def test_a_tool_is_echoed_with_its_defaults_filled_in(tool: dict[str, Any], echoed: dict[str, Any]) -> None:
    response = rendered(HELLO, tools=[tool])

    assert orjson.dumps([echoed]) == orjson.dumps(response["tools"])


def test_a_moderated_response_tells_that_both_sides_are_harmless() -> None:
    moderation = rendered(Reply((Text("Hi"),)), moderation={"model": "omni-moderation-latest"})["moderation"]

    assert list(moderation) == ["input", "output"]
    for result in moderation.values():
        assert (result["type"], result["model"]) == ("moderation_result", "omni-moderation-latest")
        assert not result["flagged"]


@pytest.mark.parametrize("asked", ["Kill it.", [{"role": "user", "content": "Kill it."}]])
def test_each_side_of_a_moderated_response_is_judged_as_the_moderations_are(asked: Any) -> None:
    told = rendered(Reply((Text("Hi"),)), moderation={"model": "m"}, input=asked)["moderation"]

    assert [told[side]["flagged"] for side in ("input", "output")] == [True, False]


def test_the_model_is_told_by_its_dated_name() -> None:
    assert rendered(HELLO, model="gpt-4o")["model"] == "gpt-4o-2024-08-06"
