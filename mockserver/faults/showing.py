"""What a fault can be seen on: the built-in scenario to ask for, and the faults that it needs beside it."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.faults.known import KnownFault

_EVERYTHING = "everything"
"""Thinking, text and two calls: nearly every fault shows there."""

_ON_OTHERS: Mapping[str, str] = {
    "finish-lies": "truncated",
    "item-status-lies": "truncated",
    "incomplete-named-completed": "truncated",
    "signature-alone": "thinking",  # behind a call there is none that could stand alone
}
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "call-arguments-empty": ("missing-arguments",),
}


def scenario_showing(known: KnownFault) -> str:
    """The built-in scenario whose answers can show the fault."""
    return _ON_OTHERS.get(known.name, _EVERYTHING)


def names_showing(known: KnownFault) -> tuple[str, ...]:
    """The faults to ask for so that this one shows: itself, behind those that make the answer one for it."""
    return (*_BESIDE.get(known.name, ()), known.name)


def model_showing(known: KnownFault) -> str:
    """The name of a model that shows the fault: `mock-everything+tool-index-missing`."""
    return f"mock-{scenario_showing(known)}+{'+'.join(names_showing(known))}"
