"""The official Python SDK on a wire where everything that comes is checked; one face for its two clients.

A test asks through `Gemini`, which calls the synchronous or the asynchronous SDK, each over its own HTTP
library. When the client is closed, every answer it received is checked: JSON bodies and each chunk of each
stream strictly against the SDK's own types, with no member that neither they nor `BEYOND_THE_SDK` know;
frames, headers, counters and what must be the same in all chunks against the documentation.
"""

from __future__ import annotations

import inspect
import json
import re
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import aiohttp
import httpx2
from aiohttp.connector import Connection
from google import genai
from google.genai import types
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from sdk.tapped import Received, TappedTransport

from mockserver.runner import MockServer

MODEL = "gemini-3.6-flash"

BEYOND_THE_SDK = {
    "GenerateContentResponse.usageMetadata.serviceTier": "documented; the SDK's type has no field for it",
    "GenerateContentResponse.candidates.citationMetadata.citationSources": "the SDK renames it `citations`",
    "CountTokensResponse.promptTokensDetails": "documented; the SDK's type has no field for it",
    "ListModelsResponse.models.baseModelId": "documented; the SDK's type has no field for it",
    "ListModelsResponse.models.supportedGenerationMethods": "the SDK renames it `supported_actions`",
    "Model.baseModelId": "as in a list",
    "Model.supportedGenerationMethods": "as in a list",
}
"""Members that are sent though the SDK's types have no field for them, and why."""

PART_DATA = {
    "text",
    "inlineData",
    "functionCall",
    "executableCode",
    "codeExecutionResult",
}
"""What a part of an answer may hold, one of them in each."""

# --------------------------------------------------------------------------------------------------- asking


async def settled(value: Any) -> Any:
    """What the synchronous SDK returns and the asynchronous one has to be awaited for."""
    return await value if inspect.isawaitable(value) else value


async def gathered(value: Any) -> list[Any]:
    """All items of a stream or a pager."""
    items = await settled(value)
    return [item async for item in items] if hasattr(items, "__aiter__") else list(items)


@dataclass(frozen=True, slots=True)
class Gemini:
    """The SDK, in one of its ways. `received` are the answers so far, `mock` is what the server saw."""

    client: genai.Client
    way: Literal["sync", "async"]
    received: list[Received]
    mock: MockServer

    @property
    def api(self) -> Any:
        """`models`, `chats` and so on, synchronous or not."""
        return self.client.aio if self.way == "async" else self.client

    async def ask(
        self, contents: Any = "Hello!", *, model: str = MODEL, **config: Any
    ) -> types.GenerateContentResponse:
        answer = self.api.models.generate_content(model=model, contents=contents, config=_config(config))
        return cast(types.GenerateContentResponse, await settled(answer))

    async def stream(
        self, contents: Any = "Hello!", *, model: str = MODEL, **config: Any
    ) -> list[types.GenerateContentResponse]:
        models = self.api.models
        return await gathered(
            models.generate_content_stream(model=model, contents=contents, config=_config(config))
        )


def _config(options: dict[str, Any]) -> types.GenerateContentConfig | None:
    return types.GenerateContentConfig(**options) if options else None


def only(response: types.GenerateContentResponse) -> types.Candidate:
    """The one candidate."""
    [candidate] = response.candidates or []
    return candidate


def text_of(chunks: Iterable[types.GenerateContentResponse]) -> str:
    return "".join(chunk.text or "" for chunk in chunks)


# ------------------------------------------------------------------------------------------------- the wire

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The SDK would load the system's certificates three times for each client."""


class _TappedReader:
    """The content of an answer, which notes what is read of it."""

    def __init__(self, content: aiohttp.StreamReader, answer: Received) -> None:
        self._content = content
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def read(self) -> bytes:
        self._answer.body += await self._content.read()
        self._answer.complete = True
        return self._answer.body

    async def iter_any(self) -> AsyncIterator[bytes]:
        async for piece in self._content.iter_any():
            self._answer.body += piece
            yield piece
        self._answer.complete = True


def _tapped_response(received: list[Received]) -> type[aiohttp.ClientResponse]:
    class TappedResponse(aiohttp.ClientResponse):
        async def start(self, connection: Connection) -> aiohttp.ClientResponse:
            await super().start(connection)
            request = httpx2.Request(self.method, str(self.url))
            answer = Received(request, self.status, httpx2.Headers(list(self.headers.items())))
            received.append(answer)
            self.content = cast(aiohttp.StreamReader, _TappedReader(self.content, answer))
            return self

    return TappedResponse


@asynccontextmanager
async def strict_gemini(
    server: MockServer, key: str, way: Literal["sync", "async"], **options: Any
) -> AsyncIterator[Gemini]:
    """The SDK against `server`; an error when it is closed, if anything that came is not as documented."""
    received: list[Received] = []
    with httpx2.Client(transport=TappedTransport(received)) as http:
        async with aiohttp.ClientSession(response_class=_tapped_response(received)) as session:
            client = genai.Client(
                api_key=key,
                http_options=types.HttpOptions(
                    **{"base_url": server.urls.gemini, **options},
                    httpx_client=http,
                    aiohttp_client=session,
                    client_args={"verify": _NO_TLS},
                    async_client_args={"verify": _NO_TLS, "ssl": _NO_TLS},
                ),
            )
            async with client.aio:
                yield Gemini(client, way, received, server.namespace(key))
    for answer in received:
        check_answer(answer)


# --------------------------------------------------------------------------------------------------- checks


class _ErrorObject(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: int
    message: str = Field(min_length=1)
    status: str = Field(pattern="^[A-Z_]+$")
    details: list[dict[str, Any]] | None = Field(default=None, min_length=1)


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid")

    error: _ErrorObject


def check_answer(answer: Received) -> None:
    """AssertionError or ValidationError if `answer` is not as documented."""
    _check_headers(answer)
    if answer.status != 200:
        if answer.complete:
            _check_error(answer)
    elif answer.request.url.path.endswith(":streamGenerateContent"):
        _check_stream(answer)
    elif answer.complete:
        _check_whole(answer)


def _check_headers(answer: Received) -> None:
    headers = answer.headers
    assert headers.get_list("vary") == ["Origin", "X-Origin", "Referer"]
    assert headers["x-xss-protection"] == "0"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"gfet4t7; dur=\d+", headers["server-timing"])
    assert headers["x-gemini-service-tier"] in {"standard", "flex", "priority"}
    streamed = answer.request.url.params.get("alt") == "sse"
    assert headers["content-type"] == ("text/event-stream" if streamed else "application/json; charset=UTF-8")


def _check_error(answer: Received) -> None:
    envelope = json.loads(answer.body)
    assert answer.body == _pretty(envelope)
    assert check_error(envelope) == answer.status


def check_error(envelope: Any) -> int:
    """The code in the envelope of an error, checked."""
    error = _Envelope.model_validate(envelope, strict=True).error
    for detail in error.details or ():
        assert detail["@type"].startswith("type.googleapis.com/google.rpc.")
    return error.code


def _check_whole(answer: Received) -> None:
    path = answer.request.url.path
    body = json.loads(answer.body)
    # A small number has several spellings, and embeddings have many of them.
    assert answer.body == _pretty(body) or path.endswith(":batchEmbedContents")
    if path.endswith(":generateContent"):
        check_strictly(types.GenerateContentResponse, answer.body)
        check_content(body)
        assert all("finishReason" in candidate for candidate in body.get("candidates", ()))
    elif path.endswith(":countTokens"):
        check_strictly(types.CountTokensResponse, answer.body)
        assert body["totalTokens"] == _sum(body["promptTokensDetails"])
    elif path.endswith("/models"):
        check_strictly(types.ListModelsResponse, answer.body)
    elif path.endswith(":batchEmbedContents"):
        check_strictly(types.EmbedContentResponse, answer.body)
    elif path.endswith("/cachedContents") and answer.request.method == "GET":
        check_strictly(types.ListCachedContentsResponse, answer.body)
    elif "/cachedContents" in path and answer.request.method == "DELETE":
        assert body == {}
    elif "/cachedContents" in path:
        check_strictly(types.CachedContent, answer.body)
    else:
        check_strictly(types.Model, answer.body)


def _pretty(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _check_stream(answer: Received) -> None:
    """Frames as the service sends them. Half of one, where the client has left, is none."""
    *frames, rest = answer.body.decode(errors="replace").split("\r\n\r\n")
    assert rest == "" or not answer.complete
    for frame in frames:
        assert re.fullmatch(r"data: \{[^\r\n]*\}", frame), frame
    check_chunks([frame.removeprefix("data: ") for frame in frames], whole=answer.complete)


def check_chunks(texts: list[str], *, whole: bool) -> None:
    """Chunks by themselves, and as a stream. An error ends it; then no reason to finish is told."""
    failed = bool(texts) and texts[-1].startswith('{"error":')
    if failed:
        *texts, error = texts
        check_error(json.loads(error))
    chunks = [json.loads(text) for text in texts]
    for text, chunk in zip(texts, chunks, strict=True):
        check_strictly(types.GenerateContentResponse, text)
        check_content(chunk)
    for name in ("modelVersion", "responseId"):
        assert len({chunk[name] for chunk in chunks}) <= 1, f"{name} changes within the stream"
    _check_growth([chunk["usageMetadata"] for chunk in chunks])
    if whole and not failed:
        _check_ends(chunks)


def _check_growth(usages: list[dict[str, Any]]) -> None:
    """Counters are running totals: none goes back, and the prompt's stands."""
    assert len({usage["promptTokenCount"] for usage in usages}) <= 1
    for name in ("candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount"):
        counts = [usage.get(name, 0) for usage in usages]
        assert counts == sorted(counts), f"{name} goes back"


def _check_ends(chunks: list[dict[str, Any]]) -> None:
    """The reason to finish is told once for each candidate, in its last chunk."""
    told: dict[int, list[str | None]] = {}
    for chunk in chunks:
        for candidate in chunk.get("candidates", ()):
            told.setdefault(candidate["index"], []).append(candidate.get("finishReason"))
    for reasons in told.values():
        assert reasons[-1] is not None
        assert not any(reasons[:-1])


def check_content(body: dict[str, Any]) -> None:
    """What the SDK's types, where everything may be missing, do not tell."""
    assert ("candidates" in body) is not ("promptFeedback" in body)
    assert re.fullmatch(r"[\w-]{23,28}", body["responseId"])
    assert body["modelVersion"]
    _check_usage(body["usageMetadata"])
    for candidate in body.get("candidates", ()):
        assert "index" in candidate
        if content := candidate.get("content"):
            assert content["role"] == "model"
            assert content.get("parts") != [], "ProtoJSON leaves empty lists out"
            for part in content.get("parts", ()):
                _check_part(part)


def _check_usage(usage: dict[str, Any]) -> None:
    counters = {name: value for name, value in usage.items() if name.endswith("TokenCount")}
    assert all(counters.values()), "ProtoJSON leaves zeros out"
    parts = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")
    assert counters["totalTokenCount"] == sum(counters.get(name, 0) for name in parts)
    assert counters["promptTokenCount"] == _sum(usage["promptTokensDetails"])
    assert usage["serviceTier"] in {"standard", "flex", "priority"}


def _sum(details: list[dict[str, Any]]) -> int:
    return sum(detail["tokenCount"] for detail in details)


def _check_part(part: dict[str, Any]) -> None:
    [name] = part.keys() & PART_DATA
    assert part.keys() <= {name, "thought", "thoughtSignature"}
    if "thoughtSignature" in part:
        b64decode(part["thoughtSignature"], validate=True)
    if name == "inlineData":
        b64decode(part[name]["data"], validate=True)
    if name == "functionCall":
        assert isinstance(part[name]["args"], dict)


def check_strictly(shape: type[BaseModel], body: str | bytes) -> None:
    """ValidationError if a member is mistyped, AssertionError if one is unknown. Names are lowerCamelCase."""
    try:
        shape.model_validate_json(body, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        found = [
            item for item in error.errors(include_url=False) if not (_is_base64(item) or _is_timestamp(item))
        ]
        if any(item["type"] != "extra_forbidden" for item in found):
            raise
        names = {".".join((shape.__name__, *_names(item["loc"]))) for item in found}
        unknown = names - BEYOND_THE_SDK.keys()
        assert not unknown, f"the SDK has no place for {sorted(unknown)}"


def _is_base64(complaint: ErrorDetails) -> bool:
    """Bytes are base64 in JSON; where a type is strict, pydantic takes them for any other string."""
    if complaint["type"] != "bytes_type" or not isinstance(complaint["input"], str):
        return False
    b64decode(complaint["input"], validate=True)
    return True


def _is_timestamp(complaint: ErrorDetails) -> bool:
    """Timestamps are strings in JSON, in UTC."""
    if complaint["type"] != "datetime_type" or not isinstance(complaint["input"], str):
        return False
    return complaint["input"].endswith("Z") and bool(datetime.fromisoformat(complaint["input"]))


def _names(place: tuple[int | str, ...]) -> list[str]:
    return [step for step in place if isinstance(step, str)]
