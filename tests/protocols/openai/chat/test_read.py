"""Reading requests: every documented form, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.chat_wire import read, read_body, request

from mockserver.conversation import (
    Attachment,
    Format,
    Image,
    ImageRequest,
    Message,
    Refusal,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        "strict": True,
    },
}
SHELL = {"type": "custom", "custom": {"name": "shell", "description": "Runs it"}}


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def called(call: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [call], **members}


FUNCTION_CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
ANSWER = {"role": "tool", "tool_call_id": "call_1", "content": "x"}


def in_order(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The message, with the call before it or the answer after it that it cannot stand without."""
    if message["role"] == "tool":
        return [called(FUNCTION_CALL), message]
    return [message, ANSWER] if "tool_calls" in message else [message]


def test_a_minimal_body_is_a_request() -> None:
    asked = request()

    assert asked.protocol == "openai.chat"
    assert asked.model == "gpt-4o"
    assert asked.messages == (Message("user", (Text("Hello!"),)),)
    assert (asked.stream, asked.choices, asked.max_tokens, asked.stop) == (False, 1, None, ())
    assert asked.include_thinking


def test_system_and_developer_texts_are_joined() -> None:
    asked = request(
        messages=[
            {"role": "system", "content": "Be brief."},
            user("Hi"),
            {
                "role": "developer",
                "content": [{"type": "text", "text": "Be "}, {"type": "text", "text": "kind."}],
            },
        ]
    )

    assert asked.system == "Be brief.\nBe kind."
    assert [message.role for message in asked.messages] == ["user"]


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (user("Hi"), Message("user", (Text("Hi"),))),
        (
            user([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
            Message("user", (Text("a"), Text("b"))),
        ),
        (
            user(
                [{"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk=", "detail": "low"}}]
            ),
            Message("user", (Attachment("image/png", data="aGk="),)),
        ),
        (
            user([{"type": "image_url", "image_url": {"url": "https://example.com/cat.jpg"}}]),
            Message("user", (Attachment("image/*", url="https://example.com/cat.jpg"),)),
        ),
        (
            user([{"type": "input_audio", "input_audio": {"data": "aGk=", "format": "mp3"}}]),
            Message("user", (Attachment("audio/mpeg", data="aGk="),)),
        ),
        (
            user(
                [
                    {
                        "type": "file",
                        "file": {"file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"},
                    }
                ]
            ),
            Message("user", (Attachment("application/pdf", data="aGk="),)),
        ),
        (
            user([{"type": "file", "file": {"file_id": "file-1"}}]),
            Message("user", (Attachment("application/octet-stream", url="file-1"),)),
        ),
        ({"role": "assistant", "content": "Hi"}, Message("assistant", (Text("Hi"),))),
        (
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}],
            },
            Message("assistant", (Text("a"), Refusal("b"))),
        ),
        ({"role": "assistant", "content": None, "refusal": "No."}, Message("assistant", (Refusal("No."),))),
        (
            {"role": "assistant", "content": "Hi", "reasoning_content": "Hm."},
            Message("assistant", (Thinking("Hm."), Text("Hi"))),
        ),
        (
            {"role": "assistant", "content": "See: ![image](data:image/png;base64,aGk=)"},
            Message("assistant", (Text("See: "), Image("image/png", "aGk="))),
        ),
        (called(FUNCTION_CALL), Message("assistant", (ToolCall("f", {"a": 1}, "call_1"),))),
        (
            called({"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":'}}),
            Message("assistant", (ToolCall("f", '{"a":', "call_1"),)),
        ),
        (
            called({"id": "call_1", "type": "custom", "custom": {"name": "shell", "input": "{}"}}),
            Message("assistant", (ToolCall("shell", "{}", "call_1"),)),
        ),
        (
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            Message("assistant", (ToolCall("f", {}),)),
        ),
        (
            {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "18 °C"}]},
            Message("tool", (ToolResult("call_1", "18 °C"),)),
        ),
        (
            {"role": "function", "name": "f", "content": None},
            Message("tool", (ToolResult("f", "", "f"),)),
        ),
    ],
)
def test_a_message_becomes_a_neutral_one(wire: Any, expected: Message) -> None:
    assert expected in request(messages=in_order(wire)).messages


def test_arguments_nested_deeper_than_json_is_written_stay_text() -> None:
    deep = '{"a":' * 300 + "1" + "}" * 300
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": deep}}

    asked = request(messages=in_order(called(call)))

    assert asked.messages[0].parts == (ToolCall("f", deep, "call_1"),)


def test_tools_of_all_kinds_are_offered() -> None:
    asked = request(tools=[WEATHER, SHELL], functions=[{"name": "old"}])

    assert asked.tools == (
        Tool("get_weather", "Current weather", WEATHER["function"]["parameters"]),
        Tool("shell", "Runs it", custom=True),
        Tool("old"),
    )


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("none", ToolChoice("none")),
        ("auto", ToolChoice("auto")),
        ("required", ToolChoice("required")),
        ({"type": "function", "function": {"name": "f"}}, ToolChoice("required", ("f",))),
        ({"type": "custom", "custom": {"name": "c"}}, ToolChoice("required", ("c",))),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "auto",
                    "tools": [
                        {"type": "function", "function": {"name": "f"}},
                        {"type": "custom", "custom": {"name": "c"}},
                        {"type": "function", "name": "flat"},
                    ],
                },
            },
            ToolChoice("auto", ("f", "c", "flat")),
        ),
    ],
)
def test_a_tool_choice_becomes_a_neutral_one(wire: Any, expected: Any) -> None:
    assert request(tools=[WEATHER], tool_choice=wire).tool_choice == expected


def test_parallel_calls_can_be_forbidden() -> None:
    assert not request(tools=[WEATHER], parallel_tool_calls=False).tool_choice.parallel


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("none", ToolChoice("none", parallel=False)),
        ("auto", ToolChoice("auto", parallel=False)),
        ({"name": "f"}, ToolChoice("required", ("f",), parallel=False)),
    ],
)
def test_a_legacy_function_call_is_a_choice_of_one_call(wire: Any, expected: Any) -> None:
    assert request(functions=[{"name": "f"}], function_call=wire).tool_choice == expected


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"type": "text"}, Format()),
        ({"type": "json_object"}, Format("json")),
        (
            {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True},
            },
            Format("json_schema", {"type": "object"}, "n"),
        ),
        ({"type": "json_schema", "json_schema": {"name": "n"}}, Format("json_schema", {}, "n")),
        ("json", Format("json")),
        ("text", Format()),
    ],
)
def test_a_response_format_becomes_a_neutral_one(wire: Any, expected: Any) -> None:
    assert request(messages=[user("Answer in JSON.")], response_format=wire).format == expected


@pytest.mark.parametrize(("wire", "expected"), [("END", ("END",)), (["a", "b"], ("a", "b")), (None, ())])
def test_stop_is_a_string_or_several(wire: Any, expected: Any) -> None:
    assert request(stop=wire).stop == expected


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_either_token_limit_counts(name: str) -> None:
    assert request(**{name: 7}).max_tokens == 7


@pytest.mark.parametrize(
    "members",
    [
        {"extra_body": {"google": {"image_config": {"aspect_ratio": "16:9", "image_size": "2K"}}}},
        {"google": {"image_config": {"aspect_ratio": "16:9", "image_size": "2K"}}},
    ],
    ids=["as curl sends it", "as the SDKs merge it"],
)
def test_an_image_is_asked_for_as_the_gateway_documents_it(members: dict[str, Any]) -> None:
    assert request(**members).image == ImageRequest("16:9", "2K")


def test_the_modality_image_asks_for_any_image() -> None:
    assert request(modalities=["text", "image"]).image == ImageRequest()
    assert request(modalities=["text"]).image is None


@pytest.mark.parametrize("extra_body", [None, 1, "x", [], {"google": 1}, {"google": {"image_config": []}}])
def test_an_odd_extra_body_asks_for_nothing(extra_body: Any) -> None:
    assert request(extra_body=extra_body).image is None


def test_contents_stand_in_for_missing_messages() -> None:
    contents = [
        "Hi",
        {"role": "model", "parts": [{"text": "Hello"}]},
        {"parts": [{"text": "a"}, {"text": "b"}]},
    ]

    outcome = read_body({"model": "gemini-3.1-pro-preview", "contents": contents})

    assert isinstance(outcome, Request)
    assert outcome.messages == (
        Message("user", (Text("Hi"),)),
        Message("assistant", (Text("Hello"),)),
        Message("user", (Text("ab"),)),
    )


def test_messages_win_over_contents() -> None:
    assert request(contents=["other"]).user == "Hello!"


def test_unknown_members_are_accepted() -> None:
    assert request(top_k=40).body["top_k"] == 40


NULLABLE = [
    *("audio", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs"),
    *("max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "prediction"),
    *("prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "safety_identifier", "seed"),
    *("service_tier", "stop", "store", "stream", "stream_options", "temperature", "top_p", "verbosity"),
]


@pytest.mark.parametrize("name", NULLABLE)
def test_null_means_the_default(name: str) -> None:
    assert isinstance(read(**{name: None}), Request)


@pytest.mark.parametrize(("effort", "thinks"), [(None, True), ("none", False), ("low", True)])
def test_reasoning_can_be_turned_off(effort: str | None, *, thinks: bool) -> None:
    assert request(reasoning_effort=effort).thinks == thinks
