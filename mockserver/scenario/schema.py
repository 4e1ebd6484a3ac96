"""The scenario language as JSON Schema 2020-12, made of the very tables the reader reads by.

It describes one document, resolved by the core schema of YAML 1.2, for editors and generators. The reader is
stricter: templates, regular expressions, file names and names used twice are beyond a schema. In one thing
the schema is: where text is meant it does not take a bare `null` or `~`, which the reader takes as that text.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from mockserver.conversation import JsonObject
from mockserver.scenario import (
    read_faults,
    read_manner,
    read_match,
    read_outcome,
    read_pace,
    read_reply,
    read_turn,
    read_wire,
)
from mockserver.scenario.read_scenario import SCENARIO

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(protocols: Iterable[str] = (), faults: Iterable[str] = ()) -> JsonObject:
    """The schema; where `protocols` or `faults` are given no others may be named."""
    return {
        "$schema": DIALECT,
        "title": "mockserver scenario",
        "description": "One conversation a mock LLM server plays.",
        **SCENARIO.schema,
        "$defs": {
            "protocol": _one_of(sorted(protocols)),
            "fault_name": _one_of(list(faults)),
            **read_match.DEFINITIONS,
            **read_reply.DEFINITIONS,
            **read_outcome.DEFINITIONS,
            **read_manner.DEFINITIONS,
            **read_pace.DEFINITIONS,
            **read_wire.DEFINITIONS,
            **read_faults.DEFINITIONS,
            **read_turn.DEFINITIONS,
        },
    }


def schema_json(protocols: Iterable[str] = (), faults: Iterable[str] = ()) -> str:
    return orjson.dumps(schema(protocols, faults), option=orjson.OPT_INDENT_2).decode()


def _one_of(names: list[str]) -> JsonObject:
    return {"enum": names} if names else {"type": "string"}
