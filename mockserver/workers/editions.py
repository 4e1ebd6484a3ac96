"""Scenarios that were read by who supervises, handed to the workers: all serve what was read once.

An edition names what has not changed, which a worker has already, and holds the rest. It is pickled: both
ends are the same program, and nobody else writes it.
"""

from __future__ import annotations

import mmap
import pickle
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from mockserver.scenario.model import Scenario, Template
from mockserver.scenario.templates import compile_template


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Templates are compiled again by who reads them."""
        if isinstance(value, Template):
            return compile_template, (value.source, value.place)
        return NotImplemented


def write_edition(scenarios: Iterable[Scenario], before: Sequence[Scenario]) -> IO[bytes]:
    """A file without a name that holds the scenarios, for those who have the ones before."""
    known = {id(scenario) for scenario in before}
    edition = [each.name if id(each) in known else each for each in scenarios]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who asked for it
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(edition)
    file.flush()
    return file


def read_edition(file: int, before: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios in a file. Several may read it at once, so it is not read from where it stands."""
    known: Mapping[str, Scenario] = {scenario.name: scenario for scenario in before}
    with mmap.mmap(file, 0, prot=mmap.PROT_READ) as content:
        edition: list[str | Scenario] = pickle.loads(content)  # noqa: S301 - see above
    return tuple(known[each] if isinstance(each, str) else each for each in edition)
