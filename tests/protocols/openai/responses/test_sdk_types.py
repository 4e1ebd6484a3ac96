"""The official SDK's own types, applied strictly to what is sent, and its client fed with our bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import openai
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses import Response, ResponseStreamEvent
from protocols.openai.responses_deviating import deviating
from protocols.openai.responses_wire import CONTEXT, answer, frames, rendered, request, streamed
from pydantic import BaseModel, TypeAdapter

from mockserver.conversation import (
    Failure,
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.events import events
from mockserver.protocols.openai.responses import DIALECT

BEYOND_THE_SDK = {
    "billing",  # the live API prints it in terminal responses
    "frequency_penalty",  # as above, in every response
    "presence_penalty",  # as above
    "store",  # as above
    "obfuscation",  # on every delta of a live stream, documented for `stream_options`
    "status",  # of custom tool calls, as live answers have it
}
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
FUNCTION: Any = {"type": "function", "name": "f", "parameters": {"type": "object"}}
CUSTOM = {"type": "custom", "name": "run"}
IMAGES = {"type": "image_generation", "partial_images": 1}
SEARCH = {"id": "fs_1", "type": "file_search_call", "status": "completed", "queries": ["q"], "results": None}

texts = st.text(st.characters(codec="utf-8"), max_size=20)
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    texts.map(Text),
    st.builds(Thinking, texts, st.none() | texts, st.booleans()),
    texts.map(Refusal),
    st.builds(ToolCall, st.sampled_from(["f", "run"]), st.dictionaries(texts, texts, max_size=2)),
    st.just(ToolCall("run", "ls")),
    st.just(Image("image/png", "aGk=")),
    st.just(Native({"openai.responses": SEARCH})),
    st.just(Native({"gemini": {}})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=5).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal", "pause"]),
    usage=st.builds(Usage, *[st.integers(0, 500)] * 5),
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "tools": st.lists(st.sampled_from([FUNCTION, CUSTOM, IMAGES]), max_size=3),
        "tool_choice": st.sampled_from(["auto", "required", {"type": "function", "name": "f"}]),
        "include": st.lists(
            st.sampled_from(["message.output_text.logprobs", "reasoning.encrypted_content"]), max_size=2
        ),
        "top_logprobs": st.integers(0, 4),
        "store": st.booleans(),
        "reasoning": st.sampled_from([{"summary": "auto"}, {"effort": "low", "context": "auto"}]),
        "text": st.just({"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}}}),
        "service_tier": st.sampled_from(["auto", "flex", "fast", "ultrafast"]),
        "prompt_cache_options": st.just({"mode": "explicit"}),
        "conversation": st.none(),
        "stream_options": st.sampled_from([{"include_obfuscation": False}, {}]),
    },
)


def unknown_members(value: Any) -> Iterator[str]:
    """The names of all members that a type of the SDK does not know."""
    match value:
        case BaseModel():
            yield from value.model_extra or ()
            for name in type(value).model_fields:
                yield from unknown_members(getattr(value, name))
        case list():
            for item in value:
                yield from unknown_members(item)
        case _:
            pass


# ------------------------------------------------------------------------------------------ strict types


@given(reply=replies, body=bodies)
@settings(deadline=None)
def test_a_response_is_what_the_sdk_types_say(reply: Reply, body: dict[str, Any]) -> None:
    response = Response.model_validate(rendered(reply, **body), strict=True)

    assert set(unknown_members(response)) <= BEYOND_THE_SDK


@given(reply=replies, body=bodies)
@settings(deadline=None)
def test_every_event_is_what_the_sdk_types_say(reply: Reply, body: dict[str, Any]) -> None:
    for event in streamed(reply, **body):
        found = EVENT.validate_python(event, strict=True)

        assert found.type == event["type"]
        assert set(unknown_members(found)) <= BEYOND_THE_SDK


@given(reply=replies, body=bodies, size=st.integers(1, 9))
@settings(deadline=None)
def test_json_and_stream_tell_the_same_reply(reply: Reply, body: dict[str, Any], size: int) -> None:
    def chunk(text: str) -> list[str]:
        return [text[at : at + size] for at in range(0, len(text), size)]

    whole = DIALECT.decode(answer(orjson.dumps(rendered(reply, **body))))
    stream = DIALECT.decode(answer(frames(reply, chunk, **body), "text/event-stream"))

    assert stream == whole


# ------------------------------------------------------------------------------------------- the client


def client(handler: Callable[[httpx2.Request], httpx2.Response]) -> openai.OpenAI:
    """The SDK's client on a transport that asks `handler`, without a socket."""
    http = httpx2.Client(transport=httpx2.MockTransport(handler))
    return openai.OpenAI(api_key="sk-test", base_url="http://mock.test/v1", http_client=http, max_retries=0)


def streaming(body: bytes) -> openai.OpenAI:
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    return client(lambda _: httpx2.Response(200, headers=headers, content=body))


@pytest.mark.parametrize(
    "reply",
    [
        Reply((Text("Hello there"),), usage=Usage(input=8, output=2)),
        Reply((Text("One"), Text("Two"), Refusal("No"), Text("Three"))),
        Reply((Thinking("Hm"), ToolCall("f", {"a": 1}), ToolCall("f", {"b": "ü"})), "tool_calls"),
        Reply((ToolCall("run", "ls"), Image("image/png", "aGk="), Native({"openai": SEARCH}))),
    ],
    ids=["text", "contents", "calls", "others"],
)
def test_the_stream_helper_assembles_what_the_json_tells(reply: Reply) -> None:
    fields: dict[str, Any] = {"tools": [FUNCTION, CUSTOM, IMAGES], "reasoning": {"summary": "auto"}}
    sdk = streaming(frames(reply, **fields))

    with sdk.responses.stream(model="m", input="Hi") as stream:
        final = stream.get_final_response()

    expected = Response.model_validate(rendered(reply, **fields))
    assert final.to_dict() == expected.to_dict() | {"output": final.to_dict()["output"]}
    assert [item.to_dict(exclude_none=True) for item in final.output] == [
        item.to_dict(exclude_none=True) for item in expected.output
    ]
    assert final.output_text == reply.text


def test_the_stream_helper_hears_every_piece_of_text() -> None:
    sdk = streaming(frames(Reply((Text("Hello, wörld"),))))

    with sdk.responses.stream(model="m", input="Hi") as stream:
        snapshots = [event.snapshot for event in stream if event.type == "response.output_text.delta"]

    assert snapshots == ["Hello", "Hello,", "Hello, wörld"]


def test_a_nested_error_is_raised_by_the_client() -> None:
    reply = Reply((Text("Hello"),))
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    begun = [frame for event in list(events(reply))[:3] for frame in encoder.encode(event)]
    sdk = streaming(b"".join([*begun, *encoder.fail(Failure("quota"))]))

    with pytest.raises(openai.APIError) as raised:
        list(sdk.responses.create(model="m", input="Hi", stream=True))

    assert (raised.value.code, raised.value.type) == ("insufficient_quota", "insufficient_quota")


def test_a_flat_error_is_an_event_like_any_other() -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    sdk = streaming(b"".join(deviating("error-flat", encoder.fail(Failure("server_error")))))

    found = [event.type for event in sdk.responses.create(model="m", input="Hi", stream=True)]

    assert found == ["error", "response.failed"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_before_the_first_byte_is_an_error_with_its_status(*, stream: bool) -> None:
    def handle(asked: httpx2.Request) -> httpx2.Response:
        http = request().http
        failure = DIALECT.read(
            type(http)("POST", "/v1/responses", body=asked.content, key="sk-test"), CONTEXT
        )
        assert isinstance(failure, Failure)
        refused = DIALECT.refuse(failure, http, CONTEXT)
        return httpx2.Response(refused.status, headers=refused.headers, content=refused.body)

    with pytest.raises(openai.BadRequestError) as raised:
        client(handle).responses.create(model="m", input="Hi", previous_response_id="resp_x", stream=stream)

    assert raised.value.code == "previous_response_not_found"
    assert raised.value.param == "previous_response_id"


def test_the_client_sends_bodies_that_are_read() -> None:
    reply = Reply((ToolCall("f", {"a": 1}),), "tool_calls")
    seen: list[Any] = []

    def handle(asked: httpx2.Request) -> httpx2.Response:
        http = type(request().http)("POST", "/v1/responses", body=asked.content, key="sk-test")
        found = DIALECT.read(http, CONTEXT)
        assert not isinstance(found, Failure), found
        seen.append(found)
        made = DIALECT.render(reply, found, CONTEXT)
        return httpx2.Response(made.status, headers=made.headers, content=made.body)

    sdk = client(handle)
    first = sdk.responses.create(model="m", input="Hi", tools=[FUNCTION])
    call = first.output[0]
    assert call.type == "function_call"
    again: list[Any] = [
        {"role": "user", "content": "Hi"},
        *first.output,
        {"type": "function_call_output", "call_id": call.call_id, "output": "18"},
    ]
    sdk.responses.create(model="m", input=again)

    _, second = seen
    assert [message.role for message in second.messages] == ["user", "assistant", "tool"]
    assert second.messages[1].parts == (ToolCall("f", {"a": 1}, call.call_id),)
