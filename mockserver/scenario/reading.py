"""The machinery of reading: kinds of values, and mappings as tables of keys. No word of the language itself.

A `Kind` is a reader and the JSON Schema of what it reads, in one value; a `Shape` is a mapping as a table of
keys, each with its kind. Reader and schema are both made from these tables, so they cannot drift apart.

A reader returns the value or raises `ProblemError`. `Reading.tried` is where that stops: it takes the problem
down and lets the rest of the file be read, so that all problems are told at once, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Generic, TypeVar

from mockserver.conversation import JsonObject
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem, ProblemError, did_you_mean, listed, quoted
from mockserver.scenario.stamps import Stamp
from mockserver.scenario.yaml_nodes import BrokenNode, ListNode, MappingNode, Node, ScalarNode
from mockserver.values import dataclass

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)


class ToldError(Exception):
    """Ends the reading of a value whose problems have all been told already."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Value_co]):
    """How a value is read, and the JSON Schema of what may be written."""

    read: Callable[[Node, Reading], Value_co]
    schema: JsonObject


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping. `into` is the field of the model it fills, where that has another name; `also` are
    other spellings.
    """

    name: str
    kind: Kind[Any]
    says: str
    into: str = ""
    also: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        return self.into or self.name


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with known keys. `title` names it in messages; `hints` are for keys known to stand here by
    mistake; `rules` are further JSON Schema; `told` lists the keys in a sentence.
    """

    title: str
    keys: tuple[Key, ...]
    required: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    rules: JsonObject = field(default_factory=dict)
    spellings: Mapping[str, Key] = field(init=False)
    told: str = field(init=False)

    def __post_init__(self) -> None:
        spellings = {spelling: key for key in self.keys for spelling in (key.name, *key.also)}
        object.__setattr__(self, "spellings", spellings)
        object.__setattr__(self, "told", f"its keys are {listed(key.name for key in self.keys)}")

    @property
    def schema(self) -> JsonObject:
        return {
            "type": "object",
            "properties": {
                spelling: {"description": key.says, **key.kind.schema}
                for spelling, key in self.spellings.items()
            },
            "additionalProperties": False,
            **({"required": list(self.required)} if self.required else {}),
            **self.rules,
        }


class Reading:
    """One file being read: what is known outside of it, and the problems found so far. `faults` are the names
    of the catalogue; None where any name will do. `beside` are the other files that were looked at, each as
    it was before.
    """

    def __init__(
        self, protocols: Iterable[str], folder: Path | None = None, faults: Iterable[str] | None = None
    ) -> None:
        self.protocols = tuple(sorted(protocols))
        self.folder = folder
        self.faults = None if faults is None else tuple(faults)
        self.beside: dict[str, Stamp] = {}
        self.troubles = 0
        self._problems: dict[Problem, None] = {}
        self._key = ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each once, however often an alias led to it."""
        return tuple(self._problems)

    def tell(self, place: Place, what: str, mend: str = "") -> None:
        self.troubles += 1
        self._problems[Problem(place, what, mend)] = None

    def tried(self, kind: Kind[Value], node: Node, key: str = "") -> tuple[Value] | tuple[()]:
        """The value, or nothing when it has a problem. `key` is the key it stands under."""
        outer = self._key
        self._key = key or outer
        try:
            return (kind.read(node, self),)
        except ProblemError as error:
            problem = error.problem
            self.tell(problem.place, f"{quoted(self._key)}: {problem.what}", problem.mend)
        except ToldError:
            self.troubles += 1
        finally:
            self._key = outer
        return ()


class Found:
    """What was found in a mapping of known keys: `places` of the values, also of those with a problem."""

    def __init__(self, node: MappingNode, reading: Reading) -> None:
        self.node = node
        self.place = node.place
        self.places: dict[str, Place] = {}
        self.unknown = False
        self._values: dict[str, Any] = {}
        self._reading = reading
        self._troubles_before = reading.troubles

    def key_place(self, name: str) -> Place:
        """The place of the key itself; of the mapping when the key came in by a merge or is missing."""
        return next((entry.key.place for entry in self.node.entries if entry.key.text == name), self.place)

    def put(self, key: Key, entry_value: Node) -> None:
        self.places[key.name] = entry_value.place
        for value in self._reading.tried(key.kind, entry_value, key.name):
            self._values[key.field] = value

    @property
    def troubled(self) -> bool:
        """Whether anything about this mapping has been told."""
        return self._reading.troubles > self._troubles_before

    def get(self, field: str, default: Any = None) -> Any:
        """The value of a field that could be read, whatever is wrong with the others."""
        return self._values.get(field, default)

    def settled(self) -> dict[str, Any]:
        """The values by field, all of them right. ToldError if the mapping is troubled."""
        if self.troubled:
            raise ToldError
        return self._values


def read_keys(node: Node, shape: Shape, reading: Reading) -> Found:
    """The known keys of a mapping; all others are told, as is what is missing or said twice."""
    mapping = as_mapping(node, shape.told)
    found = Found(mapping, reading)
    filled: dict[str, str] = {}
    for entry in mapping.entries:
        name = entry.key.text
        key = shape.spellings.get(name)
        if key is None:
            found.unknown = True
            reading.tell(entry.key.place, f"unknown key {quoted(name)} in {shape.title}", _hint(name, shape))
        elif key.field in filled:
            what = f"{quoted(name)} and {quoted(filled[key.field])} say the same thing twice"
            reading.tell(entry.key.place, what, "keep one of the two")
        else:
            filled[key.field] = name
            found.put(key, entry.value)
    _tell_missing(found, shape, reading)
    return found


def _hint(name: str, shape: Shape) -> str:
    return shape.hints.get(name) or did_you_mean(name, (key.name for key in shape.keys))


def _tell_missing(found: Found, shape: Shape, reading: Reading) -> None:
    # A missing key next to an unknown one is most likely that one, misspelt: one mistake, one problem.
    missing = [name for name in shape.required if name not in found.places]
    if missing and not found.unknown:
        reading.tell(found.place, f"{shape.title} lacks {listed(missing)}", "add it")


def shape_kind(shape: Shape, make: Callable[..., Value]) -> Kind[Value]:
    """A mapping of known keys, made into a value by keyword."""

    def read(node: Node, reading: Reading) -> Value:
        return make(**read_keys(node, shape, reading).settled())

    return Kind(read, shape.schema)


# ---------------------------------------------------------------------------------------- structure


def wrong(node: Node, wanted: str, mend: str = "") -> Exception:
    """What to raise for a value that is not what is wanted."""
    if isinstance(node, BrokenNode):
        return ToldError()
    return ProblemError(node.place, f"expected {wanted}, found {_told(node)}", mend)


def _told(node: Node) -> str:
    match node:
        case ScalarNode(text="", style=""):
            return "nothing"
        case ScalarNode(text=""):
            return "an empty text"
        case ScalarNode(text=text):
            return quoted(text)
        case ListNode():
            return "a list"
        case MappingNode() | BrokenNode():
            return "a mapping"


def as_mapping(node: Node, mend: str) -> MappingNode:
    if not isinstance(node, MappingNode):
        raise wrong(node, "a mapping", mend)
    return node


def as_scalar(node: Node, wanted: str, mend: str = "") -> ScalarNode:
    """A scalar with something in it, or an explicitly empty text."""
    if isinstance(node, ScalarNode) and (node.text or not node.plain):
        return node
    raise wrong(node, wanted, mend)


def as_text(node: Node) -> str:
    """The scalar's source text, whatever YAML would take it for. Nothing at all is no text."""
    if isinstance(node, ScalarNode) and node.plain and not node.text:
        raise wrong(node, "text", 'write "" for an empty text')
    return as_scalar(node, "text").text


def list_of(kind: Kind[Value], wanted: str, *, empty: bool = False) -> Kind[tuple[Value, ...]]:
    def read(node: Node, reading: Reading) -> tuple[Value, ...]:
        if not isinstance(node, ListNode):
            raise wrong(node, f"a list of {wanted}")
        if not node.items and not empty:
            raise ProblemError(node.place, f"the list of {wanted} is empty", "add an item, or drop the key")
        before = reading.troubles
        values = tuple(value for item in node.items for value in reading.tried(kind, item))
        if reading.troubles > before:
            raise ToldError
        return values

    return Kind(read, {"type": "array", "items": kind.schema, **({} if empty else {"minItems": 1})})


def one_or_many(kind: Kind[Value], wanted: str) -> Kind[tuple[Value, ...]]:
    """A single value, or a list of several."""
    many = list_of(kind, wanted)

    def read(node: Node, reading: Reading) -> tuple[Value, ...]:
        return many.read(node, reading) if isinstance(node, ListNode) else (kind.read(node, reading),)

    return Kind(read, {"anyOf": [kind.schema, many.schema]})


def mapping_of(
    name: Kind[str], kind: Kind[Value], keys: str, *, empty: bool = False
) -> Kind[dict[str, Value]]:
    """A mapping with free keys, each checked by `name`; `keys` says what they are."""

    def read(node: Node, reading: Reading) -> dict[str, Value]:
        mapping = as_mapping(node, f"its keys are {keys}")
        if not mapping.entries and not empty:
            raise ProblemError(node.place, "the mapping is empty", f"its keys are {keys}")
        before = reading.troubles
        values: dict[str, Value] = {}
        for entry in mapping.entries:
            for key in reading.tried(name, entry.key):
                if key in values:
                    reading.tell(entry.key.place, f"{quoted(key)} stands here twice", "keep one of the two")
                for value in reading.tried(kind, entry.value, entry.key.text):
                    values[key] = value
        if reading.troubles > before:
            raise ToldError
        return values

    schema = {"type": "object", "propertyNames": name.schema, "additionalProperties": kind.schema}
    return Kind(read, schema if empty else {**schema, "minProperties": 1})
