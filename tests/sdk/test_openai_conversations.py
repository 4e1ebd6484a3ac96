"""Conversations, and compacted ones, through the official Python SDK."""

from __future__ import annotations

from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI

from mockserver.runner import MockServer

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}
TALK = {"scenario": "talk", "turns": [{"reply": "Hi, Ada."}, {"reply": "You are Ada."}, {"reply": "Bye."}]}


def said(mock: MockServer) -> str:
    return " / ".join(message.text for message in mock.requests[-1].messages)


# ----------------------------------------------------------------------------------------- conversations


def test_a_conversation_lives_from_its_creation_to_its_deletion(openai_client: OpenAI) -> None:
    created = openai_client.conversations.create(metadata={"topic": "demo"})
    updated = openai_client.conversations.update(created.id, metadata={"topic": "else"})

    assert (created.object, created.metadata) == ("conversation", {"topic": "demo"})
    assert openai_client.conversations.retrieve(created.id) == updated
    assert updated.metadata == {"topic": "else"}
    assert openai_client.conversations.delete(created.id).deleted
    with pytest.raises(NotFoundError, match=f"Conversation with id '{created.id}' not found"):
        openai_client.conversations.retrieve(created.id)


async def test_a_conversation_lives_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    conversations = async_openai_client.conversations
    created = await conversations.create(items=[{"role": "user", "content": "One"}])
    added = await conversations.items.create(created.id, items=[{"role": "user", "content": "Two"}])
    name = str(added.data[0].id)
    item = await conversations.items.retrieve(name, conversation_id=created.id)

    assert item == added.data[0]
    assert [found async for found in conversations.items.list(created.id, order="asc")][1:] == added.data
    assert await conversations.items.delete(name, conversation_id=created.id) == created
    assert len([found async for found in conversations.items.list(created.id)]) == 1
    assert (await conversations.delete(created.id)).object == "conversation.deleted"


def test_items_are_listed_page_by_page(openai_client: OpenAI) -> None:
    items: Any = [{"role": "user", "content": str(number)} for number in range(5)]
    created = openai_client.conversations.create(items=items)

    page = openai_client.conversations.items.list(created.id, limit=2)

    assert page.has_more
    assert [told(item) for item in page] == ["4", "3", "2", "1", "0"]


def told(item: Any) -> str:
    (content,) = item.content
    return str(content.text)


def test_responses_go_on_from_a_conversation_and_add_to_it(openai_client: OpenAI, mock: MockServer) -> None:
    mock.script(TALK)
    name = openai_client.conversations.create().id

    first = openai_client.responses.create(model="gpt-4o", input="I am Ada.", conversation=name)
    second = openai_client.responses.create(model="gpt-4o", input="Who am I?", conversation={"id": name})
    with openai_client.responses.stream(model="gpt-4o", input="Bye.", conversation=name) as stream:
        third = stream.get_final_response()

    assert [answer.output_text for answer in (first, second, third)] == ["Hi, Ada.", "You are Ada.", "Bye."]
    assert said(mock) == "I am Ada. / Hi, Ada. / Who am I? / You are Ada. / Bye."
    assert first.conversation is not None
    assert first.conversation.id == name
    assert len(list(openai_client.conversations.items.list(name))) == 6


async def test_a_call_is_answered_in_a_conversation(async_openai_client: AsyncOpenAI) -> None:
    name = (await async_openai_client.conversations.create()).id
    asked: Any = {"model": "gpt-4o", "conversation": name, "tools": [WEATHER]}
    first = await async_openai_client.responses.create(input="What's the weather in Oslo?", **asked)
    (call,) = (item for item in first.output if item.type == "function_call")

    second = await async_openai_client.responses.create(
        input=[{"type": "function_call_output", "call_id": call.call_id, "output": "18 °C"}], **asked
    )

    assert second.output_text == "Here is the weather in Oslo: 18 °C"


def test_nobody_else_has_the_conversation(openai_client: OpenAI) -> None:
    name = openai_client.conversations.create().id
    stranger = openai_client.with_options(api_key="sk-stranger")

    with pytest.raises(NotFoundError):
        stranger.conversations.retrieve(name)
    with pytest.raises(NotFoundError):
        stranger.responses.create(model="gpt-4o", input="Hi", conversation=name)


def test_a_broken_item_is_refused(openai_client: OpenAI) -> None:
    broken: Any = [{"role": "nobody", "content": "Hi"}]

    with pytest.raises(BadRequestError) as raised:
        openai_client.conversations.create(items=broken)

    assert (raised.value.param, raised.value.code) == ("items[0].role", "invalid_value")


# -------------------------------------------------------------------------------------------- compaction


def test_a_compacted_conversation_goes_on(openai_client: OpenAI, mock: MockServer) -> None:
    mock.script(TALK)
    history: Any = [{"role": "user", "content": "I am Ada."}]
    history += openai_client.responses.create(model="gpt-4o", input=history).output
    history += [{"role": "user", "content": "Who am I?"}]
    history += openai_client.responses.create(model="gpt-4o", input=history).output

    compacted = openai_client.responses.compact(model="gpt-4o", input=history)
    # The SDK has no type for a user's message in an output, and warns of it.
    history = [item.model_dump(warnings=False) for item in compacted.output]
    history += [{"role": "user", "content": "Bye."}]
    last = openai_client.responses.create(model="gpt-4o", input=history)

    assert [item.type for item in compacted.output] == ["message", "message", "compaction"]
    assert last.output_text == "Bye."
    assert said(mock) == "I am Ada. / Hi, Ada. / Who am I? / You are Ada. / Bye."


async def test_a_chain_is_compacted_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    first = await async_openai_client.responses.create(model="gpt-4o", input="Hello!")

    compacted = await async_openai_client.responses.compact(model="gpt-4o", previous_response_id=first.id)

    assert compacted.object == "response.compaction"
    assert compacted.usage.input_tokens > 0


# ----------------------------------------------------------------------------------------------- counting


def test_the_tokens_of_a_conversation_are_counted(openai_client: OpenAI) -> None:
    name = openai_client.conversations.create(items=[{"role": "user", "content": "A long question?"}]).id

    short = openai_client.responses.input_tokens.count(model="gpt-4o", input="Hi")
    long = openai_client.responses.input_tokens.count(model="gpt-4o", input="Hi", conversation=name)

    assert short.object == "response.input_tokens"
    assert long.input_tokens > short.input_tokens
