"""History fidelity as it is served: on every wire, per key, in the journal, in the head of the answer."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from conftest import ToyClient

from mockserver.assembly import build_service, builtin_folder
from mockserver.conversation import Finding, Http
from mockserver.playback.steps import Head, Send

pytestmark = pytest.mark.anywhere

FAITHFUL = "Hello! How can I help you today?"
WIRES: dict[str, tuple[str, Callable[[str], dict[str, object]], str]] = {
    "openai.chat": (
        "/v1/chat/completions",
        lambda came: {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hello!"},
                *([{"role": "assistant", "content": came}, {"role": "user", "content": "?"}] if came else []),
            ]
        },
        "/messages/2",
    ),
    "openai.responses": (
        "/v1/responses",
        lambda came: {
            "input": [
                {"role": "user", "content": "Hello!"},
                *([{"role": "assistant", "content": came}, {"role": "user", "content": "?"}] if came else []),
            ]
        },
        "/input/1",
    ),
    "anthropic": (
        "/anthropic/v1/messages",
        lambda came: {
            "max_tokens": 99,
            "messages": [
                {"role": "user", "content": "Hello!"},
                *([{"role": "assistant", "content": came}, {"role": "user", "content": "?"}] if came else []),
            ],
        },
        "/messages/1",
    ),
    "gemini": (
        "/v1beta/models/gemini-3-flash:generateContent",
        lambda came: {
            "contents": [
                {"role": "user", "parts": [{"text": "Hello!"}]},
                *(
                    [{"role": "model", "parts": [{"text": came}]}, {"role": "user", "parts": [{"text": "?"}]}]
                    if came
                    else []
                ),
            ]
        },
        "/contents/1",
    ),
}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("came", [FAITHFUL, "Hello! How can I help"])
def test_every_wire_tells_where_the_altered_turn_stands(wire: str, came: str) -> None:
    path, body, pointer = WIRES[wire]
    service = build_service([builtin_folder()])

    def send(said: str) -> tuple[Finding, ...]:
        model = {} if wire == "gemini" else {"model": "any-model"}
        http = Http(
            "POST", path, {"anthropic-version": "2023-06-01"}, body=orjson.dumps(model | body(said)), key="k"
        )
        exchange = service.respond(http)
        list(exchange.steps)
        exchange.entry.outcome = "complete"
        return exchange.entry.findings

    send("")
    altered = [finding.pointer for finding in send(came) if finding.severity == "altered"]

    assert altered == ([] if came == FAITHFUL else [pointer])


# ------------------------------------------------------------------------------- seen through a service

SCRIPT = "scenario: s\nmatch: {user: hello}\nturns: [{reply: Hello there}, {reply: Bye}]"
AGAIN = ["hello", {"assistant": "Hello"}, "and?"]


@pytest.fixture
def mock(client: Callable[..., ToyClient]) -> ToyClient:
    return client(SCRIPT, unmatched="auto")


def ask(mock: ToyClient, say: object, key: str = "k", outcome: str = "complete") -> tuple[Finding, ...]:
    """The findings of a request whose answer reaches the client like this."""
    exchange = mock.exchange(say, key=key)
    list(exchange.steps)
    exchange.entry.outcome = outcome  # type: ignore[assignment] # what the edge does
    mock.journal.close(exchange.entry)
    return exchange.entry.findings


def test_an_altered_turn_is_in_the_journal(mock: ToyClient) -> None:
    ask(mock, "hello")

    assert [finding.code for finding in ask(mock, AGAIN)] == ["text_altered"]


@pytest.mark.parametrize("outcome", ["left", "failed", "open"])
def test_an_answer_that_was_cut_off_is_not_held_against_the_client(mock: ToyClient, outcome: str) -> None:
    ask(mock, "hello", outcome=outcome)

    assert ask(mock, AGAIN) == ()


def test_keys_do_not_share_what_was_said(mock: ToyClient) -> None:
    ask(mock, "hello")

    assert ask(mock, AGAIN, key="other") == ()


def test_a_reset_forgets_what_was_said(mock: ToyClient) -> None:
    ask(mock, "hello")

    mock.engine.reset("k")

    assert ask(mock, AGAIN) == ()


def test_an_altered_turn_is_told_in_the_head_of_a_stream(mock: ToyClient) -> None:
    ask(mock, "hello")

    head, *pieces = mock.steps(AGAIN, stream=True)

    assert isinstance(head, Head)
    assert dict(head.headers)["x-mock-findings"] == "altered text_altered /say"
    assert all(isinstance(piece, Send) for piece in pieces)
