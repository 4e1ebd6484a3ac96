"""Two texts side by side in columns: lines aligned, those that differ marked, what is long cut short.

The marks are those of `diff --side-by-side`: `|` where two lines differ, `<` and `>` where one has no other.
A blank line belongs to the line before it, as the end of an event does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Literal, TypeAlias

from mockserver.values import dataclass

Mark: TypeAlias = Literal[" ", "|", "<", ">"]

_GUTTER = 3
_ALIKE = 0.4
"""Lines of which less than this share is the same at both ends are two lines, not one that was changed."""

_STATUS = "HTTP/"
_LARGEST_BLOCK = 40_000
_BETWEEN = 2
"""So few lines that are alike belong to what differs before and behind them."""

_CONTEXT = 2
"""How many lines that are alike are shown before and behind what differs."""

_FIRST, _LAST = 6, 3
"""How many lines of what differs are shown, at its beginning and at its end."""

_MOST_ROWS = 4
_AROUND = 20
_BEGINNING = 6


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and how many blank ones come behind it."""

    text: str
    blank: int = 0


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two lines that stand side by side; None where there is nothing."""

    left: _Line | None
    right: _Line | None

    @property
    def mark(self) -> Mark:
        if self.left is None:
            return ">"
        if self.right is None:
            return "<"
        return " " if self.left == self.right else "|"


def columns(left: Iterable[str], right: Iterable[str], width: int, *, full: bool = False) -> Iterator[str]:
    """The rows of two columns that together are as wide as told. With `full`, no line is left out."""
    pairs = list(_aligned(_with_blanks(left), _with_blanks(right)))
    each = (width - _GUTTER) // 2
    for first, end, mark in _runs(pairs):
        head, tail = (_CONTEXT, _CONTEXT) if mark == " " else (_FIRST, _LAST)
        hidden = 0 if full or end - first <= head + tail + 1 else end - first - head - tail
        for at in range(first, end):
            if hidden and at == first + head:
                yield f"{'':{each}} ⋮ ({hidden} {'lines alike' if mark == ' ' else 'more'})"
            if not (hidden and first + head <= at < end - tail):
                yield from _rows(pairs[at], pairs[at - 1] if at else None, each)


def _runs(pairs: Sequence[_Pair]) -> Iterator[tuple[int, int, Mark]]:
    """Where runs of lines with one mark begin and end. Few lines that are alike, between such that differ in
    one way, are of their run.
    """
    runs = [(mark, len(list(run))) for mark, run in groupby(pair.mark for pair in pairs)]
    marks: list[Mark] = []
    for number, (mark, length) in enumerate(runs):
        around = {one for one, _ in (*runs[number - 1 : number], *runs[number + 1 : number + 2])}
        is_between = mark == " " and length <= _BETWEEN and 0 < number < len(runs) - 1 and len(around) == 1
        marks += [around.pop() if is_between else mark] * length
    at = 0
    for mark, run in groupby(marks):
        first, at = at, at + len(list(run))
        yield first, at, mark


def _with_blanks(lines: Iterable[str]) -> list[_Line]:
    """The lines, each with the blank ones behind it; the first blank one, which ends a head, stands alone."""
    found: list[_Line] = []
    for line in lines:
        if line.strip("␍␊") or all(before.text for before in found):
            found.append(_Line(line))
        else:
            before = found.pop()
            found.append(_Line(before.text + line, before.blank + (not line)))
    return found


# ------------------------------------------------------------------------------------------- alignment


def _aligned(left: Sequence[_Line], right: Sequence[_Line]) -> Iterator[_Pair]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from map(_Pair, left[i1:i2], right[j1:j2])
        else:
            yield from _paired(left[i1:i2], right[j1:j2])


def _paired(left: Sequence[_Line], right: Sequence[_Line]) -> list[_Pair]:
    """Lines of which none is the same, those side by side that are most alike."""
    if len(left) * len(right) > _LARGEST_BLOCK:
        return [_Pair(*both) for both in zip_longest(left, right)]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    alike = [[_alike(one.text, other.text) for other in right] for one in left]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            together = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    return list(_walked(left, right, best, alike))


def _walked(
    left: Sequence[_Line],
    right: Sequence[_Line],
    best: Sequence[Sequence[float]],
    alike: Sequence[Sequence[float]],
) -> Iterator[_Pair]:
    i = j = 0
    while i < len(left) and j < len(right):
        if alike[i][j] >= _ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            yield _Pair(left[i], right[j])
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield _Pair(left[i], None)
            i += 1
        else:
            yield _Pair(None, right[j])
            j += 1
    yield from (_Pair(line, None) for line in left[i:])
    yield from (_Pair(None, line) for line in right[j:])


def _alike(one: str, other: str) -> float:
    """The share of the longer line that both have, at the beginning and at the end. One status is as good as
    another.
    """
    if one.startswith(_STATUS) and other.startswith(_STATUS):
        return 1.0
    longest = max(len(one), len(other))
    return sum(_same_ends(one, other)) / longest if longest else 1.0


def _same_ends(one: str, other: str) -> tuple[int, int]:
    """How many characters are the same at the beginning, and how many of the rest at the end."""
    shortest = min(len(one), len(other))
    begin = next((at for at in range(shortest) if one[at] != other[at]), shortest)
    rest = shortest - begin
    end = next((at for at in range(rest) if one[-1 - at] != other[-1 - at]), rest)
    return begin, end


# ------------------------------------------------------------------------------------------------ rows


def _rows(pair: _Pair, before: _Pair | None, width: int) -> Iterator[str]:
    left, right = _texts(pair, before or _Pair(None, None), width)
    mark = pair.mark
    for one, other in zip_longest(left, right, fillvalue=""):
        yield f"{one}{' ' * (width - width_of(one))} {mark} {other}".rstrip()


def _texts(pair: _Pair, before: _Pair, width: int) -> tuple[list[str], list[str]]:
    """The two lines as they are shown, each in as many rows as it takes."""
    left, right = pair.left, pair.right
    if left is None or right is None or left == right:
        cut = _cut if left == right else _folded
        return (
            cut(_news(left, before.left, width), width) if left else [],
            cut(_news(right, before.right, width), width) if right else [],
        )
    if _alike(left.text, right.text) < _ALIKE:
        return _cut(left.text, width), _cut(right.text, width)
    one, other = _differing(left, right)
    return _folded(one, width), _folded(other, width)


def _news(line: _Line, before: _Line | None, width: int) -> str:
    """The line; of a long one that is much like the one before, what it says otherwise."""
    if before is None or width_of(line.text) <= 2 * width or _alike(line.text, before.text) < _ALIKE:
        return line.text
    return _around(line.text, *_same_ends(line.text, before.text))


def _differing(left: _Line, right: _Line) -> tuple[str, str]:
    """What two lines differ in, with a little of what stands around it."""
    if left.text == right.text:
        return f"{left.text[:_AROUND]}… {'⏎' * left.blank}", f"{right.text[:_AROUND]}… {'⏎' * right.blank}"
    begin, end = _same_ends(left.text, right.text)
    return _around(left.text, begin, end), _around(right.text, begin, end)


def _around(text: str, begin: int, end: int) -> str:
    first = begin - _AROUND if begin > _AROUND + _BEGINNING else 0
    last = len(text) - end + _AROUND if end > _AROUND else len(text)
    beginning = f"{text[:_BEGINNING]}…" if first else ""
    return beginning + text[first:last] + ("…" if last < len(text) else "")


def _cut(text: str, width: int) -> list[str]:
    first, *more = _folded(text, width)
    return [_folded(first, width - 1)[0] + "…"] if more else [first]


def _folded(text: str, width: int) -> list[str]:
    """A text in rows of at most this width; of a very long one the beginning and the end."""
    rows, row, taken = [], "", 0
    for character in _visible(text):
        wide = width_of(character)
        if taken + wide > width:
            rows.append(row)
            row, taken = "", 0
        row, taken = row + character, taken + wide
    rows.append(row)
    if len(rows) > _MOST_ROWS:
        rows = [*rows[: _MOST_ROWS - 2], "⋮", rows[-1]]
    return rows


def _visible(text: str) -> str:
    """The text with what a terminal would not show written out."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
