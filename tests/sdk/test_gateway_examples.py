"""The examples of the gateway's text guide and of its chat page, with nothing changed but URL and key."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import anthropic
import pytest
from google import genai
from google.genai import types
from openai import OpenAI
from patience import HANG

from mockserver.runner import MockServer

CITY: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "City name"}},
    "required": ["city"],
}

warned_of = pytest.mark.filterwarnings(
    "ignore:The model 'claude-opus-4-5-20251101' is deprecated:DeprecationWarning"
)
"""The guide names a model that the SDK warns of by now."""


@pytest.fixture
def openai_client(server: MockServer, key: str) -> OpenAI:
    return OpenAI(base_url=server.urls.openai, api_key=key)


@pytest.fixture
def anthropic_client(server: MockServer, key: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=server.urls.anthropic, api_key=key)


@pytest.fixture
def gemini_client(server: MockServer, key: str) -> genai.Client:
    return genai.Client(
        api_key=key, http_options=types.HttpOptions(api_version="v1beta", base_url=server.urls.gemini)
    )


def test_openai_basic_conversation(openai_client: OpenAI) -> None:
    response = openai_client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Hello!"}]
    )

    assert response.choices[0].message.content == "Hello! How can I help you today?"


def test_openai_streaming(openai_client: OpenAI) -> None:
    stream = openai_client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Write a short poem about spring."}],
        stream=True,
    )

    # The guide's own loop reads choices[0] of every chunk without a guard.
    pieces = [chunk.choices[0].delta.content for chunk in stream if chunk.choices[0].delta.content]

    assert len(pieces) > 10
    assert "".join(pieces).endswith("to let spring in.")


def test_openai_tool_calling(openai_client: OpenAI) -> None:
    response = openai_client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "What's the weather in London?"}],
        tools=[
            {
                "type": "function",
                "function": {
                    "name": "get_weather",
                    "description": "Get the current weather for a city",
                    "parameters": CITY,
                },
            }
        ],
    )

    (call,) = response.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "London"})


def test_openai_responses_through_the_environment(
    server: MockServer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.urls.openai)
    monkeypatch.setenv("OPENAI_API_KEY", key)

    assert OpenAI().responses.create(model="gpt-4o", input="Hello!").output_text.startswith("Hello!")


@warned_of
def test_anthropic_basic_conversation(anthropic_client: anthropic.Anthropic) -> None:
    message = anthropic_client.messages.create(
        model="claude-opus-4-5-20251101", max_tokens=1024, messages=[{"role": "user", "content": "Hello!"}]
    )

    assert message.content[0].type == "text"
    assert message.content[0].text == "Hello! How can I help you today?"


@warned_of
def test_anthropic_streaming(anthropic_client: anthropic.Anthropic) -> None:
    with anthropic_client.messages.stream(
        model="claude-opus-4-5-20251101",
        max_tokens=1024,
        messages=[{"role": "user", "content": "Write a short poem about spring."}],
    ) as stream:
        pieces = list(stream.text_stream)

    assert len(pieces) > 10
    assert "".join(pieces).endswith("to let spring in.")


@warned_of
def test_anthropic_tool_calling(anthropic_client: anthropic.Anthropic) -> None:
    message = anthropic_client.messages.create(
        model="claude-opus-4-5-20251101",
        max_tokens=1024,
        tools=[
            {
                "name": "get_weather",
                "description": "Get the current weather for a city",
                "input_schema": CITY,
            }
        ],
        messages=[{"role": "user", "content": "What's the weather in London?"}],
    )

    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert message.content[1].type == "tool_use"
    assert message.content[1].input == {"city": "London"}


def test_gemini_basic_conversation(gemini_client: genai.Client) -> None:
    response = gemini_client.models.generate_content(model="gemini-2.5-pro", contents="Hello!")

    assert response.text == "Hello! How can I help you today?"


def test_gemini_streaming(gemini_client: genai.Client) -> None:
    stream = gemini_client.models.generate_content_stream(
        model="gemini-2.5-pro", contents="Write a short poem about spring."
    )

    pieces = [chunk.text or "" for chunk in stream]

    assert len(pieces) > 10
    assert "".join(pieces).endswith("to let spring in.")


def test_gemini_tool_calling(gemini_client: genai.Client) -> None:
    get_weather = types.FunctionDeclaration(
        name="get_weather",
        description="Get the current weather for a city",
        parameters=types.Schema(
            type=types.Type.OBJECT,
            properties={"city": types.Schema(type=types.Type.STRING, description="City name")},
            required=["city"],
        ),
    )

    response = gemini_client.models.generate_content(
        model="gemini-2.5-pro",
        contents="What's the weather in London?",
        config=types.GenerateContentConfig(tools=[types.Tool(function_declarations=[get_weather])]),
    )

    (call,) = response.function_calls or []
    assert (call.name, call.args) == ("get_weather", {"city": "London"})


def curl(url: str, *arguments: str) -> Any:
    command = shutil.which("curl")
    if command is None:
        pytest.skip("this machine has no curl")
    done = subprocess.run(
        [command, "--silent", "--fail-with-body", "--request", "POST", "--url", url, *arguments],
        capture_output=True,
        check=True,
        timeout=HANG,
    )
    return json.loads(done.stdout)


def test_the_curl_example_with_messages_and_contents(server: MockServer, key: str) -> None:
    body = """{
      "model": "gemini-3.1-pro-preview",
      "stream": false,
      "messages": [{"role": "user", "content": "Hello, please introduce yourself"}],
      "contents": ["Hello, please introduce yourself"]
    }"""

    completion = curl(
        f"{server.url}/v1/chat/completions",
        "--header",
        f"Authorization: Bearer {key}",
        "--header",
        "Content-Type: application/json",
        "--data",
        body,
    )

    (choice,) = completion["choices"]
    assert (completion["model"], choice["message"]["role"]) == ("gemini-3.1-pro-preview", "assistant")
    assert choice["message"]["content"].startswith("Hello!")


def test_an_image_is_drawn_in_the_shape_that_extra_body_asks_for(openai_client: OpenAI) -> None:
    config = {"google": {"image_config": {"aspect_ratio": "16:9", "image_size": "1K"}}}

    literal = openai_client.chat.completions.create(
        model="gemini-3.1-pro-preview",
        messages=[{"role": "user", "content": "Draw a cat"}],
        extra_body={"extra_body": config},
    )
    merged = openai_client.chat.completions.create(
        model="gemini-3.1-pro-preview",
        messages=[{"role": "user", "content": "Draw a cat"}],
        extra_body=config,
    )

    for completion in (literal, merged):
        assert "](data:image/png;base64," in (completion.choices[0].message.content or "")
