"""What is no message of the API is refused in Google's words; and nothing a client sends raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.gemini.gemini_wire import CONTEXT, HELLO, failure_for, post, read, violations

from mockserver.conversation import Attachment, Failure, Request
from mockserver.protocols.gemini import VENDOR
from mockserver.protocols.gemini.count import count_tokens
from mockserver.protocols.gemini.wording import bad_request, unknown_name

PACKAGE = "type.googleapis.com/google.ai.generativelanguage.v1beta"
TURN = {"parts": [{"text": "Hi"}]}


@pytest.mark.parametrize(
    ("body", "field", "description"),
    [
        (
            {"contents": "hi"},
            "contents",
            f"Invalid value at 'contents' ({PACKAGE}.Content), \"hi\"",
        ),
        (
            {"contents": ["hi"]},
            "contents[0]",
            f"Invalid value at 'contents[0]' ({PACKAGE}.Content), \"hi\"",
        ),
        (
            {**HELLO, "system_instruction": "Be brief."},
            "system_instruction",
            f"Invalid value at 'system_instruction' ({PACKAGE}.Content), \"Be brief.\"",
        ),
        (
            {"contents": [{**TURN, "role": 123}]},
            "contents[0].role",
            "Invalid value at 'contents[0].role' (TYPE_STRING), 123",
        ),
        (
            {**HELLO, "generationConfig": {"temperature": "hot"}},
            "generation_config.temperature",
            "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"hot\"",
        ),
        (
            {**HELLO, "generation_config": {"maxOutputTokens": 1.5}},
            "generation_config.max_output_tokens",
            "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), 1.5",
        ),
        (
            {**HELLO, "generationConfig": {"candidateCount": True}},
            "generation_config.candidate_count",
            "Invalid value at 'generation_config.candidate_count' (TYPE_INT32), true",
        ),
        (
            {**HELLO, "generationConfig": {"thinkingConfig": {"includeThoughts": "yes"}}},
            "generation_config.thinking_config.include_thoughts",
            "Invalid value at 'generation_config.thinking_config.include_thoughts' (TYPE_BOOL), \"yes\"",
        ),
        (
            {**HELLO, "toolConfig": {"functionCallingConfig": {"mode": "FOO"}}},
            "tool_config.function_calling_config.mode",
            (
                "Invalid value at 'tool_config.function_calling_config.mode' "
                f'({PACKAGE}.FunctionCallingConfig.Mode), "FOO"'
            ),
        ),
        (
            {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "data:!"}}]}]},
            "contents[0].parts[0].inline_data.data",
            (
                "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), "
                'Base64 decoding failed for "data:!"'
            ),
        ),
        (
            {"contents": [{"parts": [{"functionCall": {"name": "f", "args": "{}"}}]}]},
            "contents[0].parts[0].function_call.args",
            (
                "Invalid value at 'contents[0].parts[0].function_call.args' "
                '(type.googleapis.com/google.protobuf.Struct), "{}"'
            ),
        ),
        (
            {"contents": [{"parts": [{"text": {"a": 1}}]}]},
            "contents[0].parts[0]",
            "Invalid value at 'contents[0].parts[0]' (text), Starting an object on a scalar field",
        ),
        (
            {"contents": [{"parts": [{"text": ["a"]}]}]},
            "contents[0].parts[0]",
            (
                "Invalid JSON payload received. Unknown name \"text\" at 'contents[0].parts[0]': "
                "Proto field is not repeating, cannot start list."
            ),
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(body: Any, field: str, description: str) -> None:
    failure = failure_for(body)

    assert failure.message == description
    assert failure.param == field
    assert violations(failure) == [{"field": field, "description": description}]


def test_entries_of_a_map_are_counted_in_the_path() -> None:
    properties = {"a": {"type": "STRING"}, "properties": {"items": {"type": ["string", "null"]}}}
    declarations = [{"name": "f"}, {"name": "g", "parameters": {"properties": properties}}]

    failure = failure_for({**HELLO, "tools": [{"function_declarations": declarations}]})

    assert failure.message == (
        'Invalid JSON payload received. Unknown name "type" at '
        "'tools[0].function_declarations[1].parameters.properties[1].value.items': "
        "Proto field is not repeating, cannot start list."
    )


def test_a_value_without_a_list_round_it_has_no_index() -> None:
    failure = failure_for({"contents": {"parts": {"text": 5}}})

    assert failure.param == "contents.parts.text"


@pytest.mark.parametrize("data", ["--__-_8=", "--__-_8", "++//+/8=", "++//\n+/8=\n", " ++//\r\n+/8"])
def test_base64_may_come_in_any_of_its_forms(data: str) -> None:
    blob = {"mimeType": "image/png", "data": data}
    request = read({"contents": [{"parts": [{"inlineData": blob}]}]})

    assert isinstance(request, Request)
    assert request.messages[0].parts == (Attachment("image/png", data="++//+/8="),)


def test_types_are_named_after_the_version_asked_for() -> None:
    failure = failure_for({"contents": "hi"}, "/v1/models/x:generateContent")

    assert "google.ai.generativelanguage.v1.Content" in str(failure.message)


def test_several_violations_are_told_at_once() -> None:
    failure = failure_for({"contents": [{"role": 1, "parts": [{"text": 2}]}]})

    assert str(failure.message).split("\n") == [found["description"] for found in violations(failure)]
    assert [found["field"] for found in violations(failure)] == [
        "contents[0].role",
        "contents[0].parts[0].text",
    ]


@pytest.mark.parametrize("body", [b"[]", b"5", b'"text"', b"null"])
def test_the_body_must_be_a_message(body: bytes) -> None:
    description = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'

    failure = failure_for(body)

    assert failure.message == description
    assert violations(failure) == [{"description": description}]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{a: 1}", "Expected an object key or }.\n{a: 1}\n ^"),
        (b'{"a" 1}', 'Expected : between key:value pair.\n{"a" 1}\n     ^'),
        (b'{"a": 1 2}', 'Expected , or } after key:value pair.\n{"a": 1 2}\n        ^'),
        (b"[1 2]", "Expected , or ] after array value.\n[1 2]\n   ^"),
        (b'{"a": [[1], 2 3]}', 'Expected , or ] after array value.\n{"a": [[1], 2 3]}\n              ^'),
        (b'{"a": [1] "b"}', 'Expected , or } after key:value pair.\n{"a": [1] "b"}\n          ^'),
        (b'{"a": ', 'Unexpected end of string. Expected a value.\n{"a": \n      ^'),
        (b'{"a": }', 'Expected a value.\n{"a": }\n      ^'),
        (b'{"a": nope}', 'Unexpected token.\n{"a": nope}\n      ^'),
        (b'{"a": "b', 'Closing quote expected in string.\n{"a": "b\n      ^'),
        (b'{"a": NaN}', 'Unexpected token.\n{"a": NaN}\n^'),
        (b"\xff\xfe", "Unexpected token.\n\ufffd\ufffd\n^"),
        (b"{} {}", "Parsing terminated before end of input.\n{} {}\n   ^"),
    ],
)
def test_broken_json_is_told_with_a_caret(body: bytes, complaint: str) -> None:
    failure = failure_for(body)

    assert failure.kind == "malformed_json"
    assert failure.message == f"Invalid JSON payload received. {complaint}"
    assert violations(failure) == [{"description": failure.message}]


def test_the_excerpt_shows_only_the_neighbourhood() -> None:
    failure = failure_for(b'{"' + b"a" * 500 + b'": nope' + b" " * 500 + b"}")

    assert str(failure.message).split("\n")[1:] == ["a" * 17 + '": ' + "nope" + " " * 16, " " * 20 + "^"]


@pytest.mark.parametrize(
    "body",
    [
        {**HELLO, **{f"name_{number}": 1 for number in range(5_000)}},
        {**HELLO, "generationConfig": {"stopSequences": [1] * 5_000}},
        {"contents": [{"parts": [{}] * 5_000}]},
        {"contents": [{"parts": [{"text": "a", "inlineData": {}}] * 5_000}]},
        {"contents": [{}] * 5_000},
    ],
)
def test_of_very_many_violations_the_first_hundred_are_told(body: Any) -> None:
    failure = failure_for(body)

    assert len(str(failure.message).strip().splitlines()) == 100


@pytest.mark.parametrize("text", ["!" * 5_000_000, ["!" * 5_000_000]])
def test_of_a_long_value_the_beginning_is_shown(text: Any) -> None:
    blob = {"mimeType": "image/png", "data": text}
    failure = failure_for({"contents": [{"parts": [{"inlineData": blob}]}]})

    assert len(str(failure.message)) < 2_000


def test_of_a_long_name_the_beginning_is_shown() -> None:
    failure = failure_for({**HELLO, "n" * 5_000: 1})

    assert str(failure.message) == (
        f'Invalid JSON payload received. Unknown name "{"n" * 1_000}...": Cannot find field.'
    )


@pytest.mark.parametrize("depth", [81, 300, 1000, 5000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_a_message_too_deep_is_refused(depth: int, brackets: str) -> None:
    opening = b'{"a":' if brackets == "{}" else b"["
    body = b'{"contents":' + opening * depth + b"1" + brackets[1].encode() * depth + b"}"

    assert isinstance(read(body), Failure)


def test_an_unknown_name_is_worded_with_its_parent_if_there_is_one() -> None:
    at_root = unknown_name("stream", "")
    nested = unknown_name("foo", "generation_config")

    assert bad_request([at_root, nested])["fieldViolations"] == [
        {"description": 'Invalid JSON payload received. Unknown name "stream": Cannot find field.'},
        {
            "field": "generation_config",
            "description": "Invalid JSON payload received. Unknown name \"foo\" at 'generation_config': "
            "Cannot find field.",
        },
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES: tuple[tuple[str | int, ...], ...] = (
    ("contents",),
    ("contents", 0),
    ("contents", 0, "role"),
    ("contents", 0, "parts"),
    ("contents", 0, "parts", 0),
    ("contents", 0, "parts", 0, "text"),
    ("contents", 0, "parts", 0, "thought"),
    ("contents", 0, "parts", 0, "thoughtSignature"),
    ("contents", 0, "parts", 1, "functionCall"),
    ("contents", 0, "parts", 1, "functionCall", "args"),
    ("contents", 0, "parts", 1, "functionCall", "id"),
    ("contents", 0, "parts", 2, "functionResponse"),
    ("contents", 0, "parts", 2, "functionResponse", "response"),
    ("contents", 0, "parts", 2, "functionResponse", "parts"),
    ("contents", 0, "parts", 3, "inlineData"),
    ("contents", 0, "parts", 3, "inlineData", "data"),
    ("systemInstruction",),
    ("tools",),
    ("tools", 0, "functionDeclarations"),
    ("tools", 0, "functionDeclarations", 0, "parameters"),
    ("tools", 0, "functionDeclarations", 0, "parameters", "properties"),
    ("tools", 0, "functionDeclarations", 0, "parameters", "enum"),
    ("tools", 0, "functionDeclarations", 0, "parametersJsonSchema"),
    ("toolConfig",),
    ("toolConfig", "functionCallingConfig"),
    ("generationConfig",),
    ("generationConfig", "candidateCount"),
    ("generationConfig", "thinkingConfig"),
    ("generationConfig", "responseSchema"),
    ("generationConfig", "imageConfig"),
    ("generationConfig", "responseModalities"),
    ("serviceTier",),
    ("labels",),
)


def planted(place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A sound body with `value` at one place."""
    body: dict[str, Any] = {
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "Hi"},
                    {"functionCall": {"name": "f", "args": {}}},
                    {"functionResponse": {"name": "f", "response": {}}},
                    {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
                ],
            }
        ],
        "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT"}}]}],
        "toolConfig": {"functionCallingConfig": {}},
        "generationConfig": {"thinkingConfig": {}},
    }
    target: Any = body
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return body


@given(place=st.sampled_from(PLACES), value=json_values)
@settings(max_examples=400, deadline=None)
def test_garbage_at_any_place_is_read_or_refused(place: tuple[str | int, ...], value: Any) -> None:
    http = post(json.dumps(planted(place, value)).encode())

    for found in (read(http.body), count_tokens(http, CONTEXT)):
        if isinstance(found, Failure):
            assert VENDOR.refuse(found, http, CONTEXT).status == 400


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_bytes_of_any_kind_are_refused(body: bytes) -> None:
    assert isinstance(read(body), Failure)
