"""Every parameter that the official Python SDK knows, sent at once: with a value, and as null."""

from __future__ import annotations

import types
import typing
from typing import Any

import pytest
import typing_extensions
from openai import BadRequestError, OpenAI
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from mockserver.runner import MockServer

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
CHAT_TOOL: Any = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": SCHEMA, "strict": True},
}
LEGACY: dict[str, Any] = {
    "functions": [{"name": "get_weather", "description": "Weather", "parameters": SCHEMA}],
    "function_call": "auto",
    "max_tokens": 100,
}
CHAT: dict[str, Any] = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "Tell me.", "name": "ada"}],
    "audio": {"format": "wav", "voice": "alloy"},
    "frequency_penalty": 0.5,
    "logit_bias": {"1734": -100},
    "logprobs": True,
    "max_completion_tokens": 100,
    "metadata": {"run": "7"},
    "modalities": ["text", "audio"],
    "moderation": {"model": "omni-moderation-latest", "policy": {"input": {"mode": "score"}}},
    "n": 2,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": [{"type": "text", "text": "Yes."}]},
    "presence_penalty": -0.5,
    "prompt_cache_key": "cache",
    "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
    "prompt_cache_retention": "24h",
    "reasoning_effort": "minimal",
    "response_format": {"type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA}},
    "safety_identifier": "ada",
    "seed": 7,
    "service_tier": "flex",
    "stop": ["END"],
    "store": True,
    "stream_options": {"include_usage": True, "include_obfuscation": False},
    "temperature": 0.5,
    "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [CHAT_TOOL]}},
    "tools": [
        CHAT_TOOL,
        {
            "type": "custom",
            "custom": {
                "name": "sql",
                "description": "Runs it",
                "format": {"type": "grammar", "grammar": {"definition": "start: /.+/", "syntax": "lark"}},
            },
        },
    ],
    "top_logprobs": 1,
    "top_p": 0.5,
    "user": "ada",
    "verbosity": "low",
    "web_search_options": {
        "search_context_size": "low",
        "user_location": {"type": "approximate", "approximate": {"city": "Oslo", "country": "NO"}},
    },
}
RESPONSES: dict[str, Any] = {
    "model": "gpt-4o",
    "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Tell me."}]}],
    "access_programs": {"cyber": "enabled"},
    "background": True,
    "background_options": {"completion_window": "soonest"},
    "context_management": [{"type": "compaction", "compact_threshold": 1000}],
    "image": {"context_compression": "auto"},
    "include": [
        "file_search_call.results",
        "web_search_call.results",
        "web_search_call.action.sources",
        "message.input_image.image_url",
        "computer_call_output.output.image_url",
        "code_interpreter_call.outputs",
        "reasoning.encrypted_content",
        "message.output_text.logprobs",
    ],
    "instructions": "Be brief.",
    "max_output_tokens": 100,
    "max_tool_calls": 3,
    "metadata": {"run": "7"},
    "moderation": {"model": "omni-moderation-latest"},
    "parallel_tool_calls": False,
    "prompt": {"id": "pmpt_1", "version": "2", "variables": {"name": "Ada"}},
    "prompt_cache_key": "cache",
    "prompt_cache_options": {"mode": "explicit", "ttl": "12h"},
    "prompt_cache_retention": "24h",
    "reasoning": {"effort": "xhigh", "summary": "detailed", "context": "all_turns", "mode": "pro"},
    "safety_identifier": "ada",
    "service_tier": "priority",
    "store": False,
    "stream_options": {"include_obfuscation": False},
    "temperature": 0.5,
    "text": {
        "format": {"type": "json_schema", "name": "city", "schema": SCHEMA, "description": "A city"},
        "verbosity": "low",
    },
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    "tools": [
        {"type": "function", "name": "f", "parameters": SCHEMA, "strict": True, "description": "F"},
        {"type": "custom", "name": "sql", "format": {"type": "text"}},
        {"type": "web_search", "search_context_size": "low"},
        {"type": "file_search", "vector_store_ids": ["vs_1"]},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "image_generation", "size": "1024x1024"},
        {
            "type": "mcp",
            "server_label": "docs",
            "server_url": "https://example.com",
            "require_approval": "never",
        },
        {"type": "local_shell"},
        {"type": "namespace", "name": "crm", "description": "CRM", "tools": []},
    ],
    "top_logprobs": 1,
    "top_p": 0.5,
    "truncation": "auto",
    "user": "ada",
}
STATE = {"conversation", "previous_response_id"}
"""What goes on from a stored conversation has tests of its own."""


def parameters(shape: Any) -> dict[str, bool]:
    """The parameters of a call, and whether each may be null."""
    hints = typing_extensions.get_type_hints(shape, include_extras=True)
    return {name: _may_be_null(hint) for name, hint in hints.items()}


def _may_be_null(hint: Any) -> bool:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return any(_may_be_null(argument) for argument in arguments)
    if typing.get_origin(hint) in (typing.Annotated, typing.Required, typing_extensions.Required):
        return _may_be_null(arguments[0])
    return hint is type(None)


NULLABLE = parameters(CompletionCreateParamsBase)
NULLABLE_IN_RESPONSES = parameters(ResponseCreateParamsBase)


def test_every_parameter_of_a_chat_is_taken(openai_client: OpenAI, mock: MockServer) -> None:
    list(openai_client.chat.completions.create(stream=True, **CHAT))

    assert CHAT.keys() | LEGACY.keys() == NULLABLE.keys()
    assert mock.requests[-1].body == {**CHAT, "stream": True}


def test_every_deprecated_parameter_of_a_chat_is_taken(openai_client: OpenAI, mock: MockServer) -> None:
    openai_client.chat.completions.create(model="gpt-4o", messages=CHAT["messages"], **LEGACY)

    assert mock.requests[-1].body.items() >= LEGACY.items()


def test_every_parameter_of_a_response_is_taken(openai_client: OpenAI, mock: MockServer) -> None:
    list(openai_client.responses.create(stream=True, **RESPONSES))

    assert RESPONSES.keys() | STATE == NULLABLE_IN_RESPONSES.keys()
    assert mock.requests[-1].body == {**RESPONSES, "stream": True}


@pytest.mark.parametrize("name", [name for name, null in NULLABLE.items() if null])
def test_null_is_the_default_in_a_chat(openai_client: OpenAI, name: str) -> None:
    null: Any = {name: None}

    completion = openai_client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Hello!"}], **null
    )

    assert completion.choices[0].message.content == "Hello! How can I help you today?"


@pytest.mark.parametrize("name", [name for name, null in NULLABLE.items() if not null])
def test_null_is_refused_in_a_chat_where_it_is_not_documented(openai_client: OpenAI, name: str) -> None:
    asked: Any = {"model": "gpt-4o", "messages": CHAT["messages"], name: None}

    with pytest.raises(BadRequestError) as raised:
        openai_client.chat.completions.create(**asked)

    assert (raised.value.param, raised.value.code) == (name, "invalid_type")


@pytest.mark.parametrize("name", [name for name, null in NULLABLE_IN_RESPONSES.items() if null])
def test_null_is_the_default_in_a_response(openai_client: OpenAI, name: str) -> None:
    null: Any = {name: None}

    plain = openai_client.responses.create(model="gpt-4o", input="Hello!")
    response = openai_client.responses.create(model="gpt-4o", input="Hello!", **null)

    def told(answer: Any) -> dict[str, Any]:
        return {name: value for name, value in answer.to_dict().items() if name not in ("id", "output")}

    assert told(response) == told(plain)
