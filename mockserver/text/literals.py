"""Which of many texts stand in another, case aside: told fast, now and then one too many, never one too few.

Each text is looked for by a few of its bytes that hardly another has; where they stand, all that have them
are looked up as a whole. So the time follows the length of what is searched, however many texts there are.
Values and functions alone: no scenario, no request.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Literal

from mockserver.values import dataclass

_FEW = 32
"""So many texts are sooner looked for one by one."""

_LONGEST = 256
"""Of a text no more bytes are weighed."""

_OFTEN = 100
"""Where a window stands as often as that, nobody looks what else is there."""


BORDER = "\0"
"""At the end of a literal of letters, digits and underscores of ASCII: it stands at the end of a word."""

_WORD = re.compile(r"\w+")
_APART = bytes(
    ord(letter) if letter.isascii() and _WORD.match(letter) else ord(" ") for letter in map(chr, range(256))
)


def folded(text: str) -> str:
    """The text with case taken away. What is equal to `casefold`, or to a regular expression that ignores
    case, is equal here: to that the Turkish i, with and without dot, are an i too.
    """
    text = text.casefold()
    return text if text.isascii() else text.replace("\u0131", "i").replace("\u0307", "")


def _words(text: str) -> list[bytes]:
    """The words of a text, with case taken away."""
    if text.isascii():
        return text.lower().encode().translate(_APART).split()
    return [_encoded(folded(word)) for word in _WORD.findall(text)]


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


@dataclass(frozen=True, slots=True)
class _Scan:
    """Windows of `width` bytes at every `stride`-th byte; `form` is how `memoryview` names such a number."""

    width: int
    stride: int
    form: Literal["Q", "I"]

    @property
    def shortest(self) -> int:
        """A text that long has a whole window wherever it stands."""
        return self.width + self.stride - 1

    def of(self, searched: bytes) -> Iterator[memoryview]:
        """All windows of what is searched."""
        for start in range(0, self.width, self.stride):
            end = len(searched) - (len(searched) - start) % self.width
            yield memoryview(searched)[start:end].cast(self.form)

    def within(self, text: bytes) -> Iterator[list[int]]:
        """The windows of a text: a list for each of the ways in which it may stand to the stride."""
        last = len(text) - self.width
        for start in range(self.stride):
            places = range(start, last + 1, self.stride)
            yield [int.from_bytes(text[at : at + self.width], sys.byteorder) for at in places]


_SCANS = (_Scan(8, 4, "Q"), _Scan(4, 1, "I"))
"""A text goes into the first that it is long enough for."""

_SHORT = 3
"""Texts of so many bytes or less are looked up as they are, wherever they may stand."""


class _Alike:
    """Texts that have a window in common, and where in them it stands."""

    def __init__(self) -> None:
        self._owners: dict[bytes, int] = {}
        self._places: set[tuple[int, int]] = set()

    def add(self, text: bytes, bits: int, place: int) -> None:
        self._owners[text] = self._owners.get(text, 0) | bits
        self._places.add((place, len(text)))

    def owners(self, window: bytes, data: bytes) -> int:
        """The owners of those that stand in the data; of all, where it has the window again and again."""
        found, at = 0, data.find(window)
        for _ in range(_OFTEN):
            if at < 0:
                return found
            for place, length in self._places:
                if place <= at:
                    found |= self._owners.get(data[at - place : at - place + length], 0)
            at = data.find(window, at + 1)
        return reduce(or_, self._owners.values())


class Literals:
    """Texts with owners, each a set of bits."""

    def __init__(self, owners: Mapping[str, int]) -> None:
        together: dict[str, int] = {}
        self._ending: dict[int, dict[bytes, int]] = {}
        are_many = sum(text.endswith(BORDER) for text in owners) > _FEW
        for text, bits in owners.items():
            literal = folded(text).removesuffix(BORDER)
            if are_many and text.endswith(BORDER):
                ending = _encoded(literal)
                alike = self._ending.setdefault(len(ending), {})
                alike[ending] = alike.get(ending, 0) | bits
            else:  # be it at the end of a word or not
                together[literal] = together.get(literal, 0) | bits
        self._last = frozenset(ending[-1] for alike in self._ending.values() for ending in alike)
        self._single: list[tuple[str, int]] = []
        self._short: list[tuple[int, dict[tuple[int, ...], int]]] = []
        self._scanned: list[tuple[_Scan, dict[int, _Alike]]] = []
        for way, texts in _shared_out(together).items():
            encoded = {_encoded(text): bits for text, bits in texts.items()}
            if not way or len(texts) <= _FEW:
                self._single += texts.items()
            elif isinstance(way, _Scan):
                self._scanned.append((way, _windows(way, encoded)))
            else:
                self._short.append((way, {tuple(text): bits for text, bits in encoded.items()}))

    def owners(self, searched: str) -> int:
        """The owners of the texts that stand in it, and maybe of some more."""
        found = self._owners_at_ends(_words(searched)) if self._ending else 0
        if not self._single and not self._scanned and not self._short:
            return found
        text = folded(searched)
        for literal, bits in self._single:
            if literal in text:
                found |= bits
        if not self._scanned and not self._short:
            return found
        data = _encoded(text)
        for length, short in self._short:
            for letters in short.keys() & zip(*(data[at:] for at in range(length)), strict=False):
                found |= short[letters]
        for scan, alike in self._scanned:
            for windows in scan.of(data):
                for window in alike.keys() & windows:
                    found |= alike[window].owners(window.to_bytes(scan.width, sys.byteorder), data)
        return found

    def _owners_at_ends(self, words: Iterable[bytes]) -> int:
        """The owners of the texts that stand at the end of one of the words."""
        found = 0
        for word in words:
            if word[-1] in self._last:
                for length, texts in self._ending.items():
                    found |= texts.get(word[-length:], 0)
        return found


def _shared_out(texts: Mapping[str, int]) -> dict[_Scan | int, dict[str, int]]:
    """The texts by the scan that finds them, or by their length if they are short."""
    shared: dict[_Scan | int, dict[str, int]] = {}
    for text, bits in texts.items():
        length = len(_encoded(text))
        scan = next((scan for scan in _SCANS if length >= scan.shortest), length)
        shared.setdefault(scan, {})[text] = bits
    return shared


def _windows(scan: _Scan, texts: Mapping[bytes, int]) -> dict[int, _Alike]:
    """The rarest window of each text and of each way in which it may stand, with all that have it."""
    seen = {text: list(scan.within(text[:_LONGEST])) for text in texts}
    often = Counter(window for ways in seen.values() for windows in ways for window in windows)
    alike: dict[int, _Alike] = {}
    for text, ways in seen.items():
        for start, windows in enumerate(ways):
            rarest = min(range(len(windows)), key=lambda at: often[windows[at]])
            place = start + rarest * scan.stride
            alike.setdefault(windows[rarest], _Alike()).add(text, texts[text], place)
    return alike
