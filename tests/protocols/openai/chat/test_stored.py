"""Completions that are stored: listed, shown, changed and deleted, each key's own."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.chat_wire import HELLO, Server, findings_told

SCENARIO = "scenario: hi\nreply: Hi!"


def created(server: Server, **members: Any) -> Any:
    """A stored completion, as it was answered."""
    return orjson.loads(server.post(**{"store": True, **members}).body)


def listed(server: Server, **query: str) -> list[str]:
    return [completion["id"] for completion in server.json("GET", "", **query)["data"]]


def error(told: Any) -> Any:
    """The error of an answer, with the envelope checked."""
    assert told.keys() == {"error"}
    assert told["error"].keys() == {"message", "type", "param", "code"}
    return told["error"]


@pytest.fixture
def server() -> Server:
    return Server(SCENARIO)


def test_a_stored_completion_is_shown_as_it_was_answered(server: Server) -> None:
    completion = created(server, metadata={"topic": "greetings"})

    assert server.json("GET", f"/{completion['id']}") == completion
    assert completion["metadata"] == {"topic": "greetings"}


def test_a_streamed_completion_is_stored_whole(server: Server) -> None:
    first = server.post(store=True, stream=True).body.split(b"\n\n")[0]
    name = orjson.loads(first.removeprefix(b"data: "))["id"]

    stored = server.json("GET", f"/{name}")

    assert stored["object"] == "chat.completion"
    assert stored["choices"][0]["message"]["content"] == "Hi!"


@pytest.mark.parametrize("store", [False, None])
def test_nothing_is_stored_unasked(server: Server, *, store: bool | None) -> None:
    completion = created(server, store=store)

    assert server.answer("GET", f"/v1/chat/completions/{completion['id']}").status == 404
    assert server.json("GET", "") == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


def test_completions_are_listed_in_pages(server: Server) -> None:
    names = [created(server, seed=seed)["id"] for seed in range(5)]

    first = server.json("GET", "", limit="2")
    second = server.json("GET", "", limit="2", after=first["last_id"])
    third = server.json("GET", "", limit="2", after=second["last_id"])

    assert [[item["id"] for item in page["data"]] for page in (first, second, third)] == [
        names[:2],
        names[2:4],
        names[4:],
    ]
    assert (first["first_id"], first["last_id"], first["has_more"]) == (names[0], names[1], True)
    assert third["has_more"] is False


def test_the_latest_come_first_where_that_is_asked(server: Server) -> None:
    names = [created(server, seed=seed)["id"] for seed in range(3)]

    assert listed(server, order="desc") == names[::-1]


def test_completions_are_listed_by_model(server: Server) -> None:
    one, _ = created(server, model="gpt-4o")["id"], created(server, model="gpt-5")

    assert listed(server, model="gpt-4o") == [one]
    assert listed(server, model="gpt-4o-2024-08-06") == [one]


def test_completions_are_listed_by_metadata(server: Server) -> None:
    one = created(server, metadata={"topic": "a", "lang": "en"})["id"]
    created(server, metadata={"topic": "b", "lang": "en"})

    assert listed(server, **{"metadata[topic]": "a", "metadata[lang]": "en"}) == [one]


def test_metadata_is_replaced_and_the_order_kept(server: Server) -> None:
    one, two = created(server, metadata={"a": "1"}), created(server, seed=2)

    changed = server.json("POST", f"/{one['id']}", {"metadata": {"b": "2"}})

    assert changed == {**one, "metadata": {"b": "2"}}
    assert server.json("GET", f"/{one['id']}") == changed
    assert listed(server) == [one["id"], two["id"]]


def test_metadata_can_be_taken_away(server: Server) -> None:
    one = created(server, metadata={"a": "1"})

    assert server.json("POST", f"/{one['id']}", {"metadata": None})["metadata"] == {}


def test_a_deleted_completion_is_gone(server: Server) -> None:
    one, two = created(server)["id"], created(server, seed=2)["id"]

    told = server.json("DELETE", f"/{one}")

    assert told == {"object": "chat.completion.deleted", "id": one, "deleted": True}
    assert server.answer("GET", f"/v1/chat/completions/{one}").status == 404
    assert listed(server) == [two]


def test_another_key_sees_none_of_it(server: Server) -> None:
    created(server)

    assert server.json("GET", "", key="sk-other")["data"] == []


# --------------------------------------------------------------------------------------------- messages

PARTS = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "https://x"}}]
CONVERSATION: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": PARTS, "name": "ann"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "x"},
]


def test_the_messages_of_a_completion_are_listed(server: Server) -> None:
    name = created(server, messages=CONVERSATION)["id"]

    told = server.json("GET", f"/{name}/messages")

    plain = {"name": None, "content_parts": None}
    assert told["data"] == [
        {"id": f"{name}-0", "role": "system", "content": "Be brief.", **plain},
        {"id": f"{name}-1", "role": "user", "content": None, "name": "ann", "content_parts": PARTS},
        {
            "id": f"{name}-2",
            "role": "assistant",
            "content": None,
            **plain,
            "tool_calls": CONVERSATION[2]["tool_calls"],
        },
        {"id": f"{name}-3", "role": "tool", "content": "x", "tool_call_id": "call_1", **plain},
    ]
    assert (told["first_id"], told["last_id"], told["has_more"]) == (f"{name}-0", f"{name}-3", False)


def test_messages_are_listed_in_pages_and_either_order(server: Server) -> None:
    name = created(server, messages=CONVERSATION)["id"]

    told = server.json("GET", f"/{name}/messages", order="desc", limit="2", after=f"{name}-3")

    assert [message["id"] for message in told["data"]] == [f"{name}-2", f"{name}-1"]
    assert told["has_more"] is True


# ---------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "", {"metadata": {}}),
        ("DELETE", "", None),
        ("GET", "/messages", None),
    ],
)
def test_what_is_not_stored_is_not_found(server: Server, method: str, path: str, body: Any) -> None:
    answer = server.answer(method, f"/v1/chat/completions/chatcmpl-none{path}", body)

    told = error(orjson.loads(answer.body))
    assert (answer.status, told["type"]) == (404, "invalid_request_error")
    assert "chatcmpl-none" in told["message"]


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({}, "metadata", "missing_required_parameter"),
        ({"metadata": "x"}, "metadata", "invalid_type"),
        ({"metadata": {"k": 1}}, "metadata.k", "invalid_type"),
        ({"metadata": {str(key): "x" for key in range(17)}}, "metadata", "object_above_max_properties"),
    ],
)
def test_wrong_metadata_is_refused(server: Server, body: Any, param: str, code: str) -> None:
    name = created(server)["id"]

    told = error(server.json("POST", f"/{name}", body))

    assert (told["param"], told["code"]) == (param, code)


def test_an_update_that_is_no_json_is_refused(server: Server) -> None:
    name = created(server)["id"]

    told = error(server.json("POST", f"/{name}", []))

    assert told["message"].startswith("We could not parse the JSON body of your request.")


@pytest.mark.parametrize(
    ("query", "param"), [({"limit": "0"}, "limit"), ({"limit": "x"}, "limit"), ({"order": "up"}, "order")]
)
@pytest.mark.parametrize("path", ["", "/messages"])
def test_a_wrong_query_is_refused(server: Server, query: dict[str, str], param: str, path: str) -> None:
    name = created(server)["id"]

    assert error(server.json("GET", path and f"/{name}{path}", **query))["param"] == param


def test_what_is_unknown_is_noted(server: Server) -> None:
    name = created(server)["id"]

    changed = server.answer("POST", f"/v1/chat/completions/{name}", {"metadata": {}, "model": "x"})
    asked = server.answer("GET", "/v1/chat/completions", colour="red")

    assert (changed.status, findings_told(changed)) == (200, "unknown unknown_parameter /model")
    assert (asked.status, findings_told(asked)) == (200, "unknown unknown_parameter /colour")


def test_the_same_requests_give_the_same_completions() -> None:
    def run() -> Any:
        server = Server(SCENARIO)
        names = [created(server)["id"] for _ in range(3)]
        return names, server.answer("GET", "/v1/chat/completions").body

    assert run() == run()


def test_what_was_stored_for_contents_is_listed_as_messages(server: Server) -> None:
    body = {"model": HELLO["model"], "contents": ["Hello!"], "store": True}
    name = server.json("POST", "", body)["id"]

    assert server.json("GET", f"/{name}/messages")["data"][0]["content"] == "Hello!"
