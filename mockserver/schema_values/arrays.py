"""Candidates for arrays: as short as natural, with what `contains` asks for, unique where wanted."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import islice, permutations

from mockserver.conversation import Json
from mockserver.schema_values.checking import identity, is_number, weight
from mockserver.schema_values.demands import Demand, Path, Values
from mockserver.schema_values.vocabulary import item_name

MOST_ITEMS = 2_000
"""No array is made longer than this, items of items included, whatever a schema says."""

_OTHERS = 1000
_PLACEMENTS = 60
_VARIED = 5


def arrays(demand: Demand, name: str, values: Values) -> Iterator[list[Json]]:
    """The array of natural length, other lengths and orders, then other items."""
    low, high = demand.size("minItems", "maxItems", MOST_ITEMS)
    plan = _Plan(demand, item_name(name), values)
    natural = min(high, max(low, plan.fixed, len(plan.wanted), 1))
    lengths = dict.fromkeys((natural, low, min(high, plan.fixed + len(plan.wanted)), *range(low, low + 3)))
    first: list[list[Json]] = []
    for length in lengths:
        for places in plan.placements(length) if length <= high else ():
            for array in plan.filled(length, places):
                first.append(array)
                yield array
    for array in first[:_VARIED]:
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

    def placements(self, length: int) -> Iterator[tuple[int, ...]]:
        """Where the wanted items may stand: behind the fixed ones first, where there is room."""
        wanted = len(self.wanted)
        yield tuple(range(self.fixed, min(length, self.fixed + wanted)))
        if wanted:
            yield from islice(permutations(range(length), wanted), _PLACEMENTS)

    def filled(self, length: int, places: tuple[int, ...]) -> Iterator[list[Json]]:
        """An array with the wanted items in these places; none where an item is impossible."""
        wanted = dict(zip(places, self.wanted, strict=False))
        supply = _Supply(self._values, self._name, self._demand.path, unique=self._unique)
        array: list[Json] = []
        room = MOST_ITEMS
        for index in range(length):
            extra = [wanted[index]] if index in wanted else self._unwanted
            found = supply.next_of([*self._schemas(index), *extra])
            if not found:
                return
            room -= weight(found[0], room + 1)
            if room < 0:
                break
            array += found
        yield array

    def others(self, array: list[Json]) -> Iterator[list[Json]]:
        """The same array with another first item."""
        if array:
            others = self._values(self._schemas(0), self._name, self._demand.path)
            yield from ([other, *array[1:]] for other in islice(others, 1, _OTHERS))


class _Supply:
    """Items for one array: never the same twice where they must differ, else the first serves for all."""

    def __init__(self, values: Values, name: str, path: Path, *, unique: bool) -> None:
        self._values = values
        self._name = name
        self._path = path
        self._unique = unique
        self._seen: set[Hashable] = set()
        self._streams: dict[Path, Iterator[Json]] = {}
        self._last: dict[Path, list[Json]] = {}

    def next_of(self, schemas: list[Json]) -> list[Json]:
        """One item that fits the schemas, or none."""
        key = tuple(map(id, schemas))
        if key not in self._streams:
            self._streams[key] = self._values(schemas, self._name, self._path)
        if self._unique or key not in self._last:
            fresh = (value for value in self._streams[key] if identity(value) not in self._seen)
            self._last[key] = list(islice(fresh, 1))
        if self._unique:
            self._seen |= set(map(identity, self._last[key]))
        return self._last[key]


def _wanted(demand: Demand) -> list[Json]:
    """The schemas that `contains` wants met, each as often as it wants it."""
    wanted: list[Json] = []
    for schema in demand.schemas:
        if "contains" in schema:
            least = schema.get("minContains", 1)
            wanted += [schema["contains"]] * (min(MOST_ITEMS, int(least)) if is_number(least) else 1)
    return wanted
