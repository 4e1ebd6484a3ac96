"""Anthropic's SDK: message threads, by hand and in the hands of its tool runner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, beta_tool
from anthropic.types.beta import BetaMessage
from sdk.anthropic_strict import HELLO, strict_client, text_of

from mockserver.runner import MockServer

BETA = "message-threads-2026-08-12"
IN_PARIS: dict[str, Any] = HELLO | {"messages": [{"role": "user", "content": "What's the weather in Paris?"}]}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


@beta_tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: Where.
    """
    return f"18 °C in {city}"


def create(claude: Anthropic, **fields: Any) -> BetaMessage:
    message: BetaMessage = claude.beta.messages.create(**HELLO | {"betas": [BETA]} | fields)
    return message


def go_on(claude: Anthropic, before: BetaMessage, **fields: Any) -> BetaMessage:
    thread = {"type": "continue", "previous_message_id": before.id}
    return create(claude, **{"thread": thread} | fields)


def refused(claude: Anthropic, before: BetaMessage, **fields: Any) -> tuple[int, str | None]:
    with pytest.raises(anthropic.APIStatusError) as raised:
        go_on(claude, before, **fields)
    return raised.value.status_code, raised.value.error_code


def test_a_thread_holds_the_conversation(claude: Anthropic, server: MockServer, key: str) -> None:
    first = create(claude, system="Be brief.", thread={"type": "create"})

    second = go_on(claude, first)

    assert second.id != first.id
    assert [message.role for message in server.namespace(key).requests[-1].messages] == [
        "user",
        "assistant",
        "user",
    ]
    assert server.namespace(key).requests[-1].system == "Be brief."
    assert second.usage.input_tokens > first.usage.input_tokens


def test_each_response_is_continued_once(claude: Anthropic) -> None:
    first = create(claude, thread={"type": "create"})
    second = go_on(claude, first)

    assert refused(claude, first) == (400, "thread_already_continued")
    assert go_on(claude, second).type == "message"


def test_a_refused_turn_leaves_its_thread_to_be_continued(claude: Anthropic) -> None:
    first = create(claude, thread={"type": "create"})

    assert refused(claude, first, messages=[{"role": "user", "content": ""}]) == (400, None)
    assert go_on(claude, first).type == "message"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model": "claude-opus-5"}, "thread_fingerprint_mismatch"),
        ({"thinking": {"type": "adaptive"}}, "thread_fingerprint_mismatch"),
        ({"betas": [BETA, "context-1m-2025-08-07"]}, "thread_fingerprint_mismatch"),
        (
            {"fallbacks": "default", "betas": [BETA, "server-side-fallback-2026-07-01"]},
            "thread_unsupported_request",
        ),
    ],
    ids=str,
)
def test_what_a_thread_cannot_take_is_refused_with_its_code(
    claude: Anthropic, fields: Any, code: str
) -> None:
    assert refused(claude, create(claude, thread={"type": "create"}), **fields) == (400, code)


def test_an_unknown_thread_is_not_found(claude: Anthropic) -> None:
    stateless = create(claude)

    assert refused(claude, stateless) == (404, "thread_not_found")


def test_a_member_that_threads_do_not_support_is_named(claude: Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        create(
            claude,
            thread={"type": "create"},
            context_management={"edits": []},
            betas=[BETA, "context-management-2025-06-27"],
        )

    assert raised.value.details is not None
    assert raised.value.details.to_dict() == {
        "error_code": "thread_unsupported_request",
        "unsupported": ["context_management"],
    }


def test_the_tool_runner_replays_a_thread_that_somebody_else_has_continued(
    server: MockServer, key: str, claude: Anthropic
) -> None:
    runner = claude.beta.messages.tool_runner(**IN_PARIS, tools=[get_weather])
    first = next(iter(runner))
    (call,) = (block for block in first.content if block.type == "tool_use")
    go_on(
        claude,
        first,
        messages=[
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "18 °C"}],
            }
        ],
    )

    last = runner.until_done()

    failures = [entry.failure for entry in server.namespace(key).exchanges]
    assert [failure and failure.code for failure in failures] == [
        None,
        None,
        "thread_already_continued",
        None,
    ]
    assert (last.stop_reason, bool(text_of(last))) == ("end_turn", True)
