"""Google's SDK embeds texts."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai import errors, types
from sdk.gemini_strict import Gemini, settled

EMBEDDING = "gemini-embedding-001"


async def embed(gemini: Gemini, contents: Any, **config: Any) -> list[list[float]]:
    response = await settled(
        gemini.api.models.embed_content(
            model=EMBEDDING, contents=contents, config=types.EmbedContentConfig(**config)
        )
    )
    return [embedding.values for embedding in response.embeddings]


async def test_a_text_has_one_vector(gemini: Gemini) -> None:
    [values] = await embed(gemini, "Hello!")

    assert len(values) == 3072
    assert sum(value * value for value in values) == pytest.approx(1)


async def test_several_texts_have_a_vector_each_in_their_order(gemini: Gemini) -> None:
    found = await embed(
        gemini, ["one", "two", "one"], output_dimensionality=8, task_type="SEMANTIC_SIMILARITY"
    )

    assert [len(values) for values in found] == [8, 8, 8]
    assert found[0] == found[2] != found[1]


async def test_several_texts_to_a_multimodal_model_are_one_content(gemini: Gemini) -> None:
    response = await settled(
        gemini.api.models.embed_content(model="gemini-embedding-2", contents=["one", "two"])
    )

    assert len(response.embeddings) == 1


async def test_too_many_texts_are_refused(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError, match="at most 100 requests can be in one batch"):
        await embed(gemini, ["a"] * 101)
