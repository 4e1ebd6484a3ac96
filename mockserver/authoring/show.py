"""`mockserver show`: the exact wire of a scenario's turn, for authors. Prints what a client would get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mockserver.assembly import builtin_folder, load_scenarios
from mockserver.authoring.rehearsal import Scene, rehearse
from mockserver.authoring.wire_text import told_lines
from mockserver.faults.drawing import FaultError, find_faults
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Dialect, Vendor
from mockserver.scenario.delivery import NamedFault
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import Attempt, Scenario
from mockserver.scenario.problems import did_you_mean
from mockserver.values import dataclass


class ShowError(ValueError):
    """What was asked for cannot be shown; the text says what can."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What to show: turn and attempt from 1; all protocols when `protocol` is None. `faults` are asked for as
    a client would.
    """

    turn: int = 1
    attempt: int = 1
    protocol: str | None = None
    stream: bool = False
    user: str | None = None
    faults: tuple[str, ...] = ()


def show_scenario(name: str, paths: Sequence[str], shown: Shown, vendors: Sequence[Vendor] = VENDORS) -> str:
    """The wire of one turn on every protocol asked for, one after the other. ShowError if there is no such
    turn, FaultError if there is no such fault.
    """
    scenario = find_scenario(name, paths, vendors)
    find_faults(shown.faults)
    dialects = [
        dialect
        for vendor in vendors
        for dialect in vendor.dialects
        if is_wanted(dialect.name, shown.protocol)
    ]
    if not dialects:
        known = ", ".join(protocol for vendor in vendors for protocol in vendor.protocols)
        raise ShowError(f"There is no protocol {shown.protocol!r}. Known: {known}.")
    return "\n".join(_show_on(dialect, scenario, shown) for dialect in dialects)


def is_wanted(name: str, protocol: str | None) -> bool:
    """Whether a protocol is the one that is asked for, or of its family."""
    return protocol is None or name == protocol or name.startswith(f"{protocol}.")


def find_scenario(name: str, paths: Sequence[str], vendors: Sequence[Vendor]) -> Scenario:
    """The scenario of that name, or the only one in the file of that name."""
    if Path(name).is_file():
        scenarios = load_scenarios([name], vendors)
        if len(scenarios) == 1:
            return scenarios[0]
        raise ShowError(f"{name} holds several scenarios; name one: {', '.join(s.name for s in scenarios)}.")
    scenarios = load_scenarios(paths or [builtin_folder()], vendors)
    found = next((scenario for scenario in scenarios if scenario.name == name), None)
    if found is None:
        raise ShowError(f"There is no scenario {name!r}: {did_you_mean(name, [s.name for s in scenarios])}")
    return found


def _show_on(dialect: Dialect, scenario: Scenario, shown: Shown) -> str:
    attempt = _attempt(dialect, scenario, shown)
    scene = Scene(scenario, shown.turn, shown.attempt, attempt, shown.stream, shown.user)
    title = f"── {dialect.name} · {scenario.name} · turn {shown.turn} of {len(scenario.turns)}"
    try:
        lines = list(told_lines(rehearse(dialect, scene).steps))
    except (ScriptError, FaultError) as error:
        lines = [f"(cannot be played: {error})"]
    return "\n".join((f"{title} ──", *lines, ""))


def _attempt(dialect: Dialect, scenario: Scenario, shown: Shown) -> Attempt:
    if shown.turn > len(scenario.turns):
        raise ShowError(
            f"Scenario {scenario.name!r} has {len(scenario.turns)} turn(s); there is no turn {shown.turn}."
        )
    attempts = scenario.turns[shown.turn - 1].on(dialect.name).attempts
    attempt = attempts[min(shown.attempt, len(attempts)) - 1]
    return replace(
        attempt, faults=(*attempt.faults, *(NamedFault(name, asked=True) for name in shown.faults))
    )
