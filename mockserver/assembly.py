"""The whole server put together from paths and settings: shared by command line, fixture and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from mockserver.conversation import Json
from mockserver.engine import Engine
from mockserver.faults.drawing import FAULT_NAMES
from mockserver.journal.entries import Journal
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Vendor
from mockserver.scenario.files import Library, Loaded, load_text, report
from mockserver.scenario.model import Scenario
from mockserver.scenario.yaml_nodes import decode
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.setup import Written

if TYPE_CHECKING:
    from mockserver.state.shared.state import SharedState


class BrokenScenariosError(ValueError):
    """Scenario files that cannot be served; the text is the report of every problem."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(report(loaded))
        self.problems = loaded.problems


class SharingError(ValueError):
    """Why state cannot be shared; the text says what to do."""


def builtin_folder() -> Path:
    """Where the built-in scenarios are: inside the installed package, or beside it in a source checkout."""
    installed = Path(__file__).parent / "builtin"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "scenarios"


def protocol_names(vendors: Sequence[Vendor] = VENDORS) -> frozenset[str]:
    """The protocol names that scenarios may use."""
    return frozenset(name for vendor in vendors for name in vendor.protocols)


def open_library(paths: Sequence[str | Path], vendors: Sequence[Vendor] = VENDORS) -> Library:
    """Files and folders of scenarios, to load again and again."""
    return Library([str(path) for path in paths], protocol_names(vendors), FAULT_NAMES)


def builtin_library(vendors: Sequence[Vendor] = VENDORS) -> Library:
    """The library of the built-in scenarios: the same for who serves them and who has them by name."""
    return _builtin_library(tuple(vendors))


@lru_cache(maxsize=8)
def _builtin_library(vendors: tuple[Vendor, ...]) -> Library:
    return open_library([builtin_folder()], vendors)


def load_scenarios(paths: Sequence[str | Path], vendors: Sequence[Vendor] = VENDORS) -> tuple[Scenario, ...]:
    """The scenarios in files and folders. BrokenScenariosError if any of them has a problem."""
    return sound(open_library(paths, vendors).load())


def parse_scenarios(text: str, name: str, vendors: Sequence[Vendor] = VENDORS) -> tuple[Scenario, ...]:
    """The scenarios in a YAML text; `name` stands for the file in messages."""
    return sound(load_text(text, name, protocol_names(vendors), faults=FAULT_NAMES))


def parse_written(written: Written, vendors: Sequence[Vendor] = VENDORS) -> tuple[Scenario, ...]:
    """The scenarios of what was written elsewhere. BrokenScenariosError if they cannot be read here."""
    folder = None if written.folder is None else Path(written.folder)
    return sound(load_text(written.text, written.name, protocol_names(vendors), folder, FAULT_NAMES))


def by_file(scenarios: Iterable[Scenario]) -> Iterator[tuple[Written, list[Scenario]]]:
    """Scenarios that were loaded, file by file, each with what stands in it."""
    for name, found in groupby(scenarios, lambda scenario: scenario.place.file):
        path = Path(name)
        text = decode(path.read_bytes(), name)
        yield Written(text, name, str(path.parent.absolute())), list(found)


def scenario_text(scenario: Json) -> str:
    """A scenario in Python values as the YAML that says the same."""
    return str(yaml.safe_dump(scenario, sort_keys=False, allow_unicode=True))


def sound(loaded: Loaded) -> tuple[Scenario, ...]:
    """The scenarios that were loaded. BrokenScenariosError if there is any problem."""
    if loaded.problems:
        raise BrokenScenariosError(loaded)
    return loaded.scenarios


def build_service(
    paths: Sequence[str | Path],
    settings: Settings | None = None,
    vendors: Sequence[Vendor] = VENDORS,
    shared: SharedState | None = None,
) -> Service:
    """A service that plays the scenarios in `paths`; the built-in ones are always there by name."""
    return assemble(load_scenarios(paths, vendors), settings or Settings(), vendors, shared=shared)


def assemble(
    scenarios: Sequence[Scenario],
    settings: Settings,
    vendors: Sequence[Vendor] = VENDORS,
    suits: Callable[[Scenario], bool] = lambda _: True,
    shared: SharedState | None = None,
) -> Service:
    """A service that plays these scenarios; the built-in ones, those that suit, are always there by name."""
    builtin = [each for each in _builtin(tuple(vendors)) if suits(each)]
    engine = Engine(scenarios, builtin, settings.seed, shared)
    if shared is None:
        return Service(vendors, engine, Journal(), settings)
    shared.find_in(lambda: engine.scenarios, engine.named)
    return Service(vendors, engine, shared.journal, settings)


@lru_cache(maxsize=8)
def _builtin(vendors: tuple[Vendor, ...]) -> tuple[Scenario, ...]:
    """The built-in scenarios: read once, however many servers a process has."""
    return sound(builtin_library(vendors).load())


def share_state(address: str, vendors: Sequence[Vendor] = VENDORS) -> SharedState:
    """State on the Redis at this address. SharingError tells why it cannot be."""
    try:
        from mockserver.state.shared.asking import AddressError, read_address
        from mockserver.state.shared.state import SharedState
    except ModuleNotFoundError as error:
        missing = f"State on Redis needs {error.name}: pip install 'mockserver[redis]'"
        raise SharingError(missing) from None
    try:
        return SharedState(read_address(address), lambda written: parse_written(written, vendors))
    except AddressError as error:
        raise SharingError(str(error)) from None
