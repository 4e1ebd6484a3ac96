"""The official Python SDK on a wire where everything that comes is checked.

Clients made here keep every answer they receive; when they are closed, JSON bodies and each event of each
stream are checked strictly against the SDK's own types, with no member that neither they nor `BEYOND_THE_SDK`
know, and frames, order of events, ids and headers against the documentation. So every test with these clients
is a test of the wire as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, Generic, TypeVar

import httpx2
from anthropic import Anthropic, AsyncAnthropic, DefaultAsyncHttpxClient, DefaultHttpxClient
from anthropic.types import (
    ErrorResponse,
    Message,
    MessageTokensCount,
    ModelInfo,
    RawMessageStreamEvent,
)
from anthropic.types.beta import (
    BetaMessage,
    BetaMessageTokensCount,
    BetaModelInfo,
    BetaRawMessageStreamEvent,
)
from anthropic.types.beta.messages import BetaMessageBatch, BetaMessageBatchIndividualResponse
from anthropic.types.messages import (
    DeletedMessageBatch,
    MessageBatch,
)
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sdk.tapped import AsyncTappedTransport, Received, TappedTransport

from mockserver.runner import MockServer

BEYOND_THE_SDK = {
    # Documented for all errors, and read by the SDK as `APIStatusError.details`.
    "InvalidRequestErrorObject.details",
    "NotFoundErrorObject.details",
    "RateLimitErrorObject.details",
}
"""Members that are sent though the SDK's types have no field for them, with the reason."""

ERRORS_BEYOND_THE_SDK = {
    "conflict_error",  # in the SDK's list of error types, without an error object of its own
    "request_too_large",  # documented; the SDK's list of error types lacks it
}

_ID = "01[1-9A-HJ-NP-Za-km-z]{22}"
_MESSAGE = {"model", "id", "type", "role", "content", "stop_reason", "stop_sequence", "stop_details", "usage"}
_INPUT = {"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"}
_USAGE = _INPUT | {"output_tokens", "cache_creation", "service_tier", "inference_geo"}
_END = {"stop_reason", "stop_sequence", "stop_details"}

_LIMITS = ("requests", "tokens", "input-tokens", "output-tokens")

HELLO: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 500,
    "messages": [{"role": "user", "content": "Hello!"}],
}
"""What to ask for where it does not matter what; the built-in scenario `hello` answers."""

GREETING = "Hello! How can I help you today?"


def text_of(message: Message | BetaMessage) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


# ------------------------------------------------------------------------------------------------- clients


@contextmanager
def strict_client(server: MockServer, key: str, **options: Any) -> Iterator[Anthropic]:
    """A client that does not try again, unless told; what it received is checked when it is closed."""
    received: list[Received] = []
    http = DefaultHttpxClient(transport=TappedTransport(received))
    settings: dict[str, Any] = {"base_url": server.urls.anthropic, "api_key": key, "max_retries": 0}
    with Anthropic(http_client=http, **settings | options) as client:
        yield client
    check_received(received)


@asynccontextmanager
async def strict_async_client(server: MockServer, key: str, **options: Any) -> AsyncIterator[AsyncAnthropic]:
    """The same, asynchronous."""
    received: list[Received] = []
    http = DefaultAsyncHttpxClient(transport=AsyncTappedTransport(received))
    settings: dict[str, Any] = {"base_url": server.urls.anthropic, "api_key": key, "max_retries": 0}
    async with AsyncAnthropic(http_client=http, **settings | options) as client:
        yield client
    check_received(received)


# ------------------------------------------------------------------------------------------------- answers


def check_received(received: list[Received]) -> None:
    """AssertionError or ValidationError if anything that came is not as documented."""
    ids = [answer.headers["request-id"] for answer in received]
    assert len(ids) == len(set(ids)), "two answers have one request id"
    for answer in received:
        _check_headers(answer.headers)
        found = answer.headers.get("x-mock-findings", "")
        assert not re.search("unknown|altered", found), f"the SDK sends what it should not: {found}"
        if answer.headers["content-type"].startswith("text/event-stream"):
            _check_stream(answer)
        elif answer.headers["content-type"] == "application/x-jsonl":
            _check_results(answer)
        elif answer.complete:
            _check_json(answer)


def _check_headers(headers: httpx2.Headers) -> None:
    assert re.fullmatch(f"req_{_ID}", headers["request-id"])
    limits = [name for name in headers if name.startswith("anthropic-ratelimit-")]
    for name in limits:
        value = headers[name]
        if name.endswith("-reset"):
            assert value.endswith("Z")
            datetime.fromisoformat(value)
        else:
            assert int(value) >= 0
    if limits:
        expected = {
            f"anthropic-ratelimit-{limit}-{what}"
            for limit in _LIMITS
            for what in ("limit", "remaining", "reset")
        }
        assert set(limits) == expected


Item = TypeVar("Item")


class _Page(BaseModel, Generic[Item]):
    model_config = ConfigDict(extra="forbid")

    data: list[Item]
    has_more: bool
    first_id: str | None
    last_id: str | None


_BODIES: Mapping[tuple[str, bool], TypeAdapter[Any]] = {
    ("/v1/messages", False): TypeAdapter(Message),
    ("/v1/messages", True): TypeAdapter(BetaMessage),
    ("/v1/messages/count_tokens", False): TypeAdapter(MessageTokensCount),
    ("/v1/messages/count_tokens", True): TypeAdapter(BetaMessageTokensCount),
    ("/v1/models", False): TypeAdapter(_Page[ModelInfo]),
    ("/v1/models", True): TypeAdapter(_Page[BetaModelInfo]),
    ("/v1/models/", False): TypeAdapter(ModelInfo),
    ("/v1/models/", True): TypeAdapter(BetaModelInfo),
    ("/v1/messages/batches", False): TypeAdapter(MessageBatch | _Page[MessageBatch]),
    ("/v1/messages/batches", True): TypeAdapter(BetaMessageBatch),
    ("/v1/messages/batches/", False): TypeAdapter(MessageBatch | DeletedMessageBatch),
    ("/v1/messages/batches/", True): TypeAdapter(BetaMessageBatch),
}
"""Path, and whether a beta was asked for -> what is answered."""

_EVENTS: Mapping[bool, TypeAdapter[Any]] = {
    False: TypeAdapter(RawMessageStreamEvent),
    True: TypeAdapter(BetaRawMessageStreamEvent),
}
_REFUSED: TypeAdapter[Any] = TypeAdapter(ErrorResponse)
_RESULT: TypeAdapter[Any] = TypeAdapter(BetaMessageBatchIndividualResponse)
"""Results are fetched without a beta, whatever their requests have asked for."""


def _is_beta(answer: Received) -> bool:
    return "anthropic-beta" in answer.request.headers


def _check_json(answer: Received) -> None:
    assert answer.headers["content-type"] == "application/json"
    if answer.status >= 400:
        _check_refusal(answer)
        return
    path = re.sub("(?<=odels/|tches/).+", "", answer.request.url.path.removeprefix("/anthropic"))
    check_strictly(_BODIES[path, _is_beta(answer)], answer.body)
    assert {"anthropic-organization-id", "anthropic-ratelimit-requests-limit"} <= answer.headers.keys()
    if path == "/v1/messages":
        message = json.loads(answer.body)
        _check_message(message)
        assert message["stop_reason"] is not None


def _check_results(answer: Received) -> None:
    for line in answer.body.splitlines():
        check_strictly(_RESULT, line)


def _check_refusal(answer: Received) -> None:
    told = json.loads(answer.body)
    assert list(told) == ["type", "error", "request_id"]
    assert told["request_id"] == answer.headers["request-id"]
    if told["error"]["type"] not in ERRORS_BEYOND_THE_SDK:
        check_strictly(_REFUSED, answer.body)


def _check_message(message: Any) -> None:
    """What the types leave open, but the documentation does not."""
    assert re.fullmatch(f"msg_{_ID}", message["id"])
    assert message.keys() >= _MESSAGE
    assert message["usage"].keys() >= _USAGE


# ------------------------------------------------------------------------------------------------- streams


def frames_of(body: bytes) -> list[tuple[str, Any]]:
    """The events of a stream with their names; half a frame at the end, where the client left, is none."""
    *frames, rest = body.split(b"\n\n")
    assert b"\r" not in body
    read = [re.fullmatch(rb"event: ([a-z_]+)\ndata: (\{[^\n]*\})", frame) for frame in frames]
    assert all(read), "a frame is not one line with an event and one with its JSON"
    assert not rest or not rest.endswith(b"\n\n")
    return [(found[1].decode(), json.loads(found[2])) for found in read if found]


def _check_stream(answer: Received) -> None:
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    frames = frames_of(answer.body)
    assert [name for name, _ in frames] == [event["type"] for _, event in frames]
    events = [event for name, event in frames if name != "ping"]
    for event in events:
        check_strictly(_EVENTS[_is_beta(answer)], json.dumps(event).encode())
    if answer.complete:
        assert answer.body.endswith(b'data: {"type":"message_stop"}\n\n')
    check_order(events, complete=answer.complete)


_LETTERS = {
    "message_start": "s",
    "content_block_start": "b",
    "content_block_delta": "d",
    "content_block_stop": "e",
    "message_delta": "m",
    "message_stop": "z",
}


def check_order(events: list[Any], *, complete: bool) -> None:
    """One block after the other, their indexes without gaps, then how the message ends."""
    letters = "".join(_LETTERS[event["type"]] for event in events)
    whole, begun = "s(bd*e)*mz", "(s(bd*e)*(bd*|mz?)?)?"
    assert re.fullmatch(whole if complete else begun, letters), letters
    opened = -1
    for event in events:
        opened += event["type"] == "content_block_start"
        if "index" in event:
            assert event["index"] == opened
        if check := _EVENT_CHECKS.get(event["type"]):
            check(event)


def _check_start(event: Any) -> None:
    message = event["message"]
    _check_message(message)
    nothing: Mapping[str, Any] = {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
    }
    assert message.items() >= nothing.items()
    assert message["usage"]["output_tokens"] <= 1


def _check_block(event: Any) -> None:
    """A block that is streamed begins empty."""
    block = event["content_block"]
    match block["type"]:
        case "text":
            assert block["text"] == ""
        case "thinking":
            assert (block["thinking"], block["signature"]) == ("", "")
        case "tool_use" | "server_tool_use":
            assert block["input"] == {}
        case _:
            pass


def _check_end(event: Any) -> None:
    assert event["delta"].keys() >= _END
    assert event["delta"]["stop_reason"] is not None
    assert event["usage"].keys() >= _INPUT | {"output_tokens"}


_EVENT_CHECKS: Mapping[str, Callable[[Any], None]] = {
    "message_start": _check_start,
    "content_block_start": _check_block,
    "message_delta": _check_end,
}

# -------------------------------------------------------------------------------------------------- values


def check_strictly(shape: TypeAdapter[Any], content: bytes) -> None:
    """ValidationError if a member is missing or mistyped; AssertionError if one is unknown."""
    unknown = set(unknown_members(shape.validate_json(content, strict=True))) - BEYOND_THE_SDK
    assert not unknown, f"the SDK has no place for {sorted(unknown)}"


def unknown_members(value: Any) -> Iterator[str]:
    """`Type.member` of all members, at any depth, that the SDK's types do not have."""
    match value:
        case BaseModel():
            yield from (f"{type(value).__name__}.{name}" for name in value.model_extra or ())
            for name in type(value).model_fields:
                yield from unknown_members(getattr(value, name))
        case list():
            for item in value:
                yield from unknown_members(item)
        case _:
            pass
