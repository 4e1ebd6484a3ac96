"""The benchmark: `python -m tests.benchmark [CASE …]`. Needs Linux, two cores that nobody else uses, and wrk.

The server has one core, the clients the other. Every figure stands beside what it is compared with, as a
rule a bare aiohttp application that sends the same bytes, measured in turns with ours: medians with the least
and the greatest of the rounds. `CPU` is what the server used of its core for each that was counted. Writes a
table for Markdown and JSON. `--quick` is to see whether it runs; its figures tell nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from . import cases, processes, workers
from .loads import by_own_client, by_wrk, require_wrk
from .paced import paced
from .report import Figure, as_json, markdown, put_into, targeted
from .rounds import Bench
from .servers import BenchmarkError, Cores, peer
from .wires import WIRES

CASES: Mapping[str, Callable[[Bench], Iterator[Figure]]] = {
    "json": cases.json,
    "stream": cases.stream,
    "paced": paced,
    "tools": cases.tools,
    "agent": cases.agent,
    "scenarios": cases.scenarios,
    "gate": cases.gate,
    "start": processes.start,
    "load": processes.load,
    "held": processes.held,
    "memory": processes.memory,
    "workers": workers.workers,
    "shared": workers.shared,
}
README = Path(__file__).parent.parent.parent / "README.md"
FIGURES = Path(__file__).parent / "FIGURES.md"
ABOUT_FIGURES = """# Figures

Written by `python -m tests.benchmark --update-readme`.
What they mean stands in the README, under Performance; those with a target stand there, too."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.update_readme and (parsed.case or parsed.wire or parsed.quick):
        parser.error("--update-readme takes a run of all cases")
    if unknown := set(parsed.case) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        figures, failed = run(parsed)
    except BenchmarkError as error:
        sys.exit(str(error))
    text = markdown(figures)
    parsed.out.mkdir(exist_ok=True, parents=True)
    (parsed.out / "benchmark.md").write_text(text, encoding="utf-8")
    (parsed.out / "benchmark.json").write_bytes(as_json(figures))
    if parsed.update_readme and not failed:
        page = put_into(README.read_text(encoding="utf-8"), markdown(targeted(figures)))
        README.write_text(page, encoding="utf-8")
        FIGURES.write_text(f"{ABOUT_FIGURES}\n\n{text}", encoding="utf-8")
    sys.stdout.write(f"\n{text}")
    if failed:
        sys.exit("\n".join(failed))


def run(parsed: argparse.Namespace) -> tuple[list[Figure], list[str]]:
    """All figures of the cases that are asked for, each told as soon as it is there; why a case gave none."""
    if parsed.client == "wrk":
        require_wrk()
    cores = Cores.of_this_machine()
    if cores.server == cores.client:
        sys.stderr.write("There is one core only: client and server share it, and the figures tell little.\n")
    os.sched_setaffinity(0, {cores.client})
    if parsed.realtime:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = _bench(parsed, cores, Path(folder))
        for name in parsed.case or CASES:
            began = time.monotonic()
            try:
                for figure in CASES[name](bench):
                    figures.append(figure)
                    sys.stderr.write(f"{figure.row(())}\n")
            except BenchmarkError as error:
                failed.append(f"{name}: {error}")
            sys.stderr.write(f"({name}: {time.monotonic() - began:.0f} s)\n")
    return figures, failed


def _bench(parsed: argparse.Namespace, cores: Cores, folder: Path) -> Bench:
    load = by_wrk if parsed.client == "wrk" else by_own_client
    wires = tuple(WIRES[name] for name in parsed.wire or WIRES)
    bench = Bench(cores, load, wires, tuple(map(peer, parsed.peer)), folder)
    if parsed.quick:
        bench = replace(bench, rounds=1, seconds=0.3, streams=(10,), scenarios=(20, 20), scale=0.01)
    told = {name: getattr(parsed, name) for name in ("rounds", "seconds", "streams", "scenarios")}
    return replace(bench, **{name: value for name, value in told.items() if value})


def _parser() -> argparse.ArgumentParser:
    about, _, more = str(__doc__).partition("\n\n")
    known = "\n".join(f"  {name:<10} {str(case.__doc__).splitlines()[0]}" for name, case in CASES.items())
    parser = argparse.ArgumentParser(
        "python -m tests.benchmark",
        description=f"{about}\n\n{more}",
        epilog=f"cases:\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", nargs="*", metavar="CASE", help="all, if none is named")
    parser.add_argument("--wire", action="append", choices=WIRES, help="on this wire alone; repeatable")
    parser.add_argument("--rounds", type=int, help="how often each is asked (5)")
    parser.add_argument("--seconds", type=float, help="for how long in each round (0.4)")
    parser.add_argument("--streams", type=int, nargs="+", help="how many at once (1000 2000 5000)")
    parser.add_argument("--scenarios", type=int, nargs="+", help="how many are loaded (100 1000 10000)")
    parser.add_argument("--quick", action="store_true", help="one short round, few streams and requests")
    parser.add_argument(
        "--realtime",
        action="store_true",
        help="let servers and clients run before all others, on a machine that is not quiet; as root",
    )
    parser.add_argument("--client", choices=("wrk", "own"), default="wrk", help="what asks for JSON (wrk)")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=COMMAND;OUR PATH=ITS PATH",
        help="measure this server too, where answers are counted; {port} in the command is the port to "
        "listen on; repeatable",
    )
    parser.add_argument(
        "--out", type=Path, default=Path(".benchmark"), help="folder to write to (.benchmark)"
    )
    parser.add_argument(
        "--update-readme", action="store_true", help="put the table into README.md and FIGURES.md"
    )
    return parser


if __name__ == "__main__":
    main()
