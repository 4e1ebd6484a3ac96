"""The models routes of the OpenAI API."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from openai.types import Model, ModelDeleted
from protocols.sdk_fields import unknown_fields

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai import contract_models
from mockserver.protocols.openai.contract_models import ModelList
from mockserver.protocols.openai.models import delete_model, get_model, list_models, snapshot

CONTEXT = Context(identity=b"test", now=1_767_225_600, models=("mock-weather",))


def listed() -> dict[str, Any]:
    body = orjson.loads(list_models(Http("GET", "/v1/models"), CONTEXT).body)
    assert body.keys() == {"object", "data"}
    assert body["object"] == "list"
    return {model["id"]: model for model in body["data"]}


def asked(name: str) -> Http:
    return Http("GET", f"/v1/models/{name}", params={"model": name})


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-5.5", "gpt-4o", "gpt-4o-2024-08-06", "gpt-image-1.5", "gpt-4o-mini-tts"),
        *("gpt-4o-transcribe", "whisper-1", "claude-sonnet-4-6", "gemini-3.1-pro-preview", "mock-weather"),
    ],
)
def test_the_documented_models_and_the_scripted_ones_are_listed(name: str) -> None:
    assert name in listed()


def test_every_model_is_one_to_the_sdk() -> None:
    for model in listed().values():
        assert not Model.model_validate(model, strict=True).model_extra


def test_the_answers_are_the_documented_ones() -> None:
    ModelList.model_validate_json(list_models(Http("GET", "/v1/models"), CONTEXT).body)
    one, deleted = get_model(asked("gpt-4o"), CONTEXT), delete_model(asked("mock-weather"), CONTEXT)
    assert isinstance(one, Answer)
    assert isinstance(deleted, Answer)

    contract_models.Model.model_validate_json(one.body)
    contract_models.ModelDeleted.model_validate_json(deleted.body)


def test_the_sdk_knows_no_member_of_a_model_that_we_do_not() -> None:
    assert unknown_fields(Model, contract_models.Model) == set()
    assert unknown_fields(ModelDeleted, contract_models.ModelDeleted) == set()


def test_a_scripted_model_is_owned_by_the_mock_server() -> None:
    assert listed()["mock-weather"] == {
        "id": "mock-weather",
        "object": "model",
        "created": 1_767_225_600,
        "owned_by": "mockserver",
    }


def test_any_listed_model_can_be_retrieved() -> None:
    for name, model in listed().items():
        answer = get_model(asked(name), CONTEXT)

        assert isinstance(answer, Answer)
        assert orjson.loads(answer.body) == model


def test_an_unknown_model_is_not_found() -> None:
    expected = Failure("unknown_model", message="The model 'gpt-0/x' does not exist", param="model")

    assert get_model(asked("gpt-0/x"), CONTEXT) == expected
    assert delete_model(asked("gpt-0/x"), CONTEXT) == expected


def test_a_deleted_model_is_said_to_be_deleted() -> None:
    answer = delete_model(asked("mock-weather"), CONTEXT)

    assert isinstance(answer, Answer)
    assert orjson.loads(answer.body) == {"id": "mock-weather", "object": "model", "deleted": True}


def test_an_alias_stands_for_its_snapshot() -> None:
    assert snapshot("gpt-5.5") == "gpt-5.5-2026-04-23"
    assert snapshot("gpt-5.5-2026-04-23") == "gpt-5.5-2026-04-23"
