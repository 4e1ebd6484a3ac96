"""Embeddings: one vector for each content, always the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from protocols.gemini.gemini_wire import CONTEXT, error_of, post

from mockserver.conversation import Failure
from mockserver.protocols.base import Answer
from mockserver.protocols.gemini.embed import batch_embed_contents, embed_content

ONE = "/v1beta/models/gemini-embedding-001:embedContent"
MANY = "/v1beta/models/gemini-embedding-001:batchEmbedContents"


def content(*texts: str) -> Any:
    return {"parts": [{"text": text} for text in texts]}


def vector(body: Any, path: str = ONE) -> list[float]:
    answer = embed_content(post(body, path), CONTEXT)
    assert isinstance(answer, Answer), answer
    values: list[float] = orjson.loads(answer.body)["embedding"]["values"]
    return values


def vectors(*requests: Any) -> list[list[float]]:
    answer = batch_embed_contents(post({"requests": list(requests)}, MANY), CONTEXT)
    assert isinstance(answer, Answer), answer
    return [found["values"] for found in orjson.loads(answer.body)["embeddings"]]


def refused(body: Any, path: str, **members: Any) -> str:
    http = post(body, path)
    serve = embed_content if path == ONE else batch_embed_contents
    failure = serve(http, replace(CONTEXT, **members))
    assert isinstance(failure, Failure), failure
    message: str = error_of(failure, http)["message"]
    return message


def length(values: Sequence[float]) -> float:
    return math.sqrt(sum(value * value for value in values))


@pytest.mark.parametrize(("asked", "dimensions"), [({}, 3072), ({"outputDimensionality": 768}, 768)])
def test_a_vector_has_as_many_values_as_are_asked_for(asked: Any, dimensions: int) -> None:
    values = vector({"content": content("Hello"), **asked})

    assert len(values) == dimensions
    assert length(values) == pytest.approx(1)


def test_both_spellings_are_read() -> None:
    snake = {"content": content("Hello"), "output_dimensionality": "8", "task_type": "RETRIEVAL_QUERY"}

    assert len(vector(snake)) == 8


def test_a_batch_keeps_order_and_number() -> None:
    texts = ["one", "two", "one"]

    found = vectors(*({"content": content(text)} for text in texts))

    assert found == [vector({"content": content(text)}) for text in texts]
    assert found[0] == found[2] != found[1]


def test_each_request_of_a_batch_has_its_own_size() -> None:
    found = vectors(
        {"content": content("a"), "outputDimensionality": 3}, {"content": content("a"), "taskType": "X"}
    )

    assert [len(values) for values in found] == [3, 3072]


def test_a_content_of_several_parts_is_one_vector() -> None:
    assert len(vectors({"content": content("a", "b")})) == 1
    assert vector({"content": content("a", "b")}) != vector({"content": content("a")})


def test_a_picture_is_embedded_too() -> None:
    picture = {"parts": [{"inlineData": {"mimeType": "image/png", "data": "aGk="}}]}

    assert length(vector({"content": picture})) == pytest.approx(1)


@pytest.mark.parametrize("model", ["models/gemini-embedding-001", "gemini-embedding-001", None])
def test_the_model_may_be_named_again(model: str | None) -> None:
    assert len(vectors({"model": model, "content": content("a")})) == 1


def test_another_model_than_that_of_the_path_is_refused() -> None:
    body = {"requests": [{"model": "models/gemini-embedding-2", "content": content("a")}]}

    assert refused(body, MANY) == "Request contains an invalid argument."


@pytest.mark.parametrize("mode", ["documented", "off"])
def test_a_batch_is_bounded(mode: str) -> None:
    body = {"requests": [{"content": content("a")}] * 101}

    assert "BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch" in refused(
        body, MANY
    )


def test_an_empty_batch_has_no_vectors() -> None:
    assert vectors() == []


@pytest.mark.parametrize(
    ("path", "wrap"), [(ONE, lambda request: request), (MANY, lambda request: {"requests": [request]})]
)
@pytest.mark.parametrize(
    "request_body",
    [
        {},
        {"content": {}},
        {"content": {"parts": [{}]}},
        {"content": content("a"), "outputDimensionality": 9999},
    ],
)
def test_what_cannot_be_embedded_is_refused(path: str, wrap: Any, request_body: Any) -> None:
    assert refused(wrap(request_body), path)


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        (ONE, {"input": "a"}, ""),
        (MANY, {"requests": [{"content": content("a"), "dimensions": 3}]}, " at 'requests[0]'"),
    ],
)
def test_an_unknown_name_is_refused(path: str, body: Any, place: str) -> None:
    assert f"{place}: Cannot find field." in refused(body, path)


@pytest.mark.parametrize("path", [ONE, MANY])
def test_an_unknown_model_is_not_found(path: str) -> None:
    gone = path.replace("embedding-001", "embedding-0")

    serve = embed_content if path == ONE else batch_embed_contents
    failure = serve(post({}, gone), replace(CONTEXT, any_model=False))

    assert isinstance(failure, Failure)
    assert failure.kind == "unknown_model"


@pytest.mark.parametrize(
    "body", [{}, {"content": {"parts": [{}]}, "outputDimensionality": -5, "model": "x", "input": 1}]
)
def test_where_nothing_is_refused_there_is_always_a_vector(body: Any) -> None:
    answer = embed_content(post(body, ONE), replace(CONTEXT, contract="off"))

    assert isinstance(answer, Answer)
    assert answer.findings
    assert len(orjson.loads(answer.body)["embedding"]["values"]) == 3072
