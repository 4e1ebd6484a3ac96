"""Anthropic's SDK: message batches, whose requests the scenarios answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from anthropic.types.messages import MessageBatchIndividualResponse
from anthropic.types.messages.batch_create_params import Request
from sdk.anthropic_strict import GREETING, HELLO, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer

LONG: dict[str, Any] = HELLO | {"max_tokens": 1_000_000}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def asked(**requests: Any) -> list[Request]:
    return [{"custom_id": name, "params": params} for name, params in requests.items()]


def shown(line: MessageBatchIndividualResponse) -> tuple[str, str]:
    """A result as its id and what it says."""
    match line.result.type:
        case "succeeded":
            return line.custom_id, text_of(line.result.message)
        case "errored":
            return line.custom_id, line.result.error.error.type
        case other:
            return line.custom_id, other


def test_a_batch_is_polled_until_it_has_ended_and_then_read(claude: Anthropic) -> None:
    batch = claude.messages.batches.create(requests=asked(a=HELLO, b=LONG))

    polls = 0
    while batch.processing_status != "ended":
        batch = claude.messages.batches.retrieve(batch.id)
        polls += 1

    assert polls == 1
    assert (batch.request_counts.succeeded, batch.request_counts.errored) == (1, 1)
    assert [shown(line) for line in claude.messages.batches.results(batch.id)] == [
        ("a", GREETING),
        ("b", "invalid_request_error"),
    ]


async def test_batches_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        batch = await client.messages.batches.create(requests=asked(a=HELLO))
        results = await client.messages.batches.results(batch.id)
        lines = [shown(line) async for line in results]

    assert lines == [("a", GREETING)]


def test_a_result_of_a_batch_has_no_framing_of_its_own(
    claude: Anthropic, server: MockServer, key: str
) -> None:
    wire = {"encoding": "gzip", "bom": True, "body": "chunked"}
    server.namespace(key).script({"scenario": "framed", "reply": "Hi", "wire": wire})

    batch = claude.messages.batches.create(requests=asked(a=HELLO | {"model": "mock-framed"}))

    assert [shown(line) for line in claude.messages.batches.results(batch.id)] == [("a", "Hi")]


def test_the_results_are_below_the_base_url(claude: Anthropic, server: MockServer) -> None:
    batch = claude.messages.batches.create(requests=asked(a=HELLO))

    url = claude.messages.batches.retrieve(batch.id).results_url

    assert url == f"{server.urls.anthropic}/v1/messages/batches/{batch.id}/results"


def test_a_cancelled_batch_has_results_that_say_so(claude: Anthropic) -> None:
    batch = claude.messages.batches.create(requests=asked(a=HELLO))

    cancelling = claude.messages.batches.cancel(batch.id)

    assert cancelling.processing_status == "canceling"
    assert [shown(line) for line in claude.messages.batches.results(batch.id)] == [("a", "canceled")]


def test_batches_are_listed_until_they_are_deleted(claude: Anthropic) -> None:
    ids = [claude.messages.batches.create(requests=asked(a=HELLO)).id for _ in range(3)]

    assert [batch.id for batch in claude.messages.batches.list(limit=1)] == ids[::-1]
    for name in ids:
        assert claude.messages.batches.delete(name).type == "message_batch_deleted"
    assert list(claude.messages.batches.list()) == []


def test_a_batch_that_is_unknown_is_not_found(claude: Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError):
        claude.messages.batches.retrieve("msgbatch_unknown")


def test_a_batch_with_one_id_twice_is_refused(claude: Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.batches.create(requests=[*asked(a=HELLO), *asked(a=HELLO)])


def test_requests_of_a_beta_are_answered_with_its_members(claude: Anthropic) -> None:
    betas = ["context-management-2025-06-27"]
    params: Any = HELLO | {"context_management": {"edits": []}}

    requests: Any = asked(a=params)

    batch = claude.beta.messages.batches.create(requests=requests, betas=betas)
    ended = claude.beta.messages.batches.retrieve(batch.id)
    (line,) = claude.beta.messages.batches.results(batch.id)

    assert ended.request_counts.succeeded == 1
    assert line.result.type == "succeeded"
    assert line.result.message.context_management is not None
