"""Moderations: what is flagged, what is refused, and that both are documented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import ModerationCreateParams, ModerationCreateResponse
from protocols.openai.vendor_wire import SHAPE, answered, findings, refused, told
from protocols.sdk_fields import unknown_fields
from protocols.sdk_values import values

from mockserver.protocols.openai.moderation import CATEGORIES
from mockserver.protocols.openai.moderations.contract import ModerationRequest
from mockserver.protocols.openai.moderations.contract_answer import Moderations

PATH = "/v1/moderations"
TEXT = {"type": "text", "text": "I want to kill them."}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}


def results(asked: Any) -> list[Any]:
    found: list[Any] = told(PATH, {"input": asked})["results"]
    return found


def flagged(text: str) -> set[str]:
    (result,) = results(text)
    return {category for category, found in result["categories"].items() if found}


# ------------------------------------------------------------------------------------------------ answers


def test_the_answer_names_the_model_that_was_asked_or_the_default() -> None:
    body = told(PATH, {"input": "Hi"})

    assert body["id"].startswith("modr-")
    assert body["model"] == "omni-moderation-latest"
    assert told(PATH, {"input": "Hi", "model": "mine"})["model"] == "mine"


def test_all_thirteen_categories_are_told() -> None:
    (result,) = results("Hello!")

    for member in ("categories", "category_scores", "category_applied_input_types"):
        assert tuple(result[member]) == CATEGORIES
    assert len(CATEGORIES) == 13


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello!", set()),
        ("I want to KILL them.", {"violence"}),
        ("My skills are great, and the build is stable.", set()),
        ("I will kill myself.", {"violence", "self-harm", "self-harm/intent"}),
        ("How to shoplift?", {"illicit"}),
    ],
)
def test_a_text_is_flagged_for_its_words(text: str, expected: set[str]) -> None:
    (result,) = results(text)

    assert flagged(text) == expected
    assert result["flagged"] is bool(expected)


def test_scores_tell_the_same_as_the_flags_and_stay_the_same() -> None:
    (result,) = results("murder")

    for category, score in result["category_scores"].items():
        assert (score >= 0.9) is result["categories"][category]
        assert 0 <= score < 1
    assert results("murder") == [result]


def test_each_text_has_its_result() -> None:
    assert [result["flagged"] for result in results(["fine", "murder"])] == [False, True]


def test_parts_have_one_result_together() -> None:
    (result,) = results([TEXT, IMAGE])

    assert result["flagged"] is True
    assert result["category_applied_input_types"]["violence"] == ["text", "image"]
    assert result["category_applied_input_types"]["hate"] == ["text"]


def test_an_image_alone_is_looked_at_for_some_categories_and_never_flagged() -> None:
    (result,) = results([IMAGE])

    assert result["flagged"] is False
    assert result["category_applied_input_types"]["sexual"] == ["image"]
    assert result["category_applied_input_types"]["sexual/minors"] == []


# ----------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        ({}, "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
        (
            {"input": 1},
            (
                "Invalid type for 'input': expected one of a string, array of strings, or array of objects, "
                "but got an integer instead."
            ),
            "input",
            "invalid_type",
        ),
        (
            {"input": [{"type": "video"}]},
            "Invalid value: 'video'. Supported values are: 'text' and 'image_url'.",
            "input[0].type",
            "invalid_value",
        ),
        (
            {"input": "x", "model": 1},
            "Invalid type for 'model': expected a string, but got an integer instead.",
            "model",
            "invalid_type",
        ),
    ],
)
def test_what_the_api_refuses_is_refused_in_its_words(body: Any, message: str, param: str, code: str) -> None:
    status, error = refused(PATH, body)

    assert (status, error["message"], error["param"], error["code"]) == (400, message, param, code)


def test_an_unknown_model_is_refused_where_only_known_ones_may_be_asked() -> None:
    status, error = refused(PATH, {"input": "x", "model": "gpt-0"}, models="known")

    assert (status, error["code"]) == (404, "model_not_found")
    assert answered(PATH, {"input": "x"}, models="known").status == 200


def test_what_is_not_documented_is_noted() -> None:
    assert findings(PATH, {"input": [{**TEXT, "x": 1}]}) == [("unknown", "unknown_parameter", "/input/0/x")]


def test_nothing_is_refused_where_the_contract_is_off() -> None:
    assert answered(PATH, {"input": [1], "model": []}, contract="off").status == 200


# ----------------------------------------------------------------------------------------------- contract

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
bodies = st.fixed_dictionaries({}, optional=dict.fromkeys(("input", "model", "x"), json_values)) | json_values
texts = st.text(max_size=9)
documented = st.fixed_dictionaries(
    {
        "input": texts
        | st.lists(texts, max_size=3)
        | st.lists(st.just(IMAGE) | st.builds(lambda text: {"type": "text", "text": text}, texts), max_size=3)
    },
    optional={"model": st.sampled_from(["omni-moderation-latest", "text-moderation-stable"])},
)
quick = settings(max_examples=50, deadline=None)


@given(body=bodies, contract=st.sampled_from(["documented", "strict", "off"]))
@quick
def test_any_json_is_answered_or_refused(body: Any, contract: str) -> None:
    assert answered(PATH, body, contract=contract).status in (200, 400)


@given(body=documented)
@quick
def test_what_the_sdk_can_send_is_answered_as_documented(body: Any) -> None:
    answer = told(PATH, body)

    Moderations.model_validate(answer)
    ModerationCreateResponse.model_validate(answer, strict=True)


def test_the_sdk_sends_and_reads_nothing_that_we_do_not_know() -> None:
    assert unknown_fields(ModerationCreateParams, ModerationRequest) == set()
    assert unknown_fields(ModerationCreateResponse, Moderations) == set()


@given(body=values(ModerationCreateParams, {}))
@quick
def test_whatever_the_sdk_can_build_is_not_refused_for_its_shape(body: Any) -> None:
    assert not SHAPE & {code for _, code, _ in findings(PATH, body, contract="off")}
