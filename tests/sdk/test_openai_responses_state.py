"""What the Responses API keeps, and the stateless use of it, through the official Python SDK."""

from __future__ import annotations

from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI
from sdk.openai_strict import Wire

from mockserver.conversation import Message, Text
from mockserver.runner import MockServer

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}
SHELL: Any = {"type": "custom", "name": "shell"}
UNKNOWN = "resp_" + "0" * 50


def answer(call: Any, output: Any = "18 °C") -> Any:
    return {"type": "function_call_output", "call_id": call.call_id, "output": output}


# -------------------------------------------------------------------------------------------------- chains


def test_a_chain_holds_the_whole_conversation(openai_client: OpenAI, mock: MockServer) -> None:
    mock.script(
        {"scenario": "talk", "turns": [{"reply": "Hi, Ada."}, {"reply": "You are Ada."}, {"reply": "Bye."}]}
    )

    first = openai_client.responses.create(model="gpt-4o", input="I am Ada.")
    second = openai_client.responses.create(model="gpt-4o", input="Who am I?", previous_response_id=first.id)
    third = openai_client.responses.create(model="gpt-4o", input="Bye.", previous_response_id=second.id)

    assert (second.output_text, third.output_text) == ("You are Ada.", "Bye.")
    assert (second.previous_response_id, third.previous_response_id) == (first.id, second.id)
    said = " / ".join(message.text for message in mock.requests[-1].messages)
    assert said == "I am Ada. / Hi, Ada. / Who am I? / You are Ada. / Bye."


def test_a_response_can_be_gone_on_from_twice(openai_client: OpenAI, mock: MockServer) -> None:
    first = openai_client.responses.create(model="mock-auto", input="One")
    for text in ("Left", "Right"):
        openai_client.responses.create(model="mock-auto", input=text, previous_response_id=first.id)

    left, right = mock.requests[-2:]
    assert [message.text for message in left.messages] == ["One", first.output_text, "Left"]
    assert [message.text for message in right.messages] == ["One", first.output_text, "Right"]


def test_instructions_are_not_inherited(openai_client: OpenAI, mock: MockServer) -> None:
    first = openai_client.responses.create(model="mock-auto", input="Hi", instructions="Be brief.")
    second = openai_client.responses.create(model="mock-auto", input="Hi", previous_response_id=first.id)

    assert mock.requests[-1].system == ""
    assert second.instructions is None


def test_a_call_is_answered_through_the_chain(openai_client: OpenAI) -> None:
    asked = "What's the weather in Oslo?"
    first = openai_client.responses.create(model="gpt-4o", input=asked, tools=[WEATHER])
    (call,) = (item for item in first.output if item.type == "function_call")

    second = openai_client.responses.create(
        model="gpt-4o", input=[answer(call)], previous_response_id=first.id, tools=[WEATHER]
    )

    assert second.output_text == "Here is the weather in Oslo: 18 °C"


def test_a_custom_call_is_answered_through_the_chain(openai_client: OpenAI) -> None:
    first = openai_client.responses.create(
        model="gpt-4o", input="List the files.", tools=[SHELL], tool_choice="required"
    )
    (call,) = first.output
    assert call.type == "custom_tool_call"

    second = openai_client.responses.create(
        model="gpt-4o",
        input=[{"type": "custom_tool_call_output", "call_id": call.call_id, "output": "hello"}],
        previous_response_id=first.id,
    )

    assert second.output_text == "shell says: hello."


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("Never mind.", "No tool output found for function call call_"),
        (
            [{"type": "function_call_output", "call_id": "call_x", "output": "18"}],
            "No tool output found for function call call_",
        ),
    ],
    ids=["no output", "an output of another call"],
)
def test_a_call_that_is_not_answered_is_refused(openai_client: OpenAI, given: Any, message: str) -> None:
    first = openai_client.responses.create(
        model="mock-auto", input="Hi", tools=[WEATHER], tool_choice="required"
    )

    with pytest.raises(BadRequestError) as raised:
        openai_client.responses.create(model="mock-auto", input=given, previous_response_id=first.id)

    assert raised.value.param == "input"
    assert message in raised.value.message


def test_an_answer_to_no_call_is_refused(openai_client: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="No tool call found for function call output with call_id"):
        openai_client.responses.create(
            model="mock-auto", input=[{"type": "function_call_output", "call_id": "call_x", "output": "18"}]
        )


# ------------------------------------------------------------------------------------------ what is kept


def test_a_response_can_be_fetched_as_it_was(openai_client: OpenAI, wire: Wire) -> None:
    created = openai_client.responses.create(model="mock-thinking", input="Hi")
    fetched = openai_client.responses.retrieve(created.id)

    assert fetched == created
    assert wire.received[0].body == wire.received[1].body


async def test_a_streamed_response_can_be_fetched(async_openai_client: AsyncOpenAI) -> None:
    async with async_openai_client.responses.stream(model="gpt-4o", input="Hello!") as stream:
        final = await stream.get_final_response()

    assert (await async_openai_client.responses.retrieve(final.id)).output_text == final.output_text


def test_what_is_found_in_the_query_of_a_retold_stream_stands_in_its_head(openai_client: OpenAI) -> None:
    created = openai_client.responses.create(model="gpt-4o", input="Hello!")
    told = openai_client.responses.with_raw_response

    raw = told.retrieve(created.id, stream=True, extra_query={"newest": "1"})

    assert raw.headers["x-mock-findings"] == "unknown unknown_parameter /newest"


def test_what_was_put_in_can_be_listed_page_by_page(openai_client: OpenAI) -> None:
    texts = ["One", "Two", "Three"]
    asked: Any = [{"role": "user", "content": text} for text in texts]
    created = openai_client.responses.create(model="mock-auto", input=asked)

    newest_first = [told(item) for item in openai_client.responses.input_items.list(created.id)]
    page = openai_client.responses.input_items.list(created.id, limit=2, order="asc")

    assert newest_first == [*reversed(texts)]
    assert [told(item) for item in page.data] == ["One", "Two"]
    assert page.has_more
    assert [told(item) for item in page] == texts


async def test_what_was_put_in_can_be_listed_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    created = await async_openai_client.responses.create(model="mock-auto", input="One")

    items = [item async for item in async_openai_client.responses.input_items.list(created.id)]

    assert [told(item) for item in items] == ["One"]


def told(item: Any) -> str:
    (content,) = item.content
    assert (item.type, item.role, content.type) == ("message", "user", "input_text")
    return str(content.text)


def test_calls_and_their_answers_can_be_listed(openai_client: OpenAI) -> None:
    asked: Any = [
        {"role": "user", "content": "Hi"},
        {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "18"},
        {"role": "assistant", "content": "It is 18."},
        {"role": "user", "content": "Thanks"},
    ]
    created = openai_client.responses.create(model="mock-auto", input=asked)

    items = openai_client.responses.input_items.list(created.id, order="asc")

    kinds = [item.type for item in items]
    assert kinds == ["message", "function_call", "function_call_output", "message", "message"]


def test_what_was_deleted_cannot_be_fetched(openai_client: OpenAI) -> None:
    created = openai_client.responses.create(model="gpt-4o", input="Hello!")

    openai_client.responses.delete(created.id)

    with pytest.raises(NotFoundError, match=f"Response with id '{created.id}' not found"):
        openai_client.responses.retrieve(created.id)
    with pytest.raises(NotFoundError, match=f"Response with id '{created.id}' not found"):
        openai_client.responses.delete(created.id)


def test_a_response_in_the_background_is_polled(openai_client: OpenAI) -> None:
    queued = openai_client.responses.create(model="gpt-4o", input="Hello!", background=True)
    done = openai_client.responses.retrieve(queued.id)

    assert (queued.status, queued.output) == ("queued", [])
    assert (done.status, done.output_text) == ("completed", "Hello! How can I help you today?")


def test_a_stream_in_the_background_is_resumed(openai_client: OpenAI) -> None:
    stream = openai_client.responses.create(model="gpt-4o", input="Hello!", background=True, stream=True)
    events = list(stream)
    (name,) = {event.response.id for event in events if event.type == "response.created"}

    resumed = list(openai_client.responses.retrieve(name, stream=True, starting_after=5))
    with openai_client.responses.stream(response_id=name) as told:
        final = told.get_final_response()

    assert [event.type for event in events[:2]] == ["response.created", "response.queued"]
    assert resumed == events[6:]
    assert final.output_text == "Hello! How can I help you today?"


def test_only_a_response_in_the_background_can_be_cancelled(openai_client: OpenAI) -> None:
    background = openai_client.responses.create(model="gpt-4o", input="Hello!", background=True)
    foreground = openai_client.responses.create(model="gpt-4o", input="Hello!")

    cancelled = [openai_client.responses.cancel(background.id) for _ in range(2)]

    assert cancelled[0] == cancelled[1]
    with pytest.raises(BadRequestError, match="Cannot cancel a synchronous response"):
        openai_client.responses.cancel(foreground.id)


def test_nobody_else_can_fetch_it(openai_client: OpenAI) -> None:
    created = openai_client.responses.create(model="gpt-4o", input="Hello!")
    stranger = openai_client.with_options(api_key="sk-stranger")

    with pytest.raises(NotFoundError):
        stranger.responses.retrieve(created.id)
    with pytest.raises(BadRequestError):
        stranger.responses.create(model="gpt-4o", input="Hello!", previous_response_id=created.id)


@pytest.mark.parametrize("name", [UNKNOWN, "resp_unheard-of"])
def test_what_was_never_kept_cannot_be_fetched(openai_client: OpenAI, name: str) -> None:
    with pytest.raises(NotFoundError, match=f"Response with id '{name}' not found"):
        openai_client.responses.retrieve(name)
    with pytest.raises(NotFoundError, match=f"Response with id '{name}' not found"):
        openai_client.responses.input_items.list(name)


def test_what_was_not_kept_cannot_be_gone_on_from(openai_client: OpenAI) -> None:
    created = openai_client.responses.create(model="gpt-4o", input="Hello!", store=False)

    with pytest.raises(NotFoundError):
        openai_client.responses.retrieve(created.id)
    with pytest.raises(BadRequestError) as raised:
        openai_client.responses.create(model="gpt-4o", input="Hello!", previous_response_id=created.id)

    assert raised.value.message.endswith(f"Previous response with id '{created.id}' not found.")
    assert raised.value.param == "previous_response_id"
    assert raised.value.code == "previous_response_not_found"


def test_a_chain_and_a_conversation_exclude_each_other(openai_client: OpenAI) -> None:
    with pytest.raises(BadRequestError):
        openai_client.responses.create(
            model="gpt-4o", input="Hi", previous_response_id=UNKNOWN, conversation="conv_1"
        )


# ----------------------------------------------------------------------------------------------- stateless


def test_the_client_may_keep_everything_itself(openai_client: OpenAI, mock: MockServer) -> None:
    history: Any = [{"role": "user", "content": "What's the weather in Paris?"}]
    asked: Any = {
        "model": "mock-sdk-thinking-tools",
        "tools": [WEATHER],
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "low", "summary": "auto"},
    }

    first = openai_client.responses.create(input=history, **asked)
    (call,) = (item for item in first.output if item.type == "function_call")
    history += [*first.output, answer(call)]
    second = openai_client.responses.create(input=history, **asked)

    assert [item.type for item in first.output] == ["reasoning", "function_call"]
    assert [item.type for item in second.output] == ["reasoning", "message"]
    assert second.output_text == "In Paris: 18 °C"
    assert second.to_dict()["store"] is False
    said = mock.requests[-1].messages
    assert [message.role for message in said] == ["user", "assistant", "tool"]


def test_reasoning_that_is_neither_kept_nor_sent_is_missed(openai_client: OpenAI) -> None:
    first = openai_client.responses.create(model="mock-thinking", input="Hi", store=False)
    reasoning, message = first.output
    bare: Any = {"type": "reasoning", "id": reasoning.id, "summary": []}

    with pytest.raises(NotFoundError, match="Items are not persisted when `store` is set to false"):
        openai_client.responses.create(
            model="mock-auto",
            input=[bare, message, {"role": "user", "content": "Go on."}],  # type: ignore[list-item]  # as the SDK documents: outputs are inputs
        )


def test_reasoning_without_what_it_led_to_is_refused(openai_client: OpenAI) -> None:
    first = openai_client.responses.create(model="mock-thinking", input="Hi")
    reasoning: Any = first.output[0]

    with pytest.raises(BadRequestError, match="was provided without its required following item"):
        openai_client.responses.create(
            model="mock-auto", input=[reasoning, {"role": "user", "content": "Go on."}]
        )


def test_a_kept_item_can_be_named_instead_of_sent(openai_client: OpenAI, mock: MockServer) -> None:
    first = openai_client.responses.create(model="gpt-4o", input="Hello!")
    reference: Any = {"type": "item_reference", "id": first.output[0].id}

    openai_client.responses.create(
        model="mock-auto",
        input=[{"role": "user", "content": "Hello!"}, reference, {"role": "user", "content": "Go on."}],
    )

    assert mock.requests[-1].messages[1] == Message("assistant", (Text(first.output_text),))
