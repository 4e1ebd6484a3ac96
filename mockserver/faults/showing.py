"""What a fault can be seen on: the built-in scenario to ask for, and the faults that it needs beside it.

And the catalogue as JSON, for clients that try all that their wire has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.conversation import JsonObject
from mockserver.faults.known import KnownFault
from mockserver.protocols.base import FAULT_MARK, MODEL_PREFIX, Dialect

_EVERYTHING = "everything"
"""Thinking, text and two calls: nearly every fault shows there."""

_ON_OTHERS: Mapping[str, str] = {
    "finish-lies": "truncated",
    "item-status-lies": "truncated",
    "incomplete-named-completed": "truncated",
    "finish-after-call": "gemini-2.5",  # later models send it so as ever
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
    return MODEL_PREFIX + FAULT_MARK.join([scenario_showing(known), *names_showing(known)])


def asked_beside(known: KnownFault, dialect: Dialect, *, stream: bool) -> JsonObject:
    """The members that a request must have besides, so that its answer can show the fault."""
    deviation = dialect.deviations.get(known.name)
    if deviation is None:
        return {}
    return {**deviation.asks, **(deviation.asks_of_streams if stream else {})}


def listed(known: KnownFault, dialects: Iterable[Dialect]) -> JsonObject:
    """A fault as clients find it: what it is, and for each wire that has it the model to ask for. `asks` are
    the members that a request must have besides, one for a stream and one for an answer in JSON.
    """
    return {
        "name": known.name,
        "says": known.says,
        "client": known.client,
        "heals": known.heals,
        "pitfalls": list(known.pitfalls),
        "reports": list(known.reports),
        "wires": {dialect.name: _on_wire(known, dialect) for dialect in dialects if is_shown(known, dialect)},
    }


def is_shown(known: KnownFault, dialect: Dialect) -> bool:
    """Whether any answer of the wire shows it."""
    return known.shows(dialect, stream=True) or known.shows(dialect, stream=False)


def _on_wire(known: KnownFault, dialect: Dialect) -> JsonObject:
    return {
        "stream": known.shows(dialect, stream=True),
        "json": known.shows(dialect, stream=False),
        "model": model_showing(known),
        "asks": {
            "stream": asked_beside(known, dialect, stream=True),
            "json": asked_beside(known, dialect, stream=False),
        },
    }
