"""A JSON text cut up at the entries of one of its lists, to be compared with others entry by entry.

Texts alone are looked at here: that they are JSON, and what they mean, is the matter of who has them parsed.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal

from mockserver.history.long_digests import in_common
from mockserver.values import dataclass

_BEGINNING = 64
"""Bytes of a piece that are looked for first."""

_WHITE = b" \t\n\r"
"""What JSON takes for white space."""

_BETWEEN = b"," + _WHITE


@dataclass(frozen=True, slots=True)
class Cut:
    """How a text is cut up: the `head` up to its list, where each entry ends, with what parts it from the one
    before, and the `tail` behind them.
    """

    head: bytes
    ends: tuple[int, ...]
    tail: bytes

    def same(self, known: bytes, text: bytes, most: int = 0) -> int:
        """How many first entries of `known`, which is cut so, a text begins with; 0 if it has another tail,
        or if these are no more than `most`: then nobody asks for its tail, which may be long.
        """
        if not text.startswith(self.head):
            return 0
        end = len(text) - len(self.tail)
        number = bisect(self.ends, min(in_common(known, text), end))
        at = self.ends[number - 1] if number else len(self.head)
        for until in self.ends[number:]:
            if until > end or not text.startswith(known[at:until], at):
                break
            at = until
            number += 1
        return number if number > most and text.endswith(self.tail) else 0

    def behind(self, same: int, text: bytes) -> bytes:
        """What stands in the list of a text behind so many first entries."""
        return text[self.ends[same - 1] : len(text) - len(self.tail)]

    def gone_on(self, same: int, pieces: Sequence[bytes]) -> Cut:
        """How a text is cut that has so many first entries in common, and then has these pieces."""
        ends = (*self.ends[:same], *_ends(self.ends[same - 1], pieces))
        return Cut(self.head, ends, self.tail)


def cut_up(text: bytes, member: str) -> Cut | None:
    """How the text of an object is cut up; None where it plainly has no such list, or none with entries. What
    was found may be another list that looks the same.
    """
    members = _split(text, "object") or {}
    raw = bytes(members[member]) if member in members else b""
    pieces = _split(raw, "array")
    if not pieces:
        return None
    start = _place(raw, text) + 1
    ends = tuple(_ends(start, _cut_at(raw[1:-1], pieces)[:-1]))
    return Cut(text[:start], ends, text[ends[-1] :])


def further(text: bytes) -> bytes | None:
    """The entries that stand behind another one, as a list of their own; None where they plainly are none."""
    if not text:
        return b"[]"
    bare = text.lstrip(_WHITE)
    return b"[" + bare[1:] + b"]" if bare.startswith(b",") and text[-1] not in _BETWEEN else None


def cut_further(text: bytes, count: int) -> Sequence[bytes] | None:
    """The same, so many as they are, each with what parts it from the one before; None if it is not seen."""
    if count <= 1:
        return (text,)[:count]
    raws = _split(further(text) or b"", "array")
    return _cut_at(text, raws)[:-1] if raws else None


def _ends(start: int, pieces: Iterable[bytes]) -> Iterator[int]:
    """Where each of several pieces ends that stand one behind the other."""
    ends = accumulate(map(len, pieces), initial=start)
    next(ends)
    return ends


def _place(piece: bytes, text: bytes) -> int:
    """Where a long piece stands in a text that has it: to look for all of it takes long."""
    beginning, at = piece[:_BEGINNING], -1
    while not text.startswith(piece, at := text.index(beginning, at + 1)):
        pass
    return at


def _cut_at(text: bytes, raws: Iterable[Any]) -> list[bytes]:
    """The entries in a text, each with what stands before it, and what stands behind them."""
    pieces, at = [], 0
    for raw in raws:
        end = at
        while text[end] in _BETWEEN:
            end += 1
        end += len(bytes(raw))
        pieces.append(text[at:end])
        at = end
    return [*pieces, text[at:]]


def _split(text: bytes, kind: Literal["object", "array"]) -> Any:
    """The members of an object, or the entries of an array, as they are written; None where it is none."""
    from msgspec import MsgspecError

    try:
        return _decoders()[kind].decode(text)
    except (MsgspecError, RecursionError):
        return None


@lru_cache(maxsize=1)
def _decoders() -> Mapping[str, Any]:
    from msgspec import Raw
    from msgspec.json import Decoder

    return {"object": Decoder(dict[str, Raw]), "array": Decoder(list[Raw])}
