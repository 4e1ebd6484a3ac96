"""Long bodies that begin like one before: an agent sends its whole conversation again, and little is new.

A body that nothing was found in is remembered as it came, cut at the entries of its long list: messages,
items. Where another one is the same but for entries further on, only these are parsed and checked, and what
was worked out of the first ones is not worked out again. Which bytes those are is compared, so a body is read
as it would be by itself. Bounded; in the memory of a process. What a contract is, a dialect tells.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from mockserver.conversation import Json, JsonObject
from mockserver.history.latest import LONG, Latest, is_gone_on
from mockserver.protocols.cuts import Cut, cut_further, cut_up, further
from mockserver.protocols.json_body import DEEPEST, Unreadable, parse_object, parse_objects
from mockserver.protocols.tolerant import objects

Value = TypeVar("Value")

_MOST_ENTRIES = 10_000
"""A contract may limit them, but none to fewer."""

_ALIKE = 4 * 1024
"""Bytes that bodies begin with of which one may go on like the other."""

Check: TypeAlias = Callable[[list[JsonObject]], Sequence[JsonObject] | None]
"""Entries as they are to be read; None where one of them has not the right shape."""


_ABOVE = 1
"""The level that a list of entries stands below: that of the body."""


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
        return self.before is other.facts and is_gone_on(self.same, len(other))


class LongBody(dict[str, Any]):
    """A body with a long list of entries, and its text, which is cut at them once another one looks like it.
    `contract` is what it was found right by, None if by none yet; `rest` are the facts of all that is not in
    the list. With `is_as_sent` it is what the text says, and nothing that was made of it.
    """

    __slots__ = ("contract", "cut", "is_as_sent", "rest", "text")

    def __init__(self, body: JsonObject, text: bytes, *, is_as_sent: bool) -> None:
        super().__init__(body)
        self.text = text
        self.is_as_sent = is_as_sent
        self.cut: Cut | None = None
        self.contract: type | None = None
        self.rest: dict[Hashable, Any] = {}


# ----------------------------------------------------------------------------------------------- facts


def is_right(contract: type, body: JsonObject) -> bool:
    """Whether it is known of a body that it has the shape of a contract."""
    return isinstance(body, LongBody) and body.contract is contract


def reread(body: JsonObject, read: JsonObject) -> JsonObject:
    """What was read of a body, where that is not the body as it came: long, as that is."""
    if not isinstance(body, LongBody):
        return read
    member = next(name for name, value in body.items() if isinstance(value, Entries))
    return LongBody({**read, member: Entries(read[member], 0, {})}, body.text, is_as_sent=False)


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


def chosen(entries: Sequence[JsonObject], choose: Callable[[JsonObject], bool]) -> Sequence[JsonObject]:
    """The entries that are chosen, where these are few of many."""
    if not isinstance(entries, Entries):
        return [entry for entry in entries if choose(entry)]
    found: list[tuple[int, JsonObject]] | None = entries.facts.get(choose)
    if found is None:
        known = entries.before.get(choose)
        start = 0 if known is None else entries.same
        found = entries.facts[choose] = [one for one in known or () if one[0] < start]
        found += [(at, entry) for at, entry in enumerate(entries[start:], start) if choose(entry)]
    return [entry for _, entry in found]


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


class Beginnings(threading.local):
    """Remembers long bodies of one route, by the `member` that grows. `check` is asked of its entries.
    For each thread its own, since each may serve.
    """

    def __init__(self, member: str, check: Check, deepest: int = DEEPEST) -> None:
        self._member = member
        self._check = check
        self._deepest = deepest
        self._known: Latest[LongBody] = Latest(lambda known: len(known[member]))

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
        for known in [*self._known]:
            if entries.go_on(known[self._member]):
                self._known.drop(known)
        self._known.put(body, len(body.text))
        entries.same, entries.before = len(entries), {}

    # ------------------------------------------------------------------------------- one like before

    def _continued(self, text: bytes) -> LongBody | None:
        """The body that goes on like the one before that it has most in common with."""
        best, same = self._known.best(lambda known, most: self._same(known, text, most))
        return self._grown(best, same, text) if best else None

    def _same(self, known: LongBody, text: bytes, most: int) -> int:
        """How many first entries a text has in common with a body, if these are more than `most`."""
        if known.cut is None:
            if not text.startswith(known.text[:_ALIKE]):
                return 0
            known.cut = self._cut(known)
        if known.cut is None:  # it cannot be told where its entries stand
            self._known.drop(known)
            return 0
        return known.cut.same(known.text, text, most)

    def _cut(self, known: LongBody) -> Cut | None:
        """How a body is cut up at its list; None where that cannot be told from all else."""
        cut = cut_up(known.text, self._member)
        if cut is None:
            return None
        without, whole = (
            parse_object(cut.head + cut.tail),
            known if known.is_as_sent else parse_object(known.text),
        )
        is_apart = isinstance(whole, dict) and without == {**whole, self._member: []}
        return cut if is_apart else None  # it may be another list that looks the same

    def _grown(self, before: LongBody, same: int, text: bytes) -> LongBody | None:
        cut = before.cut
        assert cut is not None  # noqa: S101 - so many entries are the same
        found = self._further(cut.behind(same, text))
        if found is None:
            return None
        pieces, new = found
        known: Entries = before[self._member]
        entries = Entries([*known[:same], *new], same, known.facts)
        if len(entries) > _MOST_ENTRIES:
            return None
        body = LongBody(before, text, is_as_sent=before.is_as_sent)
        body[self._member] = entries
        body.cut, body.contract, body.rest = cut.gone_on(same, pieces), before.contract, before.rest
        return body

    def _further(self, text: bytes) -> tuple[Sequence[bytes], Sequence[JsonObject]] | None:
        """The entries that stand behind another one, cut up, and as they are to be read; None where
        one of them is not right.
        """
        listed = further(text)
        entries = parse_objects(listed, self._deepest - _ABOVE) if listed else None
        if entries is None:
            return None
        pieces, new = cut_further(text, len(entries)), self._check(entries)
        return None if pieces is None or new is None else (pieces, new)

    # ---------------------------------------------------------------------------------- one by itself

    def _as_long(self, value: JsonObject, text: bytes) -> JsonObject:
        """The body with its list as `Entries`, if it has one."""
        listed = value.get(self._member)
        if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
            return value
        return LongBody({**value, self._member: Entries(listed, 0, {})}, text, is_as_sent=True)
