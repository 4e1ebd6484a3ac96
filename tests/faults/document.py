"""The catalogue of faults as files for people: `mockserver/faults/CATALOGUE.md`, and what is on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from faults.asking import CASES, DIALECTS, Case
from faults.gathering import Run, is_unsure, resets, stalls
from faults.observing import Seen
from faults.sdk_content import Outcome
from faults.sdk_runs import WAYS
from faults.told import Manner, told
from faults.written import changes, lines_of

from mockserver.faults.catalogue import FAULT_GROUPS
from mockserver.faults.drawing import find_fault
from mockserver.faults.known import KnownFault
from mockserver.faults.showing import model_showing
from mockserver.scenario.delivery import AfterShare, Reset

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "mockserver" / "faults" / "CATALOGUE.md"
WIRES = Path(__file__).parent / "wire"
REWRITE = "MOCKSERVER_REWRITE=1 python -m pytest tests/faults/test_catalogue_document.py"

# ------------------------------------------------------------------------------------------ the wire


def wire_files(seen: Mapping[Case, Seen]) -> dict[str, str]:
    """The files below `wire/`, by name."""
    healthy = {case: lines_of(answer) for case, answer in seen.items() if not case.fault}
    files = {_healthy_name(case): "\n".join([*lines, ""]) for case, lines in healthy.items()}
    for fault in dict.fromkeys(case.fault for case in CASES):
        cases = [case for case in CASES if case.fault == fault]
        files[f"{fault}.txt"] = "\n".join([*_wire_file(find_fault(fault), cases, seen, healthy), ""])
    return files


def _healthy_name(case: Case) -> str:
    """The name of the file with an answer without faults, or with those that the fault is beside."""
    beside = "".join(f"+{name}" for name in case.beside)
    uncounted = "" if case.counted else ".uncounted"
    return f"healthy/{case.wire}.{case.scenario}{beside}{uncounted}.{_kind(case)}.txt"


def _kind(case: Case) -> str:
    return "stream" if case.stream else "json"


def _wire_file(
    known: KnownFault, cases: Sequence[Case], seen: Mapping[Case, Seen], healthy: Mapping[Case, list[str]]
) -> Iterator[str]:
    yield f"{known.name}: {known.says}"
    for case in cases:
        lines = lines_of(seen[case], seen[case.healthy], silent=stalls(case), lossy=resets(case))
        yield f"\n== {_healthy_name(case).removeprefix('healthy/').removesuffix('.txt')}"
        yield from changes(healthy[case.healthy], lines) or ["(no difference)"]


# ------------------------------------------------------------------------------------------ the document


def document(outcomes: Mapping[Run, Outcome]) -> str:
    """The text of CATALOGUE.md."""
    return "\n".join(
        [
            _HEAD,
            *(line for title, group in FAULT_GROUPS.items() for line in _section(title, group, outcomes)),
            "",
        ]
    )


_HEAD = f"""# The catalogue of faults

Every fault that has a name: what goes wrong, what a correct client does, where it was seen in public, and
what the official Python SDKs do with it. This file is generated from a server that is asked for each fault on
each wire; it is a test. To make it anew: `{REWRITE}`.

Ask for a fault with a model name such as `mock-everything+reset-mid-stream`; the name that shows each is in
its row. *stream* is a stream as the SDK gives it, *helper* what it makes of one with `.stream()` (for Gemini,
what the asynchronous client does), *JSON* an answer in one piece. What is told is what is otherwise than
without the fault: what a client has of the content, and the class of the exception, if there is one. Clients
do not try again here, and give up after two seconds. The bytes of each are in `tests/faults/wire/`.
"""


def _section(title: str, group: Iterable[KnownFault], outcomes: Mapping[Run, Outcome]) -> Iterator[str]:
    listed = list(group)
    yield f"## {title}\n"
    yield "| fault | what goes wrong | a correct client | reports |"
    yield "| --- | --- | --- | --- |"
    for known in listed:
        yield f"| `{known.name}` | {known.says} | {known.client} | {' '.join(map(_link, known.reports))} |"
    yield "\n| model | wire | stream | helper | JSON |"
    yield "| --- | --- | --- | --- | --- |"
    for known in listed:
        yield from _rows(known, outcomes)
    yield ""


def _link(report: str) -> str:
    if report in _ELSEWHERE:
        return report
    repository, _, number = report.partition("#")
    thread = f"/issues/{number}" if number else ""
    return f"[{report}](https://github.com/{repository}{thread})"


_ELSEWHERE = {"vvzvlad/gitmost#141"}
"""Reports that are not on GitHub."""


def _rows(known: KnownFault, outcomes: Mapping[Run, Outcome]) -> Iterator[str]:
    """The rows of a fault; wires with which it is the same share one."""
    rows: list[tuple[list[str], list[str]]] = []
    for wire in DIALECTS:
        cells = list(_cells(known, wire, outcomes))
        if not any(cells):
            continue
        for wires, others in rows:
            if cells == others or (not cells[1] and cells[::2] == others[::2]):  # it has no helper
                wires.append(wire)
                break
        else:
            rows.append(([wire], cells))
    for index, (wires, cells) in enumerate(rows):
        model = "" if index else f"`{model_showing(known)}`"
        yield f"| {model} | {', '.join(wires)} | {' | '.join(cells)} |"


def _cells(known: KnownFault, wire: str, outcomes: Mapping[Run, Outcome]) -> Iterator[str]:
    for ways in (("stream",), ("helper", "async"), ("JSON",)):
        texts = [
            told(outcomes[case, way], outcomes[case.healthy, way], _manner(known, way, case))
            for case in CASES
            if case.fault == known.name and case.wire == wire
            for way in ways
            if way in WAYS[wire] and WAYS[wire][way][0] is case.stream
        ]
        yield "".join(texts)


def _manner(known: KnownFault, way: str, case: Case) -> Manner:
    """A reset takes with it what the client has not read yet; what stands in the middle of the text cuts a
    piece in two, and some helpers give two events for a piece.
    """
    is_inside = any(isinstance(fault.at, AfterShare) for fault in known.faults)
    is_doubled = way == "helper" and case.wire != "openai.responses"
    return Manner(
        is_unsure=is_unsure((case, way)),
        is_racy=any(isinstance(fault.act, Reset) for fault in known.faults),
        cut=is_inside * (1 + is_doubled),
    )
