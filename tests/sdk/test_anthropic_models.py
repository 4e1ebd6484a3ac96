"""Anthropic's SDK: models, page by page and one by one; tokens counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client

from mockserver.runner import MockServer

PROMPT: Any = {name: HELLO[name] for name in ("model", "messages")}
WEATHER = {"name": "get_weather", "input_schema": {"type": "object"}}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


# ------------------------------------------------------------------------------------------------- models


def test_models_are_listed_newest_first(claude: Anthropic) -> None:
    dates = [model.created_at for model in claude.models.list() if model.line]

    assert len(dates) > 10
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_of_any_size_show_every_model_once(claude: Anthropic, limit: int) -> None:
    ids = [model.id for model in claude.models.list(limit=limit)]

    assert len(ids) == len(set(ids))
    assert {"claude-opus-5-5", "claude-haiku-4-5-20251001", "mock-weather", "mock-sdk-text"} <= set(ids)


async def test_pages_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        ids = [model.id async for model in client.models.list(limit=10)]

    assert len(ids) == len(set(ids)) > 10


def test_a_page_knows_its_ends(claude: Anthropic) -> None:
    first = claude.models.list(limit=2)
    second = first.get_next_page()
    back = claude.models.list(limit=2, before_id=second.data[0].id)

    assert first.has_more
    assert (first.first_id, first.last_id) == (first.data[0].id, first.data[1].id)
    assert [model.id for model in back.data] == [model.id for model in first.data]


def test_a_model_is_told_with_all_it_can(claude: Anthropic) -> None:
    model = claude.models.retrieve("claude-opus-5-5")

    assert (model.display_name, model.lifecycle, model.line) == ("Claude Opus 5.5", "active", "opus")
    assert model.max_tokens == 128_000
    assert model.capabilities is not None
    assert model.capabilities.thinking.types.adaptive.supported
    assert not model.capabilities.thinking.types.enabled.supported
    assert model.capabilities.effort.max.supported


def test_models_that_are_to_retire_say_when(claude: Anthropic) -> None:
    models = claude.models.list(lifecycle=["deprecated"]).data

    assert [model.id for model in models] == ["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929"]
    for model in models:
        assert model.deprecated_at is not None
        assert model.retires_at is not None
        assert model.deprecated_at < model.retires_at


def test_models_of_several_stages_of_life_are_listed_together(claude: Anthropic) -> None:
    models = claude.models.list(lifecycle=["active", "deprecated"]).data

    assert {model.lifecycle for model in models} == {"active", "deprecated"}


def test_an_alias_is_the_model_it_stands_for(claude: Anthropic) -> None:
    assert claude.models.retrieve("claude-opus-4-5").id == "claude-opus-4-5-20251101"


def test_the_beta_methods_list_the_same(claude: Anthropic) -> None:
    models = claude.beta.models.list(limit=5, betas=["context-1m-2025-08-07"]).data
    one = claude.beta.models.retrieve(models[0].id, betas=["context-1m-2025-08-07"])

    assert [model.id for model in models] == [model.id for model in claude.models.list(limit=5).data]
    assert one.id == models[0].id


@pytest.mark.parametrize("name", ["claude-9", "a/b", "ünknown"])
def test_a_model_that_is_not_there_is_not_found(claude: Anthropic, name: str) -> None:
    with pytest.raises(anthropic.NotFoundError) as raised:
        claude.models.retrieve(name)

    assert raised.value.api_message == f"model: {name}"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ({"limit": 1001}, "limit: Input should be less than or equal to 1000"),
        ({"after_id": "claude-9"}, "after_id: "),
    ],
    ids=str,
)
def test_a_page_that_cannot_be_is_refused(claude: Anthropic, query: Any, message: str) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        claude.models.list(**query)

    assert str(raised.value.api_message).startswith(message)


# ------------------------------------------------------------------------------------------------- tokens


def test_a_prompts_tokens_are_those_of_the_answers_usage(claude: Anthropic) -> None:
    prompt: Any = PROMPT | {"system": "Be brief.", "tools": [WEATHER]}

    counted = claude.messages.count_tokens(**prompt)

    assert counted.input_tokens > 0
    assert counted.input_tokens == claude.messages.count_tokens(**prompt).input_tokens
    assert counted.input_tokens == claude.messages.create(**prompt, max_tokens=9).usage.input_tokens


async def test_tokens_are_counted_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        assert (await client.messages.count_tokens(**PROMPT)).input_tokens > 0


def test_a_longer_prompt_has_more_tokens(claude: Anthropic) -> None:
    counts = [
        claude.messages.count_tokens(**PROMPT | more).input_tokens
        for more in (
            {},
            {"system": "Be brief."},
            {"system": "Be brief.", "tools": [WEATHER]},
            {"system": "Be brief.", "tools": [WEATHER], "messages": HELLO["messages"] * 5},
        )
    ]

    assert counts == sorted(set(counts))


def test_a_beta_count_tells_what_there_was_before_edits(claude: Anthropic) -> None:
    edits: Any = {"edits": [{"type": "clear_tool_uses_20250919"}]}

    counted = claude.beta.messages.count_tokens(
        **PROMPT, betas=["context-management-2025-06-27"], context_management=edits
    )

    assert counted.context_management is not None
    assert counted.context_management.original_input_tokens == counted.input_tokens
    assert claude.beta.messages.count_tokens(**PROMPT).context_management is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"max_tokens": 5}, "max_tokens: Extra inputs are not permitted"),
        ({"stream": True}, "stream: Extra inputs are not permitted"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": None}, "messages: Input should be a valid array"),
        ({"model": ""}, "model: String should have at least 1 character"),
    ],
    ids=str,
)
def test_a_count_that_cannot_be_is_refused(claude: Anthropic, body: Any, message: str) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        claude.messages.count_tokens(**PROMPT, extra_body=body)

    assert raised.value.api_message == message
