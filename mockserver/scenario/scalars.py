"""Kinds of single values: texts, names, numbers, switches, choices, durations, protocols, headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from mockserver.conversation import JsonObject
from mockserver.quotas import LIMIT_PATTERN, parse_limit
from mockserver.scenario.durations import DURATION_PATTERN, parse_duration
from mockserver.scenario.model import TextValue
from mockserver.scenario.problems import ProblemError, did_you_mean, quoted
from mockserver.scenario.reading import Kind, Reading, as_scalar, as_text, mapping_of, wrong
from mockserver.scenario.templates import compile_template
from mockserver.scenario.yaml_nodes import MappingNode, Node, ScalarNode

Value = TypeVar("Value")
Word = TypeVar("Word", bound=str)

LARGEST_INTEGER = 2**63 - 1
_INTEGER = re.compile(r"[-+]?[0-9]{1,20}")
# A token of RFC 9110, section 5.6.2.
_HEADER_NAME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_NOT_IN_HEADERS = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def reference(definition: str) -> JsonObject:
    """The schema of something that `mockserver.scenario.schema` defines once for all its places."""
    return {"$ref": f"#/$defs/{definition}"}


def defined(kind: Kind[Value], definition: str) -> Kind[Value]:
    """The same kind; its schema, given in some module's DEFINITIONS, is referred to."""
    return Kind(kind.read, reference(definition))


# ------------------------------------------------------------------------------------------------ texts


def _read_text(node: Node, _: Reading) -> str:
    return as_text(node)


def _read_name(node: Node, _: Reading) -> str:
    text = as_scalar(node, "a name").text
    if not text:
        raise wrong(node, "a name")
    return text


def _read_template(node: Node, _: Reading) -> TextValue:
    as_text(node)
    return compile_scalar(as_scalar(node, "text"))


def compile_scalar(node: ScalarNode) -> TextValue:
    return compile_template(node.text, node.place, node.line_place)


_TEXT_SCHEMA: JsonObject = {"type": ["string", "number", "boolean"]}

TEXT = Kind(_read_text, _TEXT_SCHEMA)
"""A text as it is written."""

NAME = Kind(_read_name, {**_TEXT_SCHEMA, "minLength": 1})
"""A text that is not empty."""

TEMPLATE = Kind(_read_template, _TEXT_SCHEMA)
"""A text that may be a template."""


def choice(words: Sequence[Word], wanted: str) -> Kind[Word]:
    """One of a few words."""
    known = {str(word): word for word in words}

    def read(node: Node, _: Reading) -> Word:
        text = as_scalar(node, wanted).text
        if text not in known:
            raise ProblemError(node.place, f"{quoted(text)} is not {wanted}", did_you_mean(text, known))
        return known[text]

    return Kind(read, {"enum": list(known)})


def _read_protocol(node: Node, reading: Reading) -> str:
    text = as_scalar(node, "a protocol").text
    if text not in reading.protocols:
        mend = did_you_mean(text, reading.protocols)
        raise ProblemError(node.place, f"{quoted(text)} is not a protocol", mend)
    return text


PROTOCOL = Kind(_read_protocol, reference("protocol"))


def by_protocol(kind: Kind[Value], inside: Collection[str] = ()) -> Kind[dict[str, Value]]:
    """A mapping of protocols; `inside` are keys of the values, which are easily put one level too high."""
    mapping = mapping_of(PROTOCOL, kind, "protocols")

    def read(node: Node, reading: Reading) -> dict[str, Value]:
        for entry in node.entries if isinstance(node, MappingNode) else ():
            if entry.key.text in inside:
                what = f"{quoted(entry.key.text)} stands where a protocol is named"
                mend = "put it one level deeper, under the name of a protocol"
                raise ProblemError(entry.key.place, what, mend)
        return mapping.read(node, reading)

    return Kind(read, mapping.schema)


# ------------------------------------------------------------------------------- numbers and switches


def whole_number(least: int = 0, most: int = LARGEST_INTEGER, wanted: str = "a whole number") -> Kind[int]:
    def read(node: Node, _: Reading) -> int:
        scalar = as_scalar(node, wanted)
        if not scalar.plain or not _INTEGER.fullmatch(scalar.text):
            raise wrong(node, wanted)
        number = int(scalar.text)
        if not least <= number <= most:
            raise ProblemError(node.place, f"{number} is out of bounds", f"use {least} to {most}")
        return number

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def _read_switch(node: Node, _: Reading) -> bool:
    scalar = as_scalar(node, "true or false")
    value = {"true": True, "false": False}.get(scalar.text.lower()) if scalar.plain else None
    if value is None:
        raise wrong(node, "true or false", "only the words true and false are switches here")
    return value


SWITCH = Kind(_read_switch, {"type": "boolean"})


def _parsed(parse: Callable[[str], Value], wanted: str, schema: JsonObject) -> Kind[Value]:
    """What `parse` makes of a text; it raises ValueError with what will do."""

    def read(node: Node, _: Reading) -> Value:
        text = as_scalar(node, wanted).text
        try:
            return parse(text)
        except ValueError as error:
            raise wrong(node, wanted, str(error)) from None

    return Kind(read, schema)


def parsed(parse: Callable[[str], Value], pattern: str, wanted: str) -> Kind[Value]:
    """A number with its unit, or a bare number."""
    schemas = [{"type": "string", "pattern": pattern}, {"type": "number", "minimum": 0}]
    return _parsed(parse, wanted, {"anyOf": schemas})


DURATION = parsed(parse_duration, DURATION_PATTERN, "a duration such as 300ms, 1.5s or 1m")


LIMIT = _parsed(
    parse_limit,
    "a limit such as 3 requests/m or 1000 tokens/10s",
    {"type": "string", "pattern": LIMIT_PATTERN},
)

# ----------------------------------------------------------------------------------------------- headers


def _read_header_name(node: Node, _: Reading) -> str:
    name = as_scalar(node, "the name of a header").text
    if not re.fullmatch(_HEADER_NAME, name):
        mend = "use letters, digits and `-`"
        raise ProblemError(node.place, f"{quoted(name)} cannot be the name of a header", mend)
    return name


def _read_header_key(node: Node, reading: Reading) -> str:
    return _read_header_name(node, reading).lower()


def _read_header_value(node: Node, _: Reading) -> str:
    text = as_text(node)
    found = _NOT_IN_HEADERS.search(text)
    if found:
        what = f"a header cannot hold the character U+{ord(found[0]):04X}"
        raise ProblemError(node.place, what, "write the value on one line, without control characters")
    return text


def _read_header_template(node: Node, reading: Reading) -> TextValue:
    _read_header_value(node, reading)
    return compile_scalar(as_scalar(node, "text"))


HEADER_NAME = Kind(_read_header_name, {"type": "string", "pattern": _HEADER_NAME})
HEADER_KEY = Kind(_read_header_key, HEADER_NAME.schema)
"""The name in lower case, to look headers up by."""

HEADER_VALUE = Kind(_read_header_value, _TEXT_SCHEMA)
VERBATIM_HEADERS = mapping_of(HEADER_NAME, HEADER_VALUE, "the names of headers", empty=True)
HEADERS = mapping_of(
    HEADER_NAME, Kind(_read_header_template, _TEXT_SCHEMA), "the names of headers", empty=True
)
