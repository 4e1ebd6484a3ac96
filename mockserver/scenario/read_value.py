"""JSON values in scenarios: plain scalars by the core schema of YAML 1.2, and strings that may be templates.

`true`, `false`, `null`, `~` and numbers are what they look like; `yes`, `on`, dates and `12:30` stay texts.
Keys are always text. What JSON cannot carry (`.inf`, `.nan`, integers beyond 64 bits) is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite
from typing import Any, Generic, TypeVar

from mockserver.conversation import Json, JsonObject
from mockserver.scenario.model import JsonTemplate, PlaceOf, Template, TemplateValue
from mockserver.scenario.place import Place
from mockserver.scenario.problems import ProblemError
from mockserver.scenario.reading import Kind, Reading, ToldError
from mockserver.scenario.scalars import compile_scalar
from mockserver.scenario.yaml_nodes import BrokenNode, ListNode, MappingNode, Node, ScalarNode
from mockserver.values import dataclass

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)

# YAML 1.2.2, section 10.3.2.
_NULL = ("", "~", "null", "Null", "NULL")
_SWITCHES = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_LONGEST_NUMBER = 400
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_QUOTE = "if it is meant as text, put it in quotes"


def resolve(scalar: ScalarNode) -> Json:
    """The JSON value a scalar stands for."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _NULL:
        return None
    if text in _SWITCHES:
        return _SWITCHES[text]
    if _NOT_FINITE.fullmatch(text):
        raise ProblemError(scalar.place, "JSON has no infinity and no NaN", _QUOTE)
    if _INTEGER.fullmatch(text):
        return _integer(scalar)
    return _float(scalar) if _FLOAT.fullmatch(text) else text


def is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.plain and node.text in _NULL


def _integer(scalar: ScalarNode) -> int:
    base = {"0o": 8, "0x": 16}.get(scalar.text[:2], 10)
    # Python itself refuses to read integers of thousands of digits.
    number = int(scalar.text, base) if len(scalar.text) <= _LONGEST_NUMBER else _LARGEST + 1
    if not _SMALLEST <= number <= _LARGEST:
        raise ProblemError(scalar.place, "the number does not fit in 64 bits", _QUOTE)
    return number


def _float(scalar: ScalarNode) -> float:
    number = float(scalar.text)
    if not isfinite(number):
        raise ProblemError(scalar.place, "the number is too large", _QUOTE)
    return number


ANYTHING: JsonObject = {}


def _reader(string: Callable[[ScalarNode], Any]) -> Kind[Json]:
    """Reads any value; `string` makes what stands for a text."""

    def read(node: Node, reading: Reading) -> Json:
        match node:
            case ScalarNode():
                value = resolve(node)
                return string(node) if isinstance(value, str) else value
            case ListNode(items=items):
                return [value for item in items for value in reading.tried(kind, item)]
            case MappingNode(entries=entries):
                return {
                    entry.key.text: value
                    for entry in entries
                    for value in reading.tried(kind, entry.value, entry.key.text)
                }
            case BrokenNode():
                raise ToldError

    kind: Kind[Json] = Kind(read, ANYTHING)
    return kind


def _read_json_template(node: Node, reading: Reading) -> JsonTemplate:
    templates: list[Template] = []

    def string(scalar: ScalarNode) -> Any:
        text = compile_scalar(scalar)
        if isinstance(text, Template):
            templates.append(text)
        return text

    value = _reader(string).read(node, reading)
    return TemplateValue(value) if templates else value


JSON = _reader(lambda scalar: scalar.text)
"""Any JSON value, verbatim."""

JSON_TEMPLATE = Kind(_read_json_template, ANYTHING)
"""Any JSON value; its strings may be templates."""


@dataclass(frozen=True, slots=True)
class Located(Generic[Value_co]):
    """A JSON value, and where in the file it stands."""

    value: Value_co
    place_of: PlaceOf


def located(kind: Kind[Value]) -> Kind[Located[Value]]:
    """The same kind; the value knows its place."""
    return Kind(
        lambda node, reading: Located(kind.read(node, reading), partial(_place_in, node)), kind.schema
    )


def _place_in(node: Node, steps: Sequence[str]) -> Place:
    place, inner = node.place, node
    for step in steps:
        found = _inside(inner, step)
        if not found:
            break
        place, inner = found
    return place


def _inside(node: Node, step: str) -> tuple[Place, Node] | None:
    """The place of a member and the member: where its key stands, or it itself in a list."""
    match node:
        case MappingNode(entries=entries):
            entry = next((entry for entry in entries if entry.key.text == step), None)
            return (entry.key.place, entry.value) if entry else None
        case ListNode(items=items) if step.isdecimal() and int(step) < len(items):
            item = items[int(step)]
            return item.place, item
        case _:
            return None
