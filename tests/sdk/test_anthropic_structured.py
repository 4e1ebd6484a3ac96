"""Anthropic's SDK: structured output through its parse helpers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal

import anthropic
import pytest
from anthropic import Anthropic, transform_schema
from pydantic import BaseModel
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer

WHO: Any = HELLO | {"messages": [{"role": "user", "content": "Who invented the program?"}]}


class Person(BaseModel):
    name: str
    age: int


class Kind(StrEnum):
    HOME = "home"
    WORK = "work"


class Address(BaseModel):
    kind: Kind
    street: str
    lines: list[str]


class Contact(BaseModel):
    """Nested, with a list, an enum, a union and something that may be missing."""

    person: Person
    addresses: list[Address]
    rank: Literal["gold", "silver"]
    known_by: str | int
    nickname: str | None = None


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def test_a_scripted_value_is_parsed(claude: Anthropic) -> None:
    message = claude.messages.parse(**WHO | {"model": "mock-sdk-person"}, output_format=Person)

    assert message.parsed_output == Person(name="Ada", age=36)


async def test_a_scripted_value_is_parsed_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        message = await client.messages.parse(**WHO | {"model": "mock-sdk-person"}, output_format=Person)

    assert message.parsed_output == Person(name="Ada", age=36)


def test_a_value_for_any_schema_is_made_up(claude: Anthropic) -> None:
    message = claude.messages.parse(**WHO, output_format=Contact)

    assert isinstance(message.parsed_output, Contact)


def test_the_schema_reaches_the_server(server: MockServer, key: str, claude: Anthropic) -> None:
    claude.messages.parse(**WHO, output_format=Person)

    (request,) = server.namespace(key).requests
    assert request.format.kind == "json_schema"
    assert request.format.schema is not None
    assert request.format.schema["required"] == ["name", "age"]
    assert request.format.schema["additionalProperties"] is False


def test_a_stream_is_parsed(claude: Anthropic) -> None:
    with claude.messages.stream(**WHO | {"model": "mock-sdk-person"}, output_format=Person) as stream:
        snapshots = [event.parsed_snapshot() for event in stream if event.type == "text"]
        message = stream.get_final_message()

    assert snapshots[-1] == {"name": "Ada", "age": 36}
    assert message.parsed_output == Person(name="Ada", age=36)


async def test_a_stream_is_parsed_asynchronously(server: MockServer, key: str) -> None:
    async with (
        strict_async_client(server, key) as client,
        client.messages.stream(**WHO, output_format=Person) as stream,
    ):
        message = await stream.get_final_message()

    assert isinstance(message.parsed_output, Person)


def test_the_beta_method_parses_too(claude: Anthropic) -> None:
    message = claude.beta.messages.parse(**WHO | {"model": "mock-sdk-person"}, output_format=Person)

    assert message.parsed_output == Person(name="Ada", age=36)


def test_a_thread_parses_too(claude: Anthropic) -> None:
    thread = claude.beta.messages.thread(**WHO | {"model": "mock-sdk-person"}, output_format=Person)

    assert thread.parse().parsed_output == Person(name="Ada", age=36)


def test_a_schema_of_ones_own(claude: Anthropic) -> None:
    wanted: Any = {"format": {"type": "json_schema", "schema": transform_schema(Person)}}

    message = claude.messages.create(**WHO, output_config=wanted)

    assert json.loads(text_of(message)).keys() == {"name", "age"}


def test_the_tool_runner_parses_its_last_message(claude: Anthropic) -> None:
    runner = claude.beta.messages.tool_runner(
        **WHO | {"model": "mock-sdk-person"}, tools=[], output_format=Person
    )

    assert runner.until_done().parsed_output == Person(name="Ada", age=36)


def test_json_cut_by_the_limit_says_so(claude: Anthropic) -> None:
    wanted: Any = {"format": {"type": "json_schema", "schema": transform_schema(Person)}}

    message = claude.messages.create(
        **WHO | {"model": "mock-sdk-person", "max_tokens": 3}, output_config=wanted
    )

    assert message.stop_reason == "max_tokens"
    with pytest.raises(json.JSONDecodeError):
        json.loads(text_of(message))


def test_a_schema_that_is_not_closed_is_refused(claude: Anthropic) -> None:
    wanted: Any = {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {}}}}

    with pytest.raises(anthropic.BadRequestError, match="'additionalProperties' must be explicitly set"):
        claude.messages.create(**WHO, output_config=wanted)
