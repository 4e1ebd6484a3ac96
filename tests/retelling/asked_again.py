"""Requests that are like others before them, and what is told and noted of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from faults.wires import DIALECTS, Wires, request_to

from mockserver.conversation import Http, JsonObject
from mockserver.journal.entries import Entry
from mockserver.playback.steps import AnyStep, WrittenHead, WrittenWhole

OFTEN = 8
"""So many requests, of which the last are told from a template."""

TALKING = [name for name, dialect in DIALECTS.items() if dialect.talk]
SPOKEN: dict[str, Callable[[str], JsonObject]] = {
    "openai.chat": lambda text: {"messages": [{"role": "user", "content": text}]},
    "openai.responses": lambda text: {"input": text},
    "openai.completions": lambda text: {"prompt": text},
    "anthropic": lambda text: {"messages": [{"role": "user", "content": text}]},
    "gemini": lambda text: {"contents": [{"role": "user", "parts": [{"text": text}]}]},
}


def asking(wire: str, number: int, model: str = "m", *, stream: bool = False, **members: Any) -> Http:
    """A request that no other is the same as, all of them as long."""
    return request_to(wire, model, stream=stream, **SPOKEN[wire](f"Question {number:04}?"), **members)


def forget(wires: Wires) -> None:
    """Load the same scenarios again: nothing that was worked out holds any more, all that is counted does."""
    wires.engine.load(wires.engine.scenarios)


def told(wires: Wires, http: Http, *, anew: bool = False) -> tuple[list[AnyStep], Entry]:
    if anew:
        forget(wires)
    exchange = wires.service.respond(http)
    return list(exchange.steps), exchange.entry


def noted(entry: Entry) -> tuple[object, ...]:
    return entry.scenario, entry.findings, entry.failure, entry.faults, entry.request, entry.protocol


def is_written(steps: Sequence[AnyStep]) -> bool:
    """Whether they come from a template."""
    return any(isinstance(step, WrittenHead | WrittenWhole) for step in steps)
