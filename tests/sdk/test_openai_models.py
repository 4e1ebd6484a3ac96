"""The list of models, through the official Python SDK."""

from __future__ import annotations

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from sdk.openai_strict import Wire


def test_models_are_listed_without_pages(openai_client: OpenAI, wire: Wire) -> None:
    models = list(openai_client.models.list())

    names = [model.id for model in models]
    assert {"gpt-4o", "gpt-4o-2024-08-06", "mock-weather"} <= set(names)
    assert len(set(names)) == len(names)
    assert wire.json.keys() == {"object", "data"}
    assert wire.json["data"][0].keys() == {"id", "object", "created", "owned_by"}


async def test_every_model_can_be_retrieved(async_openai_client: AsyncOpenAI) -> None:
    async for model in async_openai_client.models.list():
        assert await async_openai_client.models.retrieve(model.id) == model


@pytest.mark.parametrize("name", ["gpt-17", "ft:gpt-4o:me::1", "meta/llama"])
def test_a_model_that_does_not_exist_is_not_found(openai_client: OpenAI, name: str) -> None:
    with pytest.raises(openai.NotFoundError, match=f"The model '{name}' does not exist") as raised:
        openai_client.models.retrieve(name)

    assert (raised.value.param, raised.value.code) == ("model", "model_not_found")


def test_a_model_is_deleted_in_words_only(openai_client: OpenAI) -> None:
    deleted = openai_client.models.delete("gpt-4o")

    assert (deleted.id, deleted.object, deleted.deleted) == ("gpt-4o", "model", True)
    assert openai_client.models.retrieve("gpt-4o").id == "gpt-4o"


def test_models_that_are_listed_answer(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.create(
        model="mock-hello", messages=[{"role": "user", "content": "Anything."}]
    )

    assert completion.model == "mock-hello"
