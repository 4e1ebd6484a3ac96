"""Candidates for arrays: as short as natural, with what `contains` asks for, unique where wanted."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import islice

from mockserver.conversation import Json
from mockserver.schema_values.checking import identity, is_number
from mockserver.schema_values.demands import Demand, Values
from mockserver.schema_values.vocabulary import item_name

MOST_ITEMS = 10_000
"""No array is made longer than this, whatever a schema says."""

_OTHERS = 1000


def arrays(demand: Demand, name: str, values: Values) -> Iterator[list[Json]]:
    """The array of natural length, the same with other items, then other lengths."""
    low, high = demand.size("minItems", "maxItems", MOST_ITEMS)
    plan = _Plan(demand, item_name(name), values)
    natural = min(high, max(low, plan.fixed, len(plan.wanted), 1))
    lengths = dict.fromkeys((natural, low, min(high, plan.fixed + len(plan.wanted)), *range(low, low + 3)))
    for length in lengths:
        for start in dict.fromkeys((plan.fixed, 0, length - len(plan.wanted))):
            array = plan.filled(length, max(0, start)) if length <= high else None
            if array is not None:
                yield array
                yield from plan.others(array)


class _Plan:
    """What stands where in the array. `fixed` is the number of positions with a schema of their own."""

    def __init__(self, demand: Demand, name: str, values: Values) -> None:
        self._demand = demand
        self._name = name
        self._values = values
        self.fixed = max((len(prefix) for prefix in self._prefixes()), default=0)
        self.wanted = _wanted(demand)
        self._unwanted = [
            {"not": schema["contains"]}
            for schema in demand.schemas
            if "contains" in schema and is_number(schema.get("maxContains"))
        ]
        self._unique = True in demand.of("uniqueItems")

    def _prefixes(self) -> Iterator[list[Json]]:
        return (prefix for prefix in self._demand.of("prefixItems") if isinstance(prefix, list))

    def _schemas(self, index: int) -> list[Json]:
        """What the schemas ask of the item at `index`."""
        asked: list[Json] = []
        for schema in self._demand.schemas:
            prefix = schema.get("prefixItems")
            if isinstance(prefix, list) and index < len(prefix):
                asked.append(prefix[index])
            elif "items" in schema:
                asked.append(schema["items"])
        return asked

    def filled(self, length: int, start: int) -> list[Json] | None:
        """An array of `length` items, the wanted ones from `start` on; None where an item is impossible."""
        array: list[Json] = []
        seen: set[Hashable] = set()
        streams: dict[tuple[int, ...], Iterator[Json]] = {}
        last: dict[tuple[int, ...], Json] = {}
        for index in range(length):
            placed = index - start
            extra = [self.wanted[placed]] if 0 <= placed < len(self.wanted) else self._unwanted
            schemas = [*self._schemas(index), *extra]
            key = tuple(map(id, schemas))
            if key not in streams:
                streams[key] = self._values(schemas, self._name, self._demand.path)
            if self._unique or key not in last:
                # Only where items must differ is the next value asked for: else the first serves for all.
                fresh = (value for value in streams[key] if not self._unique or identity(value) not in seen)
                found = list(islice(fresh, 1))
                if not found:
                    return None
                last[key] = found[0]
            array.append(last[key])
            if self._unique:
                seen.add(identity(last[key]))
        return array

    def others(self, array: list[Json]) -> Iterator[list[Json]]:
        """The same array with another first item."""
        if array:
            others = self._values(self._schemas(0), self._name, self._demand.path)
            yield from ([other, *array[1:]] for other in islice(others, 1, _OTHERS))


def _wanted(demand: Demand) -> list[Json]:
    """The schemas that `contains` wants met, each as often as it wants it."""
    wanted: list[Json] = []
    for schema in demand.schemas:
        if "contains" in schema:
            least = schema.get("minContains", 1)
            wanted += [schema["contains"]] * (min(MOST_ITEMS, int(least)) if is_number(least) else 1)
    return wanted
