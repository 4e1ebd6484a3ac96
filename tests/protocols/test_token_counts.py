"""One conversation has one number of input tokens: on every wire, counted beforehand and told as usage."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.limits import PER_MESSAGE, PER_TOOL, estimate
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.service import Service
from mockserver.settings import Settings

SYSTEM = "You are a weather reporter. Be brief."
QUESTION, LOOK, THANKS = "What's the weather in Paris?", "I look it up.", "And tomorrow?"
RESULT = {"temp_c": 18, "sky": "clear"}
CITY = {"city": "Paris"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL: dict[str, Any] = {"name": "get_weather", "description": "The weather of a city."}

RESULT_TEXT, CITY_TEXT, SCHEMA_TEXT = (orjson.dumps(value).decode() for value in (RESULT, CITY, SCHEMA))

CHAT = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": QUESTION},
        {
            "role": "assistant",
            "content": LOOK,
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "get_weather", "arguments": CITY_TEXT},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": RESULT_TEXT},
        {"role": "user", "content": THANKS},
    ],
    "tools": [{"type": "function", "function": {**TOOL, "parameters": SCHEMA}}],
}
RESPONSES = {
    "model": "gpt-4o",
    "instructions": SYSTEM,
    "input": [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": LOOK},
        {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": CITY_TEXT},
        {"type": "function_call_output", "call_id": "call_1", "output": RESULT_TEXT},
        {"role": "user", "content": THANKS},
    ],
    "tools": [{"type": "function", "strict": False, **TOOL, "parameters": SCHEMA}],
}
CLAUDE = {
    "model": "claude-sonnet-4-6",
    "system": SYSTEM,
    "messages": [
        {"role": "user", "content": QUESTION},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": LOOK},
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": CITY},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": RESULT_TEXT},
                {"type": "text", "text": THANKS},
            ],
        },
    ],
    "tools": [{**TOOL, "input_schema": SCHEMA}],
}
GEMINI = {
    "systemInstruction": {"parts": [{"text": SYSTEM}]},
    "contents": [
        {"role": "user", "parts": [{"text": QUESTION}]},
        {
            "role": "model",
            "parts": [
                {"text": LOOK},
                {
                    "functionCall": {"name": "get_weather", "args": CITY},
                    "thoughtSignature": "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=",
                },
            ],
        },
        {"role": "user", "parts": [{"functionResponse": {"name": "get_weather", "response": RESULT}}]},
        {"role": "user", "parts": [{"text": THANKS}]},
    ],
    "tools": [{"functionDeclarations": [{**TOOL, "parametersJsonSchema": SCHEMA}]}],
}
MODEL = "/v1beta/models/gemini-2.5-pro"

WAYS: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    "openai.chat usage": ("/v1/chat/completions", CHAT, ("usage", "prompt_tokens")),
    "openai.responses usage": ("/v1/responses", RESPONSES, ("usage", "input_tokens")),
    "openai.responses count": ("/v1/responses/input_tokens", RESPONSES, ("input_tokens",)),
    "anthropic usage": ("/v1/messages", {**CLAUDE, "max_tokens": 99}, ("usage", "input_tokens")),
    "anthropic count": ("/v1/messages/count_tokens", CLAUDE, ("input_tokens",)),
    "gemini usage": (f"{MODEL}:generateContent", GEMINI, ("usageMetadata", "promptTokenCount")),
    "gemini count": (
        f"{MODEL}:countTokens",
        {"generateContentRequest": {"model": "models/gemini-2.5-pro", **GEMINI}},
        ("totalTokens",),
    ),
}
"""Where a number of tokens is told -> path, body, and the way to the number in the answer."""

EXPECTED = (
    sum(map(estimate, (SYSTEM, QUESTION, LOOK, RESULT_TEXT, THANKS)))
    + estimate("get_weather") + estimate(CITY_TEXT)
    + PER_TOOL + sum(map(estimate, (TOOL["name"], TOOL["description"], SCHEMA_TEXT)))
    + 4 * PER_MESSAGE
)  # fmt: skip
"""A token for each four letters of every text, and what goes round a message and a tool."""


@pytest.mark.parametrize(("path", "body", "way"), WAYS.values(), ids=WAYS)
def test_a_conversation_has_the_same_number_of_tokens_everywhere(
    path: str, body: Any, way: tuple[str, ...]
) -> None:
    service = Service(VENDORS, Engine(()), Journal(), Settings(unmatched="auto"))
    headers = {"anthropic-version": "2023-06-01"}
    http = Http("POST", path, headers, body=orjson.dumps(body), key="k")

    answer = gathered(service.respond(http).steps)

    told = orjson.loads(answer.body)
    assert answer.status == 200, told
    for name in way:
        told = told[name]
    assert told == EXPECTED
