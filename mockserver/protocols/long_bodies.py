"""Long bodies that begin like one before: an agent sends its whole conversation again, and little is new.

A body that nothing was found in is remembered as it came, cut at the entries of its long list: messages,
items. Where another one is the same but for entries further on, only these are parsed and checked, and what
was worked out of the first ones is not worked out again. Which bytes those are is compared, so a body is read
as it would be by itself. Bounded; in the memory of a process. What a contract is, a dialect tells.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.json_body import DEEPEST, Unreadable, parse_object
from mockserver.protocols.tolerant import objects
from mockserver.values import dataclass

Value = TypeVar("Value")

LONG = 32 * 1024
"""Bytes of a body. One that is shorter is read sooner than it is looked for."""

_BODIES = 16
"""Conversations that are remembered at once."""

_WEIGHT = 8 * 1024 * 1024
"""Bytes of bodies that are remembered. What is known of one takes about three times as much again."""

_MOST_ENTRIES = 10_000
"""A contract may limit them, but none to fewer."""

_ALIKE = 4 * 1024
"""Bytes that bodies begin with of which one may go on like the other."""

_MOST = 7 / 8
"""Of the entries of a body: where so many come again, it is the same conversation that goes on."""

Check: TypeAlias = Callable[[list[JsonObject]], Sequence[JsonObject] | None]
"""Entries as they are to be read; None where one of them has not the right shape."""


class Entries(list[JsonObject]):
    """The entries of a long list. The first `same` of them stood so in a body that nothing was found in;
    `facts` are what was worked out of entries, and `before` of those of that body.
    """

    __slots__ = ("before", "facts", "same")

    def __init__(self, entries: Iterable[JsonObject], same: int, before: Mapping[Hashable, Any]) -> None:
        super().__init__(entries)
        self.same = same
        self.before = before
        self.facts: dict[Hashable, Any] = {}

    def go_on(self, other: Entries) -> bool:
        """Whether they are what has become of others."""
        return self.before is other.facts and self.same >= _MOST * len(other)


@dataclass(frozen=True, slots=True)
class _Cut:
    """The text of a body, cut up: each entry with what parts it from the one before."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes


class LongBody(dict[str, Any]):
    """A body with a long list of entries, and its text, which is cut at them once another one looks like it.
    `contract` is what it was found right by, None if by none yet; `rest` are the facts of all that is not
    in the list.
    """

    __slots__ = ("contract", "cut", "rest", "text")

    def __init__(
        self,
        body: JsonObject,
        text: bytes,
        cut: _Cut | None = None,
        contract: type | None = None,
        rest: dict[Hashable, Any] | None = None,
    ) -> None:
        super().__init__(body)
        self.text = text
        self.cut = cut
        self.contract = contract
        self.rest: dict[Hashable, Any] = {} if rest is None else rest


# ----------------------------------------------------------------------------------------------- facts


def is_right(contract: type, body: JsonObject) -> bool:
    """Whether it is known of a body that it has the shape of a contract."""
    return isinstance(body, LongBody) and body.contract is contract


def reread(body: JsonObject, read: JsonObject) -> JsonObject:
    """What was read of a body, where that is not the body as it came: long, as that is."""
    if not isinstance(body, LongBody):
        return read
    member = next(name for name, value in body.items() if isinstance(value, Entries))
    return LongBody({**read, member: Entries(read[member], 0, {})}, body.text)


def plainly(body: JsonObject) -> JsonObject:
    """The body as nothing but JSON, for who looks at types."""
    if not isinstance(body, LongBody):
        return body
    return {name: list(value) if isinstance(value, Entries) else value for name, value in body.items()}


def same_as_before(entries: Sequence[JsonObject]) -> int:
    """How many of the first entries stood so in a body that nothing was found in."""
    return entries.same if isinstance(entries, Entries) else 0


def new_in(entries: Sequence[JsonObject]) -> Iterator[tuple[int, JsonObject]]:
    """The entries that may be at fault by themselves, each behind its number."""
    same = same_as_before(entries)
    return enumerate(entries[same:], same)


def new_objects(value: Json) -> Iterator[tuple[int, JsonObject]]:
    """The same of a value that may be no list, or hold what is no object."""
    return new_in(value) if isinstance(value, Entries) else enumerate(objects(value))


def each(entries: Sequence[JsonObject], tell: Callable[[JsonObject, int], Value]) -> Sequence[Value]:
    """What follows from each entry and its number in the list."""
    if not isinstance(entries, Entries):
        return [tell(entry, at) for at, entry in enumerate(entries)]
    found: list[Value] | None = entries.facts.get(tell)
    if found is None:
        found = entries.facts[tell] = list(entries.before.get(tell, ())[: entries.same])
        found += [tell(entry, at) for at, entry in enumerate(entries[len(found) :], len(found))]
    return found


def of_rest(body: JsonObject, tell: Callable[[JsonObject], Value]) -> Value:
    """What follows from a body without its long list."""
    if not isinstance(body, LongBody):
        return tell(body)
    facts = body.rest
    if tell not in facts:
        facts[tell] = tell(body)
    found: Value = facts[tell]
    return found


# -------------------------------------------------------------------------------------------- remembering


class Beginnings:
    """Remembers long bodies of one route, by the `member` that grows. `check` is asked of its entries."""

    def __init__(self, member: str, check: Check, deepest: int = DEEPEST) -> None:
        self._member = member
        self._check = check
        self._deepest = deepest
        self._known: deque[LongBody] = deque()  # those used last come first

    def parse(self, text: bytes) -> JsonObject | Unreadable:
        """The JSON object that `text` holds, or why it holds none."""
        if len(text) < LONG:
            return parse_object(text, self._deepest)
        if body := self._continued(text):
            return body
        value = parse_object(text, self._deepest)
        return value if isinstance(value, Unreadable) else self._as_long(value, text)

    def keep(self, body: JsonObject, contract: type) -> None:
        """Remember a body that has the shape of `contract`, and that nothing was found in."""
        if not isinstance(body, LongBody):
            return
        body.contract = contract
        entries: Entries = body[self._member]
        self._known = deque(known for known in self._known if not entries.go_on(known[self._member]))
        self._known.appendleft(body)
        entries.same, entries.before = len(entries), {}
        while len(self._known) > _BODIES or sum(len(known.text) for known in self._known) > _WEIGHT:
            self._known.pop()

    # ------------------------------------------------------------------------------- one like before

    def _continued(self, text: bytes) -> LongBody | None:
        """The body that goes on like the one before that it has most in common with."""
        best, most = None, 0
        for known in [*self._known]:
            same = self._same(known, text)
            if same > most:
                best, most = known, same
            if same >= _MOST * len(known[self._member]):
                break
        return self._grown(best, most, text) if best else None

    def _same(self, known: LongBody, text: bytes) -> int:
        """How many first entries a text has in common with a body."""
        if known.cut is None:
            if not text.startswith(known.text[:_ALIKE]):
                return 0
            known.cut = _cut(known, self._member)
        if known.cut is None:  # it cannot be told where its entries stand
            self._known.remove(known)
            return 0
        return _same(known.cut, text)

    def _grown(self, before: LongBody, same: int, text: bytes) -> LongBody | None:
        cut = before.cut
        assert cut is not None  # noqa: S101 - so many entries are the same
        at = len(cut.head) + sum(map(len, cut.entries[:same]))
        new = self._entries(text[at : len(text) - len(cut.tail)])
        if new is None:
            return None
        texts, values = new
        known: Entries = before[self._member]
        entries = Entries([*known[:same], *values], same, known.facts)
        if len(entries) > _MOST_ENTRIES:
            return None
        grown = replace(cut, entries=(*cut.entries[:same], *texts))
        body = LongBody(before, text, grown, before.contract, before.rest)
        body[self._member] = entries
        return body

    def _entries(self, text: bytes) -> tuple[Sequence[bytes], Sequence[JsonObject]] | None:
        """The entries behind a known one, with what parts them, each as it is to be read."""
        if not text:
            return [], []
        bare = text.lstrip(_WHITE)
        pieces = _pieces(b"[" + bare[1:] + b"]") if bare.startswith(b",") else None
        texts = _cut_at(text, pieces) if pieces else None
        if not pieces or texts is None or texts[-1]:
            return None
        values = [parse_object(piece, self._deepest - _ABOVE) for piece in pieces]
        objects = [value for value in values if not isinstance(value, Unreadable)]
        entries = self._check(objects) if len(objects) == len(values) else None
        return None if entries is None else (texts[:-1], entries)

    # ---------------------------------------------------------------------------------- one by itself

    def _as_long(self, value: JsonObject, text: bytes) -> JsonObject:
        """The body with its list as `Entries`, if it has one."""
        listed = value.get(self._member)
        if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
            return value
        return LongBody({**value, self._member: Entries(listed, 0, {})}, text)


_WHITE = b" \t\n\r"
"""What JSON takes for white space."""

_BETWEEN = b"," + _WHITE

_ABOVE = 2
"""Levels that an entry stands below: the body and its list."""


def _same(cut: _Cut, text: bytes) -> int:
    at, end = len(cut.head), len(text) - len(cut.tail)
    if at > end or not text.startswith(cut.head) or not text.endswith(cut.tail):
        return 0
    for number, entry in enumerate(cut.entries):
        if at + len(entry) > end or not text.startswith(entry, at):
            return number
        at += len(entry)
    return len(cut.entries)


def _cut(body: LongBody, member: str) -> _Cut | None:
    """The text of a body, cut up; None where its list cannot be told from all else."""
    text = body.text
    raw = _members(text).get(member)
    pieces = _pieces(raw) if raw else None
    if raw is None or pieces is None or len(pieces) != len(body[member]):
        return None
    start = _place(raw, text)
    end = start + len(raw)
    *entries, left = _cut_at(raw[1:-1], pieces)
    cut = _Cut(text[: start + 1], tuple(entries), left + text[end - 1 :])
    without, whole = parse_object(cut.head + cut.tail), parse_object(text)
    is_apart = isinstance(whole, dict) and without == {**whole, member: []}
    return cut if is_apart else None  # it may be another list that looks the same


def _place(piece: bytes, text: bytes) -> int:
    """Where a long piece stands in a text that has it: to look for all of it takes long."""
    beginning, at = piece[:_BEGINNING], -1
    while not text.startswith(piece, at := text.index(beginning, at + 1)):
        pass
    return at


_BEGINNING = 64


def _cut_at(text: bytes, pieces: Sequence[bytes]) -> list[bytes]:
    """The pieces in a text, each with what stands before it, and what stands behind them."""
    texts, at = [], 0
    for piece in pieces:
        end = at
        while text[end] in _BETWEEN:
            end += 1
        end += len(piece)
        texts.append(text[at:end])
        at = end
    return [*texts, text[at:]]


# ------------------------------------------------------------------------------------------------ splitting


def _members(text: bytes) -> Mapping[str, bytes]:
    """The members of an object as they are written; none where it is not plainly one."""
    found = _split(text, "object") or {}
    return {name: bytes(raw) for name, raw in found.items()}


def _pieces(text: bytes) -> list[bytes] | None:
    """The entries of an array as they are written."""
    found = _split(text, "array")
    return None if found is None else [bytes(raw) for raw in found]


def _split(text: bytes, kind: Literal["object", "array"]) -> Any:
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
