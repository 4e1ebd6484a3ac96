"""Whether answers are as documented: the server's own are, and what is not is told."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from protocols.openai.responses.test_sdk_types import bodies, replies
from protocols.openai.responses_deviating import deviating
from protocols.openai.responses_wire import CONTEXT, Memory, answer, frames, post, rendered, request

from mockserver.conversation import ERROR_KINDS, ErrorKind, Failure, Finding, Native, Reply, Text
from mockserver.events import events
from mockserver.protocols.base import Answer, Stream
from mockserver.protocols.openai.responses import DIALECT
from mockserver.protocols.openai.responses.contract_answer import (
    CompactedResponse,
    CountedTokens,
    DeletedResponse,
    ItemList,
)

HELLO = Reply((Text("Hello"),))


def reviewed(body: Any, status: int = 200) -> list[Finding]:
    return list(DIALECT.review(answer(orjson.dumps(body), status=status)))


def reviewed_stream(*events: Any) -> list[Finding]:
    body = b"".join(DIALECT.frame(event) for event in events)
    return list(DIALECT.review(answer(body, "text/event-stream")))


# -------------------------------------------------------------------------------------------- our own


@given(reply=replies, body=bodies)
@settings(deadline=None, max_examples=40)
def test_what_the_server_answers_is_documented(reply: Reply, body: dict[str, Any]) -> None:
    assert reviewed(rendered(reply, **body)) == []


@given(reply=replies, body=bodies)
@settings(deadline=None, max_examples=40)
def test_what_the_server_streams_is_documented(reply: Reply, body: dict[str, Any]) -> None:
    stream = answer(frames(reply, **body), "text/event-stream; charset=utf-8")

    assert list(DIALECT.review(stream)) == []


@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_what_the_server_refuses_is_documented(kind: ErrorKind) -> None:
    refused = DIALECT.refuse(Failure(kind), post({"model": "m"}), CONTEXT)

    assert list(DIALECT.review(refused)) == []


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_a_stream_that_fails_is_documented(kind: ErrorKind, *, flat: bool) -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    begun = [frame for event in list(events(HELLO))[:3] for frame in encoder.encode(event)]
    frames = [*begun, *encoder.fail(Failure(kind))]
    body = b"".join(deviating("error-flat", frames) if flat else frames)

    assert list(DIALECT.review(answer(body, "text/event-stream"))) == []


@pytest.mark.parametrize(("since", "status"), [(0.0, "queued"), (1.0, "in_progress"), (2.0, "completed")])
def test_a_response_in_the_background_is_documented(since: float, status: str) -> None:
    memory = Memory()
    name = memory.converse(HELLO, [(1.0, "Hel"), (2.0, "lo")], background=True)["id"]

    told = memory.told("GET", f"/v1/responses/{name}", elapsed=since)
    stream = memory.ask("GET", f"/v1/responses/{name}", stream="true")

    assert (told["status"], reviewed(told)) == (status, [])
    assert isinstance(stream, Stream)
    body = b"".join(frame for _, frame in stream.frames)
    assert list(DIALECT.review(answer(body, "text/event-stream"))) == []


def test_a_cancelled_response_is_documented() -> None:
    memory = Memory()
    name = memory.converse(HELLO, [(1.0, "Hello")], background=True)["id"]

    assert reviewed(memory.told("POST", f"/v1/responses/{name}/cancel")) == []


def test_what_the_other_routes_answer_is_documented() -> None:
    memory = Memory()
    said = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "18"},
    ]
    name = memory.converse(HELLO, input=said)["id"]
    body = {"model": "m", "input": said}

    ItemList.model_validate(memory.told("GET", f"/v1/responses/{name}/input_items"))
    CountedTokens.model_validate(memory.told("POST", "/v1/responses/input_tokens", body))
    CompactedResponse.model_validate(memory.told("POST", "/v1/responses/compact", body))
    DeletedResponse.model_validate(memory.told("DELETE", f"/v1/responses/{name}"))


# ------------------------------------------------------------------------------------- what is not


def test_what_the_gateway_shows_of_a_response_is_documented() -> None:
    assert (
        reviewed(
            {
                "id": "resp_1",
                "object": "response",
                "created_at": 1,
                "status": "completed",
                "model": "m",
                "output": [],
            }
        )
        == []
    )


def test_a_member_that_no_page_names_is_told_with_its_place() -> None:
    response = rendered(HELLO)
    response["output"][0]["content"][0]["colour"] = "red"

    assert reviewed(response | {"mood": "good"}) == [
        Finding(
            "unknown",
            "undocumented_field",
            "/output/0/content/0/colour",
            "it is not in the documented response",
        ),
        Finding("unknown", "undocumented_field", "/mood", "it is not in the documented response"),
    ]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"status": "great"}, "/status"),
        ({"output": [{"type": "message"}]}, "/output/0/id"),
        ({"created_at": "today"}, "/created_at"),
        ({"tools": [{"type": "function"}]}, "/tools/0/name"),
    ],
)
def test_a_value_of_another_type_is_told(changed: dict[str, Any], pointer: str) -> None:
    finding = reviewed(rendered(HELLO) | changed)[0]

    assert (finding.severity, finding.code, finding.pointer) == ("error", "undocumented_value", pointer)


def test_a_type_of_item_that_no_page_names_is_told_in_short() -> None:
    [finding] = reviewed(rendered(Reply((Native({"openai.responses": {"type": "teleport_call"}}),))))

    assert (finding.pointer, finding.message) == ("/output/0/type", "no such type is documented")


def test_every_event_is_looked_at_by_itself() -> None:
    created = {"type": "response.created", "sequence_number": 0, "response": rendered(HELLO)}
    delta = {"type": "response.refusal.delta", "sequence_number": 1, "delta": "No", "output_index": 0}

    found = reviewed_stream(created, {**delta, "mood": 1}, {"type": "response.danced"}, "[DONE]", "{")

    assert [(finding.pointer, finding.code) for finding in found] == [
        ("/1/item_id", "undocumented_value"),
        ("/1/content_index", "undocumented_value"),
        ("/1/mood", "undocumented_field"),
        ("/2/type", "undocumented_value"),
        ("/4", "undocumented_value"),
    ]


def test_an_error_is_held_against_the_envelope_of_errors() -> None:
    assert [finding.pointer for finding in reviewed({"error": {"message": "No"}}, 400)] == [
        "/error/type",
        "/error/param",
        "/error/code",
    ]


def test_what_is_no_json_is_told() -> None:
    [finding] = DIALECT.review(Answer(200, (), b"<html>"))

    assert finding.code == "undocumented_value"
