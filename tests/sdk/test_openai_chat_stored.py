"""Stored completions through the official Python SDK, sync and async."""

from __future__ import annotations

from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI

HELLO: Any = [{"role": "user", "content": "Hello!"}]


def create(client: OpenAI, **more: Any) -> Any:
    return client.chat.completions.create(model="mock-auto", messages=HELLO, store=True, **more)


def test_stored_completions_are_listed_through_all_pages(openai_client: OpenAI) -> None:
    names = [create(openai_client, seed=seed).id for seed in range(5)]

    listed = openai_client.chat.completions.list(limit=2)

    assert [completion.id for completion in listed] == names


def test_stored_completions_are_found_by_metadata_and_model(openai_client: OpenAI) -> None:
    one = create(openai_client, metadata={"topic": "a"}).id
    create(openai_client, metadata={"topic": "b"})

    by_metadata = openai_client.chat.completions.list(metadata={"topic": "a"}, model="mock-auto")

    assert [completion.id for completion in by_metadata] == [one]
    assert openai_client.chat.completions.list(model="gpt-4o").data == []


def test_a_stored_completion_is_shown_changed_and_deleted(openai_client: OpenAI) -> None:
    completions = openai_client.chat.completions
    created = create(openai_client, metadata={"topic": "a"})

    assert completions.retrieve(created.id).choices == created.choices
    assert completions.update(created.id, metadata={"topic": "b"}).metadata == {"topic": "b"}
    assert completions.delete(created.id).deleted
    with pytest.raises(NotFoundError, match=created.id):
        completions.retrieve(created.id)


def test_a_stream_is_stored_too(openai_client: OpenAI) -> None:
    chunks = list(create(openai_client, stream=True))

    stored = openai_client.chat.completions.retrieve(chunks[0].id)

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert stored.choices[0].message.content == said


def test_the_messages_of_a_stored_completion_are_listed_through_all_pages(openai_client: OpenAI) -> None:
    messages: Any = [{"role": "user", "content": str(at)} for at in range(3)]
    created = openai_client.chat.completions.create(model="mock-auto", messages=messages, store=True)

    listed = list(openai_client.chat.completions.messages.list(created.id, limit=2, order="desc"))

    assert [message.content for message in listed] == ["2", "1", "0"]
    assert listed[-1].id == f"{created.id}-0"


def test_wrong_metadata_is_refused(openai_client: OpenAI) -> None:
    created = create(openai_client)

    with pytest.raises(BadRequestError) as raised:
        openai_client.chat.completions.update(created.id, metadata={"k" * 65: "v"})

    assert raised.value.code == "string_above_max_length"


async def test_stored_completions_are_the_same_to_the_async_client(async_openai_client: AsyncOpenAI) -> None:
    completions = async_openai_client.chat.completions
    created = await completions.create(model="mock-auto", messages=HELLO, store=True)

    listed = [completion.id async for completion in completions.list()]
    messages = [message.content async for message in completions.messages.list(created.id)]

    assert listed == [created.id]
    assert messages == ["Hello!"]
    assert (await completions.retrieve(created.id)).choices == created.choices
    assert (await completions.update(created.id, metadata={"k": "v"})).metadata == {"k": "v"}
    assert (await completions.delete(created.id)).deleted
    with pytest.raises(NotFoundError):
        await completions.retrieve(created.id)
