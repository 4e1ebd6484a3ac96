"""`pace`: the waits of an answer, fixed, drawn or measured, and the pieces in which its text is streamed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeVar

from mockserver.conversation import JsonObject
from mockserver.scenario.delivery import (
    Chunk,
    Delay,
    Gap,
    Lognormal,
    Normal,
    PerCharacter,
    PerToken,
    Replay,
    Sample,
    Sizes,
    Uniform,
)
from mockserver.scenario.durations import RATE_PATTERN, parse_rate
from mockserver.scenario.problems import ProblemError, did_you_mean, listed, quoted
from mockserver.scenario.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    as_scalar,
    as_text,
    list_of,
    shape_kind,
    wrong,
)
from mockserver.scenario.scalars import DURATION, NAME, choice, parsed, reference, whole_number
from mockserver.scenario.yaml_nodes import ListNode, MappingNode, Node, ScalarNode

Number = TypeVar("Number", int, float)

# ----------------------------------------------------------------------------------------------- waits


def range_of(kind: Kind[Number], example: str) -> Kind[tuple[Number, Number]]:
    """Two ends, the smaller first; `example` is how one is written."""
    ends = list_of(kind, "two ends")

    def read(node: Node, reading: Reading) -> tuple[Number, Number]:
        match ends.read(node, reading):
            case (least, most) if least <= most:
                return least, most
            case (_, _):
                raise ProblemError(node.place, "the first end is above the second", "write the smaller first")
            case _:
                raise ProblemError(node.place, "a range has two ends", f"write it as {example}")

    return Kind(read, {**ends.schema, "minItems": 2, "maxItems": 2})


_LARGEST_SIGMA = 5.0
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?")


def _read_sigma(node: Node, _: Reading) -> float:
    scalar = as_scalar(node, "a number such as 0.6")
    if not scalar.plain or not _DECIMAL.fullmatch(scalar.text):
        raise wrong(node, "a number such as 0.6")
    if float(scalar.text) > _LARGEST_SIGMA:
        raise ProblemError(node.place, f"{scalar.text} is out of bounds", f"use 0 to {_LARGEST_SIGMA:g}")
    return float(scalar.text)


SIGMA = Kind(_read_sigma, {"type": "number", "minimum": 0, "maximum": _LARGEST_SIGMA})
_DURATION_RANGE = range_of(DURATION, "[10ms, 30ms]")
_WAITS = list_of(DURATION, "durations")


def _distribution(make: Callable[..., Delay], *keys: Key, required: tuple[str, ...] = ()) -> Kind[Delay]:
    name = keys[0].name
    return shape_kind(Shape(f"a `{name}` wait", keys, required=required or (name,)), make)


DISTRIBUTIONS: dict[str, Kind[Delay]] = {
    "uniform": _distribution(
        lambda uniform: Uniform(*uniform),
        Key("uniform", _DURATION_RANGE, "The shortest and the longest wait; all between are as likely."),
    ),
    "normal": _distribution(
        Normal,
        Key("normal", DURATION, "The mean of the waits.", into="mean"),
        Key("deviation", DURATION, "Their standard deviation."),
        required=("normal", "deviation"),
    ),
    "lognormal": _distribution(
        Lognormal,
        Key("lognormal", DURATION, "The median of the waits: half of them are shorter.", into="median"),
        Key("sigma", SIGMA, "The deviation of their logarithm: 0.6 where left out."),
    ),
    "any_of": _distribution(
        Sample, Key("any_of", _WAITS, "Waits of which any is drawn, all as likely.", into="waits")
    ),
}


def _read_delay(node: Node, reading: Reading) -> Delay:
    if not isinstance(node, MappingNode):
        return DURATION.read(node, reading)
    named = [entry.key for entry in node.entries if entry.key.text in DISTRIBUTIONS]
    if not named:
        key = next((entry.key for entry in node.entries), None)
        mend = did_you_mean(key.text, DISTRIBUTIONS) if key else f"choose from {listed(DISTRIBUTIONS)}"
        raise ProblemError(key.place if key else node.place, "the wait does not say how it is drawn", mend)
    if len(named) > 1:
        what = f"{quoted(named[1].text)} stands beside {quoted(named[0].text)}"
        raise ProblemError(named[1].place, f"{what}, but a wait is drawn in one way", "keep one of the two")
    return DISTRIBUTIONS[named[0].text].read(node, reading)


def _read_first(node: Node, reading: Reading) -> Delay:
    if isinstance(node, ListNode):
        mend = "write {any_of: […]} to draw from them"
        raise ProblemError(node.place, "an answer has one first wait, not a list of them", mend)
    return _read_delay(node, reading)


def _read_gap(node: Node, reading: Reading) -> Gap:
    return Replay(_WAITS.read(node, reading)) if isinstance(node, ListNode) else _read_delay(node, reading)


FIRST: Kind[Delay] = Kind(_read_first, reference("wait"))
GAP: Kind[Gap] = Kind(_read_gap, {"anyOf": [reference("wait"), _WAITS.schema]})

_RATE = parsed(parse_rate, RATE_PATTERN, "a rate such as 50/s, 50 tokens/s or 200 chars/s")


def _read_rate(node: Node, reading: Reading) -> Gap:
    match _RATE.read(node, reading):
        case (seconds, "chunk"):
            return seconds
        case (seconds, "token"):
            return PerToken(seconds)
        case (seconds, "character"):
            return PerCharacter(seconds)


RATE: Kind[Gap] = Kind(_read_rate, _RATE.schema)

_LOGNORMAL: tuple[Literal["lognormal"], ...] = ("lognormal",)
_SPREAD = choice(_LOGNORMAL, "a spread")


def _read_jitter(node: Node, reading: Reading) -> float | Literal["lognormal"]:
    if isinstance(node, ScalarNode) and node.text.isalpha():
        return _SPREAD.read(node, reading)
    return DURATION.read(node, reading)


JITTER = Kind(_read_jitter, {"anyOf": [_SPREAD.schema, DURATION.schema]})

# ---------------------------------------------------------------------------------------------- pieces

_CUTS: tuple[Literal["word", "char"], ...] = ("word", "char")
_CUT = choice(_CUTS, "a way to cut text")
_LARGEST_PIECE = 1_000_000
_SIZE = whole_number(1, _LARGEST_PIECE, "word, char, a number of characters, or a list of texts")
_SIZES = range_of(whole_number(1, _LARGEST_PIECE, "a number of characters"), "[2, 9]")


def _read_piece(node: Node, _: Reading) -> str:
    text = as_text(node)
    if not text:
        raise ProblemError(node.place, "a piece is never empty", "drop it")
    return text


_PIECES = list_of(Kind(_read_piece, NAME.schema), "texts")
SIZES_SHAPE = Shape(
    "`chunk`",
    (Key("uniform", _SIZES, "The smallest and the largest number of characters; all between as likely."),),
    required=("uniform",),
)


def _sizes(uniform: tuple[int, int]) -> Sizes:
    return Sizes(*uniform)


_DRAWN_SIZES = shape_kind(SIZES_SHAPE, _sizes)


def _read_chunk(node: Node, reading: Reading) -> Chunk:
    match node:
        case ListNode():
            return _PIECES.read(node, reading)
        case MappingNode():
            return _DRAWN_SIZES.read(node, reading)
        case ScalarNode(text=text) if text.isalpha():
            return _CUT.read(node, reading)
        case _:
            return _SIZE.read(node, reading)


CHUNK: Kind[Chunk] = Kind(
    _read_chunk, {"anyOf": [_CUT.schema, _SIZE.schema, SIZES_SHAPE.schema, _PIECES.schema]}
)

PACE = Shape(
    "`pace`",
    (
        Key("first", FIRST, "The wait before the first byte."),
        Key("gap", GAP, "The wait between two pieces; a list is played in order, again and again."),
        Key("jitter", JITTER, "How much a wait varies: half the width of an even spread, or `lognormal`."),
        Key(
            "rate",
            RATE,
            "Pieces, tokens or characters per second or minute, instead of `gap`.",
            into="gap",
        ),
        Key(
            "chunk",
            CHUNK,
            "How streamed text is cut: `word`, `char`, N characters, {uniform: [2, 9]}, or the pieces.",
        ),
    ),
    hints={
        **dict.fromkeys(("delay", "latency", "ttft", "initial"), "did you mean `first`?"),
        **dict.fromkeys(("interval", "between"), "did you mean `gap`?"),
        **dict.fromkeys(("speed", "tokens_per_second", "tps"), "did you mean `rate`?"),
        **dict.fromkeys(("pieces", "size"), "did you mean `chunk`?"),
    },
)

DEFINITIONS: JsonObject = {
    "wait": {"anyOf": [DURATION.schema, *(kind.schema for kind in DISTRIBUTIONS.values())]},
    "pace": PACE.schema,
}
