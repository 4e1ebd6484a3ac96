"""The search for an example: alternatives, candidates for each, and the check that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from mockserver.conversation import Json
from mockserver.schema_values.arrays import arrays
from mockserver.schema_values.checking import fits, weight
from mockserver.schema_values.demands import Alternatives, Demand, Path
from mockserver.schema_values.mentions import is_named, mentioned
from mockserver.schema_values.objects import objects
from mockserver.schema_values.scalars import numbers, strings

_EFFORT = 5000
"""Candidates tried, and alternatives looked at, for one example before giving up."""

_WEIGHT_PER_EFFORT = 4
"""Large candidates are dear: making and checking them takes as long as that of many small ones."""

_PATIENCE = 150
"""Candidates of one kind in a row that may fail before the next kind or alternative is tried."""

_GUESSES = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
    "string": ("format", "pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_KINDS = ("string", "number", "boolean", "object", "array", "null")


class Composer:
    """Makes values for the schemas of one document. Not `strict`: the first candidate is good enough."""

    def __init__(self, root: Json, text: str, *, allowance: int, strict: bool) -> None:
        self._root = root
        self._text = text
        self._alternatives = Alternatives(root, text, allowance)
        self._strict = strict
        self._effort = _EFFORT

    @property
    def was_cut_short(self) -> bool:
        """Whether a deeper recursion might still have a value."""
        return self._alternatives.cut_short

    def values(self, schemas: Sequence[Json], name: str, path: Path) -> Iterator[Json]:
        """Ever other values that fit all of `schemas`, the most plausible first."""
        for demand in self._alternatives.of(schemas, path):
            self._effort -= 1 + len(demand.schemas) // _WEIGHT_PER_EFFORT
            if self._effort <= 0:
                return
            for candidates in self._candidates(demand, name):
                yield from self._fitting(candidates, schemas)

    def _fitting(self, candidates: Iterator[Json], schemas: Sequence[Json]) -> Iterator[Json]:
        patience = _PATIENCE
        for candidate in candidates:
            self._effort -= 1 + weight(candidate, _EFFORT) // _WEIGHT_PER_EFFORT
            if not self._strict or all(fits(candidate, schema, self._root) for schema in schemas):
                patience = _PATIENCE
                yield candidate
            patience -= 1
            if patience <= 0 or self._effort <= 0:
                return

    def _candidates(self, demand: Demand, name: str) -> Iterator[Iterator[Json]]:
        listed = [*demand.of("const"), *self._enumerated(demand)]
        if listed:
            yield iter(listed)
            return
        kinds = kinds_of(demand)
        if "string" in kinds:
            yield mentioned(name, self._text)
        yield suggested(demand)
        for kind in kinds:
            yield self._of_kind(kind, demand, name)

    def _enumerated(self, demand: Demand) -> list[Json]:
        options = [option for part in demand.of("enum") if isinstance(part, list) for option in part]
        return sorted(options, key=lambda option: not is_named(option, self._text))

    def _of_kind(self, kind: str, demand: Demand, name: str) -> Iterator[Json]:
        match kind:
            case "object":
                return objects(demand, self.values, self._root)
            case "array":
                return arrays(demand, name, self.values)
            case "string":
                return strings(demand, name)
            case "integer" | "number":
                return numbers(demand, name, whole=kind == "integer")
            case "boolean":
                return iter((True, False))
            case _:
                return iter((None,))


def suggested(demand: Demand) -> Iterator[Json]:
    """What the schemas themselves propose. A null that only `nullable` allows says less than a value."""
    nullable = True in demand.of("nullable")
    yield from (value for value in demand.of("default") if value is not None or not nullable)
    for examples in demand.of("examples"):
        if isinstance(examples, list):
            yield from islice(examples, 10)
    yield from demand.of("example")


def kinds_of(demand: Demand) -> list[str]:
    """The types that are left, in the order of the schema, null last; where none is named, all."""
    kinds: list[str] | None = None
    for value in demand.of("type"):
        names = [
            name.lower() for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)
        ]
        if names:
            kinds = names if kinds is None else _common(kinds, names)
    if kinds is None:
        likely = [kind for kind, words in _GUESSES.items() if any(demand.of(word) for word in words)]
        kinds = [*likely, *(kind for kind in _KINDS if kind not in likely)]
    if True in demand.of("nullable"):
        kinds = [*kinds, "null"]
    return sorted(dict.fromkeys(kinds), key=lambda kind: kind == "null")


def _common(some: list[str], others: list[str]) -> list[str]:
    """The types in both lists, every integer being a number."""
    return [
        *(name for name in some if name in _with_integers(others)),
        *(name for name in others if name in _with_integers(some)),
    ]


def _with_integers(names: list[str]) -> list[str]:
    return [*names, "integer"] if "number" in names else names
