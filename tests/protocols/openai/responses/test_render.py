"""A reply as the JSON of a response."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, NOW, rendered, request

from mockserver.conversation import (
    Failure,
    Finish,
    Http,
    Image,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import header_lookup
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.openai.responses.errors import streamed_error
from mockserver.protocols.openai.responses.response import failed, response_object

HELLO = Reply((Text("Hello"),), usage=Usage(input=8, output=3, cached=2, cache_write=1, thinking=1))
SUMMARY: dict[str, Any] = {"reasoning": {"summary": "auto"}}
FUNCTION = {"type": "function", "name": "f", "parameters": {"type": "object"}}
CUSTOM = {"type": "custom", "name": "run"}


def output(*parts: ReplyPart, finish: Finish = "stop", **fields: Any) -> list[Any]:
    """The output items, without the ids that are derived."""
    items: list[Any] = rendered(Reply(parts, finish), **fields)["output"]
    return [{name: value for name, value in item.items() if name not in ("id", "call_id")} for item in items]


# ---------------------------------------------------------------------------------------- the response


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


# ------------------------------------------------------------------------------------------- the output


def test_texts_and_refusals_in_a_row_are_the_contents_of_one_message() -> None:
    items = output(Text("One"), Refusal("No"), ToolCall("f", {}), Text("Two"))

    assert [item["type"] for item in items] == ["message", "function_call", "message"]
    assert [part["type"] for part in items[0]["content"]] == ["output_text", "refusal"]


def test_a_refusal_completes_the_response() -> None:
    response = rendered(Reply((Refusal("I can't."),), "refusal"))

    assert response["status"] == "completed"
    assert response["output"][0]["content"] == [{"type": "refusal", "refusal": "I can't."}]


def test_a_tool_call_is_an_item_with_its_arguments_as_text() -> None:
    [item] = rendered(Reply((ToolCall("f", {"a": "ü"}, "call_7"),)))["output"]

    expected = {
        "id": item["id"],
        "type": "function_call",
        "status": "completed",
        "arguments": '{"a":"ü"}',
        "call_id": "call_7",
        "name": "f",
    }

    assert orjson.dumps(expected) == orjson.dumps(item)


def test_a_call_without_an_id_gets_one_of_its_own() -> None:
    calls = rendered(Reply((ToolCall("f", {}), ToolCall("f", {}))))["output"]

    first, second = (call["call_id"] for call in calls)

    assert first != second
    assert first.startswith("call_")
    assert len("call_") + 24 == len(first)


def test_a_tool_that_takes_free_text_is_called_with_its_input() -> None:
    expected = {"type": "custom_tool_call", "status": "completed", "input": "ls -l", "name": "run"}

    assert [expected] == output(ToolCall("run", "ls -l"), tools=[CUSTOM])


def test_broken_arguments_go_out_as_they_are() -> None:
    [item] = output(ToolCall("f", '{"a": '))

    assert item["arguments"] == '{"a": '


def test_reasoning_without_being_asked_for_has_no_summary() -> None:
    assert output(Thinking("Hm.")) == [{"type": "reasoning", "summary": []}]


def test_reasoning_is_summed_up_when_asked_for() -> None:
    expected = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}

    assert [expected] == output(Thinking("Hm."), **SUMMARY)


@pytest.mark.parametrize("fields", [{"include": ["reasoning.encrypted_content"]}, {"store": False}])
def test_reasoning_is_encrypted_when_asked_for_or_not_kept(fields: dict[str, Any]) -> None:
    [item] = output(Thinking("Hm."), **fields)

    assert item["encrypted_content"].startswith("gAAAAA")


def test_a_scripted_signature_is_the_encrypted_content() -> None:
    [item] = output(Thinking("Hm.", signature="c2ln"), store=False)

    assert item["encrypted_content"] == "c2ln"


def test_redacted_reasoning_is_never_summed_up() -> None:
    [item] = output(Thinking("b3BhcXVl", redacted=True), store=False, **SUMMARY)

    assert item == {"type": "reasoning", "encrypted_content": "b3BhcXVl", "summary": []}


@pytest.mark.parametrize(
    ("media_type", "extension"), [("image/png", "png"), ("image/svg+xml", "svg"), ("image/jpeg", "jpeg")]
)
def test_an_image_is_the_result_of_a_call(media_type: str, extension: str) -> None:
    expected = {
        "type": "image_generation_call",
        "status": "completed",
        "output_format": extension,
        "result": "aGk=",
    }

    assert [expected] == output(Image(media_type, "aGk="))


@pytest.mark.parametrize("protocol", ["openai", "openai.responses"])
def test_a_native_item_is_given_as_scripted(protocol: str) -> None:
    item = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search"}}

    assert [item] == rendered(Reply((Native({protocol: item}),)))["output"]


def test_a_native_item_without_an_id_gets_one() -> None:
    [item] = rendered(Reply((Native({"openai": {"type": "web_search_call", "status": "completed"}}),)))[
        "output"
    ]

    assert item["id"].startswith("ws_")


@pytest.mark.parametrize("value", [{"annotations": []}, "text", {"type": 7}])
def test_a_native_part_that_is_no_item_is_left_out(value: Any) -> None:
    items = output(Text("One"), Native({"openai": value}), Text("Two"))

    assert [[part["text"] for part in item["content"]] for item in items] == [["One", "Two"]]


def test_logprobs_are_given_when_asked_for() -> None:
    fields: dict[str, Any] = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}

    [item] = output(Text("Hello, wörld"), **fields)
    logprobs = item["content"][0]["logprobs"]

    assert "".join(entry["token"] for entry in logprobs) == "Hello, wörld"
    assert "Hello, wörld".encode() == b"".join(bytes(entry["bytes"]) for entry in logprobs)
    assert {2} == {len(entry["top_logprobs"]) for entry in logprobs}


# ------------------------------------------------------------------------------------------- the finish


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("length", "max_output_tokens"),
        ("content_filter", "content_filter"),
        (NativeFinish("max_messages"), "max_messages"),
        (NativeFinish("steered"), "steered"),
    ],
)
def test_an_answer_that_is_cut_is_incomplete_and_says_why(finish: Any, reason: str) -> None:
    response = rendered(Reply((Thinking("Hm."), Text("Hel")), finish))

    assert ("incomplete", {"reason": reason}) == (response["status"], response["incomplete_details"])
    assert response["completed_at"] is None
    assert response["output"][-1]["status"] == "incomplete"


def test_only_the_last_item_of_a_cut_answer_is_incomplete() -> None:
    items = output(Text("Hello"), ToolCall("f", '{"a'), finish="length")

    assert [item["status"] for item in items] == ["completed", "incomplete"]


@pytest.mark.parametrize(
    "finish", ["stop", "tool_calls", "stop_sequence", "refusal", "pause", NativeFinish("SAFETY")]
)
def test_any_other_finish_completes_the_response(finish: Any) -> None:
    response = rendered(Reply((Text("Hello"),), finish))

    assert (response["status"], response["incomplete_details"]) == ("completed", None)


def test_a_response_that_failed_tells_the_error_and_no_usage() -> None:
    response = rendered(Reply((Text("Hello"),), NativeFinish("failed"), Usage(8, 3)))

    assert response["status"] == "failed"
    assert response["error"] == {
        "code": "server_error",
        "message": "The model failed to generate a response.",
    }
    assert (response["usage"], response["completed_at"], response["incomplete_details"]) == (None, None, None)
    assert [item["type"] for item in response["output"]] == ["message"]


def test_a_failure_without_a_code_is_told_by_its_type() -> None:
    error = streamed_error(Failure("server_error"), request().http)

    response = response_object(failed(error, ()), request(), CONTEXT)

    assert response["error"] == {"code": "server_error", "message": error["message"]}
