"""Google's SDK keeps contents in a cache and goes on from them."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai import errors, types
from sdk.gemini_strict import MODEL, Gemini, gathered, settled

BOOK = "A long book about the sea. " * 30


async def cache(gemini: Gemini, **config: Any) -> types.CachedContent:
    settings = types.CreateCachedContentConfig(
        contents=[types.UserContent(BOOK)], system_instruction="You know the book.", **config
    )
    found: types.CachedContent = await settled(gemini.api.caches.create(model=MODEL, config=settings))
    return found


async def test_a_cache_is_made_shown_changed_and_deleted(gemini: Gemini) -> None:
    made = await cache(gemini, ttl="60s", display_name="book")
    assert made.name
    assert made.expire_time
    assert made.create_time

    shown = await settled(gemini.api.caches.get(name=made.name))
    longer = types.UpdateCachedContentConfig(ttl="120s")
    changed = await settled(gemini.api.caches.update(name=made.name, config=longer))
    await settled(gemini.api.caches.delete(name=made.name))

    assert shown == made
    assert (made.display_name, made.model) == ("book", f"models/{MODEL}")
    assert (made.expire_time - made.create_time).total_seconds() == 60
    assert (changed.expire_time - made.create_time).total_seconds() == 120
    with pytest.raises(errors.ClientError, match="CachedContent not found") as caught:
        await settled(gemini.api.caches.get(name=made.name))
    assert (caught.value.code, caught.value.status) == (403, "PERMISSION_DENIED")


async def test_caches_are_listed_page_by_page(gemini: Gemini) -> None:
    names = [(await cache(gemini)).name for _ in range(3)]

    listed = await gathered(gemini.api.caches.list(config={"page_size": 2}))

    assert [found.name for found in listed] == names


async def test_there_may_be_no_caches(gemini: Gemini) -> None:
    assert await gathered(gemini.api.caches.list()) == []


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_goes_on_from_a_cache(gemini: Gemini, streamed: bool) -> None:
    made = await cache(gemini)

    if streamed:
        usage = (await gemini.stream("Hello!", cached_content=made.name))[-1].usage_metadata
    else:
        usage = (await gemini.ask("Hello!", cached_content=made.name)).usage_metadata

    assert usage
    assert made.usage_metadata
    assert usage.cached_content_token_count == made.usage_metadata.total_token_count
    assert [message.text for message in gemini.mock.requests[-1].messages] == [BOOK, "Hello!"]
    assert gemini.mock.requests[-1].system == "You know the book."


async def test_instructions_belong_into_the_cache(gemini: Gemini) -> None:
    made = await cache(gemini)

    with pytest.raises(errors.ClientError, match="move those values to CachedContent"):
        await gemini.ask("Hello!", cached_content=made.name, system_instruction="Be brief.")
