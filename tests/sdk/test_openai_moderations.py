"""Moderations, through the official Python SDK."""

from __future__ import annotations

from typing import Any

from openai import AsyncOpenAI, OpenAI

PARTS: Any = [
    {"type": "text", "text": "What a nice cat."},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
]


def test_a_text_is_flagged(openai_client: OpenAI) -> None:
    (result,) = openai_client.moderations.create(input="I want to kill them.").results

    assert result.flagged
    assert result.categories.violence
    assert not result.categories.self_harm_intent
    assert result.category_scores.violence > 0.9


async def test_texts_and_images_are_looked_at_together(async_openai_client: AsyncOpenAI) -> None:
    answer = await async_openai_client.moderations.create(model="omni-moderation-latest", input=PARTS)

    (result,) = answer.results
    assert not result.flagged
    assert result.category_applied_input_types.violence == ["text", "image"]
