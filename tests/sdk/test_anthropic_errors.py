"""Anthropic's SDK: every kind of error as the class it should be, and what is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import ThreadNotFoundError, ToolNameConflictError
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client, text_of

from mockserver.conversation import ERROR_KINDS
from mockserver.runner import MockServer

KINDS: dict[str, tuple[type[anthropic.APIStatusError], int, str, str | None]] = {
    "invalid_request": (anthropic.BadRequestError, 400, "invalid_request_error", None),
    "authentication": (anthropic.AuthenticationError, 401, "authentication_error", None),
    "billing": (anthropic.PaymentRequiredError, 402, "billing_error", None),
    "permission": (anthropic.PermissionDeniedError, 403, "permission_error", None),
    "not_found": (anthropic.NotFoundError, 404, "not_found_error", None),
    "conflict": (anthropic.ConflictError, 409, "conflict_error", None),
    "too_large": (anthropic.ContentTooLargeError, 413, "request_too_large", None),
    "rate_limit": (anthropic.RateLimitError, 429, "rate_limit_error", None),
    "quota": (
        anthropic.EnforcedSpendLimitReachedError,
        429,
        "rate_limit_error",
        "enforced_spend_limit_reached",
    ),
    "server_error": (anthropic.InternalServerError, 500, "api_error", None),
    "overloaded": (anthropic.OverloadedError, 529, "overloaded_error", None),
    "timeout": (anthropic.GatewayTimeoutError, 504, "timeout_error", None),
    "context_length": (anthropic.BadRequestError, 400, "invalid_request_error", None),
    "content_filter": (anthropic.BadRequestError, 400, "invalid_request_error", None),
}
"""Kind of error, as scenarios name it -> class, status, type and code."""


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


@pytest.fixture
def patient(server: MockServer, key: str) -> Iterator[Anthropic]:
    """A client that tries again as often as the SDK does by default."""
    with strict_client(server, key, max_retries=2) as client:
        yield client


def asking(scenario: str, **fields: Any) -> Any:
    return HELLO | {"model": f"mock-sdk-anthropic-{scenario}"} | fields


def retry_counts(server: MockServer, key: str) -> list[str]:
    """The numbers of the attempts, as the server was told them."""
    return [entry.http.headers["x-stainless-retry-count"] for entry in server.namespace(key).exchanges]


# ------------------------------------------------------------------------------------------------- kinds


def test_the_table_names_every_kind() -> None:
    assert set(KINDS) == set(ERROR_KINDS)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_error_has_its_class(claude: Anthropic, kind: str, *, streamed: bool) -> None:
    error, status, error_type, code = KINDS[kind]

    with pytest.raises(error) as raised:
        claude.messages.create(**asking(f"error-{kind}"), stream=streamed)

    found = raised.value
    envelope: Any = found.body
    assert type(found) is error
    assert (found.status_code, found.type, found.error_code) == (status, error_type, code)
    assert found.api_message
    assert found.request_id == envelope["request_id"]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_error_has_its_class_asynchronously(
    server: MockServer, key: str, kind: str
) -> None:
    error, status, *_ = KINDS[kind]

    async with strict_async_client(server, key) as client:
        with pytest.raises(error) as raised:
            await client.messages.create(**asking(f"error-{kind}"))

    assert raised.value.status_code == status


def test_the_stream_helper_raises_before_it_begins(claude: Anthropic) -> None:
    with (
        pytest.raises(anthropic.OverloadedError, match="Overloaded"),
        claude.messages.stream(**asking("error-overloaded")),
    ):
        pass


def test_a_beta_method_raises_the_same(claude: Anthropic) -> None:
    with pytest.raises(anthropic.OverloadedError, match="Overloaded"):
        claude.beta.messages.create(**asking("error-overloaded"), betas=["context-1m-2025-08-07"])


def test_a_code_picks_a_class_of_its_own(claude: Anthropic) -> None:
    with pytest.raises(ToolNameConflictError) as raised:
        claude.messages.create(**asking("conflict-of-names"))

    assert raised.value.error_code == "tool_name_conflict"
    assert raised.value.api_message == "Two tools have one name."


def test_another_status_picks_the_class_of_that_status(claude: Anthropic) -> None:
    with pytest.raises(anthropic.ServiceUnavailableError) as raised:
        claude.messages.create(**asking("unavailable"))

    assert (raised.value.type, raised.value.api_message) == ("api_error", "Back soon.")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (408, anthropic.RequestTimeoutError),
        (422, anthropic.UnprocessableEntityError),
        (499, anthropic.ClientClosedRequestError),
        (501, anthropic.HTTPNotImplementedError),
        (502, anthropic.InternalServerError),
        (503, anthropic.ServiceUnavailableError),
    ],
)
def test_every_further_status_can_be_scripted(
    server: MockServer, key: str, claude: Anthropic, status: int, error: type[anthropic.APIStatusError]
) -> None:
    server.namespace(key).error({"kind": "server_error", "status": status})

    with pytest.raises(error) as raised:
        claude.messages.create(**HELLO)

    assert raised.value.status_code == status


def test_a_thread_that_is_not_known_has_a_class_of_its_own(claude: Anthropic) -> None:
    with pytest.raises(ThreadNotFoundError):
        claude.beta.messages.create(
            **HELLO,
            betas=["message-threads-2026-08-12"],
            thread={"type": "continue", "previous_message_id": "msg_unknown"},
        )


def test_a_body_over_32_megabytes_is_too_large(claude: Anthropic) -> None:
    with pytest.raises(anthropic.ContentTooLargeError) as raised:
        claude.messages.create(**HELLO | {"messages": [{"role": "user", "content": "a" * 33 * 1024 * 1024}]})

    assert (raised.value.status_code, str(raised.value.type)) == (413, "request_too_large")


def test_a_path_that_is_not_there_is_not_found(claude: Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as raised:
        claude.post("/v1/complete", cast_to=object, body={"prompt": "Hello"})

    assert raised.value.type == "not_found_error"


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_a_wrong_method_is_not_allowed(claude: Anthropic, path: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        claude.get(path, cast_to=object)

    assert (raised.value.status_code, raised.value.type) == (405, "invalid_request_error")
    assert raised.value.response.headers["allow"] == "POST"


# ------------------------------------------------------------------------------------- inside of a stream


def test_an_error_inside_of_a_stream(server: MockServer, key: str) -> None:
    with Anthropic(base_url=server.urls.anthropic, api_key=key, max_retries=2) as client:
        pieces: list[str] = []
        with (
            pytest.raises(anthropic.APIStatusError) as raised,
            client.messages.stream(**asking("breaks-off")) as stream,
        ):
            pieces.extend(stream.text_stream)

    assert pieces == ["Half an"]
    assert (raised.value.status_code, raised.value.type) == (200, "overloaded_error")
    assert retry_counts(server, key) == ["0"]


async def test_an_error_inside_of_a_stream_asynchronously(server: MockServer, key: str) -> None:
    async with AsyncAnthropic(base_url=server.urls.anthropic, api_key=key) as client:
        with pytest.raises(anthropic.APIStatusError) as raised:
            async with client.messages.stream(**asking("breaks-off")) as stream:
                await stream.until_done()

    assert (raised.value.status_code, raised.value.type) == (200, "overloaded_error")


# ----------------------------------------------------------------------------------------- tried again


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_after_a_rate_limit_it_is_tried_again(
    server: MockServer, key: str, patient: Anthropic, *, streamed: bool
) -> None:
    asked = HELLO | {"model": "mock-sdk-retry"}
    if streamed:
        with patient.messages.stream(**asked) as stream:
            text = stream.get_final_text()
    else:
        text = text_of(patient.messages.create(**asked))

    assert text == "Second time lucky."
    assert retry_counts(server, key) == ["0", "1"]


async def test_after_a_rate_limit_it_is_tried_again_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key, max_retries=2) as client:
        message = await client.messages.create(**HELLO | {"model": "mock-sdk-retry"})

    assert text_of(message) == "Second time lucky."
    assert retry_counts(server, key) == ["0", "1"]


def test_an_overloaded_service_is_tried_twice_again(server: MockServer, key: str, patient: Anthropic) -> None:
    message = patient.messages.create(**asking("overloaded-twice"))

    assert text_of(message) == "Third time lucky."
    assert retry_counts(server, key) == ["0", "1", "2"]
    assert [entry.status for entry in server.namespace(key).exchanges] == [529, 529, 200]


def test_the_raw_response_knows_how_often_it_was_tried(patient: Anthropic) -> None:
    response = patient.messages.with_raw_response.create(**asking("overloaded-twice"))

    assert response.retries_taken == 2


def test_the_wait_that_was_asked_for_is_kept(patient: Anthropic) -> None:
    started = monotonic()

    response = patient.messages.with_raw_response.create(**asking("come-back-later"))

    assert monotonic() - started >= 0.2
    assert text_of(response.parse()) == "Welcome back."
    assert response.retries_taken == 1


def test_the_wait_is_told_in_a_header(claude: Anthropic) -> None:
    with pytest.raises(anthropic.RateLimitError) as raised:
        claude.messages.create(**asking("come-back-later"))

    assert raised.value.response.headers["retry-after"] == "0.2"
    assert raised.value.response.headers["anthropic-ratelimit-input-tokens-remaining"] == "0"


def test_what_should_not_be_tried_again_is_not(server: MockServer, key: str, patient: Anthropic) -> None:
    with pytest.raises(anthropic.RateLimitError):
        patient.messages.create(**asking("do-not-retry"))

    assert retry_counts(server, key) == ["0"]


def test_what_should_be_tried_again_is(server: MockServer, key: str, patient: Anthropic) -> None:
    assert text_of(patient.messages.create(**asking("do-retry"))) == "Asked again."
    assert retry_counts(server, key) == ["0", "1"]


@pytest.mark.parametrize("kind", ["invalid_request", "authentication", "billing", "permission", "too_large"])
def test_an_error_that_stays_is_not_tried_again(
    server: MockServer, key: str, patient: Anthropic, kind: str
) -> None:
    with pytest.raises(KINDS[kind][0]):
        patient.messages.create(**asking(f"error-{kind}"))

    assert retry_counts(server, key) == ["0"]


def test_a_scenario_that_is_not_there_is_told_and_not_tried_again(
    server: MockServer, key: str, patient: Anthropic
) -> None:
    with pytest.raises(anthropic.NotFoundError, match="sdk-anthropic-chat"):
        patient.messages.create(**asking("chatt"))

    assert retry_counts(server, key) == ["0"]
