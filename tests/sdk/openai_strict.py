"""The official Python SDK on a wire where everything that comes is checked.

Every answer that a client made here receives is checked when the client is closed: JSON bodies and each event
of a stream strictly against the SDK's own types, with no member that neither they nor `BEYOND_THE_SDK` know;
frames, their order and the ids against the documentation. So every test with these clients tests the wire.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI
from openai.types import (
    Completion,
    CreateEmbeddingResponse,
    Model,
    ModelDeleted,
    ModerationCreateResponse,
)
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionDeleted,
    ChatCompletionMessageToolCallUnion,
)
from openai.types.chat.chat_completion_store_message import ChatCompletionStoreMessageContentPart
from openai.types.conversations import (
    Conversation,
    ConversationDeletedResource,
    ConversationItem,
    ConversationItemList,
)
from openai.types.create_embedding_response import Usage
from openai.types.responses import (
    InputTokenCountResponse,
    Response,
    ResponseCompactionItem,
    ResponseStreamEvent,
    ResponseUsage,
)
from openai.types.responses.response_input_message_item import ResponseInputMessageItem
from openai.types.responses.response_item_list import ResponseItemList
from openai.types.shared import ErrorObject
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sdk.tapped import AsyncTappedTransport, Received, TappedTransport

from mockserver.runner import MockServer

BEYOND_THE_SDK = {
    "ChatCompletionMessage.reasoning_content",  # documented by the gateway
    "ChoiceDelta.reasoning_content",  # as above
    "Response.billing",  # the live API prints it in terminal responses
    "Response.frequency_penalty",  # as above, in every response
    "Response.presence_penalty",  # as above
    "Response.store",  # as above
    "ResponseCustomToolCall.status",  # as live answers have it
    "obfuscation",  # on chunks and deltas of a live stream, documented for `stream_options`
}
"""Members that are sent though the SDK has no field for them, with the reason: of one type, or of events."""


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _ModelList(_Exact):
    object: str
    data: list[Model]


class _CompletionList(_Exact):
    object: Literal["list"]
    data: list[ChatCompletion]
    first_id: str | None
    last_id: str | None
    has_more: bool


class _StoredMessage(_Exact):
    """The SDK types the answers of the assistant only."""

    id: str
    role: str
    content: str | None
    name: str | None
    content_parts: list[ChatCompletionStoreMessageContentPart] | None
    tool_call_id: str | None = None
    tool_calls: list[ChatCompletionMessageToolCallUnion] | None = None


class _StoredMessageList(_CompletionList):
    data: list[_StoredMessage]  # type: ignore[assignment] # the same page of something else


class _Deleted(_Exact):
    """The SDK does not look at what it gets; this is how the reference has it."""

    id: str
    object: Literal["response"]
    deleted: Literal[True]


class _Compacted(_Exact):
    """The SDK types the answers of the assistant only, of which there are none in it."""

    id: str
    object: Literal["response.compaction"]
    created_at: int
    output: list[ResponseInputMessageItem | ResponseCompactionItem]
    usage: ResponseUsage


class _PackedEmbedding(_Exact):
    """The SDK's own type is that of what it has unpacked."""

    object: Literal["embedding"]
    index: int
    embedding: str


class _PackedEmbeddings(_Exact):
    object: Literal["list"]
    data: list[_PackedEmbedding]
    model: str
    usage: Usage


class _Refusal(_Exact):
    """The error envelope; `status` stands in the one for a bad key only."""

    error: ErrorObject
    status: int | None = None


_JSON: Sequence[tuple[str, TypeAdapter[Any]]] = (
    ("POST /v1/chat/completions", TypeAdapter(ChatCompletion)),
    ("GET /v1/chat/completions", TypeAdapter(_CompletionList)),
    ("(GET|POST) /v1/chat/completions/[^/]+", TypeAdapter(ChatCompletion)),
    ("DELETE /v1/chat/completions/[^/]+", TypeAdapter(ChatCompletionDeleted)),
    ("GET /v1/chat/completions/[^/]+/messages", TypeAdapter(_StoredMessageList)),
    ("POST /v1/responses", TypeAdapter(Response)),
    ("POST /v1/responses/input_tokens", TypeAdapter(InputTokenCountResponse)),
    ("POST /v1/responses/compact", TypeAdapter(_Compacted)),
    ("GET /v1/responses/[^/]+", TypeAdapter(Response)),
    ("POST /v1/responses/[^/]+/cancel", TypeAdapter(Response)),
    ("DELETE /v1/responses/[^/]+", TypeAdapter(_Deleted)),
    ("GET /v1/responses/[^/]+/input_items", TypeAdapter(ResponseItemList)),
    ("POST /v1/conversations", TypeAdapter(Conversation)),
    ("(GET|POST) /v1/conversations/[^/]+", TypeAdapter(Conversation)),
    ("DELETE /v1/conversations/[^/]+", TypeAdapter(ConversationDeletedResource)),
    ("(GET|POST) /v1/conversations/[^/]+/items", TypeAdapter(ConversationItemList)),
    ("GET /v1/conversations/[^/]+/items/[^/]+", TypeAdapter(ConversationItem)),
    ("DELETE /v1/conversations/[^/]+/items/[^/]+", TypeAdapter(Conversation)),
    ("POST /v1/completions", TypeAdapter(Completion)),
    ("POST /v1/embeddings", TypeAdapter(_PackedEmbeddings | CreateEmbeddingResponse)),
    ("POST /v1/moderations", TypeAdapter(ModerationCreateResponse)),
    ("GET /v1/models", TypeAdapter(_ModelList)),
    ("GET /v1/models/.+", TypeAdapter(Model)),
    ("DELETE /v1/models/.+", TypeAdapter(ModelDeleted)),
)
"""Route -> what it answers."""

_CHUNK: TypeAdapter[Any] = TypeAdapter(ChatCompletionChunk)
_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
_REFUSAL: TypeAdapter[Any] = TypeAdapter(_Refusal)

_FIRST_FAILURE = 400

# ------------------------------------------------------------------------------------------------- the wire


@dataclass(slots=True)
class Wire:
    """What a client has received, in the order in which the answers began. What a script sends verbatim is
    its own matter: with `verbatim` nothing is checked.
    """

    received: list[Received] = field(default_factory=list)
    verbatim: bool = False

    @property
    def last(self) -> Received:
        return self.received[-1]

    @property
    def json(self) -> Any:
        """The body of the last answer."""
        return orjson.loads(self.last.body)

    @property
    def frames(self) -> list[str]:
        """The frames of the last stream."""
        return frames_of(self.last)

    @property
    def data(self) -> list[Any]:
        """What the frames of the last stream say."""
        return data_of(self.last)

    def check(self) -> None:
        """AssertionError if anything that came is not as documented."""
        if self.verbatim:
            return
        for answer in self.received:
            check_answer(answer)
        names = [answer.headers["x-request-id"] for answer in self.received]
        assert len(names) == len(set(names)), "two answers have one request id"


def frames_of(answer: Received) -> list[str]:
    """The frames of a stream; half of one, where the client has left, is none."""
    return answer.body.decode(errors="replace").split("\n\n")[:-1]


def data_of(answer: Received) -> list[Any]:
    """What the frames of a stream say, without the `[DONE]` at the end."""
    told = [frame.rpartition("data: ")[2] for frame in frames_of(answer)]
    return [orjson.loads(data) for data in told if data != "[DONE]"]


@contextmanager
def strict_client(server: MockServer, key: str, wire: Wire, **options: Any) -> Iterator[OpenAI]:
    """A client whose answers are noted in `wire`, and checked when it is closed."""
    http = DefaultHttpxClient(transport=TappedTransport(wire.received))
    with OpenAI(base_url=server.urls.openai, api_key=key, http_client=http, **options) as client:
        yield client
    wire.check()


@asynccontextmanager
async def strict_async_client(
    server: MockServer, key: str, wire: Wire, **options: Any
) -> AsyncIterator[AsyncOpenAI]:
    """The same for asynchronous tests."""
    http = DefaultAsyncHttpxClient(transport=AsyncTappedTransport(wire.received))
    async with AsyncOpenAI(base_url=server.urls.openai, api_key=key, http_client=http, **options) as client:
        yield client
    wire.check()


# -------------------------------------------------------------------------------------------------- checks


def check_answer(answer: Received) -> None:
    assert re.fullmatch("req_[0-9a-f]{32}", answer.headers["x-request-id"])
    route = f"{answer.request.method} {answer.request.url.path}"
    if answer.headers["content-type"].startswith("text/event-stream"):
        _check_stream(answer, route)
    elif answer.complete:
        _check_body(answer, route)


def _check_body(answer: Received, route: str) -> None:
    body = orjson.loads(answer.body)
    assert answer.headers["content-type"].partition(";")[0] == "application/json"
    assert answer.body == orjson.dumps(body, option=orjson.OPT_INDENT_2), "not indented by two spaces"
    if answer.status >= _FIRST_FAILURE:
        _check_strictly(_REFUSAL, body)
        assert {"message", "type", "param", "code"} <= body["error"].keys()
        return
    (shape,) = [shape for pattern, shape in _JSON if re.fullmatch(pattern, route)]
    _check_strictly(shape, body)


def _check_stream(answer: Received, route: str) -> None:
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert b"\r" not in answer.body
    assert not answer.complete or answer.body.endswith(b"\n\n")
    if route == "POST /v1/chat/completions":
        _check_chunks(answer)
    elif route == "POST /v1/completions":
        _check_completions(answer)
    else:
        _check_events(answer)


def _check_chunks(answer: Received) -> None:
    frames, chunks = frames_of(answer), data_of(answer)
    assert all(re.fullmatch(r"data: [^\n]+", frame) for frame in frames)
    # The SDK does not read on when it has seen [DONE].
    assert "data: [DONE]" not in frames[:-1]
    assert not answer.complete or frames[-1] == "data: [DONE]"
    for chunk in chunks:
        _check_strictly(_CHUNK, _without_custom_calls(chunk))
    for name in ("id", "created", "model", "system_fingerprint", "service_tier"):
        assert len({chunk[name] for chunk in chunks}) <= 1, f"{name} changes within the stream"


def _check_completions(answer: Received) -> None:
    frames, chunks = frames_of(answer), data_of(answer)
    assert all(re.fullmatch(r"data: [^\n]+", frame) for frame in frames)
    assert not answer.complete or frames[-1] == "data: [DONE]"
    for chunk in chunks:
        # The SDK takes the reason for given, in each chunk.
        choices = [
            {**choice, "finish_reason": choice["finish_reason"] or "stop"} for choice in chunk["choices"]
        ]
        _check_strictly(TypeAdapter(Completion), {**chunk, "choices": choices})
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) <= 1


def _without_custom_calls(chunk: dict[str, Any]) -> dict[str, Any]:
    """The SDK types the calls of functions only; those of custom tools are streamed all the same."""
    return {**chunk, "choices": [_without_custom_call(choice) for choice in chunk["choices"]]}


def _without_custom_call(choice: dict[str, Any]) -> dict[str, Any]:
    delta = dict(choice["delta"])
    if any("custom" in call for call in delta.get("tool_calls", ())):
        del delta["tool_calls"]
    return {**choice, "delta": delta}


def _check_events(answer: Received) -> None:
    frames, events = frames_of(answer), data_of(answer)
    told = [re.fullmatch(r"event: ([\w.]+)\ndata: [^\n]+", frame) for frame in frames]
    assert [found and found[1] for found in told] == [event["type"] for event in events]
    first = int(answer.request.url.params.get("starting_after", -1)) + 1
    assert [event["sequence_number"] for event in events] == [*range(first, first + len(events))]
    for event in events:
        _check_strictly(_EVENT, event)


def _check_strictly(shape: TypeAdapter[Any], value: Any) -> None:
    """ValidationError if a member is missing or mistyped; AssertionError if one is unknown."""
    unknown = {*_unknown_members(shape.validate_python(value, strict=True))} - BEYOND_THE_SDK
    assert not unknown, f"the SDK has no place for {sorted(unknown)}"


def _unknown_members(value: Any) -> Iterator[str]:
    """`Type.member` of all members that a type of the SDK does not know; of an event only `member`."""
    match value:
        case BaseModel():
            is_event = isinstance(value, ChatCompletionChunk) or hasattr(value, "sequence_number")
            owner = "" if is_event else f"{type(value).__name__}."
            yield from (owner + name for name in value.model_extra or ())
            for name in type(value).model_fields:
                yield from _unknown_members(getattr(value, name))
        case list() | tuple():
            for item in value:
                yield from _unknown_members(item)
        case dict():
            yield from _unknown_members([*value.values()])
        case _:
            pass
