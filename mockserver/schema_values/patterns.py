r"""Regular expressions as JSON Schema has them (ECMA 262): matching, and writing texts that match.

Writing covers literals, classes, escapes (`\d \w \s \p{L}`), `.`, groups, alternation and all
quantifiers; anchors and look-arounds write nothing. So a sample is only likely to match: whoever wants to be
sure asks `matches`, and takes the next sample where it does not.
"""

from __future__ import annotations

import re
import string
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from mockserver.values import dataclass

LONGEST = 4_000
"""No sample is longer than this, whatever a quantifier says."""

_LONGEST_RISK = 20
"""A longer text is not matched against a pattern that may backtrack for ever: it counts as no match."""

_LONGEST_TEXTS = (1_000_000, 20_000, 2_000, 200)
"""The same, by the number of open quantifiers: time grows with the length to that power."""

_VARIATIONS = 60
_LONG = 100
"""From this length on only a few variations are written: each takes its time."""

_PASSES = (3, 1, 0, 2)

# ------------------------------------------------------------------------------------------- matching


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text; a pattern nobody can read asks for nothing."""
    compiled = compiled_pattern(pattern)
    if compiled is None:
        return True
    if len(text) > _LONGEST_RISK and len(text) > _longest_text(pattern):
        return False
    return compiled.search(text) is not None


@lru_cache(maxsize=512)
def compiled_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern as Python reads it; None where it does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(_translated(pattern))
        except (re.error, RecursionError, OverflowError):
            return None


_PIECE = re.compile(r"\\[pP]\{\w+\}|\\k<|\\.|\[\^?|\]|\(\?<(?![=!])|.", re.DOTALL)
_LETTERS = r"a-zA-Z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff"
_PROPERTIES = {
    "L": _LETTERS,
    "Letter": _LETTERS,
    "Alphabetic": _LETTERS,
    "Ll": "a-z",
    "Lu": "A-Z",
    "N": "0-9",
    "Nd": "0-9",
    "P": r"!-/:-@\[-`{-~",
    "S": "$+<=>^`|~",
    "Z": " ",
    "Zs": " ",
}


def _translated(pattern: str) -> str:
    """The pattern in Python's spelling."""
    spelled: list[str] = []
    in_class = False
    for piece in _PIECE.findall(pattern):
        if piece.startswith(("\\p{", "\\P{")) and piece[3:-1] in _PROPERTIES:
            ranges = _PROPERTIES[piece[3:-1]]
            spelled.append(ranges if in_class else f"[{'^' if piece[1] == 'P' else ''}{ranges}]")
        elif piece in ("[", "[^"):
            spelled.append(piece.replace("[", "\\[") if in_class else piece)
            in_class = True
        else:
            in_class = in_class and piece != "]"
            spelled.append({"(?<": "(?P<", "\\k<": "(?P="}.get(piece, piece))
    return re.sub(r"\(\?P=(\w+)>", r"(?P=\1)", "".join(spelled))


# -------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class _Letters:
    """One letter of `pool`, the most natural first."""

    pool: str


@dataclass(frozen=True, slots=True)
class _Series:
    items: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Options:
    items: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    item: _Node
    low: int
    high: int


_Node: TypeAlias = _Letters | _Series | _Options | _Repeat

_NOTHING = _Series(())
_UNBOUNDED = 1 << 30
_POOL = (
    string.ascii_lowercase
    + string.ascii_uppercase
    + "1234567890"
    + "-_. ,:;/@!?#$%&*+=()[]{}<>|~^'\"`\\"
    + "äéñçößабвгдαβγδあいうアイウ中文字日本\t\n\r"
)
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|([^\x00-\x7f])")
_QUANTIFIER = re.compile(r"(\*|\+|\?|\{(\d{0,6})(,?)(\d{0,6})\})[?+]?")
_GROUP = re.compile(r"\((?:\?(?:[:>]|P?<\w+>|[aimsux]+(?:-[imsx]+)?:|(<?[=!])))?")
_FLAGS = re.compile(r"\(\?[aimsux]+\)")
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_NOT_WRITTEN = frozenset(("^", "$", r"\b", r"\B", r"\A", r"\Z"))


class _Reader:
    """Reads a pattern once, from left to right. ValueError where it leaves the subset."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> _Node:
        node = self._options()
        if self._at < len(self._text):
            raise ValueError("a parenthesis closes nothing")
        return node

    def _options(self) -> _Node:
        items = [self._series()]
        while self._text.startswith("|", self._at):
            self._at += 1
            items.append(self._series())
        return items[0] if len(items) == 1 else _Options(tuple(items))

    def _series(self) -> _Node:
        items: list[_Node] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            items.append(self._repeated(self._atom()))
        return items[0] if len(items) == 1 else _Series(tuple(items))

    def _repeated(self, item: _Node) -> _Node:
        found = _QUANTIFIER.match(self._text, self._at)
        if not found or found[1] in ("{}", "{,}"):
            return item
        self._at = found.end()
        low, high = _bounds(found)
        return _Repeat(item, low, high)

    def _atom(self) -> _Node:
        letter = self._text[self._at]
        if _FLAGS.match(self._text, self._at):
            self._take(_FLAGS)
            return _NOTHING
        if letter == "(":
            return self._group()
        if letter in "[\\":
            source = self._take(_SET if letter == "[" else _ESCAPE)
            return _NOTHING if source in _NOT_WRITTEN else _letters(source)
        self._at += 1
        if letter in _NOT_WRITTEN:
            return _NOTHING
        return _letters(letter) if letter == "." else _Letters(letter)

    def _group(self) -> _Node:
        look_around = _GROUP.match(self._text, self._at)
        self._take(_GROUP)
        node = self._options()
        if not self._text.startswith(")", self._at):
            raise ValueError("a parenthesis is not closed")
        self._at += 1
        return _NOTHING if look_around and look_around[1] else node

    def _take(self, token: re.Pattern[str]) -> str:
        found = token.match(self._text, self._at)
        if not found:
            raise ValueError(f"cannot read on at {self._at}")
        self._at = found.end()
        return found[0]


_SIGNS = {"*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED), "?": (0, 1)}


def _bounds(found: re.Match[str]) -> tuple[int, int]:
    if found[1] in _SIGNS:
        return _SIGNS[found[1]]
    low = int(found[2] or 0)
    if not found[3]:
        return low, low
    return low, int(found[4]) if found[4] else _UNBOUNDED


def _letters(source: str) -> _Letters:
    """What a class, an escape or the dot can stand for, found by asking it about likely letters."""
    compiled = compiled_pattern(source)
    if compiled is None:
        raise ValueError(f"cannot read {source}")
    points = [int(a or b, 16) if a or b else ord(c) for a, b, c in _CODE_POINT.findall(source)]
    near = [chr(point + step) for point in points for step in range(8)]
    likely = [letter for letter in dict.fromkeys([*_POOL, *near]) if compiled.fullmatch(letter)]
    plain = [letter for letter in likely if letter.isascii() and letter.isprintable()]
    # Half of a surrogate pair is no text that JSON can carry.
    pool = "".join(plain or [letter for letter in likely if letter.encode(errors="ignore")])
    if not pool:
        raise ValueError(f"no likely letter for {source}")
    return _Letters(pool)


@lru_cache(maxsize=512)
def _read(pattern: str) -> _Node | None:
    if compiled_pattern(pattern) is None:
        return None
    try:
        return _Reader(_translated(pattern)).whole()
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=512)
def _longest_text(pattern: str) -> int:
    """The longest text to match: short where a choice or a quantifier stands inside a quantifier."""
    node = _read(pattern)
    if node is None or _is_nested(node, inside=False):
        return _LONGEST_RISK
    return _LONGEST_TEXTS[min(len(list(_open_repeats(node))), len(_LONGEST_TEXTS) - 1)]


def _is_nested(node: _Node, *, inside: bool) -> bool:
    match node:
        case _Letters():
            return False
        case _Series(items=items):
            return any(_is_nested(item, inside=inside) for item in items)
        case _Options(items=items):
            return inside or any(_is_nested(item, inside=inside) for item in items)
        case _Repeat(item=item, low=low, high=high):
            return (inside and low != high) or _is_nested(item, inside=inside or high > _LONGEST_RISK)


# -------------------------------------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to write: each quantifier (or only `chosen`) `times` where it may, letters in steps of `stride`."""

    times: int
    variation: int = 0
    stride: int = 1
    chosen: _Repeat | None = None


def samples(pattern: str, low: int, high: int) -> Iterator[str]:
    """Texts of `low` to `high` letters that probably match the pattern, the most natural first."""
    node = _read(pattern)
    if node is None or len(_text(node, _Plan(0), 0)) > LONGEST:
        return
    for variation in range(_VARIATIONS if low < _LONG else 3):
        # Steps of 27 through the pool mix small and capital letters, digits and marks.
        plan = _Plan(0, variation, 27 if variation % 2 else 1)
        for text in dict.fromkeys(_written(node, plan, low)):
            if low <= len(text) <= high:
                yield text


def _written(node: _Node, plan: _Plan, low: int) -> Iterator[str]:
    for times in _PASSES:
        text = _text(node, plan, times)
        yield text
        yield text.ljust(low, "a")
        yield text.rjust(low, "a")
    for chosen in (None, *_open_repeats(node)):
        here = _Plan(0, plan.variation, plan.stride, chosen)
        yield _text(node, here, _times_for(node, here, min(low, LONGEST)))
        yield _text(node, here, 1)


def _times_for(node: _Node, plan: _Plan, length: int) -> int:
    """The fewest repetitions that make the text at least this long."""
    below, above = 0, length
    while below < above:
        middle = (below + above) // 2
        if len(_text(node, plan, middle)) < length:
            below = middle + 1
        else:
            above = middle
    return below


def _text(node: _Node, plan: _Plan, times: int) -> str:
    out: list[str] = []
    _write(node, _Plan(times, plan.variation, plan.stride, plan.chosen), out)
    return "".join(out)


def _write(node: _Node, plan: _Plan, out: list[str]) -> None:
    match node:
        case _Letters(pool=pool):
            out.append(pool[(plan.variation + len(out) * plan.stride) % len(pool)])
        case _Series(items=items):
            for item in items:
                _write(item, plan, out)
        case _Options(items=items):
            _write(items[plan.variation % len(items)], plan, out)
        case _Repeat(item=item, low=low, high=high):
            wanted = plan.times if plan.chosen is None or plan.chosen is node else 0
            for _ in range(max(low, min(wanted, high))):
                if len(out) > LONGEST:
                    return
                _write(item, plan, out)


def _open_repeats(node: _Node) -> Iterator[_Repeat]:
    match node:
        case _Letters():
            pass
        case _Series(items=items) | _Options(items=items):
            for item in items:
                yield from _open_repeats(item)
        case _Repeat(item=item, low=low, high=high):
            if high > low:
                yield node
            yield from _open_repeats(item)
