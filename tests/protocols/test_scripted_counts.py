"""What a script says of a part of the usage is never more than what is told of the whole."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.limited import CHAT, GEMINI, MESSAGES, RESPONSES, Client, Wire, every_wire

THOUGHTFUL = "scenario: s\nreply: [{thinking: I ponder about it.}, It is 42.]\nusage: {%s}"


def usage(wire: Wire, script: str) -> dict[str, Any]:
    content = orjson.loads(Client(script=THOUGHTFUL % script).ask(wire).body)
    told: dict[str, Any] = content.get("usage") or content["usageMetadata"]
    return told


def output(wire: Wire, script: str) -> tuple[int, int]:
    """The tokens of output, thinking included, and those of thinking."""
    told = usage(wire, script)
    if wire is GEMINI:
        thinking = told.get("thoughtsTokenCount", 0)
        return told.get("candidatesTokenCount", 0) + thinking, thinking
    whole = told["completion_tokens" if wire is CHAT else "output_tokens"]
    parts = told["completion_tokens_details" if wire is CHAT else "output_tokens_details"]
    return whole, parts["thinking_tokens" if wire is MESSAGES else "reasoning_tokens"]


@pytest.mark.parametrize("wire", [CHAT, RESPONSES, MESSAGES, GEMINI])
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("input: 9", (9, 5)),
        ("thinking: 20", (24, 20)),
        ("thinking: 20, output: 50", (50, 20)),
        ("output: 2", (2, 2)),
        ("output: 50", (50, 5)),
    ],
)
def test_output_holds_the_thinking(wire: Wire, script: str, told: tuple[int, int]) -> None:
    assert output(wire, script) == told


@every_wire
def test_input_holds_what_is_cached(wire: Wire) -> None:
    told = usage(wire, "cached: 1000, cache_write: 200")

    if wire is MESSAGES:
        assert [told["input_tokens"], told["cache_read_input_tokens"]] == [0, 1000]
    elif wire is GEMINI:
        assert [told["promptTokenCount"], told["cachedContentTokenCount"]] == [1200, 1000]
    else:
        assert told.get("prompt_tokens", told.get("input_tokens")) == 1200
