"""A body becomes a neutral request, whichever of ProtoJSON's spellings it uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from protocols.gemini.gemini_wire import HELLO, STREAM, UNARY, request, unjudged

from mockserver.conversation import (
    Attachment,
    Format,
    Http,
    ImageRequest,
    Message,
    Native,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)

CAMEL: dict[str, Any] = {
    "systemInstruction": {"role": "user", "parts": [{"text": "Be brief."}]},
    "contents": [
        {
            "role": "user",
            "parts": [
                {"text": "What is this?"},
                {"inlineData": {"mimeType": "image/png", "data": "+/8="}},
                {"fileData": {"mimeType": "application/pdf", "fileUri": "files/a"}},
            ],
        },
        {
            "role": "model",
            "parts": [
                {
                    "functionCall": {"name": "get_weather", "args": {"home_city": None}, "id": "c1"},
                    "thoughtSignature": "+/8=",
                }
            ],
        },
        {
            "role": "user",
            "parts": [{"functionResponse": {"name": "get_weather", "response": {"temp_c": 18}, "id": "c1"}}],
        },
    ],
    "tools": [
        {
            "functionDeclarations": [
                {
                    "name": "get_weather",
                    "parameters": {
                        "type": "OBJECT",
                        "properties": {"home_city": {"type": "STRING", "minLength": 1}},
                        "propertyOrdering": ["home_city"],
                    },
                }
            ]
        }
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}},
    "generationConfig": {
        "topK": 40,
        "maxOutputTokens": 100,
        "stopSequences": ["END"],
        "candidateCount": 2,
        "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "LOW"},
    },
    "serviceTier": "flex",
}

SNAKE: dict[str, Any] = {
    "system_instruction": {"role": "user", "parts": {"text": "Be brief."}},
    "contents": [
        {
            "role": "user",
            "parts": [
                {"text": "What is this?", "thought": None},
                {"inline_data": {"mime_type": "image/png", "data": "-_8"}},
                {"file_data": {"mime_type": "application/pdf", "file_uri": "files/a"}},
            ],
        },
        {
            "role": "model",
            "parts": [
                {
                    "function_call": {"name": "get_weather", "args": {"home_city": None}, "id": "c1"},
                    "thought_signature": "-_8",
                }
            ],
        },
        {
            "role": "user",
            "parts": [{"function_response": {"name": "get_weather", "response": {"temp_c": 18}, "id": "c1"}}],
        },
    ],
    "tools": {
        "function_declarations": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"home_city": {"type": 1, "min_length": "1"}},
                "property_ordering": ["home_city"],
            },
        }
    },
    "tool_config": {"function_calling_config": {"mode": "any", "allowed_function_names": ["get_weather"]}},
    "generation_config": {
        "top_k": 40.0,
        "max_output_tokens": "100",
        "stop_sequences": ["END"],
        "candidate_count": 2.0,
        "thinking_config": {"include_thoughts": True, "thinking_level": "low"},
    },
    "service_tier": "flex",
}


def in_words(**config: Any) -> Any:
    return request({**HELLO, "generationConfig": config})


def test_a_request_is_read_whole() -> None:
    found = request(CAMEL)

    assert found.model == "gemini-3.6-flash"
    assert found.system == "Be brief."
    assert found.messages == (
        Message(
            "user",
            (
                Text("What is this?"),
                Attachment("image/png", data="+/8="),
                Attachment("application/pdf", url="files/a"),
            ),
        ),
        Message("assistant", (ToolCall("get_weather", {"home_city": None}, "c1"),)),
        Message("tool", (ToolResult("c1", '{"temp_c":18}', "get_weather"),)),
    )
    assert found.tools == (
        Tool(
            "get_weather",
            schema={"type": "object", "properties": {"home_city": {"minLength": 1, "type": "string"}}},
        ),
    )
    assert found.tool_choice == ToolChoice("required", ("get_weather",))
    assert (found.max_tokens, found.stop, found.choices) == (100, ("END",), 2)
    assert found.include_thinking


def test_both_spellings_make_the_same_request() -> None:
    nowhere = Http("POST", UNARY)
    snake, camel = request(SNAKE), request(CAMEL)
    del snake.body["contents"][0]["parts"][0]["thought"]  # null is unset, but it was sent
    for part in (snake.body["systemInstruction"], camel.body["systemInstruction"]):
        assert part["parts"] == [{"text": "Be brief."}]

    assert replace(snake, http=nowhere) == replace(camel, http=nowhere)


def test_keys_that_belong_to_the_client_are_not_renamed() -> None:
    found = request(
        {
            "contents": {
                "parts": {"function_call": {"name": "f", "args": {"inline_data": {"mime_type": 1}}}}
            },
            "tools": [
                {"function_declarations": [{"name": "f", "parameters_json_schema": {"max_items": {}}}]}
            ],
            "labels": {"cost_center": "a"},
            "generation_config": {"response_json_schema": {"any_of": []}},
        }
    )

    assert found.messages[0].parts == (ToolCall("f", {"inline_data": {"mime_type": 1}}),)
    assert found.tools[0].schema == {"max_items": {}}
    assert found.body["labels"] == {"cost_center": "a"}
    assert found.body["generationConfig"]["responseJsonSchema"] == {"any_of": []}


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro"),
        ("/v1beta/models/google/x:generateContent", "google/x"),
        ("/v1alpha/models/a:b:generateContent", "a:b"),
        ("/v1beta/tunedModels/mine:generateContent", "tunedModels/mine"),
    ],
)
def test_the_model_stands_in_the_path(path: str, model: str) -> None:
    assert request(HELLO, path).model == model


def test_the_method_tells_whether_to_stream() -> None:
    assert not request(HELLO, UNARY).stream
    assert request(HELLO, STREAM).stream


@pytest.mark.parametrize(
    ("role", "expected"), [("user", "user"), (None, "user"), ("", "user"), ("model", "assistant")]
)
def test_a_content_is_a_message_of_its_role(role: str | None, expected: str) -> None:
    found = request({"contents": [{"role": role, "parts": [{"text": "a"}]}]})

    assert found.messages == (Message(expected, (Text("a"),)),)  # type: ignore[arg-type]  # roles of a table


@pytest.mark.parametrize("role", ["user", "function", "tool"])
def test_tool_results_stand_in_messages_of_their_own(role: str) -> None:
    found = unjudged(
        {
            "contents": [
                {
                    "role": role,
                    "parts": [
                        {"functionResponse": {"name": "f", "response": {"result": 1}}},
                        {"functionResponse": {"name": "g", "response": {"result": 2}}},
                        {"text": "And now?"},
                    ],
                }
            ]
        }
    )

    assert found.messages == (
        Message("tool", (ToolResult("", "1", "f"), ToolResult("", "2", "g"))),
        Message("user", (Text("And now?"),)),
    )


@pytest.mark.parametrize(
    ("response", "text", "is_error"),
    [
        ({"temp_c": 18}, '{"temp_c":18}', False),
        ({"result": {"temp_c": 18}}, '{"temp_c":18}', False),
        ({"output": {"temp_c": 18}}, '{"temp_c":18}', False),
        ({"result": "sunny"}, "sunny", False),
        ({"return_value": "sunny"}, "sunny", False),
        ({"result": 1, "unit": "C"}, '{"result":1,"unit":"C"}', False),
        ({"name": "f", "content": {"temp_c": 18}}, '{"temp_c":18}', False),
        ({"name": "f", "content": "sunny"}, "sunny", False),
        ({"name": "Bread", "content": "sunny"}, '{"name":"Bread","content":"sunny"}', False),
        ({"name": "f", "error": "no such city"}, "no such city", True),
        ({"error": "no such city"}, "no such city", True),
        ({"content": "sunny"}, '{"content":"sunny"}', False),
        ({"error": {"code": 7}}, '{"code":7}', True),
        ({}, "{}", False),
        (None, "{}", False),
    ],
)
def test_a_wrapped_result_is_the_result(response: Any, text: str, is_error: bool) -> None:
    found = unjudged({"contents": [{"parts": [{"functionResponse": {"name": "f", "response": response}}]}]})

    assert found.messages[0].parts == (ToolResult("", text, "f", is_error),)


def test_pictures_of_a_tool_result_come_with_it() -> None:
    part = {
        "functionResponse": {
            "name": "f",
            "response": {"result": "ok"},
            "parts": [{"inlineData": {"mimeType": "image/png", "data": "aGk="}}],
        }
    }

    assert unjudged({"contents": [{"parts": [part]}]}).messages[0].parts == (
        ToolResult("", "ok", "f"),
        Attachment("image/png", data="aGk="),
    )


def test_a_history_as_the_sdk_keeps_it_is_taken() -> None:
    found = request(
        {
            "contents": [
                {"role": "user", "parts": [{"text": "Hi"}]},
                {"role": "model", "parts": [{"text": "I think", "thought": True}]},
                {"role": "model", "parts": [{"text": "Hel"}]},
                {"role": "model", "parts": [{"text": "lo"}]},
                {"role": "model", "parts": [{"text": "", "thoughtSignature": "aGk="}]},
                {"role": "user", "parts": [{"text": "Bye"}]},
            ]
        }
    )

    assert found.messages == (
        Message("user", (Text("Hi"),)),
        Message("assistant", (Thinking("I think"),)),
        Message("assistant", (Text("Hel"),)),
        Message("assistant", (Text("lo"),)),
        Message("assistant", (Text(""),)),
        Message("user", (Text("Bye"),)),
    )


def test_a_thought_keeps_its_signature() -> None:
    part = {"text": "Hm", "thought": True, "thoughtSignature": "aGk"}

    assert request({"contents": [{"role": "model", "parts": [part]}]}).messages[0].parts == (
        Thinking("Hm", "aGk="),
    )


def test_parts_of_googles_own_tools_are_native() -> None:
    part = {"executable_code": {"language": "PYTHON", "code": "1+1"}}

    assert request({"contents": [{"role": "model", "parts": [part]}]}).messages[0].parts == (
        Native({"gemini": {"executableCode": {"language": "PYTHON", "code": "1+1"}}}),
    )


def test_system_texts_are_joined_by_lines() -> None:
    found = request({**HELLO, "systemInstruction": {"parts": [{"text": "a"}, {"text": "b"}]}})

    assert found.system == "a\nb"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, ToolChoice()),
        ({"mode": "AUTO"}, ToolChoice()),
        ({"mode": "NONE"}, ToolChoice("none")),
        ({"mode": "ANY"}, ToolChoice("required")),
        ({"mode": 2, "allowedFunctionNames": ["f"]}, ToolChoice("required", ("f",))),
        ({"mode": "VALIDATED", "allowedFunctionNames": ["f"]}, ToolChoice("auto", ("f",))),
    ],
)
def test_the_calling_mode_is_the_tool_choice(config: Any, expected: ToolChoice) -> None:
    assert request({**HELLO, "toolConfig": {"functionCallingConfig": config}}).tool_choice == expected


def test_tools_that_run_at_google_are_none_of_the_clients() -> None:
    found = request({**HELLO, "tools": [{"googleSearch": {}}, {"codeExecution": {}, "urlContext": {}}]})

    assert found.tools == ()


ENUM = {"type": "STRING", "enum": ["red", "blue"]}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, Format()),
        ({"responseMimeType": "text/plain"}, Format()),
        ({"responseMimeType": "application/json"}, Format("json")),
        (
            {"responseMimeType": "application/json", "responseSchema": {"type": "STRING"}},
            Format("json_schema", {"type": "string"}),
        ),
        (
            {"responseMimeType": "application/json", "responseJsonSchema": {"type": "string"}},
            Format("json_schema", {"type": "string"}),
        ),
        (
            {"responseMimeType": "text/x.enum", "responseSchema": ENUM},
            Format("text", {"type": "string", "enum": ["red", "blue"]}),
        ),
    ],
)
def test_the_response_type_is_the_format(config: Any, expected: Format) -> None:
    assert in_words(**config).format == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, None),
        ({"responseModalities": ["TEXT"]}, None),
        ({"responseModalities": ["TEXT", "IMAGE"]}, ImageRequest()),
        ({"imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"}}, ImageRequest("16:9", "2K")),
    ],
)
def test_an_image_can_be_asked_for(config: Any, expected: ImageRequest | None) -> None:
    assert in_words(**config).image == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [({}, False), ({"includeThoughts": False}, False), ({"includeThoughts": True}, True)],
)
def test_thoughts_are_shown_only_when_asked_for(config: Any, expected: bool) -> None:
    assert in_words(thinkingConfig=config).include_thinking is expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, True),
        ({"thinkingBudget": None}, True),
        ({"thinkingBudget": -1}, True),
        ({"thinkingBudget": 1}, True),
        ({"thinkingBudget": 0}, False),
        ({"thinking_budget": "0", "includeThoughts": True}, False),
        ({"thinkingLevel": "MINIMAL"}, True),
    ],
)
def test_a_budget_of_zero_turns_thinking_off(config: Any, expected: bool) -> None:
    assert in_words(thinkingConfig=config).thinks is expected
