"""What the official SDKs make of the gateway's own refusals, which have one form for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import anthropic
import openai
import pytest
from anthropic import Anthropic
from google import genai
from google.genai import errors, types
from openai import OpenAI
from sdk.anthropic_strict import HELLO as CLAUDE_HELLO

from mockserver.assembly import builtin_folder
from mockserver.runner import MockServer


@pytest.fixture(scope="module")
def gateway() -> Iterator[MockServer]:
    with MockServer(
        builtin_folder(), unmatched="auto", speed=0, profile="gateway", models="known", more_models=("mine",)
    ) as running:
        yield running


@pytest.fixture
def openai_behind(gateway: MockServer, key: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=gateway.urls.openai, api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def claude_behind(gateway: MockServer, key: str) -> Iterator[Anthropic]:
    with Anthropic(base_url=gateway.urls.anthropic, api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def gemini_behind(gateway: MockServer, key: str) -> Iterator[genai.Client]:
    with genai.Client(api_key=key, http_options=types.HttpOptions(base_url=gateway.urls.gemini)) as client:
        yield client


def test_openais_sdk_takes_an_unknown_model_for_a_fault_of_the_server(openai_behind: OpenAI) -> None:
    with pytest.raises(openai.InternalServerError) as raised:
        openai_behind.chat.completions.create(model="gpt-0", messages=[{"role": "user", "content": "Hi"}])

    assert (raised.value.status_code, raised.value.code) == (503, "model_not_found")
    assert raised.value.type == "new_api_error"
    identity = raised.value.response.headers["x-oneapi-request-id"]
    assert str(raised.value).endswith(f"(request id: {identity})")


def test_anthropics_sdk_takes_an_unknown_model_for_a_fault_of_the_server(claude_behind: Anthropic) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        claude_behind.messages.create(**CLAUDE_HELLO | {"model": "gpt-0"})

    assert raised.value.status_code == 503
    assert "No available channel for model gpt-0" in str(raised.value)


def test_googles_sdk_sees_no_status_of_its_own(gemini_behind: genai.Client) -> None:
    with pytest.raises(errors.ServerError) as raised:
        gemini_behind.models.generate_content(model="gpt-0", contents="Hi")

    assert raised.value.code == 503
    assert raised.value.status is None
    assert "No available channel for model gpt-0" in str(raised.value.message)


def test_a_quota_that_is_used_up_is_a_lack_of_permission(
    gateway: MockServer, key: str, openai_behind: OpenAI, claude_behind: Anthropic
) -> None:
    gateway.namespace(key).error("quota")

    with pytest.raises(openai.PermissionDeniedError) as raised:
        openai_behind.chat.completions.create(model="mine", messages=[{"role": "user", "content": "Hi"}])
    with pytest.raises(anthropic.PermissionDeniedError):
        claude_behind.messages.create(**CLAUDE_HELLO | {"model": "mine"})

    assert raised.value.code == "insufficient_user_quota"


def test_one_unknown_model_is_no_error_to_the_sdk(openai_behind: OpenAI) -> None:
    told = openai_behind.models.retrieve("gpt-0").to_dict()

    assert set(told) == {"error"}


def test_what_is_known_is_answered(openai_behind: OpenAI, gemini_behind: genai.Client) -> None:
    answer = openai_behind.chat.completions.create(
        model="mine", messages=[{"role": "user", "content": "Hello!"}]
    )

    assert answer.choices[0].message.content == "Hello! How can I help you today?"
    assert gemini_behind.models.generate_content(model="mine", contents="Hello!").text == (
        "Hello! How can I help you today?"
    )
