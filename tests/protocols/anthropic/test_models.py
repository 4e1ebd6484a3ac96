"""The Models API."""

from __future__ import annotations

from typing import Any

import anthropic
import orjson
import pytest
from anthropic.types import ModelInfo
from protocols.anthropic.messages_wire import CONTEXT

from mockserver.conversation import Failure, Http
from mockserver.protocols.anthropic.catalogue import MODELS
from mockserver.protocols.anthropic.models import get_model, list_models
from mockserver.protocols.base import Answer, Context

DEPRECATED = ["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929"]
HEADERS = {"anthropic-version": "2026-10-21", "x-api-key": "k"}


def listed(context: Context = CONTEXT, **query: str) -> Any:
    answer = list_models(
        Http("GET", "/v1/models", HEADERS, {k.replace("__", "[]"): v for k, v in query.items()}), context
    )
    assert isinstance(answer, Answer), answer
    return orjson.loads(answer.body)


def ids(page: Any) -> list[str]:
    return [info["id"] for info in page["data"]]


def got(name: str, context: Context = CONTEXT) -> Answer | Failure:
    return get_model(Http("GET", f"/v1/models/{name}", HEADERS, params={"model": name}), context)


def test_the_list_is_one_page_with_its_ends_named() -> None:
    page = listed()

    assert ids(page) == [model.id for model in MODELS]
    assert (page["has_more"], page["first_id"], page["last_id"]) == (False, MODELS[0].id, MODELS[-1].id)


@pytest.mark.parametrize("model", ["claude-opus-4-5-20251101", "claude-sonnet-4-6", "claude-opus-5-5"])
def test_the_models_of_the_documentation_are_there(model: str) -> None:
    assert model in ids(listed())


def test_newer_models_come_first() -> None:
    created = [info["created_at"] for info in listed()["data"]]

    assert created == sorted(created, reverse=True)


def test_scenarios_are_listed_as_models() -> None:
    page = listed(Context(models=("mock-weather",)))

    (info,) = [info for info in page["data"] if info["id"] == "mock-weather"]
    assert info["display_name"] == "mock-weather"


@pytest.mark.parametrize(
    "info", listed(Context(models=("mock-weather",)))["data"], ids=lambda info: info["id"]
)
def test_a_model_has_every_member_that_the_sdk_knows_and_no_other(info: Any) -> None:
    assert set(info) == set(ModelInfo.model_fields)
    assert _unknown(ModelInfo.model_validate(info)) == []


def _unknown(model: anthropic.BaseModel) -> list[str]:
    """Members, at any depth, that the SDK's types do not have."""
    found = list(model.model_extra or {})
    for value in dict(model).values():
        if isinstance(value, anthropic.BaseModel):
            found += _unknown(value)
    return found


# ------------------------------------------------------------------------------------------------- paging


def test_pages_of_one_visit_every_model_once() -> None:
    seen: list[str] = []
    page = listed(limit="1")
    while True:
        seen += ids(page)
        if not page["has_more"]:
            break
        page = listed(limit="1", after_id=page["last_id"])

    assert seen == [model.id for model in MODELS]


def test_a_page_before_a_model_ends_right_before_it() -> None:
    page = listed(limit="2", before_id=MODELS[4].id)

    assert ids(page) == [MODELS[2].id, MODELS[3].id]
    assert page["has_more"] is True


def test_the_first_page_before_a_model_has_no_more() -> None:
    page = listed(limit="5", before_id=MODELS[2].id)

    assert (ids(page), page["has_more"]) == ([MODELS[0].id, MODELS[1].id], False)


def test_an_empty_page_has_no_ends() -> None:
    page = listed(before_id=MODELS[0].id)

    assert page == {"data": [], "has_more": False, "first_id": None, "last_id": None}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": "0"}, "limit: Input should be greater than or equal to 1"),
        ({"limit": "1001"}, "limit: Input should be less than or equal to 1000"),
        ({"limit": "x"}, "limit: Input should be a valid integer"),
        ({"after_id": "gpt-4"}, "after_id: there is no model 'gpt-4'"),
        ({"before_id": "gpt-4"}, "before_id: there is no model 'gpt-4'"),
        ({"lifecycle[]": "active,asleep"}, "lifecycle[].1: Input should be 'active'"),
        ({"lifecycle[]": "asleep"}, "lifecycle[].0: Input should be 'active', 'deprecated' or 'retired'"),
    ],
)
def test_a_wrong_query_is_refused(query: dict[str, str], message: str) -> None:
    found = list_models(Http("GET", "/v1/models", HEADERS, query), CONTEXT)

    assert isinstance(found, Failure)
    assert str(found.message).startswith(message)


def test_the_list_can_be_of_one_stage_of_life() -> None:
    assert ids(listed(lifecycle__="deprecated")) == DEPRECATED


def test_the_list_can_be_of_several_stages_of_life() -> None:
    assert ids(listed(lifecycle__="deprecated,active")) == ids(listed())
    assert ids(listed(lifecycle__="retired,deprecated")) == DEPRECATED


def test_a_model_that_is_not_active_says_since_when_and_until_when() -> None:
    moments = [
        (model["deprecated_at"], model["retires_at"]) for model in listed(lifecycle__="deprecated")["data"]
    ]

    assert moments == [
        ("1970-01-01T00:00:00Z", "2027-01-22T00:00:00Z"),  # since when is not known
        ("2026-09-30T00:00:00Z", "2026-11-30T00:00:00Z"),
    ]


# ---------------------------------------------------------------------------------------------- one model


@pytest.mark.parametrize(
    ("name", "told"),
    [("claude-opus-5-5", "claude-opus-5-5"), ("claude-opus-4-5", "claude-opus-4-5-20251101")],
)
def test_a_model_is_found_by_id_or_alias(name: str, told: str) -> None:
    answer = got(name)

    assert isinstance(answer, Answer)
    assert orjson.loads(answer.body)["id"] == told


def test_a_scenarios_model_is_found() -> None:
    assert isinstance(got("mock-weather", Context(models=("mock-weather",))), Answer)


def test_an_unknown_model_is_not() -> None:
    assert got("gpt/4") == Failure("unknown_model", param="gpt/4")


@pytest.mark.parametrize("serve", [list_models, get_model])
def test_a_version_is_needed_here_too(serve: Any) -> None:
    assert isinstance(serve(Http("GET", "/v1/models"), CONTEXT), Failure)
