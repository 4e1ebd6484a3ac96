"""The parts of a reply as the output items of a response, and how it finishes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, CUSTOM, rendered, request

from mockserver.conversation import (
    Failure,
    Finish,
    Image,
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
from mockserver.protocols.openai.responses.errors import streamed_error
from mockserver.protocols.openai.responses.response import failed, response_object

SUMMARY: dict[str, Any] = {"reasoning": {"summary": "auto"}}


def output(*parts: ReplyPart, finish: Finish = "stop", **fields: Any) -> list[Any]:
    """The output items, without the ids that are derived."""
    items: list[Any] = rendered(Reply(parts, finish), **fields)["output"]
    return [{name: value for name, value in item.items() if name not in ("id", "call_id")} for item in items]


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
