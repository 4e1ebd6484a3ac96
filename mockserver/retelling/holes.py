"""Where the strings stand in an answer that differ from one telling of it to the next: found by comparing
tellings of which it is known what strings were drawn for them. No I/O, no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from mockserver.retelling.draws import Draw, Own
from mockserver.values import dataclass

_CHANGED = re.compile(rb"[^\0]+")


class NotAgainError(Exception):
    """An answer follows from more than the strings that a context gives."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a drawn string stands in the text, or `length` letters of it from `start` on."""

    at: int
    length: int
    draw: Own
    start: int = 0

    @property
    def end(self) -> int:
        return self.at + self.length

    @property
    def is_whole(self) -> bool:
        """Whether all of the string stands there."""
        draw = self.draw
        return not isinstance(draw, Draw) or draw.make is not None or self.length == draw.token.length

    @property
    def filling(self) -> tuple[Own, int, int]:
        """The letters that stand there."""
        return self.draw, self.start, self.start + self.length


def holes_in(texts: Sequence[bytes], drawn: Mapping[Own, Sequence[bytes]]) -> list[Hole] | None:
    """Where strings stand that were drawn, and parts of them. None if these probes cannot tell."""
    letters = _letters(drawn)
    if letters is None:
        return None
    holes = _apart(_whole_strings(texts, drawn))
    known = bytearray(len(texts[0]))
    for hole in holes:
        known[hole.at : hole.at + hole.length] = b"\1" * hole.length
    for change in _CHANGED.finditer(_difference(texts)):
        at = change.start()
        while at < change.end():
            if not known[at]:
                holes.append(_slice(texts, at, change.end(), letters))
                at += holes[-1].length - 1
            at += 1
    return sorted(holes, key=lambda hole: hole.at)


def _apart(holes: Iterable[Hole]) -> list[Hole]:
    """The longest of those that overlap."""
    chosen: list[Hole] = []
    for hole in sorted(holes, key=lambda hole: -hole.length):
        if all(hole.end <= other.at or other.end <= hole.at for other in chosen):
            chosen.append(hole)
    return chosen


def _difference(texts: Sequence[bytes]) -> bytes:
    """Zero where all texts are the same."""
    first, *others = (int.from_bytes(text) for text in texts)
    differing = 0
    for other in others:
        differing |= first ^ other
    return differing.to_bytes(len(texts[0]))


def _whole_strings(texts: Sequence[bytes], drawn: Mapping[Own, Sequence[bytes]]) -> Iterator[Hole]:
    """Where drawn strings stand as a whole."""
    for draw, made in drawn.items():
        length = len(made[0])
        if any(len(other) != length for other in made):
            continue
        for found in re.finditer(re.escape(made[0]), texts[0]):
            at = found.start()
            if all(text.startswith(other, at) for text, other in zip(texts, made, strict=True)):
                yield Hole(at, length, draw)


_Letters: TypeAlias = Mapping[tuple[int, ...], tuple[Draw, int] | None]
"""What letter of which drawn string has these values in the probes; None where several have."""


def _letters(drawn: Mapping[Own, Sequence[bytes]]) -> _Letters | None:
    """None where a letter is the same in all probes: nobody would see it where it stands."""
    letters: dict[tuple[int, ...], tuple[Draw, int] | None] = {}
    for draw, made in drawn.items():
        if not isinstance(draw, Draw) or draw.make:
            continue
        for at, column in enumerate(zip(*made, strict=True)):
            if len(set(column)) == 1:
                return None
            letters[column] = None if column in letters else (draw, at)
    return letters


def _slice(texts: Sequence[bytes], at: int, end: int, letters: _Letters) -> Hole:
    """The part of a drawn string that begins there. What differs there may be more than one."""
    columns = zip(*(text[at:end] for text in texts), strict=True)
    found = [letters.get(column) for column in columns]
    if found[0] is None:
        raise NotAgainError
    draw, start = found[0]
    length = _common(found, ((draw, start + more) for more in range(end - at)))
    return Hole(at, length, draw, start)


def _common(found: Iterable[object], wanted: Iterable[object]) -> int:
    """How many items two rows have in common before they part."""
    length = 0
    for one, other in zip(found, wanted, strict=False):
        if one != other:
            break
        length += 1
    return length
