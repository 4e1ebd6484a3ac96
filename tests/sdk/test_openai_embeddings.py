"""Embeddings, through the official Python SDK. It asks for base64 of its own accord, and unpacks it."""

from __future__ import annotations

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from mockserver.embedding import unit_vector
from mockserver.runner import MockServer

SMALL = "text-embedding-3-small"


def test_the_default_is_base64_on_the_wire_and_equals_floats(openai_client: OpenAI, mock: MockServer) -> None:
    packed = openai_client.embeddings.create(model=SMALL, input="Hello, world!")
    plain = openai_client.embeddings.create(model=SMALL, input="Hello, world!", encoding_format="float")

    assert [b'"base64"' in entry.http.body for entry in mock.exchanges] == [True, False]
    assert packed.data[0].embedding == plain.data[0].embedding
    assert packed.data[0].embedding == pytest.approx(unit_vector("Hello, world!", 1536), abs=1e-7)


async def test_several_texts_come_in_their_order(async_openai_client: AsyncOpenAI) -> None:
    both = await async_openai_client.embeddings.create(model=SMALL, input=["one", "two"], dimensions=8)
    two = await async_openai_client.embeddings.create(model=SMALL, input="two", dimensions=8)

    assert [item.index for item in both.data] == [0, 1]
    assert both.data[1].embedding == two.data[0].embedding
    assert len(two.data[0].embedding) == 8


def test_tokens_are_taken_too(openai_client: OpenAI) -> None:
    answer = openai_client.embeddings.create(model=SMALL, input=[[1, 2], [3]])

    assert (len(answer.data), answer.usage.prompt_tokens) == (2, 3)


def test_an_empty_text_is_a_bad_request(openai_client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        openai_client.embeddings.create(model=SMALL, input="")

    assert (raised.value.param, raised.value.code) == ("input", "empty_string")
