"""The official client reads what this wire writes, without a socket: requests are handed over as values."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pydantic
import pytest
from anthropic import beta_tool
from anthropic.types import Message, RawMessageStreamEvent
from protocols.anthropic.messages_wire import HI, WEATHER, PlayedApi, event_list, rendered

from mockserver.conversation import (
    Failure,
    FailureKind,
    Http,
    Image,
    Native,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)

SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
CITATION = {
    "type": "char_location",
    "cited_text": "blue",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 4,
    "file_id": None,
}
CITED = {"type": "text", "text": "The sky is blue.", "citations": [CITATION]}

RICH = Reply(
    (
        Thinking("Let me think."),
        Thinking("b3BhcXVl", redacted=True),
        Text("Grüße 👋, I look."),
        Native({"anthropic": SEARCH}),
        Native({"anthropic": RESULT}),
        Native({"anthropic": CITED}),
        Image("image/png", "aGk="),
        ToolCall("get_weather", {"city": "Paris", "days": [1, 2]}),
        ToolCall("get_weather", {}),
    ),
    "tool_calls",
    Usage(input=40, output=30, cached=10, cache_write=5, thinking=6),
)
REFUSED = Reply((Refusal("I can't."),), "refusal")

KNOWN_TO_BE_UNKNOWN: set[str] = set()
"""Members that we send and the SDK's types lack, each with its reason. There is none."""


def client_of(api: PlayedApi) -> anthropic.Anthropic:
    def handle(sent: httpx2.Request) -> httpx2.Response:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        answer = api.answer(Http(sent.method, sent.url.path, headers, body=sent.content, key="k"))
        return httpx2.Response(answer.status, headers=list(answer.headers), content=answer.body)

    transport = httpx2.Client(transport=httpx2.MockTransport(handle))
    return anthropic.Anthropic(
        api_key="k", base_url="http://mock/anthropic", max_retries=0, http_client=transport
    )


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The SDK leaves closing a client that was handed to it to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def create(api: PlayedApi, **fields: Any) -> Message:
    asked = {"model": "claude-opus-5-5", "max_tokens": 500, "messages": HI, **fields}
    message: Message = client_of(api).messages.create(**asked)
    return message


# ------------------------------------------------------------------------------------------------- types


def _unknown(value: Any) -> set[str]:
    """Members, at any depth, that the SDK's types do not have."""
    if isinstance(value, list):
        return {name for item in value for name in _unknown(item)}
    if not isinstance(value, pydantic.BaseModel):
        return set()
    found = set(value.model_extra or {})
    for inner in dict(value).values():
        found |= _unknown(inner)
    return found


@pytest.mark.parametrize("reply", [RICH, REFUSED], ids=["rich", "refused"])
def test_a_message_is_what_the_types_say(reply: Reply) -> None:
    message = pydantic.TypeAdapter(Message).validate_python(rendered(reply))

    assert _unknown(message) == KNOWN_TO_BE_UNKNOWN


@pytest.mark.parametrize("reply", [RICH, REFUSED], ids=["rich", "refused"])
def test_every_event_is_what_the_types_say(reply: Reply) -> None:
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(RawMessageStreamEvent)

    for event in event_list(reply):
        assert _unknown(adapter.validate_python(event)) == KNOWN_TO_BE_UNKNOWN, event


# ------------------------------------------------------------------------------------------------ client


def test_the_client_reads_a_whole_message() -> None:
    message = create(PlayedApi(Reply((Text("Hello"),), usage=Usage(input=9, output=3))))

    assert (message.content[0].type, message.stop_reason) == ("text", "end_turn")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (9, 3)
    assert str(message._request_id).startswith("req_01")  # noqa: SLF001 - the SDK's own public name for it


@pytest.mark.parametrize("reply", [RICH, REFUSED], ids=["rich", "refused"])
def test_the_client_builds_from_the_stream_what_it_reads_as_a_whole(reply: Reply) -> None:
    whole = create(PlayedApi(reply))

    with client_of(PlayedApi(reply)).messages.stream(
        model="claude-opus-5-5",
        max_tokens=500,
        messages=[{"role": "user", "content": "Hi"}],
    ) as stream:
        built = stream.get_final_message()

    assert built.model_dump(exclude={"content"}) == whole.model_dump(exclude={"content"})
    assert [_shown(block) for block in built.content] == [_shown(block) for block in whole.content]


def _shown(block: Any) -> Any:
    return {name: value for name, value in block.model_dump().items() if name != "parsed_output"}


def test_what_the_client_echoes_is_read_as_what_was_said() -> None:
    first = create(PlayedApi(RICH), tools=[WEATHER])
    calls = [block.id for block in first.content if block.type == "tool_use"]
    results = [{"type": "tool_result", "tool_use_id": call, "content": "18"} for call in calls]
    api = PlayedApi(Reply((Text("It is 18 °C."),)))

    create(
        api,
        tools=[WEATHER],
        messages=[
            *HI,
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": results},
        ],
    )

    said = [type(part) for part in api.requests[0].messages[1].parts]
    texts = [Text if isinstance(part, Image) else type(part) for part in RICH.parts]
    assert said == texts


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("invalid_request", anthropic.BadRequestError),
        ("authentication", anthropic.AuthenticationError),
        ("billing", anthropic.PaymentRequiredError),
        ("permission", anthropic.PermissionDeniedError),
        ("not_found", anthropic.NotFoundError),
        ("conflict", anthropic.ConflictError),
        ("too_large", anthropic.ContentTooLargeError),
        ("rate_limit", anthropic.RateLimitError),
        ("quota", anthropic.EnforcedSpendLimitReachedError),
        ("server_error", anthropic.InternalServerError),
        ("timeout", anthropic.GatewayTimeoutError),
        ("overloaded", anthropic.OverloadedError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_every_failure_is_the_clients_own_error(
    kind: FailureKind, error: type[anthropic.APIStatusError], *, stream: bool
) -> None:
    with pytest.raises(error) as raised:
        create(PlayedApi(Failure(kind, message="No.")), stream=stream)

    assert raised.value.api_message == "No."
    assert str(raised.value.request_id).startswith("req_01")


def test_a_refused_body_is_the_clients_bad_request() -> None:
    with pytest.raises(anthropic.BadRequestError, match="temperature: Extra inputs are not permitted"):
        create(PlayedApi(), extra_body={"temperature": 0.5})


# --------------------------------------------------------------------------------------------- tool runner


@beta_tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: Where.
    """
    return f"18 °C in {city}"


def run(api: PlayedApi, **fields: Any) -> str:
    runner = client_of(api).beta.messages.tool_runner(
        model="claude-opus-5-5",
        max_tokens=500,
        system="Be brief.",
        tools=[get_weather],
        messages=[{"role": "user", "content": "Weather?"}],
        **fields,
    )
    return "".join(block.text for block in runner.until_done().content if block.type == "text")


CALLED = Reply((ToolCall("get_weather", {"city": "Paris"}),), "tool_calls")
ANSWERED = Reply((Text("It is 18 °C."),))


@pytest.mark.parametrize("fields", [{}, {"thread": False}], ids=["threads", "whole history"])
def test_the_tool_runner_comes_to_its_end(fields: dict[str, Any]) -> None:
    api = PlayedApi(CALLED, ANSWERED)

    assert run(api, **fields) == "It is 18 °C."
    assert [len(asked.messages) for asked in api.requests] == [1, 3]
    assert api.requests[1].system == "Be brief."
    assert [tool.name for tool in api.requests[1].tools] == ["get_weather"]


def test_the_tool_runner_recovers_from_a_lost_thread() -> None:
    api = PlayedApi(CALLED, Failure("not_found", code="thread_not_found"), ANSWERED)

    assert run(api) == "It is 18 °C."
    assert [asked.body["thread"]["type"] for asked in api.requests] == ["create", "continue", "create"]
