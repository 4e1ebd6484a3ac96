"""Faults of a script that no client will ever meet: none of the answers that its scenario is for shows them.

Each answer is played with the fault, as if a client had asked for it. What only a conversation decides is
let pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mockserver.authoring.rehearsal import Scene, rehearse
from mockserver.faults.drawing import FAULT_NAMES, FaultError, find_fault
from mockserver.faults.showing import asked_beside
from mockserver.protocols.base import Dialect
from mockserver.scenario.delivery import Drop, Duplicate, Extra, Fault, NamedFault, Swap, word_for
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import AutoOutcome, RawOutcome, Scenario
from mockserver.scenario.problems import Problem, quoted


def unshown(scenario: Scenario, dialects: Iterable[Dialect]) -> Iterator[Problem]:
    """The warnings of a scenario that is for these wires."""
    kinds = [stream for stream in (True, False) if scenario.match.stream in {None, stream}]
    shown: dict[Problem, bool] = {}
    for dialect in dialects:
        for scene, fault in _scenes(scenario, dialect):
            if warning := _warning(scene, fault):
                shown[warning] = shown.get(warning, False) or _is_shown(fault, scene, dialect, kinds)
    yield from (warning for warning, is_shown in shown.items() if not is_shown)


def _scenes(scenario: Scenario, dialect: Dialect) -> Iterator[tuple[Scene, Fault | NamedFault]]:
    for turn, script in enumerate(scenario.turns, 1):
        for number, attempt in enumerate(script.on(dialect.name).attempts, 1):
            scene = Scene(scenario, turn, number, replace(attempt, faults=()))
            yield from ((scene, fault) for fault in attempt.faults)


def _warning(scene: Scene, fault: Fault | NamedFault) -> Problem | None:
    """What is told of a fault that shows nowhere; None where that cannot be known."""
    match fault:
        case NamedFault(name=name) if name in FAULT_NAMES:
            what = f"the fault {quoted(name)} shows in none of these answers"
            mend = f"`mockserver faults {name}` tells in which it does"
        case Fault(act=Drop() | Duplicate() | Swap() | Extra()):
            what = f"`{word_for(fault.act)}` is done to events, and these answers come in one piece"
            mend = "drop it, or `stream: false` in `match`"
        case _:
            return None
    return Problem(fault.place or scene.attempt.place, what, mend, "warning")


def _is_shown(fault: Fault | NamedFault, scene: Scene, dialect: Dialect, kinds: Sequence[bool]) -> bool:
    match scene.attempt.outcome, fault:
        case RawOutcome(), Fault():
            return True  # what streams is up to the script
        case _, Fault():
            return True in kinds
        case AutoOutcome(), NamedFault(name=name):
            return any(find_fault(name).shows(dialect, stream=stream) for stream in kinds)
        case _, NamedFault():
            return any(_is_played(fault, scene, dialect, stream=stream) for stream in kinds)


def _is_played(fault: NamedFault, scene: Scene, dialect: Dialect, *, stream: bool) -> bool:
    """Whether the answer shows the fault; an answer that cannot be played is not judged."""
    known = find_fault(fault.name)
    attempt = replace(scene.attempt, faults=(replace(fault, asked=True, probability=1.0),))
    asks = asked_beside(known, dialect, stream=stream)
    try:
        rehearse(dialect, replace(scene, attempt=attempt, stream=stream, asks=asks))
    except FaultError:
        return False
    except ScriptError:
        return True
    return True
