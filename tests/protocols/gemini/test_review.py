"""What the server says itself is documented; what a script makes up is told with its place."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from protocols.gemini.gemini_server import BOOK, CACHES, Server
from protocols.gemini.gemini_wire import (
    CONTEXT,
    DIALECT,
    HELLO,
    NEW_MODEL,
    OLD_MODEL,
    STREAM,
    frames,
    post,
    rendered,
)

from mockserver.conversation import (
    Failure,
    FailureKind,
    Image,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.openapi import document, routes_of
from mockserver.protocols.base import Answer
from mockserver.protocols.gemini import VENDOR
from mockserver.protocols.gemini.contract_answer import (
    AnsweredCache,
    AnsweredModel,
    BatchEmbedContentsResponse,
    CountTokensResponse,
    EmbedContentResponse,
    ListCachedContentsResponse,
    ListModelsResponse,
    Nothing,
)

KINDS = [kind for kinds in get_args(FailureKind) for kind in get_args(kinds)]
GROUNDING = {
    "groundingMetadata": {
        "webSearchQueries": ["q"],
        "searchEntryPoint": {"renderedContent": "<p>"},
        "groundingChunks": [{"web": {"uri": "https://example.com", "title": "t", "domain": "example.com"}}],
        "groundingSupports": [
            {
                "segment": {"startIndex": 0, "endIndex": 3, "text": "abc"},
                "groundingChunkIndices": [0],
                "confidenceScores": [0.5],
            }
        ],
    }
}
CITED = {
    "citationMetadata": {"citationSources": [{"startIndex": 0, "endIndex": 1, "uri": "u", "license": ""}]}
}
RATED = {"safetyRatings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW", "blocked": False}]}
CODE = {"executableCode": {"language": "PYTHON", "code": "1+1"}}

texts = st.text(st.characters(codec="utf-8"), max_size=10)
natives = st.sampled_from([GROUNDING, CITED, RATED, CODE, {"avgLogprobs": -0.1}, {"tokenCount": 3}])
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    texts.map(Text),
    st.builds(Thinking, texts, st.none() | st.just("c2ln"), st.booleans()),
    texts.map(Refusal),
    st.builds(ToolCall, st.sampled_from(["f", "g"]), st.dictionaries(texts, texts, max_size=2)),
    st.just(Image("image/png", "aGk=")),
    natives.map(lambda value: Native({"gemini": value})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=4).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal", "pause"])
    | st.sampled_from(["RECITATION", "MALFORMED_FUNCTION_CALL"]).map(NativeFinish),
    usage=st.builds(Usage, *[st.integers(0, 500)] * 5),
)
bodies: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "serviceTier": st.sampled_from(["flex", "priority", "standard"]),
        "generationConfig": st.fixed_dictionaries(
            {
                "candidateCount": st.integers(1, 2),
                "thinkingConfig": st.fixed_dictionaries({"includeThoughts": st.booleans()}),
            }
        ),
    },
)


@given(reply=replies, body=bodies, model=st.sampled_from([NEW_MODEL, OLD_MODEL]))
@settings(deadline=None, max_examples=80)
def test_what_the_server_says_is_documented(reply: Reply, body: dict[str, Any], model: str) -> None:
    whole = rendered(reply, model, **body)
    streamed = Answer(200, (), b"".join(frames(reply, model, **body)))
    array = Answer(200, (), b"".join(frames(reply, model, alt="json", **body)))

    assert list(DIALECT.review(whole)) == []
    assert list(DIALECT.review(streamed)) == []
    assert list(DIALECT.review(array)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alt", ["sse", "json", None])
def test_an_error_is_documented(kind: Any, alt: str | None) -> None:
    http = post(HELLO, STREAM, alt=alt) if alt else post(HELLO)

    answer = VENDOR.refuse(Failure(kind, retry_after=2), http, CONTEXT)

    assert list(DIALECT.review(answer)) == []


def test_an_error_inside_a_stream_is_documented() -> None:
    encoder = DIALECT.encoder(_asked(), CONTEXT)

    assert list(DIALECT.review(Answer(200, (), b"".join(encoder.fail(Failure("overloaded")))))) == []


def _asked() -> Any:
    return DIALECT.read(post(HELLO, STREAM, alt="sse"), CONTEXT)


@pytest.mark.parametrize(
    ("method", "path", "body", "contract"),
    [
        ("GET", "/v1beta/models", None, ListModelsResponse),
        ("GET", "/v1beta/models/gemini-2.5-pro", None, AnsweredModel),
        ("GET", "/v1beta/models/gemini-embedding-001", None, AnsweredModel),
        ("POST", "/v1beta/models/x:countTokens", HELLO, CountTokensResponse),
        ("POST", "/v1beta/models/x:embedContent", {"content": HELLO["contents"][0]}, EmbedContentResponse),
        (
            "POST",
            "/v1beta/models/x:batchEmbedContents",
            {"requests": [{"content": HELLO["contents"][0]}]},
            BatchEmbedContentsResponse,
        ),
        ("POST", CACHES, BOOK, AnsweredCache),
        ("GET", CACHES, None, ListCachedContentsResponse),
        ("GET", f"{CACHES}/NAME", None, AnsweredCache),
        ("PATCH", f"{CACHES}/NAME", {"ttl": "9s"}, AnsweredCache),
        ("DELETE", f"{CACHES}/NAME", None, Nothing),
    ],
)
def test_what_other_routes_answer_is_documented(method: str, path: str, body: Any, contract: Any) -> None:
    server = Server()
    name = server.cache()

    assert contract.model_validate(server.ok(method, path.replace(f"{CACHES}/NAME", f"/v1beta/{name}"), body))


def test_every_route_tells_what_it_takes_and_gives() -> None:
    described = document(routes_of((VENDOR,)), "1")

    OpenAPIV31SpecValidator(described).validate()
    assert "/v1/models/{model}:streamGenerateContent" in described["paths"]


# -------------------------------------------------------------------------------------------------- scripted


@pytest.mark.parametrize(
    ("value", "severity", "pointer"),
    [
        ({"candidates": [], "usage": {}}, "unknown", "/usage"),
        ({"candidates": [{"finish_reason": "STOP"}]}, "unknown", "/candidates/0/finish_reason"),
        ({"candidates": [{"finishReason": "stop"}]}, "error", "/candidates/0/finishReason"),
        (
            {"candidates": [{"content": {"role": "assistant"}}]},
            "error",
            "/candidates/0/content/role",
        ),
        (
            {"candidates": [{"content": {"parts": [{"type": "text", "text": "a"}]}}]},
            "unknown",
            "/candidates/0/content/parts/0/type",
        ),
        (
            {"candidates": [{"content": {"parts": [{"functionCall": {"arguments": {}}}]}}]},
            "unknown",
            "/candidates/0/content/parts/0/functionCall/arguments",
        ),
        ({"usageMetadata": {"totalTokenCount": "7"}}, "error", "/usageMetadata/totalTokenCount"),
        (
            {"candidates": [{"citationMetadata": {"citations": []}}]},
            "unknown",
            "/candidates/0/citationMetadata/citations",
        ),
        ({"error": {"code": "bad", "message": "m", "status": "S"}}, "error", "/error/code"),
        ({"error": {"code": 400, "message": "m", "status": "S", "type": "t"}}, "unknown", "/error/type"),
    ],
)
def test_what_is_not_documented_is_told_with_its_place(value: Any, severity: str, pointer: str) -> None:
    whole = Answer(200, (), orjson.dumps(value))
    array = Answer(200, (), orjson.dumps([{"candidates": []}, value]))
    stream = Answer(200, (), DIALECT.frame({"candidates": []}) + DIALECT.frame(value))

    assert [(found.severity, found.pointer) for found in DIALECT.review(whole)] == [(severity, pointer)]
    for answer in (array, stream):
        assert [found.pointer for found in DIALECT.review(answer)] == [f"/1{pointer}"]


@pytest.mark.parametrize("body", [b"", b"no JSON", b"data: no JSON\r\n\r\n", b"data: [DONE]\n\n"])
def test_what_is_no_json_is_meant_to_be_so(body: bytes) -> None:
    assert list(DIALECT.review(Answer(200, (), body))) == []


def test_arguments_may_be_broken_on_purpose() -> None:
    assert list(DIALECT.review(rendered(Reply((ToolCall("f", '{"city": '),), "tool_calls")))) == []
