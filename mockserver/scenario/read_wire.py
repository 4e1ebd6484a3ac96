"""The framing of an answer, `wire`: how its bytes are put on the wire, their content unchanged.

Every key can be given back what it is without a script, so that an attempt or an override can undo what it
inherits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from mockserver.conversation import JsonObject
from mockserver.scenario.problems import ProblemError
from mockserver.scenario.reading import Key, Kind, Reading, Shape, as_text, shape_kind, wrong
from mockserver.scenario.scalars import DURATION, SWITCH, TEXT, choice, whole_number
from mockserver.scenario.yaml_nodes import Node, ScalarNode

Value = TypeVar("Value")
Word = TypeVar("Word", bound=str)

_COMMENT = "comment"
_SHORTEST_SILENCE = 0.01
_LARGEST_WRITE = 1_000_000

_WRITES: tuple[Literal["event", "whole"], ...] = ("event", "whole")
_WRITE = choice(_WRITES, "a way to write")
_SIZE = whole_number(1, _LARGEST_WRITE, "event, whole, or a number of bytes")
_SIZE_WITH_UNIT = r"^[0-9]+ bytes?$"


def _read_write(node: Node, reading: Reading) -> Literal["event", "whole"] | int:
    if isinstance(node, ScalarNode):
        if re.match(_SIZE_WITH_UNIT, node.text):
            return _SIZE.read(replace(node, text=node.text.partition(" ")[0], style=""), reading)
        if node.text.isalpha():
            return _WRITE.read(node, reading)
    return _SIZE.read(node, reading)


_WRITE_SCHEMA: JsonObject = {
    "anyOf": [_WRITE.schema, _SIZE.schema, {"type": "string", "pattern": _SIZE_WITH_UNIT}]
}


def _or_native(words: Sequence[Word], native: str, wanted: str) -> Kind[Word | None]:
    """One of a few words; `native`, or how the wire has it without a script, is None."""
    known = {str(word): word for word in words}
    kind = choice((*known, native), wanted)
    return Kind(lambda node, reading: known.get(kind.read(node, reading)), kind.schema)


def _or_switch(kind: Kind[Value], on: Kind[Value] | None = None) -> Kind[Value | None]:
    """Something, or false for None; true where `on` says what that is."""

    def read(node: Node, reading: Reading) -> Value | None:
        word = node.text.lower() if isinstance(node, ScalarNode) and node.plain else ""
        if word == "false":
            return None
        return on.read(node, reading) if on and word == "true" else kind.read(node, reading)

    return Kind(read, {"anyOf": [kind.schema, SWITCH.schema if on else {"const": False}]})


def _read_comment(node: Node, _: Reading) -> str:
    text = as_text(node)
    if "\n" in text or "\r" in text:
        raise ProblemError(node.place, "a comment is one line", "write it without line breaks")
    return text


def _read_silence(node: Node, reading: Reading) -> float:
    seconds = DURATION.read(node, reading)
    if seconds < _SHORTEST_SILENCE:
        raise wrong(node, "a silence of some length", "10ms is the shortest; write false for none")
    return seconds


_NEWLINES: tuple[Literal["lf", "crlf", "cr"], ...] = ("lf", "crlf", "cr")
_CODINGS: tuple[Literal["gzip", "deflate", "br", "zstd"], ...] = ("gzip", "deflate", "br", "zstd")
_BODIES: tuple[Literal["chunked", "length", "close"], ...] = ("chunked", "length", "close")

_WIRE = (
    Key(
        "write",
        Kind(_read_write, _WRITE_SCHEMA),
        "What one write holds: `event`, one event; `whole`, all of the answer; or N bytes.",
    ),
    Key("split_characters", SWITCH, "A write ends inside each character of several bytes."),
    Key("newline", _or_native(_NEWLINES, "native", "a line end"), "How the lines of events end."),
    Key(
        "comments",
        _or_switch(Kind(_read_comment, TEXT.schema), Kind(lambda *_: _COMMENT, SWITCH.schema)),
        "A comment line before each event: a text, or true for one without a meaning.",
    ),
    Key(
        "keep_alive",
        _or_switch(Kind(_read_silence, DURATION.schema)),
        "A comment whenever nothing was sent for so long.",
    ),
    Key("event_ids", SWITCH, "Events are numbered, from `id: 0` on."),
    Key(
        "retry",
        _or_switch(Kind(lambda node, reading: round(DURATION.read(node, reading) * 1000), DURATION.schema)),
        "The first event has a field `retry` of so long.",
    ),
    Key("bom", SWITCH, "A byte order mark stands at the start of the body."),
    Key("last_blank_line", SWITCH, "False leaves out the blank line behind the last event."),
    Key("padding", whole_number(0, 65_536), "So many spaces before the last brace of each event's JSON."),
    Key("data_lines", whole_number(1, 1000), "On how many `data:` lines the JSON of each event stands."),
    Key(
        "encoding",
        _or_native(_CODINGS, "identity", "a content encoding"),
        "How the body is compressed for clients that accept it.",
    ),
    Key(
        "body",
        _or_native(_BODIES, "native", "a way to end a body"),
        "How HTTP tells where the body ends: `chunked`, by its `length`, or by a `close` of the connection.",
    ),
    Key("close", SWITCH, "The answer says `connection: close`."),
)


def _values(**values: Any) -> dict[str, Any]:
    return values


_HINTS: Mapping[str, str] = {
    **{coding: f"did you mean `encoding: {coding}`?" for coding in _CODINGS},
    **dict.fromkeys(("compression", "content_encoding"), "did you mean `encoding`?"),
    **dict.fromkeys(("chunked", "content_length", "transfer_encoding"), "did you mean `body`?"),
    "connection": "did you mean `close: true`?",
    **dict.fromkeys(("id", "ids"), "did you mean `event_ids`?"),
    **dict.fromkeys(("split_utf8", "split_utf_8", "utf8"), "did you mean `split_characters`?"),
}
"""What others call the same."""

WIRE = Shape("`wire`", _WIRE, hints=_HINTS)
WIRE_KIND = shape_kind(WIRE, _values)

DEFINITIONS: JsonObject = {"wire": WIRE.schema}
