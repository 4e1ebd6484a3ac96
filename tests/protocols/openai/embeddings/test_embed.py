"""Embeddings: what is answered, what is refused and in which words."""

from __future__ import annotations

import math
from base64 import b64decode
from struct import unpack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse
from protocols.openai.vendor_wire import answered, findings, refused, told

from mockserver.embedding import unit_vector
from mockserver.protocols.openai.embeddings.contract_answer import EmbeddingList

PATH = "/v1/embeddings"
SMALL = {"model": "text-embedding-3-small", "input": "Hello, world!"}


def vectors(**members: Any) -> list[Any]:
    return [item["embedding"] for item in told(PATH, {**SMALL, **members})["data"]]


def error(**members: Any) -> tuple[int, Any, Any, Any]:
    status, told = refused(PATH, {**SMALL, **members})
    assert told["type"] == "invalid_request_error"
    return status, told["message"], told["param"], told["code"]


# ------------------------------------------------------------------------------------------------ answers


def test_the_answer_is_a_list_of_embeddings_with_usage() -> None:
    body = told(PATH, {**SMALL, "input": ["one", "three letters"]})

    assert [(item["object"], item["index"]) for item in body["data"]] == [("embedding", 0), ("embedding", 1)]
    assert (body["object"], body["model"]) == ("list", "text-embedding-3-small")
    assert body["usage"] == {"prompt_tokens": 5, "total_tokens": 5}


@pytest.mark.parametrize("members", [{}, {"encoding_format": "base64"}, {"input": [[1, 2], [3]]}])
def test_the_answer_is_the_documented_one_and_one_to_the_sdk(members: dict[str, Any]) -> None:
    body = told(PATH, {**SMALL, **members})

    EmbeddingList.model_validate(body)
    if "encoding_format" not in members:
        CreateEmbeddingResponse.model_validate(body, strict=True)


@pytest.mark.parametrize(
    ("model", "dimensions"),
    [
        ("text-embedding-ada-002", 1536),
        ("text-embedding-3-small", 1536),
        ("text-embedding-3-large", 3072),
        ("some-other-embedding", 1536),
    ],
)
def test_each_model_has_its_dimensions(model: str, dimensions: int) -> None:
    assert [len(vector) for vector in vectors(model=model)] == [dimensions]


def test_a_vector_follows_from_its_text_alone() -> None:
    alone, (_, second) = vectors(), vectors(input=["Something else.", "Hello, world!"])
    engine = told("/v1/engines/text-embedding-3-small/embeddings", {"input": "Hello, world!"})

    assert alone == [second] == [engine["data"][0]["embedding"]]
    assert second == pytest.approx(unit_vector("Hello, world!", 1536), abs=1e-7)
    assert math.hypot(*second) == pytest.approx(1)


def test_fewer_dimensions_can_be_asked_for() -> None:
    assert [len(vector) for vector in vectors(dimensions=3)] == [3]


def test_base64_holds_the_same_numbers_as_little_endian_floats() -> None:
    (plain,) = vectors()
    (packed,) = vectors(encoding_format="base64")

    assert list(unpack("<1536f", b64decode(packed))) == plain


def test_a_list_of_tokens_is_one_input_and_its_tokens_are_counted() -> None:
    body = told(PATH, {**SMALL, "input": [1, 2, 3]})

    assert len(body["data"]) == 1
    assert body["usage"]["prompt_tokens"] == 3


def test_lists_of_tokens_are_several_inputs() -> None:
    body = told(PATH, {**SMALL, "input": [[1, 2, 3], [4]]})

    assert [item["index"] for item in body["data"]] == [0, 1]
    assert body["usage"]["prompt_tokens"] == 4


def test_an_engine_of_the_path_goes_before_the_model_of_the_body() -> None:
    body = told("/v1/engines/text-embedding-3-large/embeddings", {**SMALL})

    assert body["model"] == "text-embedding-3-large"
    assert len(body["data"][0]["embedding"]) == 3072


# ----------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("members", "message", "param", "code"),
    [
        (
            {"input": ""},
            (
                "Invalid 'input': empty string. Expected a string with minimum length 1, but got an empty "
                "string instead."
            ),
            "input",
            "empty_string",
        ),
        (
            {"input": []},
            (
                "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty "
                "array instead."
            ),
            "input",
            "empty_array",
        ),
        (
            {"input": ["a", ""]},
            (
                "Invalid 'input[1]': empty string. Expected a string with minimum length 1, but got an empty "
                "string instead."
            ),
            "input[1]",
            "empty_string",
        ),
        (
            {"input": [[1], []]},
            (
                "Invalid 'input[1]': empty array. Expected an array with minimum length 1, but got an empty "
                "array instead."
            ),
            "input[1]",
            "empty_array",
        ),
        (
            {"input": ["a"] * 2049},
            (
                "Invalid 'input': array too long. Expected an array with maximum length 2048, but got an "
                "array with length 2049 instead."
            ),
            "input",
            "array_above_max_length",
        ),
        (
            {"input": {}},
            (
                "Invalid type for 'input': expected one of a string, array of strings, array of integers, or "
                "array of arrays, but got an object instead."
            ),
            "input",
            "invalid_type",
        ),
        (
            {"input": ["a", 1]},
            "Invalid type for 'input[1]': expected a string, but got an integer instead.",
            "input[1]",
            "invalid_type",
        ),
        (
            {"encoding_format": "hex"},
            "Invalid value: 'hex'. Supported values are: 'float' and 'base64'.",
            "encoding_format",
            "invalid_value",
        ),
        (
            {"dimensions": 0},
            "Invalid 'dimensions': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "dimensions",
            "integer_below_min_value",
        ),
        (
            {"dimensions": 1537},
            (
                "Invalid 'dimensions': integer above maximum value. Expected a value <= 1536, but got 1537 "
                "instead."
            ),
            "dimensions",
            "integer_above_max_value",
        ),
        (
            {"model": "text-embedding-ada-002", "dimensions": 8},
            "This model does not support specifying dimensions.",
            None,
            None,
        ),
        (
            {"input": [[1], [1] * 8193]},
            (
                "This model's maximum context length is 8192 tokens, however you requested 8193 tokens (8193 "
                "in your prompt; 0 for the completion). Please reduce your prompt; or completion length."
            ),
            None,
            None,
        ),
        ({"model": ""}, "you must provide a model parameter", "model", "missing_required_parameter"),
    ],
)
def test_what_the_api_refuses_is_refused_in_its_words(
    members: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    assert error(**members) == (400, message, param, code)


def test_a_missing_input_is_refused() -> None:
    _, told = refused(PATH, {"model": "text-embedding-3-small"})

    assert (told["message"], told["code"]) == (
        "Missing required parameter: 'input'.",
        "missing_required_parameter",
    )


def test_the_tokens_of_a_request_are_limited_in_sum() -> None:
    status, told = refused(PATH, {**SMALL, "input": [[1] * 8192] * 37})

    assert (status, told["type"], told["code"]) == (400, "max_tokens_per_request", "max_tokens_per_request")
    assert told["message"] == "Requested 303104 tokens, max 300000 tokens per request"


def test_a_text_is_refused_where_no_tokenizer_could_make_it_fit() -> None:
    letters = 8 * 8192

    assert answered(PATH, {**SMALL, "input": "x" * letters}).status == 200
    assert error(input="x" * (letters + 1))[0] == 400


def test_what_is_no_json_is_refused() -> None:
    status, told = refused(PATH, b"{")

    assert (status, told["code"]) == (400, None)
    assert told["message"].startswith("We could not parse the JSON body of your request.")


@pytest.mark.parametrize("path", [PATH, "/v1/engines/gpt-0/embeddings"])
def test_an_unknown_model_is_refused_where_only_known_ones_may_be_asked(path: str) -> None:
    status, told = refused(path, {"model": "gpt-0", "input": "Hi"}, models="known")

    assert (status, told["code"], told["param"]) == (404, "model_not_found", None)
    assert told["message"] == "The model `gpt-0` does not exist or you do not have access to it."


def test_a_listed_model_a_scripted_one_and_one_that_is_added_are_known() -> None:
    for model in ("text-embedding-3-large", "mock-anything", "mine"):
        asked = {"model": model, "input": "Hi"}
        assert answered(PATH, asked, models="known", more_models=("mine",)).status == 200


# ----------------------------------------------------------------------------------------------- findings


def test_what_is_not_documented_is_served_and_noted() -> None:
    assert findings(PATH, {**SMALL, "colour": "red"}) == [("unknown", "unknown_parameter", "/colour")]


def test_what_is_not_documented_is_refused_strictly() -> None:
    status, told = refused(PATH, {**SMALL, "colour": "red"}, contract="strict")

    assert (status, told["message"]) == (400, "Unknown parameter: 'colour'.")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": [], "model": 1},
        {"input": "a", "model": "text-embedding-ada-002", "dimensions": 10**12},
        {"input": [[1] * 9000] * 40, "model": ""},
    ],
)
def test_nothing_is_refused_where_the_contract_is_off(body: Any) -> None:
    assert answered(PATH, body, contract="off").status == 200
    assert {severity for severity, _, _ in findings(PATH, body, contract="off")} == {"error"}


# --------------------------------------------------------------------------------------------- properties

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
members = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("input", "model", "dimensions", "encoding_format", "user", "x"), json_values),
)
documented = st.fixed_dictionaries(
    {
        "input": st.text(min_size=1, max_size=20)
        | st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4)
        | st.lists(st.integers(0, 100_000), min_size=1, max_size=9)
        | st.lists(st.lists(st.integers(0, 100_000), min_size=1, max_size=9), min_size=1, max_size=4),
        "model": st.sampled_from(["text-embedding-3-small", "text-embedding-3-large"]),
    },
    optional={
        "dimensions": st.integers(1, 1536),
        "encoding_format": st.sampled_from(["float", "base64"]),
        "user": st.text(max_size=9),
    },
)
quick = settings(max_examples=40, deadline=None)


@given(body=members | json_values, contract=st.sampled_from(["documented", "strict", "off"]))
@quick
def test_any_json_is_answered_or_refused(body: Any, contract: str) -> None:
    try:
        answer = answered(PATH, body, contract=contract)
    except TypeError:  # numbers that JSON has and the test's writer has not
        return

    assert answer.status in (200, 400)


@given(body=documented)
@quick
def test_what_the_sdk_can_send_is_answered(body: Any) -> None:
    EmbeddingList.model_validate(told(PATH, body))
