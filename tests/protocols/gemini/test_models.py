"""The models of the Gemini wire, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from google.genai import types
from protocols.gemini.gemini_wire import CONTEXT, error_of, violations

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer
from mockserver.protocols.gemini.models import get_model, is_known, list_models

BETA = "/v1beta/models"


def page(path: str = BETA, *, models: Any = (), **query: str) -> JsonObject:
    answer = list_models(Http("GET", path, query=query), replace(CONTEXT, models=models))
    assert isinstance(answer, Answer)
    found: JsonObject = orjson.loads(answer.body)
    return found


def names(found: JsonObject) -> list[str]:
    return [model["name"] for model in found["models"]]


def test_one_page_holds_them_all() -> None:
    found = page()

    assert "nextPageToken" not in found
    assert {"models/gemini-2.5-pro", "models/gemini-3.1-pro-preview"} <= set(names(found))


def test_the_list_is_told_in_pages() -> None:
    found, seen = page(pageSize="4"), list[str]()
    while "nextPageToken" in found:
        assert len(found["models"]) == 4
        seen += names(found)
        found = page(pageSize="4", pageToken=found["nextPageToken"])

    assert seen + names(found) == names(page())


def test_models_of_this_server_are_listed_too() -> None:
    assert names(page(models=("mock-weather",)))[-1] == "models/mock-weather"


def test_the_stable_version_lacks_what_only_beta_has() -> None:
    assert "models/gemini-flash-latest" in names(page())
    assert "models/gemini-flash-latest" not in names(page("/v1/models"))


def test_a_model_in_the_shape_of_the_wire() -> None:
    answer = get_model(Http("GET", f"{BETA}/gemini-2.5-pro", params={"model": "gemini-2.5-pro"}), CONTEXT)

    assert isinstance(answer, Answer)
    assert orjson.loads(answer.body) == {
        "name": "models/gemini-2.5-pro",
        "baseModelId": "gemini-2.5-pro",
        "version": "001",
        "displayName": "Gemini 2.5 Pro",
        "description": "Gemini 2.5 Pro",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": [
            "generateContent",
            "countTokens",
            "createCachedContent",
            "batchGenerateContent",
        ],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }


def test_every_model_fits_the_sdks_type() -> None:
    fields = set(types.Model.model_fields)
    own = {"base_model_id", "supported_generation_methods"}  # the SDK reads the latter as `supported_actions`
    snake = {
        "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
        for model in page()["models"]
        for name in model
    }

    assert snake <= fields | own


@pytest.mark.parametrize("path", [BETA, "/v1/models"])
def test_an_unlisted_model_is_not_found(path: str) -> None:
    http = Http("GET", f"{path}/nope", params={"model": "nope"})
    failure = get_model(http, CONTEXT)

    assert isinstance(failure, Failure)
    assert error_of(failure, http)["message"] == (
        f"Model is not found: models/nope for api version {path.split('/')[1]}"
    )


@pytest.mark.parametrize(
    ("model", "method", "expected"),
    [
        ("gemini-2.5-flash", "generateContent", True),
        ("gemini-2.5-flash", "streamGenerateContent", True),
        ("gemini-2.5-flash", "countTokens", True),
        ("gemini-2.5-flash", "embedContent", False),
        ("gemini-2.5-flash", "batchEmbedContents", False),
        ("gemini-embedding-2", "embedContent", True),
        ("gemini-embedding-2", "batchEmbedContents", True),
        ("gemini-embedding-2", "countTokens", True),
        ("gemini-embedding-2", "streamGenerateContent", False),
        ("mock-hello", "embedContent", True),
        ("mine", "embedContent", True),
    ],
)
def test_where_models_must_be_known_they_must_support_the_method(
    model: str, method: str, *, expected: bool
) -> None:
    http = Http("POST", f"{BETA}/{model}:{method}")
    strict = replace(CONTEXT, any_model=False, models=("mine",))

    assert is_known(http, strict) is expected
    assert is_known(http, CONTEXT)


def test_a_method_is_nothing_to_get() -> None:
    http = Http("GET", f"{BETA}/x:generateContent", params={"model": "x:generateContent"})
    failure = get_model(http, CONTEXT)

    assert isinstance(failure, Failure)
    assert error_of(failure, http)["code"] == 404


@pytest.mark.parametrize("size", ["0", "-1", ""])
def test_a_page_of_no_size_has_the_usual_one(size: str) -> None:
    assert names(page(pageSize=size)) == names(page())


@pytest.mark.parametrize("size", ["many", "1.5"])
def test_a_page_size_must_be_a_number(size: str) -> None:
    failure = list_models(Http("GET", BETA, query={"pageSize": size}), CONTEXT)

    assert isinstance(failure, Failure)
    assert violations(failure) == [
        {"field": "page_size", "description": f"Invalid value at 'page_size' (TYPE_INT32), \"{size}\""}
    ]


@pytest.mark.parametrize("token", ["!", "aGk=", "c3RhcnQ9eA==", "ü", "start=1", "c3RhcnQ9wrI="])
def test_a_page_token_must_be_one_of_ours(token: str) -> None:
    failure = list_models(Http("GET", BETA, query={"pageToken": token}), CONTEXT)

    assert isinstance(failure, Failure)
    assert failure.kind == "invalid_request"


def test_a_page_behind_the_end_is_empty() -> None:
    token = page(pageSize="1")["nextPageToken"]
    for _ in range(40):
        token = page(pageSize="1", pageToken=token).get("nextPageToken", token)

    assert len(page(pageSize="1", pageToken=token)["models"]) == 1
