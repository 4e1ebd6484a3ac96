"""Conversations as objects: created, shown, changed, deleted; and their errors."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import NOW, Memory

from mockserver.conversation import Failure
from mockserver.protocols.base import Answer
from mockserver.protocols.openai import refuse
from mockserver.protocols.openai.conversations import ROUTES

PATH = "/v1/conversations"


def created(memory: Memory, **body: Any) -> Any:
    return memory.told("POST", PATH, body)


def test_a_conversation_is_created_with_its_metadata() -> None:
    told = created(Memory(), metadata={"topic": "demo"})

    assert told["id"].startswith("conv_")
    assert told == {
        "id": told["id"],
        "object": "conversation",
        "created_at": NOW,
        "metadata": {"topic": "demo"},
    }


@pytest.mark.parametrize("body", [None, {}, {"items": None, "metadata": None}])
def test_a_conversation_needs_nothing_to_begin_with(body: Any) -> None:
    assert Memory().told("POST", PATH, body)["metadata"] == {}


def test_a_conversation_is_given_again_as_it_was() -> None:
    memory = Memory()
    told = created(memory)

    assert memory.told("GET", f"{PATH}/{told['id']}") == told


def test_the_metadata_is_replaced() -> None:
    memory = Memory()
    told = created(memory, metadata={"a": "1"})

    changed = memory.told("POST", f"{PATH}/{told['id']}", {"metadata": {"b": "2"}})

    assert changed == told | {"metadata": {"b": "2"}} == memory.told("GET", f"{PATH}/{told['id']}")


def test_a_deleted_conversation_is_gone() -> None:
    memory = Memory()
    name = created(memory)["id"]

    assert memory.told("DELETE", f"{PATH}/{name}") == {
        "id": name,
        "object": "conversation.deleted",
        "deleted": True,
    }
    assert memory.not_told("GET", f"{PATH}/{name}") == Failure(
        "not_found", message=f"Conversation with id '{name}' not found."
    )


@pytest.mark.parametrize(
    ("method", "path"), [(route.method, route.path) for route in ROUTES if "{" in route.path]
)
def test_an_unknown_conversation_is_a_404_in_the_envelope_of_the_api(method: str, path: str) -> None:
    memory = Memory()
    at = path.format(conversation_id="conv_x", item_id="msg_x")

    failure = memory.not_told(method, at, {"metadata": {}, "items": []})
    answer = refuse(failure, memory.http(method, at), memory.context())

    assert answer.status == 404
    assert orjson.loads(answer.body) == {
        "error": {
            "message": "Conversation with id 'conv_x' not found.",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        (
            {"metadata": {"a": 1}},
            "Invalid type for 'metadata.a': expected a string, but got an integer instead.",
            "metadata.a",
            "invalid_type",
        ),
        (
            {"items": [{"role": "user"}]},
            "Missing required parameter: 'items[0].content'.",
            "items[0].content",
            "missing_required_parameter",
        ),
        (
            {"items": [{"role": "user", "content": "Hi"}] * 21},
            (
                "Invalid 'items': array too long. Expected an array with maximum length 20, "
                "but got an array with length 21 instead."
            ),
            "items",
            "array_above_max_length",
        ),
    ],
)
def test_a_violation_is_refused_in_the_words_of_the_api(
    body: Any, message: str, param: str, code: str
) -> None:
    assert Memory().not_told("POST", PATH, body) == Failure(
        "invalid_request", message=message, param=param, code=code
    )


@pytest.mark.parametrize("body", [{}, {"metadata": 7}])
def test_a_change_must_say_to_what(body: Any) -> None:
    memory = Memory()
    name = created(memory)["id"]

    assert memory.not_told("POST", f"{PATH}/{name}", body).param == "metadata"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/{{}}/items"])
def test_a_reference_to_what_was_never_kept_is_refused(path: str) -> None:
    memory = Memory()
    name = created(memory)["id"]
    reference = {"type": "item_reference", "id": "msg_x"}

    failure = memory.not_told("POST", path.format(name), {"items": [reference]})

    assert (failure.kind, failure.param) == ("not_found", "input")


def test_added_items_must_be_there() -> None:
    memory = Memory()
    name = created(memory)["id"]

    assert memory.not_told("POST", f"{PATH}/{name}/items", {}).param == "items"


def test_what_is_no_json_is_refused() -> None:
    memory = Memory()
    name = created(memory)["id"]
    assert memory.ask("POST", PATH, []) == Failure("malformed_json")

    for path in (f"{PATH}/{name}", f"{PATH}/{name}/items"):
        assert memory.not_told("POST", path).kind == "malformed_json"


def test_what_is_unknown_is_served_and_noted() -> None:
    answer = Memory().ask("POST", PATH, {"topic": "demo"})

    assert isinstance(answer, Answer)
    assert [str(finding) for finding in answer.findings] == [
        "unknown: Unknown parameter: 'topic'. (unknown_parameter at /topic)"
    ]
