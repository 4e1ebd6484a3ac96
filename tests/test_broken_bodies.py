"""Answers that break off, or whose connection does: what is told of the length of their bodies."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from conftest import ToyClient

from mockserver.playback.steps import Disconnect, Head, Reset, Send, Step, Whole

Client = Callable[..., ToyClient]


def scenario(*faults: str, wire: str = "{}") -> str:
    return f"scenario: s\nwire: {wire}\nfaults: [{', '.join(faults)}]\nreply: Hello"


def parted(steps: list[Step]) -> tuple[Head, bytes, list[Step]]:
    """The head, the body, and what comes behind it."""
    head, *rest = steps
    assert isinstance(head, Head)
    body = b"".join(step.data for step in rest if isinstance(step, Send))
    return head, body, [step for step in rest if not isinstance(step, Send)]


def whole_body(client: Client, **asked: Any) -> bytes:
    steps = client("scenario: s\nreply: Hello").steps(**asked)
    return steps[0].answer.body if isinstance(steps[0], Whole) else parted(steps)[1]


@pytest.mark.parametrize("stream", [True, False])
def test_a_connection_that_is_closed_behind_the_answer_leaves_its_length_true(
    client: Client, *, stream: bool
) -> None:
    closed = client(scenario("{do: disconnect, at: end}", wire="{body: length}"))

    head, body, behind = parted(closed.steps(stream=stream))

    assert body == whole_body(client, stream=stream)
    assert (head.body, head.length) == ("length", len(body))
    assert behind == [Disconnect(behind_body=True)]


def test_a_connection_that_is_closed_behind_the_answer_leaves_its_coding_whole(client: Client) -> None:
    closed = client(scenario("{do: disconnect, at: end}", wire="{encoding: gzip}"))

    _, body, _ = parted(closed.steps(stream=True, headers={"accept-encoding": "gzip"}))

    assert zlib.decompress(body, wbits=31) == whole_body(client, stream=True)


@pytest.mark.parametrize("stream", [True, False])
def test_a_connection_that_breaks_at_a_byte_sends_what_is_before_it(client: Client, *, stream: bool) -> None:
    broken = client(scenario("{do: reset, at: {byte: 7}}"))

    _, body, behind = parted(broken.steps(stream=stream))

    assert body == whole_body(client, stream=stream)[:7]
    assert behind == [Reset()]


def test_an_answer_in_one_piece_that_breaks_at_a_byte_was_told_to_be_whole(client: Client) -> None:
    head, _, _ = parted(client(scenario("{do: disconnect, at: {byte: 7}}")).steps())

    assert head.length == len(whole_body(client))


@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_is_cut_at_a_byte_is_told_to_be_as_long_as_it_is(client: Client, *, stream: bool) -> None:
    cut = client(scenario("{do: cut, at: {byte: 7}}", wire="{body: length}"))

    head, body, behind = parted(cut.steps(stream=stream))

    assert (head.length, body, behind) == (7, whole_body(client, stream=stream)[:7], [])
