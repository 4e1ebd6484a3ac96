"""The manner of an answer: why it stops, its token counts, its headers, its pace, its framing.

A manner is what one place of the file says of it; `Manner.over` lays one over another, key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from mockserver.conversation import FINISHES, Finish, JsonObject, NativeFinish
from mockserver.scenario.model import TextValue
from mockserver.scenario.read_faults import FAULTS, Faults
from mockserver.scenario.read_pace import PACE
from mockserver.scenario.read_wire import WIRE_KIND
from mockserver.scenario.reading import Key, Kind, Reading, Shape, shape_kind
from mockserver.scenario.scalars import HEADERS, NAME, choice, defined, reference, whole_number
from mockserver.scenario.yaml_nodes import MappingNode, Node
from mockserver.values import dataclass


def _native_finish(native: str) -> NativeFinish:
    return NativeFinish(native)


NATIVE_FINISH_SHAPE = Shape(
    "`finish`", (Key("native", NAME, "A reason only one wire knows, in its own spelling."),), ("native",)
)
_NATIVE_FINISH = shape_kind(NATIVE_FINISH_SHAPE, _native_finish)
_FINISH = choice(FINISHES, "a finish reason")


def _read_finish(node: Node, reading: Reading) -> Finish | NativeFinish:
    return (_NATIVE_FINISH if isinstance(node, MappingNode) else _FINISH).read(node, reading)


FINISH: Kind[Finish | NativeFinish] = Kind(_read_finish, reference("finish"))

_TOKENS = whole_number(wanted="a number of tokens")


def _count(name: str, says: str) -> Key:
    return Key(name, _TOKENS, says, also=(f"{name}_tokens",))


USAGE = Shape(
    "`usage`",
    (
        _count("input", "Tokens of the prompt, cached ones included."),
        _count("output", "Tokens of the answer, thinking included."),
        _count("cached", "Of the prompt's tokens, those read from a cache."),
        _count("cache_write", "Of the prompt's tokens, those written to a cache."),
        _count("thinking", "Of the answer's tokens, those of reasoning."),
    ),
)


def _values(**values: Any) -> dict[str, Any]:
    return values


MANNER_KEYS = (
    Key("finish", FINISH, "Why the model stopped; follows from the reply where it is left out."),
    Key(
        "usage",
        defined(shape_kind(USAGE, _values), "usage"),
        "Token counts; counted where they are left out.",
    ),
    Key(
        "headers",
        defined(HEADERS, "headers"),
        "Further response headers, or other values for the wire's own.",
    ),
    Key(
        "pace", defined(shape_kind(PACE, _values), "pace"), "How fast the answer comes, and in which pieces."
    ),
    Key("wire", defined(WIRE_KIND, "wire"), "How the answer is framed, its content unchanged."),
    FAULTS,
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How an outcome is given, as far as one place of the file says it."""

    finish: Finish | NativeFinish | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    headers: Mapping[str, TextValue] = field(default_factory=dict)
    pace: Mapping[str, Any] = field(default_factory=dict)
    wire: Mapping[str, Any] = field(default_factory=dict)
    faults: Faults | None = None

    def over(self, base: Manner) -> Manner:
        own = {name.lower() for name in self.headers}
        inherited = {name: value for name, value in base.headers.items() if name.lower() not in own}
        return Manner(
            self.finish or base.finish,
            {**base.usage, **self.usage},
            {**inherited, **self.headers},
            {**base.pace, **self.pace},
            {**base.wire, **self.wire},
            faults=base.faults if self.faults is None else self.faults,
        )


def manner_of(values: Mapping[str, Any]) -> Manner:
    return Manner(**{key.field: values[key.field] for key in MANNER_KEYS if key.field in values})


DEFINITIONS: JsonObject = {
    "finish": {"anyOf": [_FINISH.schema, NATIVE_FINISH_SHAPE.schema]},
    "usage": USAGE.schema,
    "headers": HEADERS.schema,
}
