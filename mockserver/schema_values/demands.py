"""A schema taken apart into its alternatives: flat lists of schemas that must all hold for one value.

References are followed; `allOf` is joined; `anyOf`, `oneOf`, `if` and `dependentSchemas` are the branches.
What a list cannot say (`not`, "no other branch of oneOf") is left to the check of the finished value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor
from typing import Protocol, TypeAlias

from mockserver.conversation import Json, JsonObject
from mockserver.schema_values.checking import is_number
from mockserver.schema_values.mentions import is_named
from mockserver.schema_values.references import resolve
from mockserver.values import dataclass

Path: TypeAlias = tuple[int, ...]
"""The identities of all schemas that hold on the way from the root to a value."""


class Values(Protocol):
    """Gives ever other values that fit all of `schemas`, for a property called `name`."""

    def __call__(self, schemas: Sequence[Json], name: str, path: Path) -> Iterator[Json]: ...


@dataclass(frozen=True, slots=True)
class Demand:
    """Schemas that must all hold; their combinators are already taken apart."""

    schemas: tuple[JsonObject, ...]
    path: Path

    def of(self, keyword: str) -> list[Json]:
        """What the schemas say under a keyword."""
        return [schema[keyword] for schema in self.schemas if keyword in schema]

    def texts(self, keyword: str) -> list[str]:
        return [value for value in self.of(keyword) if isinstance(value, str)]

    def objects(self, keyword: str) -> list[JsonObject]:
        return [value for value in self.of(keyword) if isinstance(value, dict)]

    def numbers(self, keyword: str) -> list[float]:
        return [value for value in self.of(keyword) if is_number(value)]

    def size(self, low: str, high: str, most: int) -> tuple[int, int]:
        """The bounds two keywords set to a length or a count; `most` is more than anyone needs."""
        lowest = max((ceil(value) for value in self.numbers(low)), default=0)
        highest = min((floor(value) for value in self.numbers(high)), default=most)
        return max(0, min(lowest, most)), max(0, min(highest, most))


Branch: TypeAlias = tuple[Json, ...]


class Alternatives:
    """Takes the schemas of one document apart. A schema may be re-entered by reference `allowance` times on
    one path; `cut_short` tells whether an alternative was left out for that.
    """

    def __init__(self, root: Json, text: str, allowance: int) -> None:
        self._root = root
        self._text = text
        self._allowance = allowance
        self.cut_short = False

    def of(self, schemas: Sequence[Json], path: Path) -> Iterator[Demand]:
        """The alternatives for a value that must fit all of `schemas`, the most natural first."""
        for taken in self._apart(schemas, [], [], path):
            yield Demand(taken, (*path, *map(id, taken)))

    def _apart(
        self,
        schemas: Sequence[Json],
        taken: list[JsonObject],
        forks: list[list[Branch]],
        path: Path,
    ) -> Iterator[tuple[JsonObject, ...]]:
        taken, forks, waiting = list(taken), list(forks), [*reversed(schemas)]
        while waiting:
            schema = waiting.pop()
            if schema is False:
                return
            if not isinstance(schema, dict) or any(schema is other for other in taken):
                continue
            taken.append(schema)
            targets = self._targets(schema)
            if any(path.count(id(target)) > self._allowance for target in targets):
                self.cut_short = True
                return
            waiting += [*reversed(_list(schema, "allOf")), *reversed(targets)]
            forks += self._forks(schema)
        if not forks:
            yield tuple(taken)
            return
        for branch in forks[0]:
            yield from self._apart(branch, taken, forks[1:], path)

    def _targets(self, schema: JsonObject) -> list[Json]:
        return [resolve(schema[word], self._root) for word in ("$ref", "$dynamicRef") if word in schema]

    def _forks(self, schema: JsonObject) -> Iterator[list[Branch]]:
        for keyword in ("anyOf", "oneOf"):
            if options := _list(schema, keyword):
                yield [(option,) for option in sorted(options, key=self._rank)]
        if "if" in schema and ("then" in schema or "else" in schema):
            condition = schema["if"]
            yield [(condition, schema.get("then")), ({"not": condition}, schema.get("else"))]
        dependents = schema.get("dependentSchemas")
        for trigger, dependent in dependents.items() if isinstance(dependents, dict) else ():
            yield [(dependent,), ({"not": {"required": [trigger]}},)]

    def _rank(self, option: Json) -> int:
        """What the user's text names comes first, null last."""
        if not isinstance(option, dict):
            return 1
        if any(is_named(value, self._text) for value in (option.get("const"), *_list(option, "enum"))):
            return 0
        return 2 if option.get("type") == "null" or option.get("const", 0) is None else 1


def _list(schema: JsonObject, keyword: str) -> list[Json]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []
