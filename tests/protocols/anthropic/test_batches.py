"""Message Batches: their life, and the results of their requests."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import NEW, body_of
from protocols.anthropic.served import Api

from mockserver.conversation import Http, JsonObject
from mockserver.protocols.base import Answer, header_lookup

SCENARIOS = """
scenario: greeting
match: {user: hello}
reply: Hello!
---
scenario: busy
match: {user: busy}
error: overloaded
---
scenario: garbage
match: {user: garbage}
raw: {anthropic: {body: nonsense}}
"""
BATCHES = "/anthropic/v1/messages/batches"
COUNTS = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}


def asked(custom_id: str, said: str = "hello", **fields: Any) -> JsonObject:
    messages = [{"role": "user", "content": said}]
    return {"custom_id": custom_id, "params": body_of(messages=messages, **fields)}


def send(api: Api, method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> Answer:
    headers = {"anthropic-version": NEW, "x-api-key": "secret"}
    content = b"" if body is None else orjson.dumps(body)
    return api.send(Http(method, path, headers, query or {}, content, key="k", origin="http://mock:1"))


def told(api: Api, method: str, path: str, body: Any = None, **query: str) -> Any:
    answer = send(api, method, path, body, query)
    assert answer.status == 200, answer.body
    return orjson.loads(answer.body)


def create(api: Api, *requests: JsonObject) -> str:
    return str(told(api, "POST", BATCHES, {"requests": list(requests)})["id"])


def results(api: Api, name: str) -> list[Any]:
    return [orjson.loads(line) for line in send(api, "GET", f"{BATCHES}/{name}/results").body.splitlines()]


def refused(api: Api, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str, str]:
    answer = send(api, method, path, body, query)
    error = orjson.loads(answer.body)["error"]
    return answer.status, error["type"], error["message"]


def test_the_requests_of_a_batch_are_exchanges_that_are_over() -> None:
    api = Api(SCENARIOS)
    results(api, create(api, asked("a"), asked("b", said="busy")))

    entries = [entry for entry in api.service.journal.entries("k") if entry.request]

    assert [(entry.scenario, entry.status, entry.outcome) for entry in entries] == [
        ("greeting/1", 200, "complete"),
        ("busy/1", 529, "complete"),
    ]


def test_a_batch_is_created_in_progress() -> None:
    batch = told(Api(SCENARIOS), "POST", BATCHES, {"requests": [asked("a"), asked("b")]})

    assert batch.pop("id").startswith("msgbatch_01")
    assert batch == {
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": COUNTS | {"processing": 2},
        "ended_at": None,
        "created_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-02T00:00:00Z",
        "archived_at": None,
        "cancel_initiated_at": None,
        "results_url": None,
    }


def test_a_batch_has_ended_when_it_is_looked_at() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"), asked("b", "I am busy"), asked("c", max_tokens=...))
    api.now += 60

    batch = told(api, "GET", f"{BATCHES}/{name}")

    assert (batch["processing_status"], batch["ended_at"]) == ("ended", "2026-01-01T00:01:00Z")
    assert batch["request_counts"] == COUNTS | {"succeeded": 1, "errored": 2}
    assert batch["results_url"] == f"http://mock:1{BATCHES}/{name}/results"


def test_each_request_is_answered_by_the_scenarios() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"), asked("b", "I am busy"), asked("c", "garbage"))

    first, second, third = results(api, name)

    assert (first["custom_id"], first["result"]["type"]) == ("a", "succeeded")
    assert first["result"]["message"]["content"] == [{"type": "text", "text": "Hello!"}]
    assert first["result"]["message"]["usage"]["service_tier"] == "batch"
    assert (second["custom_id"], second["result"]["type"]) == ("b", "errored")
    assert second["result"]["error"]["error"] == {"type": "overloaded_error", "message": "Overloaded"}
    assert second["result"]["error"]["request_id"].startswith("req_")
    assert third["result"]["error"]["error"]["type"] == "api_error"


def test_a_fault_of_one_request_is_its_result() -> None:
    api = Api(SCENARIOS)

    (line,) = results(api, create(api, asked("a", temperature=1)))

    assert line["result"]["error"]["error"]["message"] == "temperature: Extra inputs are not permitted"


def test_requests_are_answered_once() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"), asked("b"))

    assert results(api, name) == results(api, name)
    assert len({line["result"]["message"]["id"] for line in results(api, name)}) == 2


def test_a_large_batch_ends_after_some_looks() -> None:
    api = Api(SCENARIOS)
    name = create(api, *(asked(str(number)) for number in range(501)))

    first = told(api, "GET", f"{BATCHES}/{name}")
    second = told(api, "GET", f"{BATCHES}/{name}")

    assert (first["processing_status"], first["request_counts"]) == (
        "in_progress",
        COUNTS | {"processing": 501},
    )
    assert (second["processing_status"], second["request_counts"]) == ("ended", COUNTS | {"succeeded": 501})
    assert [line["custom_id"] for line in results(api, name)] == [str(number) for number in range(501)]


def test_the_results_of_a_large_batch_are_waited_for() -> None:
    api = Api(SCENARIOS)
    name = create(api, *(asked(str(number)) for number in range(501)))

    assert len(results(api, name)) == 501


def test_results_are_lines_of_json() -> None:
    api = Api(SCENARIOS)

    answer = send(api, "GET", f"{BATCHES}/{create(api, asked('a'))}/results")

    assert header_lookup(answer.headers)["content-type"] == "application/x-jsonl"
    assert answer.body.endswith(b"}\n")


def test_the_results_are_where_the_batch_is() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))

    batch = told(api, "GET", f"/v1/messages/batches/{name}")

    assert batch["results_url"] == f"http://mock:1/v1/messages/batches/{name}/results"


def test_no_key_is_kept_with_a_batch() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))

    stored = api.service.engine.recall("k", name)

    assert "secret" not in repr(stored)


# ------------------------------------------------------------------------------------- cancel, delete, list


def test_a_cancelled_batch_ends_with_nothing_answered() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"), asked("b"))

    cancelling = told(api, "POST", f"{BATCHES}/{name}/cancel")
    ended = told(api, "GET", f"{BATCHES}/{name}")

    assert (cancelling["processing_status"], cancelling["cancel_initiated_at"]) == (
        "canceling",
        "2026-01-01T00:00:00Z",
    )
    assert cancelling["request_counts"] == COUNTS | {"processing": 2}
    assert (ended["processing_status"], ended["request_counts"]) == ("ended", COUNTS | {"canceled": 2})
    assert [line["result"] for line in results(api, name)] == [{"type": "canceled"}] * 2


def test_cancelling_twice_is_cancelling_once() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))

    first = told(api, "POST", f"{BATCHES}/{name}/cancel")
    api.now += 60

    assert told(api, "POST", f"{BATCHES}/{name}/cancel") == first


def test_a_batch_that_has_ended_cannot_be_cancelled() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))
    told(api, "GET", f"{BATCHES}/{name}")

    assert refused(api, "POST", f"{BATCHES}/{name}/cancel")[:2] == (400, "invalid_request_error")


def test_a_batch_that_has_ended_can_be_deleted() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))
    told(api, "GET", f"{BATCHES}/{name}")

    deleted = told(api, "DELETE", f"{BATCHES}/{name}")

    assert deleted == {"id": name, "type": "message_batch_deleted"}
    assert refused(api, "GET", f"{BATCHES}/{name}")[:2] == (404, "not_found_error")


def test_a_batch_in_progress_cannot_be_deleted() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))

    assert refused(api, "DELETE", f"{BATCHES}/{name}")[:2] == (400, "invalid_request_error")


def test_batches_are_listed_the_newest_first_page_by_page() -> None:
    api = Api(SCENARIOS)
    names = [create(api, asked(name)) for name in "abc"]

    first = told(api, "GET", BATCHES, limit="2")
    second = told(api, "GET", BATCHES, limit="2", after_id=first["last_id"])

    assert [batch["id"] for batch in first["data"] + second["data"]] == names[::-1]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_only_the_batches_of_a_page_are_looked_at() -> None:
    api = Api(SCENARIOS)
    older, newer = create(api, asked("a")), create(api, asked("b"))

    page = told(api, "GET", BATCHES, limit="1")
    api.now += 60

    assert [(batch["id"], batch["processing_status"]) for batch in page["data"]] == [(newer, "ended")]
    assert told(api, "GET", f"{BATCHES}/{older}")["ended_at"] == "2026-01-01T00:01:00Z"


def test_a_wrong_page_is_refused() -> None:
    assert refused(Api(), "GET", BATCHES, limit="0")[0] == 400
    assert refused(Api(), "GET", BATCHES, after_id="msgbatch_1")[0] == 400


# --------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "requests: Field required"),
        ({"requests": []}, "requests: List should have at least 1 item after validation, not 0"),
        ({"requests": [{"params": {}}]}, "requests.0.custom_id: Field required"),
        ({"requests": [{"custom_id": "a"}]}, "requests.0.params: Field required"),
        (
            {"requests": [asked("")]},
            "requests.0.custom_id: String should have at least 1 character",
        ),
        (
            {"requests": [asked("a" * 65)]},
            "requests.0.custom_id: String should have at most 64 characters",
        ),
        (
            {"requests": [asked("a"), asked("a")]},
            "requests: each custom_id must be unique within the batch",
        ),
        ({"requests": [asked("a", stream=True)]}, "requests.0.params.stream: Input should be False"),
        ([], "Input should be an object"),
    ],
    ids=str,
)
def test_a_batch_that_cannot_be_is_refused(body: Any, message: str) -> None:
    assert refused(Api(), "POST", BATCHES, body) == (400, "invalid_request_error", message)


def test_a_batch_that_is_no_json_is_refused() -> None:
    http = Http("POST", BATCHES, {"anthropic-version": NEW}, body=b"{", key="k")

    assert Api().ask(http)[0] == 400


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("GET", ""), ("GET", "/msgbatch_1")])
def test_a_version_is_needed_here_too(method: str, path: str) -> None:
    status, body = Api().ask(Http(method, BATCHES + path, {}, key="k"))

    assert (status, body["error"]["message"]) == (400, "anthropic-version: header is required")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/results")],
)
@pytest.mark.parametrize("name", ["msgbatch_1", "msg_1"])
def test_an_unknown_batch_is_not_found(method: str, path: str, name: str) -> None:
    assert refused(Api(), method, f"{BATCHES}/{name}{path}")[:2] == (404, "not_found_error")


def test_a_batch_belongs_to_its_key() -> None:
    api = Api(SCENARIOS)
    name = create(api, asked("a"))

    status, _ = api.ask(Http("GET", f"{BATCHES}/{name}", {"anthropic-version": NEW}, key="another"))

    assert status == 404


def test_where_nothing_is_refused_a_batch_is_what_is_left_of_it() -> None:
    api = Api(SCENARIOS, contract="off")

    name = create(api, asked("a"), {"custom_id": "b"}, asked("a", stream=True))

    assert len(results(api, name)) == 2
