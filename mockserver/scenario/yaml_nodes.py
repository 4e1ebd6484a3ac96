"""YAML text -> nodes that know their place. Nothing here knows the scenario language.

Scalars keep their source text: whether `no`, `12:30` or `1_000` is a text or something else is decided by the
position they stand in, not by YAML 1.1. Nodes are built from the C parser's events without recursion, so
nesting, aliases and size can be bounded; whatever is wrong becomes a problem, never an exception. Supported
of the rarer features: anchors, aliases, the merge key `<<` (a plain key, its value a mapping or a list of
mappings; keys of the mapping itself win, then the first). Tags are problems.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import field, replace
from typing import TypeAlias

import yaml
from yaml import events as yaml_events

from mockserver.scenario import yaml_syntax
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem, ProblemError, counted, quoted
from mockserver.values import dataclass

DEEPEST = 64
MOST_NODES = 200_000
MERGE_KEY = "<<"

_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_HARMLESS_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
# As libyaml counts lines, so that its marks and ours agree.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Source:
    """A text with a name, that can point at its places."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._lines = _LINE_BREAK.split(text)

    def place(self, line: int, column: int) -> Place:
        """The place of a line and column counted from 0."""
        source = self._lines[line] if line < len(self._lines) else ""
        return Place(self.file, line + 1, column + 1, source)

    def place_at(self, index: int) -> Place:
        before = _LINE_BREAK.split(self.text[:index])
        return self.place(len(before) - 1, len(before[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class ScalarNode:
    """`style` is "" for a plain scalar, else the quote or block indicator it is written with."""

    place: Place
    text: str
    style: str
    source: Source

    @property
    def plain(self) -> bool:
        return self.style == ""

    def line_place(self, number: int) -> Place:
        """The place of a line of the text, counted from 0. Only a literal block keeps its lines; a text
        written otherwise is one place.
        """
        if self.style != "|":
            return self.place
        line = self.source.place(self.place.line + number, 0)
        return replace(line, column=len(line.source) - len(line.source.lstrip()) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class ListNode:
    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class MappingNode:
    place: Place
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BrokenNode:
    """Stands for a value whose problem has been told already."""

    place: Place


Node: TypeAlias = ScalarNode | ListNode | MappingNode | BrokenNode


@dataclass(frozen=True, slots=True)
class Composed:
    """The documents that could be composed, empty ones left out, and what was wrong with the rest."""

    documents: tuple[Node, ...]
    problems: tuple[Problem, ...]


def decode(content: bytes, file: str) -> str:
    """The text of a file. ProblemError if it is not UTF-8."""
    content = content.removeprefix(BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        place = Source(content.decode(errors="replace"), file).place_at(len(before))
        what = f"byte 0x{content[error.start]:02X} is not UTF-8"
        raise ProblemError(place, what, "save the file in the encoding UTF-8") from None


def compose(text: str, file: str) -> Composed:
    """All documents of a YAML text."""
    source = Source(text, file)
    composer = _Composer(source)
    documents: list[Node] = []
    try:
        _refuse_unprintable(source)
        documents.extend(composer.documents())
    except ProblemError as error:
        composer.tell_last(error.problem)
    return Composed(tuple(documents), tuple(composer.problems))


def _refuse_unprintable(source: Source) -> None:
    found = _UNPRINTABLE.search(source.text)
    if found:
        what = f"the character U+{ord(found[0]):04X} may not stand in YAML"
        mend = "remove it, or write it as an escape in a double-quoted text"
        raise ProblemError(source.place_at(found.start()), what, mend)


@dataclass(slots=True)
class _Open:
    """A list or `mapping` whose end has not come yet; `began` counts the nodes before it."""

    mapping: bool
    place: Place
    anchor: str | None
    began: int
    fault: Problem | None = None
    children: list[Node] = field(default_factory=list)


class _Composer:
    """Builds the nodes of one text, document by document."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._root: Node | None = None

    def documents(self) -> Iterator[Node]:
        try:
            for event in yaml.parse(self._source.text, Loader=yaml.CSafeLoader):
                match event:
                    case yaml_events.ScalarEvent():
                        self._attach(self._scalar(event), event.anchor, 1)
                    case yaml_events.CollectionStartEvent():
                        self._begin(event)
                    case yaml_events.CollectionEndEvent():
                        self._end()
                    case yaml_events.AliasEvent():
                        self._attach(*self._aliased(event))
                    case yaml_events.DocumentStartEvent():
                        self._anchors.clear()
                        self._count = 0
                    case yaml_events.DocumentEndEvent() if self._root and not _is_empty(self._root):
                        yield self._root
        except yaml.MarkedYAMLError as error:
            raise yaml_syntax.explain(error, self._source.place) from None
        except yaml.YAMLError as error:
            raise ProblemError(self._source.place(0, 0), f"this is not YAML: {error}") from None

    def _place(self, event: yaml_events.Event) -> Place:
        mark = event.start_mark
        return self._source.place(mark.line, mark.column) if mark else self._source.place(0, 0)

    def _scalar(self, event: yaml_events.ScalarEvent) -> Node:
        place = self._place(event)
        if event.tag is None:
            return ScalarNode(place, event.value, event.style or "", self._source)
        if event.tag in _TEXT_TAGS:
            return ScalarNode(place, event.value, event.style or '"', self._source)
        return self._broken(_tag_problem(place, event.tag))

    def _aliased(self, event: yaml_events.AliasEvent) -> tuple[Node, None, int]:
        if event.anchor not in self._anchors:
            what = f"{quoted(f'*{event.anchor}')} refers to no anchor above it in this document"
            mend = f"set the anchor with {quoted(f'&{event.anchor}')}, or put the text in quotes"
            return self._broken(Problem(self._place(event), what, mend)), None, 1
        node, size = self._anchors[event.anchor]
        self._refuse_too_many(size, self._place(event))
        return node, None, size

    def _begin(self, event: yaml_events.CollectionStartEvent) -> None:
        place = self._place(event)
        if len(self._open) == DEEPEST:
            raise ProblemError(place, f"nested deeper than {DEEPEST} levels", "flatten it")
        fault = None if event.tag in _HARMLESS_TAGS else _tag_problem(place, event.tag)
        mapping = isinstance(event, yaml_events.MappingStartEvent)
        self._open.append(_Open(mapping, place, event.anchor, self._count, fault))

    def _end(self) -> None:
        ended = self._open.pop()
        node: Node
        if ended.fault:
            node = self._broken(ended.fault)
        elif ended.mapping:
            node = self._mapping(ended)
        else:
            node = ListNode(ended.place, tuple(ended.children))
        size = self._count - ended.began + 1
        self._attach(node, ended.anchor, 1, size)

    def _attach(self, node: Node, anchor: str | None, more: int, size: int = 1) -> None:
        self._count += more
        self._refuse_too_many(0, node.place)
        if anchor:
            self._anchors[anchor] = (node, size)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node

    def _refuse_too_many(self, more: int, place: Place) -> None:
        if self._count + more > MOST_NODES:
            what = f"the document holds more than {counted(MOST_NODES, 'value')}, aliases written out"
            raise ProblemError(place, what, "split the file, and use fewer aliases of aliases")

    def _mapping(self, ended: _Open) -> Node:
        """The children in pairs. Whatever is wrong with a key is told here, once."""
        entries: dict[str, Entry] = {}
        merged: list[Node] = []
        for key, value in zip(ended.children[::2], ended.children[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                return key if isinstance(key, BrokenNode) else self._broken(_key_problem(key))
            if key.plain and key.text == MERGE_KEY:
                merged.append(value)
            elif key.text in entries:
                self.problems.append(_duplicate_problem(key, entries[key.text].key))
            else:
                entries[key.text] = Entry(key, value)
        for entry in self._merged(merged):
            entries.setdefault(entry.key.text, entry)
        return MappingNode(ended.place, tuple(entries.values()))

    def _merged(self, values: list[Node]) -> Iterator[Entry]:
        for value in values:
            for node in value.items if isinstance(value, ListNode) else (value,):
                match node:
                    case MappingNode(entries=entries):
                        yield from entries
                    case BrokenNode():
                        pass
                    case _:
                        what = f"the merge key `{MERGE_KEY}` takes a mapping or a list of mappings"
                        mend = "write `<<: *name` of an anchor `&name` on a mapping"
                        self.problems.append(Problem(node.place, what, mend))

    def tell_last(self, problem: Problem) -> None:
        """What ended the composing, unless it comes of a mistake in the same line that is told already."""
        if not any(told.place.line == problem.place.line for told in self.problems):
            self.problems.append(problem)

    def _broken(self, problem: Problem) -> BrokenNode:
        self.problems.append(problem)
        return BrokenNode(problem.place)


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.plain and node.text == ""


def _tag_problem(place: Place, tag: str) -> Problem:
    what = f"YAML tags such as {quoted(tag.replace('tag:yaml.org,2002:', '!!'))} mean nothing here"
    return Problem(place, what, "leave the tag out, or put a text that begins with `!` in quotes")


def _key_problem(key: Node) -> Problem:
    before, after = key.place.source[: key.place.column - 1], key.place.source[key.place.column - 1 :]
    if after.startswith("{{") or before.endswith("{"):
        return Problem(key.place, "a template must stand in quotes", yaml_syntax.QUOTE_TEMPLATE)
    return Problem(key.place, "a key must be text", "put it in quotes")


def _duplicate_problem(key: ScalarNode, first: ScalarNode) -> Problem:
    what = f"the key {quoted(key.text)} stands here twice, first in line {first.place.line}"
    return Problem(key.place, what, "keep one of the two")
