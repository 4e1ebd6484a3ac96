"""`mockserver faults`: the catalogue of faults, and each beside a healthy answer, line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from mockserver.authoring.rehearsal import Scene, rehearse
from mockserver.authoring.show import ShowError, find_scenario, is_wanted
from mockserver.authoring.side_by_side import columns
from mockserver.authoring.wire_text import told_lines, told_writes
from mockserver.conversation import json_text
from mockserver.faults.catalogue import FAULT_GROUPS, KNOWN_FAULTS
from mockserver.faults.drawing import FaultError, find_fault
from mockserver.faults.known import KnownFault
from mockserver.faults.showing import (
    asked_beside,
    is_shown,
    listed,
    model_showing,
    names_showing,
    scenario_showing,
)
from mockserver.playback.steps import Step
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Dialect
from mockserver.scenario.delivery import NamedFault
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import Scenario
from mockserver.values import dataclass

DIALECTS: Sequence[Dialect] = tuple(dialect for vendor in VENDORS for dialect in vendor.dialects)

WIDTH = 100
"""Columns where there is no terminal to ask."""

_WIRES_WIDTH = 24
_ACCEPTED = {"accept-encoding": "gzip, deflate, br, zstd"}
_EXAMPLE = "cut-mid-stream"


@dataclass(frozen=True, slots=True)
class FaultShown:
    """How a fault is shown: on all its wires when `wire` is None; on a scenario that shows it when `scenario`
    is; where `stream` is None, in a stream if it shows there. `full` leaves no line out.
    """

    wire: str | None = None
    scenario: str | None = None
    paths: Sequence[str] = field(default=())
    stream: bool | None = None
    width: int = WIDTH
    full: bool = False


def short(dialect: Dialect) -> str:
    """The wire's name without its family: `chat`."""
    return dialect.name.rpartition(".")[2]


def find_dialects(wire: str | None) -> list[Dialect]:
    """The wires of a name: in full, short, or that of a family. ShowError if there is none."""
    found = [dialect for dialect in DIALECTS if is_wanted(dialect.name, wire) or short(dialect) == wire]
    if not found:
        known = ", ".join(dialect.name for dialect in DIALECTS)
        raise ShowError(f"There is no wire {wire!r}. There are {known}; short names and families will do.")
    return found


# -------------------------------------------------------------------------------------------- the list


def faults_as_json(name: str | None, wire: str | None) -> str:
    """The catalogue for a machine, or one fault of it."""
    dialects = find_dialects(wire)
    found = [find_fault(name)] if name else [known for known in KNOWN_FAULTS if _is_on_any(known, dialects)]
    return json_text({"faults": [listed(known, dialects) for known in found]})


def list_faults(wire: str | None, width: int = WIDTH) -> str:
    """The catalogue for a person, in groups: name, wires, what goes wrong; and how to ask for one."""
    dialects = find_dialects(wire)
    rows = {
        known: (known.name, _wires(known, dialects), known.says)
        for known in KNOWN_FAULTS
        if _is_on_any(known, dialects)
    }
    wires = min(_WIRES_WIDTH, max(len(told) for _, told, _ in rows.values()) + 2)
    lines: list[str] = []
    for title, group in FAULT_GROUPS.items():
        shown = [rows[known] for known in group if known in rows]
        lines += [title, *_table(shown, wires, width), ""] if shown else []
    return "\n".join((*lines, *_how_to_ask(len(rows), wire)))


def _is_on_any(known: KnownFault, dialects: Iterable[Dialect]) -> bool:
    return any(is_shown(known, dialect) for dialect in dialects)


def _wires(known: KnownFault, dialects: Sequence[Dialect]) -> str:
    """The wires that have it; of a single one, in which of its answers."""
    if len(dialects) == 1:
        return _answers(known, dialects[0])
    there = [short(dialect) for dialect in dialects if is_shown(known, dialect)]
    others = [short(dialect) for dialect in dialects if not is_shown(known, dialect)]
    if not others:
        return "all"
    return f"all but {others[0]}" if len(others) == 1 and len(there) > 1 else ", ".join(there)


def _answers(known: KnownFault, dialect: Dialect) -> str:
    kinds = {"stream": known.shows(dialect, stream=True), "JSON": known.shows(dialect, stream=False)}
    return ", ".join(kind for kind, has_it in kinds.items() if has_it)


def _table(rows: Sequence[tuple[str, str, str]], wires: int, width: int) -> Iterator[str]:
    """Rows of three columns, the last two folded; the first is as wide as any name of the catalogue."""
    names = max(len(known.name) for known in KNOWN_FAULTS) + 2
    rest = width - 2 - names - wires
    for name, told, says in rows:
        cells = [[name], textwrap.wrap(told, wires - 2), textwrap.wrap(says, rest)]
        for at in range(max(map(len, cells))):
            first, second, third = (cell[at] if at < len(cell) else "" for cell in cells)
            yield f"  {first:{names}}{second:{wires}}{third}".rstrip()


def _how_to_ask(count: int, wire: str | None) -> Iterator[str]:
    model = model_showing(find_fault(_EXAMPLE))
    yield f"{count} faults{f' on {wire}' if wire else ''}. Ask for one by"
    yield f"  model      {model:<35} a scenario, + and the fault (or several: +one+other)"
    yield f"  header     {f'X-Mock-Fault: {_EXAMPLE}':<35} beside any model (several with commas)"
    yield f"  --fault    {f'mockserver --fault {_EXAMPLE}':<35} for all that the server answers"
    yield f"  scenario   {f'fault: {_EXAMPLE}':<35} on a turn"
    yield ""
    yield f"mockserver faults {_EXAMPLE} shows it beside a healthy answer;"
    yield "GET /_mock/faults lists them for a client that tries all of its wire."


# ------------------------------------------------------------------------------------------- one fault


def show_fault(name: str, shown: FaultShown) -> str:
    """What a fault is, and on each wire the answer with it beside the healthy one. FaultError if there is no
    such fault, ShowError if what is asked for cannot be shown.
    """
    known = find_fault(name)
    dialects = [dialect for dialect in find_dialects(shown.wire) if is_shown(known, dialect)]
    if not dialects:
        there = ", ".join(dialect.name for dialect in DIALECTS if is_shown(known, dialect))
        raise ShowError(f"The fault {name!r} is not one of {shown.wire}, but of {there}.")
    scenario = find_scenario(shown.scenario or scenario_showing(known), shown.paths, VENDORS)
    sections = ["\n".join(_described(known, shown.width))]
    sections += ["\n".join(_beside(known, dialect, scenario, shown)) for dialect in dialects]
    return "\n\n".join(sections)


def _described(known: KnownFault, width: int) -> Iterator[str]:
    facts: Mapping[str, str] = {
        "goes wrong": known.says,
        "client": known.client + (" The whole reply is there." if known.heals else ""),
        "reports": ", ".join(known.reports),
        "pitfall": ", ".join(map(str, known.pitfalls)),
        "wires": "; ".join(_by_answers(known)),
        "ask with": model_showing(known),
    }
    yield known.name
    for title, text in facts.items():
        if text:
            yield from textwrap.wrap(
                f"  {title:<12}{text}",
                width,
                subsequent_indent=" " * 14,
                break_on_hyphens=False,
                break_long_words=False,
            )


def _by_answers(known: KnownFault) -> Iterator[str]:
    """The wires that have it, those together that have it in the same answers."""
    for answers in ("stream, JSON", "stream", "JSON"):
        there = [short(dialect) for dialect in DIALECTS if _answers(known, dialect) == answers]
        if there:
            yield f"{'all' if len(there) == len(DIALECTS) else ', '.join(there)} ({answers})"


def _beside(known: KnownFault, dialect: Dialect, scenario: Scenario, shown: FaultShown) -> Iterator[str]:
    stream = known.shows(dialect, stream=True) if shown.stream is None else shown.stream
    kind = "stream" if stream else "JSON"
    yield f"── {dialect.name} · {scenario.name} · {kind} ──"
    asks = asked_beside(known, dialect, stream=stream)
    if asks:
        yield f"(asked with {json_text(asks)})"
    *beside, _ = names_showing(known)
    attempt = scenario.turns[0].on(dialect.name).attempts[0]
    scene = Scene(scenario, 1, 1, attempt, stream, asks=asks, headers=_ACCEPTED)
    try:
        healthy = _played(dialect, scene, beside)
        faulty = _played(dialect, scene, [*beside, known.name])
    except (FaultError, ScriptError) as error:
        yield from textwrap.wrap(f"(cannot be shown: {error})", shown.width)
        return
    titles = (f"with {' and '.join(beside)}" if beside else "healthy", known.name)
    half = (shown.width - 3) // 2
    yield f"{titles[0]:{half}}   {titles[1]}"
    yield f"{'─' * half}   {'─' * half}"
    yield from columns(*_told(healthy, faulty), shown.width, full=shown.full)


def _played(dialect: Dialect, scene: Scene, names: Iterable[str]) -> list[Step]:
    faults = tuple(NamedFault(name, asked=True) for name in names)
    attempt = replace(scene.attempt, faults=(*scene.attempt.faults, *faults))
    return list(rehearse(dialect, replace(scene, attempt=attempt)).steps)


def _told(healthy: Sequence[Step], faulty: Sequence[Step]) -> tuple[list[str], list[str]]:
    """The lines of both; where those are the same, how they end; or else how they are cut to writes."""
    for line_ends in (False, True):
        told = [list(told_lines(steps, line_ends=line_ends)) for steps in (healthy, faulty)]
        if told[0] != told[1]:
            return told[0], told[1]
    return list(told_writes(healthy)), list(told_writes(faulty))
