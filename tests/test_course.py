"""How far every short conversation has come in a scenario, beside a walk that takes it step by step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, product
from typing import Any

import pytest
from conftest import ToyClient

SCENARIO = """
    scenario: s
    match: {{user: go}}
    {after}
    turns: [{{reply: "0"}}, {{reply: "1"}}]
"""
CONVERSATIONS = [said for length in range(1, 7) for said in product(("go", "so", "assistant"), repeat=length)]


def message(said: str) -> Any:
    return {"assistant": "I see."} if said == "assistant" else said


def walked(said: tuple[str, ...], *, repeat: bool) -> int | None:
    """The turn of two that the conversation stands at. What the assistant says last is no turn yet."""
    turn: int | None = None
    runs = [list(run) for _, run in groupby(said, key=lambda one: one == "assistant")]
    for run in runs[:-1] if said[-1] == "assistant" else runs:
        if run[0] == "assistant":
            turn = None if turn is None or (turn == 1 and not repeat) else (turn + 1) % 2
        elif turn is None and "go" in run:
            turn = 0
    return turn


@pytest.mark.parametrize("repeat", [False, True])
def test_every_conversation_stands_where_a_walk_through_it_ends(
    client: Callable[..., ToyClient], *, repeat: bool
) -> None:
    mock = client(SCENARIO.format(after="after: repeat" if repeat else ""))

    for said in CONVERSATIONS:
        answer = mock.ask([message(one) for one in said])

        turn = walked(said, repeat=repeat)
        told = "not_found" if turn is None else f"<text>{turn}</text>"
        assert answer.startswith(told), said
