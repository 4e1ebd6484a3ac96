"""What the official Python SDK sends to the Responses API, and what comes of it."""

from __future__ import annotations

from typing import Any

from openai import OpenAI

from mockserver.conversation import Attachment, Text
from mockserver.runner import MockServer

GREETING = "Hello! How can I help you today?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}


def test_images_and_files_are_taken(openai_client: OpenAI, mock: MockServer) -> None:
    content: Any = [
        {"type": "input_text", "text": "Hello!"},
        {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,aGk="},
        {"type": "input_image", "detail": "low", "file_id": "file-1"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="},
        {"type": "input_file", "file_url": "https://example.com/a.pdf"},
    ]

    response = openai_client.responses.create(model="gpt-4o", input=[{"role": "user", "content": content}])

    assert response.output_text == GREETING
    assert mock.requests[-1].messages[0].parts == (
        Text("Hello!"),
        Attachment("image/png", data="aGk="),
        Attachment("image/*", url="file-1"),
        Attachment("application/pdf", data="aGk="),
        Attachment("application/octet-stream", url="https://example.com/a.pdf"),
    )


def test_instructions_and_developers_set_the_system_text(openai_client: OpenAI, mock: MockServer) -> None:
    openai_client.responses.create(
        model="gpt-4o",
        instructions="Be brief.",
        input=[{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Hello!"}],
    )

    assert mock.requests[-1].system == "Be brief.\nBe kind."


def test_input_is_counted_as_usage_tells_it(openai_client: OpenAI) -> None:
    asked: Any = {"model": "mock-auto", "input": "Hello! How are you?", "tools": [WEATHER]}

    counted = openai_client.responses.input_tokens.count(**asked)
    response = openai_client.responses.create(**asked)

    assert response.usage
    assert counted.input_tokens == response.usage.input_tokens > 0


def test_a_failed_response_is_an_answer_that_tells_its_error(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(model="mock-sdk-failed-response", input="Hello!")

    assert (response.status, response.usage) == ("failed", None)
    assert response.error
    assert response.error.code == "server_error"


def test_a_model_told_not_to_reason_does_not(openai_client: OpenAI) -> None:
    response = openai_client.responses.create(
        model="mock-thinking", input="Hello!", reasoning={"effort": "none", "summary": "auto"}
    )

    assert [item.type for item in response.output] == ["message"]
    assert response.usage
    assert response.usage.output_tokens_details.reasoning_tokens == 0
