"""Candidates for objects: all properties first, then without one or the other, then with other values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice

from mockserver.conversation import Json, JsonObject
from mockserver.schema_values.checking import fits, is_additional
from mockserver.schema_values.demands import Demand, Values
from mockserver.schema_values.patterns import matches, samples

MOST_PROPERTIES = 1000
"""No object is given more properties than this, whatever a schema says."""

_OTHERS = 1000
_LONGEST_NAME = 64


def objects(demand: Demand, values: Values, root: Json) -> Iterator[JsonObject]:
    plan = _Plan(demand, values, root)
    for names in plan.selections():
        yield plan.filled(names)
    for names in islice(plan.selections(), 1):
        yield from plan.others(plan.filled(names))
    yield from plan.others(plan.filled(plan.required))


class _Plan:
    """What the object may hold. `found` is a first value for each property that can have one."""

    def __init__(self, demand: Demand, values: Values, root: Json) -> None:
        self._demand = demand
        self._values = values
        self._root = root
        self._low, self._high = demand.size("minProperties", "maxProperties", MOST_PROPERTIES)
        self._triggers = {name for part in demand.objects("dependentRequired") for name in part}
        declared = [name for part in demand.objects("properties") for name in part]
        required = [name for part in demand.of("required") for name in _names(part)]
        self.required = self._with_dependents(required)
        self._found: JsonObject = {}
        for name in self._with_dependents([*declared, *required]):
            for value in islice(self._values_of(name), 1):
                self._found[name] = value

    def _with_dependents(self, names: Iterable[str]) -> list[str]:
        """The names, each once, and whatever `dependentRequired` asks for with them."""
        dependents = self._demand.objects("dependentRequired")
        waiting, known = [*names], dict[str, None]()
        while waiting:
            name = waiting.pop(0)
            if name not in known:
                known[name] = None
                waiting += [other for part in dependents for other in _names(part.get(name))]
        return list(known)

    def _values_of(self, name: str, meaning: str = "") -> Iterator[Json]:
        return self._values(self._schemas(name), meaning or name, self._demand.path)

    def _schemas(self, name: str) -> list[Json]:
        """What the schemas ask of a property called `name`; False where it may not be there."""
        asked: list[Json] = []
        for schema in self._demand.schemas:
            declared, patterns = schema.get("properties"), schema.get("patternProperties")
            if isinstance(declared, dict) and name in declared:
                asked.append(declared[name])
            if isinstance(patterns, dict):
                asked += [part for pattern, part in patterns.items() if matches(pattern, name)]
            if "additionalProperties" in schema and is_additional(name, schema):
                asked.append(schema["additionalProperties"])
            if "propertyNames" in schema:
                asked.append(fits(name, schema["propertyNames"], self._root))
        return asked

    def selections(self) -> Iterator[list[str]]:
        """Which properties to take, all of them first, the required ones always."""
        required = [name for name in self.required if name in self._found]
        if len(required) < len(self.required):
            return
        optional = [name for name in self._found if name not in frozenset(self.required)]
        room = max(0, self._high - len(required))
        yield self._ordered([*required, *optional[:room]])
        for left_out in reversed(optional):
            yield self._ordered([*required, *[name for name in optional if name != left_out][:room]])
        yield self._ordered(required)
        for name in optional:
            yield self._ordered([*required, name])

    def _ordered(self, names: Sequence[str]) -> list[str]:
        chosen = frozenset(names)
        return [name for name in self._found if name in chosen]

    def filled(self, names: Sequence[str]) -> JsonObject:
        """The properties of these names, and as many invented ones as are missing."""
        value = {name: self._found[name] for name in names if name in self._found}
        missing = max(self._low - len(value), 0 if self._found or not self._is_map() else 1)
        if missing and self._high > len(value):
            invented = islice(self._invented_names(), _OTHERS + missing)
            names_left = (name for name in invented if name not in value and name not in self._triggers)
            found = (
                (name, item) for name in names_left for item in islice(self._values_of(name, "value"), 1)
            )
            value.update(islice(found, missing))
        return value

    def _is_map(self) -> bool:
        """Whether the object is a mapping of any names to one kind of value."""
        return bool(self._demand.objects("additionalProperties") or self._demand.objects("patternProperties"))

    def _invented_names(self) -> Iterator[str]:
        for patterns in self._demand.objects("patternProperties"):
            for pattern in patterns:
                yield from dict.fromkeys(islice(samples(pattern, 1, _LONGEST_NAME), _OTHERS))
        if any(part is False for part in self._demand.of("additionalProperties")):
            return
        if allowed := self._demand.of("propertyNames"):
            names = self._values([*allowed, {"type": "string"}], "key", self._demand.path)
            yield from (name for name in names if isinstance(name, str))
        else:
            yield "key"
            yield from (f"key_{number}" for number in count(2))

    def others(self, value: JsonObject) -> Iterator[JsonObject]:
        """The same object with another value for one property, each in turn."""
        streams = {name: islice(self._values_of(name), 1, _OTHERS) for name in value}
        while streams:
            for name in list(streams):
                found = list(islice(streams[name], 1))
                if found:
                    yield {**value, name: found[0]}
                else:
                    del streams[name]


def _names(value: Json) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
